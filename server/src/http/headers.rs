//! Headers that every answer carries, so that a browser keeps our pages from being abused.
//! It must not know which page it is; a route that needs something else sets the header itself and keeps it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::origin::Origin;

/// One year, without subdomains: other services of the same municipality may not have TLS.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The headers, built once at the start.
#[derive(Debug, Clone)]
pub struct SecurityHeaders {
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl SecurityHeaders {
    /// Headers for a server at `public`, reached also as `allowed`, whose pages may be framed by `frame_ancestors`
    /// besides itself (a meeting tool that shows web pages inside its window).
    #[must_use]
    pub fn new(public: &Origin, allowed: &[Origin], frame_ancestors: &[Origin]) -> Self {
        let policy = content_security_policy(public, allowed, frame_ancestors);
        #[expect(clippy::expect_used, reason = "origins were parsed from URIs and hold visible ASCII only")]
        let policy = HeaderValue::from_str(&policy).expect("a policy of visible ASCII");
        let mut headers = vec![
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            // The way in is part of the address: it must not travel to other sites.
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (
                HeaderName::from_static("permissions-policy"),
                HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
            ),
            (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                HeaderValue::from_static("same-origin"),
            ),
        ];
        if frame_ancestors.is_empty() {
            headers.push((header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")));
        }
        if public.is_https() {
            headers.push((header::STRICT_TRANSPORT_SECURITY, HSTS));
        }
        Self { headers }
    }
}

fn content_security_policy(public: &Origin, allowed: &[Origin], frame_ancestors: &[Origin]) -> String {
    // Older browsers do not take 'self' for WebSockets, so the addresses are named.
    let sockets: String =
        std::iter::once(public).chain(allowed).map(|origin| format!(" {}", origin.websocket())).collect();
    let ancestors: String = frame_ancestors.iter().map(|origin| format!(" {origin}")).collect();
    // Style attributes place notes on a board; style elements and scripts come from files only.
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'{sockets}; worker-src 'self'; \
         frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'self'{ancestors}"
    )
}

/// Middleware: adds what the route has not set itself. Answers are not stored anywhere unless a route says so.
pub async fn add_headers(State(headers): State<Arc<SecurityHeaders>>, mut response: Response) -> Response {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    let map = response.headers_mut();
    for (name, value) in &headers.headers {
        map.entry(name).or_insert_with(|| value.clone());
    }
    map.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::{HeaderMap, Request};
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    async fn headers_of(headers: SecurityHeaders, path: &str) -> HeaderMap {
        let router = Router::new()
            .route("/", get(|| async { "page" }))
            .route("/own", get(|| async { ([(header::CACHE_CONTROL, "max-age=5")], "file") }))
            .layer(axum::middleware::map_response_with_state(Arc::new(headers), add_headers));
        router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap().into_parts().0.headers
    }

    #[tokio::test]
    async fn a_plain_server() {
        let public = Origin::parse("http://127.0.0.1:8787").unwrap();
        let headers = headers_of(SecurityHeaders::new(&public, &[], &[]), "/").await;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("connect-src 'self' ws://127.0.0.1:8787;"), "{policy}");
        assert!(policy.contains("script-src 'self';"), "no inline script");
        assert!(policy.ends_with("frame-ancestors 'self'"));
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(headers[header::X_FRAME_OPTIONS], "SAMEORIGIN");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    }

    #[tokio::test]
    async fn a_public_server_inside_a_meeting_tool() {
        let public = Origin::parse("https://engawa.example.jp").unwrap();
        let allowed = [Origin::parse("https://old.example.jp").unwrap()];
        let tool = [Origin::parse("https://meeting.example").unwrap()];
        let headers = headers_of(SecurityHeaders::new(&public, &allowed, &tool), "/own").await;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.contains("connect-src 'self' wss://engawa.example.jp wss://old.example.jp;"),
            "{policy}"
        );
        assert!(policy.ends_with("frame-ancestors 'self' https://meeting.example"), "{policy}");
        assert!(!headers.contains_key(header::X_FRAME_OPTIONS));
        assert_eq!(headers[header::STRICT_TRANSPORT_SECURITY], "max-age=31536000");
        assert_eq!(headers[header::CACHE_CONTROL], "max-age=5", "a route's own word stays");
    }
}
