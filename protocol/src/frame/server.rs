//! All that a server may send.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::client::Doing;
use crate::close::CloseCode;
use crate::event::Event;
use crate::ids::{BoardId, MeetingId, PersonId};
use crate::position::{ClientSeq, Position, Seq};
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::view::MeetingView;

wire! {
    /// A frame from the server.
    #[serde(tag = "type", rename_all = "snake_case")]
    pub enum ServerFrame {
        /// The answer to a hello.
        Welcome(Welcome),
        /// What has happened.
        Frame(Frame),
        /// What happened to commands, when nothing else is to be told.
        Refused(Refused),
        /// Who is connected.
        Presence(Presence),
        /// Somebody's gesture.
        Gestured(Gestured),
        /// The server's time; sent on a ping and as a heartbeat.
        Pong(Pong),
        /// The last frame before the server closes the connection.
        Goodbye(Goodbye),
    }

    /// The hello is accepted.
    pub struct Welcome {
        /// The protocol version spoken from here on.
        pub protocol: u16,
        /// The meeting.
        pub meeting: MeetingId,
        /// Where the client is after this frame.
        pub position: Position,
        /// A fresh view, or word that the one the client holds goes on from the position it named.
        pub start: Start,
        /// The server's clock.
        pub server_time: Timestamp,
        /// How often a heartbeat comes; after two without any the client should reconnect.
        pub heartbeat_ms: u64,
    }

    /// What a client starts from.
    #[serde(tag = "from", rename_all = "snake_case")]
    pub enum Start {
        /// A fresh view at the position.
        View {
            /// The view.
            view: Box<MeetingView>,
        },
        /// The view the client holds; missing events follow in frames.
        Resumed {},
    }

    /// A contiguous range of the log, as far as this viewer may know it.
    pub struct Frame {
        /// The position before: must equal the last `to` (or the welcome's position), else the client reconnects.
        pub from: Seq,
        /// The position after.
        pub to: Seq,
        /// The events in order. Among events of one coalescing kind only the last is sent.
        #[serde(default)]
        pub events: Vec<Event>,
        /// Commands of this device that were taken.
        #[serde(default)]
        pub acks: Vec<Ack>,
        /// Commands of this device that were not.
        #[serde(default)]
        pub rejections: Vec<Rejected>,
    }

    /// A command was taken: it is durable, and its effect is in the view at `to` of this frame at the latest.
    pub struct Ack {
        /// The number the device gave it.
        pub client_seq: ClientSeq,
        /// Its entry in the log.
        pub seq: Seq,
        /// The id of what it made (team, person, round, room, note, cluster, poster, comment, announcement).
        #[serde(default)]
        pub created: Option<u32>,
    }

    /// A command was not taken.
    pub struct Rejected {
        /// The number the device gave it.
        pub client_seq: ClientSeq,
        /// Why.
        pub rejection: Rejection,
    }

    /// Commands refused before the log was asked (no role, no form, too fast, nothing can be stored).
    pub struct Refused {
        /// The refusals.
        pub rejections: Vec<Rejected>,
    }

    /// Who is connected at this moment, among the people the viewer sees. Not part of any position.
    pub struct Presence {
        /// True: `online` is the whole set; false: changes since the last.
        pub full: bool,
        /// People connected (since).
        pub online: Vec<PersonId>,
        /// People no longer connected.
        #[serde(default)]
        pub offline: Vec<PersonId>,
    }

    /// What somebody in the same room is about to do. Forget it after five seconds.
    pub struct Gestured {
        /// Who; none on a board that hides authors.
        pub person: Option<PersonId>,
        /// The board.
        pub board: BoardId,
        /// What.
        pub doing: Doing,
    }

    /// The server's time.
    pub struct Pong {
        /// The ping's clock; none in a heartbeat.
        #[serde(default)]
        pub client_time: Option<Timestamp>,
        /// The server's clock.
        pub server_time: Timestamp,
    }

    /// The server is about to close the connection.
    pub struct Goodbye {
        /// Why.
        pub code: CloseCode,
        /// Its number, as in the WebSocket close frame.
        pub number: u16,
        /// Whether to come back.
        pub retry: bool,
        /// When to come back at the earliest, in milliseconds from now; spread out so that not all come at once.
        pub retry_after_ms: u64,
        /// More in English, for whoever writes the client; never shown to people.
        #[serde(default)]
        pub detail: String,
    }
}

impl Goodbye {
    /// The goodbye of a close code.
    #[must_use]
    pub fn new(code: CloseCode, retry_after_ms: u64, detail: &str) -> Self {
        Self {
            code,
            number: code.number(),
            retry: code.is_retryable(),
            retry_after_ms,
            detail: detail.into(),
        }
    }
}
