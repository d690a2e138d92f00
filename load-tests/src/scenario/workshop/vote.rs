//! The vote: everyone casts, many change their mind, some take their ballot back, some try to cheat. Before and after
//! the close the ballots are counted three times: from what people mean to have voted, from the log, and by the server.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use engawa_domain::{Entropy, Entry, Input, Origin};
use engawa_protocol::command::{
    CastBallot, CloseVote, Command, OpenVote, RecountVote, SetVoteRules, WithdrawBallot,
};
use engawa_protocol::view::{MeetingView, VotePhase};
use engawa_protocol::{PosterId, Seq, Tally, TallyDisplay, Timestamp, VoteRules, Voters};
use rand::Rng as _;
use rand::rngs::SmallRng;
use rand::seq::IteratorRandom as _;

use super::hall::Hall;
use super::{PATIENCE, cheats};
use crate::client::{Comeback, Taken};
use crate::crowd;
use crate::oracle::{LedgerPart, ledger_hash, standings, tally_of};
use crate::person::{Person, think};
use crate::trouble::{Promise, Trouble};

const RULES: VoteRules = VoteRules {
    voters: Voters::Persons,
    choices_max: 3,
    own_team_allowed: false,
    tally_display: TallyDisplay::Secretariat,
    opens_at: None,
    closes_at: None,
};

/// How long the server may take to forget who voted for what (VT8).
const FORGET_TIMEOUT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

pub(super) async fn run(hall: &mut Hall) -> Result<(), Trouble> {
    let teller = Arc::clone(hall.teller());
    teller.must(SetVoteRules { rules: RULES }).await?;
    teller.must(OpenVote {}).await?;
    let pause = hall.plan.think;
    crowd::each(&hall.participants, &hall.stage.findings, |person| vote(person, pause)).await?;
    hall.cheats += cheats::at_the_vote(hall).await?;
    all_see_turnout(hall).await?;
    let recount = teller.must(RecountVote {}).await?;
    teller.client.until_seq(recount.seq, PATIENCE).await?;
    check_recount(hall, "before the close");
    hall.checkpoint().await?;
    check_tally(hall);
    let closed = close(hall).await?;
    check_recount(hall, "after the close");
    check_result(hall);
    forgotten(hall, closed).await?;
    hall.cheats += cheats::after_the_close(hall).await?;
    Ok(())
}

async fn vote(person: Arc<Person>, pause: Duration) -> Result<(), Trouble> {
    let mut chance = person.chance("vote");
    let open = |view: &MeetingView| matches!(view.vote.phase, VotePhase::Open { .. });
    person.until("the vote to open", PATIENCE, open).await?;
    think(pause, &mut chance).await;
    cast(&person, &mut chance).await?;
    for _ in 0..2 {
        think(pause, &mut chance).await;
        match chance.random_range(0..10) {
            0..=3 => cast(&person, &mut chance).await?,
            4 if person.ballot().is_some() => {
                person.must(WithdrawBallot {}).await?;
                person.remember_ballot(None);
            }
            5 => {
                let after = Duration::from_millis(chance.random_range(0..300));
                person.client.break_line(Comeback::Resume, after).await?;
                cast(&person, &mut chance).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Casts or replaces the ballot, on either device.
async fn cast(person: &Person, chance: &mut SmallRng) -> Result<(), Trouble> {
    let Some(choices) = person.look(|view| choose(view, person, chance)) else { return Ok(()) };
    let device = person.second.as_ref().filter(|_| chance.random()).unwrap_or(&person.client);
    let command = CastBallot { choices: choices.iter().copied().collect() };
    match person.ask_on(device, command).await? {
        Ok(_) => {
            person.remember_ballot(Some(choices));
            Ok(())
        }
        Err(rejection) => {
            Err(Trouble::Rejected { who: person.who().to_owned(), command: "cast_ballot", rejection })
        }
    }
}

/// One to three posters, not one's own team's.
fn choose(view: &MeetingView, person: &Person, chance: &mut SmallRng) -> BTreeSet<PosterId> {
    let wanted = chance.random_range(1..=3);
    let is_own = |poster: &PosterId| {
        person.team.is_some() && view.posters.get(poster).map(|poster| poster.team) == person.team
    };
    let candidates = view.vote.candidates.iter().copied().filter(|poster| !is_own(poster));
    // Early posters are liked better, so that there are places and ties.
    let liked = chance.random_range(5..=view.vote.candidates.len().max(6));
    candidates.take(liked).choose_multiple(chance, wanted).into_iter().collect()
}

/// What people mean to have voted.
fn meant(hall: &Hall) -> Vec<BTreeSet<PosterId>> {
    hall.participants.iter().filter_map(|person| person.ballot()).collect()
}

/// VT4: the turnout is for everyone, the projector included.
async fn all_see_turnout(hall: &Hall) -> Result<(), Trouble> {
    let voted = u32::try_from(meant(hall).len()).unwrap_or(u32::MAX);
    let right = move |view: &MeetingView| view.vote.turnout.persons_voted == voted;
    hall.screen.until("the turnout", PATIENCE, right).await?;
    crowd::each(&hall.here(), &hall.stage.findings, |person| async move {
        for client in person.clients() {
            client.until("the turnout", PATIENCE, right).await?;
        }
        Ok(())
    })
    .await
}

fn check_recount(hall: &Hall, when: &str) {
    let (ballots, choices) = meant(hall)
        .iter()
        .fold((0_u32, 0_usize), |(ballots, choices), ballot| (ballots + 1, choices + ballot.len()));
    let recount = hall.teller().look(|view| view.vote.recount.clone()).flatten();
    let right = recount.as_ref().is_some_and(|recount| {
        recount.matches && recount.ballots == ballots && recount.choices as usize == choices
    });
    if !right {
        let what = format!(
            "the recount {when} is {recount:?}, but people cast {ballots} ballots with {choices} choices"
        );
        hall.stage.findings.add(Promise::Vote, what);
    }
}

fn candidates(hall: &Hall) -> Vec<PosterId> {
    hall.teller().look(|view| view.vote.candidates.clone()).unwrap_or_default()
}

/// The tally on the secretariat's screens, what people mean to have voted, and the log.
fn check_tally(hall: &Hall) {
    let candidates = candidates(hall);
    let meant = tally_of(candidates.iter().copied(), &meant(hall));
    let logged = tally_of(candidates.iter().copied(), hall.oracle.truth().ballots().values());
    if logged != meant {
        hall.stage.findings.add(Promise::Vote, "the ballots in the log are not those that were acknowledged");
    }
    for person in &hall.secretariat {
        let shown: Option<Tally> = person.look(|view| view.vote.tally.clone()).flatten();
        if shown.as_ref() != Some(&meant) {
            let what = format!("{} sees the tally {shown:?}, the ballots sum up to {meant:?}", person.who());
            hall.stage.findings.add(Promise::Vote, what);
        }
    }
}

/// Closes the vote. The entry that closes it is forgotten with all before it, so it is made here from what everyone was
/// told; the ledger's hash on every screen shows whether it is the right one.
async fn close(hall: &mut Hall) -> Result<Seq, Trouble> {
    let teller = Arc::clone(hall.teller());
    let taken = teller.must(CloseVote {}).await?;
    let closed = |view: &MeetingView| matches!(view.vote.phase, VotePhase::Closed { .. });
    crowd::each(&hall.here(), &hall.stage.findings, |person| async move {
        for client in person.clients() {
            client.until("the vote to close", PATIENCE, closed).await?;
        }
        Ok(())
    })
    .await?;
    let recount = teller.must(RecountVote {}).await?;
    teller.client.until_seq(recount.seq, PATIENCE).await?;
    // Whoever has read this has read what is left of everything before.
    hall.read_to(recount.seq).await?;
    if !hall.has_read(taken.seq) {
        hall.host().client.until_seq(recount.seq, PATIENCE).await?;
        let entry = closing_entry(&teller, &taken)?;
        hall.fill_gap(entry)?;
    }
    Ok(taken.seq)
}

fn closing_entry(teller: &Person, taken: &Taken) -> Result<Entry, Trouble> {
    let closed_at = teller.look(|view| match view.vote.phase {
        VotePhase::Closed { closed_at, .. } => Some(closed_at),
        VotePhase::Drafted {} | VotePhase::Open { .. } => None,
    });
    let at: Timestamp =
        closed_at.flatten().ok_or_else(|| Trouble::Answer("the vote is not closed".into()))?;
    let origin = Origin::Person {
        person: teller.id,
        device: teller.client.device(),
        client_seq: taken.client_seq,
        command: CloseVote {}.into(),
    };
    Ok(Entry { seq: taken.seq, at, input: Input { entropy: Entropy([0, 0]), origin } })
}

/// The standings and the ledger, counted anew from the ballots and receipts that the voters hold.
fn check_result(hall: &Hall) {
    let findings = &hall.stage.findings;
    let candidates = candidates(hall);
    let tally = tally_of(candidates.iter().copied(), &meant(hall));
    let posters = hall.oracle.truth().posters();
    let expected = standings(&tally, posters);
    for person in &hall.secretariat {
        if person.look(|view| view.vote.standings.clone()).flatten().as_ref() != Some(&expected) {
            findings
                .add(Promise::Vote, format!("{} sees other standings than the ballots give", person.who()));
        }
    }
    let mut ballots = BTreeMap::new();
    for person in &hall.participants {
        let Some(choices) = person.ballot() else { continue };
        let told = person.client.witness(|witness| {
            witness.own_ballot().map(|(receipt, choices)| (receipt.to_owned(), choices.to_vec()))
        });
        match told {
            Some((receipt, told)) if told.iter().copied().collect::<BTreeSet<_>>() == choices => {
                ballots.insert(receipt, told);
            }
            other => {
                let what = format!("{} was told {other:?} of the ballot {choices:?}", person.who());
                findings.add(Promise::Vote, what);
            }
        }
    }
    let closed = hall.teller().look(|view| (view.vote.rules, view.vote.phase.clone()));
    let Some((rules, VotePhase::Closed { closed_at, ledger_hash: published, .. })) = closed else {
        findings.add(Promise::Vote, "the vote is not closed");
        return;
    };
    let part = LedgerPart { rules: &rules, candidates: &candidates, closed_at, ballots: &ballots };
    match ledger_hash(&part) {
        Ok(hash) if hash == published => {}
        Ok(hash) => {
            let what = format!("VT9: the ledger's hash is {published}, the voters' receipts give {hash}");
            findings.add(Promise::Vote, what);
        }
        Err(error) => findings.add(Promise::Vote, error.to_string()),
    }
}

/// VT8: the log does not hold any ballot from before the close any more.
async fn forgotten(hall: &Hall, closed: Seq) -> Result<(), Trouble> {
    let began = Instant::now();
    loop {
        let left = match hall.stage.api.log_after(hall.meeting, Seq(0)).await {
            Ok(entries) => entries.iter().filter(|entry| entry.seq <= closed && is_ballot(entry)).count(),
            // Whoever asks for what has been forgotten may be refused.
            Err(Trouble::Http { status: 404 | 409 | 410, .. }) => 0,
            Err(trouble) => return Err(trouble),
        };
        if left == 0 {
            return Ok(());
        }
        if began.elapsed() > FORGET_TIMEOUT {
            let what = format!("VT8: the log still holds {left} ballots {FORGET_TIMEOUT:?} after the close");
            hall.stage.findings.add(Promise::Secrecy, what);
            return Ok(());
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

fn is_ballot(entry: &Entry) -> bool {
    matches!(&entry.input.origin, Origin::Person { command: Command::CastBallot(_), .. })
}
