//! Text → rounds, or everything that is wrong with it by line and character.

use std::ops::Range;

use engawa_protocol::limits::{
    AGENDA_FILE_BYTES_MAX, COUNTDOWN_MS_DEFAULT, COUNTDOWN_MS_MAX, QUESTION_GRAPHEMES_MAX, ROUND_MS_MAX,
    ROUNDS_MAX, TITLE_GRAPHEMES_MAX, TURN_MS_MAX,
};
use engawa_protocol::preparation::{AgendaProblem, AgendaProblemKind as Kind, AgendaReading};
use engawa_protocol::text::{graphemes, is_blank};
use engawa_protocol::{AuthorDisplay, BoardTemplate, GroupingRule, RoundKind, RoundPlan};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{AUTHORS, BOARDS, KEYS, KINDS, ROOMS, duration};
use crate::files::text::decode;

/// Sizes of rooms as the meeting takes them.
const TEAMS_PER_ROOM: (u64, u64) = (2, 10);
const PEOPLE_PER_ROOM: (u64, u64) = (2, 50);
const OPEN_ROOMS: (u64, u64) = (1, 500);
/// Unless the file says otherwise.
const USUAL_ROOM: u64 = 6;
const USUAL_PARTNERS: u64 = 3;
const USUAL_OPEN_ROOMS: u64 = 10;
/// Problems that are told; more help nobody.
const PROBLEMS_MAX: usize = 50;

/// Reads an agenda's file.
#[must_use]
pub fn read(bytes: &[u8]) -> AgendaReading {
    let at_start =
        |what| AgendaReading::Refused { problems: vec![AgendaProblem { line: 1, column: 1, what }] };
    if bytes.len() as u64 > AGENDA_FILE_BYTES_MAX {
        return at_start(Kind::FileTooLarge { max_bytes: AGENDA_FILE_BYTES_MAX });
    }
    // TOML is UTF-8; a file that an old editor has saved as CP932 says the same.
    let text = match decode(bytes) {
        Ok((text, _)) => text,
        Err(line) => {
            let problem = AgendaProblem { line, column: 1, what: Kind::FileNotText {} };
            return AgendaReading::Refused { problems: vec![problem] };
        }
    };
    let mut reader = Reader { text: &text, problems: Vec::new() };
    let rounds = reader.rounds();
    let mut problems = reader.problems;
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems.truncate(PROBLEMS_MAX);
    if problems.is_empty() { AgendaReading::Read { rounds } } else { AgendaReading::Refused { problems } }
}

struct Reader<'a> {
    text: &'a str,
    problems: Vec<AgendaProblem>,
}

/// A round's table and where it stands.
struct Round<'a> {
    table: &'a DeTable<'a>,
    span: Range<usize>,
}

impl Reader<'_> {
    fn note(&mut self, at: usize, what: Kind) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        self.problems.push(AgendaProblem { line: number(line), column: number(column), what });
    }

    fn rounds(&mut self) -> Vec<RoundPlan> {
        let text = self.text.to_owned();
        let table = match DeTable::parse(&text) {
            Ok(table) => table,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                self.note(at, Kind::NotToml { detail: error.message().to_owned() });
                return Vec::new();
            }
        };
        let table = table.get_ref();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "round" => {}
                "title" => {
                    self.text_in(Some(value), "title", TITLE_GRAPHEMES_MAX);
                }
                other => self.note(key.span().start, Kind::KeyUnknown { key: other.to_owned() }),
            }
        }
        let Some(rounds) = table.get("round") else {
            self.note(0, Kind::RoundCount { max: ROUNDS_MAX });
            return Vec::new();
        };
        let DeValue::Array(list) = rounds.get_ref() else {
            self.wrong_type(rounds, "round", "list");
            return Vec::new();
        };
        if list.is_empty() || list.len() as u64 > ROUNDS_MAX {
            self.note(rounds.span().start, Kind::RoundCount { max: ROUNDS_MAX });
            return Vec::new();
        }
        let mut plans = Vec::new();
        for round in list {
            match round.get_ref() {
                DeValue::Table(table) => plans.extend(self.round(&Round { table, span: round.span() })),
                _ => self.wrong_type(round, "round", "table"),
            }
        }
        plans
    }

    fn round(&mut self, round: &Round<'_>) -> Option<RoundPlan> {
        for (key, _) in round.table {
            if !KEYS.contains(&key.get_ref().as_ref()) {
                self.note(key.span().start, Kind::KeyUnknown { key: key.get_ref().to_string() });
            }
        }
        let get = |key: &str| round.table.get(key);
        let kind = self.word(get("kind"), "kind", &KINDS);
        if get("kind").is_none() {
            self.note(round.span.start, Kind::KeyMissing { key: "kind".to_owned() });
        }
        let title = self.text_in(get("title"), "title", TITLE_GRAPHEMES_MAX).unwrap_or_default();
        if get("title").is_none() {
            self.note(round.span.start, Kind::KeyMissing { key: "title".to_owned() });
        }
        let question = self.text_in(get("question"), "question", QUESTION_GRAPHEMES_MAX).unwrap_or_default();
        let grouping = self.grouping(round, kind);
        let plan = RoundPlan {
            kind: kind.unwrap_or(RoundKind::Plenary),
            title,
            question,
            duration_ms: self.duration(get("duration"), "duration", (1_000, ROUND_MS_MAX)),
            grouping,
            turn_ms: self.duration(get("turn"), "turn", (1_000, TURN_MS_MAX)),
            template: self.word(get("board"), "board", &BOARDS).unwrap_or(BoardTemplate::Free),
            authors: self.word(get("authors"), "authors", &AUTHORS).unwrap_or(AuthorDisplay::Shown),
            countdown_ms: self
                .duration(get("countdown"), "countdown", (0, COUNTDOWN_MS_MAX))
                .unwrap_or(COUNTDOWN_MS_DEFAULT),
        };
        kind.map(|_| plan)
    }

    fn grouping(&mut self, round: &Round<'_>, kind: Option<RoundKind>) -> GroupingRule {
        let ways = ROOMS.map(|way| (way, way));
        let usual = if kind == Some(RoundKind::Dialogue) { "mixed" } else { "manual" };
        let way = self.word(round.table.get("rooms"), "rooms", &ways).unwrap_or(usual);
        let size = round.table.get("size");
        let mut sized = |bounds, usual| {
            let number = self.number(size, "size", bounds).unwrap_or(usual);
            u32::try_from(number).unwrap_or(u32::MAX)
        };
        match way {
            "team" => GroupingRule::Team {},
            "partners" => GroupingRule::Partners { teams_per_room: sized(TEAMS_PER_ROOM, USUAL_PARTNERS) },
            "world_cafe" => GroupingRule::WorldCafe { table_size: sized(PEOPLE_PER_ROOM, USUAL_ROOM) },
            "open" => GroupingRule::Open { rooms: sized(OPEN_ROOMS, USUAL_OPEN_ROOMS) },
            "mixed" => GroupingRule::Mixed { room_size: sized(PEOPLE_PER_ROOM, USUAL_ROOM) },
            _ => GroupingRule::Manual {},
        }
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, key: &str, wanted: &str) {
        let what = Kind::WrongType { key: key.to_owned(), wanted: wanted.to_owned() };
        self.note(value.span().start, what);
    }

    /// A text within its length; nothing if there is none.
    fn text_in(&mut self, value: Option<&Spanned<DeValue<'_>>>, key: &str, max: u64) -> Option<String> {
        let value = value?;
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(value, key, "text");
            return None;
        };
        // Line breaks have a place in a question only; the last one of a text in three quotes has none.
        let text = text.trim();
        let text =
            if key == "question" { text.replace("\r\n", "\n") } else { text.replace(['\r', '\n'], " ") };
        let at = value.span().start;
        if key == "title" && is_blank(&text) {
            self.note(at, Kind::Empty { key: key.to_owned() });
        }
        if graphemes(&text) as u64 > max {
            self.note(at, Kind::TooLong { key: key.to_owned(), max });
        }
        if engawa_protocol::text::has_control(&text, key == "question") {
            self.wrong_type(value, key, "text");
        }
        Some(text)
    }

    /// One of the words that may stand there.
    fn word<T: Copy>(
        &mut self,
        value: Option<&Spanned<DeValue<'_>>>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let value = value?;
        let found = match value.get_ref() {
            DeValue::String(text) => words.iter().find(|(word, _)| *word == text.as_ref()),
            _ => None,
        };
        if found.is_none() {
            let words = words.iter().map(|(word, _)| (*word).to_owned()).collect();
            self.note(value.span().start, Kind::WordUnknown { key: key.to_owned(), words });
        }
        found.map(|(_, meant)| *meant)
    }

    fn duration(
        &mut self,
        value: Option<&Spanned<DeValue<'_>>>,
        key: &str,
        (min, max): (u64, u64),
    ) -> Option<u64> {
        let value = value?;
        let found = match value.get_ref() {
            DeValue::String(text) => duration::read(text),
            _ => None,
        };
        match found {
            None => self.wrong_type(value, key, "duration"),
            Some(duration_ms) if !(min..=max).contains(&duration_ms) => {
                self.note(value.span().start, Kind::OutOfRange { key: key.to_owned(), min, max });
            }
            Some(_) => {}
        }
        found
    }

    fn number(
        &mut self,
        value: Option<&Spanned<DeValue<'_>>>,
        key: &str,
        (min, max): (u64, u64),
    ) -> Option<u64> {
        let value = value?;
        let found = match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match found {
            None => self.wrong_type(value, key, "number"),
            Some(number) if !(min..=max).contains(&number) => {
                self.note(value.span().start, Kind::OutOfRange { key: key.to_owned(), min, max });
            }
            Some(_) => {}
        }
        found
    }
}
