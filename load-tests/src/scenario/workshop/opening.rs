//! Everybody comes in within seconds; the host greets them and everyone reads it.

use std::time::Duration;

use engawa_protocol::command::{Announce, EndRound, OpenRound, ReadAnnouncement};
use engawa_protocol::view::Attendance;
use engawa_protocol::{AreaId, BoardId, RoundPhase};
use rand::Rng as _;

use super::PATIENCE;
use super::hall::Hall;
use crate::crowd;
use crate::trouble::Trouble;

/// One in so many writes on the plenary board.
const WRITING_ONE_IN: u32 = 10;

pub(super) async fn run(hall: &mut Hall) -> Result<(), Trouble> {
    hall.host().come(PATIENCE).await?;
    hall.screen.connect(PATIENCE).await?;
    let late = Hall::ids(&hall.late);
    let coming: Vec<_> = hall.everyone().into_iter().filter(|person| !late.contains(&person.id)).collect();
    let within_ms = u64::try_from(hall.plan.arrival.as_millis()).unwrap_or(u64::MAX).max(1);
    crowd::each(&coming, &hall.stage.findings, |person| async move {
        let delay = person.chance("arrival").random_range(0..within_ms);
        tokio::time::sleep(Duration::from_millis(delay)).await;
        person.come(PATIENCE).await
    })
    .await?;
    let expected = coming.len();
    hall.host()
        .until("everybody to be present", PATIENCE, |view| {
            let present =
                |person: &&engawa_protocol::view::PersonView| person.attendance == Attendance::Present;
            view.people.values().filter(present).count() >= expected
        })
        .await?;
    hall.stage.console.say(format!("  {expected} people are in"));

    let round = hall.rounds.opening;
    hall.host().must(OpenRound { round }).await?;
    hall.all_see_round(round, "the opening", |phase| matches!(phase, RoundPhase::Open { .. })).await?;
    hall.host()
        .must(Announce {
            text: "研修ではなく研究、教わるのではなく考え、見つけ出す。".into()
        })
        .await?;
    crowd::each(&coming, &hall.stage.findings, |person| async move {
        let mut chance = person.chance("opening");
        person.until("the greeting", PATIENCE, |view| !view.announcements.is_empty()).await?;
        let id = person.look(|view| view.announcements.keys().next().copied()).flatten();
        if let Some(announcement) = id {
            person.must(ReadAnnouncement { announcement }).await?;
        }
        let writes = matches!(person.role, engawa_protocol::Role::Participant);
        if writes && chance.random_ratio(1, WRITING_ONE_IN) {
            person.add_note((BoardId::PLENARY, AreaId(0)), false, &mut chance, &[]).await?;
        }
        Ok(())
    })
    .await?;
    let readers = u32::try_from(expected).unwrap_or(u32::MAX);
    hall.host()
        .until("everybody to have read the greeting", PATIENCE, |view| {
            view.announcements.values().all(|one| one.readers == Some(readers))
        })
        .await?;
    hall.host().must(EndRound { round }).await?;
    hall.all_see_round(round, "the end of the opening", |phase| matches!(phase, RoundPhase::Ended { .. }))
        .await
}
