//! Folding events about the meeting, its teams and people.

use engawa_protocol::PersonId;
use engawa_protocol::event::{
    ActionTaken, AttendanceChanged, MeetingEdited, PersonAdded, PersonRenamed, TeamAdded, TeamEdited,
    TeamRemoved, ViewReplaced,
};
use engawa_protocol::view::{AuthorName, AuthorView, BoardView, MeetingView, PersonView};

pub(super) fn view_replaced(view: &mut MeetingView, e: &ViewReplaced) {
    view.clone_from(&e.view);
}

pub(super) fn meeting_edited(view: &mut MeetingView, e: &MeetingEdited) {
    view.meeting = e.meeting.clone();
}

pub(super) fn team_added(view: &mut MeetingView, e: &TeamAdded) {
    view.teams.insert(e.team.id, e.team.clone());
}

pub(super) fn team_edited(view: &mut MeetingView, e: &TeamEdited) {
    view.teams.insert(e.team.id, e.team.clone());
}

pub(super) fn team_removed(view: &mut MeetingView, e: &TeamRemoved) {
    view.teams.remove(&e.team);
}

pub(super) fn person_added(view: &mut MeetingView, e: &PersonAdded) {
    view.people.insert(e.person.id, e.person.clone());
}

/// Everywhere a person is shown as one of the meeting's people.
fn shown(view: &mut MeetingView, person: PersonId) -> impl Iterator<Item = &mut PersonView> {
    let seated = view.seat.as_mut().and_then(|seat| seat.people.get_mut(&person));
    view.people.get_mut(&person).into_iter().chain(seated)
}

pub(super) fn person_renamed(view: &mut MeetingView, e: &PersonRenamed) {
    for person in shown(view, e.person) {
        person.name.clone_from(&e.name);
    }
    rename_on_board(&mut view.plenary, e);
    if let Some(seat) = &mut view.seat {
        rename_on_board(&mut seat.board, e);
    }
    for comment in view.posters.values_mut().flat_map(|poster| poster.comments.values_mut()) {
        rename_author(&mut comment.author, e);
    }
}

fn rename_on_board(board: &mut BoardView, e: &PersonRenamed) {
    for note in board.notes.values_mut() {
        match &mut note.author {
            AuthorView::Shown { author } => rename_author(author, e),
            AuthorView::Me {} | AuthorView::Hidden {} => {}
        }
        if let Some(editor) = &mut note.edited_by {
            rename_author(editor, e);
        }
    }
}

fn rename_author(author: &mut AuthorName, e: &PersonRenamed) {
    if author.person == e.person {
        author.name.clone_from(&e.name);
    }
}

pub(super) fn attendance_changed(view: &mut MeetingView, e: &AttendanceChanged) {
    for person in shown(view, e.person) {
        person.attendance = e.attendance;
    }
}

pub(super) fn action_taken(view: &mut MeetingView, e: &ActionTaken) {
    view.last_action = Some(e.action.clone());
}
