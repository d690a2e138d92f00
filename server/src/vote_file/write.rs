//! Writing the file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use engawa_domain::ledger::{count, last_hash, standings};
use engawa_protocol::{Ledger, PosterId, Tally, TeamId, codec};

use super::FIRST_LINE;

/// What a poster is called. No hash covers it: the ballots name posters by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PosterName {
    /// The team.
    pub team: String,
    /// The title.
    pub title: String,
}

/// How to read the file, for whoever opens it.
const HINTS: &str = "\
# 投票のすべての票です。票は名前ではなく受領番号で載っています。自分の番号は、自分だけが知っています。
# 確かめ方: engawa verify-vote このファイル。または vote-file.md にある短いプログラム。
# All ballots of a vote, under receipts instead of names. To check it: engawa verify-vote FILE, or the short program in
# vote-file.md.
";

/// Places by competition ranking (1, 2, 2, 4), best first: place, votes, poster.
pub(super) fn places(tally: &Tally) -> Vec<(u32, u32, PosterId)> {
    let candidates: BTreeMap<PosterId, TeamId> = tally.keys().map(|poster| (*poster, TeamId(0))).collect();
    standings(tally, &candidates)
        .iter()
        .map(|standing| (standing.place, standing.votes, standing.poster))
        .collect()
}

/// Writes a ledger as a file.
#[must_use]
pub fn write(title: &str, ledger: &Ledger, names: &BTreeMap<PosterId, PosterName>) -> String {
    let mut text = String::new();
    // Writing to a text cannot fail; nor can writing rules, which are numbers and names, as JSON.
    let _ = writeln!(text, "{FIRST_LINE}\n# {}\n{HINTS}", on_one_line(title));
    let _ = writeln!(text, "rules {}", codec::to_string(&ledger.rules).unwrap_or_default());
    let _ = writeln!(text, "candidates {}", joined(&ledger.candidates));
    let _ = writeln!(text, "closed_at {}", ledger.closed_at.0);
    let _ = writeln!(text, "header {}\n", ledger.header_hash);
    for (poster, name) in names.iter().filter(|(poster, _)| ledger.candidates.contains(poster)) {
        let _ = writeln!(text, "# {poster}: {}「{}」", on_one_line(&name.team), on_one_line(&name.title));
    }
    let _ = writeln!(
        text,
        "\n# ballot 番号 受領番号 選んだポスター 連鎖の値 / number, receipt, posters chosen, hash"
    );
    for line in &ledger.lines {
        let choices = joined(&line.choices);
        let _ = writeln!(text, "ballot {} {} {choices} {}", line.number, line.receipt, line.hash);
    }
    let _ = writeln!(text, "ballots {}\nlast {}", ledger.lines.len(), last_hash(ledger));
    let _ = writeln!(text, "\n# place 順位 票数 ポスター / place, votes, poster");
    let ballots = ledger.lines.iter().map(|line| line.choices.iter().copied());
    for (place, votes, poster) in places(&count(&ledger.candidates, ballots).tally) {
        let _ = writeln!(text, "place {place} {votes} {poster}");
    }
    text
}

fn joined(posters: &[PosterId]) -> String {
    posters.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn on_one_line(text: &str) -> String {
    text.split(char::is_control).collect::<Vec<_>>().join(" ")
}
