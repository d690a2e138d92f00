//! Scenarios that measure: many people, little play. Each makes what it needs, says what it found as a [`Sheet`], and judges it
//! twice: whether everybody has exactly what they are to have, and whether the numbers are what they have to be.

mod brainstorm;
mod broadcast;
mod fairness;
mod join_storm;
mod ladder;
mod many_meetings;
mod node_loss;
mod reconnect_storm;
mod scaling;
mod silent_sockets;
mod slow_readers;
mod soak;
mod vote_burst;

use std::time::{Duration, Instant};

use super::Stage;
use crate::cores::{Cores, check_files};
use crate::gathering::{Gathering, GatheringPlan};
use crate::meter::{Counted, Meter, Pacing};
use crate::report::Report;
use crate::server::{Fleet, FleetPlan, ProcessUse};
use crate::sheet::{Chart, Sheet, real};
use crate::trouble::{Promise, Trouble};

/// How long what is under way may take to arrive once nothing more is sent.
const DRAIN: Duration = Duration::from_secs(5);
/// People in a room.
const ROOM_SIZE: u32 = 9;

/// What can be measured.
#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum Load {
    /// Everyone comes in within ten seconds: how long until they see the meeting, and what a connection costs in memory.
    JoinStorm(join_storm::Options),
    /// Every room of nine writes at once, at a fixed pace or (--ladder) at the highest that is sustained, beside other servers
    /// if asked (--beside).
    Brainstorm(brainstorm::Options),
    /// All ballots within ten seconds while everybody sees the tally; it has to be the recount.
    VoteBurst(vote_burst::Options),
    /// Announcements to everybody, beside the bare broadcaster's time.
    Broadcast(broadcast::Options),
    /// Half the lines drop at once: everybody resumes, nobody is sent a view anew.
    ReconnectStorm(reconnect_storm::Options),
    /// Some read nothing any more: nobody else notices, and memory stays bounded.
    SlowReaders(slow_readers::Options),
    /// Thousands of sockets that never say hello: nobody else notices, and memory stays bounded.
    SilentSockets(silent_sockets::Options),
    /// Some send as much as their lines carry: nobody else notices.
    Fairness(fairness::Options),
    /// Thousands of small meetings at a time.
    ManyMeetings(many_meetings::Options),
    /// Three nodes on one Redis; one is killed while everybody writes.
    NodeLoss(node_loss::Options),
    /// A meeting that goes on and on, with lines that break: whether anything grows.
    Soak(soak::Options),
    /// Processor time per command and per delivery as rooms and notes grow in number.
    Scaling(scaling::Options),
}

impl Load {
    /// Its name.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::JoinStorm(_) => "join-storm",
            Self::Brainstorm(_) => "brainstorm",
            Self::VoteBurst(_) => "vote-burst",
            Self::Broadcast(_) => "broadcast",
            Self::ReconnectStorm(_) => "reconnect-storm",
            Self::SlowReaders(_) => "slow-readers",
            Self::SilentSockets(_) => "silent-sockets",
            Self::Fairness(_) => "fairness",
            Self::ManyMeetings(_) => "many-meetings",
            Self::NodeLoss(_) => "node-loss",
            Self::Soak(_) => "soak",
            Self::Scaling(_) => "scaling",
        }
    }

    /// The servers it wants.
    pub(crate) const fn fleet(&self) -> FleetPlan {
        FleetPlan::usual(if matches!(self, Self::NodeLoss(_)) { 3 } else { 1 })
    }

    /// Measures and judges.
    pub(crate) async fn run(
        &self,
        stage: Stage,
        fleet: Option<&mut Fleet>,
        cores: Option<Cores>,
    ) -> Result<Report, Trouble> {
        stage.findings.enter_phase(self.name());
        let mut ground = Ground { stage: stage.clone(), fleet, cores };
        let mut sheet = match self {
            Self::JoinStorm(options) => join_storm::run(options, &ground).await,
            Self::Brainstorm(options) => brainstorm::run(options, &ground).await,
            Self::VoteBurst(options) => vote_burst::run(options, &ground).await,
            Self::Broadcast(options) => broadcast::run(options, &ground).await,
            Self::ReconnectStorm(options) => reconnect_storm::run(options, &ground).await,
            Self::SlowReaders(options) => slow_readers::run(options, &ground).await,
            Self::SilentSockets(options) => silent_sockets::run(options, &ground).await,
            Self::Fairness(options) => fairness::run(options, &ground).await,
            Self::ManyMeetings(options) => many_meetings::run(options, &ground).await,
            Self::NodeLoss(options) => node_loss::run(options, &mut ground).await,
            Self::Soak(options) => soak::run(options, &ground).await,
            Self::Scaling(options) => scaling::run(options, &ground).await,
        }?;
        sheet.transport = stage.transport.name();
        sheet.pinned = cores.is_some() && ground.fleet.is_some();
        if stage.judges_budgets {
            sheet.judge(&stage.findings);
        }
        Ok(Report { seed: stage.seed, sheet: Some(sheet), ..Report::default() })
    }
}

/// What a measurement stands on.
struct Ground<'a> {
    stage: Stage,
    fleet: Option<&'a mut Fleet>,
    cores: Option<Cores>,
}

impl Ground<'_> {
    /// What the servers use, when they are ours.
    fn usage(&self) -> ProcessUse {
        self.fleet.as_ref().and_then(|fleet| fleet.usage()).unwrap_or_default()
    }

    /// A meeting of so many people; the host alone is connected.
    async fn gathering(&self, people: u32, room_size: Option<u32>) -> Result<Gathering, Trouble> {
        // A poll or a stream has a second connection for the way upwards.
        let each = if self.stage.transport == crate::client::Transport::Ws { 1 } else { 2 };
        check_files(u64::from(people) * each)?;
        self.stage.console.say(format!("a meeting of {people} people is made"));
        Gathering::make(&self.stage, GatheringPlan { people: people as usize, room_size }).await
    }

    /// The same, everybody there and in their rooms.
    async fn seated(&self, people: u32, room_size: Option<u32>) -> Result<Gathering, Trouble> {
        let mut gathering = self.gathering(people, room_size).await?;
        gathering.come(&self.stage, arrival(people)).await?;
        gathering.sit_down().await?;
        self.stage.console.say("everybody is in their room");
        // What came with sitting down has gone out, and timers have found their places.
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(gathering)
    }

    /// Writes at a pace for a time and counts; waits until all has arrived.
    async fn measure(&self, gathering: &Gathering, per_second: f64, time: Duration) -> Measured {
        let (begin, before) = (Instant::now(), self.usage());
        gathering.meter.begin(begin, begin + time, false);
        let failed = gathering.write(pacing(begin, per_second, time)).await;
        self.settle(&gathering.meter, failed, before).await
    }

    async fn settle(&self, meter: &Meter, failed: u64, before: ProcessUse) -> Measured {
        let cpu_ms = self.usage().cpu_ms.saturating_sub(before.cpu_ms);
        meter.until_complete(DRAIN).await;
        let findings = &self.stage.findings;
        let (right, wrong) = meter.complete();
        if wrong > 0 {
            let what = format!("{wrong} of {} people lack something or have it twice", right + wrong);
            findings.add(Promise::Durability, what);
        }
        if failed > 0 {
            findings.add(
                Promise::Progress,
                format!("this program fell behind and did not send {failed} messages"),
            );
        }
        let counted = meter.take();
        for (code, count) in counted.refused.iter().filter(|(code, _)| *code != "generator_full") {
            findings.add(Promise::Progress, format!("{count} commands were refused: {code}"));
        }
        Measured { counted, cpu_ms }
    }
}

/// What a measurement gave.
struct Measured {
    counted: Counted,
    /// Processor time of the servers while it was written.
    cpu_ms: u64,
}

impl Measured {
    /// Notes the usual times and pictures.
    fn note(&self, sheet: &mut Sheet, what: &str) {
        sheet.times(format!("{what}: written -> on each screen"), &self.counted.delivered);
        sheet.times(format!("{what}: written -> acknowledged"), &self.counted.acked);
        let times = [("on each screen", &self.counted.delivered), ("acknowledged", &self.counted.acked)];
        sheet.charts.push(Chart::percentiles(&format!("{what}: latency"), times));
        sheet.charts.push(Chart::by_second(&format!("{what}: latency by second"), &self.counted.by_second));
        let events = self.counted.delivered.count();
        sheet.figure(format!("{what}: deliveries"), real(events), "");
        sheet.figure(
            format!("{what}: deliveries per frame"),
            real(events) / real(self.counted.frames.max(1)),
            "",
        );
        sheet.figure(
            format!("{what}: processor time of the server per delivery"),
            real(self.cpu_ms) * 1_000.0 / real(events.max(1)),
            "µs",
        );
    }
}

fn pacing(from: Instant, per_second: f64, time: Duration) -> Pacing {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive count of seconds' work"
    )]
    let count = (per_second * time.as_secs_f64()).round() as u64;
    Pacing { from, per_second, count: count.max(1) }
}

/// A time in which so many people come in without making a storm of it.
fn arrival(people: u32) -> Duration {
    Duration::from_millis(u64::from(people))
}
