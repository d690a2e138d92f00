//! The checker refuses what cannot have happened.

use engawa_protocol::command::{AddNote, CallHelp, CastBallot, ClaimHelp, EditNote, PassTurn, StartTurns};
use engawa_protocol::http::CommandReply;
use engawa_protocol::{
    AreaId, BoardId, ClientSeq, Command, NoteColor, NoteId, PersonId, PosterId, Rejection, RoomId, Seq,
    Submit,
};

use super::check;
use crate::history::{Operation, Outcome, Seen};

const ROOM: RoomId = RoomId(1);

fn operation(person: u32, command: impl Into<Command>, invoked: u64) -> Operation {
    Operation::invoked(person, &Submit { client_seq: ClientSeq(invoked), command: command.into() }, invoked)
}

fn answered(
    mut of: Operation,
    returned: u64,
    reply: Result<Option<u32>, Rejection>,
    seen: Option<Seen>,
) -> Operation {
    let reply = match reply {
        Ok(created) => CommandReply::Accepted { seq: Seq(returned), created },
        Err(rejection) => CommandReply::Rejected { rejection },
    };
    of.outcome = Some(Outcome { returned, reply, seen });
    of
}

fn add() -> Operation {
    let add =
        AddNote { board: BoardId::PLENARY, area: AreaId(0), text: "a".into(), color: NoteColor::Yellow };
    answered(operation(1, add, 1), 2, Ok(Some(1)), None)
}

fn edit(person: u32, base_version: u32, text: &str, invoked: u64) -> Operation {
    let (board, note) = (BoardId::PLENARY, NoteId(1));
    operation(
        person,
        EditNote { board, note, base_version, text: text.into(), color: NoteColor::Yellow },
        invoked,
    )
}

fn is_explained(operations: &[Operation]) -> bool {
    check(operations, |person| person, true).is_ok()
}

#[test]
fn two_edits_of_one_version_cannot_both_be_taken() {
    let (b, c) = (edit(1, 1, "b", 3), edit(2, 1, "c", 3));
    assert!(!is_explained(&[
        add(),
        answered(b.clone(), 9, Ok(None), None),
        answered(c.clone(), 9, Ok(None), None)
    ]));
    let conflict =
        Rejection::NoteConflict { current_text: "b".into(), current_version: 2, your_text: "c".into() };
    assert!(is_explained(&[
        add(),
        answered(b.clone(), 9, Ok(None), None),
        answered(c.clone(), 9, Err(conflict.clone()), None)
    ]));
    // The one who lost was told of an edit that began after they had their answer.
    let late = answered(edit(1, 1, "b", 10), 12, Ok(None), None);
    assert!(!is_explained(&[add(), late, answered(c.clone(), 9, Err(conflict.clone()), None)]));
    // An edit that was never answered may have been what they were told of.
    assert!(is_explained(&[add(), b, answered(c, 9, Err(conflict), None)]));
}

#[test]
fn a_screen_that_shows_an_old_version_with_an_answer_is_refused() {
    let seen = |version, text: &str| Some(Seen::Note { version, text: text.into() });
    let first = answered(edit(1, 1, "b", 3), 4, Ok(None), seen(2, "b"));
    let second = answered(edit(2, 2, "c", 5), 6, Ok(None), None);
    let later = |seen| answered(edit(3, 9, "d", 7), 8, Err(Rejection::NotYourNote {}), seen);
    assert!(is_explained(&[add(), first.clone(), second.clone(), later(seen(3, "c"))]));
    assert!(!is_explained(&[add(), first, second, later(seen(2, "b"))]));
}

#[test]
fn a_ballot_that_comes_back_is_refused() {
    let cast = |poster, invoked, seen| {
        let choices = vec![PosterId(poster)];
        let seen = Some(Seen::Ballot(Some(vec![PosterId(seen)])));
        answered(operation(4, CastBallot { choices }, invoked), invoked + 1, Ok(None), seen)
    };
    assert!(is_explained(&[cast(1, 1, 1), cast(2, 3, 2), cast(3, 5, 3)]));
    assert!(
        !is_explained(&[cast(1, 1, 1), cast(2, 3, 2), cast(3, 5, 1)]),
        "the first, long after the second"
    );
}

#[test]
fn a_turn_is_passed_once_and_a_call_is_claimed_by_one() {
    let start = StartTurns { room: ROOM, first: Some(PersonId(4)) };
    let start = answered(operation(4, start, 1), 2, Ok(None), None);
    let pass = |by, to, invoked| {
        let pass = PassTurn { room: ROOM, from: PersonId(4), to: Some(PersonId(to)) };
        answered(operation(by, pass, invoked), invoked + 4, Ok(None), None)
    };
    assert!(is_explained(&[start.clone(), pass(4, 5, 3)]));
    assert!(!is_explained(&[start, pass(4, 5, 3), pass(6, 7, 4)]));
    let call = answered(operation(4, CallHelp { room: ROOM }, 1), 2, Ok(None), None);
    let claim = |by, reply| answered(operation(by, ClaimHelp { room: ROOM }, 3), 5, reply, None);
    let late = Err(Rejection::HelpAlreadyClaimed { by: PersonId(2) });
    assert!(is_explained(&[call.clone(), claim(2, Ok(None)), claim(1, late)]));
    assert!(!is_explained(&[call, claim(2, Ok(None)), claim(1, Ok(None))]));
}
