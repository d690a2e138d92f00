//! What a host keeps, where, and what remains of a deleted meeting: bodies of the HTTP API.

use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::MeetingId;
use crate::position::Seq;
use crate::time::Timestamp;

wire! {
    /// What remains of a deleted meeting (HT20): counts, times and hashes, nothing that people wrote but its title.
    pub struct DeletionCertificate {
        /// Which meeting.
        pub meeting: MeetingId,
        /// Its title; none if its state could not be read any more.
        pub title: Option<String>,
        /// When its deletion began.
        pub deleted_at: Timestamp,
        /// Why.
        pub reason: DeletionReason,
        /// What was in it; none if its state could not be read any more.
        pub totals: Option<DeletedTotals>,
        /// Entries its log had taken since it was made.
        pub log_entries: Option<Seq>,
        /// Files of posters that went with it.
        pub poster_files: u64,
        /// Their bytes.
        pub poster_files_bytes: u64,
        /// SHA-256 of the state as it last was, in hexadecimal: the same as in its last record and its log.
        pub state_hash: Option<String>,
        /// SHA-256, in hexadecimal, of this body in its compact form with an empty text in this place.
        pub certificate_hash: String,
    }

    /// Why a meeting was deleted.
    #[derive(Copy)]
    #[serde(rename_all = "snake_case")]
    pub enum DeletionReason {
        /// A coordinator or the operator asked for it.
        Asked,
        /// Its keep-until date had passed.
        KeepUntil,
    }

    /// What was in a meeting.
    #[derive(Copy)]
    pub struct DeletedTotals {
        /// People, staff among them.
        pub people: u64,
        /// Teams.
        pub teams: u64,
        /// Notes on all boards, deleted ones among them.
        pub notes: u64,
        /// Posters, withdrawn ones among them.
        pub posters: u64,
        /// Comments on them.
        pub comments: u64,
        /// People who had answered the questionnaire.
        pub answers: u64,
    }

    /// `GET /api/certificates` with the operator's key (HT20), the newest first.
    pub struct DeletionCertificates {
        /// All that this host has.
        pub certificates: Vec<DeletionCertificate>,
    }

    /// `GET /api/information` (HT21): what a municipality files about this host.
    pub struct Information {
        /// The host's name, as links begin with it.
        pub host: String,
        /// The port that has to be open.
        pub port: u16,
        /// Where it stands, if the settings say so.
        pub place: Option<String>,
        /// Who runs it and is to be asked, if the settings say so.
        pub contact: Option<String>,
        /// Whether meetings are kept in memory alone, and go with the program.
        pub in_memory: bool,
        /// The version of the program.
        pub version: String,
    }
}
