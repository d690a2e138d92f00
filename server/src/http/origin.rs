//! Where a request comes from: refuses pages of other sites that try to act through somebody's browser.
//!
//! A WebSocket upgrade is a GET that no browser rule keeps from another site, so it is checked like unsafe methods.
//! This module must not know who the person is.

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::error::{ApiError, ApiErrorKind};

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
    /// Whether a proxy in front is trusted to say under which host it was asked (`X-Forwarded-Host`).
    pub trust_proxy: bool,
}

impl OriginPolicy {
    /// Whether the request may go on.
    ///
    /// # Errors
    /// [`ApiErrorKind::OriginRefused`] for an upgrade or unsafe method from another site's page. Browsers name the page's
    /// site with every such request; who names none is a program, which could name any (HS1).
    pub fn check(&self, method: &Method, headers: &HeaderMap, uri: &Uri) -> Result<(), ApiErrorKind> {
        let upgrade = headers.contains_key(header::UPGRADE);
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) && !upgrade {
            return Ok(());
        }
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let fits = match (origins.next(), origins.next()) {
            (None, _) => true,
            (Some(origin), None) => origin
                .to_str()
                .ok()
                .and_then(|text| Origin::parse(text).ok())
                .is_some_and(|origin| self.knows(&origin) || self.is_same_host(&origin, headers, uri)),
            (Some(_), Some(_)) => false,
        };
        if fits { Ok(()) } else { Err(ApiErrorKind::OriginRefused) }
    }

    fn knows(&self, origin: &Origin) -> bool {
        *origin == self.public || self.allowed.contains(origin)
    }

    /// The page was loaded from the very host that is asked now. The scheme may differ: TLS often ends before us.
    fn is_same_host(&self, origin: &Origin, headers: &HeaderMap, uri: &Uri) -> bool {
        let forwarded = headers.get("x-forwarded-host").filter(|_| self.trust_proxy);
        let asked = match forwarded.or_else(|| headers.get(header::HOST)) {
            Some(value) => value.to_str().ok().and_then(|text| text.trim().parse::<Authority>().ok()),
            None => uri.authority().cloned(),
        };
        asked
            .and_then(|authority| normalise(&authority, origin.https))
            .is_some_and(|host| host == origin.authority)
    }
}

/// Middleware for all routes.
pub async fn check_origin(State(policy): State<Arc<OriginPolicy>>, request: Request, next: Next) -> Response {
    match policy.check(request.method(), request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(kind) => ApiError::new(kind).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(trust_proxy: bool) -> OriginPolicy {
        OriginPolicy {
            public: Origin::parse("https://engawa.example.jp").unwrap(),
            allowed: vec![Origin::parse("https://old.example.jp:8443").unwrap()],
            trust_proxy,
        }
    }

    fn allowed(trust_proxy: bool, method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        policy(trust_proxy).check(&method, &map, &Uri::from_static("/ws")).is_ok()
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
        assert!(!allowed(false, Method::GET, &[evil, host, upgrade]));
        assert!(!allowed(false, Method::CONNECT, &[evil, host]));
        assert!(!allowed(false, Method::POST, &[evil, host]));
        assert!(!allowed(false, Method::DELETE, &[("origin", "null"), host]));
        assert!(!allowed(false, Method::POST, &[evil, host, ("authorization", "Bearer x")]));
        assert!(!allowed(false, Method::POST, &[evil, ("origin", "https://engawa.example.jp"), host]));
        assert!(allowed(false, Method::GET, &[evil, host]), "reading is for CORS to guard");
    }

    #[test]
    fn own_pages_may_act() {
        let upgrade = ("upgrade", "websocket");
        for origin in
            ["https://engawa.example.jp", "https://ENGAWA.example.jp:443", "https://old.example.jp:8443"]
        {
            assert!(
                allowed(false, Method::GET, &[("origin", origin), ("host", "inner:8787"), upgrade]),
                "{origin}"
            );
        }
        // Reached by another name: the page and the request agree.
        assert!(allowed(
            false,
            Method::GET,
            &[("origin", "http://192.0.2.7:8787"), ("host", "192.0.2.7:8787"), upgrade]
        ));
        assert!(allowed(false, Method::POST, &[("origin", "https://lan.example"), ("host", "lan.example")]));
        assert!(!allowed(
            false,
            Method::POST,
            &[("origin", "http://192.0.2.7:9999"), ("host", "192.0.2.7:8787")]
        ));
    }

    #[test]
    fn forwarded_host_counts_only_behind_a_trusted_proxy() {
        let headers =
            [("origin", "https://lan.example"), ("host", "inner:8787"), ("x-forwarded-host", "lan.example")];
        assert!(allowed(true, Method::POST, &headers));
        assert!(!allowed(false, Method::POST, &headers));
    }

    #[test]
    fn programs_without_origin_may_act() {
        assert!(allowed(false, Method::GET, &[("upgrade", "websocket")]));
        assert!(allowed(false, Method::POST, &[]));
    }
}
