//! Many small meetings in which everybody writes notes as fast as they may.

use std::sync::Arc;
use std::time::{Duration, Instant};

use engawa_protocol::command::{AddNote, AddPerson};
use engawa_protocol::http::CreateMeeting;
use engawa_protocol::{
    AreaId, BoardId, ClientSeq, Command, DeviceId, Language, MeetingId, NoteColor, Role, Seq,
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::task::JoinSet;

use super::Options;
use crate::client::{Client, Identity, Pace, Reading, Transport};
use crate::http::{Api, Source, token_of};
use crate::measure::{Percentiles, Times};
use crate::scenario::Stage;
use crate::server::Fleet;
use crate::trouble::Trouble;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);
/// What everybody may send at once has been sent after this time; from then on it is measured.
const WARM_UP: Duration = Duration::from_secs(3);
/// Meetings that are prepared at the same time.
const PREPARED_TOGETHER: usize = 8;

/// What came out.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) per_second: u64,
    pub(super) latency: Percentiles,
    pub(super) batch_x100: u64,
    /// Bytes of a note's entry, as the log gives it.
    pub(super) entry_bytes: usize,
    /// Notes written, warming up included.
    pub(super) notes: u64,
    pub(super) meetings: u64,
}

impl Written {
    /// The mean size of an append, rounded.
    pub(super) fn batch(&self) -> usize {
        usize::try_from((self.batch_x100 + 50) / 100).unwrap_or(1).max(1)
    }
}

/// Writes for a time.
pub(super) async fn write(
    fleet: &Fleet,
    options: &Options,
    time: Duration,
    stage: &Stage,
) -> Result<Written, Trouble> {
    let api = fleet.api();
    let prepared: Vec<(MeetingId, Vec<Client>)> = stream::iter(0..options.meetings)
        .map(|index| prepare(&api, index, options.writers, stage))
        .buffer_unordered(PREPARED_TOGETHER)
        .try_collect()
        .await?;
    for client in prepared.iter().flat_map(|(_, clients)| clients) {
        client.connect(PATIENCE).await?;
    }
    let before = appends(fleet).await?;
    let measured_from = Instant::now() + WARM_UP;
    let until = measured_from + time;
    let mut tasks = JoinSet::new();
    for client in prepared.iter().flat_map(|(_, clients)| clients).cloned() {
        tasks.spawn(write_notes(client, until));
    }
    let (mut times, mut measured, mut notes) = (Times::default(), 0_u64, 0_u64);
    while let Some(ended) = tasks.join_next().await {
        let ways = ended.map_err(|panic| Trouble::Answer(format!("a writer fell over: {panic}")))??;
        notes += ways.len() as u64;
        for (sent, acked) in ways.into_iter().filter(|(_, acked)| (measured_from..until).contains(acked)) {
            measured += 1;
            times.add(acked.duration_since(sent));
        }
    }
    let after = appends(fleet).await?;
    let (inputs, batches) = (after.0.saturating_sub(before.0), after.1.saturating_sub(before.1));
    let last = match prepared.first() {
        Some((meeting, _)) => api.log_after(*meeting, Seq(u64::from(options.writers) + 1)).await?.pop(),
        None => None,
    };
    let entry_bytes =
        last.and_then(|entry| serde_json::to_vec(&entry.input).ok()).map_or(0, |bytes| bytes.len());
    Ok(Written {
        per_second: measured * 1_000 / u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1),
        latency: times.percentiles(),
        batch_x100: (inputs * 100).checked_div(batches).unwrap_or(0),
        entry_bytes,
        notes,
        meetings: u64::from(options.meetings),
    })
}

/// A meeting with facilitators, who may write on its plenary board at any time.
async fn prepare(
    api: &Api,
    index: u16,
    writers: u16,
    stage: &Stage,
) -> Result<(MeetingId, Vec<Client>), Trouble> {
    let mut chance = SmallRng::seed_from_u64(stage.seed ^ (u64::from(index) << 32));
    let mut device = || DeviceId(uuid::Builder::from_random_bytes(chance.random()).into_uuid());
    let made = api
        .create_meeting(&CreateMeeting {
            title: format!("測定 {index}"),
            language: Language::Ja,
            coordinator: "事務局 A".into(),
            keep_until: None,
        })
        .await?;
    let clerk = device();
    for number in 1..=writers {
        let name = format!("幹事 {number}");
        let command: Command = AddPerson { name, role: Role::Facilitator, team: None, email: None }.into();
        api.command(&made.token, clerk, ClientSeq(u64::from(number)), command).await?;
    }
    let links = api.links(&made.token).await?;
    let mut clients = Vec::new();
    for link in links.personal.iter().filter(|link| link.role == Role::Facilitator) {
        let identity = Identity {
            who: format!("meeting {index}, {}", link.person),
            nodes: api.nodes.clone(),
            token: token_of(&link.link)?,
            device: device(),
            numbered: ClientSeq(0),
            seed: stage.seed ^ (u64::from(index) << 16) ^ u64::from(link.person.0),
            transport: Transport::Ws,
            source: Source::ANY,
            reading: Reading::Whole,
        };
        clients.push(Client::new(identity, stage.findings.clone()));
    }
    Ok((made.meeting, clients))
}

async fn write_notes(client: Client, until: Instant) -> Result<Vec<(Instant, Instant)>, Trouble> {
    let pace = Arc::new(Pace::new());
    let mut ways = Vec::new();
    let note = AddNote {
        board: BoardId::PLENARY,
        area: AreaId(0),
        text: "若手が異動の理由を知らされない。まず自分の係で朝の5分から始める。".into(),
        color: NoteColor::Yellow,
    };
    let command: Command = note.into();
    loop {
        pace.wait().await;
        if Instant::now() >= until {
            return Ok(ways);
        }
        match client.ask(&command).await? {
            Ok(taken) => ways.push((taken.sent, taken.acked)),
            Err(rejection) => {
                let who = client.who().to_owned();
                return Err(Trouble::Rejected { who, command: "add_note", rejection });
            }
        }
    }
}

/// Inputs appended and appends made by all nodes so far, from their metrics.
async fn appends(fleet: &Fleet) -> Result<(u64, u64), Trouble> {
    let (mut inputs, mut batches) = (0, 0);
    for address in fleet.internal_addresses() {
        let answer = Api::single(address, String::new())
            .send(hyper::Method::GET, "/metrics", None, Vec::new())
            .await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        inputs += value(&text, "engawa_append_inputs_sum");
        batches += value(&text, "engawa_append_inputs_count");
    }
    Ok((inputs, batches))
}

fn value(metrics: &str, name: &str) -> u64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.trim().split('.').next()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_read() {
        let text = "# HELP x\nengawa_append_inputs_sum 1234\nengawa_append_inputs_count 56\n";
        assert_eq!(value(text, "engawa_append_inputs_sum"), 1234);
        assert_eq!(value(text, "engawa_append_inputs_count"), 56);
        assert_eq!(value(text, "engawa_append"), 0);
    }
}
