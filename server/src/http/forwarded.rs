//! What a proxy in front says about a request, and whether it may say so: it counts from addresses that the operator has
//! named, and from nobody else. People's own addresses are not looked at; nothing depends on them.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::header::{self, HeaderMap};
use axum::http::uri::Authority;
use ipnet::IpNet;

use crate::net::Encrypted;

/// Neither an address nor a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither an address such as 127.0.0.1 nor a network such as 10.1.0.0/16")]
pub struct ProxyError;

/// The proxies whose word counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// Under which address a request was made, as far as that is known.
#[derive(Debug)]
pub(super) struct Asked {
    /// Host and port.
    pub(super) authority: Option<Authority>,
    /// Whether it came by TLS.
    pub(super) https: Option<bool>,
}

impl TrustedProxies {
    /// Proxies at these addresses.
    #[must_use]
    pub const fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// An address or a network.
    ///
    /// # Errors
    /// [`ProxyError`] for anything else.
    pub fn parse(text: &str) -> Result<IpNet, ProxyError> {
        text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| ProxyError)
    }

    /// As they would be written.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    fn contains(&self, peer: SocketAddr) -> bool {
        // A socket for both families names IPv4 addresses in the other's form.
        let address = peer.ip().to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Under which address the request was made.
    pub(super) fn asked(&self, request: &Request) -> Asked {
        let headers = request.headers();
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let trusted = peer.is_some_and(|ConnectInfo(peer)| self.contains(*peer));
        let forwarded = |name: &str| trusted.then(|| first(headers, name)).flatten();
        let authority = match forwarded("x-forwarded-host") {
            Some(host) => host.parse().ok(),
            None => match headers.get(header::HOST) {
                Some(host) => host.to_str().ok().and_then(|text| text.trim().parse().ok()),
                None => request.uri().authority().cloned(),
            },
        };
        let https = match forwarded("x-forwarded-proto") {
            Some("https" | "wss") => Some(true),
            Some("http" | "ws") => Some(false),
            Some(_) | None => request.extensions().get::<Encrypted>().map(|Encrypted| true),
        };
        Asked { authority, https }
    }
}

/// The first value: where several proxies have each added theirs, that of the outermost.
fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let text = headers.get(name)?.to_str().ok()?;
    text.split(',').next().map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_told_from_nonsense() {
        let proxies = TrustedProxies::new(
            ["127.0.0.1", "10.1.0.0/16", "fd00::/8"]
                .map(|text| TrustedProxies::parse(text).unwrap())
                .to_vec(),
        );
        assert_eq!(proxies.names(), ["127.0.0.1/32", "10.1.0.0/16", "fd00::/8"]);
        for (address, inside) in [
            ("127.0.0.1", true),
            ("127.0.0.2", false),
            ("10.1.255.255", true),
            ("::ffff:10.1.0.1", true),
            ("10.2.0.0", false),
            ("fd12::1", true),
            ("::1", false),
        ] {
            assert_eq!(proxies.contains(SocketAddr::new(address.parse().unwrap(), 1)), inside, "{address}");
        }
        for text in ["", "proxy", "127.0.0.1:80", "10.1.0.0/33", "*", "10.1"] {
            assert_eq!(TrustedProxies::parse(text), Err(ProxyError), "{text}");
        }
    }

    #[test]
    fn the_outermost_proxy_of_several_is_heard() {
        let proxies = TrustedProxies::new(vec![TrustedProxies::parse("127.0.0.1").unwrap()]);
        let mut request = Request::builder()
            .header("host", "inner:1")
            .header("x-forwarded-host", "engawa.example.jp, middle.example")
            .header("x-forwarded-proto", "https, http")
            .body(axum::body::Body::empty())
            .unwrap();
        let before = proxies.asked(&request);
        assert_eq!((before.authority.unwrap().as_str(), before.https), ("inner:1", None), "from nowhere");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
        let asked = proxies.asked(&request);
        assert_eq!((asked.authority.unwrap().as_str(), asked.https), ("engawa.example.jp", Some(true)));
    }
}
