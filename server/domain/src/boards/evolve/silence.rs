//! Silent writing begins and ends.

use alloc::vec::Vec;

use engawa_protocol::event::{BoardRevealed, SilentWritingStarted};
use engawa_protocol::view::RevealedBoard;
use engawa_protocol::{BoardId, NoteId, RoundId, RoundKind};

use super::super::Note;
use super::super::project::{cluster_view, note_view};
use super::{audience, tell_activity, tell_marked};
use crate::context::Effects;
use crate::meeting::Meeting;

pub(super) fn start(m: &mut Meeting, boards: &[BoardId], fx: &mut Effects) {
    for id in boards {
        if let Some(board) = m.boards.board_mut(*id) {
            board.silent = true;
            fx.emit(audience(*id), SilentWritingStarted { board: *id });
            tell_activity(m, *id, fx);
        }
    }
}

pub(super) fn reveal(m: &mut Meeting, boards: &[BoardId], fx: &mut Effects) {
    for id in boards {
        if let Some(board) = m.boards.board_mut(*id) {
            board.silent = false;
            tell_revealed(m, *id, fx);
            tell_activity(m, *id, fx);
        }
    }
}

/// Ends silent writing on all boards of a round, the plenary's for a plenary round: for when the round ends, so that
/// no note stays hidden.
pub(crate) fn reveal_round(m: &mut Meeting, round: RoundId, fx: &mut Effects) {
    let is_plenary = m.agenda.round(round).is_some_and(|round| round.plan.kind == RoundKind::Plenary);
    let silent: Vec<BoardId> = m
        .rooms
        .of_round(round)
        .map(|(room, _)| BoardId::of_room(room))
        .chain(is_plenary.then_some(BoardId::PLENARY))
        .filter(|id| m.boards.board(*id).is_some_and(|board| board.silent))
        .collect();
    reveal(m, &silent, fx);
}

/// The same event for everyone: authors keep their own notes as they have them, and those who have marked others'
/// notes learn so by themselves.
fn tell_revealed(m: &Meeting, id: BoardId, fx: &mut Effects) {
    let Some(board) = m.boards.board(id) else { return };
    let live: Vec<(NoteId, &Note)> = board
        .notes
        .iter()
        .filter(|(_, note)| note.deleted.is_none())
        .map(|(note_id, note)| (*note_id, note))
        .collect();
    let revealed = RevealedBoard {
        notes: live.iter().map(|(note_id, note)| note_view(m, board, *note_id, note, None)).collect(),
        clusters: board.clusters.iter().map(|(cluster, found)| cluster_view(*cluster, found)).collect(),
    };
    fx.emit(audience(id), BoardRevealed { board: id, revealed });
    for (note_id, note) in live {
        tell_marked(m, id, note_id, note, true, fx);
    }
}
