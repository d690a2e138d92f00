//! Replays every history that the store ever held: one, as long as nothing is lost; a tree of them afterwards. Compares every
//! view that anybody held with what stood at its position, and keeps what the judge asks for later.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::{
    Audience, Counts as Ids, Emission, Entry, Input, Meeting, Origin, Outcome, Viewer, ViewerClass, apply,
    class_of, project,
};
use engawa_protocol::view::MeetingView;
use engawa_protocol::{ClientSeq, DeviceId, Event, PersonId};
use engawa_server::store::{Epoch, Seq};
use serde_json::Value;

use crate::ledger::{Ancestry, Chain};

/// A command.
pub(crate) type Key = (PersonId, DeviceId, ClientSeq);

/// What an entry made known, and to whom it could be told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) events: Vec<(Audience, Event)>,
    pub(crate) classes: BTreeMap<Viewer, ViewerClass>,
}

/// A view that somebody held.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    pub(crate) who: String,
    pub(crate) viewer: Viewer,
    pub(crate) view: &'a MeetingView,
    /// The last that they held.
    pub(crate) is_last: bool,
}

/// A command's entry.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) chain: Chain,
    pub(crate) input: Input,
    pub(crate) outcome: Outcome,
}

/// One history, as far as it has been replayed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub(crate) meeting: Option<Meeting>,
    /// The first outcome of each command in it.
    pub(crate) outcomes: BTreeMap<Key, Outcome>,
}

/// What a replay came to.
#[derive(Debug, Default)]
pub(crate) struct Replayed {
    pub(crate) findings: Vec<String>,
    pub(crate) doubled: usize,
    pub(crate) told: BTreeMap<Chain, Told>,
    /// Every entry of a command, in all histories.
    pub(crate) asked: BTreeMap<Key, Vec<Asked>>,
    /// The ids given out by then.
    pub(crate) ids: BTreeMap<Chain, Ids>,
    /// The history that the store holds at the end.
    pub(crate) last: Line,
}

/// A view, and how it compares.
struct Compared<'a> {
    held: Held<'a>,
    is_right: bool,
    wrong: Option<String>,
}

/// Replays everything, and compares every view that anybody held. Where an epoch has more than one history, a screen may
/// have been taken from one to the other until the next epoch begins; `ends_whole` says that it does.
pub(crate) fn replay(
    ancestry: &Ancestry,
    viewers: &BTreeSet<Viewer>,
    held: BTreeMap<(Epoch, Seq), Vec<Held<'_>>>,
    ends_whole: bool,
) -> Replayed {
    let forks = forks(ancestry);
    let mut held: BTreeMap<_, Vec<Compared<'_>>> = held
        .into_iter()
        .map(|(place, views)| {
            let compared = views.into_iter().map(|held| Compared { held, is_right: false, wrong: None });
            (place, compared.collect())
        })
        .collect();
    let mut places: BTreeMap<Chain, Vec<(Epoch, Seq)>> = BTreeMap::new();
    for (place, chains) in &ancestry.stood {
        chains.iter().for_each(|chain| places.entry(*chain).or_default().push(*place));
    }
    let mut children: BTreeMap<Chain, Vec<Chain>> = BTreeMap::new();
    for (chain, descent) in &ancestry.entries {
        children.entry(descent.parent).or_default().push(*chain);
    }
    let mut replayed = Replayed::default();
    let begin = children.get(&0).into_iter().flatten();
    let mut open: Vec<(Chain, Line)> = begin.map(|chain| (*chain, Line::default())).collect();
    while let Some((chain, mut line)) = open.pop() {
        if let Err(finding) = step(ancestry, chain, viewers, &mut line, &mut replayed) {
            replayed.findings.push(finding);
            continue;
        }
        if let Some(meeting) = &line.meeting {
            for place in places.get(&chain).into_iter().flatten() {
                held.get_mut(place).into_iter().flatten().for_each(|view| compare(view, meeting));
            }
        }
        if chain == ancestry.last {
            replayed.last = line.clone();
        }
        if let Some((first, others)) = children.get(&chain).and_then(|children| children.split_first()) {
            open.extend(others.iter().map(|other| (*other, line.clone())));
            open.push((*first, line));
        }
    }
    for ((epoch, seq), compared) in held {
        let is_torn = forks.get(&epoch).is_some_and(|fork| *fork <= seq);
        let excused = |held: &Held<'_>| is_torn && !(held.is_last && ends_whole);
        let wrong = compared.into_iter().filter(|compared| !compared.is_right && !excused(&compared.held));
        for Compared { held, wrong, .. } in wrong {
            let who = held.who;
            replayed.findings.push(match wrong {
                Some(wrong) => {
                    format!("the screen of {who} at {epoch}:{seq} is not what the log says: {wrong}")
                }
                None => format!("{who} holds a view at {epoch}:{seq}, where no log leads"),
            });
        }
    }
    replayed
}

/// The first number of each epoch that stood for more than one entry.
fn forks(ancestry: &Ancestry) -> BTreeMap<Epoch, Seq> {
    let mut forks = BTreeMap::new();
    for ((epoch, seq), _) in ancestry.stood.iter().filter(|(_, chains)| chains.len() > 1) {
        forks.entry(*epoch).or_insert(*seq);
    }
    forks
}

/// Applies one entry to the history before it.
fn step(
    ancestry: &Ancestry,
    chain: Chain,
    viewers: &BTreeSet<Viewer>,
    line: &mut Line,
    replayed: &mut Replayed,
) -> Result<(), String> {
    let log = &ancestry.entries[&chain].entry;
    let input: Input = serde_json::from_slice(&log.payload)
        .map_err(|error| format!("entry {} cannot be read: {error}", log.seq))?;
    let entry = Entry { seq: log.seq, at: log.at, input };
    let applied = apply(&mut line.meeting, &entry);
    let meeting = line.meeting.as_ref().ok_or("the log makes no meeting")?;
    if meeting.seq() != log.seq {
        return Err(format!("the log goes from {} to {}", meeting.seq(), log.seq));
    }
    let events = applied.emissions.into_iter().filter_map(|emission| match emission {
        Emission::Event { audience, event } => Some((audience, event)),
        Emission::Refresh { .. } => None,
    });
    let classes = viewers.iter().filter_map(|viewer| Some((*viewer, class_of(meeting, *viewer)?)));
    replayed.told.insert(chain, Told { events: events.collect(), classes: classes.collect() });
    replayed.ids.insert(chain, meeting.counts());
    let Origin::Person { person, device, client_seq, .. } = &entry.input.origin else { return Ok(()) };
    let key = (*person, *device, *client_seq);
    let outcome = applied.outcome;
    let asked = Asked { chain, input: entry.input, outcome: outcome.clone() };
    replayed.asked.entry(key).or_default().push(asked);
    match line.outcomes.get(&key) {
        None => {
            line.outcomes.insert(key, outcome);
        }
        Some(first) => {
            replayed.doubled += 1;
            if *first != outcome {
                let what = format!("CM2: entry {}: first {first:?}, then {outcome:?}", entry.seq);
                replayed.findings.push(what);
            }
        }
    }
    Ok(())
}

fn compare(compared: &mut Compared<'_>, meeting: &Meeting) {
    if compared.is_right {
        return;
    }
    let Held { viewer, view, .. } = &compared.held;
    let should = project(meeting, *viewer);
    if should.as_ref() == Some(*view) {
        compared.is_right = true;
        return;
    }
    let (should, is) = (serde_json::to_value(&should), serde_json::to_value(view));
    let difference = first_difference("", &should.unwrap_or_default(), &is.unwrap_or_default());
    compared.wrong = Some(format!("{difference:?}"));
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
