//! Where a request comes from: refuses pages of other sites that try to act through somebody's browser.
//!
//! A WebSocket upgrade is a GET that no browser rule keeps from another site, so it is checked like unsafe methods.
//! This module must not know who the person is.

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::error::{ApiError, ApiErrorKind};
use super::forwarded::{Asked, TrustedProxies};

/// Scheme, host and port of a site, as in the `Origin` header (RFC 6454), lower case and without the default port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    https: bool,
    authority: String,
}

/// Why a text is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must look like https://engawa.example.jp or http://host:8787, without a path; write a Japanese host name in its xn-- form"
)]
pub struct OriginError;

impl Origin {
    /// Reads an origin; one slash at the end is tolerated.
    ///
    /// # Errors
    /// [`OriginError`] for anything that is not `http(s)://host[:port]`.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let uri: Uri = text.trim().parse().map_err(|_| OriginError)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) | None => return Err(OriginError),
        };
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none() && !text.contains('#');
        let authority = uri.authority().filter(|_| bare).ok_or(OriginError)?;
        Ok(Self { https, authority: normalise(authority, https).ok_or(OriginError)? })
    }

    /// Whether the scheme is `https`.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Host and, unless it is the scheme's default, port.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The host alone.
    #[must_use]
    pub fn host(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            Some(_) | None => &self.authority,
        }
    }

    /// The port, the scheme's usual one if none is written.
    #[must_use]
    pub fn port(&self) -> u16 {
        let usual = if self.https { 443 } else { 80 };
        self.authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(usual)
    }

    /// The same site for WebSockets: `wss://…` or `ws://…`.
    #[must_use]
    pub fn websocket(&self) -> String {
        format!("{}://{}", if self.https { "wss" } else { "ws" }, self.authority)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

fn normalise(authority: &Authority, https: bool) -> Option<String> {
    if authority.as_str().contains('@') || authority.host().is_empty() {
        return None;
    }
    let host = authority.host().to_ascii_lowercase();
    let default = if https { 443 } else { 80 };
    let rest = authority.as_str().get(authority.host().len()..)?;
    match (rest, authority.port_u16()) {
        ("", None) => Some(host),
        (_, Some(0)) | (_, None) => None,
        (_, Some(port)) if port == default => Some(host),
        (_, Some(port)) => Some(format!("{host}:{port}")),
    }
}

/// Which pages may act here.
#[derive(Debug, Clone)]
pub struct OriginPolicy {
    /// The public address of this server.
    pub public: Origin,
    /// Further sites, such as an older name of the server.
    pub allowed: Vec<Origin>,
    /// Whose word about a request counts.
    pub proxies: TrustedProxies,
}

impl OriginPolicy {
    /// Whether the request may go on.
    ///
    /// # Errors
    /// [`ApiErrorKind::OriginRefused`] for an upgrade or unsafe method from another site's page. Browsers name the page's
    /// site with every such request; who names none is a program, which could name any (HS1).
    pub fn check(&self, request: &Request) -> Result<(), ApiErrorKind> {
        let headers = request.headers();
        let upgrade = headers.contains_key(header::UPGRADE);
        if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) && !upgrade {
            return Ok(());
        }
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let fits = match (origins.next(), origins.next()) {
            (None, _) => true,
            (Some(origin), None) => origin
                .to_str()
                .ok()
                .and_then(|text| Origin::parse(text).ok())
                .is_some_and(|origin| self.knows(&origin) || self.is_same_host(&origin, request)),
            (Some(_), Some(_)) => false,
        };
        if fits { Ok(()) } else { Err(ApiErrorKind::OriginRefused) }
    }

    fn knows(&self, origin: &Origin) -> bool {
        *origin == self.public || self.allowed.contains(origin)
    }

    /// The page was loaded from the very host that is asked now, and by the same scheme where that is known: TLS often ends
    /// at a proxy that does not say so.
    fn is_same_host(&self, origin: &Origin, request: &Request) -> bool {
        let Asked { authority, https } = self.proxies.asked(request);
        https.is_none_or(|https| https == origin.https)
            && authority
                .and_then(|authority| normalise(&authority, origin.https))
                .is_some_and(|host| host == origin.authority)
    }
}

/// Middleware for all routes.
pub async fn check_origin(State(policy): State<Arc<OriginPolicy>>, request: Request, next: Next) -> Response {
    match policy.check(&request) {
        Ok(()) => next.run(request).await,
        Err(kind) => ApiError::new(kind).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::ConnectInfo;

    use super::*;
    use crate::net::Encrypted;

    const PROXY: &str = "192.0.2.10";

    fn policy() -> OriginPolicy {
        OriginPolicy {
            public: Origin::parse("https://engawa.example.jp").unwrap(),
            allowed: vec![Origin::parse("https://old.example.jp:8443").unwrap()],
            proxies: TrustedProxies::new(vec![TrustedProxies::parse(PROXY).unwrap()]),
        }
    }

    fn request(from: &str, method: Method, headers: &[(&'static str, &'static str)]) -> Request {
        let mut request = Request::builder().method(method).uri("/ws");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer = std::net::SocketAddr::new(from.parse().unwrap(), 40_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    }

    fn allowed_from(from: &str, method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        policy().check(&request(from, method, headers)).is_ok()
    }

    fn allowed(method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        allowed_from("203.0.113.5", method, headers)
    }

    #[test]
    fn origins_have_one_form() {
        for (text, form) in [
            ("https://Engawa.Example.JP", "https://engawa.example.jp"),
            ("https://engawa.example.jp:443/", "https://engawa.example.jp"),
            ("http://engawa.example.jp:443", "http://engawa.example.jp:443"),
            ("http://[::1]:80", "http://[::1]"),
            ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().to_string(), form);
        }
        assert_eq!(Origin::parse("https://[::1]:8443").unwrap().host(), "[::1]");
        assert_eq!(Origin::parse("https://[::1]").unwrap().host(), "[::1]");
        assert_eq!(Origin::parse("https://a.jp:8443").unwrap().host(), "a.jp");
        assert_eq!(Origin::parse("https://a.jp:8443").unwrap().websocket(), "wss://a.jp:8443");
        for text in [
            "",
            "null",
            "*",
            "engawa.example.jp",
            "ftp://a.jp",
            "https://",
            "https://a.jp/path",
            "https://a.jp?x",
            "https://a.jp#x",
            "https://user@a.jp",
            "https://a.jp:0",
            "https://a.jp:",
            "https://縁側.jp",
            "https://a.jp:99999",
            "https://a.jp https://b.jp",
        ] {
            assert_eq!(Origin::parse(text), Err(OriginError), "{text}");
        }
    }

    #[test]
    fn upgrades_of_other_sites_are_refused() {
        let evil = ("origin", "https://evil.example");
        let host = ("host", "engawa.example.jp");
        let upgrade = ("upgrade", "websocket");
        assert!(!allowed(Method::GET, &[evil, host, upgrade]));
        assert!(!allowed(Method::CONNECT, &[evil, host]));
        assert!(!allowed(Method::POST, &[evil, host]));
        assert!(!allowed(Method::DELETE, &[("origin", "null"), host]));
        assert!(!allowed(Method::POST, &[evil, host, ("authorization", "Bearer x")]));
        assert!(!allowed(Method::POST, &[evil, ("origin", "https://engawa.example.jp"), host]));
        assert!(allowed(Method::GET, &[evil, host]), "reading is for CORS to guard");
    }

    #[test]
    fn own_pages_may_act() {
        let upgrade = ("upgrade", "websocket");
        for origin in
            ["https://engawa.example.jp", "https://ENGAWA.example.jp:443", "https://old.example.jp:8443"]
        {
            assert!(allowed(Method::GET, &[("origin", origin), ("host", "inner:8787"), upgrade]), "{origin}");
        }
        // Reached by another name: the page and the request agree.
        assert!(allowed(
            Method::GET,
            &[("origin", "http://192.0.2.7:8787"), ("host", "192.0.2.7:8787"), upgrade]
        ));
        assert!(allowed(Method::POST, &[("origin", "https://lan.example"), ("host", "lan.example")]));
        assert!(!allowed(Method::POST, &[("origin", "http://192.0.2.7:9999"), ("host", "192.0.2.7:8787")]));
    }

    #[test]
    fn forwarded_headers_count_only_from_a_trusted_address() {
        let host =
            [("origin", "https://lan.example"), ("host", "inner:8787"), ("x-forwarded-host", "lan.example")];
        assert!(allowed_from(PROXY, Method::POST, &host));
        assert!(
            allowed_from("::ffff:192.0.2.10", Method::POST, &host),
            "as a socket for both families says it"
        );
        assert!(!allowed_from("192.0.2.11", Method::POST, &host));
        // Whoever says where they come from is not there.
        let pretended = [&host[..], &[("x-forwarded-for", PROXY)]].concat();
        assert!(!allowed_from("192.0.2.11", Method::POST, &pretended));
        // The scheme, where it is known.
        let scheme =
            |proto| [("origin", "http://lan.example"), ("host", "lan.example"), ("x-forwarded-proto", proto)];
        assert!(!allowed_from(PROXY, Method::POST, &scheme("https")));
        assert!(allowed_from(PROXY, Method::POST, &scheme("http")));
        assert!(allowed_from("192.0.2.11", Method::POST, &scheme("https")), "not looked at");
        let plain = [("origin", "http://lan.example"), ("host", "lan.example")];
        let mut encrypted = request("192.0.2.11", Method::POST, &plain);
        assert!(policy().check(&encrypted).is_ok());
        encrypted.extensions_mut().insert(Encrypted);
        assert!(policy().check(&encrypted).is_err(), "a page without TLS cannot be one of this server's");
    }

    #[test]
    fn programs_without_origin_may_act() {
        assert!(allowed(Method::GET, &[("upgrade", "websocket")]));
        assert!(allowed(Method::POST, &[]));
    }
}
