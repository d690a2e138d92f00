//! One pure function from the state to what a viewer may see. What it leaves out never reaches a browser.

use engawa_protocol::BoardId;
use engawa_protocol::view::{MeView, MeetingView};

use crate::audience::{Viewer, class_of};
use crate::meeting::Meeting;
use crate::{boards, posters, rooms, roster, series, voices, vote};

/// What a viewer may see; none when they may see nothing (nobody of that id, or removed).
#[must_use]
pub fn project(meeting: &Meeting, viewer: Viewer) -> Option<MeetingView> {
    let m = meeting;
    let class = &class_of(m, viewer)?;
    let guides = class.role.guides();
    Some(MeetingView {
        meeting: m.info.clone(),
        me: MeView { role: class.role, person: class.person, team: class.team },
        teams: roster::team_views(m),
        people: roster::people_seen(m, class),
        rounds: m.agenda.rounds.iter().map(|round| round.view()).collect(),
        groupings: if guides { m.rooms.groupings.clone() } else { Default::default() },
        rooms: if guides { rooms::room_views(m, class) } else { Default::default() },
        room_choices: rooms::room_choices(m),
        seat: class.room.and_then(|room| rooms::seat_view(m, room, class)),
        plenary: boards::board_view(m, BoardId::PLENARY, class),
        announcements: voices::announcement_views(m, class),
        posters: posters::poster_views(m, class),
        vote: vote::vote_view(m, class),
        pulses: voices::pulse_views(m, class),
        earlier: series::earlier_views(m),
        questionnaire: voices::questionnaire_view(m, class),
        last_action: if guides { m.last_action.clone() } else { None },
    })
}
