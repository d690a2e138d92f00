//! What a list of rooms held.

use alloc::vec::Vec;

use super::{FileForm, FileProblem, Finding};
use crate::command::PlannedRoom;

wire! {
    /// `POST /api/rooms/preview`, with a coordinator's token and a CSV file or workbook as the body: who would be in which
    /// room. Nothing is taken by it.
    #[serde(tag = "outcome", rename_all = "snake_case")]
    pub enum RoomsReading {
        /// The file can be read.
        Read {
            /// How it was written.
            form: FileForm,
            /// The rooms, ready for `set_grouping`.
            rooms: Vec<PlannedRoom>,
            /// What was found, by line.
            findings: Vec<Finding>,
        },
        /// It cannot.
        Refused {
            /// Why.
            problem: FileProblem,
        },
    }
}
