//! Frames as answers to a long poll. Between two polls the connection stays parked on this node, so that a poll neither
//! asks for a view nor makes its person come and go; a poll that reaches another node, or comes too late, opens a new
//! line and resumes (TR6).

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Extension, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use dashmap::DashMap;
use engawa_protocol::http::PollNext;
use engawa_protocol::limits::POLL_PARK_MS;
use engawa_protocol::{CloseCode, LineId};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::LinkState;
use super::connection::serve_link;
use super::hello::{LINE_HEADERS, read_hello};
use super::link::{Link, LinkError, Received};
use crate::http::{ApiError, ApiErrorKind};
use crate::hub::{FrameText, Frames};
use crate::limits::POLL_LINES;
use crate::net::Draining;
use crate::observe::metrics::TransportKind;

/// Polls of one line that may wait for its connection to look at them: an abandoned one and the one that follows.
const TURNS_WAITING: usize = 2;

/// The lines that are parked on this node.
#[derive(Debug, Default)]
pub struct ParkedLines(DashMap<LineId, mpsc::Sender<Turn>>);

/// A poll that waits for its answer.
#[derive(Debug)]
struct Turn {
    /// The turn of the last answer that the client has.
    number: u64,
    answer: oneshot::Sender<Answer>,
}

/// What a poll is answered.
#[derive(Debug)]
struct Answer {
    turn: u64,
    frames: Frames,
}

/// Takes a line out of the list, however its connection ends.
#[derive(Debug)]
struct Parked {
    lines: Arc<ParkedLines>,
    line: LineId,
}

impl ParkedLines {
    /// Puts a new line into the list, while there is room.
    fn park(self: Arc<Self>, turns: mpsc::Sender<Turn>) -> Result<Parked, ApiError> {
        if self.0.len() >= POLL_LINES {
            return Err(ApiErrorKind::Unavailable.into());
        }
        let line = LineId(Uuid::new_v4());
        self.0.insert(line, turns);
        Ok(Parked { lines: self, line })
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        self.lines.0.remove(&self.line);
    }
}

/// `POST /api/poll` (TR2).
pub(super) async fn open(
    State(LinkState { hub, keys, lines }): State<LinkState>,
    draining: Option<Extension<Draining>>,
    body: Body,
) -> Result<Response, ApiError> {
    let hello = read_hello(body).await?;
    let draining = draining.map_or_else(CancellationToken::new, |Extension(Draining(token))| token);
    let (turns, asked) = mpsc::channel(TURNS_WAITING);
    let (answer, answered) = oneshot::channel();
    // The channel is new and holds one at least.
    let _first = turns.try_send(Turn { number: 0, answer });
    let parked = lines.park(turns)?;
    let line = parked.line;
    tokio::spawn(async move {
        let parked = parked;
        serve_link(PollLink::new(hello, asked), &hub, &keys, &draining).await;
        drop(parked);
    });
    reply(line, answered).await
}

/// `POST /api/poll/next` (TR6).
pub(super) async fn next(
    State(LinkState { lines, .. }): State<LinkState>,
    asked: Result<Json<PollNext>, JsonRejection>,
) -> Result<Response, ApiError> {
    let Json(PollNext { line, turn }) =
        asked.map_err(|error| ApiError::new(ApiErrorKind::Invalid).caused_by(error))?;
    // Cloned, so that nothing of the map is held while waiting.
    let turns = lines.0.get(&line).map(|turns| turns.clone()).ok_or(ApiErrorKind::NotFound)?;
    let (answer, answered) = oneshot::channel();
    turns.try_send(Turn { number: turn, answer }).map_err(|_| ApiErrorKind::NotFound)?;
    drop(turns);
    reply(line, answered).await
}

/// Waits for the frames. The connection answers within a heartbeat, or ends and drops the question.
async fn reply(line: LineId, answered: oneshot::Receiver<Answer>) -> Result<Response, ApiError> {
    let Answer { turn, frames } = answered.await.map_err(|_| ApiErrorKind::NotFound)?;
    let size = frames.iter().map(|frame| frame.len() + 1).sum::<usize>() + 96;
    let mut text = String::with_capacity(size);
    // Writing to a string cannot fail.
    let _ = write!(text, r#"{{"line":"{line}","turn":{turn},"frames":["#);
    for (index, frame) in frames.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(frame);
    }
    text.push_str("]}");
    Ok((LINE_HEADERS, [(CONTENT_TYPE, "application/json")], text).into_response())
}

/// A line of polls as a link.
struct PollLink {
    /// What came with the request that opened it.
    hello: Option<FrameText>,
    asked: mpsc::Receiver<Turn>,
    /// The poll that waits.
    waiting: Option<Turn>,
    /// The turn of the last answer given.
    given: u64,
    /// When the line is given up unless somebody asks.
    park_until: Instant,
}

impl PollLink {
    fn new(hello: FrameText, asked: mpsc::Receiver<Turn>) -> Self {
        Self { hello: Some(hello), asked, waiting: None, given: 0, park_until: park_until() }
    }

    /// Waits for a poll that goes on from the last answer. None when there will be none. Safe to drop while waiting.
    async fn take_turn(&mut self) -> Option<()> {
        let turn = tokio::time::timeout_at(self.park_until, self.asked.recv()).await.ok()??;
        // Whoever asks from elsewhere has not got an answer of ours: it says hello again.
        (turn.number == self.given).then(|| self.waiting = Some(turn))
    }

    /// Waits for the poll that waits to be abandoned.
    async fn abandoned(waiting: &mut Turn) {
        waiting.answer.closed().await;
    }
}

fn park_until() -> Instant {
    Instant::now() + Duration::from_millis(POLL_PARK_MS)
}

impl Link for PollLink {
    const KIND: TransportKind = TransportKind::Poll;
    const IS_HEARD: bool = true;

    async fn receive(&mut self) -> Received {
        if let Some(hello) = self.hello.take() {
            return Received::Text(hello);
        }
        loop {
            let Some(waiting) = &mut self.waiting else {
                return match self.take_turn().await {
                    Some(()) => Received::Alive,
                    None => Received::Gone,
                };
            };
            tokio::select! {
                () = Self::abandoned(waiting) => {
                    self.waiting = None;
                    self.park_until = park_until();
                }
                turn = self.asked.recv() => match turn {
                    // The earlier one has been lost on the way without our noticing.
                    Some(turn) if turn.number == self.given => {
                        self.waiting = Some(turn);
                        return Received::Alive;
                    }
                    Some(_) | None => return Received::Gone,
                },
            }
        }
    }

    async fn send(&mut self, mut frames: Frames) -> Result<(), LinkError> {
        loop {
            let turn = match self.waiting.take() {
                Some(turn) => turn,
                None => {
                    self.take_turn().await.ok_or(LinkError)?;
                    continue;
                }
            };
            match turn.answer.send(Answer { turn: self.given + 1, frames }) {
                Ok(()) => {
                    self.given += 1;
                    self.park_until = park_until();
                    return Ok(());
                }
                // Abandoned in this moment: the next one gets them.
                Err(answer) => frames = answer.frames,
            }
            self.park_until = park_until();
        }
    }

    async fn probe(&mut self) -> Result<(), LinkError> {
        // Whoever asks, lives.
        Ok(())
    }

    async fn close(self, _: CloseCode) {
        // The goodbye has said why.
    }
}

#[cfg(test)]
mod tests {
    use smallvec::smallvec;

    use super::*;

    struct Client(mpsc::Sender<Turn>);

    impl Client {
        async fn asks(&self, number: u64) -> oneshot::Receiver<Answer> {
            let (answer, answered) = oneshot::channel();
            self.0.send(Turn { number, answer }).await.unwrap();
            answered
        }
    }

    async fn line() -> (PollLink, Client) {
        let (turns, asked) = mpsc::channel(TURNS_WAITING);
        let mut link = PollLink::new("hello".into(), asked);
        assert_eq!(link.receive().await, Received::Text("hello".into()));
        (link, Client(turns))
    }

    #[tokio::test(start_paused = true)]
    async fn tr6_a_line_that_nobody_asks_is_given_up() {
        let park = Duration::from_millis(POLL_PARK_MS);
        let (mut link, client) = line().await;
        let first = client.asks(0).await;
        assert_eq!(link.receive().await, Received::Alive);
        // While somebody asks, it stays.
        assert!(tokio::time::timeout(park * 3, link.receive()).await.is_err());
        link.send(smallvec!["a".into()]).await.unwrap();
        assert_eq!(first.await.unwrap().turn, 1);
        let started = Instant::now();
        assert_eq!(link.receive().await, Received::Gone);
        assert_eq!(started.elapsed(), park);
        assert_eq!(link.send(smallvec!["b".into()]).await, Err(LinkError));
    }

    #[test]
    fn so_many_lines_are_parked_and_no_more() {
        let lines = Arc::new(ParkedLines::default());
        let (turns, _asked) = mpsc::channel(TURNS_WAITING);
        let park = || Arc::clone(&lines).park(turns.clone());
        let mut parked: Vec<Parked> = (0..POLL_LINES).map(|_| park().unwrap()).collect();
        assert_eq!(park().unwrap_err().kind(), ApiErrorKind::Unavailable);
        parked.pop();
        parked.push(park().unwrap());
        drop(parked);
        assert!(lines.0.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_abandoned_poll_takes_nothing_with_it() {
        let (mut link, client) = line().await;
        drop(client.asks(0).await);
        assert_eq!(link.receive().await, Received::Alive);
        let sending = tokio::spawn(async move {
            link.send(smallvec!["a".into(), "b".into()]).await.unwrap();
            link
        });
        let answer = client.asks(0).await.await.unwrap();
        assert_eq!((answer.turn, answer.frames), (1, smallvec!["a".into(), "b".into()]));
        let mut link = sending.await.unwrap();
        // Asking from before the last answer means that it got lost.
        let stale = client.asks(0).await;
        assert_eq!(link.receive().await, Received::Gone);
        assert!(stale.await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_poll_replaces_one_that_broke_unnoticed() {
        let (mut link, client) = line().await;
        let lost = client.asks(0).await;
        assert_eq!(link.receive().await, Received::Alive);
        let again = client.asks(0).await;
        assert_eq!(link.receive().await, Received::Alive);
        link.send(smallvec!["a".into()]).await.unwrap();
        assert!(lost.await.is_err());
        assert_eq!(again.await.unwrap().frames.len(), 1);
    }
}
