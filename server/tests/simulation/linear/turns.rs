//! Speaking in turn: begun with somebody, passed from the one who speaks to another, stopped.

use engawa_protocol::{Command, PersonId, Rejection};
use todc_utils::specifications::Specification;

use super::{Act, Reply, reply};
use crate::history::{Operation, Seen};

/// A room's turn as an object: who speaks.
#[derive(Debug)]
pub(super) struct Turn;

/// What happens to a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Op {
    Start { first: PersonId, answer: Answer },
    Pass { from: PersonId, to: PersonId, answer: Answer },
    Stop { answer: Answer },
    Read(Option<PersonId>),
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    /// Somebody speaks already.
    AlreadySo,
    /// Somebody else speaks.
    Passed,
    /// Nobody speaks.
    Idle,
    /// A no that says nothing of the turn.
    Otherwise,
    Unknown,
}

/// What an operation did to its room's turn. Those that leave to the server who is next are not looked at.
pub(super) fn acts(operation: &Operation) -> Vec<Act<Op>> {
    let answer = match reply(operation) {
        Reply::Unknown => Answer::Unknown,
        Reply::Done => Answer::Done,
        Reply::Refused(Rejection::AlreadySo {}) => Answer::AlreadySo,
        Reply::Refused(Rejection::TurnAlreadyPassed {}) => Answer::Passed,
        Reply::Refused(Rejection::NoTurnRunning {}) => Answer::Idle,
        Reply::Refused(_) => Answer::Otherwise,
    };
    let what = match &operation.command {
        Command::StartTurns(c) => c.first.map(|first| Op::Start { first, answer }),
        Command::PassTurn(c) => c.to.map(|to| Op::Pass { from: c.from, to, answer }),
        Command::StopTurns(_) => Some(Op::Stop { answer }),
        _ => None,
    };
    let Some(what) = what else { return Vec::new() };
    let invoked = operation.invoked;
    let returned = operation.outcome.as_ref().map(|outcome| outcome.returned);
    let mut acts = vec![Act { invoked, returned, what }];
    if let Some(Seen::Speaker(speaker)) = operation.outcome.as_ref().and_then(|outcome| outcome.seen.clone())
    {
        acts.push(Act { invoked, returned, what: Op::Read(speaker) });
    }
    acts
}

impl Specification for Turn {
    type State = Option<PersonId>;
    type Operation = Op;

    fn init() -> Self::State {
        None
    }

    fn apply(op: &Op, state: &Self::State) -> (bool, Self::State) {
        let (fits, next) = match op {
            Op::Read(speaker) => return (speaker == state, *state),
            Op::Start { first, .. } => (state.is_none(), Some(*first)),
            Op::Pass { from, to, .. } => (*state == Some(*from), Some(*to)),
            Op::Stop { .. } => (state.is_some(), None),
        };
        let (Op::Start { answer, .. } | Op::Pass { answer, .. } | Op::Stop { answer }) = op else {
            return (false, *state);
        };
        match answer {
            Answer::Done => (fits, if fits { next } else { *state }),
            Answer::Unknown => (true, if fits { next } else { *state }),
            Answer::AlreadySo => (state.is_some(), *state),
            Answer::Passed => (state.is_some() && !fits, *state),
            Answer::Idle => (state.is_none(), *state),
            Answer::Otherwise => (true, *state),
        }
    }
}
