//! Teams and people as a viewer may see them.

use alloc::collections::BTreeMap;

use engawa_protocol::view::{PersonView, TeamView};
use engawa_protocol::{PersonId, TeamId};

use crate::audience::ViewerClass;
use crate::meeting::Meeting;

/// All teams.
pub(crate) fn team_views(_m: &Meeting) -> BTreeMap<TeamId, TeamView> {
    BTreeMap::new()
}

/// The people a viewer sees apart from those in their room.
pub(crate) fn people_seen(_m: &Meeting, _class: &ViewerClass) -> BTreeMap<PersonId, PersonView> {
    BTreeMap::new()
}
