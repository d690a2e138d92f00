//! The poster session: every team's poster, comments and marks of interest; afterwards each team reads its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use engawa_protocol::command::{AddComment, AddPoster, DeleteComment, EndRound, OpenRound, SetInterest};
use engawa_protocol::view::gallery_key;
use engawa_protocol::{CommentId, PosterId, RoundPhase, TeamId};
use rand::Rng as _;

use super::hall::Hall;
use super::{PATIENCE, cheats};
use crate::crowd;
use crate::marker::MarkedText;
use crate::person::{Person, think};
use crate::trouble::{Promise, Trouble};

pub(super) async fn run(hall: &mut Hall) -> Result<(), Trouble> {
    hang(hall).await?;
    let round = hall.rounds.posters;
    hall.host().must(OpenRound { round }).await?;
    hall.all_see_round(round, "the poster session", |phase| matches!(phase, RoundPhase::Open { .. })).await?;
    let (comments, pause) = (hall.plan.comments, hall.plan.think);
    crowd::each(&hall.participants, &hall.stage.findings, |person| look_round(person, comments, pause))
        .await?;
    hall.cheats += cheats::at_posters(hall).await?;
    hall.host().must(EndRound { round }).await?;
    hall.all_see_round(round, "the end of the poster session", |phase| {
        matches!(phase, RoundPhase::Ended { .. })
    })
    .await?;
    read_feedback(hall).await
}

/// The office hangs all posters, each of them a part.
async fn hang(hall: &Hall) -> Result<(), Trouble> {
    let teams: Vec<(TeamId, String)> = hall
        .host()
        .look(|view| view.teams.values().map(|team| (team.id, team.name.clone())).collect())
        .unwrap_or_default();
    let office: Vec<Arc<Person>> = hall.coordinators.iter().chain(&hall.secretariat).cloned().collect();
    let count = office.len();
    let parts: BTreeMap<_, Vec<(TeamId, String)>> = office
        .iter()
        .enumerate()
        .map(|(index, person)| (person.id, teams.iter().skip(index).step_by(count).cloned().collect()))
        .collect();
    crowd::each(&office, &hall.stage.findings, |person| {
        let part = parts.get(&person.id).cloned().unwrap_or_default();
        async move {
            for (team, name) in part {
                let (title, summary) = (format!("{name}の一年"), "対話でつくる人事方針".to_owned());
                person.must(AddPoster { team, title, summary, file: None }).await?;
            }
            Ok(())
        }
    })
    .await?;
    let expected = teams.len();
    crowd::each(&hall.here(), &hall.stage.findings, |person| async move {
        person.until("all posters", PATIENCE, |view| view.posters.len() == expected).await
    })
    .await
}

/// Walks along one's own gallery, comments, marks, and takes some of it back.
async fn look_round(person: Arc<Person>, comments: u32, pause: std::time::Duration) -> Result<(), Trouble> {
    let mut chance = person.chance("posters");
    let mut gallery: Vec<PosterId> =
        person.look(|view| view.posters.keys().copied().collect()).unwrap_or_default();
    gallery.sort_by_key(|poster| (gallery_key(person.id, *poster), *poster));
    for poster in gallery.into_iter().take(comments as usize) {
        think(pause, &mut chance).await;
        person.must(SetInterest { poster, interested: true }).await?;
        let (_, text) = person.text(MarkedText::Comment, &mut chance);
        let comment = person.must(AddComment { poster, text }).await?.created.map(CommentId);
        if let (Some(comment), true) = (comment, chance.random_ratio(1, 8)) {
            person.must(DeleteComment { poster, comment }).await?;
        }
        if chance.random_ratio(1, 8) {
            person.must(SetInterest { poster, interested: false }).await?;
        }
    }
    Ok(())
}

/// Each team reads what was left at its poster.
async fn read_feedback(hall: &Hall) -> Result<(), Trouble> {
    let expected: BTreeMap<TeamId, usize> = hall
        .teller()
        .look(|view| view.posters.values().map(|poster| (poster.team, poster.comments.len())).collect())
        .unwrap_or_default();
    if expected.values().sum::<usize>() == 0 {
        hall.stage.findings.add(Promise::Progress, "no comment is there");
    }
    let expected = Arc::new(expected);
    crowd::each(&hall.participants, &hall.stage.findings, |person| {
        let expected = Arc::clone(&expected);
        async move {
            let Some(team) = person.team else { return Ok(()) };
            person
                .until("the feedback", PATIENCE, |view| {
                    let own = view.posters.values().find(|poster| poster.team == team);
                    view.meeting.feedback_shared
                        && own.is_none_or(|own| Some(own.comments.len()) == expected.get(&team).copied())
                })
                .await
        }
    })
    .await
}
