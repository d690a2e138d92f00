//! The one shape of every HTTP error: a stable code for programs, a plain sentence for people, the cause for the log.
//! It must not know which route failed.

use std::error::Error;
use std::time::{Duration, Instant};

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub use super::error_kind::ApiErrorKind;
use crate::observe::{Seldom, metrics};

/// The languages that Engawa speaks. Japanese is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Japanese.
    #[default]
    Ja,
    /// English.
    En,
}

impl Language {
    /// What the browser asks for: English only if it is wanted more than Japanese (RFC 9110, 12.5.4).
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let mut ja = None;
        let mut en = None;
        let mut any = None;
        for value in headers.get_all(header::ACCEPT_LANGUAGE) {
            for (range, quality) in value.to_str().unwrap_or_default().split(',').map(with_quality) {
                let slot = match range.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                    "ja" => &mut ja,
                    "en" => &mut en,
                    "*" => &mut any,
                    _ => continue,
                };
                *slot = (*slot).max(Some(quality));
            }
        }
        let any = any.unwrap_or(0);
        if en.unwrap_or(any) > ja.unwrap_or(any) { Self::En } else { Self::Ja }
    }

    /// The language tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

/// One element of a header list with its weight in thousandths; a weight that cannot be read counts as none.
pub(super) fn with_quality(element: &str) -> (&str, u16) {
    let mut parts = element.split(';');
    let name = parts.next().unwrap_or_default().trim();
    let quality = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1000), |text| {
        let quality: f32 = text.trim().parse().ok()?;
        (0.0..=1.0).contains(&quality).then_some((quality * 1000.0) as u16)
    });
    (name, quality.unwrap_or(0))
}

/// An HTTP error. Answered in Japanese unless [`speak_language`] finds that English is wanted.
#[derive(Debug, thiserror::Error)]
#[error("{}", kind.code())]
pub struct ApiError {
    kind: ApiErrorKind,
    #[source]
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl ApiError {
    /// An error that explains itself.
    #[must_use]
    pub const fn new(kind: ApiErrorKind) -> Self {
        Self { kind, cause: None }
    }

    /// Adds the cause, for the log alone. It must not hold names, texts, tokens or ballots.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// What kind of error it is.
    #[must_use]
    pub const fn kind(&self) -> ApiErrorKind {
        self.kind
    }
}

impl From<ApiErrorKind> for ApiError {
    fn from(kind: ApiErrorKind) -> Self {
        Self::new(kind)
    }
}

// The texts of these rejections quote the request, so they are dropped: only their kind survives.

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            // The body could not be read to its end: broken off, or stalled beyond the limit.
            JsonRejection::BytesRejection(error) if error.status() == StatusCode::BAD_REQUEST => {
                Self::new(ApiErrorKind::RequestTimeout)
            }
            other => from_status(other.status()),
        }
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        from_status(rejection.status())
    }
}

fn from_status(status: StatusCode) -> ApiError {
    ApiError::new(match status {
        StatusCode::PAYLOAD_TOO_LARGE => ApiErrorKind::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ApiErrorKind::UnsupportedType,
        StatusCode::UNPROCESSABLE_ENTITY => ApiErrorKind::Invalid,
        _ => ApiErrorKind::BadRequest,
    })
}

/// A JSON body, refused as an [`ApiError`]; also answers as JSON.
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(ApiError))]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Query parameters, refused as an [`ApiError`].
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub struct Query<T>(pub T);

#[derive(Serialize)]
struct ErrorBody {
    error: ErrorText,
}

#[derive(Serialize)]
struct ErrorText {
    code: &'static str,
    message: &'static str,
}

fn answer(kind: ApiErrorKind, language: Language) -> Response {
    let error = ErrorText { code: kind.code(), message: kind.message(language) };
    let mut response = (kind.status(), axum::Json(ErrorBody { error })).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = kind.retry_after_s() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.extensions_mut().insert(kind);
    response
}

/// A store that does not answer lets every request fail: one line stands for all of them.
static STORE_UNAVAILABLE: Seldom = Seldom::new(Duration::from_secs(10));

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let code = self.kind.code();
        metrics::api_failed(code);
        match &self.cause {
            Some(cause) if self.kind == ApiErrorKind::StoreUnavailable => {
                if let Some(left_out) = STORE_UNAVAILABLE.pass(Instant::now()) {
                    let cause = describe(cause.as_ref());
                    tracing::error!(code, cause, left_out, "requests fail because of a store");
                }
            }
            Some(cause) if self.kind.status().is_server_error() => {
                tracing::error!(code, cause = describe(cause.as_ref()), "request failed");
            }
            Some(cause) => tracing::debug!(code, cause = describe(cause.as_ref()), "request refused"),
            None => tracing::debug!(code, "request refused"),
        }
        answer(self.kind, Language::default())
    }
}

/// The cause and the causes behind it, in one line.
fn describe(cause: &(dyn Error + 'static)) -> String {
    let mut text = cause.to_string();
    let mut next = cause.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

/// Middleware: puts errors into the asker's language, and gives the framework's own bare refusals our shape.
pub async fn speak_language(request: Request, next: Next) -> Response {
    let language = Language::from_headers(request.headers());
    let response = next.run(request).await;
    let kind = response.extensions().get::<ApiErrorKind>().copied().or_else(|| bare_kind(&response));
    match kind {
        Some(kind) => {
            let mut translated = answer(kind, language);
            // A header such as Allow, set beside the error, stays.
            for (name, value) in response.headers() {
                if !translated.headers().contains_key(name) && name != header::CONTENT_LENGTH {
                    translated.headers_mut().append(name, value.clone());
                }
            }
            translated
        }
        None => response,
    }
}

/// The kind for an error answer that no code of ours has made: axum's and tower-http's are plain text or empty.
fn bare_kind(response: &Response) -> Option<ApiErrorKind> {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    if content_type.is_some_and(|value| !value.as_bytes().starts_with(b"text/plain")) {
        return None;
    }
    ApiErrorKind::ALL.into_iter().find(|kind| {
        kind.status() == response.status()
            && response.status() != StatusCode::FORBIDDEN
            && response.status() != StatusCode::SERVICE_UNAVAILABLE
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::Router;
    use axum::body::Body;
    use axum::routing::{get, post};
    use http_body_util::BodyExt as _;
    use serde_json::{Value, json};
    use tower::ServiceExt as _;

    use super::*;

    fn language(accept: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
        Language::from_headers(&headers)
    }

    #[test]
    fn japanese_unless_english_is_wanted_more() {
        assert_eq!(Language::from_headers(&HeaderMap::new()), Language::Ja);
        assert_eq!(language("ja,en-US;q=0.9,en;q=0.8"), Language::Ja);
        assert_eq!(language("en-US,en;q=0.9"), Language::En);
        assert_eq!(language("en;q=0.5, ja;q=0.6"), Language::Ja);
        assert_eq!(language("en-GB, ja;q=0"), Language::En);
        assert_eq!(language("fr, *;q=0.1"), Language::Ja);
        assert_eq!(language("fr, de"), Language::Ja);
        assert_eq!(language("ja;q=oops, en;q=0.1"), Language::En);
        assert_eq!(language(";;,,;q=,"), Language::Ja);
    }

    #[test]
    fn codes_are_stable_words_used_once() {
        let codes: BTreeSet<_> = ApiErrorKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), ApiErrorKind::ALL.len());
        for kind in ApiErrorKind::ALL {
            assert!(kind.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
            assert!(kind.message(Language::Ja).ends_with('。'));
            assert!(kind.message(Language::En).ends_with('.') && kind.message(Language::En).is_ascii());
        }
    }

    #[derive(serde::Deserialize)]
    struct Body1 {
        #[expect(dead_code, reason = "only parsed")]
        count: u32,
    }

    fn router() -> Router {
        Router::new()
            .route(
                "/fail",
                get(|| async { ApiError::new(ApiErrorKind::StoreUnavailable).caused_by("secret cause") }),
            )
            .route("/json", post(|_: Json<Body1>| async { "ok" }))
            .route(
                "/text",
                get(|| async {
                    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html")], "<p>own page")
                }),
            )
            .layer(axum::middleware::from_fn(speak_language))
    }

    async fn ask(request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        let response = router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_sentence_follows_the_browser_and_the_cause_stays_inside() {
        for (accept, kind_language) in [("en", Language::En), ("ja", Language::Ja)] {
            let request =
                Request::get("/fail").header("accept-language", accept).body(Body::empty()).unwrap();
            let (status, headers, body) = ask(request).await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(headers[header::CONTENT_LANGUAGE], accept);
            assert_eq!(headers[header::RETRY_AFTER], "2");
            assert!(!body.contains("secret"));
            let message = ApiErrorKind::StoreUnavailable.message(kind_language);
            let expected = json!({"error": {"code": "store_unavailable", "message": message}});
            assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn what_a_person_typed_is_not_sent_back() {
        let request = Request::post("/json")
            .header("content-type", "application/json")
            .body(Body::from("{\"count\": \"弘前市\"}"))
            .unwrap();
        let (status, _, body) = ask(request).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body.contains("\"invalid\"") && !body.contains("弘前市"), "{body}");
        let request = Request::post("/json").body(Body::from("{")).unwrap();
        assert_eq!(ask(request).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }

    #[tokio::test]
    async fn bare_refusals_get_our_shape_and_pages_stay() {
        let (status, headers, body) = ask(Request::get("/json").body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(headers[header::ALLOW], "POST");
        assert!(body.contains("\"method_not_allowed\""));
        let (_, _, body) = ask(Request::get("/nowhere").body(Body::empty()).unwrap()).await;
        assert!(body.contains("\"not_found\""));
        let (_, _, body) = ask(Request::get("/text").body(Body::empty()).unwrap()).await;
        assert_eq!(body, "<p>own page");
    }
}
