//! Who has come and who has left: proposes arrivals and departures to the log. Owns the timers of people whose last
//! connection has gone; must not know what an arrival does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use engawa_domain::{Meeting, SystemInput};
use engawa_protocol::PersonId;
use engawa_protocol::view::Attendance;
use tokio::time::Instant;

use super::members::Members;

/// What is known of people's coming and going.
#[derive(Debug, Default)]
pub(super) struct Comings {
    /// People whose attendance may not be what their connections say; looked at again at each retry.
    unsettled: BTreeSet<PersonId>,
    retry_at: Option<Instant>,
    /// When the time of people without a connection is over.
    leaving: BTreeMap<PersonId, Instant>,
}

/// How long a proposal may take before it is made again.
const PROPOSE_AGAIN: Duration = Duration::from_secs(2);

impl Comings {
    /// A person is connected now.
    pub(super) fn came(&mut self, person: PersonId, now: Instant) {
        self.leaving.remove(&person);
        self.unsettled.insert(person);
        self.retry_at = Some(now);
    }

    /// A person's last connection has gone.
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
                if members.is_online(*person) {
                    // Another node missed them, or they came back in the same moment.
                    self.came(*person, now);
                }
            }
            SystemInput::CreateMeeting(_)
            | SystemInput::ExpireRound { .. }
            | SystemInput::OpenVoteOnTime { .. }
            | SystemInput::CloseVoteOnTime { .. } => {}
        }
    }

    /// When there is something to look at.
    #[must_use]
    pub(super) fn due(&self) -> Option<Instant> {
        let retry = self.retry_at.filter(|_| !self.unsettled.is_empty());
        retry.into_iter().chain(self.leaving.values().min().copied()).min()
    }

    /// What to propose now.
    pub(super) fn propose(&mut self, meeting: &Meeting, members: &Members, now: Instant) -> Vec<SystemInput> {
        let left: Vec<PersonId> =
            self.leaving.iter().filter(|(_, at)| **at <= now).map(|(person, _)| *person).collect();
        for person in left {
            self.leaving.remove(&person);
            self.unsettled.insert(person);
            self.retry_at = Some(now);
        }
        if self.retry_at.is_none_or(|at| at > now) {
            return Vec::new();
        }
        let mut proposals = Vec::new();
        self.unsettled.retain(|person| {
            let attendance = meeting.roster().person(*person).map(|known| known.attendance);
            let online = members.is_online(*person);
            match (attendance, online) {
                (Some(Attendance::Expected | Attendance::Away), true) => {
                    proposals.push(SystemInput::Arrive { person: *person });
                    true
                }
                (Some(Attendance::Present), false) => {
                    proposals.push(SystemInput::Depart { person: *person });
                    true
                }
                (Some(Attendance::Present), true)
                | (Some(Attendance::Expected | Attendance::Away), false)
                | (None, _) => false,
            }
        });
        self.retry_at = (!self.unsettled.is_empty()).then(|| now + PROPOSE_AGAIN);
        proposals
    }

    /// Whether somebody's time to come back is running.
    #[must_use]
    pub(super) fn is_waiting(&self) -> bool {
        !self.leaving.is_empty() || !self.unsettled.is_empty()
    }
}
