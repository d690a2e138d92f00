//! A note: added once, edited on the version that the editor saw, deleted and restored.

use engawa_protocol::http::CommandReply;
use engawa_protocol::{Command, Entity, Rejection};
use todc_utils::specifications::Specification;

use super::{Act, Reply, reply};
use crate::history::{Operation, Seen};

/// A note as an object.
#[derive(Debug)]
pub(super) struct Note;

/// A note's state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum State {
    Absent,
    There { version: u32, text: String, deleted: bool },
}

/// What happens to a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Op {
    Add { text: String },
    Edit { base: u32, text: String, answer: Answer },
    Delete { answer: Answer },
    Restore { answer: Answer },
    Read { version: u32, text: String },
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    Conflict {
        version: u32,
        text: String,
    },
    /// There is no such note.
    Gone,
    /// It is not deleted.
    NotDeleted,
    /// A no that says nothing of the note.
    Otherwise,
    Unknown,
}

/// What an operation did to its note.
pub(super) fn acts(operation: &Operation) -> Vec<Act<Op>> {
    let answer = match reply(operation) {
        Reply::Unknown => Answer::Unknown,
        Reply::Done => Answer::Done,
        Reply::Refused(Rejection::NoteConflict { current_text, current_version, .. }) => {
            Answer::Conflict { version: *current_version, text: current_text.clone() }
        }
        Reply::Refused(Rejection::NotFound { entity: Entity::Note }) => Answer::Gone,
        Reply::Refused(Rejection::NoteNotDeleted {}) => Answer::NotDeleted,
        Reply::Refused(_) => Answer::Otherwise,
    };
    let what = match &operation.command {
        Command::AddNote(c) => Op::Add { text: c.text.clone() },
        Command::EditNote(c) => Op::Edit { base: c.base_version, text: c.text.clone(), answer },
        Command::DeleteNote(_) => Op::Delete { answer },
        Command::RestoreNote(_) => Op::Restore { answer },
        _ => return Vec::new(),
    };
    let invoked = operation.invoked;
    let returned = operation.outcome.as_ref().map(|outcome| outcome.returned);
    let mut acts = vec![Act { invoked, returned, what }];
    if let Some(outcome) = &operation.outcome
        && let (
            CommandReply::Accepted { .. } | CommandReply::Rejected { .. },
            Some(Seen::Note { version, text }),
        ) = (&outcome.reply, &outcome.seen)
    {
        let what = Op::Read { version: *version, text: text.clone() };
        acts.push(Act { invoked, returned, what });
    }
    acts
}

impl Specification for Note {
    type State = State;
    type Operation = Op;

    fn init() -> State {
        State::Absent
    }

    fn apply(op: &Op, state: &State) -> (bool, State) {
        let (version, text, deleted) = match (op, state) {
            (Op::Add { text }, State::Absent) => {
                return (true, State::There { version: 1, text: text.clone(), deleted: false });
            }
            (Op::Add { .. }, State::There { .. }) => return (false, state.clone()),
            // Only a note that has been added has a number that somebody can name; a no of another kind says nothing.
            (_, State::Absent) => return (false, state.clone()),
            (_, State::There { version, text, deleted }) => (*version, text, *deleted),
        };
        let stays = |fits: bool| (fits, state.clone());
        let with_deleted = |deleted: bool| State::There { version, text: text.clone(), deleted };
        match op {
            Op::Add { .. } => stays(false),
            Op::Read { version: seen, text: read } => stays(!deleted && *seen == version && read == text),
            Op::Edit { base, text: new, answer } => {
                let takes = !deleted && *base == version;
                let edited = || State::There { version: version + 1, text: new.clone(), deleted };
                match answer {
                    Answer::Done if !deleted && new == text => stays(true),
                    Answer::Done if takes => (true, edited()),
                    Answer::Unknown if takes && new != text => (true, edited()),
                    Answer::Conflict { version: seen, text: read } => {
                        stays(!deleted && *base != version && *seen == version && read == text)
                    }
                    Answer::Gone => stays(deleted),
                    Answer::Otherwise | Answer::Unknown => stays(true),
                    Answer::Done | Answer::NotDeleted => stays(false),
                }
            }
            Op::Delete { answer } => match answer {
                Answer::Done if !deleted => (true, with_deleted(true)),
                Answer::Unknown => (true, with_deleted(true)),
                Answer::Gone => stays(deleted),
                Answer::Otherwise => stays(true),
                Answer::Done | Answer::NotDeleted | Answer::Conflict { .. } => stays(false),
            },
            Op::Restore { answer } => match answer {
                Answer::Done if deleted => (true, with_deleted(false)),
                Answer::Unknown => (true, with_deleted(false)),
                Answer::NotDeleted => stays(!deleted),
                // Whoever may not restore it is told that it is not there.
                Answer::Gone | Answer::Otherwise => stays(true),
                Answer::Done | Answer::Conflict { .. } => stays(false),
            },
        }
    }
}
