//! An agenda as a text file (TOML) that people can read and write, in and out, and agendas to begin with.
//!
//! ```toml
//! title = "第4回研究会"        # for whoever reads the file
//!
//! [[round]]
//! kind = "dialogue"            # plenary, dialogue, posters, break
//! title = "対話1"
//! question = "何をゴールに進めますか？"
//! duration = "20m"             # 90s, 20m, 1h30m; also 90秒, 20分, 1時間30分; left out: until it is closed by hand
//! rooms = "mixed"              # team, partners, mixed, world_cafe, open, manual
//! size = 6                     # people a room (mixed, world_cafe), teams a room (partners), rooms (open)
//! turn = "90s"                 # time to speak in turn; left out: no turn order
//! board = "free"               # free, four_steps, kpt, now_ideal_step, nine_squares, affinity
//! authors = "shown"            # shown, hidden
//! countdown = "60s"
//! ```

mod duration;
mod reader;
mod templates;
#[cfg(test)]
mod tests;
mod writer;

pub use reader::read;
pub use templates::templates;
pub use writer::write;

use engawa_protocol::{AuthorDisplay, BoardTemplate, RoundKind};

/// The kinds of rounds as the file names them.
const KINDS: [(&str, RoundKind); 4] = [
    ("plenary", RoundKind::Plenary),
    ("dialogue", RoundKind::Dialogue),
    ("posters", RoundKind::Posters),
    ("break", RoundKind::Break),
];
/// The boards.
const BOARDS: [(&str, BoardTemplate); 6] = [
    ("free", BoardTemplate::Free),
    ("four_steps", BoardTemplate::FourSteps),
    ("kpt", BoardTemplate::Kpt),
    ("now_ideal_step", BoardTemplate::NowIdealStep),
    ("nine_squares", BoardTemplate::NineSquares),
    ("affinity", BoardTemplate::Affinity),
];
/// Whether authors show.
const AUTHORS: [(&str, AuthorDisplay); 2] =
    [("shown", AuthorDisplay::Shown), ("hidden", AuthorDisplay::Hidden)];
/// The ways of making rooms.
const ROOMS: [&str; 6] = ["team", "partners", "mixed", "world_cafe", "open", "manual"];
/// The keys of a round.
const KEYS: [&str; 10] =
    ["kind", "title", "question", "duration", "rooms", "size", "turn", "board", "authors", "countdown"];
