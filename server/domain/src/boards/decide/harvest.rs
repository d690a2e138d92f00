//! Deciding on harvest: pinning a room's note to the plenary board.

use engawa_protocol::command::HarvestNote;
use engawa_protocol::{AreaId, BoardId, Rejection, Role, RoundKind};

use super::super::Change;
use super::super::access::{NO_AREA, NO_BOARD, is_open, not_silent, note_seen, seen};
use super::notes::room_for_a_note;
use crate::context::Context;
use crate::meeting::Meeting;

/// Whoever is in the room pins while its round is running, and again when its notes are gathered in a plenary round;
/// coordinators and facilitators at any time.
pub(crate) fn harvest_note(m: &Meeting, cx: &Context, c: &HarvestNote) -> Result<Change, Rejection> {
    let (asker, board) = seen(m, cx, c.board)?;
    if matches!(asker.role, Role::Observer | Role::Screen) {
        return Err(Rejection::NotPermitted {});
    }
    if c.board == BoardId::PLENARY {
        return Err(Rejection::AlreadyHarvested {});
    }
    if !asker.role.guides() && !is_open(m, c.board) && !m.agenda.is_running(RoundKind::Plenary) {
        return Err(Rejection::BoardClosed {});
    }
    let plenary = m.boards.board(BoardId::PLENARY).ok_or(NO_BOARD)?;
    not_silent(board)?;
    not_silent(plenary)?;
    if note_seen(board, c.note, asker)?.harvested.is_some() {
        return Err(Rejection::AlreadyHarvested {});
    }
    let area = c.area.unwrap_or(AreaId(0));
    if !plenary.has_area(area) {
        return Err(NO_AREA);
    }
    room_for_a_note(m, BoardId::PLENARY)?;
    let spot = plenary.order.end(area);
    Ok(Change::HarvestNote { board: c.board, note: c.note, area, spot, by: asker.id })
}
