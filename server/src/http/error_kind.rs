//! Every way in which an HTTP request can fail: its stable code, its status, its sentences. Must not know requests.

use axum::http::StatusCode;

use super::error::Language;

/// Every way in which an HTTP request can fail. The code is part of the public interface and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApiErrorKind {
    /// The request cannot be understood.
    BadRequest,
    /// No link, or one that is no good.
    Unauthorised,
    /// The link is good and does not allow this.
    Forbidden,
    /// The request comes from a page of another site.
    OriginRefused,
    /// There is no such thing here, or it is not for the asker to know.
    NotFound,
    /// The path exists, not for this method.
    MethodNotAllowed,
    /// The body did not arrive in time.
    RequestTimeout,
    /// What the request builds on has changed meanwhile.
    Conflict,
    /// The vote's file is not for the asker yet.
    VoteNotPublished,
    /// It is no coordinator's link of an earlier meeting.
    EarlierLinkRefused,
    /// A meeting is to follow itself.
    FollowsItself,
    /// Taking over broke off on the way.
    TakenInPart,
    /// Zoom would not take the file.
    ZoomRefused,
    /// It was there and has been deleted for good.
    Gone,
    /// The body or file is too large.
    TooLarge,
    /// Not a type of content that is taken here.
    UnsupportedType,
    /// Well formed, and its contents break a rule.
    Invalid,
    /// Too many requests in too short a time.
    TooManyRequests,
    /// A fault of ours.
    Internal,
    /// The store does not answer: nothing was saved.
    StoreUnavailable,
    /// This node is full or going down.
    Unavailable,
}

impl ApiErrorKind {
    /// Every kind.
    pub const ALL: [Self; 21] = [
        Self::BadRequest,
        Self::Unauthorised,
        Self::Forbidden,
        Self::OriginRefused,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::Conflict,
        Self::VoteNotPublished,
        Self::EarlierLinkRefused,
        Self::FollowsItself,
        Self::TakenInPart,
        Self::ZoomRefused,
        Self::Gone,
        Self::TooLarge,
        Self::UnsupportedType,
        Self::Invalid,
        Self::TooManyRequests,
        Self::Internal,
        Self::StoreUnavailable,
        Self::Unavailable,
    ];

    /// The stable code for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.row().1
    }

    /// The sentence for people.
    #[must_use]
    pub const fn message(self, language: Language) -> &'static str {
        match language {
            Language::Ja => self.row().2,
            Language::En => self.row().3,
        }
    }

    /// After how many seconds it makes sense to try again by itself.
    pub(super) const fn retry_after_s(self) -> Option<u32> {
        match self {
            Self::TooManyRequests | Self::StoreUnavailable => Some(2),
            Self::Unavailable => Some(10),
            Self::BadRequest
            | Self::Unauthorised
            | Self::Forbidden
            | Self::OriginRefused
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::RequestTimeout
            | Self::Conflict
            | Self::VoteNotPublished
            | Self::EarlierLinkRefused
            | Self::FollowsItself
            | Self::TakenInPart
            | Self::ZoomRefused
            | Self::Gone
            | Self::TooLarge
            | Self::UnsupportedType
            | Self::Invalid
            | Self::Internal => None,
        }
    }

    const fn row(self) -> (&'static str, StatusCode, &'static str, &'static str) {
        match self {
            Self::BadRequest => (
                "bad_request",
                StatusCode::BAD_REQUEST,
                "送られた内容を読み取れませんでした。ページを読み込み直して、もう一度お試しください。",
                "The request could not be read. Please reload the page and try again.",
            ),
            Self::Unauthorised => (
                "unauthorised",
                StatusCode::UNAUTHORIZED,
                "このリンクは使えません。途中で切れているか、無効になっています。進行・事務局に新しいリンクをお尋ねください。",
                "This link does not work. It may be cut short or no longer valid. Please ask the coordinator for a new one.",
            ),
            Self::Forbidden => (
                "forbidden",
                StatusCode::FORBIDDEN,
                "この操作はできません。お持ちのリンクの役割では許可されていません。",
                "This is not allowed for the role of your link.",
            ),
            Self::OriginRefused => (
                "origin_refused",
                StatusCode::FORBIDDEN,
                "別のサイトからの接続のため、お断りしました。Engawaのページから開き直してください。",
                "The request came from another site and was refused. Please open Engawa's own page.",
            ),
            Self::NotFound => (
                "not_found",
                StatusCode::NOT_FOUND,
                "見つかりませんでした。リンクや参加コードをもう一度お確かめください。",
                "Not found. Please check the link or the join code.",
            ),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "この方法では受け付けていません。ページを読み込み直してください。",
                "This address does not take such a request. Please reload the page.",
            ),
            Self::RequestTimeout => (
                "request_timeout",
                StatusCode::REQUEST_TIMEOUT,
                "送信が途中で止まりました。通信の状態を確かめて、もう一度お試しください。",
                "Sending stopped half-way. Please check your connection and try again.",
            ),
            Self::Conflict => (
                "conflict",
                StatusCode::CONFLICT,
                "ほかの人の変更と重なりました。今の内容を確かめて、もう一度お試しください。",
                "Somebody else changed this meanwhile. Please look at it again and retry.",
            ),
            Self::VoteNotPublished => (
                "vote_not_published",
                StatusCode::CONFLICT,
                "投票のファイルは、締め切られて順位が公表されると取り出せます。集計担当の方は、締め切られるとすぐに取り出せます。",
                "The vote's file can be had once the vote has closed and its standings are published; by the secretariat as soon as it has closed.",
            ),
            Self::EarlierLinkRefused => (
                "earlier_link_refused",
                StatusCode::FORBIDDEN,
                "前の回の「進行・事務局」のリンクではないか、もう使えないリンクです。前の回の準備ページの「リンクを配る」で、進行・事務局のリンクをお確かめください。",
                "This is no coordinator's link of the earlier meeting, or one that no longer works. Look it up under \"Hand out links\" in the earlier meeting's preparation.",
            ),
            Self::FollowsItself => (
                "follows_itself",
                StatusCode::UNPROCESSABLE_ENTITY,
                "これはこの回のリンクです。前の回のリンクを入れてください。",
                "This is a link of this very meeting. Please give one of the earlier meeting.",
            ),
            Self::TakenInPart => (
                "taken_in_part",
                StatusCode::SERVICE_UNAVAILABLE,
                "引き継ぎが途中で止まりました。入ったところまでは残っています。少し待ってからもう一度引き継ぐと、続きが入ります。",
                "Taking over broke off. What has come stays. Take it over again in a moment, and the rest will come.",
            ),
            Self::ZoomRefused => (
                "zoom_refused",
                StatusCode::CONFLICT,
                "このラウンドのZoom用ファイルは作れません。画面に出ている理由をお確かめください。",
                "There is no file for Zoom of this round. Please look at the reasons shown.",
            ),
            Self::Gone => (
                "gone",
                StatusCode::GONE,
                "このミーティングは終了し、データは削除されました。",
                "This meeting is over and its data has been deleted.",
            ),
            Self::TooLarge => (
                "too_large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "大きすぎて受け取れません。ファイルを小さくして、もう一度お試しください。",
                "This is too large. Please make the file smaller and try again.",
            ),
            Self::UnsupportedType => (
                "unsupported_type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "この種類のファイルは受け取れません。",
                "Files of this type are not accepted.",
            ),
            Self::Invalid => (
                "invalid",
                StatusCode::UNPROCESSABLE_ENTITY,
                "内容に誤りがあります。入力をお確かめください。",
                "Something in the contents is not right. Please check what you entered.",
            ),
            Self::TooManyRequests => (
                "too_many_requests",
                StatusCode::TOO_MANY_REQUESTS,
                "操作が続きすぎました。少し待ってから、もう一度お試しください。",
                "That was too much at once. Please wait a moment and try again.",
            ),
            Self::Internal => (
                "internal",
                StatusCode::INTERNAL_SERVER_ERROR,
                "サーバーに問題が起きました。もう一度お試しいただき、続くようでしたら進行・事務局にお知らせください。",
                "Something went wrong on the server. Please try again, and tell the coordinator if it stays.",
            ),
            Self::StoreUnavailable => (
                "store_unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "今は保存できません。何も保存されていません。少し待ってから、もう一度お試しください。",
                "Nothing can be saved at the moment, and nothing was. Please try again shortly.",
            ),
            Self::Unavailable => (
                "unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "ただいま混み合っています。しばらくしてからもう一度お試しください。",
                "The server is busy. Please try again in a moment.",
            ),
        }
    }
}
