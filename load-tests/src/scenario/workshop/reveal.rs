//! The reveal: the top three last, on every screen; then each team learns its place, and everyone all places.

use engawa_protocol::command::{PublishStandings, RevealNext, StartReveal};
use engawa_protocol::view::MeetingView;
use engawa_protocol::{RevealOrder, Standing, StandingsScope};

use super::PATIENCE;
use super::hall::Hall;
use crate::crowd;
use crate::oracle::{standings, tally_of};
use crate::trouble::{Promise, Trouble};

/// More steps than any reveal of the top three has.
const STEPS_MAX: usize = 10;

pub(super) async fn run(hall: &mut Hall) -> Result<(), Trouble> {
    let teller = hall.teller();
    let candidates = teller.look(|view| view.vote.candidates.clone()).unwrap_or_default();
    let ballots: Vec<_> = hall.participants.iter().filter_map(|person| person.ballot()).collect();
    let expected = standings(&tally_of(candidates.iter().copied(), &ballots), hall.oracle.truth().posters());
    teller.must(StartReveal { order: RevealOrder::TopThreeLast {} }).await?;
    let mut steps = 0;
    let next_place = || teller.look(|view| view.vote.reveal.as_ref().and_then(|reveal| reveal.next_place));
    loop {
        let place = next_place().flatten();
        let taken = teller.must(RevealNext { place }).await?;
        steps += 1;
        teller.client.until_seq(taken.seq, PATIENCE).await?;
        all_see(hall, taken.seq).await?;
        if next_place().flatten().is_none() || steps > STEPS_MAX {
            break;
        }
    }
    let mut shown: Vec<Standing> = hall
        .screen
        .look(|view| view.vote.reveal.as_ref().map(|reveal| reveal.revealed.clone()))
        .flatten()
        .unwrap_or_default();
    let best_last = shown.windows(2).all(|pair| pair[0].place >= pair[1].place);
    shown.sort_by_key(|standing| (standing.place, standing.poster));
    if shown != expected || !best_last {
        let what = format!(
            "the reveal ends with {} of {} posters, or in another order",
            shown.len(),
            expected.len()
        );
        hall.stage.findings.add(Promise::Vote, what);
    }
    publish(hall, &expected).await
}

async fn all_see(hall: &Hall, seq: engawa_protocol::Seq) -> Result<(), Trouble> {
    hall.screen.until_seq(seq, PATIENCE).await?;
    crowd::each(&hall.here(), &hall.stage.findings, |person| async move {
        person.client.until_seq(seq, PATIENCE).await
    })
    .await
}

/// "97自治体の中で24位": each team its place; then everyone all of them.
async fn publish(hall: &Hall, expected: &[Standing]) -> Result<(), Trouble> {
    let told = hall.teller().must(PublishStandings { scope: StandingsScope::OwnPlace }).await?;
    all_see(hall, told.seq).await?;
    for person in &hall.participants {
        let Some(team) = person.team else { continue };
        let should = expected.iter().find(|standing| standing.team == team);
        let own = person.look(|view| view.vote.own_standing).flatten();
        if own.map(|own| own.standing).as_ref() != should
            || own.is_some_and(|own| own.of as usize != expected.len())
        {
            let what = format!("{} is told {own:?}, the ballots give {should:?}", person.who());
            hall.stage.findings.add(Promise::Vote, what);
        }
    }
    hall.teller().must(PublishStandings { scope: StandingsScope::Everyone }).await?;
    let expected = expected.to_vec();
    let right = move |view: &MeetingView| view.vote.standings.as_deref() == Some(&expected[..]);
    hall.screen.until("all places", PATIENCE, &right).await?;
    for person in hall.here() {
        person.until("all places", PATIENCE, &right).await?;
    }
    Ok(())
}
