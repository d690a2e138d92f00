//! Changes of this area: decided, complete, and such that making them cannot fail.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;

use engawa_protocol::view::{Attendance, MeetingInfo};
use engawa_protocol::{DeviceId, LinkTarget, PersonId, Role, TeamId};

use super::{Person, Team};

/// A decided change.
#[derive(Debug)]
pub(crate) enum Change {
    /// The meeting's title, language, joining rule or keeping.
    ReplaceInfo(Box<MeetingInfo>),
    /// The meeting ends.
    End,
    /// Links become invalid; the asker's own stays when it is everyone's.
    RevokeLinks { target: LinkTarget, asker: Option<PersonId> },
    /// A device has picked a name.
    Claim { person: PersonId, device: DeviceId },
    /// A device that has joined already joins again: it is told who it is.
    JoinedAlready { person: PersonId },
    /// Somebody comes in with a name.
    Join { profile: Profile, device: DeviceId },
    /// Somebody came.
    Arrive { person: PersonId },
    /// Somebody left or was cut off.
    Leave { person: PersonId },
    /// Teams and people as a file has them: those that are new or differ, whole.
    Import { teams: BTreeMap<TeamId, Team>, people: BTreeMap<PersonId, Person> },
    /// A team is added.
    AddTeam(Team),
    /// A team has another name or region.
    EditTeam { id: TeamId, team: Team },
    /// A team goes.
    RemoveTeam { id: TeamId },
    /// A person is added.
    AddPerson(Profile),
    /// A person has another name, team, role or address.
    EditPerson { id: PersonId, profile: Profile },
    /// A person is taken off the roster.
    RemovePerson { id: PersonId },
    /// A person is put back, with the team they had if it is still there.
    RestorePerson { id: PersonId, team: Option<TeamId> },
    /// A name is free again.
    ReleasePerson { id: PersonId },
}

/// What is written about a person.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) team: Option<TeamId>,
    pub(crate) role: Role,
    pub(crate) email: Option<String>,
}

impl Person {
    /// Somebody of whom nothing is known but what is written.
    pub(crate) fn new(profile: Profile) -> Self {
        Self {
            name: profile.name,
            team: profile.team,
            role: profile.role,
            email: profile.email,
            attendance: Attendance::Expected,
            removed: false,
            generation: 0,
            claimed_by: Default::default(),
        }
    }
}
