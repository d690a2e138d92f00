//! What every HTTP answer has in common: errors, security headers, the check of where a request comes from, and the
//! files of the web client.
//!
//! It must not know what a meeting is; routes live elsewhere and are wrapped by [`finish`].

pub mod assets;
pub mod described;
pub mod error;
mod error_kind;
mod forwarded;
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
pub use described::{Described, Group, Key, Table};
pub use error::{ApiError, ApiErrorKind, Json, Language, Query};
pub use forwarded::{ProxyError, TrustedProxies};
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
        // The limit is innermost: extractors tell "too large" from "broken off" only by its bare error.
        .layer(RequestBodyLimitLayer::new(max_body_bytes))
        .layer(RequestBodyTimeoutLayer::new(body_stall_timeout))
        .layer(middleware::from_fn_with_state(Arc::new(origins), origin::check_origin))
        .layer(CatchPanicLayer::custom(|_panic: Box<dyn std::any::Any + Send>| {
            axum::response::IntoResponse::into_response(ApiError::new(ApiErrorKind::Internal))
        }))
        .layer(middleware::from_fn(error::speak_language))
        .layer(middleware::map_response_with_state(Arc::new(headers), headers::add_headers))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, Bytes};
    use axum::http::{Request, StatusCode, header};
    use axum::routing::{get, post};
    use futures_util::StreamExt as _;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    fn router() -> Router {
        let public = Origin::parse("https://engawa.example.jp").unwrap();
        let routes = Router::new()
            .route(
                "/panic",
                get(|| async {
                    if true {
                        panic!("a bug")
                    }
                }),
            )
            .route("/json", post(|Json(value): Json<serde_json::Value>| async move { value.to_string() }));
        let options = HttpOptions {
            headers: SecurityHeaders::new(&public, &[], &[]),
            origins: OriginPolicy { public, allowed: Vec::new(), proxies: TrustedProxies::default() },
            max_body_bytes: 100,
            body_stall_timeout: Duration::from_millis(50),
        };
        finish(routes, options)
    }

    async fn ask(request: Request<Body>) -> (StatusCode, String) {
        let response = router().oneshot(request).await.unwrap();
        assert!(response.headers().contains_key(header::CONTENT_SECURITY_POLICY), "on every answer");
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    fn post_json(body: Body) -> Request<Body> {
        Request::post("/json")
            .header("origin", "https://engawa.example.jp")
            .header("content-type", "application/json")
            .body(body)
            .unwrap()
    }

    #[tokio::test]
    async fn every_layer_speaks_in_our_shape() {
        assert_eq!(ask(post_json(Body::from("[1]"))).await, (StatusCode::OK, "[1]".into()));

        let (status, body) = ask(Request::get("/panic").body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(body.contains("\"internal\"") && !body.contains("a bug"), "{body}");

        let (status, body) = ask(post_json(Body::from(format!("[\"{}\"]", "a".repeat(200))))).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(body.contains("\"too_large\""), "{body}");

        let chunks = (0..50).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(b"         ")));
        let (status, body) = ask(post_json(Body::from_stream(futures_util::stream::iter(chunks)))).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "without a length as well: {body}");

        let mut evil = post_json(Body::from("[1]"));
        evil.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
        let (status, body) = ask(evil).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(body.contains("\"origin_refused\""), "{body}");
    }

    #[tokio::test]
    async fn a_body_that_stalls_is_given_up() {
        let half = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"[1"))]);
        let stalled = Body::from_stream(half.chain(futures_util::stream::pending()));
        let (status, body) = ask(post_json(stalled)).await;
        assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
        assert!(body.contains("\"request_timeout\""), "{body}");
    }
}
