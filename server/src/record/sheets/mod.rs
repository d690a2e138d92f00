//! The tables of the record: which there are, and what a table is. Must not know how tables are written.

mod meeting;
mod notes;
mod voices;
mod vote;

use std::borrow::Cow;

use engawa_protocol::{Role, Timestamp};

use super::times;
use super::told::Told;

/// A table of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    /// What the record is of.
    About,
    /// The agenda as it ran.
    Agenda,
    /// What happened to each round and when.
    Course,
    /// Rooms of all rounds.
    Rooms,
    /// Who was in which room when.
    Stays,
    /// Notes by round, room and area.
    Notes,
    /// Announcements to all rooms.
    Announcements,
    /// Posters and what was left on them, counted.
    Posters,
    /// Comments by poster.
    Comments,
    /// Places of the vote.
    Standings,
    /// Turnout by team.
    Turnout,
    /// Turnout over time.
    TurnoutSamples,
    /// Pulses by round.
    Pulses,
    /// Words given with the pulse.
    PulseWords,
    /// Answers to the questionnaire, counted.
    Answers,
    /// Answers in free words.
    Texts,
    /// Pulses over the meetings of the study group.
    Series,
}

impl SheetKind {
    /// Every table, in the order of the workbook.
    pub const ALL: [Self; 17] = [
        Self::About,
        Self::Agenda,
        Self::Course,
        Self::Rooms,
        Self::Stays,
        Self::Notes,
        Self::Announcements,
        Self::Posters,
        Self::Comments,
        Self::Standings,
        Self::Turnout,
        Self::TurnoutSamples,
        Self::Pulses,
        Self::PulseWords,
        Self::Answers,
        Self::Texts,
        Self::Series,
    ];

    /// Its name in addresses and archives.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Agenda => "agenda",
            Self::Course => "course",
            Self::Rooms => "rooms",
            Self::Stays => "stays",
            Self::Notes => "notes",
            Self::Announcements => "announcements",
            Self::Posters => "posters",
            Self::Comments => "comments",
            Self::Standings => "standings",
            Self::Turnout => "turnout",
            Self::TurnoutSamples => "turnout_samples",
            Self::Pulses => "pulses",
            Self::PulseWords => "pulse_words",
            Self::Answers => "answers",
            Self::Texts => "texts",
            Self::Series => "series",
        }
    }

    /// The table of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    /// Nothing.
    Empty,
    /// A text, never a formula.
    Text(Cow<'a, str>),
    /// A number of things, or of minutes.
    Number(f64),
    /// A moment.
    Time(Timestamp),
}

impl Cell<'_> {
    /// As text, for tables that know nothing else.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone().into_owned(),
            Self::Number(number) => number.to_string(),
            Self::Time(at) => times::text(*at),
        }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.into()) }
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.into()) }
    }
}

impl From<Option<Timestamp>> for Cell<'_> {
    fn from(at: Option<Timestamp>) -> Self {
        at.map_or(Self::Empty, Self::Time)
    }
}

impl From<u32> for Cell<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

/// How many of something, as a cell.
pub(super) fn count<'a>(number: usize) -> Cell<'a> {
    u32::try_from(number).unwrap_or(u32::MAX).into()
}

/// A table.
pub(super) struct Sheet<'a> {
    /// Which.
    pub(super) kind: SheetKind,
    /// Its title, at most 31 characters, as workbooks want it.
    pub(super) title: &'static str,
    /// Titles of its columns.
    pub(super) columns: &'static [&'static str],
    /// Its rows, each as long as `columns`.
    pub(super) rows: Vec<Vec<Cell<'a>>>,
}

/// A table of a record; none where its reader has no such table, or the edition has none.
pub(super) fn sheet<'a>(told: &Told<'a>, kind: SheetKind) -> Option<Sheet<'a>> {
    let columns = &told.words.columns;
    let (named, guides) = (told.is_named(), told.record.role.guides());
    let (columns, rows): (&'static [&'static str], Vec<Vec<Cell<'a>>>) = match kind {
        SheetKind::About => (&columns.about, meeting::about(told)),
        SheetKind::Agenda => (&columns.agenda, meeting::agenda(told)),
        SheetKind::Course => (&columns.course, meeting::course(told)),
        SheetKind::Rooms if !guides => return None,
        SheetKind::Rooms if named => (&columns.rooms, meeting::rooms(told)),
        SheetKind::Rooms => (&columns.rooms_nameless, meeting::rooms(told)),
        SheetKind::Stays if !guides || !named => return None,
        SheetKind::Stays => (&columns.stays, meeting::stays(told)),
        SheetKind::Notes if named => (&columns.notes, notes::notes(told)),
        SheetKind::Notes => (&columns.notes_nameless, notes::notes(told)),
        SheetKind::Announcements if named => (&columns.announcements, voices::announcements(told)),
        SheetKind::Announcements => (columns.announcements.split_last()?.1, voices::announcements(told)),
        SheetKind::Posters => (&columns.posters, voices::posters(told)),
        SheetKind::Comments if named => (&columns.comments, voices::comments(told, None)),
        SheetKind::Comments => (columns.comments.split_last()?.1, voices::comments(told, None)),
        SheetKind::Standings => (&columns.standings, vote::standings(told)?),
        SheetKind::Turnout => (&columns.turnout, vote::turnout(told)),
        SheetKind::TurnoutSamples => (&columns.samples, vote::samples(told)),
        SheetKind::Pulses => (&columns.pulses, voices::pulses(told)),
        // The words are for coordinators alone.
        SheetKind::PulseWords if told.record.role != Role::Coordinator => return None,
        SheetKind::PulseWords => (&columns.words, voices::words(told)),
        SheetKind::Answers => (&columns.answers, voices::answers(told)),
        SheetKind::Texts => (&columns.texts, voices::texts(told)),
        SheetKind::Series if told.record.series.is_empty() => return None,
        SheetKind::Series => (&columns.series, voices::series(told)),
    };
    let place = SheetKind::ALL.iter().position(|known| *known == kind)?;
    Some(Sheet { kind, title: told.words.sheets.get(place)?, columns, rows })
}

/// The comments on one poster, for the file that its team gets.
pub(super) fn comments_on<'a>(told: &Told<'a>, poster: engawa_protocol::PosterId) -> Sheet<'a> {
    let columns = &told.words.columns.comments;
    let columns: &'static [&'static str] =
        if told.is_named() { columns } else { columns.split_last().map_or(columns, |(_, rest)| rest) };
    let rows = voices::comments(told, Some(poster));
    Sheet { kind: SheetKind::Comments, title: told.words.sheets[8], columns, rows }
}
