//! Teams and people as a viewer may see them.

use alloc::collections::BTreeMap;

use engawa_protocol::view::{PersonView, TeamView};
use engawa_protocol::{PersonId, Role, TeamId};

use super::Person;
use crate::audience::ViewerClass;
use crate::meeting::Meeting;

/// All teams.
pub(crate) fn team_views(m: &Meeting) -> BTreeMap<TeamId, TeamView> {
    m.roster.teams.keys().filter_map(|id| Some((*id, m.roster.team_view(*id)?))).collect()
}

/// The people a viewer sees apart from those in their room: those who run the meeting see everybody (coordinators also
/// whom they removed), others themselves, their team and those who run the meeting.
pub(crate) fn people_seen(m: &Meeting, class: &ViewerClass) -> BTreeMap<PersonId, PersonView> {
    let sees = |id: PersonId, person: &Person| {
        if person.removed {
            return class.role == Role::Coordinator;
        }
        class.role.is_staff()
            || person.role.is_staff()
            || class.person == Some(id)
            || (class.team.is_some() && class.team == person.team)
    };
    m.roster
        .people
        .iter()
        .filter(|(id, person)| sees(**id, person))
        .filter_map(|(id, _)| Some((*id, m.roster.person_view(*id)?)))
        .collect()
}
