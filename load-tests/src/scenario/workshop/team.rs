//! A round in one's own team: turns, notes, calls for help, a pause and a longer clock; somebody edits one note on two
//! devices at once.

use std::sync::Arc;

use engawa_protocol::command::{AddTime, CallHelp, EditNote, OpenRound, PauseRound, ResumeRound};
use engawa_protocol::view::HelpState;
use engawa_protocol::{AreaId, NoteColor, NoteId, Rejection, RoundId, RoundPhase};

use super::PATIENCE;
use super::dialogue::{Talk, close_round, seat, take_part, take_seat};
use super::guides::Walk;
use super::hall::Hall;
use crate::crowd;
use crate::marker::MarkedText;
use crate::person::Person;
use crate::trouble::{Findings, Promise, Trouble};

/// One room in so many calls for help.
const CALLING_ONE_IN: u32 = 12;

pub(super) async fn run(hall: &mut Hall) -> Result<(), Trouble> {
    let round = hall.rounds.team;
    hall.host().must(OpenRound { round }).await?;
    check_teams(hall, round).await?;
    let walk = Walk::begin(hall, round);
    let talk = Talk {
        round,
        part: "by team",
        notes: hall.plan.notes,
        until: hall.plan.talk_until(),
        think: hall.plan.think,
        turns: true,
        interruptions: false,
        may_end: false,
    };
    let findings = hall.stage.findings.clone();
    let talking = crowd::each(&hall.participants, &hall.stage.findings, |person| {
        let findings = findings.clone();
        async move {
            take_part(Arc::clone(&person), talk).await?;
            call_help(&person).await?;
            edit_on_two_devices(&person, &findings).await
        }
    });
    let (talked, paused) = tokio::join!(talking, pause_and_extend(hall, round));
    talked?;
    paused?;
    walk.end().await?;
    close_round(hall, round).await
}

/// Everyone sits with their team, and with nobody else.
async fn check_teams(hall: &Hall, round: RoundId) -> Result<(), Trouble> {
    let findings = hall.stage.findings.clone();
    crowd::each(&hall.participants, &hall.stage.findings, |person| {
        let findings = findings.clone();
        async move {
            take_seat(&person, round).await?;
            let strangers = seat(&person, |seat| {
                let members = seat.room.members.iter().filter_map(|id| seat.people.get(id));
                members.filter(|member| member.team != person.team).count()
            });
            if strangers != Some(0) {
                let what = format!("{} sits with {strangers:?} people of other teams", person.who());
                findings.add(Promise::Progress, what);
            }
            Ok(())
        }
    })
    .await
}

async fn pause_and_extend(hall: &Hall, round: RoundId) -> Result<(), Trouble> {
    let host = hall.host();
    host.must(PauseRound { round }).await?;
    hall.all_see_round(round, "the pause", |phase| matches!(phase, RoundPhase::Paused { .. })).await?;
    host.must(ResumeRound { round }).await?;
    hall.all_see_round(round, "the clock going on", |phase| matches!(phase, RoundPhase::Open { .. })).await?;
    host.must(AddTime { round, delta_ms: 300_000 }).await.map(drop)
}

/// Somebody of the room calls; whoever comes clears the call, and the room sees it.
async fn call_help(person: &Person) -> Result<(), Trouble> {
    let Some((room, first)) = seat(person, |seat| (seat.room.id, seat.room.members.first().copied())) else {
        return Ok(());
    };
    if first != Some(person.id) || !room.0.is_multiple_of(CALLING_ONE_IN) {
        return Ok(());
    }
    person.must(CallHelp { room }).await?;
    person
        .until("help to have come and gone", PATIENCE, |view| {
            view.seat.as_ref().is_some_and(|seat| seat.room.help == HelpState::Quiet {})
        })
        .await
}

/// Two devices edit one note from the same version: one is taken, the other gets both texts back.
async fn edit_on_two_devices(person: &Person, findings: &Findings) -> Result<(), Trouble> {
    let Some(second) = &person.second else { return Ok(()) };
    let mut chance = person.chance("two devices");
    let Some(board) = seat(person, |seat| seat.board.id) else { return Ok(()) };
    let added = person.add_note((board, AreaId(0)), false, &mut chance, &[]).await?;
    let Some(note) = added.and_then(|taken| taken.created).map(NoteId) else {
        findings.add(Promise::Protocol, format!("{}: a note was taken without an id", person.who()));
        return Ok(());
    };
    let has_note = |view: &engawa_protocol::view::MeetingView| {
        view.seat.as_ref().is_some_and(|seat| seat.board.notes.contains_key(&note))
    };
    second.until("the note of the other device", PATIENCE, has_note).await?;
    let mut edit = || {
        let (_, text) = person.text(MarkedText::Note, &mut chance);
        EditNote { board, note, base_version: 1, text, color: NoteColor::Pink }
    };
    let (here, there) = (edit(), edit());
    let texts = [here.text.clone(), there.text.clone()];
    let (here, there) = tokio::join!(person.ask_on(&person.client, here), person.ask_on(second, there));
    let conflict = match (here?, there?) {
        (Ok(_), Err(rejection)) => Some((rejection, &texts[1], &texts[0])),
        (Err(rejection), Ok(_)) => Some((rejection, &texts[0], &texts[1])),
        (Ok(_), Ok(_)) | (Err(_), Err(_)) => None,
    };
    let kept = matches!(&conflict, Some((Rejection::NoteConflict { current_text, your_text, .. }, mine, taken))
        if your_text == *mine && current_text == *taken);
    if !kept {
        let what = format!("{}: two edits of one version ended with {conflict:?}", person.who());
        findings.add(Promise::Durability, what);
    }
    Ok(())
}
