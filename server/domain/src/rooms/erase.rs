//! Forgetting one person: places, stays, rooms, who sat with whom.

use engawa_protocol::PersonId;
use engawa_protocol::view::HelpState;

use super::{Room, forget_person};
use crate::context::{Context, Effects};
use crate::erasure::Taken;
use crate::meeting::Meeting;

/// Takes somebody out of all rooms, of rounds that are over too, of proposals, and of the past. They count as removed
/// from the roster already.
pub(crate) fn erase_person(
    m: &mut Meeting,
    cx: &Context,
    person: PersonId,
    taken: &mut Taken,
    fx: &mut Effects,
) {
    forget_person(m, cx, person, fx);
    let rooms = &mut m.rooms;
    rooms.rooms.values_mut().for_each(|room| room.forget(person));
    rooms.proposed_hosts.values_mut().for_each(|hosts| hosts.retain(|host| *host != person));
    rooms.proposed_hosts.retain(|_, hosts| !hosts.is_empty());
    rooms.opened.values_mut().for_each(|opened| opened.hosts.retain(|host| *host != person));
    rooms.history.forget(person.0);
    rooms.kept_out.remove(&person);
    rooms.places.remove(&person);
    taken.stays += rooms.stays.forget(person);
}

impl Room {
    /// What [`forget_person`] leaves of somebody who has left the room or called for it.
    fn forget(&mut self, person: PersonId) {
        self.members.retain(|member| *member != person);
        self.visitors.retain(|visitor| *visitor != person);
        self.turns.order.retain(|other| *other != person);
        self.turns.had_turn.retain(|other| *other != person);
        self.turns.spoken_ms.remove(&person);
        if let HelpState::Called { by, at } = self.help
            && by == person
        {
            // The room goes on calling, as long as there is somebody in it.
            self.help = match self.members.first() {
                Some(member) => HelpState::Called { by: *member, at },
                None => HelpState::Quiet {},
            };
        }
    }
}
