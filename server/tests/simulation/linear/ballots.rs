//! A ballot: cast, replaced and withdrawn by whoever may, read by them.

use engawa_protocol::{Command, PosterId, Rejection};
use todc_utils::specifications::Specification;

use super::{Act, Reply, reply};
use crate::history::{Operation, Seen};

/// A ballot as an object.
#[derive(Debug)]
pub(super) struct Ballot;

/// What happens to a ballot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Op {
    Cast { choices: Vec<PosterId>, answer: Answer },
    Withdraw { answer: Answer },
    Read(Option<Vec<PosterId>>),
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    /// There is none.
    NoBallot,
    /// A no that says nothing of the ballot.
    Otherwise,
    Unknown,
}

/// What an operation did to its ballot.
pub(super) fn acts(operation: &Operation) -> Vec<Act<Op>> {
    let answer = match reply(operation) {
        Reply::Unknown => Answer::Unknown,
        Reply::Done => Answer::Done,
        Reply::Refused(Rejection::NoBallot {}) => Answer::NoBallot,
        Reply::Refused(_) => Answer::Otherwise,
    };
    let what = match &operation.command {
        Command::CastBallot(c) => {
            let mut choices = c.choices.clone();
            choices.sort_unstable();
            Op::Cast { choices, answer }
        }
        Command::WithdrawBallot(_) => Op::Withdraw { answer },
        _ => return Vec::new(),
    };
    let invoked = operation.invoked;
    let returned = operation.outcome.as_ref().map(|outcome| outcome.returned);
    let mut acts = vec![Act { invoked, returned, what }];
    if let Some(Seen::Ballot(ballot)) = operation.outcome.as_ref().and_then(|outcome| outcome.seen.clone()) {
        acts.push(Act { invoked, returned, what: Op::Read(ballot) });
    }
    acts
}

impl Specification for Ballot {
    type State = Option<Vec<PosterId>>;
    type Operation = Op;

    fn init() -> Self::State {
        None
    }

    fn apply(op: &Op, state: &Self::State) -> (bool, Self::State) {
        match op {
            Op::Read(ballot) => (ballot == state, state.clone()),
            Op::Cast { answer: Answer::Otherwise, .. } | Op::Withdraw { answer: Answer::Otherwise } => {
                (true, state.clone())
            }
            Op::Cast { answer: Answer::NoBallot, .. } => (false, state.clone()),
            Op::Cast { choices, answer: Answer::Done | Answer::Unknown } => (true, Some(choices.clone())),
            Op::Withdraw { answer: Answer::Done } => (state.is_some(), None),
            Op::Withdraw { answer: Answer::NoBallot } => (state.is_none(), None),
            Op::Withdraw { answer: Answer::Unknown } => (true, None),
        }
    }
}
