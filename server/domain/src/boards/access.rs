//! Who may work on which board at this moment. Whether a role may ask at all stands in the table of roles; here is
//! what depends on the board: whether the asker sees it, whether its round is running, whether it writes in silence.

use engawa_protocol::{BoardId, Entity, NoteId, PersonId, Rejection, Role, RoundKind};

use super::{Board, Note};
use crate::context::{Actor, Context};
use crate::meeting::Meeting;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker {
    pub(super) id: PersonId,
    pub(super) role: Role,
}

/// What somebody wants to do with a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// Writing, which ends with the round.
    Write,
    /// Tidying, which coordinators and facilitators also do afterwards.
    Tidy,
    /// Marking: on the plenary board at any time.
    Mark,
}

pub(super) const NO_BOARD: Rejection = Rejection::NotFound { entity: Entity::Board };
pub(super) const NO_NOTE: Rejection = Rejection::NotFound { entity: Entity::Note };
pub(super) const NO_CLUSTER: Rejection = Rejection::NotFound { entity: Entity::Cluster };
pub(super) const NO_AREA: Rejection = Rejection::NotFound { entity: Entity::Area };

pub(super) fn asker(cx: &Context) -> Result<Asker, Rejection> {
    match cx.actor {
        Actor::Person { id, role, .. } => Ok(Asker { id, role }),
        Actor::Link { .. } | Actor::System => Err(Rejection::NotPermitted {}),
    }
}

/// Whether a person sees a board now: everyone the plenary's, others those who are in the room.
pub(super) fn sees_board(m: &Meeting, board: BoardId, person: PersonId) -> bool {
    match board.room() {
        None => true,
        Some(room) => m.rooms.place_of(person) == Some(room),
    }
}

/// Whether the round of a board is running: a room's own round, a plenary round for the plenary's.
pub(super) fn is_open(m: &Meeting, board: BoardId) -> bool {
    match board.room() {
        None => m.agenda.is_running(RoundKind::Plenary),
        Some(room) => m
            .rooms
            .room(room)
            .and_then(|room| m.agenda.round(room.round))
            .is_some_and(|round| round.phase.is_running()),
    }
}

/// A board that the asker sees.
pub(super) fn seen<'a>(
    m: &'a Meeting,
    cx: &Context,
    board: BoardId,
) -> Result<(Asker, &'a Board), Rejection> {
    let asker = asker(cx)?;
    let found = m.boards.board(board).ok_or(NO_BOARD)?;
    if sees_board(m, board, asker.id) { Ok((asker, found)) } else { Err(NO_BOARD) }
}

/// A board that the asker sees and may do this work on at this moment.
pub(super) fn workable<'a>(
    m: &'a Meeting,
    cx: &Context,
    board: BoardId,
    work: Work,
) -> Result<(Asker, &'a Board), Rejection> {
    let (asker, found) = seen(m, cx, board)?;
    let at_any_time = match work {
        Work::Write => board == BoardId::PLENARY && asker.role.guides(),
        Work::Tidy => asker.role.guides(),
        Work::Mark => board == BoardId::PLENARY,
    };
    let reads_only = matches!(asker.role, Role::Observer | Role::Screen);
    if reads_only && work != Work::Mark {
        return Err(Rejection::NotPermitted {});
    }
    if at_any_time || is_open(m, board) { Ok((asker, found)) } else { Err(Rejection::BoardClosed {}) }
}

/// A note that is there and that the asker sees. While the board writes in silence the answer for everything but
/// one's own notes is the same, whether it exists or not.
pub(super) fn note_seen(board: &Board, id: NoteId, asker: Asker) -> Result<&Note, Rejection> {
    if board.silent && board.notes.get(&id).is_none_or(|note| note.author != asker.id) {
        return Err(Rejection::SilentWriting {});
    }
    board.live_note(id).ok_or(NO_NOTE)
}

/// What is not done while writing in silence.
pub(super) fn not_silent(board: &Board) -> Result<(), Rejection> {
    if board.silent { Err(Rejection::SilentWriting {}) } else { Ok(()) }
}

/// Whether the asker may edit a note's text: its author, coordinators and facilitators.
pub(super) fn may_edit(note: &Note, asker: Asker) -> bool {
    note.author == asker.id || asker.role.guides()
}

/// Whether the asker may delete a note and bring it back: also whoever pinned it to the plenary board.
pub(super) fn may_delete(note: &Note, asker: Asker) -> bool {
    may_edit(note, asker) || note.source.is_some_and(|source| source.by == asker.id)
}
