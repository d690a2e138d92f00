//! What an operator says about Redis: where it is, how safe a write has to be. Knows the forms of the address
//! and nothing of connections.

use std::fmt;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

use super::tls::TlsFiles;

/// The settings of the Redis store.
#[derive(Debug, Clone)]
pub struct RedisOptions {
    /// Where Redis is.
    pub address: RedisAddress,
    /// With what encrypted connections are checked. Means nothing for others.
    pub tls: TlsFiles,
    /// How many replicas must have a write before it counts as done (`WAIT`). 0 asks for none.
    pub wait_replicas: u32,
    /// Accept a Redis that forgets when it restarts or runs full, for trying things out.
    pub allow_volatile: bool,
    /// What every key and channel begins with, so that several installations can share a Redis.
    pub key_prefix: String,
}

impl RedisOptions {
    /// The usual settings for an address.
    #[must_use]
    pub fn new(address: RedisAddress) -> Self {
        Self {
            address,
            tls: TlsFiles::default(),
            wait_replicas: 0,
            allow_volatile: false,
            key_prefix: "engawa".to_owned(),
        }
    }
}

/// Where Redis is, and in what shape it runs. Holds the password; `Debug` shows only the shape.
#[derive(Clone)]
pub struct RedisAddress(pub(super) Topology);

/// The shapes that a Redis installation can have.
#[derive(Clone)]
pub(super) enum Topology {
    /// One server, or one name that always leads to the primary.
    Single(Box<ConnectionInfo>),
    /// A Redis Cluster, known by some of its nodes.
    Cluster(Vec<ConnectionInfo>),
    /// A primary that sentinels know by name.
    Sentinel { sentinels: Vec<ConnectionInfo>, service: String, node: Box<ConnectionInfo> },
}

/// Why an address cannot be used. Never quotes it, because it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedisAddressError {
    /// It does not begin with a form that is known.
    #[error(
        "must begin with redis://, rediss://, redis+unix://, redis+cluster://, rediss+cluster://, \
         redis+sentinel:// or rediss+sentinel://"
    )]
    Scheme,
    /// The rest of it is not understood.
    #[error(
        "is not understood: write redis://USER:PASSWORD@HOST:PORT/DATABASE, with %-escapes for special characters \
         in the password"
    )]
    Form,
    /// Sentinels need to be told which primary is meant.
    #[error("needs the primary's name after the sentinels: redis+sentinel://HOST:PORT,HOST:PORT/NAME")]
    NoService,
}

impl RedisAddress {
    /// Reads an address:
    ///
    /// - `redis://USER:PASSWORD@HOST:PORT/DATABASE`, `rediss://…` with TLS, `redis+unix:///PATH`
    /// - `redis+cluster://USER:PASSWORD@HOST:PORT,HOST:PORT` (`rediss+cluster://…` with TLS)
    /// - `redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME/DATABASE`; user and password are those of Redis
    ///   (`rediss+sentinel://…` with TLS, to the sentinels too)
    ///
    /// # Errors
    /// A [`RedisAddressError`], a sentence to follow the setting's name.
    pub fn parse(text: &str) -> Result<Self, RedisAddressError> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(RedisAddressError::Scheme)?;
        let plain = if scheme.starts_with("rediss") { "rediss" } else { "redis" };
        match scheme {
            "redis" | "rediss" | "redis+unix" => {
                Ok(Self(Topology::Single(Box::new(node(&format!("{scheme}://{rest}"))?))))
            }
            "redis+cluster" | "rediss+cluster" => {
                let (login, rest) = split_login(rest);
                let hosts = rest.trim_end_matches('/').split(',');
                let nodes = hosts.map(|host| node(&format!("{plain}://{login}{host}")));
                Ok(Self(Topology::Cluster(nodes.collect::<Result<_, _>>()?)))
            }
            "redis+sentinel" | "rediss+sentinel" => {
                let (login, rest) = split_login(rest);
                let (hosts, path) = rest.split_once('/').ok_or(RedisAddressError::NoService)?;
                let (service, database) = path.split_once('/').unwrap_or((path, "0"));
                if service.is_empty() {
                    return Err(RedisAddressError::NoService);
                }
                let sentinels = hosts.split(',').map(|host| node(&format!("{plain}://{host}")));
                Ok(Self(Topology::Sentinel {
                    sentinels: sentinels.collect::<Result<_, _>>()?,
                    service: service.to_owned(),
                    // Only its login, database and TLS count; the host comes from the sentinels.
                    node: Box::new(node(&format!("{plain}://{login}sentinel/{database}"))?),
                }))
            }
            _ => Err(RedisAddressError::Scheme),
        }
    }

    /// The first server that is named.
    pub(super) fn first(&self) -> Option<&ConnectionAddr> {
        let named = match &self.0 {
            Topology::Single(node) => Some(&**node),
            Topology::Cluster(nodes) => nodes.first(),
            Topology::Sentinel { sentinels, .. } => sentinels.first(),
        };
        named.map(ConnectionInfo::addr)
    }

    /// Whether it asks for TLS.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        let encrypted = |node: &ConnectionInfo| matches!(node.addr(), ConnectionAddr::TcpTls { .. });
        match &self.0 {
            Topology::Single(node) | Topology::Sentinel { node, .. } => encrypted(node),
            Topology::Cluster(nodes) => nodes.iter().any(encrypted),
        }
    }
}

/// One server's address. RESP3, because news come on the same connection as answers.
fn node(url: &str) -> Result<ConnectionInfo, RedisAddressError> {
    let info = url.into_connection_info().map_err(|_| RedisAddressError::Form)?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Ok(info.set_redis_settings(settings))
}

/// Splits `user:password@` (or nothing) from what follows.
fn split_login(rest: &str) -> (&str, &str) {
    rest.rfind('@').map_or(("", rest), |at| rest.split_at(at + 1))
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Topology::Single(_) => "RedisAddress(single)",
            Topology::Cluster(_) => "RedisAddress(cluster)",
            Topology::Sentinel { .. } => "RedisAddress(sentinel)",
        })
    }
}

/// Where it is, without login: `127.0.0.1:6379`, `cluster of 10.0.0.1:6379, 10.0.0.2:6379`.
impl fmt::Display for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |nodes: &[ConnectionInfo]| {
            nodes.iter().map(|node| node.addr().to_string()).collect::<Vec<_>>().join(", ")
        };
        match &self.0 {
            Topology::Single(node) => write!(f, "{}", node.addr()),
            Topology::Cluster(nodes) => write!(f, "cluster of {}", list(nodes)),
            Topology::Sentinel { sentinels, service, .. } => {
                write!(f, "`{service}` of the sentinels {}", list(sentinels))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_all_shapes_hide_their_password() {
        for (text, shown) in [
            ("redis://127.0.0.1", "127.0.0.1:6379"),
            ("redis://engawa:s%40cret@127.0.0.1:7000/2", "127.0.0.1:7000"),
            ("redis+cluster://u:secret@a:1,b:2", "cluster of a:1, b:2"),
            ("redis+sentinel://u:secret@a:1,b:2/main", "`main` of the sentinels a:1, b:2"),
            ("redis+unix:///run/redis.sock", "/run/redis.sock"),
            ("rediss://u:secret@a:1", "a:1"),
        ] {
            let address = RedisAddress::parse(text).unwrap();
            assert_eq!(address.to_string(), shown);
            assert!(!format!("{address} {address:?}").contains("cret"));
        }
    }

    #[test]
    fn an_address_that_cannot_be_meant_is_refused() {
        for (text, error) in [
            ("127.0.0.1:6379", RedisAddressError::Scheme),
            ("http://127.0.0.1", RedisAddressError::Scheme),
            ("redis://:x@host:port", RedisAddressError::Form),
            ("redis+sentinel://a:1", RedisAddressError::NoService),
            ("redis+sentinel://a:1/", RedisAddressError::NoService),
        ] {
            assert_eq!(RedisAddress::parse(text).unwrap_err(), error, "{text}");
        }
    }
}
