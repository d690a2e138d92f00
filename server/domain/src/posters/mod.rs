//! Posters: the gallery, marks of interest, comments, and when teams may read what was left for them. Owns what
//! stands in the gallery; must not know ballots, only whether the vote has opened.

mod change;
mod decide;
mod erase;
mod evolve;
mod project;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use engawa_protocol::view::PosterFile;
use engawa_protocol::{CommentId, PersonId, PosterId, TeamId, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use change::Change;
pub(crate) use decide::*;
pub(crate) use erase::erase_person;
pub(crate) use evolve::evolve;
pub(crate) use project::*;

/// All posters, withdrawn ones included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Posters {
    pub(crate) posters: BTreeMap<PosterId, Poster>,
    pub(crate) last_poster: u32,
    pub(crate) last_comment: u32,
}

/// A poster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Poster {
    pub(crate) team: TeamId,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) file: Option<PosterFile>,
    pub(crate) withdrawn: bool,
    /// Who marked it as interesting; also people who have been removed since, for their mark was given.
    pub(crate) interested: BTreeSet<PersonId>,
    pub(crate) comments: BTreeMap<CommentId, Comment>,
}

/// A comment on a poster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) author: PersonId,
    pub(crate) text: String,
    pub(crate) at: Timestamp,
}

impl Posters {
    /// The poster of a team, be it withdrawn or not. A team has one.
    pub(crate) fn of_team(&self, team: TeamId) -> Option<PosterId> {
        self.posters.iter().find(|(_, poster)| poster.team == team).map(|(id, _)| *id)
    }

    /// The posters in the gallery with their teams: what a vote that opens now is over.
    pub(crate) fn shown(&self) -> impl Iterator<Item = (PosterId, TeamId)> {
        self.posters.iter().filter(|(_, poster)| !poster.withdrawn).map(|(id, poster)| (*id, poster.team))
    }
}

impl Poster {
    /// How many marked it as interesting.
    fn interested_count(&self) -> u32 {
        u32::try_from(self.interested.len()).unwrap_or(u32::MAX)
    }
}
