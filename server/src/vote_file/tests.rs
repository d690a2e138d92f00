//! Every kind of alteration is found and called by its name.

use std::collections::BTreeMap;

use engawa_domain::ledger::{LedgerFault, last_hash, write_ledger};
use engawa_protocol::{PosterId, Timestamp, VoteRules};

use super::*;

fn ids(ids: &[u32]) -> Vec<PosterId> {
    ids.iter().copied().map(PosterId).collect()
}

fn written() -> (String, String) {
    let ballots = vec![
        ("7ZZZ-0000-0001".to_owned(), ids(&[1, 3])),
        ("0ABC-0000-0002".to_owned(), ids(&[3])),
        ("3DEF-0000-0003".to_owned(), ids(&[1, 2, 4])),
    ];
    let ledger =
        write_ledger(VoteRules::default(), ids(&[1, 2, 3, 4]), Timestamp(1_795_845_910_999), ballots);
    let name = |team: &str| PosterName { team: team.into(), title: "一年の\n歩み".into() };
    let names = BTreeMap::from([(PosterId(1), name("弘前市")), (PosterId(3), name("甲府市"))]);
    (write("第4回研究会", &ledger, &names), last_hash(&ledger).to_owned())
}

fn fault(text: &str) -> VoteFault {
    verify(&read(text).unwrap(), None).unwrap_err()
}

#[test]
fn vt9_a_file_comes_back_and_counts() {
    let (text, hash) = written();
    let file = read(&text).unwrap();
    let count = verify(&file, Some(&hash)).unwrap();
    assert_eq!((count.ballots, count.choices), (3, 6));
    let places = [(1, 2, 1), (1, 2, 3), (3, 1, 2), (3, 1, 4)];
    assert_eq!(file.places, places.map(|(place, votes, poster)| (place, votes, PosterId(poster))));
    let excel = format!("\u{FEFF}{}", text.replace('\n', "\r\n"));
    assert_eq!(read(&excel).unwrap(), file, "an editor's line ends and mark change nothing");
    assert!(text.contains("# 1: 弘前市「一年の 歩み」"));
}

#[test]
fn vt9_every_alteration_is_called_by_its_name() {
    let (text, _) = written();
    let ballot =
        |number: u32| text.lines().find(|line| line.starts_with(&format!("ballot {number} "))).unwrap();
    let swap = |from: &str, to: &str| {
        let altered = text.replace(from, to);
        assert_ne!(altered, text, "{from}");
        fault(&altered)
    };
    let ledger = VoteFault::Ledger;
    assert_eq!(swap("\"choices_max\":3", "\"choices_max\":4"), ledger(LedgerFault::Header));
    assert_eq!(swap("rules {\"", "rules { \""), ledger(LedgerFault::Header), "the same rules, another text");
    assert_eq!(swap("candidates 1,2,3,4", "candidates 1,2,3,4,5"), ledger(LedgerFault::Header));
    assert_eq!(swap("candidates 1,2,3,4", "candidates 1,3,2,4"), ledger(LedgerFault::Candidates));
    assert_eq!(swap("closed_at 1795845910999", "closed_at 1795845910998"), ledger(LedgerFault::Header));
    assert_eq!(swap("0ABC-0000-0002 3 ", "0ABC-0000-0002 1 "), ledger(LedgerFault::Hash { line: 1 }));
    assert_eq!(swap("0ABC-0000-0002", "0ABD-0000-0002"), ledger(LedgerFault::Hash { line: 1 }));
    assert_eq!(
        swap("3DEF-0000-0003 1,2,4", "3DEF-0000-0003 1,2,3,4"),
        ledger(LedgerFault::Choices { line: 2 })
    );
    assert_eq!(swap("3DEF-0000-0003 1,2,4", "3DEF-0000-0003 1,9"), ledger(LedgerFault::Choices { line: 2 }));
    let (first, second, third) = (ballot(1), ballot(2), ballot(3));
    assert_eq!(swap(&format!("{second}\n"), ""), ledger(LedgerFault::Number { line: 2 }));
    assert_eq!(swap(second, &format!("{second}\n{second}")), ledger(LedgerFault::Number { line: 3 }));
    let twice = first.replacen("ballot 1", "ballot 2", 1);
    assert_eq!(swap(second, &twice), ledger(LedgerFault::Receipt { line: 2 }));
    assert_eq!(swap(&format!("{third}\n"), ""), VoteFault::Ballots { told: 3, counted: 2 });
    let cut = text.replace(&format!("{third}\n"), "").replace("ballots 3", "ballots 2");
    assert_eq!(fault(&cut), VoteFault::LastLine);
    assert_eq!(swap("place 3 1 2", "place 3 2 2"), VoteFault::Places);
    assert_eq!(swap("place 3 1 2\n", ""), VoteFault::Places);
}

#[test]
fn vt9_a_file_written_anew_is_found_by_the_published_hash() {
    let (text, hash) = written();
    let file = read(&text).unwrap();
    let other = write_ledger(
        file.ledger.rules,
        file.ledger.candidates.clone(),
        file.ledger.closed_at,
        vec![("0ABC-0000-0002".to_owned(), ids(&[4]))],
    );
    let forged = read(&write("第4回研究会", &other, &BTreeMap::new())).unwrap();
    assert!(verify(&forged, None).is_ok(), "by itself it holds");
    assert_eq!(verify(&forged, Some(&hash)), Err(VoteFault::Ledger(LedgerFault::LastHash)));
}

#[test]
fn what_is_no_vote_file_is_said_by_line() {
    assert_eq!(read(""), Err(ReadError::NotAVoteFile));
    assert_eq!(read("a,b,c\n"), Err(ReadError::NotAVoteFile));
    assert_eq!(read("engawa vote file 1\n"), Err(ReadError::Short { expected: "rules" }));
    let (text, _) = written();
    let line = 1 + text.lines().position(|line| line.starts_with("ballot 2")).unwrap();
    let broken = text.replace("3DEF-0000-0003 1,2,4", "3DEF-0000-0003 eins");
    assert_eq!(read(&broken), Err(ReadError::Line { line, expected: "ballot" }));
    let short = text.split("ballots 3").next().unwrap();
    assert_eq!(read(short), Err(ReadError::Short { expected: "ballots" }));
}
