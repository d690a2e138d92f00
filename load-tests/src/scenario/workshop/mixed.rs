//! Two mixed rounds: people whose lines break, who reload, leave and come back; people who come late, on the roster and
//! with a name of their own; and a round that ends when its time is over.

use std::collections::BTreeSet;
use std::sync::Arc;

use engawa_protocol::command::{JoinAs, MovePeople, OpenRound, ProposeGrouping};
use engawa_protocol::{ClientSeq, PersonId, Role, RoomId, RoundId, RoundPhase, TeamId};

use super::dialogue::{Talk, close_round, seat, take_part, take_seat};
use super::guides::Walk;
use super::hall::Hall;
use super::setup::Devices;
use super::{PATIENCE, cheats};
use crate::crowd;
use crate::person::Person;
use crate::trouble::{Promise, Trouble};

/// People who come with a name that is not on the roster.
const NEWCOMERS: usize = 3;

pub(super) async fn run(hall: &mut Hall) -> Result<(), Trouble> {
    let round = hall.rounds.mixed;
    open_mixed(hall, round).await?;
    let walk = Walk::begin(hall, round);
    let newcomers = invite_newcomers(hall).await?;
    let talk = Talk {
        round,
        part: "mixed",
        notes: hall.plan.notes,
        until: hall.plan.talk_until(),
        think: hall.plan.think,
        turns: true,
        interruptions: true,
        may_end: false,
    };
    let late: Vec<Arc<Person>> = hall.late.iter().chain(&newcomers).cloned().collect();
    let findings = &hall.stage.findings;
    let talking = crowd::each(&hall.participants, findings, |person| take_part(person, talk));
    let arriving = crowd::each(&late, findings, |person| async move {
        person.come(PATIENCE).await?;
        take_part(person, talk).await
    });
    let (talked, arrived, moved) = tokio::join!(talking, arriving, move_people(hall, round));
    talked?;
    arrived?;
    moved?;
    walk.end().await?;
    hall.cheats += cheats::in_rooms(hall).await?;
    close_round(hall, round).await?;
    hall.late.clear();
    hall.participants.extend(late);
    Ok(())
}

/// The round that ends by itself, at the second that everybody sees.
pub(super) async fn run_on_time(hall: &mut Hall) -> Result<(), Trouble> {
    let round = hall.rounds.on_time;
    open_mixed(hall, round).await?;
    let walk = Walk::begin(hall, round);
    let talk = Talk {
        round,
        part: "on time",
        notes: hall.plan.notes,
        until: hall.plan.talk_until(),
        think: hall.plan.think,
        turns: false,
        interruptions: true,
        may_end: true,
    };
    crowd::each(&hall.participants, &hall.stage.findings, |person| take_part(person, talk)).await?;
    hall.all_see_round(round, "the round to end by itself", |phase| {
        matches!(phase, RoundPhase::Ended { .. })
    })
    .await?;
    walk.end().await
}

/// Opens a mixed round; nobody sits with their own team where that can be helped.
async fn open_mixed(hall: &Hall, round: RoundId) -> Result<(), Trouble> {
    let host = hall.host();
    let seed = Some(hall.stage.seed ^ u64::from(round.0));
    host.must(ProposeGrouping { round, rule: None, seed, include_absent: false }).await?;
    host.until("the proposal", PATIENCE, |view| view.groupings.contains_key(&round)).await?;
    host.must(OpenRound { round }).await?;
    crowd::each(
        &hall.participants,
        &hall.stage.findings,
        |person| async move { take_seat(&person, round).await },
    )
    .await?;
    for person in &hall.participants {
        let teams: Option<Vec<TeamId>> = seat(person, |seat| {
            let members = seat.room.members.iter().filter_map(|id| seat.people.get(id));
            members.filter_map(|member| member.team).collect()
        });
        let teams = teams.unwrap_or_default();
        if teams.iter().collect::<BTreeSet<_>>().len() < teams.len() {
            let what = format!("{} sits in a mixed room with two of one team: {teams:?}", person.who());
            hall.stage.findings.add(Promise::Progress, what);
        }
    }
    Ok(())
}

/// People who join over the shared link with a name of their own.
async fn invite_newcomers(hall: &Hall) -> Result<Vec<Arc<Person>>, Trouble> {
    let api = &hall.stage.api;
    let options = api.join_options(&hall.short_code).await?;
    let mut devices = Devices::new(hall.stage.seed ^ 0x5EED, hall.stage.transport);
    let mut newcomers = Vec::new();
    for index in 0..NEWCOMERS {
        let team = options.teams.get(index).filter(|_| index > 0).map(|team| team.id);
        let name = format!("飛び入り {}", index + 1);
        let device = devices.make();
        let joined = api.join(&options.token, device, JoinAs::Named { name: name.clone(), team }).await?;
        let client = devices.client(api, (name, &joined.token), (device, ClientSeq(1)), &hall.stage.findings);
        let who = (joined.person, Role::Participant, team);
        newcomers.push(Arc::new(Person::new(who, joined.token, (client, None), hall.common.clone())));
    }
    Ok(newcomers)
}

/// The host moves an observer into a room and a participant into another.
async fn move_people(hall: &Hall, round: RoundId) -> Result<(), Trouble> {
    let rooms = hall.rooms_of(round);
    let (Some(to), Some(observer), Some(moved)) =
        (rooms.last().copied(), hall.observers.first(), hall.participants.first())
    else {
        return Ok(());
    };
    for person in [observer, moved] {
        let people: Vec<PersonId> = vec![person.id];
        hall.host().may(MovePeople { people, to: Some(to) }, &["already_so"]).await?;
        let there = |room: RoomId| {
            move |view: &engawa_protocol::view::MeetingView| {
                view.seat.as_ref().is_some_and(|seat| seat.room.id == room)
            }
        };
        person.until("the room one was moved to", PATIENCE, there(to)).await?;
    }
    Ok(())
}
