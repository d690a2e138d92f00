//! A meeting that is held only to see how it goes: made through the public API, with people who read without looking closely.

mod small;

use std::sync::Arc;
use std::time::{Duration, Instant};

use engawa_protocol::command::{ImportRoster, OpenRound, RosterRow, SetAgenda};
use engawa_protocol::http::{CommandReply, CreateMeeting, Links};
use engawa_protocol::{
    AuthorDisplay, BoardId, BoardTemplate, ClientSeq, Command, DeviceId, GroupingRule, Language, PersonId,
    Role, RoundId, RoundKind, RoundPhase, RoundPlan,
};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

pub(crate) use self::small::many;
use crate::client::{Client, Identity, Reading, Skimming};
use crate::http::{Source, token_of};
use crate::meter::{Meter, Paced, Pacing, Stamp};
use crate::names::{self, Staff};
use crate::scenario::Stage;
use crate::trouble::Trouble;

/// Longest wait for anything that is not measured.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Teams of a meeting that has enough people for them.
const TEAMS: usize = 97;
/// A few staff, so that somebody hangs posters and counts votes.
const STAFF: Staff = Staff { coordinators: 1, facilitators: 1, secretariat: 1, observers: 0 };
/// A text that makes a note's frame about 200 bytes long, like those of the servers beside it.
const TEXT: &str = "若手が異動の理由を知らされない。まず自分の係で";

/// What is to be held.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GatheringPlan {
    /// Participants.
    pub(crate) people: usize,
    /// How many sit in a room; none: the plenary.
    pub(crate) room_size: Option<u32>,
}

/// A participant.
#[derive(Debug)]
pub(crate) struct Guest {
    /// Who they are.
    pub(crate) id: PersonId,
    /// Their device's client.
    pub(crate) client: Client,
    /// Where what they get is counted.
    pub(crate) skimming: Skimming,
    /// The board of the room they sit in.
    pub(crate) board: BoardId,
}

impl Guest {
    /// Writes a note that was due at a moment; false when this program has fallen too far behind.
    pub(crate) fn write(&self, due: Instant) -> bool {
        let stamp = self.skimming.meter.stamp(self.skimming.viewer, due);
        let command = note(self.board, stamp);
        let sent = self.client.submit(command, &self.skimming, stamp);
        if !sent {
            self.skimming.meter.refused(self.skimming.viewer, stamp, "generator_full");
        }
        sent
    }
}

/// A note's command.
fn note(board: BoardId, stamp: Stamp) -> String {
    format!(r#"{{"type":"add_note","board":{board},"area":0,"text":"{TEXT}{stamp}","color":"yellow"}}"#)
}

/// A meeting and its people.
#[derive(Debug)]
pub(crate) struct Gathering {
    /// The coordinator who made it, reading everything.
    pub(crate) host: Client,
    /// One of the secretariat, reading everything; not connected yet.
    pub(crate) teller: Client,
    /// Who that is, and their link's token.
    counting: (PersonId, String),
    /// The participants, by viewer.
    pub(crate) guests: Vec<Guest>,
    /// What comes to them.
    pub(crate) meter: Arc<Meter>,
    round: RoundId,
    room_size: Option<u32>,
}

impl Gathering {
    /// Makes the meeting. Nobody but the host is connected afterwards.
    pub(crate) async fn make(stage: &Stage, plan: GatheringPlan) -> Result<Self, Trouble> {
        let (api, mut chance) = (&stage.api, SmallRng::seed_from_u64(stage.seed));
        let made = api
            .create_meeting(&CreateMeeting {
                title: "測定".into(),
                language: Language::Ja,
                coordinator: "事務局 A".into(),
                keep_until: None,
            })
            .await?;
        let clerk = device(&mut chance);
        take(stage, &made.token, (clerk, 1), ImportRoster { rows: roster(plan.people) }.into()).await?;
        take(stage, &made.token, (clerk, 2), SetAgenda { rounds: vec![round(plan.room_size)] }.into())
            .await?;
        let links = api.links(&made.token).await?;
        let host = whole(stage, "事務局 A", &made.token, &mut chance);
        host.connect(PATIENCE).await?;
        let round = host.look(|view| view.rounds.first().map(|round| round.id)).flatten();
        let round = round.ok_or_else(|| Trouble::Answer("there is no round".into()))?;
        let teller = links.personal.iter().find(|link| link.role == Role::Secretariat);
        let teller = teller.ok_or_else(|| Trouble::Answer("there is no secretariat".into()))?;
        let counting = (teller.person, token_of(&teller.link)?);
        let teller = whole(stage, "集計担当 A", &counting.1, &mut chance);
        let (guests, meter) = invite(stage, &links, plan.people, &mut chance)?;
        Ok(Self { host, teller, counting, guests, meter, round, room_size: plan.room_size })
    }

    /// Everybody comes in within a time, evenly spread, and is waited for.
    pub(crate) async fn come(&self, stage: &Stage, within: Duration) -> Result<(), Trouble> {
        come(stage, (&self.guests, &self.meter), within).await
    }

    /// Another screen of the secretariat, connected, of which only the steps are counted.
    pub(crate) async fn counting_screen(&self, stage: &Stage) -> Result<Guest, Trouble> {
        let meter = Arc::new(Meter::new(vec![0]));
        let screen = guest(stage, &meter, 0, self.counting.clone(), device(&mut SmallRng::seed_from_u64(1)))?;
        screen.client.connect(PATIENCE).await?;
        Ok(screen)
    }

    /// Opens the round and finds out who sits where.
    pub(crate) async fn sit_down(&mut self) -> Result<(), Trouble> {
        let round = self.round;
        must(&self.host, OpenRound { round }).await?;
        let open = |view: &engawa_protocol::view::MeetingView| {
            view.rounds.iter().any(|one| one.id == round && matches!(one.phase, RoundPhase::Open { .. }))
        };
        self.host.until("the round", PATIENCE, open).await?;
        if self.room_size.is_none() {
            return Ok(());
        }
        let rooms = self.host.look(|view| view.rooms.clone()).unwrap_or_default();
        let mut places = std::collections::BTreeMap::new();
        for (number, room) in rooms.values().filter(|room| room.round == round).enumerate() {
            places.extend(room.members.iter().map(|person| (*person, (number, BoardId::of_room(room.id)))));
        }
        let mut room_of = Vec::with_capacity(self.guests.len());
        for guest in &mut self.guests {
            let place = places.get(&guest.id);
            let (number, board) =
                place.ok_or_else(|| Trouble::Answer(format!("{} has no room", guest.client.who())))?;
            guest.board = *board;
            room_of.push(*number);
        }
        self.meter.seat(room_of);
        let seq = self.host.seq().unwrap_or_default();
        for guest in &self.guests {
            guest.client.until_seq(seq, PATIENCE).await?;
        }
        Ok(())
    }

    /// Has everybody in turn write at a pace; says how many notes this program could not even begin to send.
    pub(crate) async fn write(&self, pacing: Pacing) -> u64 {
        let (mut paced, mut writers) = (Paced::new(pacing), self.guests.iter().cycle());
        let mut failed = 0;
        while let (Some(due), Some(writer)) = (paced.next().await, writers.next()) {
            failed += u64::from(!writer.write(due));
        }
        failed
    }
}

/// People come in within a time, evenly spread, and are waited for.
pub(crate) async fn come(
    stage: &Stage,
    (guests, meter): (&[Guest], &Meter),
    within: Duration,
) -> Result<(), Trouble> {
    let per_second = crate::sheet::real(guests.len() as u64) / within.as_secs_f64().max(0.001);
    let pacing = Pacing { from: Instant::now(), per_second, count: guests.len() as u64 };
    let mut paced = Paced::new(pacing);
    for (index, guest) in guests.iter().enumerate() {
        let Some(due) = paced.next().await else { break };
        meter.arrival(guest.skimming.viewer, due);
        guest.client.begin_to_connect();
        if index > 0 && index.is_multiple_of(2_000) {
            stage.console.say(format!("  {index} of {} have come", guests.len()));
        }
    }
    for guest in guests {
        guest.client.until_online(PATIENCE).await?;
    }
    Ok(())
}

/// Asks for something that must be taken.
pub(crate) async fn must(client: &Client, command: impl Into<Command>) -> Result<(), Trouble> {
    let command = command.into();
    let name = command.name();
    let rejected = |rejection| Trouble::Rejected { who: client.who().into(), command: name, rejection };
    client.ask(&command).await?.map(drop).map_err(rejected)
}

async fn take(
    stage: &Stage,
    token: &str,
    (device, number): (DeviceId, u64),
    command: Command,
) -> Result<(), Trouble> {
    let name = command.name();
    match stage.api.command(token, device, ClientSeq(number), command).await? {
        CommandReply::Accepted { .. } => Ok(()),
        CommandReply::Rejected { rejection } => {
            Err(Trouble::Rejected { who: "set-up".into(), command: name, rejection })
        }
    }
}

fn device(chance: &mut SmallRng) -> DeviceId {
    DeviceId(uuid::Builder::from_random_bytes(chance.random()).into_uuid())
}

fn whole(stage: &Stage, who: &str, token: &str, chance: &mut SmallRng) -> Client {
    let identity = Identity {
        who: who.into(),
        nodes: stage.api.nodes.clone(),
        token: token.into(),
        device: device(chance),
        numbered: ClientSeq(0),
        seed: chance.random(),
        transport: stage.transport,
        source: Source::ANY,
        reading: Reading::Whole,
    };
    Client::new(identity, stage.findings.clone())
}

fn invite(
    stage: &Stage,
    links: &Links,
    people: usize,
    chance: &mut SmallRng,
) -> Result<(Vec<Guest>, Arc<Meter>), Trouble> {
    let meter = Arc::new(Meter::new(vec![0; people]));
    let participants = links.personal.iter().filter(|link| link.role == Role::Participant).take(people);
    let guests = participants.enumerate().map(|(viewer, link)| {
        guest(stage, &meter, viewer, (link.person, token_of(&link.link)?), device(chance))
    });
    let guests = guests.collect::<Result<Vec<Guest>, Trouble>>()?;
    if guests.len() == people {
        Ok((guests, meter))
    } else {
        Err(Trouble::Answer(format!("{} links for {people} people", guests.len())))
    }
}

fn guest(
    stage: &Stage,
    meter: &Arc<Meter>,
    viewer: usize,
    (id, token): (PersonId, String),
    device: DeviceId,
) -> Result<Guest, Trouble> {
    let skimming = Skimming { meter: Arc::clone(meter), viewer };
    let identity = Identity {
        who: format!("viewer {viewer}"),
        nodes: stage.api.nodes.clone(),
        token,
        device,
        numbered: ClientSeq(0),
        seed: stage.seed ^ ((viewer as u64) << 20),
        transport: stage.transport,
        source: Source::of_person(viewer),
        reading: Reading::Skimmed(skimming.clone()),
    };
    let client = Client::new(identity, stage.findings.clone());
    Ok(Guest { id, client, skimming, board: BoardId::PLENARY })
}

fn roster(people: usize) -> Vec<RosterRow> {
    let teams = TEAMS.min(people.div_ceil(3));
    let mut rows = names::roster(teams, people.div_ceil(teams), STAFF);
    rows.truncate(people + STAFF.count() - 1);
    rows
}

fn round(room_size: Option<u32>) -> RoundPlan {
    RoundPlan {
        kind: if room_size.is_some() { RoundKind::Dialogue } else { RoundKind::Plenary },
        title: "測定".into(),
        question: String::new(),
        duration_ms: None,
        grouping: room_size.map_or(GroupingRule::Team {}, |room_size| GroupingRule::Mixed { room_size }),
        turn_ms: None,
        template: BoardTemplate::Free,
        authors: AuthorDisplay::Shown,
        countdown_ms: 1_000,
    }
}
