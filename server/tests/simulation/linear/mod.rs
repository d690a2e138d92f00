//! Linearizability of what people contend for: each note, each ballot, each room's turn and call for help is an object of
//! its own, its history is taken from what clients sent and were answered, and a checker (Wing, Gong and Lowe's algorithm,
//! from `todc-utils`) looks for an order that explains it.
//!
//! A command without an outcome may have taken effect at any time since, or never: it stands as one whose answer comes
//! after everything else. What a screen shows with an answer is a read between sending and answer.

mod ballots;
mod help;
mod notes;
mod turns;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use engawa_protocol::http::CommandReply;
use engawa_protocol::{Command, Rejection};
use todc_utils::linearizability::WGLChecker;
use todc_utils::linearizability::history::{Action, History};
use todc_utils::specifications::Specification;

use crate::history::Operation;

/// Something that took effect at one moment between these two.
#[derive(Debug, Clone)]
pub(crate) struct Act<T> {
    pub(crate) invoked: u64,
    /// None if nobody knows yet.
    pub(crate) returned: Option<u64>,
    pub(crate) what: T,
}

/// What is known of what became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reply<'a> {
    Done,
    Refused(&'a Rejection),
    Unknown,
}

fn reply(operation: &Operation) -> Reply<'_> {
    match operation.outcome.as_ref().map(|outcome| &outcome.reply) {
        None => Reply::Unknown,
        Some(CommandReply::Accepted { .. }) => Reply::Done,
        Some(CommandReply::Rejected { rejection }) => Reply::Refused(rejection),
    }
}

/// How many objects were checked, and how many operations on them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) objects: usize,
    pub(crate) operations: usize,
}

/// Checks the histories of a run. With `alone` nothing but these operations can change turns and calls for help (no round
/// ends, nobody is moved), so those are checked, too.
///
/// # Errors
/// The object whose history no order explains, with that history.
pub(crate) fn check(
    operations: &[Operation],
    voter_of: impl Fn(u32) -> u32,
    alone: bool,
) -> Result<Checked, String> {
    let mut checked = Checked::default();
    let mut histories = |what: &str, objects: Vec<(String, Result<usize, String>)>| {
        for (name, outcome) in objects {
            checked.objects += 1;
            checked.operations += outcome
                .map_err(|history| format!("no order explains the history of {what} {name}:\n{history}"))?;
        }
        Ok::<(), String>(())
    };
    // A note that was not added but copied from another board has no beginning here.
    let added: BTreeSet<_> = operations
        .iter()
        .filter(|o| matches!(o.command, Command::AddNote(_)))
        .filter_map(Operation::note)
        .collect();
    let note_of = |o: &Operation| o.note().filter(|note| added.contains(note));
    histories("note", each(operations, note_of, notes::acts, explain::<notes::Note>))?;
    let ballot_of = |o: &Operation| o.is_ballot().then(|| voter_of(o.person));
    histories("ballot", each(operations, ballot_of, ballots::acts, explain::<ballots::Ballot>))?;
    if alone {
        histories("turn", each(operations, Operation::turn, turns::acts, explain::<turns::Turn>))?;
        histories("help", each(operations, Operation::help, help::acts, explain::<help::Help>))?;
    }
    Ok(checked)
}

/// Sorts operations by the object that they are about and checks each.
fn each<K: Ord + Debug, T>(
    operations: &[Operation],
    key: impl Fn(&Operation) -> Option<K>,
    acts: impl Fn(&Operation) -> Vec<Act<T>>,
    explain: impl Fn(&[Act<T>]) -> Result<usize, String>,
) -> Vec<(String, Result<usize, String>)> {
    let mut objects: BTreeMap<K, Vec<Act<T>>> = BTreeMap::new();
    for operation in operations {
        if let Some(key) = key(operation) {
            objects.entry(key).or_default().extend(acts(operation));
        }
    }
    objects.into_iter().map(|(key, acts)| (format!("{key:?}"), explain(&acts))).collect()
}

/// Whether an order explains these acts: how many there were, or the history that none explains.
pub(crate) fn explain<S: Specification>(acts: &[Act<S::Operation>]) -> Result<usize, String> {
    let mut moments: Vec<(u64, usize, Action<S::Operation>)> = Vec::new();
    for (process, act) in acts.iter().enumerate() {
        moments.push((act.invoked, process, Action::Call(act.what.clone())));
        let returned = act.returned.unwrap_or(u64::MAX);
        moments.push((returned, process, Action::Response(act.what.clone())));
    }
    // Calls come before answers where moments are equal: two acts that touch count as concurrent.
    moments
        .sort_by_key(|(moment, process, action)| (*moment, matches!(action, Action::Response(_)), *process));
    let actions: Vec<_> = moments.into_iter().map(|(_, process, action)| (process, action)).collect();
    if actions.is_empty() || WGLChecker::<S>::is_linearizable(History::from_actions(actions)) {
        return Ok(acts.len());
    }
    let lines = acts.iter().map(|act| format!("  {} to {:?}: {:?}\n", act.invoked, act.returned, act.what));
    Err(lines.collect())
}
