//! Counts ballots anew, without the domain: the tally, the places, and the ledger's hash as VT9 describes it.

use std::collections::{BTreeMap, BTreeSet};

use engawa_protocol::hash::{hex, sha256};
use engawa_protocol::{PosterId, Standing, Tally, TeamId, Timestamp, VoteRules};

/// Votes per candidate, those without a vote included.
pub(crate) fn tally_of<'a>(
    candidates: impl IntoIterator<Item = PosterId>,
    ballots: impl IntoIterator<Item = &'a BTreeSet<PosterId>>,
) -> Tally {
    let mut tally: Tally = candidates.into_iter().map(|poster| (poster, 0)).collect();
    for choice in ballots.into_iter().flatten() {
        *tally.entry(*choice).or_default() += 1;
    }
    tally
}

/// VT6: places by competition ranking, best first, those that share a place by poster.
pub(crate) fn standings(tally: &Tally, teams: &BTreeMap<PosterId, TeamId>) -> Vec<Standing> {
    let mut standings: Vec<Standing> = tally
        .iter()
        .map(|(poster, votes)| Standing {
            poster: *poster,
            team: teams.get(poster).copied().unwrap_or(TeamId(0)),
            place: 1 + u32::try_from(tally.values().filter(|other| *other > votes).count())
                .unwrap_or(u32::MAX),
            tied: tally.values().filter(|other| *other == votes).count() > 1,
            votes: *votes,
        })
        .collect();
    standings.sort_by_key(|standing| (standing.place, standing.poster));
    standings
}

/// What a ledger is made of.
#[derive(Debug)]
pub(crate) struct LedgerPart<'a> {
    /// The rules.
    pub(crate) rules: &'a VoteRules,
    /// The candidates, ascending.
    pub(crate) candidates: &'a [PosterId],
    /// When the vote closed.
    pub(crate) closed_at: Timestamp,
    /// Each ballot by its receipt.
    pub(crate) ballots: &'a BTreeMap<String, Vec<PosterId>>,
}

/// VT9: the hash of the ledger's last line.
pub(crate) fn ledger_hash(part: &LedgerPart<'_>) -> Result<String, serde_json::Error> {
    let rules = serde_json::to_string(part.rules)?;
    let header = format!("engawa ledger 1\n{rules}\n{}\n{}", joined(part.candidates), part.closed_at.0);
    let mut last = digest(&header);
    for (index, (receipt, choices)) in part.ballots.iter().enumerate() {
        last = digest(&format!("{last}\n{}\n{receipt}\n{}", index + 1, joined(choices)));
    }
    Ok(last)
}

fn digest(text: &str) -> String {
    hex(&sha256(&[text.as_bytes()]))
}

fn joined(posters: &[PosterId]) -> String {
    posters.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vt6_places_are_those_of_competition_ranking() {
        let ballots = [[1, 2], [1, 3], [2, 4]].map(|ballot| ballot.map(PosterId).into_iter().collect());
        let tally = tally_of((1..=5).map(PosterId), &ballots);
        let teams = (1..=5).map(|id| (PosterId(id), TeamId(id * 10))).collect();
        let found: Vec<_> = standings(&tally, &teams)
            .iter()
            .map(|s| (s.poster.0, s.team.0, s.place, s.tied, s.votes))
            .collect();
        assert_eq!(
            found,
            [
                (1, 10, 1, true, 2),
                (2, 20, 1, true, 2),
                (3, 30, 3, true, 1),
                (4, 40, 3, true, 1),
                (5, 50, 5, false, 0)
            ]
        );
    }

    #[test]
    fn vt9_every_part_of_the_ledger_changes_its_hash() {
        let rules = VoteRules::default();
        let other_rules = VoteRules { choices_max: 4, ..rules };
        let candidates = [PosterId(1), PosterId(2)];
        let ballots = BTreeMap::from([("AAAA-AAAA-AAAA".to_owned(), vec![PosterId(1)])]);
        let other = BTreeMap::from([("AAAA-AAAA-AAAA".to_owned(), vec![PosterId(2)])]);
        let empty = BTreeMap::new();
        let hash = |rules, candidates, at, ballots| {
            ledger_hash(&LedgerPart { rules, candidates, closed_at: Timestamp(at), ballots }).unwrap()
        };
        let hashes = BTreeSet::from([
            hash(&rules, &candidates, 1, &ballots),
            hash(&other_rules, &candidates, 1, &ballots),
            hash(&rules, &candidates[..1], 1, &ballots),
            hash(&rules, &candidates, 2, &ballots),
            hash(&rules, &candidates, 1, &other),
            hash(&rules, &candidates, 1, &empty),
        ]);
        assert_eq!(hashes.len(), 6);
        assert!(hashes.iter().all(|hash| hash.len() == 64));
    }
}
