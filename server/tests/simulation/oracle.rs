//! The oracle: replays what the store took through the rules, and judges by that and by what clients remember. What it says
//! of effects it takes from the texts people wrote and the outcomes they were given, not from the record of commands in the
//! state.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::{
    Audience, Emission, Entry, Input, Meeting, Origin, Outcome, Viewer, ViewerClass, apply, class_of, digest,
    encode_snapshot, project,
};
use engawa_protocol::http::CommandReply;
use engawa_protocol::view::MeetingView;
use engawa_protocol::{ClientSeq, Command, DeviceId, Event, PersonId, PosterId, Seq, Voters};
use engawa_server::store::LogEntry;
use serde_json::Value;

use crate::cast;
use crate::client::Memory;
use crate::history::Operation;
use crate::linear;
use crate::plan::{Focus, Plan};

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
}

type Key = (PersonId, DeviceId, ClientSeq);

/// What an entry made known, and to whom it could be told.
struct Told {
    events: Vec<(Audience, Event)>,
    classes: BTreeMap<Viewer, ViewerClass>,
}

/// A view that somebody held, and at which entry.
struct Held<'a> {
    who: String,
    viewer: Viewer,
    view: &'a MeetingView,
}

/// The replay.
pub(crate) struct Oracle<'a> {
    plan: &'a Plan,
    witnesses: &'a [Witness<'a>],
    findings: Vec<String>,
    counts: Counts,
    outcomes: BTreeMap<Key, Outcome>,
    told: Vec<Told>,
    meeting: Option<Meeting>,
}

/// Judges a run: what was wrong, what was tried, and the digest of the state at the end.
pub(crate) fn judge(
    plan: &Plan,
    tape: &[LogEntry],
    witnesses: &[Witness<'_>],
) -> (Vec<String>, Counts, Option<[u8; 32]>) {
    let mut oracle = Oracle {
        plan,
        witnesses,
        findings: Vec::new(),
        counts: Counts::default(),
        outcomes: BTreeMap::new(),
        told: Vec::new(),
        meeting: None,
    };
    oracle.replay(tape);
    oracle.check_outcomes();
    oracle.check_effects();
    oracle.check_events();
    oracle.check_ballots();
    oracle.check_order();
    let state = oracle.meeting.as_ref().and_then(|meeting| digest(meeting).ok());
    (oracle.findings, oracle.counts, state)
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

    /// Applies everything, and compares every view that anybody held with what the rules would have shown.
    fn replay(&mut self, tape: &[LogEntry]) {
        let mut held = self.held();
        for log in tape {
            let input: Input = match serde_json::from_slice(&log.payload) {
                Ok(input) => input,
                Err(error) => return self.find(format!("entry {} cannot be read: {error}", log.seq)),
            };
            let entry = Entry { seq: log.seq, at: log.at, input };
            let applied = apply(&mut self.meeting, &entry);
            let Some(meeting) = &self.meeting else { return self.find("the log makes no meeting".into()) };
            if meeting.seq() != log.seq {
                let what = format!("the log goes from {} to {}", meeting.seq(), log.seq);
                return self.find(what);
            }
            let events = applied.emissions.into_iter().filter_map(|emission| match emission {
                Emission::Event { audience, event } => Some((audience, event)),
                Emission::Refresh { .. } => None,
            });
            let viewers: BTreeSet<Viewer> =
                self.witnesses.iter().map(|witness| cast::viewer(witness.person)).collect();
            let classes = viewers.into_iter().filter_map(|viewer| Some((viewer, class_of(meeting, viewer)?)));
            self.told.push(Told { events: events.collect(), classes: classes.collect() });
            self.note_outcome(&entry, applied.outcome);
            let due = held.remove(&log.seq).unwrap_or_default();
            self.compare(log.seq, &due);
        }
        for (seq, held) in held {
            let who = &held[0].who;
            self.find(format!("{who} holds a view at {seq}, where the log does not lead"));
        }
        self.counts.entries = tape.len();
    }

    /// All views that anybody held: now and then on the way, at the end, and those that the server sent anew.
    fn held(&self) -> BTreeMap<Seq, Vec<Held<'a>>> {
        let mut held: BTreeMap<Seq, Vec<Held<'a>>> = BTreeMap::new();
        for witness in self.witnesses {
            let Memory { screen, samples, .. } = witness.memory;
            let anew = screen.heard.iter().flat_map(|heard| {
                heard.events.iter().filter_map(|event| match event {
                    Event::ViewReplaced(replaced) => Some((heard.to, &*replaced.view)),
                    _ => None,
                })
            });
            let last = screen.position.zip(screen.view.as_ref()).map(|(position, view)| (position.seq, view));
            let samples = samples.iter().map(|(position, view)| (position.seq, view));
            for (seq, view) in samples.chain(last).chain(anew) {
                let viewer = cast::viewer(witness.person);
                held.entry(seq).or_default().push(Held { who: witness.name(), viewer, view });
            }
        }
        held
    }

    fn compare(&mut self, seq: Seq, held: &[Held<'_>]) {
        let Some(meeting) = &self.meeting else { return };
        let mut wrong = Vec::new();
        for Held { who, viewer, view } in held {
            let should = project(meeting, *viewer);
            if should.as_ref() != Some(*view) {
                let (should, is) = (serde_json::to_value(&should), serde_json::to_value(view));
                let where_ = first_difference("", &should.unwrap_or_default(), &is.unwrap_or_default());
                wrong.push(format!("the screen of {who} at {seq} is not what the log says: {where_:?}"));
            }
        }
        self.counts.screens += held.len();
        self.findings.extend(wrong);
    }

    fn note_outcome(&mut self, entry: &Entry, outcome: Outcome) {
        let Origin::Person { person, device, client_seq, .. } = &entry.input.origin else { return };
        match self.outcomes.get(&(*person, *device, *client_seq)) {
            None => {
                self.outcomes.insert((*person, *device, *client_seq), outcome);
            }
            Some(first) => {
                self.counts.doubled += 1;
                if *first != outcome {
                    let what = format!("CM2: entry {}: first {first:?}, then {outcome:?}", entry.seq);
                    self.find(what);
                }
            }
        }
    }

    /// What clients were answered is what became of their commands; nobody waits.
    fn check_outcomes(&mut self) {
        for witness in self.witnesses {
            let screen = &witness.memory.screen;
            for number in screen.commands.keys() {
                let name = witness.name();
                let took = self.outcomes.get(&witness.key(*number));
                let wrong = match (screen.outcomes.get(number), took) {
                    (None, _) => Some("never had an outcome".to_owned()),
                    (
                        Some(CommandReply::Accepted { seq, created }),
                        Some(Outcome::Accepted { seq: at, created: made }),
                    ) if seq == at && created == made => {
                        self.counts.acknowledged += 1;
                        None
                    }
                    (
                        Some(CommandReply::Rejected { rejection: told }),
                        Some(Outcome::Rejected { rejection }),
                    ) if told == rejection => {
                        self.counts.rejected += 1;
                        None
                    }
                    // Refused before the log was asked.
                    (Some(CommandReply::Rejected { .. }), None) => {
                        self.counts.rejected += 1;
                        None
                    }
                    (Some(told), took) => Some(format!("was told {told:?}, and the log says {took:?}")),
                };
                if let Some(wrong) = wrong {
                    self.findings.push(format!("number {number} of {name} {wrong}"));
                }
            }
        }
    }

    /// Every note that was acknowledged is there once, every other not at all: by their texts.
    fn check_effects(&mut self) {
        let Some(state) = self.meeting.as_ref().and_then(|meeting| encode_snapshot(meeting).ok()) else {
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
                let taken = matches!(screen.outcomes.get(number), Some(CommandReply::Accepted { .. }));
                let mark = add.text.split('|').next().unwrap_or_default();
                let there = found.remove(mark).unwrap_or_default();
                if there != usize::from(taken) {
                    self.findings.push(format!("{mark}: acknowledged {taken}, and there {there} times"));
                }
            }
        }
        if let Some((mark, _)) = found.pop_first() {
            self.find(format!("a note {mark:?} that nobody wrote"));
        }
    }

    /// Whatever anybody was told, an entry in the frame's range told it to people like them.
    fn check_events(&mut self) {
        let mut wrong = Vec::new();
        for witness in self.witnesses {
            let viewer = cast::viewer(witness.person);
            for heard in &witness.memory.screen.heard {
                let range = heard.from.0 as usize..(heard.to.0 as usize).min(self.told.len());
                let told = self.told.get(range).unwrap_or_default();
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
                let Some(CommandReply::Accepted { seq, .. }) = screen.outcomes.get(number) else { continue };
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
        let Some(view) = self.meeting.as_ref().and_then(|meeting| project(meeting, office)) else { return };
        if view.vote.tally.as_ref() != Some(&meant) {
            self.find(format!("the tally is {:?}, and people meant {meant:?}", view.vote.tally));
        }
        if view.vote.recount.as_ref().is_some_and(|recount| !recount.matches) {
            self.find("a recount did not match".into());
        }
    }

    fn check_order(&mut self) {
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

/// Where two values differ first.
fn first_difference(path: &str, a: &Value, b: &Value) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            keys.into_iter().find_map(|key| {
                let at = |of: &serde_json::Map<String, Value>| of.get(key).cloned().unwrap_or_default();
                first_difference(&format!("{path}/{key}"), &at(a), &at(b))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .find_map(|(index, (a, b))| first_difference(&format!("{path}/{index}"), a, b)),
        _ if a == b => None,
        _ => Some(format!("{path}: {a} in the log, {b} on the screen")),
    }
}
