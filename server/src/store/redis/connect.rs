//! Connections to Redis, whatever its shape. Knows nothing of meetings, and nothing of when a connection is needed: see
//! `link`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::aio::{AsyncPushSender, ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClientBuilder;
use redis::cluster_async::ClusterConnection;
use redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, Pipeline, RedisResult,
    TlsCertificates, TlsMode, Value,
};

use super::options::{RedisAddress, Topology};
use crate::limits;

/// Gets push messages as they come.
pub(super) type PushSink = Arc<dyn AsyncPushSender>;

/// A connection; clones share it.
#[derive(Clone)]
pub(super) enum Connection {
    /// To one server.
    Single(MultiplexedConnection),
    /// To every node of a cluster.
    Cluster(ClusterConnection),
}

impl Connection {
    /// Sends one command.
    pub(super) async fn run(&mut self, command: &Cmd) -> RedisResult<Value> {
        let answer = match self {
            Self::Single(connection) => connection.req_packed_command(command).await?,
            Self::Cluster(connection) => connection.req_packed_command(command).await?,
        };
        answer.extract_error()
    }

    /// Sends commands behind each other; the first one's key decides the node.
    pub(super) async fn run_all(&mut self, commands: &Pipeline, count: usize) -> RedisResult<Vec<Value>> {
        match self {
            Self::Single(connection) => connection.req_packed_commands(commands, 0, count).await,
            Self::Cluster(connection) => connection.req_packed_commands(commands, 0, count).await,
        }
    }

    /// Begins to listen to a channel; done when the server has confirmed it.
    pub(super) async fn subscribe(&mut self, channel: &str) -> RedisResult<()> {
        match self {
            Self::Single(_) => self.run(redis::cmd("SSUBSCRIBE").arg(channel)).await.map(drop),
            Self::Cluster(connection) => connection.ssubscribe(channel).await,
        }
    }

    /// Stops listening to a channel.
    pub(super) async fn unsubscribe(&mut self, channel: &str) -> RedisResult<()> {
        match self {
            Self::Single(_) => self.run(redis::cmd("SUNSUBSCRIBE").arg(channel)).await.map(drop),
            Self::Cluster(connection) => connection.sunsubscribe(channel).await,
        }
    }
}

/// Makes connections.
#[derive(Debug)]
pub(super) struct Connector {
    address: RedisAddress,
    /// For encrypted connections; none if they are not.
    certificates: Option<TlsCertificates>,
    /// Every connection made so far, for the tests that count them.
    made: AtomicU64,
}

impl Connector {
    pub(super) fn new(address: RedisAddress, certificates: Option<TlsCertificates>) -> Self {
        Self { address, certificates, made: AtomicU64::new(0) }
    }

    pub(super) fn address(&self) -> &RedisAddress {
        &self.address
    }

    pub(super) fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Connects. Each answer on the connection is waited for at most `answer_ms`.
    pub(super) async fn connect(&self, answer_ms: u64, push: Option<PushSink>) -> RedisResult<Connection> {
        let limit = Duration::from_millis(limits::REDIS_CONNECT_MS);
        // The client's own limit covers the socket; this one also name look-up, log-in and asking sentinels.
        match tokio::time::timeout(2 * limit, self.connect_within(limit, answer_ms, push)).await {
            Ok(connected) => {
                self.made.fetch_add(1, Ordering::Relaxed);
                connected
            }
            Err(_) => Err((ErrorKind::Io, "no answer while connecting").into()),
        }
    }

    /// Whether what should speak TLS takes connections, after it has not answered in time.
    pub(super) async fn is_silent_to_tls(&self) -> bool {
        let Some(ConnectionAddr::TcpTls { host, port, .. }) = self.address.first() else { return false };
        let dialled = tokio::net::TcpStream::connect((host.as_str(), *port));
        let limit = Duration::from_millis(limits::REDIS_CONNECT_MS);
        matches!(tokio::time::timeout(limit, dialled).await, Ok(Ok(_)))
    }

    async fn connect_within(
        &self,
        limit: Duration,
        answer_ms: u64,
        push: Option<PushSink>,
    ) -> RedisResult<Connection> {
        let answer = Duration::from_millis(answer_ms);
        let config = || {
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(Some(limit))
                .set_response_timeout(Some(answer));
            match &push {
                Some(push) => config.set_push_sender(Arc::clone(push)),
                None => config,
            }
        };
        match &self.address.0 {
            Topology::Single(node) => {
                let client = match &self.certificates {
                    Some(certificates) => {
                        Client::build_with_tls(node.as_ref().clone(), certificates.clone())?
                    }
                    None => Client::open(node.as_ref().clone())?,
                };
                let connection = client.get_multiplexed_async_connection_with_config(&config()).await?;
                Ok(Connection::Single(connection))
            }
            Topology::Sentinel { sentinels, service, node } => {
                let mut client = self.by_sentinels(sentinels, service, node)?;
                Ok(Connection::Single(client.get_async_connection_with_config(&config()).await?))
            }
            Topology::Cluster(nodes) => {
                // The cluster client would by itself send a command again whose answer was lost.
                let mut builder = ClusterClientBuilder::new(nodes.clone())
                    .retries(0)
                    .use_protocol(redis::ProtocolVersion::RESP3)
                    .connection_timeout(limit)
                    .response_timeout(answer)
                    .overall_response_timeout(Some(answer));
                if let Some(push) = push {
                    builder = builder.push_sender(push);
                }
                if let Some(certificates) = &self.certificates {
                    builder = builder.certs(certificates.clone());
                }
                Ok(Connection::Cluster(builder.build()?.get_async_connection().await?))
            }
        }
    }
}

impl Connector {
    /// Who asks the sentinels where the primary is. What `node` says counts for the primary; sentinels have no users here.
    fn by_sentinels(
        &self,
        sentinels: &[ConnectionInfo],
        service: &str,
        node: &ConnectionInfo,
    ) -> RedisResult<SentinelClient> {
        let addresses: Vec<_> = sentinels.iter().map(|sentinel| sentinel.addr().clone()).collect();
        let settings = node.redis_settings();
        let mut builder = SentinelClientBuilder::new(addresses, service, SentinelServerType::Master)?
            .set_client_to_redis_protocol(settings.protocol())
            .set_client_to_redis_db(settings.db());
        if let Some(user) = settings.username() {
            builder = builder.set_client_to_redis_username(user);
        }
        if let Some(password) = settings.password() {
            builder = builder.set_client_to_redis_password(password);
        }
        if let Some(certificates) = &self.certificates {
            builder = builder
                .set_client_to_redis_tls_mode(TlsMode::Secure)
                .set_client_to_redis_certificates(certificates.clone())
                .set_client_to_sentinel_tls_mode(TlsMode::Secure)
                .set_client_to_sentinel_certificates(certificates.clone());
        }
        builder.build()
    }
}
