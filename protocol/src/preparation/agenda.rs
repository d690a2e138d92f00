//! What a file with an agenda held, and the agendas to begin with.

use alloc::string::String;
use alloc::vec::Vec;

use crate::agenda::RoundPlan;

wire! {
    /// `POST /api/agenda/preview`, with a coordinator's token and the file (TOML) as the body.
    #[serde(tag = "outcome", rename_all = "snake_case")]
    pub enum AgendaReading {
        /// The file can be read.
        Read {
            /// The rounds, ready for `set_agenda`.
            rounds: Vec<RoundPlan>,
        },
        /// It cannot.
        Refused {
            /// Everything that is wrong with it.
            problems: Vec<AgendaProblem>,
        },
    }

    /// Something wrong in an agenda's file.
    pub struct AgendaProblem {
        /// The line, from 1.
        pub line: u32,
        /// The character in the line, from 1.
        pub column: u32,
        /// What.
        pub what: AgendaProblemKind,
    }

    /// What is wrong in an agenda's file.
    #[serde(tag = "code", rename_all = "snake_case")]
    pub enum AgendaProblemKind {
        /// Larger than may be.
        FileTooLarge {
            /// The largest size in bytes.
            max_bytes: u64,
        },
        /// Not UTF-8.
        FileNotText {},
        /// Not TOML.
        NotToml {
            /// What the reader says, in English.
            detail: String,
        },
        /// A key that is not known.
        KeyUnknown {
            /// The key.
            key: String,
        },
        /// A key that must be there is not.
        KeyMissing {
            /// The key.
            key: String,
        },
        /// A value of the wrong kind.
        WrongType {
            /// The key.
            key: String,
            /// What it should be: `text`, `number`, `duration`, `table`, `list`.
            wanted: String,
        },
        /// A word that is none of those that may stand there.
        WordUnknown {
            /// The key.
            key: String,
            /// The words that may.
            words: Vec<String>,
        },
        /// A number or duration outside its bounds.
        OutOfRange {
            /// The key.
            key: String,
            /// The least.
            min: u64,
            /// The most.
            max: u64,
        },
        /// A text that is too long.
        TooLong {
            /// The key.
            key: String,
            /// The most characters.
            max: u64,
        },
        /// An empty text where there must be one.
        Empty {
            /// The key.
            key: String,
        },
        /// No round, or too many.
        RoundCount {
            /// The most.
            max: u64,
        },
    }

    /// `GET /api/agenda/templates`: agendas to begin with.
    pub struct AgendaTemplates {
        /// The templates.
        pub templates: Vec<AgendaTemplate>,
    }

    /// An agenda to begin with.
    pub struct AgendaTemplate {
        /// Its stable name.
        pub name: String,
        /// Its title in the language asked for.
        pub title: String,
        /// The rounds.
        pub rounds: Vec<RoundPlan>,
    }
}
