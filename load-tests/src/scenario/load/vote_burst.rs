//! All ballots within ten seconds while the tally is shown, to everybody or to the secretariat alone.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use engawa_protocol::command::{AddPoster, OpenVote, RecountVote, SetVoteRules};
use engawa_protocol::{PosterId, TallyDisplay, TeamId, VoteRules, Voters};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use rand::seq::IteratorRandom as _;

use super::{Ground, pacing};
use crate::gathering::{Gathering, PATIENCE, must};
use crate::measure::Times;
use crate::meter::{Counted, Paced, Step};
use crate::oracle::tally_of;
use crate::sheet::{Bound, Chart, Sheet, real};
use crate::trouble::{Promise, Trouble};

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Voters.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(3..=20_000))]
    people: u32,

    /// Seconds within which all ballots are cast.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,

    /// Who sees the tally while the vote is open.
    #[arg(long, value_name = "WHO", default_value = "everyone")]
    tally: Viewers,
}

/// Who sees the tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Viewers {
    /// Everybody who votes.
    Everyone,
    /// The secretariat alone, as the product has it unless told otherwise; all see the turnout.
    Secretariat,
}

const fn rules(viewers: Viewers) -> VoteRules {
    VoteRules {
        voters: Voters::Persons,
        choices_max: 3,
        own_team_allowed: true,
        tally_display: match viewers {
            Viewers::Everyone => TallyDisplay::Everyone,
            Viewers::Secretariat => TallyDisplay::Secretariat,
        },
        opens_at: None,
        closes_at: None,
    }
}

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    let gathering = ground.gathering(options.people, None).await?;
    let posters = open_vote(&gathering, options.tally).await?;
    let screen = gathering.counting_screen(&ground.stage).await?;
    gathering.come(&ground.stage, super::arrival(options.people)).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    ground.stage.console.say(format!("the vote is open: {} posters", posters.len()));

    let mut chance = SmallRng::seed_from_u64(ground.stage.seed);
    let ballots: Vec<Vec<PosterId>> =
        gathering.guests.iter().map(|_| posters.iter().copied().choose_multiple(&mut chance, 3)).collect();
    let (begin, time) = (Instant::now(), Duration::from_secs(options.seconds.into()));
    let before = ground.usage();
    gathering.meter.begin(begin, begin + time * 2, true);
    screen.skimming.meter.begin(begin, begin + time * 2, true);
    cast_all(&gathering, &ballots, (begin, time)).await;
    until_acked(&gathering, ballots.len() as u64).await;
    let cpu_ms = ground.usage().cpu_ms - before.cpu_ms;
    // The last tally reaches the last viewer.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let counted = gathering.meter.take();

    let acked = counted.acked.count();
    let people = u64::from(options.people);
    sheet.budget("ballots acknowledged", (real(acked), ""), Bound::AtLeast, real(people));
    sheet.times("ballot cast -> acknowledged", &counted.acked);
    let watched = match options.tally {
        Viewers::Everyone => counted.steps.clone(),
        Viewers::Secretariat => screen.skimming.meter.take().steps,
    };
    let shown = shown(&counted, &watched, &gathering);
    sheet.times("ballot cast -> in the tally on each screen (oldest of each frame)", &shown.lag);
    let ahead = shown.lag_of_acks.percentiles();
    sheet.times("acknowledged to anybody -> in the tally on each screen", &shown.lag_of_acks);
    sheet.budget("the tally shown is behind by (p99)", (ahead.p99_ms, "ms"), Bound::AtMost, 100.0);
    sheet.budget(
        "frames a second at the busiest viewer",
        (real(shown.most_a_second), ""),
        Bound::AtMost,
        20.0,
    );
    sheet.figure("frames received by all", real(counted.frames), "");
    sheet.figure(
        "processor time of the server per ballot",
        real(cpu_ms) * 1_000.0 / real(acked.max(1)),
        "µs",
    );
    let curves = [("cast -> acknowledged", &counted.acked), ("cast -> on each screen", &shown.lag)];
    sheet.charts.push(Chart::percentiles("The vote", curves));
    recount(&gathering, &posters, &ballots, ground).await?;
    Ok(sheet)
}

/// One poster a team; then the vote is opened.
async fn open_vote(gathering: &Gathering, viewers: Viewers) -> Result<Vec<PosterId>, Trouble> {
    let teams: Vec<TeamId> =
        gathering.host.look(|view| view.teams.keys().copied().collect()).unwrap_or_default();
    let count = teams.len();
    for team in teams {
        let poster =
            AddPoster { team, title: "一年の歩み".into(), summary: "対話".into(), file: None };
        must(&gathering.host, poster).await?;
        // A person's pace (CM7).
        tokio::time::sleep(Duration::from_millis(70)).await;
    }
    gathering.host.until("all posters", PATIENCE, |view| view.posters.len() == count).await?;
    gathering.teller.connect(PATIENCE).await?;
    must(&gathering.teller, SetVoteRules { rules: rules(viewers) }).await?;
    must(&gathering.teller, OpenVote {}).await?;
    Ok(gathering.host.look(|view| view.posters.keys().copied().collect()).unwrap_or_default())
}

async fn cast_all(gathering: &Gathering, ballots: &[Vec<PosterId>], (begin, time): (Instant, Duration)) {
    let per_second = real(ballots.len() as u64) / time.as_secs_f64();
    let mut paced = Paced::new(pacing(begin, per_second, time));
    for (guest, ballot) in gathering.guests.iter().zip(ballots) {
        let due = paced.next().await.unwrap_or_else(Instant::now);
        let choices: Vec<String> = ballot.iter().map(ToString::to_string).collect();
        let command = format!(r#"{{"type":"cast_ballot","choices":[{}]}}"#, choices.join(","));
        let stamp = guest.skimming.meter.moment(due);
        guest.client.submit(command, &guest.skimming, stamp);
    }
}

async fn until_acked(gathering: &Gathering, count: u64) {
    let until = Instant::now() + PATIENCE;
    while gathering.meter.acked_count() < count && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What viewers saw of it.
struct Shown {
    /// From the moment at which a ballot was due.
    lag: Times,
    /// From the moment at which anybody could know of it.
    lag_of_acks: Times,
    most_a_second: u64,
}

fn shown(counted: &Counted, watched: &[Step], gathering: &Gathering) -> Shown {
    // When an entry was told to anybody first.
    let mut told: BTreeMap<_, Instant> = BTreeMap::new();
    for step in counted.steps.iter().chain(watched) {
        told.entry(step.to).and_modify(|at| *at = (*at).min(step.at)).or_insert(step.at);
    }
    // Whoever was told of a later entry was told of all before.
    let mut earliest = None;
    for at in told.values_mut().rev() {
        *at = earliest.map_or(*at, |earlier: Instant| earlier.min(*at));
        earliest = Some(*at);
    }
    let (mut lag, mut lag_of_acks) = (Times::default(), Times::default());
    let mut by_second: BTreeMap<(u32, u64), u64> = BTreeMap::new();
    for step in watched {
        let at_us = gathering.meter.moment_us(step.at);
        *by_second.entry((step.viewer, at_us / 1_000_000)).or_default() += 1;
        // A frame of answers alone goes no further.
        let news = (step.from < step.to).then(|| counted.acked_at.range(step.from.next()..=step.to));
        let first = news.and_then(|mut news| news.next());
        let Some((seq, due_us)) = first else { continue };
        lag.add(Duration::from_micros(at_us.saturating_sub(*due_us)));
        if let Some((_, known)) = told.range(*seq..).next() {
            lag_of_acks.add(step.at.saturating_duration_since(*known));
        }
    }
    Shown { lag, lag_of_acks, most_a_second: by_second.into_values().max().unwrap_or(0) }
}

/// Tally, recount and what was cast are the same.
async fn recount(
    gathering: &Gathering,
    posters: &[PosterId],
    ballots: &[Vec<PosterId>],
    ground: &Ground<'_>,
) -> Result<(), Trouble> {
    let meant: Vec<_> = ballots.iter().map(|ballot| ballot.iter().copied().collect()).collect();
    let meant = tally_of(posters.iter().copied(), &meant);
    must(&gathering.teller, RecountVote {}).await?;
    gathering.teller.until("the recount", PATIENCE, |view| view.vote.recount.is_some()).await?;
    let seen = gathering.teller.look(|view| (view.vote.tally.clone(), view.vote.recount.clone()));
    let (tally, recount) = seen.unwrap_or_default();
    if tally.as_ref() != Some(&meant) {
        ground.stage.findings.add(Promise::Vote, "the tally shown is not the sum of the ballots cast");
    }
    let right =
        recount.as_ref().is_some_and(|recount| recount.matches && recount.ballots as usize == ballots.len());
    if !right {
        let what = format!("the recount is {recount:?}, {} ballots were cast", ballots.len());
        ground.stage.findings.add(Promise::Vote, what);
    }
    Ok(())
}
