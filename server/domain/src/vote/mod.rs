//! The poster vote: rules, ballots, tally, ledger, reveal. Owns who has a ballot and what may be on it; must not
//! know rooms or boards. Of posters it knows which stand in the gallery when it opens, of the roster who takes part.
//!
//! Choices that the task leaves open, decided here:
//! - A ballot whose voter may not vote any more (removed, another role, a team without participants) is taken out
//!   while the vote is open. So is the ballot of a person who comes into the team of a poster they chose, where one's
//!   own team may not be chosen: a ballot is a whole, it is never altered by anyone but its voter. They can cast anew.
//! - A team's ballot stays with the team when the person who cast it leaves.
//! - After the close nothing of the vote follows the roster any more: tally, turnout and who has voted are frozen.
//! - Whoever saw the tally while the vote ran goes on seeing it, as it was at the close.
//! - A timed opening that finds no poster, or finds its closing time past, drops those times instead of opening.
//! - The office sees turnout by team while the secretariat sees the tally move: who watches both can guess a ballot from
//!   the moment it came in. That lies in tallying live, and the contract asks for both.
//! - A ballot that reaches the log at or after `closes_at` is late, whether or not the closing stands there yet.

mod change;
mod decide;
mod evolve;
mod forget;
mod project;
mod reveal;
mod samples;
mod turnout;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::hash::sha256;
use engawa_protocol::view::BallotView;
use engawa_protocol::{
    Ledger, PersonId, PosterId, Recount, RevealOrder, Role, Standing, Tally, TeamId, Timestamp, VoteRules,
    Voters,
};
use serde::{Deserialize, Serialize};

use crate::entry::{Entropy, SystemInput};
use crate::ledger;
use crate::meeting::Meeting;
use crate::roster::Roster;

pub(crate) use change::Change;
pub(crate) use decide::*;
pub(crate) use evolve::evolve;
pub(crate) use forget::*;
pub(crate) use project::*;
use samples::Samples;
use turnout::Turnouts;

/// The vote. A meeting has one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Vote {
    rules: VoteRules,
    phase: Phase,
}

/// Where the vote stands, with what there is then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    /// Rules and posters can still change.
    #[default]
    Drafted,
    /// Ballots are taken.
    Open(Open),
    /// Nothing changes it any more.
    Closed(Closed),
}

/// What there is while ballots are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    opened_at: Timestamp,
    secret: Secret,
    /// The posters that can be chosen, with their teams.
    candidates: BTreeMap<PosterId, TeamId>,
    ballots: BTreeMap<Voter, Choices>,
    /// Always the sum of the ballots; kept along so that a ballot costs its own length, not everybody's.
    tally: Tally,
    /// Always what counting over the roster gives; kept along for the same reason.
    turnouts: Turnouts,
    /// Turnout over time.
    #[serde(default)]
    samples: Samples,
    recount: Option<Recount>,
}

/// What is left when the vote has closed: no secret, and nothing that leads from a voter to choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Closed {
    opened_at: Timestamp,
    candidates: BTreeMap<PosterId, TeamId>,
    /// Who has voted; of what, nobody knows any more.
    voted: BTreeSet<Voter>,
    ledger: Ledger,
    tally: Tally,
    turnouts: Turnouts,
    #[serde(default)]
    samples: Samples,
    recount: Option<Recount>,
    reveal: Option<Reveal>,
    published: Published,
}

/// The number of a person, or of a team where teams vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Voter(u32);

/// The posters on a ballot.
type Choices = BTreeSet<PosterId>;

/// What makes receipts; drawn when the vote opens, dropped when it closes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Secret([u8; 32]);

/// How far the reveal has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Reveal {
    order: RevealOrder,
    /// Steps made.
    done: u32,
}

/// Who has been told the standings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Published {
    /// Only the secretariat.
    Nothing,
    /// Each team its own place.
    OwnPlaces,
    /// Everyone all places.
    Everyone,
}

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// The secret of a vote that opens with this chance. A hash and not the domain's generator, which can be
    /// computed backwards; the receipt of one voter must not lead to those of others.
    fn draw(entropy: Entropy) -> Self {
        let [high, low] = entropy.0;
        Self(sha256(&[b"engawa vote secret", &high.to_be_bytes(), &low.to_be_bytes()]))
    }
}

impl Vote {
    /// Whether the vote has closed.
    pub(crate) const fn is_closed(&self) -> bool {
        match self.phase {
            Phase::Drafted | Phase::Open(_) => false,
            Phase::Closed(_) => true,
        }
    }

    /// Whether the vote has opened, be it closed again or not: from then on posters and rules are frozen.
    pub(crate) const fn has_opened(&self) -> bool {
        match self.phase {
            Phase::Drafted => false,
            Phase::Open(_) | Phase::Closed(_) => true,
        }
    }

    /// Under which number somebody of this role and team votes; none when they have no ballot.
    fn voter(&self, person: PersonId, role: Role, team: Option<TeamId>) -> Option<Voter> {
        if role != Role::Participant {
            return None;
        }
        match self.rules.voters {
            Voters::Persons => Some(Voter(person.0)),
            Voters::Teams => team.map(|team| Voter(team.0)),
        }
    }

    /// Under which number a person of the roster votes.
    fn voter_of(&self, roster: &Roster, id: PersonId) -> Option<Voter> {
        let person = roster.person(id)?;
        self.voter(id, person.role, person.team)
    }
}

impl Open {
    /// The receipt of a voter.
    fn receipt(&self, voters: Voters, voter: Voter) -> String {
        let voter = match voters {
            Voters::Persons => format!("person {}", voter.0),
            Voters::Teams => format!("team {}", voter.0),
        };
        ledger::receipt(&self.secret.0, &voter)
    }

    /// A voter's ballot as they see it.
    fn ballot_view(&self, voters: Voters, voter: Voter) -> Option<BallotView> {
        let choices = self.ballots.get(&voter)?.iter().copied().collect();
        Some(BallotView { choices, receipt: self.receipt(voters, voter) })
    }

    /// Puts a ballot in, in place of the voter's earlier one. Returns the earlier one.
    fn put(&mut self, voter: Voter, choices: Choices) -> Option<Choices> {
        for poster in &choices {
            *self.tally.entry(*poster).or_default() += 1;
        }
        let earlier = self.ballots.insert(voter, choices);
        self.uncount(earlier.as_ref());
        earlier
    }

    /// Takes a voter's ballot out.
    fn take_out(&mut self, voter: Voter) -> Option<Choices> {
        let taken = self.ballots.remove(&voter);
        self.uncount(taken.as_ref());
        taken
    }

    fn uncount(&mut self, choices: Option<&Choices>) {
        for poster in choices.into_iter().flatten() {
            if let Some(votes) = self.tally.get_mut(poster) {
                *votes -= 1;
            }
        }
    }
}

impl Closed {
    /// All places, best first.
    fn standings(&self) -> Vec<Standing> {
        ledger::standings(&self.tally, &self.candidates)
    }
}

impl Meeting {
    /// The ledger of the vote, once it has closed: what the secretariat may publish. It names nobody.
    #[must_use]
    pub const fn ledger(&self) -> Option<&Ledger> {
        match &self.vote.phase {
            Phase::Closed(closed) => Some(&closed.ledger),
            Phase::Drafted | Phase::Open(_) => None,
        }
    }
}

/// The next moment at which the vote opens or closes by itself.
pub(crate) fn next_deadline(m: &Meeting) -> Option<(Timestamp, SystemInput)> {
    let rules = &m.vote.rules;
    match m.vote.phase {
        Phase::Drafted if m.info.ended_at.is_some() => None,
        Phase::Drafted => rules.opens_at.map(|deadline| (deadline, SystemInput::OpenVoteOnTime { deadline })),
        Phase::Open(_) => {
            rules.closes_at.map(|deadline| (deadline, SystemInput::CloseVoteOnTime { deadline }))
        }
        Phase::Closed(_) => None,
    }
}
