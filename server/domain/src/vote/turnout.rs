//! Who may vote and who has: counted over the roster, and kept along ballot by ballot.

use alloc::collections::BTreeMap;

use engawa_protocol::view::TeamTurnout;
use engawa_protocol::{PersonId, TeamId, Turnout, Voters};
use serde::{Deserialize, Serialize};

use super::{Vote, Voter};
use crate::roster::Roster;

/// Turnout of all and of each team. A team without anybody who may vote is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Turnouts {
    pub(super) all: Turnout,
    pub(super) teams: BTreeMap<TeamId, TeamTurnout>,
}

impl Turnouts {
    /// Counts over the whole roster.
    pub(super) fn count(vote: &Vote, roster: &Roster, has_voted: impl Fn(Voter) -> bool) -> Self {
        let mut turnouts = Self::default();
        for (id, person) in roster.present_or_not() {
            let Some(voter) = vote.voter(id, person.role, person.team) else { continue };
            let voted = u32::from(has_voted(voter));
            turnouts.all.persons_eligible += 1;
            turnouts.all.persons_voted += voted;
            if let Some(team) = person.team {
                let team = turnouts.teams.entry(team).or_default();
                team.eligible += 1;
                team.voted += voted;
            }
        }
        turnouts.sum_teams();
        turnouts
    }

    /// Follows one ballot that came in (or went): returns the team whose turnout it changed.
    pub(super) fn follow(
        &mut self,
        vote: Voters,
        roster: &Roster,
        person: PersonId,
        came: bool,
    ) -> Option<TeamId> {
        let team = roster.person(person).and_then(|person| person.team);
        let entry = team.and_then(|team| self.teams.get_mut(&team));
        let people = match (vote, &entry) {
            (Voters::Persons, _) => 1,
            (Voters::Teams, Some(entry)) => entry.eligible,
            (Voters::Teams, None) => 0,
        };
        let moved = |count: u32, by: u32| if came { count + by } else { count.saturating_sub(by) };
        self.all.persons_voted = moved(self.all.persons_voted, people);
        if let Some(entry) = entry {
            let before = entry.voted > 0;
            entry.voted = moved(entry.voted, people);
            if before != (entry.voted > 0) {
                self.all.teams_voted = moved(self.all.teams_voted, 1);
            }
        }
        team
    }

    fn sum_teams(&mut self) {
        for team in self.teams.values() {
            self.all.teams_eligible += 1;
            self.all.teams_voted += u32::from(team.voted > 0);
        }
    }
}
