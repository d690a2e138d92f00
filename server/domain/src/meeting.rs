//! The aggregate: everything a meeting is. Private areas own their rules; this file only holds them together.

use alloc::string::String;

use engawa_protocol::view::{ActionView, MeetingInfo, PosterFile};
use engawa_protocol::{JoinRule, PosterId, RoundId, RoundPlan, Seq, TeamId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::agenda::Agenda;
use crate::boards::Boards;
use crate::dedupe::Dedupe;
use crate::entry::CreateMeeting;
use crate::erasure::Erasures;
use crate::grouping::History;
use crate::posters::Posters;
use crate::rooms::Rooms;
use crate::roster::Roster;
use crate::series::Series;
use crate::voices::{Announcements, Pulses, Questionnaire};
use crate::vote::Vote;

/// The version of the rules in this crate. Raised when the same entry would give another result.
pub const RULES_VERSION: u16 = 1;

/// Everything a meeting is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    pub(crate) rules_version: u16,
    /// The last entry applied.
    pub(crate) seq: Seq,
    /// The time of the last entry applied.
    pub(crate) at: Timestamp,
    pub(crate) info: MeetingInfo,
    pub(crate) roster: Roster,
    pub(crate) agenda: Agenda,
    pub(crate) rooms: Rooms,
    pub(crate) boards: Boards,
    pub(crate) posters: Posters,
    pub(crate) vote: Vote,
    pub(crate) announcements: Announcements,
    pub(crate) pulses: Pulses,
    pub(crate) questionnaire: Questionnaire,
    #[serde(default, skip_serializing_if = "Series::is_empty")]
    pub(crate) series: Series,
    pub(crate) last_action: Option<ActionView>,
    pub(crate) dedupe: Dedupe,
    /// Whose data have been taken out. Behind the record of commands, because an entry that is refused may still hold a
    /// text of theirs.
    #[serde(default, skip_serializing_if = "Erasures::is_empty")]
    pub(crate) erasures: Erasures,
}

impl Meeting {
    /// The meeting as its first entry makes it.
    pub(crate) fn new(seq: Seq, at: Timestamp, create: &CreateMeeting) -> Self {
        Self {
            rules_version: create.rules_version,
            seq,
            at,
            info: MeetingInfo {
                id: create.meeting,
                title: create.title.clone(),
                language: create.language,
                starts_at: None,
                created_at: at,
                ended_at: None,
                keep_until: create.keep_until,
                join_rule: JoinRule { pick_name: true, join_with_name: true },
                feedback_shared: false,
            },
            roster: Roster::with_coordinator(&create.coordinator),
            agenda: Agenda::default(),
            rooms: Rooms::default(),
            boards: Boards::default(),
            posters: Posters::default(),
            vote: Vote::default(),
            announcements: Announcements::default(),
            pulses: Pulses::default(),
            questionnaire: Questionnaire::default(),
            series: Series::default(),
            last_action: None,
            dedupe: Dedupe::default(),
            erasures: Erasures::default(),
        }
    }

    /// The last entry applied.
    #[must_use]
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    /// The time of the last entry applied.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The meeting as a whole, as everyone sees it.
    #[must_use]
    pub const fn info(&self) -> &MeetingInfo {
        &self.info
    }

    /// Teams, people and links.
    #[must_use]
    pub const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The rounds as they are planned, in order.
    pub fn plans(&self) -> impl Iterator<Item = &RoundPlan> {
        self.agenda.rounds.iter().map(|round| &round.plan)
    }

    /// A round as it is planned.
    #[must_use]
    pub fn plan_of(&self, round: RoundId) -> Option<&RoundPlan> {
        self.agenda.round(round).map(|round| &round.plan)
    }

    /// All posters, withdrawn ones included: number, team and title.
    pub fn posters(&self) -> impl Iterator<Item = (PosterId, TeamId, &str)> {
        self.posters.posters.iter().map(|(id, poster)| (*id, poster.team, poster.title.as_str()))
    }

    /// A team's poster, withdrawn or not: number, title, summary, file.
    #[must_use]
    pub fn poster_of(&self, team: TeamId) -> Option<(PosterId, &str, &str, Option<&PosterFile>)> {
        let id = self.posters.of_team(team)?;
        let poster = self.posters.posters.get(&id)?;
        Some((id, &poster.title, &poster.summary, poster.file.as_ref()))
    }

    /// Whether posters can no longer be added or replaced, because the vote over them has opened.
    #[must_use]
    pub const fn posters_are_frozen(&self) -> bool {
        self.vote.has_opened()
    }

    /// Of how many earlier meetings something is kept.
    #[must_use]
    pub const fn earlier_meetings(&self) -> usize {
        self.series.meetings.len()
    }

    /// Who sat with whom in earlier meetings.
    #[must_use]
    pub fn earlier_history(&self) -> History {
        self.series.history()
    }

    /// Its title.
    #[must_use]
    pub const fn title(&self) -> &String {
        &self.info.title
    }

    /// Whether the vote has closed: entries in front of its close say who voted for what, so that a log which still
    /// holds any behind a snapshot must drop them, also when the node that was about to do so was killed.
    #[must_use]
    pub const fn forgets_its_log(&self) -> bool {
        self.vote.is_closed()
    }
}
