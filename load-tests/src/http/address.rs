//! Where servers are, and where one connects from.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rand::Rng;
use tokio::net::{TcpSocket, TcpStream};

/// The address of a server.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    /// Host and port, as in a URL.
    pub(crate) authority: String,
}

impl Address {
    /// From `http://host:port`.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let rest = url.strip_prefix("http://").ok_or("only http:// addresses can be tested")?;
        let authority = rest.trim_end_matches('/');
        if authority.is_empty() || authority.contains('/') {
            return Err("an address without a path is needed, such as http://127.0.0.1:8787".into());
        }
        let authority =
            if authority.contains(':') { authority.to_owned() } else { format!("{authority}:80") };
        Ok(Self { authority })
    }

    /// Opens a connection without Nagle's delay.
    pub(crate) async fn connect_from(&self, source: Source) -> std::io::Result<TcpStream> {
        let stream = match (source.0, self.authority.parse::<SocketAddr>()) {
            (Some(own), Ok(address)) => {
                let socket = TcpSocket::new_v4()?;
                socket.bind(SocketAddr::from((own, 0)))?;
                socket.connect(address).await?
            }
            _ => TcpStream::connect(&self.authority).await?,
        };
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// The address one connects from; the system's choice where none is given. One address has some 28,000 ports, and those of
/// connections that have just ended are not free yet, so that many people need several.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Source(Option<Ipv4Addr>);

/// Connections from one loopback address.
const CONNECTIONS_PER_SOURCE: usize = 4_000;

impl Source {
    /// The system's choice.
    pub(crate) const ANY: Self = Self(None);

    /// The loopback address of the n-th of many people.
    pub(crate) fn of_person(index: usize) -> Self {
        let last = u8::try_from(2 + index / CONNECTIONS_PER_SOURCE % 250).unwrap_or(2);
        Self(Some(Ipv4Addr::new(127, 0, 0, last)))
    }
}

/// The nodes that serve a meeting: any of them will do, at any time.
#[derive(Debug, Clone)]
pub(crate) struct Nodes {
    addresses: Arc<[Address]>,
    unsteady: bool,
}

impl Nodes {
    /// Nodes that are all to be there.
    pub(crate) fn new(addresses: impl IntoIterator<Item = Address>) -> Self {
        Self { addresses: addresses.into_iter().collect(), unsteady: false }
    }

    /// The same, but they end now and then because that is what is being tried: a lost line is no finding then, and a
    /// request that fails is tried again at another node.
    pub(crate) fn unsteady(self) -> Self {
        Self { unsteady: true, ..self }
    }

    /// Whether nodes are expected to end.
    pub(crate) const fn are_unsteady(&self) -> bool {
        self.unsteady
    }

    /// One of them, by chance, but not the one where a connection has just failed: as a balancer does it. Its number from
    /// 0, and where it is. There must be one.
    pub(crate) fn pick(&self, failed: Option<usize>, chance: &mut impl Rng) -> (usize, Address) {
        let others: Vec<usize> = (0..self.addresses.len()).filter(|index| Some(*index) != failed).collect();
        let index = others.get(chance.random_range(0..others.len().max(1))).copied().unwrap_or(0);
        (index, self.addresses[index].clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        assert_eq!(Address::parse("http://127.0.0.1:8787/").unwrap().authority, "127.0.0.1:8787");
        assert_eq!(Address::parse("http://engawa.example.jp").unwrap().authority, "engawa.example.jp:80");
        assert!(Address::parse("https://engawa.example.jp").is_err());
        assert!(Address::parse("http://a/b").is_err());
    }

    #[test]
    fn a_node_that_has_just_failed_is_not_tried_again_at_once() {
        let nodes =
            Nodes::new((1..=3).map(|port| Address::parse(&format!("http://127.0.0.1:{port}")).unwrap()));
        let mut chance = rand::rng();
        let picked: std::collections::BTreeSet<usize> =
            (0..200).map(|_| nodes.pick(Some(1), &mut chance).0).collect();
        assert_eq!(picked, [0, 2].into());
        let alone = Nodes::new([Address::parse("http://127.0.0.1:1").unwrap()]);
        assert_eq!(alone.pick(Some(0), &mut chance).0, 0, "there is no other");
    }

    #[test]
    fn many_people_come_from_several_addresses() {
        let last = |index| Source::of_person(index).0.map(|own| own.octets()[3]);
        assert_eq!((last(0), last(3_999), last(4_000), last(19_999)), (Some(2), Some(2), Some(3), Some(6)));
    }
}
