//! Who has come and who has left: proposes arrivals and departures to the log. Owns the timers of people whose last
//! connection has gone; must not know what an arrival does.

use std::collections::BTreeMap;
use std::time::Duration;

use engawa_domain::{Meeting, SystemInput};
use engawa_protocol::PersonId;
use engawa_protocol::view::Attendance;
use tokio::time::Instant;

use super::members::Members;
use super::neighbours::Neighbours;

/// What is known of people's coming and going.
#[derive(Debug, Default)]
pub(super) struct Comings {
    /// People whose attendance may not be what their connections say, and when each is looked at again.
    unsettled: BTreeMap<PersonId, Retry>,
    /// When the time of people without a connection is over.
    leaving: BTreeMap<PersonId, Instant>,
}

#[derive(Debug)]
struct Retry {
    at: Instant,
    pause: Duration,
}

/// How long a proposal may take before it is made again; twice as long each time.
const PROPOSE_AGAIN: Duration = Duration::from_secs(2);
/// The longest that becomes.
const PROPOSE_AGAIN_MAX: Duration = Duration::from_secs(30);

impl Comings {
    /// A person is connected to this node now.
    pub(super) fn came(&mut self, person: PersonId, now: Instant) {
        self.leaving.remove(&person);
        // Of whom something has been proposed already, the log will speak.
        self.unsettled.entry(person).or_insert(Retry { at: now, pause: PROPOSE_AGAIN });
    }

    /// A person is connected to another node now, which sees to their arrival.
    pub(super) fn is_elsewhere(&mut self, person: PersonId) {
        self.leaving.remove(&person);
    }

    /// A person's last connection has gone, whichever node it was on.
    pub(super) fn went(&mut self, person: PersonId, leaves_at: Instant) {
        self.leaving.insert(person, leaves_at);
    }

    /// The meeting has just been loaded: whoever is present in it and not connected has the usual time to come back.
    pub(super) fn loaded(&mut self, meeting: &Meeting, leaves_at: Instant) {
        for (person, known) in meeting.roster().present_or_not() {
            if known.attendance == Attendance::Present {
                self.leaving.insert(person, leaves_at);
            }
        }
    }

    /// The log has said something of a person's coming or going, whatever it was.
    pub(super) fn settled(&mut self, input: &SystemInput, members: &Members, now: Instant) {
        match input {
            SystemInput::Arrive { person } => {
                self.unsettled.remove(person);
            }
            SystemInput::Depart { person } => {
                self.unsettled.remove(person);
                self.leaving.remove(person);
                if members.is_online(*person) {
                    // Another node missed them, or they came back in the same moment.
                    self.came(*person, now);
                }
            }
            SystemInput::CreateMeeting(_)
            | SystemInput::ExpireRound { .. }
            | SystemInput::OpenVoteOnTime { .. }
            | SystemInput::CloseVoteOnTime { .. }
            | SystemInput::ErasePerson { .. } => {}
        }
    }

    /// When there is something to look at. Departures are left to other nodes for so long.
    #[must_use]
    pub(super) fn due(&self, turn_after: Duration) -> Option<Instant> {
        let retry = self.unsettled.values().map(|retry| retry.at).min();
        let leaving = self.leaving.values().min().map(|at| *at + turn_after);
        retry.into_iter().chain(leaving).min()
    }

    /// What to propose now. The node to which somebody has come proposes their arrival. That somebody is nowhere any more
    /// all nodes see alike: the first in their order says so, the others only if the log has not spoken by then.
    pub(super) fn propose(
        &mut self,
        meeting: &Meeting,
        (members, neighbours): (&Members, &Neighbours),
        turn_after: Duration,
        now: Instant,
    ) -> Vec<SystemInput> {
        let left: Vec<PersonId> = self
            .leaving
            .iter()
            .filter(|(_, at)| **at + turn_after <= now)
            .map(|(person, _)| *person)
            .collect();
        for person in left {
            self.leaving.remove(&person);
            self.unsettled.entry(person).or_insert(Retry { at: now, pause: PROPOSE_AGAIN });
        }
        let mut proposals = Vec::new();
        self.unsettled.retain(|person, retry| {
            if retry.at > now {
                return true;
            }
            let attendance = meeting.roster().person(*person).map(|known| known.attendance);
            let here = members.is_online(*person);
            let proposal = match (attendance, here || neighbours.has(*person)) {
                (Some(Attendance::Expected | Attendance::Away), true) if here => {
                    SystemInput::Arrive { person: *person }
                }
                (Some(Attendance::Present), false) => SystemInput::Depart { person: *person },
                (Some(Attendance::Present | Attendance::Expected | Attendance::Away), _) | (None, _) => {
                    return false;
                }
            };
            proposals.push(proposal);
            retry.at = now + retry.pause;
            retry.pause = (retry.pause * 2).min(PROPOSE_AGAIN_MAX);
            true
        });
        proposals
    }

    /// Whether somebody's time to come back is running.
    #[must_use]
    pub(super) fn is_waiting(&self) -> bool {
        !self.leaving.is_empty() || !self.unsettled.is_empty()
    }
}
