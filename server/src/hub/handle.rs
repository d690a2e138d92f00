//! The way to talk to a live meeting: typed requests into its bounded mailbox. A request whose answer never comes
//! was dropped by an actor that has gone; the hub then asks again.

use std::sync::{Arc, Mutex, OnceLock};

use engawa_domain::{Grant, Meeting, SystemInput};
use engawa_protocol::http::CommandReply;
use engawa_protocol::{ClientSeq, CloseCode, Command, DeviceId, Gesture, MeetingId, Position, Submit};
use tokio::sync::{mpsc, oneshot};

use super::bucket::Bucket;
use super::members::ConnectionId;
use super::outbox::Outbox;

/// What somebody does with the state of a meeting at a position, inside its actor.
pub(crate) type Reader = Box<dyn FnOnce(&Meeting, Position) + Send>;

/// A request to a meeting's actor.
pub enum Request {
    /// Somebody connects.
    Attach(Attach),
    /// A connection has gone.
    Detach(ConnectionId),
    /// A connection asks for something.
    Submit(ConnectionId, Submit),
    /// A connection shows what it is about to do.
    Gesture(ConnectionId, Gesture),
    /// Somebody whose line carries nothing upwards shows it: the connection is that of the grant's person and the device.
    GestureOf(Grant, DeviceId, Gesture),
    /// Somebody asks for something outside any connection.
    Call(Call),
    /// Somebody looks at the state.
    Read(Reader),
    /// The operator asks for something.
    Propose(SystemInput),
    /// A test changes the state behind the log's back.
    #[cfg(any(test, feature = "test-support"))]
    Tamper(Box<dyn FnOnce(&mut Meeting) + Send>),
}

/// Somebody connects.
#[derive(Debug)]
pub struct Attach {
    /// What their link grants.
    pub grant: Grant,
    /// Their device.
    pub device: DeviceId,
    /// The protocol version agreed on.
    pub protocol: u16,
    /// The position of the view they hold, if they hold one.
    pub resume: Option<Position>,
    /// The way to them.
    pub outbox: Outbox,
    /// Where the answer goes. The welcome itself goes through the outbox.
    pub reply: oneshot::Sender<Result<Attached, CloseCode>>,
}

/// Somebody is connected.
#[derive(Debug, Clone)]
pub struct Attached {
    /// Their connection.
    pub connection: ConnectionId,
    /// How fast they may send commands; one for all connections of a person.
    pub pace: Arc<Mutex<Bucket>>,
}

/// A command from outside any connection.
#[derive(Debug)]
pub struct Call {
    /// What the link grants.
    pub grant: Grant,
    /// The device.
    pub device: DeviceId,
    /// The device's number for the command.
    pub client_seq: ClientSeq,
    /// What is asked for.
    pub command: Command,
    /// Whether the person's pace counts; not for what this process asks for by itself.
    pub paced: bool,
    /// Where the outcome goes.
    pub reply: oneshot::Sender<CallReply>,
}

/// What became of a call.
pub(super) type CallReply = Result<CommandReply, CallRefused>;

/// Why a call was refused before it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallRefused {
    /// The link has been revoked.
    Revoked,
    /// The person sends too much.
    TooFast,
}

/// Why an actor has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nobody needed it; ask again and it comes back.
    Unloaded,
    /// The node is stopping.
    Stopping,
    /// There is no such meeting, or no more.
    Gone,
    /// The store did not give the meeting out.
    Unavailable,
}

/// The way to a live meeting. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Handle {
    pub(super) meeting: MeetingId,
    pub(super) mailbox: mpsc::Sender<Request>,
    pub(super) ended: Arc<OnceLock<Ended>>,
}

impl Handle {
    /// Which meeting.
    #[must_use]
    pub const fn meeting(&self) -> MeetingId {
        self.meeting
    }

    /// Waits for a place in the mailbox. None when the actor has gone.
    pub async fn reserve(&self) -> Option<mpsc::OwnedPermit<Request>> {
        self.mailbox.clone().reserve_owned().await.ok()
    }

    /// Sends a request, waiting for a place. False when the actor has gone.
    pub async fn send(&self, request: Request) -> bool {
        self.mailbox.send(request).await.is_ok()
    }

    /// Sends a request if there is room for it.
    pub fn offer(&self, request: Request) {
        // Nobody waits for what is offered.
        let _full = self.mailbox.try_send(request);
    }

    /// Why the actor has gone, if it has.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        self.ended.get().copied()
    }
}
