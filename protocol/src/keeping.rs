//! What a host keeps, where, and what remains of a deleted meeting: bodies of the HTTP API.

use alloc::string::String;
use alloc::vec::Vec;

use crate::command::ErasedTexts;
use crate::ids::{MeetingId, PersonId};
use crate::position::Seq;
use crate::time::Timestamp;

wire! {
    /// What remains of a deleted meeting (HT40): counts, times and hashes, nothing that people wrote but its title.
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
        /// The certificates of people whose data had been taken out of it before, oldest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<ErasureCertificate>>", optional))]
        pub erasures: Vec<ErasureCertificate>,
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

    /// `GET /api/certificates` with the operator's key (HT40), the newest first.
    pub struct DeletionCertificates {
        /// All that this host has.
        pub certificates: Vec<DeletionCertificate>,
    }

    /// How much somebody had written.
    #[derive(Copy, Default)]
    pub struct WrittenTotals {
        /// Notes on all boards, copies on the plenary board among them.
        pub notes: u64,
        /// Comments on posters.
        pub comments: u64,
        /// Announcements.
        pub announcements: u64,
        /// Pulses, one for each round in which they gave one.
        pub pulses: u64,
        /// Answers to questions of the questionnaire.
        pub answers: u64,
    }

    /// What remains of somebody whose data were taken out of a meeting (HT42): counts and times, no name and nothing that
    /// they wrote.
    pub struct ErasureCertificate {
        /// Out of which meeting.
        pub meeting: MeetingId,
        /// Its title at that time.
        pub title: String,
        /// The number they had in it; it is nobody's any more, and never will be anybody's.
        pub person: PersonId,
        /// When.
        pub erased_at: Timestamp,
        /// With which entry of the log. It and all before it are gone from the log.
        pub seq: Seq,
        /// What was asked for with regard to what they wrote.
        pub texts: ErasedTexts,
        /// What stays without an author: texts as they stood, pulses and answers in counts and among the answers of all.
        pub kept: WrittenTotals,
        /// What went: with `kept` what they had taken back themselves.
        pub removed: WrittenTotals,
        /// Marks of empathy and interest that went.
        pub marks: u64,
        /// Stays in rooms, with their times, that went.
        pub stays: u64,
        /// Ballots taken out of a vote that was open: 1 or 0. Nothing leads to one that is counted.
        pub ballots: u64,
        /// SHA-256, in hexadecimal, of this body in its compact form with an empty text in this place.
        pub certificate_hash: String,
    }

    /// `GET /api/meetings/{meeting}/erasures` (HT42), oldest first.
    pub struct ErasureCertificates {
        /// All of the meeting.
        pub certificates: Vec<ErasureCertificate>,
    }

    /// `GET /api/information` (HT41): what a municipality files about this host.
    pub struct Information {
        /// The host's name, as links begin with it.
        pub host: String,
        /// The port that has to be open.
        pub port: u16,
        /// Where it stands, if the settings say so.
        pub place: Option<String>,
        /// Who runs it and is to be asked, if the settings say so.
        pub contact: Option<String>,
        /// For how many days a meeting is kept unless somebody says another day; none if there is no such rule.
        pub keep_days: Option<u32>,
        /// Whether meetings are kept in memory alone, and go with the program.
        pub in_memory: bool,
        /// The version of the program.
        pub version: String,
    }
}
