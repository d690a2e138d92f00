//! The hall: everyone who takes part, the rounds, and the oracle beside them.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use engawa_domain::{Entry, Viewer};
use engawa_protocol::{BoardId, MeetingId, PersonId, RoomId, RoundId, RoundPhase, Seq};

use super::gap::Gap;
use super::{PATIENCE, Plan};
use crate::client::Client;
use crate::crowd::{self, Crowd};
use crate::follower::Follower;
use crate::oracle::{Held, Oracle};
use crate::person::{Common, Person};
use crate::scenario::Stage;
use crate::scenario::chaos::Storm;
use crate::trouble::{Promise, Trouble};

/// Times a checkpoint begins anew because something has happened meanwhile.
const SETTLE_ATTEMPTS: u32 = 5;

/// The rounds of the agenda, in order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rounds {
    pub(super) opening: RoundId,
    pub(super) team: RoundId,
    pub(super) partners: RoundId,
    pub(super) mixed: RoundId,
    pub(super) on_time: RoundId,
    pub(super) plenary: RoundId,
    pub(super) posters: RoundId,
}

/// Everyone and everything.
#[derive(Debug)]
pub(super) struct Hall {
    pub(super) stage: Stage,
    pub(super) plan: Plan,
    pub(super) common: Common,
    pub(super) meeting: MeetingId,
    pub(super) short_code: String,
    pub(super) rounds: Rounds,
    /// The first of them made the meeting and leads it.
    pub(super) coordinators: Crowd,
    pub(super) facilitators: Crowd,
    pub(super) secretariat: Crowd,
    pub(super) observers: Crowd,
    pub(super) participants: Crowd,
    /// Participants who have not come yet.
    pub(super) late: Crowd,
    pub(super) screen: Client,
    pub(super) oracle: Oracle,
    pub(super) cheats: u64,
    /// What ends and pauses servers meanwhile, if anything does.
    pub(super) storm: Option<Storm>,
    pub(super) phases: Vec<(String, f64)>,
    phase: Option<(String, Instant)>,
    follower: Follower,
    /// Entries that were read and lie behind the position up to which everybody's screen has been compared.
    unread: Vec<Entry>,
    /// Screens that stood further than the last checkpoint.
    later: Vec<Held>,
    /// What could never be read.
    gaps: Vec<Gap>,
}

/// What a hall is made of.
#[derive(Debug)]
pub(super) struct Guests {
    pub(super) coordinators: Crowd,
    pub(super) facilitators: Crowd,
    pub(super) secretariat: Crowd,
    pub(super) observers: Crowd,
    pub(super) participants: Crowd,
    pub(super) late: Crowd,
    pub(super) screen: Client,
}

impl Hall {
    pub(super) fn new(
        (stage, plan, common): (Stage, Plan, Common),
        (meeting, short_code): (MeetingId, String),
        rounds: Rounds,
        guests: Guests,
    ) -> Self {
        let Guests { coordinators, facilitators, secretariat, observers, participants, late, screen } =
            guests;
        let oracle = Oracle::new(stage.findings.clone());
        let follower = Follower::begin(stage.api.clone(), meeting, stage.findings.clone());
        Self {
            stage,
            plan,
            common,
            meeting,
            short_code,
            rounds,
            coordinators,
            facilitators,
            secretariat,
            observers,
            participants,
            late,
            screen,
            oracle,
            cheats: 0,
            storm: None,
            phases: Vec::new(),
            phase: None,
            follower,
            unread: Vec::new(),
            later: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// The coordinator who leads.
    pub(super) fn host(&self) -> &Arc<Person> {
        &self.coordinators[0]
    }

    /// The secretariat's first.
    pub(super) fn teller(&self) -> &Arc<Person> {
        &self.secretariat[0]
    }

    /// Everyone of every role, those who have not come yet as well.
    pub(super) fn everyone(&self) -> Crowd {
        let groups = [
            &self.coordinators,
            &self.facilitators,
            &self.secretariat,
            &self.observers,
            &self.participants,
            &self.late,
        ];
        groups.into_iter().flatten().cloned().collect()
    }

    /// Everyone who means to be connected.
    pub(super) fn here(&self) -> Crowd {
        self.everyone().into_iter().filter(|person| person.is_here()).collect()
    }

    /// Waits until all servers run and nothing ends them any more.
    pub(super) async fn calm(&mut self) {
        if let Some(storm) = &mut self.storm {
            storm.calm().await;
        }
    }

    /// Begins a phase.
    pub(super) fn begin(&mut self, name: &str) {
        self.end_phase();
        self.stage.findings.enter_phase(name);
        self.stage.console.say(name);
        self.phase = Some((name.to_owned(), Instant::now()));
    }

    pub(super) fn end_phase(&mut self) {
        if let Some((name, began)) = self.phase.take() {
            self.phases.push((name, began.elapsed().as_secs_f64()));
        }
    }

    /// Waits until everyone here sees a round in a phase that fits.
    pub(super) async fn all_see_round(
        &self,
        round: RoundId,
        what: &'static str,
        fits: fn(&RoundPhase) -> bool,
    ) -> Result<(), Trouble> {
        crowd::each(&self.here(), &self.stage.findings, |person| async move {
            for client in person.clients() {
                let seen = |view: &engawa_protocol::view::MeetingView| {
                    view.rounds.iter().any(|one| one.id == round && fits(&one.phase))
                };
                client.until(what, PATIENCE, seen).await?;
            }
            Ok(())
        })
        .await
    }

    /// The rooms of a round, as the host sees them.
    pub(super) fn rooms_of(&self, round: RoundId) -> Vec<RoomId> {
        let rooms = |view: &engawa_protocol::view::MeetingView| {
            view.rooms.values().filter(|room| room.round == round).map(|room| room.id).collect()
        };
        self.host().look(rooms).unwrap_or_default()
    }

    /// The boards of a round's rooms.
    pub(super) fn boards_of(&self, round: RoundId) -> Vec<BoardId> {
        self.rooms_of(round).into_iter().map(BoardId::of_room).collect()
    }

    /// All devices that mean to be connected, with whose they are.
    fn devices(&self) -> Vec<(Viewer, Client)> {
        let people = self.here();
        let devices = people.iter().flat_map(|person| {
            let viewer = Viewer::Person(person.id);
            person.clients().map(move |client| (viewer, client.clone())).collect::<Vec<_>>()
        });
        devices.chain([(Viewer::Screen, self.screen.clone())]).collect()
    }

    /// Reads the log up to the furthest position that any screen has, and has the oracle compare every screen with it:
    /// those kept at random moments at their own positions, and everybody's of this moment.
    pub(super) async fn checkpoint(&mut self) -> Result<(), Trouble> {
        let devices = self.devices();
        for (_, client) in &devices {
            client.until_online(PATIENCE).await?;
        }
        for _ in 0..SETTLE_ATTEMPTS {
            self.compare_all(&devices).await?;
            if self.later.is_empty() {
                break;
            }
        }
        let (entries, _, compared) = self.oracle.counts();
        self.stage.console.say(format!("  {entries} entries replayed, {compared} screens compared"));
        Ok(())
    }

    async fn compare_all(&mut self, devices: &[(Viewer, Client)]) -> Result<(), Trouble> {
        let target = devices.iter().filter_map(|(_, client)| client.seq()).max().unwrap_or(Seq(0));
        self.read_to(target).await?;
        let mut held = std::mem::take(&mut self.later);
        for (viewer, client) in devices {
            let who = client.who();
            let samples = client.take_samples().into_iter();
            held.extend(samples.map(|sample| Held { who: who.to_owned(), viewer: *viewer, sample }));
        }
        self.advance_to(target, held);
        for (viewer, client) in devices {
            // FR2 lets a server be lazy towards those for whom nothing has happened: their view is the one of the
            // target although they have not been told of the position.
            let right = self.oracle.view(*viewer);
            let waited = client.until_at(target, right.as_ref(), PATIENCE).await;
            if let Err(trouble) = waited {
                self.stage.findings.add(Promise::Screens, trouble.to_string());
            }
            let Some(mut sample) = client.sample() else { continue };
            let who = client.who().to_owned();
            if sample.seq > target {
                self.later.push(Held { who, viewer: *viewer, sample });
            } else {
                sample.seq = target;
                self.oracle.compare(&Held { who, viewer: *viewer, sample });
            }
        }
        Ok(())
    }

    /// Waits until the log has been read up to an entry, and takes it.
    pub(super) async fn read_to(&mut self, seq: Seq) -> Result<(), Trouble> {
        self.follower.until(seq, PATIENCE).await?;
        self.take_read()
    }

    /// Takes what the log's reader has read so far.
    fn take_read(&mut self) -> Result<(), Trouble> {
        let entries = self.follower.take();
        self.take_entries(entries)
    }

    /// Whether an entry has been read.
    pub(super) fn has_read(&self, seq: Seq) -> bool {
        self.oracle.seq() >= seq || self.unread.iter().any(|entry| entry.seq == seq)
    }

    /// Entries that were read and are not replayed yet.
    pub(super) fn unread(&self) -> &[Entry] {
        &self.unread
    }

    /// Replays what was read up to an entry.
    pub(super) fn replay_to(&mut self, seq: Seq) {
        let held = std::mem::take(&mut self.later);
        self.advance_to(seq, held);
    }

    /// What is in between was never read.
    pub(super) fn note_gap(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }

    /// Takes entries to be replayed.
    pub(super) fn take_entries(&mut self, entries: Vec<Entry>) -> Result<(), Trouble> {
        if let Some(path) = &self.stage.keep_log {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
            let mut file = file.map_err(Trouble::io(format!("writing {}", path.display())))?;
            for entry in &entries {
                let line = serde_json::to_string(entry).unwrap_or_default();
                writeln!(file, "{line}").map_err(Trouble::io(format!("writing {}", path.display())))?;
            }
        }
        self.unread.extend(entries);
        self.unread.sort_by_key(|entry| entry.seq);
        Ok(())
    }

    fn advance_to(&mut self, low: Seq, mut held: Vec<Held>) {
        held.retain(|one| !self.gaps.iter().any(|gap| gap.hides(one.sample.seq)));
        let split = self.unread.partition_point(|entry| entry.seq <= low);
        let later = self.unread.split_off(split);
        let entries = std::mem::replace(&mut self.unread, later);
        let (now, later) = held.into_iter().partition(|one| one.sample.seq <= low);
        self.later = later;
        self.oracle.advance(&entries, now);
    }

    /// People who are here, by who they are.
    pub(super) fn ids(people: &[Arc<Person>]) -> BTreeSet<PersonId> {
        people.iter().map(|person| person.id).collect()
    }
}
