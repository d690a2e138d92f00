//! What facilitators and the other coordinators do while people talk: walk from room to room, read, tidy, pin notes to
//! the plenary board, and answer calls for help.

use std::sync::Arc;
use std::time::Duration;

use engawa_protocol::command::{ClaimHelp, ClearHelp, HarvestNote, MarkNote, VisitRoom};
use engawa_protocol::view::HelpState;
use engawa_protocol::{RoomId, RoundId};
use rand::Rng as _;
use rand::rngs::SmallRng;
use rand::seq::IteratorRandom as _;
use tokio::sync::watch;

use super::PATIENCE;
use super::dialogue::seat;
use super::hall::Hall;
use crate::crowd;
use crate::person::{Person, think};
use crate::trouble::{Findings, Trouble};

/// The guides on their rounds, until they are called back.
#[derive(Debug)]
pub(super) struct Walk {
    stop: watch::Sender<bool>,
    walking: tokio::task::JoinHandle<Result<(), Trouble>>,
}

/// What others may have done first, and what the end of a round makes impossible.
const OVERTAKEN: &[&str] = &[
    "help_already_claimed",
    "help_not_called",
    "already_so",
    "not_in_room",
    "not_found",
    "already_harvested",
    "silent_writing",
    "board_closed",
    "round_not_running",
];

impl Walk {
    /// Sends all guides but the host round the rooms.
    pub(super) fn begin(hall: &Hall, round: RoundId) -> Self {
        let guides: Vec<Arc<Person>> =
            hall.coordinators[1..].iter().chain(&hall.facilitators).cloned().collect();
        let (stop, stopped) = watch::channel(false);
        let (findings, pause): (Findings, Duration) = (hall.stage.findings.clone(), hall.plan.think);
        let walking = tokio::spawn(async move {
            crowd::each(&guides, &findings, |person| walk(person, round, pause, stopped.clone())).await
        });
        Self { stop, walking }
    }

    /// Calls them back.
    pub(super) async fn end(self) -> Result<(), Trouble> {
        self.stop.send_replace(true);
        match self.walking.await {
            Ok(walked) => walked,
            Err(panic) => Err(Trouble::Answer(format!("the guides fell over: {panic}"))),
        }
    }
}

async fn walk(
    person: Arc<Person>,
    round: RoundId,
    pause: Duration,
    stopped: watch::Receiver<bool>,
) -> Result<(), Trouble> {
    let mut chance = person.chance(&format!("guide {round}"));
    while !*stopped.borrow() {
        if !answer_call(&person, round).await? {
            visit(&person, round, &mut chance).await?;
        }
        think(pause, &mut chance).await;
    }
    person.may(VisitRoom { room: None }, OVERTAKEN).await.map(drop)
}

/// Answers a call for help, if there is one; several race for it, one gets it.
async fn answer_call(person: &Person, round: RoundId) -> Result<bool, Trouble> {
    let called = person.look(|view| {
        let rooms = view.rooms.values().filter(|room| room.round == round);
        rooms.filter(|room| matches!(room.help, HelpState::Called { .. })).map(|room| room.id).next()
    });
    let Some(room) = called.flatten() else { return Ok(false) };
    if person.may(ClaimHelp { room }, OVERTAKEN).await?.is_some() {
        go_into(person, room).await?;
        person.may(ClearHelp { room }, OVERTAKEN).await?;
    }
    Ok(true)
}

async fn go_into(person: &Person, room: RoomId) -> Result<(), Trouble> {
    if person.may(VisitRoom { room: Some(room) }, OVERTAKEN).await?.is_some() {
        let there = |view: &engawa_protocol::view::MeetingView| {
            view.seat.as_ref().is_some_and(|seat| seat.room.id == room)
        };
        person.until("the room one visits", PATIENCE, there).await?;
    }
    Ok(())
}

/// Goes into some room, marks a note there or pins it to the plenary board.
async fn visit(person: &Person, round: RoundId, chance: &mut SmallRng) -> Result<(), Trouble> {
    let room = person.look(|view| {
        view.rooms.values().filter(|room| room.round == round).map(|room| room.id).choose(chance)
    });
    let Some(room) = room.flatten() else { return Ok(()) };
    go_into(person, room).await?;
    let note = seat(person, |seat| {
        seat.board.notes.keys().copied().choose(chance).map(|note| (seat.board.id, note))
    });
    let Some((board, note)) = note.flatten() else { return Ok(()) };
    if chance.random_ratio(1, 3) {
        person.may(HarvestNote { board, note, area: None }, OVERTAKEN).await.map(drop)
    } else {
        person.may(MarkNote { board, note }, OVERTAKEN).await.map(drop)
    }
}
