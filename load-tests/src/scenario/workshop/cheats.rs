//! Attempts to cheat. Each says what must come of it; anything else is a finding. The functions answer with how many
//! attempts were made.

use std::sync::Arc;

use engawa_protocol::command::{
    AddComment, AddNote, AnswerQuestionnaire, CastBallot, CloseVote, Command, EndRound, JoinAs, JoinMeeting,
    MarkNote, OpenRound, RecountVote, RevealNext, SetInterest, VisitRoom, WithdrawBallot,
};
use engawa_protocol::{AreaId, BoardId, ClientSeq, NoteColor, NoteId, PosterId, RoundId};
use hyper::Method;

use super::PATIENCE;
use super::hall::Hall;
use super::setup::Devices;
use crate::client::{Client, Identity, Reading};
use crate::http::{Answer, Source};
use crate::marker::MarkedText;
use crate::person::{Person, code};
use crate::trouble::{Findings, Promise, Trouble};

fn cheater(hall: &Hall, index: usize) -> Arc<Person> {
    Arc::clone(&hall.participants[index % hall.participants.len()])
}

fn wrong(findings: &Findings, what: String) {
    findings.add(Promise::Cheating, what);
}

/// In rooms: other rooms' boards, other roles' commands, other people's names and numbers.
pub(super) async fn in_rooms(hall: &Hall) -> Result<u64, Trouble> {
    let one = cheater(hall, 1);
    let own = one.look(|view| view.seat.as_ref().map(|seat| seat.board.id)).flatten();
    let other = hall.boards_of(hall.rounds.mixed).into_iter().find(|board| Some(*board) != own);
    let board = other.unwrap_or(BoardId(9_999));
    let text = format!("よその部屋から{}", one.marker(MarkedText::Note));
    let note = AddNote { board, area: AreaId(0), text, color: NoteColor::Pink };
    one.must_not(note.clone(), "not_found").await?;
    one.must_not(MarkNote { board, note: NoteId(1) }, "not_found").await?;
    let round: RoundId = hall.rounds.mixed;
    one.must_not(EndRound { round }, "not_permitted").await?;
    one.must_not(OpenRound { round: hall.rounds.posters }, "not_permitted").await?;
    one.must_not(VisitRoom { room: board.room() }, "not_permitted").await?;
    hall.observers[0].must_not(note, "not_permitted").await?;
    // CM9.
    let join = JoinMeeting { join: JoinAs::Listed { person: hall.host().id } };
    one.must_not(join, "not_permitted").await?;
    Ok(7 + other_names(hall).await? + tokens(hall).await? + operators_doors(hall).await?)
}

/// HT3: a name that somebody has already.
async fn other_names(hall: &Hall) -> Result<u64, Trouble> {
    let api = &hall.stage.api;
    let options = api.join_options(&hall.short_code).await?;
    let Some(taken) = options.people.iter().find(|candidate| candidate.taken) else {
        wrong(&hall.stage.findings, "nobody's name is taken although people have joined by name".into());
        return Ok(0);
    };
    let device = Devices::new(hall.stage.seed ^ 0xBAD, hall.stage.transport).make();
    match api.join(&options.token, device, JoinAs::Listed { person: taken.person }).await {
        Err(Trouble::Http { status: 409, body, .. }) if body.contains("name_taken") => {}
        other => wrong(&hall.stage.findings, format!("a name that was taken was answered with {other:?}")),
    }
    match api.join(&options.token, device, JoinAs::Listed { person: hall.host().id }).await {
        Err(Trouble::Http { .. }) => {}
        other => {
            wrong(&hall.stage.findings, format!("the host's name was given to a participant: {other:?}"))
        }
    }
    Ok(2)
}

/// HS, LN3: a token that was changed, and one that opens no connection.
async fn tokens(hall: &Hall) -> Result<u64, Trouble> {
    let mut devices = Devices::new(hall.stage.seed ^ 0xF00D, hall.stage.transport);
    let own = &cheater(hall, 2).token;
    let changed = changed(own);
    let shared = hall.stage.api.join_options(&hall.short_code).await?.token;
    for (token, expected) in [(changed, "LinkInvalid"), (shared, "JoinFirst")] {
        let identity = Identity {
            transport: hall.stage.transport,
            source: Source::ANY,
            reading: Reading::Whole,
            who: format!("somebody with a token for {expected}"),
            nodes: hall.stage.api.nodes.clone(),
            token,
            device: devices.make(),
            numbered: ClientSeq(0),
            seed: hall.stage.seed,
        };
        let client = Client::new(identity, Findings::default());
        let came_in = client.connect(PATIENCE).await;
        let why = client.until_ended(PATIENCE).await.unwrap_or_default();
        if came_in.is_ok() || why != expected {
            wrong(&hall.stage.findings, format!("a bad token was answered with {why:?}, not {expected}"));
        }
    }
    Ok(2)
}

/// A token with another sign near its end.
fn changed(token: &str) -> String {
    let place = token.len().saturating_sub(5);
    let other = |sign| if sign == 'A' { 'B' } else { 'A' };
    token.char_indices().map(|(at, sign)| if at == place { other(sign) } else { sign }).collect()
}

/// Doors that are for the operator or for coordinators.
async fn operators_doors(hall: &Hall) -> Result<u64, Trouble> {
    let token = cheater(hall, 3).token.clone();
    let log = format!("/api/meetings/{}/log?after=0", hall.meeting);
    let doors = [
        (log.as_str(), Some(token.as_str())),
        (log.as_str(), None),
        ("/api/links", Some(token.as_str())),
        ("/api/links", None),
    ];
    for (path, bearer) in doors {
        let Answer { status, .. } = hall.stage.api.send(Method::GET, path, bearer, Vec::new()).await?;
        if !(400..500).contains(&status) {
            wrong(&hall.stage.findings, format!("GET {path} with the wrong key answered {status}"));
        }
    }
    Ok(doors.len() as u64)
}

/// At the posters: observers write nothing, nobody comments on what is not there.
pub(super) async fn at_posters(hall: &Hall) -> Result<u64, Trouble> {
    let observer = &hall.observers[0];
    let poster =
        hall.host().look(|view| view.posters.keys().next().copied()).flatten().unwrap_or(PosterId(1));
    let text = format!("見学者から{}", observer.marker(MarkedText::Comment));
    observer.must_not(AddComment { poster, text: text.clone() }, "not_permitted").await?;
    observer.must_not(SetInterest { poster, interested: true }, "not_permitted").await?;
    let nowhere = PosterId(1_000_000);
    cheater(hall, 4).must_not(AddComment { poster: nowhere, text }, "not_found").await?;
    Ok(3)
}

/// While the vote is open.
pub(super) async fn at_the_vote(hall: &Hall) -> Result<u64, Trouble> {
    let one = hall.participants.iter().find(|person| person.team.is_some()).cloned();
    let one = one.ok_or_else(|| Trouble::Answer("nobody has a team".into()))?;
    let candidates = one.look(|view| view.vote.candidates.clone()).unwrap_or_default();
    let own = one.look(|view| {
        view.posters.values().find(|poster| Some(poster.team) == one.team).map(|poster| poster.id)
    });
    let own = own.flatten().unwrap_or(PosterId(0));
    let others: Vec<PosterId> = candidates.iter().copied().filter(|poster| *poster != own).collect();
    let cast = |choices: &[PosterId]| CastBallot { choices: choices.to_vec() };
    one.must_not(cast(&[own]), "own_team_chosen").await?;
    one.must_not(cast(&[others[0], own]), "own_team_chosen").await?;
    one.must_not(cast(&others[..4]), "too_many_choices").await?;
    one.must_not(cast(&[others[0], others[0]]), "choice_twice").await?;
    one.must_not(cast(&[]), "out_of_range").await?;
    one.must_not(cast(&[PosterId(1_000_000)]), "not_found").await?;
    one.must_not(CloseVote {}, "not_permitted").await?;
    one.must_not(RecountVote {}, "not_permitted").await?;
    for somebody in [hall.host(), &hall.facilitators[0], hall.teller(), &hall.observers[0]] {
        somebody.must_not(cast(&others[..1]), "not_permitted").await?;
    }
    hall.host().must_not(CloseVote {}, "not_permitted").await?;
    Ok(13 + for_another(hall, &others).await? + number_twice(hall).await?)
}

/// CM6: a command that names somebody else as its sender is one's own all the same.
async fn for_another(hall: &Hall, posters: &[PosterId]) -> Result<u64, Trouble> {
    let (one, victim) = (cheater(hall, 5), cheater(hall, 50));
    let before = victim.client.witness(|witness| witness.ballot.clone());
    let not_own = one.look(|view| {
        posters.iter().copied().find(|id| view.posters.get(id).map(|poster| poster.team) != one.team)
    });
    let Some(choice) = not_own.flatten() else { return Ok(0) };
    let command = format!(
        r#"{{"type":"cast_ballot","choices":[{choice}],"person":{0},"voter":{0},"by":{0},"actor":{0}}}"#,
        victim.id
    );
    match one.client.ask_raw(command, "cast_ballot").await? {
        Ok(taken) => {
            one.remember_ballot(Some([choice].into()));
            one.client.until_seq(taken.seq, PATIENCE).await?;
            victim.client.until_seq(taken.seq, PATIENCE).await?;
        }
        Err(rejection) if code(&rejection) == "malformed" => {}
        Err(rejection) => wrong(&hall.stage.findings, format!("a ballot with more fields: {rejection:?}")),
    }
    if victim.client.witness(|witness| witness.ballot.clone()) != before {
        wrong(&hall.stage.findings, format!("{} has changed the ballot of {}", one.who(), victim.who()));
    }
    Ok(1)
}

/// CM2: one number, two commands, by HTTP: the second gets the first one's outcome and does nothing.
async fn number_twice(hall: &Hall) -> Result<u64, Trouble> {
    use engawa_protocol::http::CommandReply;
    let one = cheater(hall, 6);
    let device = Devices::new(hall.stage.seed ^ 0xD0D0, hall.stage.transport).make();
    let Some(ballot) = one.ballot() else { return Ok(0) };
    let cast: Command = CastBallot { choices: ballot.into_iter().collect() }.into();
    let api = &hall.stage.api;
    let first = api.command(&one.token, device, ClientSeq(1), cast).await?;
    let again = api.command(&one.token, device, ClientSeq(1), WithdrawBallot {}.into()).await?;
    if !matches!(first, CommandReply::Accepted { .. }) || first != again {
        wrong(&hall.stage.findings, format!("one number for two commands: {first:?}, then {again:?}"));
    }
    Ok(1)
}

/// After the close nothing changes the vote.
pub(super) async fn after_the_close(hall: &Hall) -> Result<u64, Trouble> {
    let one = cheater(hall, 7);
    let other = one.look(|view| {
        let not_own = |poster: &&PosterId| view.posters.get(*poster).map(|poster| poster.team) != one.team;
        view.vote.candidates.iter().find(not_own).copied()
    });
    let choices = other.flatten().into_iter().collect();
    one.must_not(CastBallot { choices }, "vote_not_open").await?;
    one.must_not(WithdrawBallot {}, "vote_not_open").await?;
    one.must_not(RevealNext { place: None }, "not_permitted").await?;
    hall.teller().must_not(CloseVote {}, "already_so").await?;
    Ok(4)
}

/// After the meeting has ended.
pub(super) async fn after_the_end(hall: &Hall) -> Result<u64, Trouble> {
    let one = cheater(hall, 8);
    one.must_not(AnswerQuestionnaire { answers: std::collections::BTreeMap::new() }, "meeting_ended").await?;
    hall.host().must_not(OpenRound { round: hall.rounds.opening }, "meeting_ended").await?;
    Ok(2)
}
