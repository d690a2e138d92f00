//! Bodies of the HTTP API for preparing a meeting: what a file held, line by line, before anything of it is taken. The
//! screens own the sentences; here are codes and values.

mod agenda;
mod posters;
mod rooms;
mod series;
mod zoom;

use alloc::string::String;
use alloc::vec::Vec;

use crate::command::RosterRow;

pub use self::agenda::*;
pub use self::posters::*;
pub use self::rooms::*;
pub use self::series::*;
pub use self::zoom::*;

wire_value! {
    /// How a text file was written.
    #[serde(rename_all = "snake_case")]
    pub enum FileForm {
        /// CSV in UTF-8.
        Utf8,
        /// CSV in UTF-16 (Excel's "Unicode text").
        Utf16,
        /// CSV in CP932, Excel's usual one in Japan.
        Cp932,
        /// An Excel workbook.
        Xlsx,
    }

    /// What a column of a roster, a list of posters or a list of rooms holds.
    #[serde(rename_all = "snake_case")]
    pub enum FileColumn {
        /// The team's name.
        Team,
        /// The prefecture or region.
        Region,
        /// The government's code of the municipality.
        MunicipalityCode,
        /// The person's name.
        Name,
        /// The family name, where names come in two columns.
        FamilyName,
        /// The given name.
        GivenName,
        /// The role.
        Role,
        /// The e-mail address.
        Email,
        /// A poster's title.
        Title,
        /// A poster's summary.
        Summary,
        /// The name of a poster's file.
        FileName,
        /// A room's number or name.
        Room,
    }

    /// What a row would do to the roster.
    #[serde(rename_all = "snake_case")]
    pub enum RowEffect {
        /// Adds a person.
        Adds,
        /// Changes one who is there: role, address, or how the name is written.
        Changes,
        /// Brings back one who was removed.
        Returns,
        /// Changes nothing.
        Nothing,
    }

    /// How much a finding matters.
    #[serde(rename_all = "snake_case")]
    pub enum FindingGrade {
        /// Put right by itself.
        Repaired,
        /// Taken as it is; somebody should look.
        Doubtful,
        /// The row is left out.
        LeftOut,
    }
}

wire! {
    /// Why a file is not read at all.
    #[serde(tag = "code", rename_all = "snake_case")]
    pub enum FileProblem {
        /// There is nothing in it.
        FileEmpty {},
        /// It is larger than may be.
        FileTooLarge {
            /// The largest size in bytes.
            max_bytes: u64,
        },
        /// Neither text (UTF-8, UTF-16, CP932) nor an Excel workbook.
        FileNotText {
            /// The first line that cannot be read.
            line: u32,
        },
        /// An Excel file of the old form (.xls), or one with a password.
        FileOldExcel {},
        /// A workbook that cannot be opened.
        FileBroken {},
        /// More rows than may be.
        FileTooManyRows {
            /// The most.
            max: u64,
        },
        /// More columns than may be.
        FileTooManyColumns {
            /// The line.
            line: u32,
            /// The most.
            max: u64,
        },
        /// A cell is longer than may be.
        FileCellTooLong {
            /// The line.
            line: u32,
            /// The most characters.
            max: u64,
        },
        /// No column with names of people was found.
        FileNoNames {},
        /// Lines and no row that can be taken.
        FileNoRows {},
        /// No column with rooms was found, or none that says who is in them.
        FileNoRooms {},
    }

    /// Something found in a line.
    pub struct Finding {
        /// The line as the file's program counts it, from 1.
        pub line: u32,
        /// How much it matters.
        pub grade: FindingGrade,
        /// What.
        pub what: FindingKind,
    }

    /// What was found in a line.
    #[serde(tag = "code", rename_all = "snake_case")]
    pub enum FindingKind {
        /// A municipality's code had lost its leading zero (Excel takes it for a number).
        CodeZeroRestored {
            /// As it stands in the file.
            written: String,
            /// As it is.
            municipality_code: String,
        },
        /// A municipality's code had no check digit.
        CheckDigitAdded {
            /// As it stands in the file.
            written: String,
            /// As it is.
            municipality_code: String,
        },
        /// The check digit does not fit: a slip of the pen. The code is not used.
        CheckDigitWrong {
            /// As it stands in the file.
            written: String,
        },
        /// The prefecture was filled in from the municipality's code.
        RegionFromCode {
            /// The prefecture.
            region: String,
        },
        /// Prefecture and code contradict each other. The prefecture as written is used.
        RegionContradictsCode {
            /// As written.
            region: String,
            /// By the code.
            region_of_code: String,
        },
        /// The same code stands beside another name further up.
        CodeOfAnother {
            /// The code.
            municipality_code: String,
            /// The other name.
            team: String,
            /// Where.
            line: u32,
        },
        /// Teams of this name are in several prefectures, and this row does not say in which.
        RegionMissing {
            /// The team.
            team: String,
        },
        /// A cell that was merged with the one above takes its value.
        MergedFilled {
            /// Which column.
            column: FileColumn,
            /// The value.
            value: String,
        },
        /// White space around the text, or several spaces in it.
        SpacesTrimmed {
            /// Which column.
            column: FileColumn,
        },
        /// Characters that cannot be seen were taken out.
        UnseenRemoved {
            /// Which column.
            column: FileColumn,
        },
        /// A 外字: a character of somebody's own making, which other machines show differently or not at all.
        PrivateCharacter {
            /// Which column.
            column: FileColumn,
            /// Its number, such as `U+E000`.
            character: String,
            /// Which character of the text it is, from 1.
            place: u32,
        },
        /// A character was lost before (�).
        LostCharacter {
            /// Which column.
            column: FileColumn,
        },
        /// The same person stands further up. The first row counts.
        DuplicateRow {
            /// Where.
            line: u32,
        },
        /// A name in the same team differs in the form of a character only (髙 and 高).
        SimilarName {
            /// The other name.
            name: String,
            /// Where; none: on the roster already.
            line: Option<u32>,
        },
        /// A participant without a team.
        TeamMissing {},
        /// A role that is not known; the row is taken as a participant's.
        RoleUnknown {
            /// As written.
            written: String,
        },
        /// Not an e-mail address; it is not taken.
        EmailOdd {
            /// As written.
            written: String,
        },
        /// No name.
        NameMissing {},
        /// Longer than may be.
        TooLong {
            /// Which column.
            column: FileColumn,
            /// The most characters.
            max: u64,
        },
        /// No team of this name is on the roster.
        TeamUnknown {
            /// As written.
            team: String,
        },
        /// The team has a poster further up in the list.
        TeamTwice {
            /// Where.
            line: u32,
        },
        /// Nobody of this name (or e-mail address) is on the roster.
        PersonUnknown {
            /// As written.
            name: String,
        },
        /// Several of this name are on the roster, and this row does not say of which team.
        PersonNotClear {
            /// As written.
            name: String,
        },
        /// No room stands beside the name.
        RoomMissing {},
        /// The room has a facilitator further up in the list.
        RoomHasFacilitator {
            /// Where.
            line: u32,
        },
        /// Somebody who sits in no room: the secretariat, or an observer.
        NoMember {},
    }

    /// `POST /api/roster/preview`, with a coordinator's token and the file as the body: what would be taken. Nothing
    /// is taken by it.
    #[serde(tag = "outcome", rename_all = "snake_case")]
    pub enum RosterReading {
        /// The file can be read.
        Read {
            /// How it was written.
            form: FileForm,
            /// The line with the columns' names; none: there was none, and the columns were told by their contents.
            header_line: Option<u32>,
            /// What each column holds, from the left; none: something that is not taken.
            columns: Vec<Option<FileColumn>>,
            /// The rows that would be taken.
            rows: Vec<PreviewedRow>,
            /// What was found, by line.
            findings: Vec<Finding>,
        },
        /// It cannot.
        Refused {
            /// Why.
            problem: FileProblem,
        },
    }

    /// A row that would be taken.
    pub struct PreviewedRow {
        /// Its line.
        pub line: u32,
        /// The row, ready for `import_roster`.
        pub row: RosterRow,
        /// What it would do.
        pub effect: RowEffect,
    }
}
