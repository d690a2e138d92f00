//! Rounds → text, in the form that is read again.

use engawa_protocol::limits::COUNTDOWN_MS_DEFAULT;
use engawa_protocol::{AuthorDisplay, BoardTemplate, GroupingRule, RoundKind, RoundPlan};
use toml::Value;

use super::{AUTHORS, BOARDS, KINDS, duration};

/// An agenda as a file.
#[must_use]
pub fn write(title: &str, rounds: &[RoundPlan]) -> String {
    let mut text = format!("title = {}\n", quoted(title));
    for round in rounds {
        text.push_str("\n[[round]]\n");
        let mut line = |key: &str, value: &str| text.push_str(&format!("{key} = {value}\n"));
        line("kind", &quoted(word(&KINDS, round.kind)));
        line("title", &quoted(&round.title));
        if !round.question.is_empty() {
            line("question", &quoted(&round.question));
        }
        if let Some(duration_ms) = round.duration_ms {
            line("duration", &quoted(&duration::write(duration_ms)));
        }
        if round.kind == RoundKind::Dialogue || round.grouping != (GroupingRule::Manual {}) {
            let (way, size) = rooms(round.grouping);
            line("rooms", &quoted(way));
            if let Some(size) = size {
                line("size", &size.to_string());
            }
        }
        if round.kind == RoundKind::Dialogue || round.template != BoardTemplate::Free {
            line("board", &quoted(word(&BOARDS, round.template)));
        }
        if round.kind == RoundKind::Dialogue || round.authors != AuthorDisplay::Shown {
            line("authors", &quoted(word(&AUTHORS, round.authors)));
        }
        if let Some(turn_ms) = round.turn_ms {
            line("turn", &quoted(&duration::write(turn_ms)));
        }
        if round.countdown_ms != COUNTDOWN_MS_DEFAULT {
            line("countdown", &quoted(&duration::write(round.countdown_ms)));
        }
    }
    text
}

fn rooms(rule: GroupingRule) -> (&'static str, Option<u32>) {
    match rule {
        GroupingRule::Team {} => ("team", None),
        GroupingRule::Partners { teams_per_room } => ("partners", Some(teams_per_room)),
        GroupingRule::Mixed { room_size } => ("mixed", Some(room_size)),
        GroupingRule::WorldCafe { table_size } => ("world_cafe", Some(table_size)),
        GroupingRule::Open { rooms } => ("open", Some(rooms)),
        GroupingRule::Manual {} => ("manual", None),
    }
}

fn word<T: Copy + PartialEq>(words: &[(&'static str, T)], meant: T) -> &'static str {
    words.iter().find(|(_, known)| *known == meant).map_or("", |(word, _)| word)
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
