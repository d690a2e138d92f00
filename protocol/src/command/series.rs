//! What a meeting takes over from the earlier ones of its study group.

use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{MeetingId, PersonId, RoundId};
use crate::time::Timestamp;

wire! {
    /// Keeps what is handed on of earlier meetings: their pulse, and who sat with whom. Sent by the server (HTTP
    /// `/api/meetings/{meeting}/follow`), in pieces if it is much: what is kept already is added to and changed, and
    /// nothing is taken away. The roster and the posters come by commands of their own.
    pub struct FollowMeeting {
        /// The earlier meetings.
        pub meetings: Vec<EarlierMeeting>,
    }

    /// What is handed on of an earlier meeting, or a piece of it.
    pub struct EarlierMeeting {
        /// Which: the same one again adds to what is kept of it.
        pub meeting: MeetingId,
        /// Its title.
        pub title: String,
        /// When it was held: its first round's opening, else when it was to begin, else when it was made.
        pub held_at: Timestamp,
        /// The pulse of its rounds, in the order of its agenda; a round that is kept already is replaced.
        pub pulses: Vec<EarlierPulse>,
        /// Who sat together, round by round, oldest first.
        pub sittings: Vec<EarlierSitting>,
    }

    /// The pulse of a round of an earlier meeting: what it came to, nobody's own.
    pub struct EarlierPulse {
        /// The round, by the earlier meeting's own number.
        pub round: RoundId,
        /// Its title; may be empty.
        pub title: String,
        /// How many gave each value, in steps of ten: 0–4, 5–14, …, 95–100. Eleven numbers.
        pub distribution: Vec<u32>,
        /// The sum of all values.
        pub sum: u32,
    }

    /// The rooms of a round of an earlier meeting, or some of them.
    pub struct EarlierSitting {
        /// The round, by the earlier meeting's own number.
        pub round: RoundId,
        /// Its rooms.
        pub rooms: Vec<EarlierRoom>,
    }

    /// Who sat in a room of an earlier meeting.
    pub struct EarlierRoom {
        /// Its number within the round.
        pub number: u32,
        /// Who, as they are numbered in this meeting; whoever is not on its roster is left out.
        pub people: Vec<PersonId>,
    }
}
