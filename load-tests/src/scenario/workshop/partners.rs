//! A round with dialogue partners, three teams to a room: first in silence, then everything is revealed at once and
//! grouped. The boards hide authors.

use std::collections::BTreeSet;

use engawa_protocol::command::{
    CreateCluster, OpenRound, ProposeGrouping, RenameCluster, RevealBoard, SetCluster, StartSilentWriting,
};
use engawa_protocol::{AreaId, AuthorDisplay, ClusterId, RoundId, TeamId};
use rand::Rng as _;
use rand::seq::IteratorRandom as _;

use super::PATIENCE;
use super::dialogue::{Talk, close_round, seat, take_part, take_seat};
use super::guides::Walk;
use super::hall::Hall;
use crate::crowd;
use crate::person::{Person, think};
use crate::trouble::{Findings, Promise, Trouble};

/// What others may have done first while notes are grouped.
const OVERTAKEN: &[&str] = &["not_found", "already_so"];

pub(super) async fn run(hall: &mut Hall) -> Result<(), Trouble> {
    let round = hall.rounds.partners;
    let host = hall.host();
    let propose = ProposeGrouping { round, rule: None, seed: Some(hall.stage.seed), include_absent: false };
    host.must(propose).await?;
    host.until("the proposal", PATIENCE, |view| view.groupings.contains_key(&round)).await?;
    host.must(OpenRound { round }).await?;
    let findings = hall.stage.findings.clone();
    crowd::each(&hall.participants, &hall.stage.findings, |person| {
        let findings = findings.clone();
        async move {
            take_seat(&person, round).await?;
            check_partners(&person, &findings);
            Ok(())
        }
    })
    .await?;
    let boards = hall.boards_of(round);
    hall.oracle.boards_show(boards.clone(), AuthorDisplay::Hidden);

    let host = hall.host();
    host.must(StartSilentWriting { boards: boards.clone() }).await?;
    write_in_silence(hall).await?;
    let walk = Walk::begin(hall, round);
    host.must(RevealBoard { boards }).await?;
    talk_and_group(hall, round).await?;
    walk.end().await?;
    close_round(hall, round).await
}

/// Whole teams sit together, with one team at least beside their own.
fn check_partners(person: &Person, findings: &Findings) {
    let teams = seat(person, |seat| {
        let members = seat.room.members.iter().filter_map(|id| seat.people.get(id));
        members.filter_map(|member| member.team).collect::<BTreeSet<TeamId>>()
    });
    let fits = teams.as_ref().is_some_and(|teams| {
        (2..=4).contains(&teams.len()) && person.team.is_none_or(|team| teams.contains(&team))
    });
    if !fits {
        findings.add(Promise::Progress, format!("{} sits with teams {teams:?}", person.who()));
    }
}

async fn write_in_silence(hall: &Hall) -> Result<(), Trouble> {
    let pause = hall.plan.think;
    crowd::each(&hall.participants, &hall.stage.findings, |person| async move {
        let mut chance = person.chance("silence");
        person
            .until("silence", PATIENCE, |view| view.seat.as_ref().is_some_and(|seat| seat.board.silent))
            .await?;
        think(pause, &mut chance).await;
        if let Some(board) = seat(&person, |seat| seat.board.id) {
            person.add_note((board, AreaId(0)), true, &mut chance, &[]).await?;
        }
        Ok(())
    })
    .await
}

async fn talk_and_group(hall: &Hall, round: RoundId) -> Result<(), Trouble> {
    let talk = Talk {
        round,
        part: "dialogue partners",
        notes: hall.plan.notes,
        until: hall.plan.talk_until(),
        think: hall.plan.think,
        turns: false,
        interruptions: false,
        may_end: false,
    };
    crowd::each(&hall.participants, &hall.stage.findings, |person| async move {
        person
            .until("all notes to appear", PATIENCE, |view| {
                view.seat.as_ref().is_some_and(|seat| !seat.board.silent && seat.board.notes.len() > 1)
            })
            .await?;
        take_part(person.clone(), talk).await?;
        group(&person).await
    })
    .await
}

/// The first of the room makes a group, the others put notes into it or take them out.
async fn group(person: &Person) -> Result<(), Trouble> {
    let mut chance = person.chance("grouping");
    let Some((board, first, notes, clusters)) = seat(person, |seat| {
        let notes = seat.board.notes.keys().copied().choose_multiple(&mut chance, 3);
        let clusters: Vec<ClusterId> = seat.board.clusters.keys().copied().collect();
        (seat.board.id, seat.room.members.first().copied(), notes, clusters)
    }) else {
        return Ok(());
    };
    if first == Some(person.id) {
        let made = person.may(CreateCluster { board, name: String::new(), notes }, OVERTAKEN).await?;
        if let Some(cluster) = made.and_then(|taken| taken.created).map(ClusterId) {
            let name = "面談のあり方".to_owned();
            person.may(RenameCluster { board, cluster, name }, OVERTAKEN).await?;
        }
    } else if let (Some(note), Some(cluster)) =
        (notes.first().copied(), clusters.into_iter().choose(&mut chance))
    {
        let cluster = chance.random_ratio(2, 3).then_some(cluster);
        person.may(SetCluster { board, note, cluster }, OVERTAKEN).await?;
    }
    Ok(())
}
