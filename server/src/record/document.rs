//! The record as a text to read: what comes after what, piece by piece, so that nobody holds all of it at once. Must not
//! know the form it is written in.

use std::borrow::Cow;

use engawa_protocol::view::{NoteView, PosterView};

use super::sheets::{Sheet, SheetKind, sheet};
use super::told::{Place, Told, notes_in_order};

/// A piece of the text.
pub(super) enum Block<'a> {
    /// A heading, of depth 1 to 4.
    Heading(u8, Cow<'a, str>),
    /// A paragraph.
    Paragraph(Cow<'a, str>),
    /// A list of what people wrote.
    List(Vec<Item<'a>>),
    /// A table.
    Table(Sheet<'a>),
}

/// What somebody wrote, and what is said beside it.
pub(super) struct Item<'a> {
    /// The text.
    pub(super) text: &'a str,
    /// Who, how many marks, and so on; may be empty.
    pub(super) aside: String,
}

/// Gives the text out, piece by piece.
pub(super) fn tell<'a>(told: &Told<'a>, out: &mut dyn FnMut(Block<'a>)) {
    out(Block::Heading(1, told.record.meeting.title.as_str().into()));
    for kind in [SheetKind::About, SheetKind::Agenda] {
        table(told, kind, out);
    }
    for round in &told.record.rounds {
        let of_round = |place: &Place<'_>| place.round.is_some_and(|other| other.round.id == round.round.id);
        let places: Vec<Place<'a>> = told.places().filter(of_round).collect();
        if places.is_empty() {
            continue;
        }
        out(Block::Heading(2, told.round_name(round.round.id).into()));
        if !round.round.plan.question.is_empty() {
            out(Block::Paragraph(round.round.plan.question.as_str().into()));
        }
        places.iter().for_each(|place| board(told, place, out));
    }
    for place in told.places().filter(|place| place.room.is_none()) {
        out(Block::Heading(2, told.words.plenary.into()));
        board(told, &place, out);
    }
    posters(told, out);
    for kind in [
        SheetKind::Standings,
        SheetKind::Turnout,
        SheetKind::Series,
        SheetKind::Pulses,
        SheetKind::PulseWords,
        SheetKind::Answers,
        SheetKind::Texts,
        SheetKind::Announcements,
        SheetKind::Stays,
        SheetKind::Course,
    ] {
        table(told, kind, out);
    }
}

fn table<'a>(told: &Told<'a>, kind: SheetKind, out: &mut dyn FnMut(Block<'a>)) {
    let Some(table) = sheet(told, kind) else { return };
    out(Block::Heading(2, table.title.into()));
    if table.rows.is_empty() {
        out(Block::Paragraph(told.words.nothing.into()));
    } else {
        out(Block::Table(table));
    }
}

/// A board by area.
fn board<'a>(told: &Told<'a>, place: &Place<'a>, out: &mut dyn FnMut(Block<'a>)) {
    if let Some(room) = place.room {
        out(Block::Heading(3, told.room_name(room).into()));
        let names: Vec<&str> = room.members.iter().map(|person| told.record.name_of(*person)).collect();
        if !names.is_empty() {
            out(Block::Paragraph(format!("{}: {}", told.words.members, names.join("、")).into()));
        }
        if let Some(facilitator) = room.facilitator {
            let name = told.record.name_of(facilitator);
            out(Block::Paragraph(format!("{}: {name}", told.words.facilitator).into()));
        }
    }
    let notes = notes_in_order(place.board);
    if notes.is_empty() {
        let why = if place.board.silent { told.words.silent } else { told.words.no_notes };
        out(Block::Paragraph(why.into()));
    }
    for area in notes.chunk_by(|a, b| a.area == b.area) {
        if let Some(first) = area.first() {
            // No depth is left out: the plenary has no rooms above its areas.
            let depth = if place.room.is_some() { 4 } else { 3 };
            out(Block::Heading(depth, told.area(place.board.template, first.area)));
        }
        out(Block::List(area.iter().map(|note| item(told, place, note)).collect()));
    }
}

fn item<'a>(told: &Told<'a>, place: &Place<'a>, note: &'a NoteView) -> Item<'a> {
    let words = told.words;
    let mut aside = Vec::new();
    if let Some((author, team)) = told.author(note) {
        aside.push(if team.is_empty() { author.to_owned() } else { format!("{author}（{team}）") });
    }
    if let Some(editor) = note.edited_by.as_ref().filter(|_| told.is_named()) {
        aside.push(format!("{} {}", words.edited_by, editor.name));
    }
    if note.marks > 0 {
        aside.push(format!("{} {}", words.marks, note.marks));
    }
    if let Some(cluster) = note.cluster.and_then(|cluster| place.board.clusters.get(&cluster))
        && !cluster.name.is_empty()
    {
        aside.push(format!("#{}", cluster.name));
    }
    if let Some(source) = &note.source {
        aside.push(format!("{} {} {}", words.from, source.number, source.name).trim_end().to_owned());
    }
    Item { text: &note.text, aside: aside.join(" / ") }
}

fn posters<'a>(told: &Told<'a>, out: &mut dyn FnMut(Block<'a>)) {
    if told.record.posters.is_empty() {
        return;
    }
    out(Block::Heading(2, told.words.sheets[7].into()));
    for poster in told.record.posters.values() {
        let team = told.team_names(Some(poster.team)).0;
        let withdrawn =
            if poster.withdrawn { format!("（{}）", told.words.withdrawn) } else { String::new() };
        out(Block::Heading(3, format!("{team}「{}」{withdrawn}", poster.title).into()));
        if !poster.summary.is_empty() {
            out(Block::Paragraph(poster.summary.as_str().into()));
        }
        let interested = poster.interested_count.unwrap_or(0);
        out(Block::Paragraph(format!("{}: {interested}", told.words.interested).into()));
        if !poster.comments.is_empty() {
            out(Block::List(comments(poster)));
        }
    }
}

fn comments(poster: &PosterView) -> Vec<Item<'_>> {
    poster
        .comments
        .values()
        .map(|comment| Item { text: &comment.text, aside: comment.author.name.clone() })
        .collect()
}
