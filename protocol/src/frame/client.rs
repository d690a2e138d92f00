//! All that a client may send.

use alloc::string::String;

use crate::command::Command;
use crate::ids::{BoardId, DeviceId, NoteId};
use crate::position::{ClientSeq, Position};
use crate::time::Timestamp;
use crate::version::VersionRange;

wire! {
    /// A frame from a client.
    #[serde(tag = "type", rename_all = "snake_case")]
    pub enum ClientFrame {
        /// Must be the first, and only the first.
        Hello(Hello),
        /// Asks for something.
        Submit(Submit),
        /// Asks for the server's time; also shows that the line lives.
        Ping(Ping),
        /// Shows others in the room what one is about to do. Never stored, may be dropped.
        Gesture(Gesture),
    }

    /// Who is there, and from where they go on.
    pub struct Hello {
        /// The protocol versions the client can speak.
        pub protocol: VersionRange,
        /// The token of a personal link or of a screen.
        pub token: String,
        /// The device.
        pub device: DeviceId,
        /// The position of the view the client holds, if it holds one.
        #[serde(default)]
        pub resume: Option<Position>,
    }

    /// A command with the number the device gave it.
    pub struct Submit {
        /// The number: higher than that of every command sent before, the same when it is sent again.
        pub client_seq: ClientSeq,
        /// The command.
        pub command: Command,
    }

    /// Asks for the server's time.
    pub struct Ping {
        /// The client's clock, given back as it is.
        pub client_time: Timestamp,
    }

    /// What one is about to do on a board.
    pub struct Gesture {
        /// The board: the one of one's seat, or the plenary's.
        pub board: BoardId,
        /// What.
        pub doing: Doing,
    }
}

wire_value! {
    /// What somebody is about to do.
    #[serde(tag = "is", rename_all = "snake_case")]
    pub enum Doing {
        /// Writing a new note.
        Typing {},
        /// Editing a note.
        Editing {
            /// The note.
            note: NoteId,
        },
        /// Dragging a note.
        Dragging {
            /// The note.
            note: NoteId,
        },
        /// Nothing any more.
        Nothing {},
    }
}
