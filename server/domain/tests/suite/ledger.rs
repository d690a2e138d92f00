//! The ledger and the standings by themselves, with no meeting around them: what a tool outside relies on.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::ledger::{
    LedgerFault, count, header_hash, last_hash, line_hash, receipt, standings, verify_ledger, write_ledger,
};
use engawa_protocol::{Ledger, PosterId, Tally, TeamId, Timestamp, VoteRules};
use proptest::prelude::*;

const CHOICES_MAX: u32 = 3;
const CANDIDATES: u32 = 6;

fn ledger_of(ballots: &[BTreeSet<u32>]) -> Ledger {
    let rules = VoteRules { choices_max: CHOICES_MAX, ..VoteRules::default() };
    let ballots = (0..).zip(ballots).map(|(voter, choices): (u32, _)| {
        (receipt(b"secret", &format!("person {voter}")), choices.iter().map(|id| PosterId(*id)).collect())
    });
    write_ledger(
        rules,
        (1..=CANDIDATES).map(PosterId).collect(),
        Timestamp(1_700_000_000_000),
        ballots.collect(),
    )
}

fn ballots() -> impl Strategy<Value = Vec<BTreeSet<u32>>> {
    prop::collection::vec(prop::collection::btree_set(1..=CANDIDATES, 1..=CHOICES_MAX as usize), 0..12)
}

/// The hashes as SHA-256 tools give them, e.g.
/// `printf '%s\n%s\n%s\n%s' 'engawa ledger 1' '{"voters":"persons",…}' '1,2' '1700000000000' | sha256sum`.
#[test]
fn hashes_are_as_documented() {
    let rules = VoteRules::default();
    let header = header_hash(&rules, &[PosterId(1), PosterId(2)], Timestamp(1_700_000_000_000));
    assert_eq!(header, HEADER);
    assert_eq!(line_hash(&header, 1, "0123-4567-89AB", &[PosterId(1), PosterId(2)]), LINE);
}
const HEADER: &str = "37e85d5648268988d0caa1a66c3d20c9293d2d33a92c5694724a10f71ccc6d90";
const LINE: &str = "2727f3966cb3a11dbd7eaddb5a7558a060acd61dcdc3ab2ab8b18effdfabdcdb";

/// SHA-256("abc") begins ba7816bf8f01cfea (FIPS 180-4); its first 60 bits in groups of five: 23, 9, 28, 1, 13, …
#[test]
fn a_receipt_is_short_readable_and_ones_own() {
    assert_eq!(receipt(b"a", "bc"), "Q9W1-DFWF-077Y");
    let all: BTreeSet<String> =
        (0..2_000).map(|voter| receipt(b"secret", &format!("person {voter}"))).collect();
    assert_eq!(all.len(), 2_000, "nobody shares a receipt");
    assert_ne!(receipt(b"one vote", "person 1"), receipt(b"another", "person 1"));
    for code in all {
        assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4]);
        assert!(code.chars().all(|c| c == '-' || (c.is_ascii_alphanumeric() && !"ILOU".contains(c))));
    }
}

#[test]
fn a_ledger_of_nobody_is_its_header() {
    let ledger = ledger_of(&[]);
    assert_eq!(last_hash(&ledger), ledger.header_hash);
    let counted = verify_ledger(&ledger, Some(&ledger.header_hash)).unwrap();
    assert_eq!((counted.ballots, counted.choices), (0, 0));
    assert_eq!(counted.tally.values().collect::<Vec<_>>(), [&0; CANDIDATES as usize], "posters nobody chose");
}

#[test]
fn faults_are_named() {
    let good = ledger_of(&[BTreeSet::from([1, 2]), BTreeSet::from([3])]);
    let fault = |alter: &dyn Fn(&mut Ledger)| {
        let mut ledger = good.clone();
        alter(&mut ledger);
        verify_ledger(&ledger, Some(last_hash(&good))).unwrap_err()
    };
    assert_eq!(fault(&|l| l.rules.choices_max = 9), LedgerFault::Header);
    assert_eq!(fault(&|l| l.closed_at = Timestamp(1)), LedgerFault::Header);
    assert_eq!(fault(&|l| l.candidates.push(PosterId(99))), LedgerFault::Header);
    assert_eq!(fault(&|l| l.candidates.reverse()), LedgerFault::Candidates);
    assert_eq!(fault(&|l| l.lines[1].number = 7), LedgerFault::Number { line: 2 });
    assert_eq!(fault(&|l| l.lines[1].receipt = l.lines[0].receipt.clone()), LedgerFault::Receipt { line: 2 });
    assert_eq!(fault(&|l| l.lines[0].choices = vec![]), LedgerFault::Choices { line: 1 });
    assert_eq!(fault(&|l| l.lines[0].choices = vec![PosterId(99)]), LedgerFault::Choices { line: 1 });
    assert_eq!(
        fault(&|l| l.lines[0].choices = vec![PosterId(5), PosterId(5)]),
        LedgerFault::Choices { line: 1 }
    );
    assert_eq!(
        fault(&|l| l.lines[0].choices = (1..=4).map(PosterId).collect()),
        LedgerFault::Choices { line: 1 }
    );
    assert_eq!(fault(&|l| l.lines[0].choices = vec![PosterId(6)]), LedgerFault::Hash { line: 1 });
    assert_eq!(fault(&|l| l.lines[1].hash = "0".repeat(64)), LedgerFault::Hash { line: 2 });
    assert_eq!(fault(&|l| drop(l.lines.pop())), LedgerFault::LastHash);
}

/// One alteration of a ledger, of any kind.
#[derive(Debug, Clone)]
enum Alteration {
    Drop(prop::sample::Index),
    Double(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    Choose(prop::sample::Index, BTreeSet<u32>),
    Receipt(prop::sample::Index, u32),
    Hash(prop::sample::Index, u8),
    Renumber(prop::sample::Index, u32),
    Insert(u32, BTreeSet<u32>),
    Candidate(u32),
    Rules(u32),
    ClosedAt(u64),
}

fn alterations() -> impl Strategy<Value = Alteration> {
    let line = any::<prop::sample::Index>;
    let choices = || prop::collection::btree_set(1..=CANDIDATES, 0..=4);
    prop_oneof![
        line().prop_map(Alteration::Drop),
        line().prop_map(Alteration::Double),
        (line(), line()).prop_map(|(a, b)| Alteration::Swap(a, b)),
        (line(), choices()).prop_map(|(at, choices)| Alteration::Choose(at, choices)),
        (line(), any::<u32>()).prop_map(|(at, voter)| Alteration::Receipt(at, voter)),
        (line(), 0..64_u8).prop_map(|(at, digit)| Alteration::Hash(at, digit)),
        (line(), 0..20_u32).prop_map(|(at, number)| Alteration::Renumber(at, number)),
        (any::<u32>(), choices()).prop_map(|(voter, choices)| Alteration::Insert(voter, choices)),
        (1..=CANDIDATES * 2).prop_map(Alteration::Candidate),
        (1..20_u32).prop_map(Alteration::Rules),
        any::<u64>().prop_map(Alteration::ClosedAt),
    ]
}

fn alter(ledger: &mut Ledger, alteration: &Alteration) {
    let posters = |choices: &BTreeSet<u32>| choices.iter().map(|id| PosterId(*id)).collect::<Vec<_>>();
    match alteration {
        Alteration::Insert(voter, choices) => {
            // The cleverest forger: writes all hashes anew behind a ballot of their own making.
            let mut lines: Vec<(String, Vec<PosterId>)> =
                ledger.lines.iter().map(|line| (line.receipt.clone(), line.choices.clone())).collect();
            lines.push((receipt(b"forged", &voter.to_string()), posters(choices)));
            *ledger = write_ledger(ledger.rules, ledger.candidates.clone(), ledger.closed_at, lines);
        }
        Alteration::Candidate(id) => match ledger.candidates.binary_search(&PosterId(*id)) {
            Ok(at) => drop(ledger.candidates.remove(at)),
            Err(at) => ledger.candidates.insert(at, PosterId(*id)),
        },
        Alteration::Rules(max) => ledger.rules.choices_max = *max,
        Alteration::ClosedAt(at) => ledger.closed_at = Timestamp(*at),
        _ if ledger.lines.is_empty() => {}
        Alteration::Drop(at) => drop(ledger.lines.remove(at.index(ledger.lines.len()))),
        Alteration::Double(at) => {
            let at = at.index(ledger.lines.len());
            let line = ledger.lines[at].clone();
            ledger.lines.insert(at, line);
        }
        Alteration::Swap(a, b) => {
            let (a, b) = (a.index(ledger.lines.len()), b.index(ledger.lines.len()));
            ledger.lines.swap(a, b);
        }
        Alteration::Choose(at, choices) => {
            let at = at.index(ledger.lines.len());
            ledger.lines[at].choices = posters(choices);
        }
        Alteration::Receipt(at, voter) => {
            let at = at.index(ledger.lines.len());
            ledger.lines[at].receipt = receipt(b"forged", &voter.to_string());
        }
        Alteration::Hash(at, digit) => {
            let at = at.index(ledger.lines.len());
            let hash = &mut ledger.lines[at].hash;
            let digit = usize::from(*digit);
            let other = if &hash[digit..=digit] == "0" { "1" } else { "0" };
            hash.replace_range(digit..=digit, other);
        }
        Alteration::Renumber(at, number) => {
            let at = at.index(ledger.lines.len());
            ledger.lines[at].number = *number;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_ledger_counts_to_the_sum_of_its_ballots(ballots in ballots()) {
        let ledger = ledger_of(&ballots);
        let counted = verify_ledger(&ledger, Some(last_hash(&ledger))).unwrap();
        let mut expected: Tally = (1..=CANDIDATES).map(|id| (PosterId(id), 0)).collect();
        for id in ballots.iter().flatten() {
            *expected.get_mut(&PosterId(*id)).unwrap() += 1;
        }
        prop_assert_eq!(counted.tally, expected);
        prop_assert_eq!(counted.ballots as usize, ballots.len());
        prop_assert_eq!(counted.choices as usize, ballots.iter().map(BTreeSet::len).sum::<usize>());
    }

    #[test]
    fn a_ledger_survives_its_file(ballots in ballots()) {
        let ledger = ledger_of(&ballots);
        let read: Ledger = serde_json::from_str(&serde_json::to_string(&ledger).unwrap()).unwrap();
        prop_assert_eq!(&read, &ledger);
        prop_assert!(verify_ledger(&read, Some(last_hash(&ledger))).is_ok());
    }

    #[test]
    fn any_alteration_is_seen(ballots in ballots(), alterations in prop::collection::vec(alterations(), 1..4)) {
        let good = ledger_of(&ballots);
        let mut altered = good.clone();
        for alteration in &alterations {
            alter(&mut altered, alteration);
        }
        prop_assume!(altered != good);
        prop_assert!(verify_ledger(&altered, Some(last_hash(&good))).is_err(), "{:?}", alterations);
    }

    /// A poster's place is one more than the number of posters with more votes: the definition, counted out.
    #[test]
    fn places_follow_competition_ranking(votes in prop::collection::vec(0..6_u32, 1..20)) {
        let tally: Tally = (1..).zip(&votes).map(|(id, votes)| (PosterId(id), *votes)).collect();
        let candidates: BTreeMap<PosterId, TeamId> =
            tally.keys().map(|id| (*id, TeamId(id.0 + 100))).collect();
        let standings = standings(&tally, &candidates);
        prop_assert_eq!(standings.len(), votes.len());
        for standing in &standings {
            let own = tally[&standing.poster];
            let better = votes.iter().filter(|votes| **votes > own).count();
            let same = votes.iter().filter(|votes| **votes == own).count();
            prop_assert_eq!(standing.votes, own);
            prop_assert_eq!(standing.place as usize, better + 1);
            prop_assert_eq!(standing.tied, same > 1);
            prop_assert_eq!(standing.team, candidates[&standing.poster]);
        }
        let order: Vec<_> = standings.iter().map(|standing| (standing.place, standing.poster)).collect();
        prop_assert!(order.is_sorted(), "best first, ties by poster");
    }
}

#[test]
fn counting_needs_no_ledger() {
    let counted =
        count(&[PosterId(1)], [vec![PosterId(1)], vec![PosterId(1)]].into_iter().map(Vec::into_iter));
    assert_eq!((counted.ballots, counted.choices, counted.tally[&PosterId(1)]), (2, 2, 2));
}
