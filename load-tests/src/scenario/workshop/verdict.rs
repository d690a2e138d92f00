//! The verdict: every device is judged by what it received, everything acknowledged is looked for, and the report is
//! put together.

use std::collections::{BTreeMap, BTreeSet};

use engawa_protocol::Role;

use super::hall::Hall;
use crate::client::{Client, Loss, Sight, Traffic};
use crate::marker::Marker;
use crate::measure::{Way, note_latency};
use crate::oracle::{Observer, judge as judge_device};
use crate::report::{Checks, Lines, Report, Sizes};
use crate::server::ProcessUse;
use crate::trouble::Promise;

/// A device and whose it is.
fn devices(hall: &Hall) -> Vec<(Observer, Client)> {
    let mut devices = Vec::new();
    for person in hall.everyone() {
        let told = |client: &Client| {
            client.witness(|witness| witness.own_ballot().map(|(receipt, _)| receipt.to_owned()))
        };
        let receipt = person.clients().find_map(told);
        for client in person.clients() {
            let observer = Observer {
                who: client.who().to_owned(),
                person: Some(person.id),
                role: person.role,
                team: person.team,
                receipt: receipt.clone(),
            };
            devices.push((observer, client.clone()));
        }
    }
    let screen =
        Observer { who: "投影画面".into(), person: None, role: Role::Screen, team: None, receipt: None };
    devices.push((screen, hall.screen.clone()));
    devices
}

/// Judges everything that was received, and looks for everything that was acknowledged.
pub(super) fn judge(hall: &Hall) {
    let findings = &hall.stage.findings;
    let devices = devices(hall);
    let receipts: BTreeSet<String> =
        devices.iter().filter_map(|(observer, _)| observer.receipt.clone()).collect();
    for (observer, client) in &devices {
        client.witness(|witness| judge_device(hall.oracle.truth(), observer, witness, &receipts, findings));
    }
    let notes = hall.common.measure.notes();
    hall.oracle.check_acknowledged(notes.iter().map(|note| note.marker));
    hall.oracle.check_places();
    // A judge who has seen nothing proves nothing.
    let (noted, commented) = hall.oracle.truth().text_counts();
    let seen: usize = devices.iter().map(|(_, client)| client.witness(|witness| witness.sights.len())).sum();
    if noted == 0 || commented == 0 || receipts.is_empty() || seen < noted {
        let what =
            format!("too little to judge: {noted} notes, {commented} comments, {} receipts", receipts.len());
        findings.add(Promise::Progress, what);
    }
}

/// What was measured of single lines and commands.
#[derive(Debug, Default)]
pub(in crate::scenario) struct Details {
    /// Lines that were lost and found again.
    pub(in crate::scenario) losses: Vec<Loss>,
    /// The ways of commands.
    pub(in crate::scenario) ways: Vec<Way>,
}

/// Gathers them.
pub(super) fn details(hall: &Hall) -> Details {
    let losses = devices(hall)
        .iter()
        .flat_map(|(_, client)| client.witness(|witness| witness.traffic.losses.clone()))
        .collect();
    Details { losses, ways: hall.common.measure.ways() }
}

/// Puts the report together.
pub(super) fn report(hall: &Hall) -> Report {
    let devices = devices(hall);
    let mut sights: BTreeMap<Marker, Vec<Sight>> = BTreeMap::new();
    let mut judged = 0;
    for (_, client) in &devices {
        client.witness(|witness| {
            judged += witness.sights.len();
            for (marker, sight) in &witness.sights {
                sights.entry(*marker).or_default().push(*sight);
            }
        });
    }
    let traffic: Vec<Traffic> =
        devices.iter().map(|(_, client)| client.witness(|witness| witness.traffic.clone())).collect();
    let notes = hall.common.measure.notes();
    let (entries, entries_rejected, screens_compared) = hall.oracle.counts();
    let (noted, commented) = hall.oracle.truth().text_counts();
    let teams = hall.host().look(|view| view.teams.len()).unwrap_or(0);
    Report {
        seed: hall.stage.seed,
        sizes: Sizes {
            teams,
            people: hall.everyone().len(),
            connections: devices.iter().filter(|(_, client)| client.is_online()).count(),
            notes: noted,
            comments: commented,
            ballots: hall.oracle.truth().ballots().len(),
        },
        checks: Checks {
            entries,
            entries_rejected,
            screens_compared,
            notes_acknowledged: notes.len(),
            sights_judged: judged,
            cheats_tried: hall.cheats,
        },
        notes: note_latency(&notes, &sights),
        measured: hall.common.measure.measured(),
        lines: Lines::of(&traffic),
        phases: hall.phases.clone(),
        load: ProcessUse::of(std::process::id()),
        ..Report::default()
    }
}
