//! How much a meeting holds: counts and nothing of their content, for what remains when it is deleted. Reads the
//! state; must not know who may see what is counted.

use serde::{Deserialize, Serialize};

use crate::meeting::Meeting;

/// How much a meeting holds. What has been taken back (deleted notes, withdrawn posters) is counted as long as the state
/// still has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// People, staff among them.
    pub people: u64,
    /// Teams.
    pub teams: u64,
    /// Notes on all boards.
    pub notes: u64,
    /// Posters.
    pub posters: u64,
    /// Comments on them.
    pub comments: u64,
    /// People who have answered the questionnaire.
    pub answers: u64,
}

impl Totals {
    /// Counts.
    #[must_use]
    pub fn of(meeting: &Meeting) -> Self {
        let count = |size: usize| size as u64;
        let notes = meeting.boards.boards.values().map(|board| count(board.notes.len())).sum();
        let comments = meeting.posters.posters.values().map(|poster| count(poster.comments.len())).sum();
        Self {
            people: count(meeting.roster.people.len()),
            teams: count(meeting.roster.teams.len()),
            notes,
            posters: count(meeting.posters.posters.len()),
            comments,
            answers: count(meeting.questionnaire.answers.len()),
        }
    }
}
