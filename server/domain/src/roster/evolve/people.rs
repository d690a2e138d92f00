//! Making changes to one person. Who sees a person: coordinators, facilitators and the secretariat; their team; whoever
//! looks at a room in which they are; and everyone, when they are one of those who run the meeting.

use alloc::vec::Vec;

use engawa_protocol::event::{AttendanceChanged, PersonAdded, PersonRenamed};
use engawa_protocol::view::Attendance;
use engawa_protocol::{PersonId, Role, RoomId, TeamId};

use crate::audience::{Audience, RoleSet};
use crate::context::{Context, Effects};
use crate::meeting::Meeting;
use crate::roster::{Person, Profile};
use crate::{rooms, vote};

/// Coordinators see removed people as such; the others who run the meeting see them no more.
const STAFF_BUT_COORDINATORS: RoleSet = RoleSet::of(&[Role::Facilitator, Role::Secretariat]);

pub(super) fn add(m: &mut Meeting, profile: Profile, fx: &mut Effects) -> PersonId {
    m.roster.last_person += 1;
    let id = PersonId(m.roster.last_person);
    m.roster.people.insert(id, Person::new(profile));
    fx.created = Some(id.0);
    show(m, id, fx);
    vote::roster_changed(m, fx);
    id
}

pub(super) fn arrive(m: &mut Meeting, cx: &Context, id: PersonId, fx: &mut Effects) {
    set_attendance(m, id, Attendance::Present, fx);
    rooms::place_arrival(m, cx, id, fx);
    rooms::follow_stay(m, cx.at, id);
}

pub(super) fn leave(m: &mut Meeting, cx: &Context, id: PersonId, fx: &mut Effects) {
    set_attendance(m, id, Attendance::Away, fx);
    rooms::follow_stay(m, cx.at, id);
}

fn set_attendance(m: &mut Meeting, id: PersonId, attendance: Attendance, fx: &mut Effects) {
    let Some(person) = m.roster.people.get_mut(&id) else { return };
    person.attendance = attendance;
    let event = AttendanceChanged { person: id, attendance };
    let rooms: Vec<RoomId> = m.rooms.showing(id).collect();
    let mut rooms = rooms.into_iter();
    // One event reaches nearly everyone concerned; only who is in several rooms' lists needs more.
    fx.emit(Audience { room: rooms.next(), ..seers(m, id) }, event.clone());
    for room in rooms {
        fx.emit(Audience::room(room), event.clone());
    }
}

/// Those who see a person in `people`.
fn seers(m: &Meeting, id: PersonId) -> Audience {
    match m.roster.people.get(&id) {
        Some(person) if person.role.is_staff() => Audience::EVERYONE,
        Some(person) => Audience::roles(RoleSet::STAFF).and_team(person.team).and_person(id),
        None => Audience::person(id),
    }
}

/// Shows a person, new or changed, to those who see them.
fn show(m: &Meeting, id: PersonId, fx: &mut Effects) {
    if let Some(person) = m.roster.person_view(id) {
        fx.emit(seers(m, id), PersonAdded { person });
    }
}

/// Shows a removed person to coordinators.
pub(super) fn show_removed(m: &Meeting, id: PersonId, fx: &mut Effects) {
    if let Some(person) = m.roster.person_view(id) {
        fx.emit(Audience::roles(RoleSet::COORDINATORS), PersonAdded { person });
    }
}

pub(super) fn edit(m: &mut Meeting, cx: &Context, id: PersonId, profile: Profile, fx: &mut Effects) {
    let Some(person) = m.roster.people.get_mut(&id) else { return };
    let (role, team) = (person.role, person.team);
    let renamed = person.name != profile.name;
    person.name.clone_from(&profile.name);
    person.team = profile.team;
    person.role = profile.role;
    person.email = profile.email;
    if renamed {
        // Names stand beside notes and comments, wherever those are seen; and names are no secret in a meeting.
        fx.emit(Audience::EVERYONE, PersonRenamed { person: id, name: profile.name });
    }
    if (role, team) == (profile.role, profile.team) {
        return;
    }
    if role != profile.role {
        rooms::role_changed(m, cx, id, fx);
    }
    fx.regroup(id);
    show(m, id, fx);
    vote::roster_changed(m, fx);
    if role != profile.role && (role.is_staff() || profile.role.is_staff()) {
        fx.refresh(Audience::EVERYONE);
        return;
    }
    // Events can add and change people of a view, not take them out: the team that was left looks anew, as do the
    // person, and the rooms where the role and team are seen.
    fx.refresh(Audience::person(id).and_team(team.filter(|_| team != profile.team)));
    for room in m.rooms.showing(id) {
        fx.refresh(Audience::room(room));
    }
}

pub(super) fn remove(m: &mut Meeting, cx: &Context, id: PersonId, fx: &mut Effects) {
    let seen_by = seers(m, id);
    let Some(person) = m.roster.people.get_mut(&id) else { return };
    let team = person.team;
    person.removed = true;
    if person.attendance == Attendance::Present {
        person.attendance = Attendance::Away;
    }
    rooms::forget_person(m, cx, id, fx);
    show_removed(m, id, fx);
    vote::roster_changed(m, fx);
    fx.regroup(id);
    fx.links_changed = true;
    if seen_by == Audience::EVERYONE {
        fx.refresh(Audience::EVERYONE);
    } else {
        fx.refresh(Audience::roles(STAFF_BUT_COORDINATORS).and_team(team));
    }
}

pub(super) fn restore(m: &mut Meeting, id: PersonId, team: Option<TeamId>, fx: &mut Effects) {
    let Some(person) = m.roster.people.get_mut(&id) else { return };
    person.removed = false;
    person.team = team;
    show(m, id, fx);
    vote::roster_changed(m, fx);
}
