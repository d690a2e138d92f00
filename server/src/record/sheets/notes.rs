//! The table of notes.

use engawa_protocol::view::NoteView;
use engawa_protocol::{AuthorDisplay, BoardId, NoteColor};

use super::super::told::{Place, Told, notes_in_order};
use super::Cell;

/// Notes by round, room and area, in the order in which they lay there; with the edition's columns.
pub(super) fn notes<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    told.places()
        .flat_map(|place| {
            let notes = notes_in_order(place.board);
            notes.into_iter().map(|note| row(told, &place, note)).collect::<Vec<_>>()
        })
        .collect()
}

fn row<'a>(told: &Told<'a>, place: &Place<'a>, note: &'a NoteView) -> Vec<Cell<'a>> {
    let words = told.words;
    let color = words.colors[match note.color {
        NoteColor::Yellow => 0,
        NoteColor::Blue => 1,
        NoteColor::Green => 2,
        NoteColor::Pink => 3,
        NoteColor::White => 4,
    }];
    let cluster = note.cluster.and_then(|cluster| place.board.clusters.get(&cluster));
    let source = note.source.as_ref().map(|source| {
        let name = format!("{} {} {}", words.room, source.number, source.name);
        name.trim_end().to_owned()
    });
    let mut row: Vec<Cell<'a>> = vec![
        place.round.map_or(Cell::Empty, |round| told.round_name(round.round.id).into()),
        place.room.map_or(Cell::from(words.plenary), |room| room.number.into()),
        place.room.map_or(Cell::Empty, |room| room.name.as_str().into()),
        told.area(place.board.template, note.area).into_owned().into(),
        cluster.map_or(Cell::Empty, |cluster| cluster.name.as_str().into()),
        note.text.as_str().into(),
        color.into(),
        note.marks.into(),
        Cell::Time(note.added_at),
        source.map_or(Cell::Empty, Cell::from),
    ];
    if told.is_named() {
        let (author, team) = told.author(note).unwrap_or_else(|| {
            // A copy on the plenary board keeps the promise of the board it comes from.
            let board = note.source.as_ref().map(|source| BoardId::of_room(source.room));
            let board = board.map_or(Some(place.board), |board| told.record.boards.get(&board));
            let promised = board.is_none_or(|board| board.authors == AuthorDisplay::Hidden);
            (if promised { words.hidden_author } else { words.erased_author }, "")
        });
        let edited_by = note.edited_by.as_ref().map_or("", |editor| &editor.name);
        row.extend([author.into(), team.into(), edited_by.into()]);
    }
    row
}
