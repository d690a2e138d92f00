//! What became of posters' files, and what a list of them held.

use alloc::string::String;
use alloc::vec::Vec;

use super::{FileProblem, Finding};
use crate::ids::TeamId;
use crate::view::PosterFile;

wire! {
    /// Why a poster's file is not taken.
    #[serde(tag = "code", rename_all = "snake_case")]
    pub enum PosterFileProblem {
        /// There is nothing in it.
        FileEmpty {},
        /// It is larger than may be.
        FileTooLarge {
            /// The largest size in bytes.
            max_bytes: u64,
        },
        /// Neither PNG, JPEG, WebP nor PDF, whatever its name says.
        FileUnknownType {},
        /// More pixels than can be drawn.
        FileTooManyPixels {},
        /// Of a known type, and it cannot be read to its end.
        FileBroken {},
        /// The files of the meeting take as much as they may.
        FilesFull {
            /// The most bytes of all together.
            max_bytes: u64,
        },
        /// Written with a password, or packed in a way that is not known.
        FileLocked {},
        /// An archive holds more files than are taken at once; it was left as it is.
        TooManyFiles {
            /// The most files of an archive.
            max: u64,
        },
    }

    /// `POST /api/posters/files`, with the token of a coordinator or the secretariat and the file as the body: keeps a
    /// poster's file. It is shown once a poster names it (`add_poster`, `edit_poster`).
    #[serde(tag = "outcome", rename_all = "snake_case")]
    pub enum PosterFileReply {
        /// Kept.
        Kept {
            /// What a poster carries to name it.
            file: PosterFile,
        },
        /// Not taken.
        Refused {
            /// Why.
            problem: PosterFileProblem,
        },
    }

    /// `POST /api/posters/list`, with the same token and a CSV file or workbook as the body: which file is which team's.
    #[serde(tag = "outcome", rename_all = "snake_case")]
    pub enum PosterListReading {
        /// The file can be read.
        Read {
            /// The posters named in it.
            entries: Vec<PosterListEntry>,
            /// What was found, by line.
            findings: Vec<Finding>,
        },
        /// It cannot.
        Refused {
            /// Why.
            problem: FileProblem,
        },
    }

    /// A line of a list of posters.
    pub struct PosterListEntry {
        /// Its line.
        pub line: u32,
        /// The team.
        pub team: TeamId,
        /// The title; empty: the list has none.
        pub title: String,
        /// The summary.
        pub summary: String,
        /// The file's name, as written; empty: it is found by the team's name.
        pub file_name: String,
    }

    /// A line of the answer to `POST /api/posters/zip` (JSON lines, each when it has come to pass).
    #[serde(tag = "is", rename_all = "snake_case")]
    pub enum PosterUnpacking {
        /// How many files there are to come.
        Opened {
            /// Files, the list aside.
            files: u32,
        },
        /// The list in it was read.
        List {
            /// Its name in the archive.
            name: String,
            /// What it says.
            reading: PosterListReading,
        },
        /// A file.
        File {
            /// Its name in the archive.
            name: String,
            /// What became of it.
            reply: PosterFileReply,
        },
        /// The archive cannot be read, or not any further.
        Broken {
            /// Why.
            problem: PosterFileProblem,
        },
        /// That was all.
        End {},
    }
}
