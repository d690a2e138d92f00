//! The live meetings of this node: loaded when somebody needs them, unloaded when nobody does. Owns the tasks; must
//! not know how frames travel or what the rules say.

mod actor;
mod advance;
mod answers;
mod aside;
mod attach;
mod attendance;
mod batch;
mod bucket;
mod class_index;
mod codes;
mod deadlines;
mod deletion;
mod early;
mod erasure;
mod fanout;
mod feed;
mod frame;
mod gestures;
mod handle;
mod healing;
mod history;
mod keeper;
mod keeping;
mod latest;
mod limits;
mod live;
mod load;
mod members;
mod neighbours;
mod outbox;
mod presence;
mod recent;
mod registry;
#[cfg(any(test, feature = "test-support"))]
pub mod sabotage;
mod submit;
mod surroundings;
mod timers;
mod turns;
mod waiters;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use engawa_domain::{CreateMeeting, Grant, Meeting, Origin, RULES_VERSION, SystemInput};
use engawa_protocol::http::CommandReply;
use engawa_protocol::{
    ClientSeq, CloseCode, Command, DeviceId, Gesture, Language, MeetingId, Position, Role, Timestamp,
};
use tokio::sync::oneshot;
use tokio::time::Instant;

pub use aside::Aside;
pub use bucket::Bucket;
pub use codes::code_of;
pub use erasure::ErasureAsker;
pub use frame::{FrameText, encode};
pub use handle::{Attach, Attached, Call, CallRefused, Ended, Handle, Request};
pub use limits::HubLimits;
pub use live::Fault;
pub use members::ConnectionId;
#[cfg(any(test, feature = "test-support"))]
pub(crate) use neighbours::hears_the_same_again;
pub use neighbours::{KnownNodes, NodeId};
pub use outbox::{Frames, Outbox, OutboxReader, Outgoing, outbox};
pub use surroundings::Surroundings;

use self::batch::payload;
use self::registry::Registry;
use crate::auth::ShortCode;
use crate::certificates::CertificateError;
use crate::chance::NoChance;
use crate::clock::Clock;
use crate::observe::metrics;
use crate::poster_files::{PosterFileError, PosterFiles};
use crate::store::{Store, StoreError};

/// How often a request is sent anew when the meeting was unloaded under it.
const ATTEMPTS: u32 = 4;
/// How long somebody outside any connection waits for the outcome of a command.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a meeting did not answer.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// There is no such meeting, or no more.
    #[error("no such meeting")]
    Gone,
    /// The store does not give it out, or takes nothing.
    #[error("the meeting is not available: {0}")]
    Unavailable(&'static str),
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopping,
    /// The link has been revoked.
    #[error("the link has been revoked")]
    Revoked,
    /// The person sends too much.
    #[error("too many commands")]
    TooFast,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The files of its posters could not be removed.
    #[error(transparent)]
    PosterFiles(#[from] PosterFileError),
    /// The certificate of its deletion could not be kept or read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

impl From<NoChance> for HubError {
    fn from(_: NoChance) -> Self {
        Self::Unavailable("no random bytes")
    }
}

/// The live meetings of this node. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub(Arc<Registry>);

/// Somebody who has connected.
#[derive(Debug)]
pub struct Joined {
    /// The way to the meeting.
    pub handle: Handle,
    /// Their connection.
    pub attached: Attached,
    /// What is to be sent to them.
    pub outbox: OutboxReader,
}

impl Hub {
    /// A hub over a store. Needs a tokio runtime.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, limits: HubLimits) -> Self {
        Self::around(store, Surroundings::new(limits, clock))
    }

    /// A hub over a store, with everything else given, too. Needs a tokio runtime.
    #[must_use]
    pub fn around(store: Arc<dyn Store>, around: Surroundings) -> Self {
        Self(Arc::new(Registry::new(store, around)))
    }

    /// The bounds it works within.
    #[must_use]
    pub fn limits(&self) -> &HubLimits {
        &self.0.around.limits
    }

    /// The server's clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.around.clock
    }

    /// The store under it.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// Says where the files of posters are. Counts once, before they are first asked for.
    pub fn keep_poster_files_in(&self, files: PosterFiles) {
        if self.0.poster_files.set(files).is_err() {
            tracing::warn!("the place of posters' files was set already");
        }
    }

    /// The files of posters, which go with their meeting. In memory unless somebody has said where.
    #[must_use]
    pub fn poster_files(&self) -> &PosterFiles {
        self.0.poster_files.get_or_init(PosterFiles::in_memory)
    }

    /// This node, as the others hear of it.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.0.around.node
    }

    /// How many nodes there are as far as is known: this one, and those that serve a meeting which this one serves, too.
    #[must_use]
    pub fn nodes_known(&self) -> usize {
        1 + self.0.around.known.count(Instant::now())
    }

    /// Makes a meeting.
    ///
    /// # Errors
    /// What the store says.
    pub async fn create(
        &self,
        title: String,
        language: Language,
        coordinator: String,
    ) -> Result<MeetingId, HubError> {
        self.create_keeping(title, language, coordinator, None).await
    }

    /// As [`Hub::create`], with the moment until which it is kept.
    ///
    /// # Errors
    /// What the store says.
    pub async fn create_keeping(
        &self,
        title: String,
        language: Language,
        coordinator: String,
        keep_until: Option<Timestamp>,
    ) -> Result<MeetingId, HubError> {
        self.keep_codes_known(false).await;
        let chance = &*self.0.around.chance;
        let meeting = loop {
            let [high, low] = chance.draw()?;
            let meeting = MeetingId(uuid::Builder::from_random_bytes(bytes_of(high, low)).into_uuid());
            if self.0.codes.find(code_of(meeting, 0)).is_none() {
                break meeting;
            }
        };
        let rules_version = RULES_VERSION;
        let create = CreateMeeting { meeting, rules_version, title, language, coordinator, keep_until };
        let input = SystemInput::CreateMeeting(create);
        let (first, _) = payload(Origin::System { input }, chance)?;
        let mut attempts = 1;
        loop {
            match self.0.store.create(meeting, first.clone()).await {
                Ok(_) => break,
                // The id was drawn at random, so what is there is what an attempt without an answer has made.
                Err(StoreError::AlreadyExists) if attempts > 1 => break,
                Err(error) if error.is_retryable() && attempts < ATTEMPTS => {
                    metrics::store_failed("create");
                    attempts += 1;
                    tokio::time::sleep(self.limits().retry_first * attempts).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.0.codes.set(meeting, 0);
        Ok(meeting)
    }

    /// Connects somebody.
    ///
    /// # Errors
    /// The code to close the link with.
    pub async fn attach(
        &self,
        meeting: MeetingId,
        grant: Grant,
        (device, protocol, resume): (DeviceId, u16, Option<Position>),
    ) -> Result<Joined, CloseCode> {
        let limits = self.limits();
        for _ in 0..ATTEMPTS {
            let handle = self.0.handle(meeting);
            let (sender, reader) = outbox(limits.outbox_frames, limits.outbox_bytes);
            let (reply, answer) = oneshot::channel();
            let attach = Attach { grant, device, protocol, resume, outbox: sender, reply };
            handle.send(Request::Attach(attach)).await;
            match answer.await {
                Ok(Ok(attached)) => return Ok(Joined { handle, attached, outbox: reader }),
                Ok(Err(code)) => return Err(code),
                Err(_gone) => match handle.ended() {
                    Some(Ended::Gone) => return Err(CloseCode::MeetingGone),
                    Some(Ended::Stopping) => return Err(CloseCode::Restarting),
                    Some(Ended::Unavailable) => return Err(CloseCode::Unavailable),
                    Some(Ended::Unloaded) | None => tokio::task::yield_now().await,
                },
            }
        }
        Err(CloseCode::Faulted)
    }

    /// Shows what somebody is about to do whose line carries nothing upwards. Dropped if the meeting is busy, or their line
    /// elsewhere.
    pub fn gesture(&self, meeting: MeetingId, grant: Grant, device: DeviceId, gesture: Gesture) {
        if let Some(handle) = self.0.live(meeting) {
            handle.offer(Request::GestureOf(grant, device, gesture));
        }
    }

    /// Has a command decided on behalf of somebody without a connection.
    ///
    /// # Errors
    /// A [`HubError`]. The outcome may still come to pass; asking again with the same number is safe.
    pub async fn call(
        &self,
        meeting: MeetingId,
        grant: Grant,
        asked: (DeviceId, ClientSeq, Command),
    ) -> Result<CommandReply, HubError> {
        self.call_at_pace(meeting, grant, asked, true).await
    }

    /// As [`Hub::call`], for what this process asks for by itself: at no pace.
    ///
    /// # Errors
    /// As [`Hub::call`].
    pub async fn call_unpaced(
        &self,
        meeting: MeetingId,
        grant: Grant,
        asked: (DeviceId, ClientSeq, Command),
    ) -> Result<CommandReply, HubError> {
        self.call_at_pace(meeting, grant, asked, false).await
    }

    async fn call_at_pace(
        &self,
        meeting: MeetingId,
        grant: Grant,
        (device, client_seq, command): (DeviceId, ClientSeq, Command),
        paced: bool,
    ) -> Result<CommandReply, HubError> {
        let deadline = Instant::now() + CALL_TIMEOUT;
        for _ in 0..ATTEMPTS {
            let handle = self.0.handle(meeting);
            let (reply, answer) = oneshot::channel();
            let call = Call { grant, device, client_seq, command: command.clone(), paced, reply };
            handle.send(Request::Call(call)).await;
            match tokio::time::timeout_at(deadline, answer).await {
                Ok(Ok(Ok(outcome))) => return Ok(outcome),
                Ok(Ok(Err(CallRefused::Revoked))) => return Err(HubError::Revoked),
                Ok(Ok(Err(CallRefused::TooFast))) => return Err(HubError::TooFast),
                Ok(Err(_gone)) => after_loss(&handle)?,
                Err(_elapsed) => return Err(HubError::Unavailable("no answer in time")),
            }
        }
        Err(HubError::Unavailable("the meeting does not stay loaded"))
    }

    /// Looks at a meeting's state.
    ///
    /// # Errors
    /// A [`HubError`].
    pub async fn read<T, F>(&self, meeting: MeetingId, read: F) -> Result<T, HubError>
    where
        T: Send + 'static,
        F: Fn(&Meeting, Position) -> T + Send + Sync + 'static,
    {
        let read = Arc::new(read);
        for _ in 0..ATTEMPTS {
            let handle = self.0.handle(meeting);
            let (reply, answer) = oneshot::channel();
            let reading = Arc::clone(&read);
            let look = move |meeting: &Meeting, position| {
                // Whoever asked may have gone.
                let _ = reply.send(reading(meeting, position));
            };
            handle.send(Request::Read(Box::new(look))).await;
            match answer.await {
                Ok(seen) => return Ok(seen),
                Err(_gone) => after_loss(&handle)?,
            }
        }
        Err(HubError::Unavailable("the meeting does not stay loaded"))
    }

    /// Changes a meeting's state behind the log's back, as a fault of memory or of the rules would, for tests of what is
    /// done about it.
    ///
    /// # Errors
    /// A [`HubError`].
    #[cfg(any(test, feature = "test-support"))]
    pub async fn tamper<F>(&self, meeting: MeetingId, change: F) -> Result<(), HubError>
    where
        F: FnOnce(&mut Meeting) + Send + 'static,
    {
        let handle = self.0.handle(meeting);
        let (reply, answer) = oneshot::channel();
        let tamper = move |meeting: &mut Meeting| {
            change(meeting);
            // Whoever asked may have gone.
            let _ = reply.send(());
        };
        handle.send(Request::Tamper(Box::new(tamper))).await;
        answer.await.map_err(|_| HubError::Unavailable("the meeting has gone"))
    }

    /// The meeting that a code leads to.
    pub async fn find_code(&self, code: ShortCode) -> Option<MeetingId> {
        if let Some(found) = self.check_code(code).await {
            return Some(found);
        }
        self.keep_codes_known(true).await;
        self.check_code(code).await
    }

    /// What is known of codes may be behind what another node has done; the meeting itself is not.
    async fn check_code(&self, code: ShortCode) -> Option<MeetingId> {
        let found = self.0.codes.find(code)?;
        match self.read(found, Self::code_at).await {
            Ok(now) => (now == code).then_some(found),
            Err(HubError::Gone) => None,
            // Whoever looks at the meeting next finds out what is the matter, and says so.
            Err(_) => Some(found),
        }
    }

    /// The code that leads to a meeting, as [`Hub::read`] sees it.
    #[must_use]
    pub fn code_at(state: &Meeting, _: Position) -> ShortCode {
        code_of(state.info().id, state.roster().shared_generation(Role::Participant))
    }

    /// Says goodbye everywhere, leaves snapshots, and waits for all meetings to end.
    pub async fn stop(&self) {
        self.0.stopping.cancel();
        self.0.actors.close();
        self.0.actors.wait().await;
    }
}

fn bytes_of(high: u64, low: u64) -> [u8; 16] {
    ((u128::from(high) << 64) | u128::from(low)).to_be_bytes()
}

/// Whether to send a request again after it was dropped.
fn after_loss(handle: &Handle) -> Result<(), HubError> {
    match handle.ended() {
        Some(Ended::Gone) => Err(HubError::Gone),
        Some(Ended::Stopping) => Err(HubError::Stopping),
        Some(Ended::Unavailable) => Err(HubError::Unavailable("the store does not give the meeting out")),
        Some(Ended::Unloaded) | None => Ok(()),
    }
}

/// How fast one person may send, over all their connections.
pub type Pace = Arc<Mutex<Bucket>>;
