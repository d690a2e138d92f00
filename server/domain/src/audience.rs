//! Who may see what: viewers, audiences of events, and who gets in at all.

use alloc::vec::Vec;

use engawa_protocol::{Event, PersonId, Role, RoomId, TeamId};
use serde::{Deserialize, Serialize};

use crate::meeting::Meeting;

/// One who looks at a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Viewer {
    /// A person of the roster, in the role they have there.
    Person(PersonId),
    /// A projector screen.
    Screen,
}

/// What decides, besides the person, which events a viewer gets. While it stays the same, missing events can be
/// sent to a viewer who comes back; once it has changed they need a fresh view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewerClass {
    /// The role.
    pub role: Role,
    /// The team.
    pub team: Option<TeamId>,
    /// The room they are in as member or visitor.
    pub room: Option<RoomId>,
    /// The person; none for a screen.
    pub person: Option<PersonId>,
}

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoleSet(u8);

impl RoleSet {
    /// No role.
    pub const NONE: Self = Self(0);
    /// Every role.
    pub const EVERYONE: Self = Self(0b11_1111);
    /// Coordinators and facilitators.
    pub const GUIDES: Self = Self::of(&[Role::Coordinator, Role::Facilitator]);
    /// Coordinators, facilitators and the secretariat.
    pub const STAFF: Self = Self::of(&[Role::Coordinator, Role::Facilitator, Role::Secretariat]);
    /// Coordinators and the secretariat.
    pub const OFFICE: Self = Self::of(&[Role::Coordinator, Role::Secretariat]);
    /// Coordinators.
    pub const COORDINATORS: Self = Self::of(&[Role::Coordinator]);
    /// The secretariat.
    pub const SECRETARIAT: Self = Self::of(&[Role::Secretariat]);

    /// These roles.
    #[must_use]
    pub const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < roles.len() {
            bits |= 1 << (roles[i] as u8);
            i += 1;
        }
        Self(bits)
    }

    /// All roles that are not in this set.
    #[must_use]
    pub const fn others(self) -> Self {
        Self(Self::EVERYONE.0 & !self.0)
    }

    /// Whether a role is in it.
    #[must_use]
    pub const fn contains(self, role: Role) -> bool {
        self.0 & (1 << (role as u8)) != 0
    }
}

/// Who gets an event: everyone in any of the parts, except one person. Resolved against the state after the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audience {
    /// Everyone in one of these roles.
    pub roles: RoleSet,
    /// Everyone who is in this room, as member or visitor.
    pub room: Option<RoomId>,
    /// Everyone of this team.
    pub team: Option<TeamId>,
    /// This person.
    pub person: Option<PersonId>,
    /// Never this person.
    pub except: Option<PersonId>,
}

impl Audience {
    /// Everyone.
    pub const EVERYONE: Self = Self::roles(RoleSet::EVERYONE);

    /// Everyone in one of these roles.
    #[must_use]
    pub const fn roles(roles: RoleSet) -> Self {
        Self { roles, room: None, team: None, person: None, except: None }
    }

    /// Everyone who is in a room.
    #[must_use]
    pub const fn room(room: RoomId) -> Self {
        Self { room: Some(room), ..Self::roles(RoleSet::NONE) }
    }

    /// Everyone of a team.
    #[must_use]
    pub const fn team(team: TeamId) -> Self {
        Self { team: Some(team), ..Self::roles(RoleSet::NONE) }
    }

    /// One person.
    #[must_use]
    pub const fn person(person: PersonId) -> Self {
        Self { person: Some(person), ..Self::roles(RoleSet::NONE) }
    }

    /// And these roles.
    #[must_use]
    pub const fn and_roles(self, roles: RoleSet) -> Self {
        Self { roles: RoleSet(self.roles.0 | roles.0), ..self }
    }

    /// And this team.
    #[must_use]
    pub const fn and_team(self, team: Option<TeamId>) -> Self {
        Self { team, ..self }
    }

    /// And this person.
    #[must_use]
    pub const fn and_person(self, person: PersonId) -> Self {
        Self { person: Some(person), ..self }
    }

    /// But not this person.
    #[must_use]
    pub const fn except(self, person: PersonId) -> Self {
        Self { except: Some(person), ..self }
    }

    /// Whether a viewer of this class is in it.
    #[must_use]
    pub fn includes(&self, class: &ViewerClass) -> bool {
        fn same<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
            a.is_some() && a == b
        }
        !same(self.except, class.person)
            && (self.roles.contains(class.role)
                || same(self.room, class.room)
                || same(self.team, class.team)
                || same(self.person, class.person))
    }
}

/// What an entry makes known, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Emission {
    /// An event, the same for everyone in the audience.
    Event {
        /// Who gets it.
        audience: Audience,
        /// What happened.
        event: Event,
    },
    /// Each viewer of the audience gets their view anew (as `view_replaced`): for rare changes that touch much of
    /// what they see. It supersedes all other emissions of the same entry for those viewers.
    Refresh {
        /// Who.
        audience: Audience,
    },
}

/// The class of a viewer; none when the person does not exist or has been removed.
#[must_use]
pub fn class_of(meeting: &Meeting, viewer: Viewer) -> Option<ViewerClass> {
    match viewer {
        Viewer::Screen => Some(ViewerClass { role: Role::Screen, team: None, room: None, person: None }),
        Viewer::Person(id) => {
            let person = meeting.roster.person(id)?;
            Some(ViewerClass {
                role: person.role,
                team: person.team,
                room: meeting.rooms.place_of(id),
                person: Some(id),
            })
        }
    }
}

/// Whether a viewer is in an audience, in this state.
#[must_use]
pub fn sees(meeting: &Meeting, viewer: Viewer, audience: &Audience) -> bool {
    class_of(meeting, viewer).is_some_and(|class| audience.includes(&class))
}

/// What a token grants, as the server reads it from a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The person of a personal link; none on a shared one.
    pub person: Option<PersonId>,
    /// The generation of the link.
    pub generation: u32,
}

/// What a grant is worth in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Comes in as this viewer.
    Viewer(Viewer),
    /// A shared link: may join with a name, and is nobody yet.
    Joining(Role),
    /// The link has been revoked, or the person removed.
    Revoked,
    /// The person's data have been taken out of the meeting.
    Erased,
}

/// Whether a grant still opens this meeting, and as whom.
#[must_use]
pub fn admit(meeting: &Meeting, grant: &Grant) -> Admission {
    match (grant.person, grant.role) {
        (Some(id), _) => match meeting.roster.person(id) {
            Some(person) if person.generation == grant.generation => Admission::Viewer(Viewer::Person(id)),
            None if meeting.erasure_of(id).is_some() => Admission::Erased,
            Some(_) | None => Admission::Revoked,
        },
        (None, role) if meeting.roster.shared_generation(role) != grant.generation => Admission::Revoked,
        (None, Role::Screen) => Admission::Viewer(Viewer::Screen),
        (None, role) => Admission::Joining(role),
    }
}

/// All viewers a meeting can have: everyone on the roster, and the screen.
#[must_use]
pub fn all_viewers(meeting: &Meeting) -> Vec<Viewer> {
    meeting.roster.present_or_not().map(|(id, _)| Viewer::Person(id)).chain([Viewer::Screen]).collect()
}
