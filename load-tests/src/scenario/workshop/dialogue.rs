//! What a participant does in a dialogue: takes the seat, speaks in turn, writes notes, moves and marks those of
//! others, edits and deletes their own; on a flapping line if need be.

use std::sync::Arc;
use std::time::{Duration, Instant};

use engawa_protocol::command::{
    DeleteNote, EditNote, MarkNote, MoveNote, PassTurn, RestoreNote, StartTurns, UnmarkNote,
};
use engawa_protocol::view::{AuthorView, BoardView, SeatView, TurnState};
use engawa_protocol::{AreaId, NoteId, RoundId, RoundPhase};
use rand::Rng as _;
use rand::rngs::SmallRng;
use rand::seq::IteratorRandom as _;

use super::PATIENCE;
use super::hall::Hall;
use crate::client::Comeback;
use crate::marker::MarkedText;
use crate::person::{Person, think};
use crate::trouble::Trouble;

/// How people take part in a round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Talk {
    /// The round.
    pub(super) round: RoundId,
    /// A name for chance.
    pub(super) part: &'static str,
    /// Notes each writes.
    pub(super) notes: u32,
    /// When there is such a moment, they go on writing until it has come.
    pub(super) until: Option<Instant>,
    /// Time between two things.
    pub(super) think: Duration,
    /// Whether they speak in turn.
    pub(super) turns: bool,
    /// Whether lines break and pages are reloaded.
    pub(super) interruptions: bool,
    /// Whether the round may end while they are at it.
    pub(super) may_end: bool,
}

/// What others may have made impossible in the meantime.
const OVERTAKEN: &[&str] = &["not_found", "note_conflict", "already_so", "note_not_deleted", "not_your_note"];
/// The same when the round may have ended.
const OVERTAKEN_OR_ENDED: &[&str] = &[
    "not_found",
    "note_conflict",
    "already_so",
    "note_not_deleted",
    "not_your_note",
    "board_closed",
    "round_not_running",
];
const TURNS: &[&str] = &[
    "already_so",
    "turn_already_passed",
    "no_turn_running",
    "no_turn_order",
    "not_found",
    "round_not_running",
];

impl Talk {
    const fn codes(&self) -> &'static [&'static str] {
        if self.may_end { OVERTAKEN_OR_ENDED } else { OVERTAKEN }
    }
}

/// Waits for a seat in a round.
pub(super) async fn take_seat(person: &Person, round: RoundId) -> Result<(), Trouble> {
    for client in person.clients() {
        client
            .until("a seat in the round", PATIENCE, |view| {
                view.seat.as_ref().is_some_and(|seat| seat.room.round == round)
            })
            .await?;
    }
    Ok(())
}

/// Takes part until everything is written.
pub(super) async fn take_part(person: Arc<Person>, talk: Talk) -> Result<(), Trouble> {
    let mut chance = person.chance(talk.part);
    take_seat(&person, talk.round).await?;
    think(talk.think, &mut chance).await;
    let mut round = 0;
    while round < talk.notes || talk.until.is_some_and(|until| Instant::now() < until) {
        round += 1;
        if talk.interruptions {
            interrupt(&person, &mut chance).await?;
        }
        if talk.turns {
            speak(&person).await?;
        }
        let Some((board, areas)) = seat(&person, |seat| (seat.board.id, seat.board.template.area_count()))
        else {
            // Moved to the plenary, or the page is being reloaded.
            think(talk.think, &mut chance).await;
            continue;
        };
        let area = AreaId(chance.random_range(0..areas));
        person.add_note((board, area), false, &mut chance, talk.codes()).await?;
        think(talk.think, &mut chance).await;
        work_on_notes(&person, &talk, &mut chance).await?;
        think(talk.think, &mut chance).await;
    }
    Ok(())
}

/// Reads one's seat.
pub(super) fn seat<T>(person: &Person, read: impl FnOnce(&SeatView) -> T) -> Option<T> {
    person.look(|view| view.seat.as_ref().map(read)).flatten()
}

/// Starts the turns if one is the first, passes the turn on if one has it.
async fn speak(person: &Person) -> Result<(), Trouble> {
    let me = person.id;
    let Some((room, first, state, begun)) = seat(person, |seat| {
        let turns = &seat.turns;
        let begun = !turns.had_turn.is_empty() || !turns.spoken_ms.is_empty();
        (seat.room.id, turns.order.first().copied(), turns.state, begun)
    }) else {
        return Ok(());
    };
    match state {
        TurnState::Idle {} if first == Some(me) && !begun => {
            person.may(StartTurns { room, first: None }, TURNS).await?;
        }
        TurnState::Speaking { person: speaker, .. } if speaker == me => {
            person.may(PassTurn { room, from: me, to: None }, TURNS).await?;
        }
        TurnState::Idle {} | TurnState::Speaking { .. } | TurnState::Paused { .. } => {}
    }
    Ok(())
}

/// One of one's own notes, or of the others', as the board stands.
fn pick(board: &BoardView, person: &Person, own: bool, chance: &mut SmallRng) -> Option<(NoteId, u32, bool)> {
    let is_own = |author: &AuthorView| match author {
        AuthorView::Me {} => true,
        AuthorView::Hidden {} => false,
        AuthorView::Shown { author } => author.person == person.id,
    };
    let fitting = board.notes.values().filter(|note| is_own(&note.author) == own);
    fitting.choose(chance).map(|note| (note.id, note.version, note.marked))
}

async fn work_on_notes(person: &Person, talk: &Talk, chance: &mut SmallRng) -> Result<(), Trouble> {
    let dice = chance.random_range(0..10);
    let own = dice >= 7;
    let picked = seat(person, |seat| {
        let note = pick(&seat.board, person, own, chance);
        note.map(|note| (seat.board.id, seat.board.template.area_count(), note))
    });
    let Some((board, areas, (note, base_version, marked))) = picked.flatten() else { return Ok(()) };
    let codes = talk.codes();
    match dice {
        0..=3 if marked => person.may(UnmarkNote { board, note }, codes).await.map(drop),
        0..=3 => person.may(MarkNote { board, note }, codes).await.map(drop),
        4..=6 => {
            let area = AreaId(chance.random_range(0..areas));
            let before = seat(person, |seat| seat.board.notes.keys().copied().choose(chance)).flatten();
            person.may(MoveNote { board, note, area, before }, codes).await.map(drop)
        }
        7..=8 => {
            let (_, text) = person.text(MarkedText::Note, chance);
            let color = engawa_protocol::NoteColor::White;
            person.may(EditNote { board, note, base_version, text, color }, codes).await.map(drop)
        }
        _ => {
            if person.may(DeleteNote { board, note }, codes).await?.is_some() {
                person.may(RestoreNote { board, note }, codes).await?;
            }
            Ok(())
        }
    }
}

/// Now and then a line breaks, and now and then somebody reloads the page, or leaves and comes back.
async fn interrupt(person: &Person, chance: &mut SmallRng) -> Result<(), Trouble> {
    let after = Duration::from_millis(chance.random_range(0..400));
    match chance.random_range(0..20) {
        0..=3 => person.client.break_line(Comeback::Resume, after).await,
        4..=5 => person.client.break_line(Comeback::Reload, after).await,
        6 => {
            person.may(engawa_protocol::command::LeaveMeeting {}, &["already_so"]).await?;
            person.go(PATIENCE).await?;
            tokio::time::sleep(after).await;
            person.come(PATIENCE).await
        }
        _ => Ok(()),
    }
}

/// The host closes the round with a short countdown, and everybody sees its end.
pub(super) async fn close_round(hall: &Hall, round: RoundId) -> Result<(), Trouble> {
    let countdown_ms = Some(700);
    hall.host().must(engawa_protocol::command::CloseRound { round, countdown_ms }).await?;
    hall.all_see_round(round, "the end of the round", |phase| matches!(phase, RoundPhase::Ended { .. })).await
}
