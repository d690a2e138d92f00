//! Set-up through the public API alone: the meeting, its roster, its agenda, everyone's link.

use std::collections::BTreeMap;
use std::sync::Arc;

use engawa_protocol::command::{ImportRoster, JoinAs, SetAgenda};
use engawa_protocol::http::{CommandReply, CreateMeeting, Links};
use engawa_protocol::view::PersonView;
use engawa_protocol::{
    AuthorDisplay, BoardTemplate, ClientSeq, Command, DeviceId, GroupingRule, Language, PersonId, Role,
    RoundKind, RoundPlan,
};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use super::hall::{Guests, Hall, Rounds};
use super::{PATIENCE, Plan};
use crate::client::{Client, Identity, Reading, Transport};
use crate::crowd::Crowd;
use crate::http::{Api, Source, token_of};
use crate::measure::Measure;
use crate::names;
use crate::person::{Common, Person};
use crate::scenario::Stage;
use crate::trouble::{Findings, Trouble};

/// One in so many comes late.
const LATE_ONE_IN: usize = 20;
/// One in so many picks a name over the shared link.
const PICKING_ONE_IN: usize = 8;
/// One in so many has a second device.
const TWO_DEVICES_ONE_IN: usize = 25;

/// Makes devices, at random from the run's seed.
pub(super) struct Devices {
    chance: SmallRng,
    transport: Transport,
}

impl Devices {
    pub(super) fn new(seed: u64, transport: Transport) -> Self {
        Self { chance: SmallRng::seed_from_u64(seed), transport }
    }

    /// A device of a new number.
    pub(super) fn make(&mut self) -> DeviceId {
        DeviceId(uuid::Builder::from_random_bytes(self.chance.random()).into_uuid())
    }

    /// A client on a device.
    pub(super) fn client(
        &mut self,
        api: &Api,
        (who, token): (String, &str),
        (device, numbered): (DeviceId, ClientSeq),
        findings: &Findings,
    ) -> Client {
        let (nodes, token) = (api.nodes.clone(), token.to_owned());
        let seed = self.chance.random();
        let (transport, source, reading) = (self.transport, Source::ANY, Reading::Whole);
        let identity = Identity { who, nodes, token, device, numbered, seed, transport, source, reading };
        Client::new(identity, findings.clone())
    }
}

/// Makes the meeting, and everyone who is to come; nobody but the host is connected afterwards.
pub(super) async fn prepare(plan: Plan, stage: Stage) -> Result<Hall, Trouble> {
    let common =
        Common { measure: Arc::new(Measure::default()), findings: stage.findings.clone(), seed: stage.seed };
    let mut devices = Devices::new(stage.seed, stage.transport);
    let api = &stage.api;
    let made = api
        .create_meeting(&CreateMeeting {
            title: "人材マネジメント部会 第6回研究会".into(),
            language: Language::Ja,
            coordinator: "事務局 A".into(),
            keep_until: None,
        })
        .await?;
    let rows = names::roster(plan.teams, plan.people_per_team, plan.staff);
    let clerk = devices.make();
    command(api, &made.token, (clerk, 1), ImportRoster { rows }.into()).await?;
    command(api, &made.token, (clerk, 2), SetAgenda { rounds: agenda(&plan) }.into()).await?;
    let links = api.links(&made.token).await?;

    // Who is in which team, as the host's own screen says.
    let host_device = (devices.make(), ClientSeq(0));
    let host = devices.client(api, ("事務局 A".into(), &made.token), host_device, &stage.findings);
    host.connect(PATIENCE).await?;
    let expected = plan.teams * plan.people_per_team + plan.staff.count();
    host.until("the roster", PATIENCE, |view| view.people.len() >= expected).await?;
    let (people, rounds) = host
        .look(|view| (view.people.clone(), view.rounds.iter().map(|round| round.id).collect::<Vec<_>>()))
        .ok_or_else(|| Trouble::Answer("the host sees nothing".into()))?;
    let rounds = match rounds[..] {
        [opening, team, partners, mixed, on_time, plenary, posters] => {
            Rounds { opening, team, partners, mixed, on_time, plenary, posters }
        }
        _ => return Err(Trouble::Answer(format!("the agenda has {} rounds", rounds.len()))),
    };
    let guests = invite(&stage, &common, &mut devices, (host, &made.token), &links, &people).await?;
    stage.console.say(format!("meeting {} is ready for {} people", made.meeting, people.len()));
    Ok(Hall::new((stage.clone(), plan, common), (made.meeting, made.short_code), rounds, guests))
}

async fn command(
    api: &Api,
    token: &str,
    (device, number): (DeviceId, u64),
    command: Command,
) -> Result<(), Trouble> {
    let name = command.name();
    match api.command(token, device, ClientSeq(number), command).await? {
        CommandReply::Accepted { .. } => Ok(()),
        CommandReply::Rejected { rejection } => {
            Err(Trouble::Rejected { who: "set-up".into(), command: name, rejection })
        }
    }
}

/// Makes everyone: most with their personal link, some by picking their name over the shared link.
async fn invite(
    stage: &Stage,
    common: &Common,
    devices: &mut Devices,
    (host, host_token): (Client, &str),
    links: &Links,
    people: &BTreeMap<PersonId, PersonView>,
) -> Result<Guests, Trouble> {
    let api = &stage.api;
    let shared = |role| links.shared.iter().find(|link| link.role == role);
    let screen_link =
        shared(Role::Screen).ok_or_else(|| Trouble::Answer("there is no link for a screen".into()))?;
    let screen_device = (devices.make(), ClientSeq(0));
    let token = token_of(&screen_link.link)?;
    let screen = devices.client(api, ("投影画面".into(), &token), screen_device, &stage.findings);
    let shared_token = api.join_options(&links.short_code).await?.token;

    let mut by_role: BTreeMap<&str, Crowd> = BTreeMap::new();
    let mut participant_index = 0_usize;
    let host_id = people
        .values()
        .find(|person| person.role == Role::Coordinator && person.name == "事務局 A")
        .map(|person| person.id);
    for link in &links.personal {
        let view = people
            .get(&link.person)
            .ok_or_else(|| Trouble::Answer(format!("a link for {}, who is not there", link.person)))?;
        let group = group_of(view.role, &mut participant_index);
        let picks = view.role == Role::Participant && participant_index.is_multiple_of(PICKING_ONE_IN);
        let device = devices.make();
        let (token, numbered) = if picks {
            let joined = api.join(&shared_token, device, JoinAs::Listed { person: view.id }).await?;
            (joined.token, ClientSeq(1))
        } else {
            (token_of(&link.link)?, ClientSeq(0))
        };
        let is_host = Some(view.id) == host_id;
        let (client, token) = if is_host {
            (host.clone(), host_token.to_owned())
        } else {
            let who = view.name.clone();
            (devices.client(api, (who, &token), (device, numbered), &stage.findings), token)
        };
        let has_two =
            !picks && view.role == Role::Participant && participant_index.is_multiple_of(TWO_DEVICES_ONE_IN);
        let second = has_two.then(|| {
            let device = (devices.make(), ClientSeq(0));
            devices.client(api, (format!("{} (2)", view.name), &token), device, &stage.findings)
        });
        let person = Person::new((view.id, view.role, view.team), token, (client, second), common.clone());
        let crowd = by_role.entry(group).or_default();
        // The host leads: first of the coordinators.
        crowd.insert(if is_host { 0 } else { crowd.len() }, Arc::new(person));
    }
    let mut take = |group: &str| by_role.remove(group).unwrap_or_default();
    Ok(Guests {
        coordinators: take("coordinators"),
        facilitators: take("facilitators"),
        secretariat: take("secretariat"),
        observers: take("observers"),
        participants: take("participants"),
        late: take("late"),
        screen,
    })
}

fn group_of(role: Role, participant_index: &mut usize) -> &'static str {
    match role {
        Role::Coordinator => "coordinators",
        Role::Facilitator => "facilitators",
        Role::Secretariat => "secretariat",
        Role::Observer | Role::Screen => "observers",
        Role::Participant => {
            *participant_index += 1;
            // Not those who pick a name: their device is known to the server from the beginning.
            if participant_index.is_multiple_of(LATE_ONE_IN) { "late" } else { "participants" }
        }
    }
}

fn agenda(plan: &Plan) -> Vec<RoundPlan> {
    let round = |kind, title: &str, question: &str| RoundPlan {
        kind,
        title: title.into(),
        question: question.into(),
        duration_ms: None,
        grouping: GroupingRule::Team {},
        turn_ms: None,
        template: BoardTemplate::Free,
        authors: AuthorDisplay::Shown,
        countdown_ms: 1_000,
    };
    let long = Some(20 * 60_000);
    vec![
        round(RoundKind::Plenary, "開会", ""),
        RoundPlan {
            duration_ms: long,
            turn_ms: Some(60_000),
            ..round(RoundKind::Dialogue, "自チームの対話", "今回の基本方針の見直しを、何のために行う？")
        },
        RoundPlan {
            duration_ms: long,
            grouping: GroupingRule::Partners { teams_per_room: 3 },
            template: BoardTemplate::Affinity,
            authors: AuthorDisplay::Hidden,
            ..round(
                RoundKind::Dialogue,
                "対話自治体",
                "自自治体の基本方針の活用状況と、策定に向けた進捗・課題は？",
            )
        },
        RoundPlan {
            duration_ms: long,
            grouping: GroupingRule::Mixed { room_size: 5 },
            turn_ms: Some(90_000),
            template: BoardTemplate::FourSteps,
            ..round(RoundKind::Dialogue, "シャッフル 1", "立ち位置を変えると、何が見える？")
        },
        RoundPlan {
            duration_ms: Some(plan.timed_round_ms),
            grouping: GroupingRule::Mixed { room_size: 5 },
            template: BoardTemplate::NowIdealStep,
            ..round(RoundKind::Dialogue, "シャッフル 2", "明日からの一歩は？")
        },
        round(RoundKind::Plenary, "全体共有", ""),
        round(RoundKind::Posters, "ポスターセッション", "持ち帰りたいものは？"),
    ]
}
