//! Bodies of the HTTP API: making meetings, joining over a shared link, links to hand out. Tokens travel in the
//! `Authorization: Bearer` header, never in an address.

use alloc::string::String;
use alloc::vec::Vec;

use crate::command::{Command, JoinAs};
use crate::frame::{ClientFrame, Pong, ServerFrame};
use crate::ids::{DeviceId, LineId, MeetingId, PersonId, TeamId};
use crate::position::{ClientSeq, Seq};
use crate::rejection::Rejection;
use crate::role::{JoinRule, Language, Role};
use crate::time::Timestamp;
use crate::view::TeamView;

wire! {
    /// `POST /api/meetings`, with the operator's key: makes a meeting.
    pub struct CreateMeeting {
        /// Its title.
        pub title: String,
        /// Its language.
        pub language: Language,
        /// The name of the first coordinator.
        pub coordinator: String,
        /// Until when it is kept; without it, as long as the host's settings say.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", ts(optional))]
        pub keep_until: Option<Timestamp>,
    }

    /// The answer: the meeting and the way in for its first coordinator.
    pub struct MeetingCreated {
        /// The meeting.
        pub meeting: MeetingId,
        /// The code to read out, which leads to the participants' shared link.
        pub short_code: String,
        /// The first coordinator's own link.
        pub link: String,
        /// Its token.
        pub token: String,
    }

    /// `POST /api/join/options`, with a shared token, or with a short code in the body: what one can join as.
    pub struct JoinOptionsRequest {
        /// The short code, when there is no token.
        #[serde(default)]
        pub short_code: Option<String>,
    }

    /// The answer.
    pub struct JoinOptions {
        /// The meeting.
        pub meeting: MeetingId,
        /// Its title.
        pub title: String,
        /// Its language.
        pub language: Language,
        /// The shared token to join with.
        pub token: String,
        /// The role the link gives.
        pub role: Role,
        /// The rule.
        pub rule: JoinRule,
        /// The teams.
        pub teams: Vec<TeamView>,
        /// The names that may be picked.
        pub people: Vec<JoinCandidate>,
    }

    /// A name that may be picked.
    pub struct JoinCandidate {
        /// The person.
        pub person: PersonId,
        /// The name.
        pub name: String,
        /// The team, if any.
        pub team: Option<TeamId>,
        /// Another device has it already; staff can release it.
        pub taken: bool,
    }

    /// `POST /api/join`, with a shared token: comes in.
    pub struct JoinRequest {
        /// The device, which numbers this like any command.
        pub device: DeviceId,
        /// The number.
        pub client_seq: ClientSeq,
        /// As whom.
        pub join: JoinAs,
    }

    /// The answer: a personal token for this device.
    pub struct Joined {
        /// Who one is.
        pub person: PersonId,
        /// The token for the hello.
        pub token: String,
    }

    /// `POST /api/commands`, with a personal token: a command that is too large for a frame, or from a program
    /// without a connection.
    pub struct CommandRequest {
        /// The device.
        pub device: DeviceId,
        /// The number.
        pub client_seq: ClientSeq,
        /// The command.
        pub command: Command,
    }

    /// The answer.
    #[serde(tag = "outcome", rename_all = "snake_case")]
    pub enum CommandReply {
        /// Taken: durable.
        Accepted {
            /// Its entry in the log.
            seq: Seq,
            /// The id of what it made.
            #[serde(default)]
            created: Option<u32>,
        },
        /// Not taken.
        Rejected {
            /// Why.
            rejection: Rejection,
        },
    }

    /// `POST /api/frames`, with a personal or screen token: frames of a client whose line carries nothing upwards (TR4).
    pub struct FramesRequest {
        /// The device.
        pub device: DeviceId,
        /// The frames, in order; no hello.
        pub frames: Vec<ClientFrame>,
    }

    /// The answer.
    pub struct FramesReply {
        /// What became of the commands.
        pub outcomes: Vec<CommandOutcome>,
        /// Answers to pings.
        pub pongs: Vec<Pong>,
    }

    /// What became of a command.
    pub struct CommandOutcome {
        /// The number.
        pub client_seq: ClientSeq,
        /// The outcome.
        pub reply: CommandReply,
    }

    /// `POST /api/poll/next`: asks for what comes next on a line that a hello has opened (TR6).
    pub struct PollNext {
        /// The line.
        pub line: LineId,
        /// The turn of the last answer.
        pub turn: u64,
    }

    /// The answer to a poll, the first one included.
    pub struct PollReply {
        /// The line.
        pub line: LineId,
        /// Says which answer this is; goes into the next request.
        pub turn: u64,
        /// What the server says, in order.
        pub frames: Vec<ServerFrame>,
    }

    /// `GET /api/links`, with a coordinator's token: every way into the meeting, to hand out.
    pub struct Links {
        /// The code to read out.
        pub short_code: String,
        /// Links for everyone of a role.
        pub shared: Vec<SharedLink>,
        /// Links for one person each.
        pub personal: Vec<PersonalLink>,
    }

    /// `GET /api/way-in`, with the token of a screen or of staff: how participants come in, to be shown to the hall.
    pub struct WayIn {
        /// The code to read out.
        pub short_code: String,
        /// The participants' shared link, for a QR code.
        pub link: String,
    }

    /// A link for everyone of a role.
    pub struct SharedLink {
        /// The role.
        pub role: Role,
        /// The address.
        pub link: String,
    }

    /// A link for one person.
    pub struct PersonalLink {
        /// The person.
        pub person: PersonId,
        /// The name.
        pub name: String,
        /// The team's name, if any.
        pub team: Option<String>,
        /// Its prefecture or region, to tell teams of one name apart.
        #[serde(default)]
        pub region: Option<String>,
        /// The role.
        pub role: Role,
        /// The address.
        pub link: String,
    }

    /// Every error body of the HTTP API.
    pub struct ErrorBody {
        /// The error.
        pub error: ErrorDetail,
    }

    /// An error in words.
    pub struct ErrorDetail {
        /// A stable name.
        pub code: String,
        /// A sentence in the language asked for (`Accept-Language`), saying what to do.
        pub message: String,
    }
}
