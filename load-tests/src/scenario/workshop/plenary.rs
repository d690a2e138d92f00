//! Back in the plenary: what was pinned from the rooms is read and marked by everyone.

use engawa_protocol::command::{EndRound, MarkNote, OpenRound};
use engawa_protocol::{BoardId, RoundPhase};
use rand::seq::IteratorRandom as _;

use super::hall::Hall;
use crate::crowd;
use crate::trouble::{Promise, Trouble};

pub(super) async fn run(hall: &mut Hall) -> Result<(), Trouble> {
    let round = hall.rounds.plenary;
    hall.host().must(OpenRound { round }).await?;
    hall.all_see_round(round, "the plenary", |phase| matches!(phase, RoundPhase::Open { .. })).await?;
    let harvested =
        hall.host().look(|view| view.plenary.notes.values().filter(|note| note.source.is_some()).count());
    if harvested.unwrap_or(0) == 0 {
        hall.stage.findings.add(Promise::Progress, "no note was pinned to the plenary board");
    }
    crowd::each(&hall.participants, &hall.stage.findings, |person| async move {
        let mut chance = person.chance("plenary");
        let note = person.look(|view| view.plenary.notes.keys().copied().choose(&mut chance)).flatten();
        if let Some(note) = note {
            person.may(MarkNote { board: BoardId::PLENARY, note }, &["already_so", "not_found"]).await?;
        }
        Ok(())
    })
    .await?;
    hall.host().must(EndRound { round }).await?;
    hall.all_see_round(round, "the plenary's end", |phase| matches!(phase, RoundPhase::Ended { .. })).await
}
