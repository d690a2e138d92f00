//! One connection that is made when it is first needed and again after it broke, never more than one attempt at a time.
//!
//! An attempt runs on a task of its own, and whoever needs the connection looks on. So nobody holds anything while they
//! wait: a caller who is not polled for a while (an actor that has stopped following because it heals) keeps nobody else
//! from the connection.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::{Cmd, Pipeline, RedisError, RedisResult, Value};
use tokio::sync::watch;

use super::connect::{Connection, Connector};
use super::fault::{self, Kind};
use crate::limits;
use crate::store::StoreError;

/// The connection, and what is known of attempts to make it.
#[derive(Debug)]
pub(super) struct Link(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    connector: Arc<Connector>,
    answer_ms: u64,
    state: Mutex<State>,
    /// Attempts that have ended.
    ended: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    connection: Option<Connection>,
    /// Raised with every connection, so that only a broken one is thrown away.
    number: u64,
    connecting: bool,
    refused: Option<(Instant, Arc<str>)>,
    closed: bool,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Link {
    pub(super) fn new(connector: Arc<Connector>, answer_ms: u64) -> Self {
        let (state, ended) = (Mutex::default(), watch::Sender::new(0));
        Self(Arc::new(Shared { connector, answer_ms, state, ended }))
    }

    /// Lets go of the connection for good.
    pub(super) fn close(&self) {
        let mut state = self.0.state();
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
            let mut state = self.0.state();
            if state.number == number {
                state.connection = None;
            }
        }
    }

    async fn connected(&self) -> Result<(u64, Connection), StoreError> {
        // Listening begins before the look, so that no end of an attempt falls between the two.
        let mut ended = self.0.ended.subscribe();
        if let Some(connected) = self.0.look()? {
            return Ok(connected);
        }
        // The sender lives in what this holds, so it is never gone.
        let _ = ended.changed().await;
        self.0.outcome()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock panics half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection, if there is one; otherwise an attempt is under way when this returns.
    fn look(self: &Arc<Self>) -> Result<Option<(u64, Connection)>, StoreError> {
        let mut state = self.state();
        if state.closed {
            return Err(StoreError::Closed);
        }
        if let Some(connection) = &state.connection {
            return Ok(Some((state.number, connection.clone())));
        }
        // Whoever comes right after a failed attempt gets its answer: no queue before a dead server.
        if let Some((when, reason)) = &state.refused
            && when.elapsed() < Duration::from_millis(limits::REDIS_REFUSED_MS)
        {
            return Err(StoreError::unavailable(Arc::clone(reason)));
        }
        if !std::mem::replace(&mut state.connecting, true) {
            tokio::spawn(Attempt(Arc::clone(self)).run());
        }
        Ok(None)
    }

    /// What the attempt came to that has just ended.
    fn outcome(&self) -> Result<(u64, Connection), StoreError> {
        let state = self.state();
        match (&state.connection, &state.refused) {
            _ if state.closed => Err(StoreError::Closed),
            (Some(connection), _) => Ok((state.number, connection.clone())),
            (None, Some((_, reason))) => Err(StoreError::unavailable(Arc::clone(reason))),
            (None, None) => Err(StoreError::unavailable("the connection was lost at once")),
        }
    }
}

/// An attempt to connect. However it ends, those who look on are told.
struct Attempt(Arc<Shared>);

impl Attempt {
    async fn run(self) {
        let made = self.0.connector.connect(self.0.answer_ms, None).await;
        let mut state = self.0.state();
        match made {
            // Closed meanwhile: nobody is to use it.
            Ok(_) if state.closed => {}
            Ok(connection) => {
                state.number += 1;
                state.refused = None;
                state.connection = Some(connection);
            }
            Err(error) => state.refused = Some((Instant::now(), fault::describe(&error).into())),
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.0.state().connecting = false;
        self.0.ended.send_modify(|ended| *ended += 1);
    }
}
