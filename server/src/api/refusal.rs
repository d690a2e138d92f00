//! A meeting's "no" over HTTP: status 409 with the rejection's own code (HT3), and what a hub's failure is called.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engawa_protocol::http::{ErrorBody, ErrorDetail};
use engawa_protocol::{Entity, Rejection};

use crate::http::{ApiError, ApiErrorKind, Language};
use crate::hub::HubError;

/// What a hub's failure is called.
pub(super) fn from_hub(error: HubError) -> ApiError {
    let kind = match &error {
        HubError::Gone => ApiErrorKind::Gone,
        HubError::Unavailable(_)
        | HubError::Store(_)
        | HubError::PosterFiles(_)
        | HubError::Certificate(_) => ApiErrorKind::StoreUnavailable,
        HubError::Stopping => ApiErrorKind::Unavailable,
        HubError::Revoked => ApiErrorKind::Unauthorised,
        HubError::TooFast => ApiErrorKind::TooManyRequests,
    };
    ApiError::new(kind).caused_by(error)
}

/// A rejection as an answer.
pub(super) fn refuse(rejection: &Rejection, headers: &HeaderMap) -> Response {
    match rejection {
        Rejection::Unavailable {} => return ApiError::new(ApiErrorKind::StoreUnavailable).into_response(),
        Rejection::TooFast {} => return ApiError::new(ApiErrorKind::TooManyRequests).into_response(),
        _ => {}
    }
    let code = serde_json::to_value(rejection)
        .ok()
        .and_then(|value| Some(value.get("code")?.as_str()?.to_owned()))
        .unwrap_or_default();
    let language = Language::from_headers(headers);
    let message = sentence(rejection, language).to_owned();
    let body = ErrorBody { error: ErrorDetail { code, message } };
    let headers = [(header::CONTENT_LANGUAGE, language.tag()), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::CONFLICT, headers, axum::Json(body)).into_response()
}

fn sentence(rejection: &Rejection, language: Language) -> &'static str {
    let (ja, en) = match rejection {
        Rejection::NameTaken {} => (
            "このお名前は、すでに別の端末で使われています。ご本人の場合は、進行・事務局にお知らせください。",
            "This name is in use on another device already. If it is yours, please tell the coordinator.",
        ),
        Rejection::NameExists {} => (
            "同じお名前の方がすでに参加しています。お名前を変えるか、一覧からお選びください。",
            "Somebody of this name is here already. Change the name, or pick yours from the list.",
        ),
        Rejection::JoinNotAllowed {} => (
            "このミーティングでは、この方法での参加は受け付けていません。進行・事務局にお尋ねください。",
            "This way of joining is not open in this meeting. Please ask the coordinator.",
        ),
        Rejection::MeetingEnded {} => ("このミーティングは終了しました。", "This meeting has ended."),
        Rejection::TextEmpty { .. } => ("お名前を入力してください。", "Please enter a name."),
        Rejection::TextTooLong { .. } => ("お名前が長すぎます。", "The name is too long."),
        Rejection::NotFound { entity: Entity::Person } => {
            ("この方は、このミーティングの名簿にいません。", "This person is not in this meeting.")
        }
        Rejection::LastCoordinator {} => (
            "進行・事務局の最後のお一人です。先に、ほかの方を進行・事務局にしてください。",
            "This is the last coordinator. Make somebody else a coordinator first.",
        ),
        Rejection::TooMany { .. } => ("定員に達しているため、参加できません。", "The meeting is full."),
        _ => (
            "この操作は受け付けられませんでした。画面を読み込み直して、もう一度お試しください。",
            "This was not accepted. Please reload the page and try again.",
        ),
    };
    match language {
        Language::Ja => ja,
        Language::En => en,
    }
}
