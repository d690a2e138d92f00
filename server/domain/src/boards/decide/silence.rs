//! Deciding on silent writing.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use engawa_protocol::command::{RevealBoard, StartSilentWriting};
use engawa_protocol::{BoardId, Rejection, Role};

use super::super::Change;
use super::super::access::{NO_BOARD, asker, is_open, sees_board};
use crate::context::Context;
use crate::meeting::Meeting;

pub(crate) fn start_silent_writing(
    m: &Meeting,
    cx: &Context,
    c: &StartSilentWriting,
) -> Result<Change, Rejection> {
    let boards = meant(m, cx, &c.boards)?;
    let closed = |board: &BoardId| *board != BoardId::PLENARY && !is_open(m, *board);
    if boards.iter().any(closed) {
        return Err(Rejection::BoardClosed {});
    }
    let boards = in_state(m, boards, false)?;
    Ok(Change::StartSilence { boards })
}

/// Also after the round: notes written in silence must not stay hidden for good.
pub(crate) fn reveal_board(m: &Meeting, cx: &Context, c: &RevealBoard) -> Result<Change, Rejection> {
    let boards = in_state(m, meant(m, cx, &c.boards)?, true)?;
    Ok(Change::Reveal { boards })
}

/// The boards that are meant, each once. Coordinators and facilitators may mean any, others only that of their room.
fn meant(m: &Meeting, cx: &Context, boards: &[BoardId]) -> Result<BTreeSet<BoardId>, Rejection> {
    let asker = asker(cx)?;
    if matches!(asker.role, Role::Observer | Role::Screen) {
        return Err(Rejection::NotPermitted {});
    }
    if boards.is_empty() {
        return if asker.role.guides() { of_running_round(m) } else { Err(Rejection::NotPermitted {}) };
    }
    for board in boards {
        if m.boards.board(*board).is_none() {
            return Err(NO_BOARD);
        }
        if asker.role.guides() {
            continue;
        }
        if *board == BoardId::PLENARY {
            return Err(Rejection::NotPermitted {});
        }
        if !sees_board(m, *board, asker.id) {
            return Err(NO_BOARD);
        }
    }
    Ok(boards.iter().copied().collect())
}

fn of_running_round(m: &Meeting) -> Result<BTreeSet<BoardId>, Rejection> {
    let round = m.agenda.running().ok_or(Rejection::RoundNotRunning {})?;
    let boards: BTreeSet<BoardId> =
        m.rooms.of_round(round.id).map(|(room, _)| BoardId::of_room(room)).collect();
    if boards.is_empty() { Err(Rejection::RoundHasNoRooms {}) } else { Ok(boards) }
}

/// Those of the boards that write in silence, or do not; a rejection when none is left.
fn in_state(m: &Meeting, boards: BTreeSet<BoardId>, silent: bool) -> Result<Vec<BoardId>, Rejection> {
    let left: Vec<BoardId> = boards
        .into_iter()
        .filter(|board| m.boards.board(*board).is_some_and(|board| board.silent == silent))
        .collect();
    if left.is_empty() { Err(Rejection::AlreadySo {}) } else { Ok(left) }
}
