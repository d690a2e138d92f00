//! Boards as a viewer may see them.

use alloc::collections::BTreeMap;

use engawa_protocol::view::BoardView;
use engawa_protocol::{AuthorDisplay, BoardId, BoardTemplate, RoomId};

use crate::audience::ViewerClass;
use crate::meeting::Meeting;

/// A board; the plenary's always exists, a room's as long as the room.
pub(crate) fn board_view(_m: &Meeting, board: BoardId, _class: &ViewerClass) -> BoardView {
    BoardView {
        id: board,
        template: BoardTemplate::Free,
        authors: AuthorDisplay::Shown,
        silent: false,
        notes: BTreeMap::new(),
        clusters: BTreeMap::new(),
    }
}

/// What goes on on a room's board: notes on it, when the last was added, whether it writes in silence.
pub(crate) fn board_activity(_m: &Meeting, _room: RoomId) -> (u32, Option<engawa_protocol::Timestamp>, bool) {
    (0, None, false)
}

/// Makes the board of a new room.
pub(crate) fn open_board(_m: &mut Meeting, _room: RoomId, _template: BoardTemplate, _authors: AuthorDisplay) {
}

/// Whether a room's board carries notes, deleted ones included.
pub(crate) fn board_has_notes(_m: &Meeting, _room: RoomId) -> bool {
    false
}
