//! The earlier meetings of the study group, as far as this one has taken them over: their pulse, and who sat with whom.
//! Owns what is kept of them and its bounds; must not know where it came from, nor read any other meeting.
//!
//! There is no series above the meetings: a meeting is one log, and what it knows of earlier ones came into that log by a
//! command. People stand here by their number in this meeting: whoever took it over has found out who is who (see
//! [`carry_over`]), so that a name is kept in the roster alone and somebody who is erased there can be taken out here.

mod carry;
mod change;
mod decide;
mod evolve;
mod project;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::limits::{EARLIER_MEETINGS_MAX, EARLIER_ROUNDS_MAX};
use engawa_protocol::{MeetingId, PersonId, RoundId, Timestamp};
use serde::{Deserialize, Serialize};

pub use carry::{
    CarriedMeeting, CarriedPerson, CarriedPoster, CarriedRound, CarriedTeam, CarryOver, Recognised,
    carry_over,
};
pub(crate) use change::Change;
pub(crate) use decide::follow_meeting;
pub(crate) use evolve::evolve;
pub(crate) use project::{earlier_views, pulses_of_all};

use crate::grouping::History;

/// What is kept of earlier meetings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Series {
    /// Oldest first.
    pub(crate) meetings: Vec<Earlier>,
}

/// What is kept of an earlier meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Earlier {
    pub(crate) meeting: MeetingId,
    pub(crate) title: String,
    pub(crate) held_at: Timestamp,
    /// In the order of its agenda.
    pub(crate) pulses: Vec<Pulse>,
    /// Oldest first.
    pub(crate) sittings: Vec<Sitting>,
}

/// The pulse of a round: what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pulse {
    pub(crate) round: RoundId,
    pub(crate) title: String,
    pub(crate) distribution: Vec<u32>,
    pub(crate) sum: u32,
}

/// The rooms of a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sitting {
    pub(crate) round: RoundId,
    /// The number of each person's room.
    pub(crate) seats: BTreeMap<PersonId, u32>,
}

impl Series {
    /// Whether nothing is kept. Such a meeting has the same bytes as one of a release that knew no earlier meetings.
    pub(crate) const fn is_empty(&self) -> bool {
        self.meetings.is_empty()
    }

    /// Whether it is known of anybody whom they have met.
    pub(crate) fn has_sittings(&self) -> bool {
        self.meetings.iter().any(|earlier| !earlier.sittings.is_empty())
    }

    /// Who sat with whom in earlier meetings, as the algorithms want it.
    pub(crate) fn history(&self) -> History {
        let mut history = History::new();
        for sitting in self.meetings.iter().flat_map(|earlier| &earlier.sittings) {
            history.add_seats(sitting.seats.iter().map(|(person, room)| (person.0, *room)));
        }
        history
    }

    /// Forgets whom others met of everybody but these: of somebody who is on the roster no more, not even as removed,
    /// nothing may stay.
    pub(crate) fn keep_only(&mut self, kept: impl Fn(PersonId) -> bool) {
        for earlier in &mut self.meetings {
            earlier.sittings.iter_mut().for_each(|sitting| sitting.seats.retain(|person, _| kept(*person)));
            earlier.sittings.retain(|sitting| !sitting.seats.is_empty());
        }
    }

    /// What more than is allowed goes, the oldest first.
    fn bound(&mut self) {
        self.meetings.sort_by_key(|earlier| (earlier.held_at, earlier.meeting));
        let too_many = self.meetings.len().saturating_sub(EARLIER_MEETINGS_MAX as usize);
        self.meetings.drain(..too_many);
        let rounds: usize = self.meetings.iter().map(|earlier| earlier.sittings.len()).sum();
        let mut too_many = rounds.saturating_sub(EARLIER_ROUNDS_MAX as usize);
        for earlier in &mut self.meetings {
            let gone = too_many.min(earlier.sittings.len());
            earlier.sittings.drain(..gone);
            too_many -= gone;
        }
    }
}

impl Pulse {
    /// How many gave one.
    pub(crate) fn count(&self) -> u32 {
        self.distribution.iter().fold(0, |all, some| all.saturating_add(*some))
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::vec;

    use engawa_protocol::codec::from_slice;

    use super::*;

    #[test]
    fn one_person_can_be_taken_out_and_the_others_stay() {
        let sitting = |round, people: &[u32]| Sitting {
            round: RoundId(round),
            seats: BTreeMap::from_iter(people.iter().map(|person| (PersonId(*person), 1))),
        };
        let earlier = Earlier {
            meeting: from_slice(b"\"00000000-0000-4000-8000-000000000001\"").unwrap(),
            title: "a".into(),
            held_at: Timestamp(1),
            pulses: vec![],
            sittings: vec![sitting(1, &[2, 3, 4]), sitting(2, &[3])],
        };
        let mut series = Series { meetings: vec![earlier] };
        series.keep_only(|person| person != PersonId(3));
        let history = series.history();
        assert_eq!((history.met(2, 3), history.met(2, 4), history.round_count()), (0, 1, 1));
        assert_eq!(series.meetings[0].sittings.len(), 1, "a round in which nobody is left goes");
    }
}
