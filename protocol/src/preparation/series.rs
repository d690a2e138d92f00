//! Taking over from an earlier meeting: what is asked for, what would come, what came.

use alloc::string::String;
use alloc::vec::Vec;

use super::PreviewedRow;
use crate::ids::MeetingId;
use crate::rejection::Rejection;
use crate::time::Timestamp;

wire! {
    /// `POST /api/meetings/{meeting}/follow/preview` and `…/follow`: from where, and what. With a coordinator's token of the
    /// meeting that takes over, or the operator's key.
    pub struct FollowRequest {
        /// A coordinator's link of the earlier meeting, or the token in it. May be left out by the operator, who names
        /// the meeting.
        #[serde(default)]
        pub earlier_link: Option<String>,
        /// The earlier meeting; for the operator's key only.
        #[serde(default)]
        pub earlier_meeting: Option<MeetingId>,
        /// What is to come; left out: all of it.
        #[serde(default)]
        pub parts: FollowParts,
    }

    /// What is taken over.
    #[derive(Copy)]
    #[serde(default)]
    pub struct FollowParts {
        /// Teams and people, with prefecture, role and e-mail address.
        pub roster: bool,
        /// Posters with their files.
        pub posters: bool,
        /// Posters that the meeting has already become those of the earlier one.
        pub replace_posters: bool,
        /// Who sat with whom, in the earlier meeting and in those that it has followed itself.
        pub sittings: bool,
        /// The pulse of these meetings.
        pub pulses: bool,
    }

    /// What would come.
    pub struct FollowPreview {
        /// The meetings of which something would be kept, oldest first; the last one is the earlier meeting.
        pub meetings: Vec<FollowedMeeting>,
        /// Teams that the roster would have anew.
        pub teams_added: u32,
        /// The rows of the roster, with what each would do; their lines are counted from 1. Empty if the roster is not
        /// asked for.
        pub rows: Vec<PreviewedRow>,
        /// The posters, in the order of the earlier meeting. Empty if they are not asked for.
        pub posters: Vec<FollowedPoster>,
        /// Rounds in which people sat together.
        pub rounds: u32,
        /// Different pairs of people, both on the roster then, who sat together in any of them; team-mates count.
        pub pairs: u32,
        /// People who sat with somebody and would not be on the roster: nothing is kept of them.
        pub people_unknown: u32,
        /// What somebody should look at.
        pub doubts: Vec<FollowDoubt>,
    }

    /// A meeting of which something would be kept.
    pub struct FollowedMeeting {
        /// Its title.
        pub title: String,
        /// When it was held.
        pub held_at: Timestamp,
        /// Rounds that have a pulse.
        pub pulses: u32,
    }

    /// A poster of the earlier meeting.
    pub struct FollowedPoster {
        /// The team.
        pub team: String,
        /// Its prefecture or region.
        pub region: Option<String>,
        /// The title.
        pub title: String,
        /// What would become of it.
        pub effect: PosterEffect,
    }

    /// What somebody should look at before, or after, it is taken over.
    #[serde(tag = "code", rename_all = "snake_case")]
    pub enum FollowDoubt {
        /// Teams of this name are in several prefectures and it is not said of which this one is: it is left out, with
        /// its people.
        RegionMissing {
            /// The team.
            team: String,
        },
        /// A name in the same team differs in the form of a character only (髙 and 高); both would be on the roster.
        SimilarName {
            /// The team; empty: none.
            team: String,
            /// The name that comes.
            name: String,
            /// The name that is there.
            present: String,
        },
        /// A coordinator of this meeting has another role in the earlier one and stays a coordinator.
        StaysCoordinator {
            /// The name.
            name: String,
        },
        /// The file of a poster is not there any more; its words come without it.
        PosterFileMissing {
            /// The team.
            team: String,
        },
        /// The files of the meeting would take more than they may; words come without their files.
        PosterFilesFull {
            /// The most bytes of all together.
            max_bytes: u64,
        },
        /// The vote has opened: posters are left out.
        PostersFrozen {},
    }

    /// What came. Whatever has come stays, also where something else did not.
    #[derive(Default)]
    pub struct Followed {
        /// People who are on the roster anew, or again.
        pub people_added: u32,
        /// People who have changed.
        pub people_changed: u32,
        /// Posters that are there anew.
        pub posters_added: u32,
        /// Posters that have changed.
        pub posters_changed: u32,
        /// Earlier meetings of which something is kept.
        pub meetings: u32,
        /// Different pairs of people who sat together in them.
        pub pairs: u32,
        /// People who sat with somebody and are not on the roster.
        pub people_unknown: u32,
        /// What somebody should look at.
        pub doubts: Vec<FollowDoubt>,
        /// The first thing that was refused, after which nothing more was tried; left out: all of it came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        pub refused: Option<Rejection>,
    }
}

wire_value! {
    /// What would become of an earlier meeting's poster.
    #[serde(rename_all = "snake_case")]
    pub enum PosterEffect {
        /// It comes anew.
        Adds,
        /// The one that is there becomes it.
        Replaces,
        /// The one that is there is another, and stays (`replace_posters`).
        Stays,
        /// The one that is there is the same.
        Nothing,
        /// The team would not be on the roster: it is left out.
        TeamUnknown,
        /// The vote has opened: it is left out.
        Frozen,
    }
}

impl Default for FollowParts {
    fn default() -> Self {
        Self { roster: true, posters: true, replace_posters: false, sittings: true, pulses: true }
    }
}
