//! Tables of the vote: places, turnout.

use super::super::told::Told;
use super::Cell;

/// Places, best first, ties marked; none for whom they are not at this moment.
pub(super) fn standings<'a>(told: &Told<'a>) -> Option<Vec<Vec<Cell<'a>>>> {
    let row = |standing: engawa_protocol::Standing| {
        let (team, region) = told.team_names(Some(standing.team));
        let title = told.record.posters.get(&standing.poster).map_or("", |poster| &poster.title);
        vec![
            standing.place.into(),
            if standing.tied { told.words.tied.into() } else { Cell::Empty },
            region.into(),
            team.into(),
            title.into(),
            standing.votes.into(),
        ]
    };
    Some(told.standings()?.into_iter().map(row).collect())
}

/// Turnout by team.
pub(super) fn turnout<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let teams = told.record.vote.team_turnout.iter().flatten();
    teams
        .map(|(team, turnout)| {
            let (name, region) = told.team_names(Some(*team));
            vec![region.into(), name.into(), turnout.voted.into(), turnout.eligible.into()]
        })
        .collect()
}

/// Turnout over time.
pub(super) fn samples<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let samples = told.record.vote.turnout_samples.iter().flatten();
    samples
        .map(|sample| vec![Cell::Time(sample.at), sample.persons_voted.into(), sample.teams_voted.into()])
        .collect()
}
