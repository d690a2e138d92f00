//! What a link grants, and in which meeting. It must not know how a link is signed or written down.

use engawa_domain::Grant;
use engawa_protocol::{MeetingId, PersonId, Role};

/// What a valid link says: this grant, in this meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkGrant {
    /// The one meeting that the link opens.
    pub meeting: MeetingId,
    /// What its holder is there.
    pub grant: Grant,
}

impl LinkGrant {
    /// The grant of a personal link.
    #[must_use]
    pub const fn personal(meeting: MeetingId, role: Role, person: PersonId, generation: u32) -> Self {
        Self { meeting, grant: Grant { role, person: Some(person), generation } }
    }

    /// The grant of a link for everyone of a role.
    #[must_use]
    pub const fn shared(meeting: MeetingId, role: Role, generation: u32) -> Self {
        Self { meeting, grant: Grant { role, person: None, generation } }
    }
}

/// The number that stands for a role in a token: 1 to 6. Part of the token format; never changes meaning.
pub(super) const fn role_number(role: Role) -> u8 {
    match role {
        Role::Coordinator => 1,
        Role::Facilitator => 2,
        Role::Secretariat => 3,
        Role::Participant => 4,
        Role::Observer => 5,
        Role::Screen => 6,
    }
}

/// The role for a token's number; none for a number no release has given out.
pub(super) fn role_from_number(number: u8) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role_number(*role) == number)
}
