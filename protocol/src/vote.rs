//! The poster vote: rules, what comes out, and the ledger that anyone can recount.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{PosterId, TeamId};
use crate::time::Timestamp;

wire_value! {
    /// Who has a ballot.
    #[serde(rename_all = "snake_case")]
    pub enum Voters {
        /// Each participant one.
        Persons,
        /// Each team one, cast by any of its participants.
        Teams,
    }

    /// Who sees the tally while the vote runs. Turnout is for everyone.
    #[serde(rename_all = "snake_case")]
    pub enum TallyDisplay {
        /// The secretariat alone.
        Secretariat,
        /// Coordinators, facilitators and the secretariat.
        Staff,
        /// Everyone.
        Everyone,
    }

    /// The order in which places are revealed.
    #[serde(tag = "order", rename_all = "snake_case")]
    pub enum RevealOrder {
        /// One place at a time, from the place given up to the first.
        BottomUp {
            /// The place to begin with, from 1.
            from_place: u32,
        },
        /// All places below the third at once, then the third, the second, the first.
        TopThreeLast {},
    }

    /// What publishing the standings tells.
    #[serde(rename_all = "snake_case")]
    pub enum StandingsScope {
        /// Each team its own place.
        OwnPlace,
        /// Everyone all places.
        Everyone,
    }

    /// The rules of the vote, frozen when it opens.
    pub struct VoteRules {
        /// Who has a ballot.
        pub voters: Voters,
        /// How many choices a ballot may hold, 1 to `CHOICES_MAX`.
        pub choices_max: u32,
        /// Whether one's own team's poster may be chosen.
        pub own_team_allowed: bool,
        /// Who sees the tally while the vote runs.
        pub tally_display: TallyDisplay,
        /// When it opens by itself; none: by hand.
        pub opens_at: Option<Timestamp>,
        /// When it closes by itself; none: by hand.
        pub closes_at: Option<Timestamp>,
    }

    /// How many have voted so far.
    #[derive(Default)]
    pub struct Turnout {
        /// People whose ballot is in (or whose team's ballot is in).
        pub persons_voted: u32,
        /// People who may vote.
        pub persons_eligible: u32,
        /// Teams with at least one ballot in.
        pub teams_voted: u32,
        /// Teams that may vote.
        pub teams_eligible: u32,
    }

    /// One poster's place.
    pub struct Standing {
        /// The poster.
        pub poster: PosterId,
        /// The team whose poster it is.
        pub team: TeamId,
        /// Its place by competition ranking (1, 2, 2, 4).
        pub place: u32,
        /// Whether it shares the place.
        pub tied: bool,
        /// Ballots that chose it.
        pub votes: u32,
    }
}

impl Default for VoteRules {
    fn default() -> Self {
        Self {
            voters: Voters::Persons,
            choices_max: 3,
            own_team_allowed: false,
            tally_display: TallyDisplay::Secretariat,
            opens_at: None,
            closes_at: None,
        }
    }
}

/// Votes per poster. Posters without a vote are in it with 0.
pub type Tally = BTreeMap<PosterId, u32>;

wire! {
    /// What a recount found.
    pub struct Recount {
        /// When it was made.
        pub at: Timestamp,
        /// Ballots counted.
        pub ballots: u32,
        /// Choices counted.
        pub choices: u32,
        /// Whether the tally that is shown equals the one counted anew.
        pub matches: bool,
    }

    /// One line of the ledger: one ballot, under a pseudonym that only its voter knows.
    ///
    /// `hash` = lower-case hex of SHA-256 over the UTF-8 text
    /// `{previous hash}\n{number}\n{receipt}\n{choices, ascending, joined by ','}`; the previous hash of the first
    /// line is that of the ledger's header (SPEC VT9).
    pub struct LedgerLine {
        /// Its number, dense from 1, in the order of receipts (not of casting).
        pub number: u32,
        /// The voter's receipt.
        pub receipt: String,
        /// The posters chosen, ascending.
        pub choices: Vec<PosterId>,
        /// The hash that chains this line to all before it.
        pub hash: String,
    }

    /// All ballots of a closed vote.
    pub struct Ledger {
        /// Hash of the header: lower-case hex of SHA-256 over the UTF-8 text
        /// `{rules as JSON}\n{candidates, ascending, joined by ','}\n{closed_at in ms}`; the JSON is that of `rules` here
        /// without white space (SPEC VT9).
        pub header_hash: String,
        /// The rules.
        pub rules: VoteRules,
        /// The posters that could be chosen, ascending.
        pub candidates: Vec<PosterId>,
        /// When the vote closed.
        pub closed_at: Timestamp,
        /// The ballots.
        pub lines: Vec<LedgerLine>,
    }
}
