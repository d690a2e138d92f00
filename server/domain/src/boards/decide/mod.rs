//! Decisions about boards: reads the meeting, gives a change or a rejection.

mod clusters;
mod harvest;
mod notes;
mod silence;

pub(crate) use clusters::{create_cluster, dissolve_cluster, rename_cluster, set_cluster};
pub(crate) use harvest::harvest_note;
pub(crate) use notes::{add_note, delete_note, edit_note, mark_note, move_note, restore_note, unmark_note};
pub(crate) use silence::{reveal_board, start_silent_writing};
