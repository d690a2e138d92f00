//! Connections to Redis, whatever its shape: made, made anew after they broke, never more than one attempt
//! at a time. Knows nothing of meetings.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::{AsyncPushSender, ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClientBuilder;
use redis::cluster_async::ClusterConnection;
use redis::sentinel::{SentinelClient, SentinelNodeConnectionInfo, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ErrorKind, Pipeline, RedisError, RedisResult,
    TlsMode, Value,
};
use tokio::sync::Semaphore;

use super::fault::{self, Kind};
use super::options::{RedisAddress, Topology};
use crate::limits;
use crate::store::StoreError;

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
    /// Every connection made so far, for the tests that count them.
    made: AtomicU64,
}

impl Connector {
    pub(super) fn new(address: RedisAddress) -> Self {
        Self { address, made: AtomicU64::new(0) }
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
                let client = Client::open(node.as_ref().clone())?;
                let connection = client.get_multiplexed_async_connection_with_config(&config()).await?;
                Ok(Connection::Single(connection))
            }
            Topology::Sentinel { sentinels, service, node } => {
                let settings = node.redis_settings().clone();
                let mut login = SentinelNodeConnectionInfo::default().set_redis_connection_info(settings);
                if let ConnectionAddr::TcpTls { .. } = node.addr() {
                    login = login.set_tls_mode(TlsMode::Secure);
                }
                let master = SentinelServerType::Master;
                let mut client =
                    SentinelClient::build(sentinels.clone(), service.clone(), Some(login), master)?;
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
                Ok(Connection::Cluster(builder.build()?.get_async_connection().await?))
            }
        }
    }
}

/// One connection that is made when it is first needed and again after it broke.
#[derive(Debug)]
pub(super) struct Link {
    connector: Arc<Connector>,
    answer_ms: u64,
    state: Mutex<LinkState>,
    /// Held while connecting.
    connecting: Semaphore,
}

#[derive(Default)]
struct LinkState {
    connection: Option<Connection>,
    /// Raised with every connection, so that only a broken one is thrown away.
    number: u64,
    refused: Option<(Instant, Arc<str>)>,
    closed: bool,
}

impl std::fmt::Debug for LinkState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkState").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Link {
    pub(super) fn new(connector: Arc<Connector>, answer_ms: u64) -> Self {
        Self { connector, answer_ms, state: Mutex::default(), connecting: Semaphore::new(1) }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, LinkState> {
        // Nothing under this lock panics half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of the connection for good.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.connection = None;
    }

    /// Sends one command.
    pub(super) async fn run(&self, kind: Kind, command: &Cmd) -> Result<Value, StoreError> {
        let (number, mut connection) = self.connected().await?;
        let answer = connection.run(command).await;
        self.judge(number, answer.as_ref().err());
        answer.map_err(|error| fault::failed(kind, &error))
    }

    /// Sends commands behind each other. An answer that is the server's error stands in its place.
    pub(super) async fn run_all(
        &self,
        kind: Kind,
        commands: &Pipeline,
        count: usize,
    ) -> Result<Vec<RedisResult<Value>>, StoreError> {
        let (number, mut connection) = self.connected().await?;
        let answers = connection.run_all(commands, count).await;
        self.judge(number, answers.as_ref().err());
        let answers = answers.map_err(|error| fault::failed(kind, &error))?;
        let answers: Vec<_> = answers.into_iter().map(Value::extract_error).collect();
        for answer in &answers {
            self.judge(number, answer.as_ref().err());
        }
        Ok(answers)
    }

    /// Throws the connection away if this error says that it is no good.
    fn judge(&self, number: u64, error: Option<&RedisError>) {
        if error.is_some_and(fault::spoils_connection) {
            let mut state = self.state();
            if state.number == number {
                state.connection = None;
            }
        }
    }

    fn present(&self) -> Result<Option<(u64, Connection)>, StoreError> {
        let state = self.state();
        if state.closed {
            return Err(StoreError::Closed);
        }
        if let Some(connection) = &state.connection {
            return Ok(Some((state.number, connection.clone())));
        }
        // Whoever comes right after a failed attempt gets its answer: no queue before a dead server.
        match &state.refused {
            Some((when, reason)) if when.elapsed() < Duration::from_millis(limits::REDIS_REFUSED_MS) => {
                Err(StoreError::unavailable(Arc::clone(reason)))
            }
            Some(_) | None => Ok(None),
        }
    }

    async fn connected(&self) -> Result<(u64, Connection), StoreError> {
        if let Some(present) = self.present()? {
            return Ok(present);
        }
        let Ok(_permit) = self.connecting.acquire().await else { return Err(StoreError::Closed) };
        if let Some(present) = self.present()? {
            return Ok(present);
        }
        let made = self.connector.connect(self.answer_ms, None).await;
        let mut state = self.state();
        if state.closed {
            return Err(StoreError::Closed);
        }
        match made {
            Ok(connection) => {
                state.number += 1;
                state.refused = None;
                state.connection = Some(connection.clone());
                Ok((state.number, connection))
            }
            Err(error) => {
                let reason: Arc<str> = fault::describe(&error).into();
                state.refused = Some((Instant::now(), Arc::clone(&reason)));
                Err(StoreError::unavailable(reason))
            }
        }
    }
}
