//! The oracle: judges by a replay of what the store took (see [`crate::lineage`]) and by what clients remember. What it says
//! of effects it takes from the texts people wrote and the outcomes they were given, not from the record of commands in the
//! state.
//!
//! Where the store has lost what it had acknowledged there are several histories. Then a view is right that any of them
//! shows at its position; an outcome that any of them gave may have been told; and what was acknowledged is in the last of
//! them, or was decided again and refused, or names what came into being behind the fork, or nobody lives who had it.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::{Origin, Outcome, Viewer, digest, encode_snapshot, is_ballot, project, refers_only_to};
use engawa_protocol::http::CommandReply;
use engawa_protocol::{ClientSeq, Command, Epoch, Event, PersonId, Position, PosterId, Seq, Voters};
use serde_json::Value;

use crate::cast;
use crate::client::Memory;
use crate::history::Operation;
use crate::ledger::{Ancestry, Chain};
use crate::lineage::{Asked, Held, Key, Replayed, replay};
use crate::linear;
use crate::plan::{Focus, Plan};
use crate::store::Loss;

/// What a client remembers, and who it is.
#[derive(Debug)]
pub(crate) struct Witness<'a> {
    pub(crate) person: u32,
    pub(crate) device: u32,
    pub(crate) memory: &'a Memory,
}

/// How much a run has tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) entries: usize,
    /// Entries that said what an earlier one had said already.
    pub(crate) doubled: usize,
    pub(crate) acknowledged: usize,
    pub(crate) rejected: usize,
    pub(crate) screens: usize,
    pub(crate) events: usize,
    pub(crate) objects: usize,
    /// Entries that the store has lost.
    pub(crate) lost: usize,
    /// Commands in lost entries that are in the last history again.
    pub(crate) put_back: usize,
}

/// What the store has lost.
#[derive(Debug)]
pub(crate) struct Losses {
    pub(crate) of_store: Vec<Loss>,
    /// The lives of nodes that went on to the end.
    pub(crate) lives: Vec<(usize, u64)>,
}

impl Losses {
    /// Whether of all that was lost somebody lived who had it, so that it was noticed.
    fn are_healed(&self) -> bool {
        let is_held = |loss: &Loss| loss.holders.iter().any(|life| self.lives.contains(life));
        self.of_store.iter().filter(|loss| !loss.entries.is_empty()).all(is_held)
    }
}

/// The judge.
pub(crate) struct Oracle<'a> {
    plan: &'a Plan,
    ancestry: &'a Ancestry,
    losses: &'a Losses,
    witnesses: &'a [Witness<'a>],
    findings: Vec<String>,
    counts: Counts,
    replayed: Replayed,
}

/// Judges a run: what was wrong, what was tried, and the digest of the state at the end.
pub(crate) fn judge(
    plan: &Plan,
    ancestry: &Ancestry,
    losses: &Losses,
    witnesses: &[Witness<'_>],
) -> (Vec<String>, Counts, Option<[u8; 32]>) {
    let viewers: BTreeSet<Viewer> = witnesses.iter().map(|witness| cast::viewer(witness.person)).collect();
    let held = held(witnesses);
    let screens = held.values().map(Vec::len).sum();
    let mut replayed = replay(ancestry, &viewers, held, losses.are_healed());
    let counts = Counts {
        entries: ancestry.entries.len(),
        doubled: replayed.doubled,
        screens,
        lost: losses.of_store.iter().map(|loss| loss.entries.len()).sum(),
        ..Counts::default()
    };
    let findings = std::mem::take(&mut replayed.findings);
    let mut oracle = Oracle { plan, ancestry, losses, witnesses, findings, counts, replayed };
    oracle.check_outcomes();
    oracle.check_losses();
    oracle.check_effects();
    oracle.check_events();
    oracle.check_ballots();
    oracle.check_order();
    let state = oracle.replayed.last.meeting.as_ref().and_then(|meeting| digest(meeting).ok());
    (oracle.findings, oracle.counts, state)
}

/// All views that anybody held: now and then on the way, at the end, and those that the server sent anew.
fn held<'a>(witnesses: &'a [Witness<'a>]) -> BTreeMap<(Epoch, Seq), Vec<Held<'a>>> {
    let mut held: BTreeMap<_, Vec<Held<'a>>> = BTreeMap::new();
    for witness in witnesses {
        let Memory { screen, samples, .. } = witness.memory;
        let anew = screen.heard.iter().flat_map(|heard| {
            heard.events.iter().filter_map(|event| match event {
                Event::ViewReplaced(replaced) => Some(((heard.epoch, heard.to), &*replaced.view)),
                _ => None,
            })
        });
        let last = screen.position.zip(screen.view.as_ref());
        let place = |(position, view): (Position, _)| ((position.epoch, position.seq), view);
        let samples = samples.iter().map(|(position, view)| (*position, view)).map(place).chain(anew);
        let all = samples.map(|one| (one, false)).chain(last.map(place).map(|one| (one, true)));
        for ((place, view), is_last) in all {
            let viewer = cast::viewer(witness.person);
            held.entry(place).or_default().push(Held { who: witness.name(), viewer, view, is_last });
        }
    }
    held
}

impl Witness<'_> {
    fn name(&self) -> String {
        format!("p{}d{}", self.person, self.device)
    }

    fn key(&self, number: ClientSeq) -> Key {
        (PersonId(self.person), cast::device(self.person, self.device), number)
    }
}

impl<'a> Oracle<'a> {
    fn find(&mut self, what: String) {
        self.findings.push(what);
    }

    /// What clients were answered is what became of their commands; nobody waits.
    fn check_outcomes(&mut self) {
        for witness in self.witnesses {
            let screen = &witness.memory.screen;
            for number in screen.commands.keys() {
                let name = witness.name();
                let took = self.replayed.asked.get(&witness.key(*number));
                let took: Vec<&Outcome> = took.into_iter().flatten().map(|asked| &asked.outcome).collect();
                let wrong = match screen.outcomes.get(number) {
                    None => Some("never had an outcome".to_owned()),
                    Some(CommandReply::Accepted { seq, created }) => {
                        self.counts.acknowledged += 1;
                        let told = Outcome::Accepted { seq: *seq, created: *created };
                        (!took.contains(&&told))
                            .then(|| format!("was told {told:?}, and the log says {took:?}"))
                    }
                    Some(CommandReply::Rejected { rejection }) => {
                        self.counts.rejected += 1;
                        let told = Outcome::Rejected { rejection: rejection.clone() };
                        // Or refused before the log was asked.
                        (!took.is_empty() && !took.contains(&&told))
                            .then(|| format!("was told {told:?}, and the log says {took:?}"))
                    }
                };
                if let Some(wrong) = wrong {
                    self.findings.push(format!("number {number} of {name} {wrong}"));
                }
            }
        }
    }

    /// What was acknowledged is in the last history, or there is a reason.
    fn check_losses(&mut self) {
        let line: BTreeSet<Chain> = self.ancestry.line_to(self.ancestry.last).into_iter().collect();
        let lost: BTreeSet<Chain> =
            self.losses.of_store.iter().flat_map(|loss| loss.entries.iter().copied()).collect();
        for witness in self.witnesses {
            let screen = &witness.memory.screen;
            let accepted = screen
                .outcomes
                .iter()
                .filter(|(_, reply)| matches!(reply, CommandReply::Accepted { .. }))
                .map(|(number, _)| *number);
            for number in accepted {
                let key = witness.key(number);
                let asked = self.replayed.asked.get(&key).map_or(&[][..], Vec::as_slice);
                if self.replayed.last.outcomes.contains_key(&key) {
                    self.counts.put_back +=
                        usize::from(asked.iter().any(|asked| lost.contains(&asked.chain)));
                    continue;
                }
                if let Some(latest) = asked.iter().max_by_key(|asked| asked.chain)
                    && !self.is_excused(latest, &line)
                {
                    let what = format!(
                        "number {number} of {} was acknowledged, was lost, and was not put back",
                        witness.name()
                    );
                    self.findings.push(what);
                }
            }
        }
    }

    /// Whether a lost entry need not be in the last history: nobody lives who had it, or it cannot be decided again.
    fn is_excused(&self, latest: &Asked, line: &BTreeSet<Chain>) -> bool {
        let losses = self.losses.of_store.iter().filter(|loss| loss.entries.contains(&latest.chain));
        let is_held =
            losses.into_iter().all(|loss| loss.holders.iter().any(|life| self.losses.lives.contains(life)));
        let way = self.ancestry.line_to(latest.chain);
        let fork = way.iter().rev().find(|chain| line.contains(chain));
        let names_the_lost = fork
            .and_then(|fork| self.replayed.ids.get(fork))
            .is_none_or(|past| !refers_only_to(&latest.input, past));
        !is_held || names_the_lost || is_ballot(&latest.input)
    }

    /// Every note that was acknowledged is there once, every other not at all: by their texts.
    fn check_effects(&mut self) {
        if self.counts.lost > 0 {
            return self.check_numbers();
        }
        let last = self.replayed.last.meeting.as_ref();
        let Some(state) = last.and_then(|meeting| encode_snapshot(meeting).ok()) else {
            return;
        };
        let state: Value = serde_json::from_slice(&state).unwrap_or_default();
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        let boards = state.pointer("/boards/boards").and_then(Value::as_object).into_iter().flatten();
        for note in boards.flat_map(|(_, board)| board["notes"].as_object().into_iter().flatten()) {
            if note.1["source"].is_null() {
                let text = note.1["text"].as_str().unwrap_or_default();
                *found.entry(text.split('|').next().unwrap_or_default().to_owned()).or_default() += 1;
            }
        }
        for witness in self.witnesses {
            let screen = &witness.memory.screen;
            for (number, command) in &screen.commands {
                let Command::AddNote(add) = command else { continue };
                let outcome = self.replayed.last.outcomes.get(&witness.key(*number));
                let taken = matches!(outcome, Some(Outcome::Accepted { .. }));
                let mark = add.text.split('|').next().unwrap_or_default();
                let there = found.remove(mark).unwrap_or_default();
                if there != usize::from(taken) {
                    self.findings.push(format!("{mark}: accepted {taken}, and there {there} times"));
                }
            }
        }
        if let Some((mark, _)) = found.pop_first() {
            self.find(format!("a note {mark:?} that nobody wrote"));
        }
    }

    /// Where ids have been given out twice a text may stand in another's place (a command that waited at a device names what
    /// was lost). Then it is the numbers that have to be right: each note that was added has its own.
    fn check_numbers(&mut self) {
        let mut made: BTreeMap<u32, Key> = BTreeMap::new();
        let mut findings = Vec::new();
        for (key, asked) in &self.replayed.asked {
            let Some(Outcome::Accepted { created: Some(note), .. }) = self.replayed.last.outcomes.get(key)
            else {
                continue;
            };
            let adds = |asked: &Asked| {
                let Origin::Person { command, .. } = &asked.input.origin else { return false };
                matches!(command, Command::AddNote(_))
            };
            if asked.iter().any(adds)
                && let Some(other) = made.insert(*note, *key)
            {
                findings.push(format!("note {note} was made by {key:?} and by {other:?}"));
            }
        }
        self.findings.extend(findings);
    }

    /// Whatever anybody was told, an entry in the frame's range told it to people like them.
    fn check_events(&mut self) {
        let mut wrong = Vec::new();
        for witness in self.witnesses {
            let viewer = cast::viewer(witness.person);
            for heard in &witness.memory.screen.heard {
                let range = (heard.epoch, heard.from.next())..=(heard.epoch, heard.to.max(heard.from.next()));
                let stood = self.ancestry.stood.range(range).flat_map(|(_, chains)| chains);
                let told: Vec<_> = stood.filter_map(|chain| self.replayed.told.get(chain)).collect();
                let may = |event: &Event| {
                    matches!(event, Event::ViewReplaced(_))
                        || told.iter().any(|told| {
                            told.classes.get(&viewer).is_some_and(|class| {
                                told.events.iter().any(|(to, other)| other == event && to.includes(class))
                            })
                        })
                };
                self.counts.events += heard.events.len();
                let leaked = heard.events.iter().filter(|event| !may(event));
                wrong.extend(leaked.map(|event| {
                    let (from, to) = (heard.from, heard.to);
                    format!(
                        "{} heard {} of {from} to {to}, which was not for them",
                        witness.name(),
                        event.name()
                    )
                }));
            }
        }
        self.findings.extend(wrong);
    }

    /// The tally is the sum of what people mean to have in.
    fn check_ballots(&mut self) {
        let teams = cast::voters(self.plan) == Voters::Teams;
        let mut last: BTreeMap<u32, (Seq, Vec<PosterId>)> = BTreeMap::new();
        for witness in self.witnesses {
            let screen = &witness.memory.screen;
            for (number, command) in &screen.commands {
                let choices = match command {
                    Command::CastBallot(c) => c.choices.clone(),
                    Command::WithdrawBallot(_) => Vec::new(),
                    _ => continue,
                };
                let outcome = self.replayed.last.outcomes.get(&witness.key(*number));
                let Some(Outcome::Accepted { seq, .. }) = outcome else { continue };
                let ballot = last.entry(voter(teams, witness.person)).or_default();
                if ballot.0 < *seq {
                    *ballot = (*seq, choices);
                }
            }
        }
        let mut meant: BTreeMap<PosterId, u32> = (1..=3).map(|poster| (PosterId(poster), 0)).collect();
        for choice in last.values().flat_map(|(_, choices)| choices) {
            *meant.entry(*choice).or_default() += 1;
        }
        let office = Viewer::Person(PersonId(3));
        let last = self.replayed.last.meeting.as_ref();
        let Some(view) = last.and_then(|meeting| project(meeting, office)) else { return };
        if view.vote.tally.as_ref() != Some(&meant) {
            self.find(format!("the tally is {:?}, and people meant {meant:?}", view.vote.tally));
        }
        if view.vote.recount.as_ref().is_some_and(|recount| !recount.matches) {
            self.find("a recount did not match".into());
        }
    }

    /// A store that loses what it has acknowledged gives no order to look for.
    fn check_order(&mut self) {
        if self.counts.lost > 0 {
            return;
        }
        let operations: Vec<Operation> =
            self.witnesses.iter().flat_map(|witness| witness.memory.operations.iter().cloned()).collect();
        let teams = cast::voters(self.plan) == Voters::Teams;
        let alone = self.plan.focus == Focus::Contention;
        match linear::check(&operations, |person| voter(teams, person), alone) {
            Ok(checked) => self.counts.objects = checked.objects,
            Err(history) => self.find(history),
        }
    }
}

/// Whose ballot somebody casts: their team's, or their own.
pub(crate) fn voter(teams: bool, person: u32) -> u32 {
    match cast::team(person) {
        Some(team) if teams => 1_000 + team.0,
        Some(_) | None => person,
    }
}
