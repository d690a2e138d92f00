//! Entries of the log: what the state machine is fed with. Time, chance and identity come in here and nowhere else.

use alloc::string::String;

use engawa_protocol::command::ErasedTexts;
use engawa_protocol::{
    ClientSeq, Command, DeviceId, Language, MeetingId, PersonId, Role, RoundId, Seq, Timestamp,
};
use serde::{Deserialize, Serialize};

/// 128 bits of chance, drawn by the node that appends, expanded by the domain's own generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entropy(pub [u64; 2]);

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, dense from 1. Given by the log, not part of what is stored as payload.
    pub seq: Seq,
    /// When, stamped by the log; never before the entry in front of it.
    pub at: Timestamp,
    /// What came in.
    pub input: Input,
}

/// What came in: the payload of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Chance for this entry.
    pub entropy: Entropy,
    /// Who asked, and for what.
    pub origin: Origin,
}

/// Who asked, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Origin {
    /// A person on one of their devices. Identity and number come from the connection, never from the command.
    Person {
        /// Who.
        person: PersonId,
        /// On which device.
        device: DeviceId,
        /// The device's number for the command.
        client_seq: ClientSeq,
        /// What they ask for.
        command: Command,
    },
    /// Somebody who comes in over a shared link and is nobody yet.
    Link {
        /// The role the link gives.
        role: Role,
        /// The generation of the shared link.
        generation: u32,
        /// Which device.
        device: DeviceId,
        /// The device's number for the command.
        client_seq: ClientSeq,
        /// What they ask for; only `join_meeting` can succeed.
        command: Command,
    },
    /// A node of the server.
    System {
        /// What it says.
        input: SystemInput,
    },
}

/// What a node of the server says. Several nodes may say the same thing; the first in the log wins, the others
/// are rejected as stale and change nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SystemInput {
    /// Always the first entry of a log, and only there.
    CreateMeeting(CreateMeeting),
    /// The deadline of a round is reached: the end of its time, or of its countdown.
    ExpireRound {
        /// The round.
        round: RoundId,
        /// The deadline that was seen; stale when the round has another by now.
        deadline: Timestamp,
    },
    /// The time has come at which the vote opens by itself.
    OpenVoteOnTime {
        /// The time that was seen.
        deadline: Timestamp,
    },
    /// The time has come at which the vote closes by itself.
    CloseVoteOnTime {
        /// The time that was seen.
        deadline: Timestamp,
    },
    /// A person's first connection is there.
    Arrive {
        /// Who.
        person: PersonId,
    },
    /// A person's last connection has been gone for `DEPARTURE_MS`.
    Depart {
        /// Who.
        person: PersonId,
    },
    /// The operator has a person's data taken out.
    ErasePerson {
        /// Who.
        person: PersonId,
        /// What becomes of what they wrote.
        texts: ErasedTexts,
    },
}

/// How a meeting begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateMeeting {
    /// Its id.
    pub meeting: MeetingId,
    /// The version of the rules it is held under.
    pub rules_version: u16,
    /// Its title.
    pub title: String,
    /// Its language.
    pub language: Language,
    /// The name of the first coordinator, who becomes person 1.
    pub coordinator: String,
    /// Until when it is kept, to begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_until: Option<Timestamp>,
}
