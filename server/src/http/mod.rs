//! What every HTTP answer has in common: errors, security headers, the check of where a request comes from, and the
//! files of the web client.
//!
//! It must not know what a meeting is; routes live elsewhere and are wrapped by [`finish`].

pub mod assets;
pub mod error;
pub mod headers;
pub mod origin;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

pub use assets::Assets;
pub use error::{ApiError, ApiErrorKind, Json, Language, Query};
pub use headers::SecurityHeaders;
pub use origin::{Origin, OriginError, OriginPolicy};

/// What [`finish`] needs to know.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Headers on every answer.
    pub headers: SecurityHeaders,
    /// Who may open WebSockets and send unsafe methods.
    pub origins: OriginPolicy,
    /// A request body may not be larger, in bytes. Routes that take files set a larger limit of their own by
    /// serving them outside this router.
    pub max_body_bytes: usize,
    /// How long a request body may pause before it is given up.
    pub body_stall_timeout: Duration,
}

/// Puts the common layers around the routes: from outside in, security headers, error language, caught panics, origin
/// check, body limits.
pub fn finish(routes: Router, options: HttpOptions) -> Router {
    let HttpOptions { headers, origins, max_body_bytes, body_stall_timeout } = options;
    routes
        .layer(RequestBodyTimeoutLayer::new(body_stall_timeout))
        .layer(RequestBodyLimitLayer::new(max_body_bytes))
        .layer(middleware::from_fn_with_state(Arc::new(origins), origin::check_origin))
        .layer(CatchPanicLayer::custom(|_panic: Box<dyn std::any::Any + Send>| {
            axum::response::IntoResponse::into_response(ApiError::new(ApiErrorKind::Internal))
        }))
        .layer(middleware::from_fn(error::speak_language))
        .layer(middleware::map_response_with_state(Arc::new(headers), headers::add_headers))
}
