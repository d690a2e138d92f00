//! What people do: a command that fits what they see, most of the time, drawn by chance.

use engawa_protocol::command::{
    AddComment, AddNote, AddTime, Announce, CallHelp, CastBallot, ChooseRoom, ClaimHelp, ClearHelp,
    CloseRound, CloseVote, CreateCluster, DeleteNote, EditNote, EndRound, GivePulse, HarvestNote, LeaveRoom,
    MarkNote, MoveNote, MovePeople, OpenRound, PassTurn, PauseRound, ProposeGrouping, PublishStandings,
    RecountVote, ReopenRound, RestoreNote, ResumeRound, RevealBoard, RevealNext, SetInterest, SetVoteRules,
    StartReveal, StartSilentWriting, StartTurns, StopTurns, UnmarkNote, VisitRoom, WithdrawBallot,
};
use engawa_protocol::view::{BoardView, MeetingView, TurnState, VotePhase};
use engawa_protocol::{
    AreaId, BoardId, Command, NoteColor, NoteId, PersonId, PosterId, RevealOrder, Role, RoomId, RoundId,
    RoundPhase, StandingsScope, Timestamp, VoteRules,
};
use rand::Rng as _;
use rand::rngs::StdRng;

use crate::dice::{falls, one};
use crate::plan::Focus;

/// Somebody who is about to do something.
#[derive(Debug)]
pub(crate) struct Doer<'a> {
    pub(crate) view: &'a MeetingView,
    pub(crate) now: Timestamp,
    /// A text that nobody else writes.
    pub(crate) mark: &'a str,
    pub(crate) focus: Focus,
    /// Notes that they have deleted.
    pub(crate) deleted: &'a [(BoardId, NoteId)],
}

impl Doer<'_> {
    /// What they do; nothing when nothing fits.
    pub(crate) fn choose(&self, dice: &mut StdRng) -> Option<Command> {
        match (self.view.me.role, self.focus) {
            (Role::Screen | Role::Observer, _) => None,
            (Role::Participant, _) | (_, Focus::Contention) => self.take_part(dice),
            (Role::Coordinator, Focus::Everything) if falls(dice, 600) => self.coordinate(dice),
            (Role::Secretariat, Focus::Everything) if falls(dice, 800) => self.count(dice),
            (Role::Facilitator, Focus::Everything) if falls(dice, 300) => self.guide(dice),
            (Role::Coordinator | Role::Secretariat | Role::Facilitator, Focus::Everything) => {
                self.take_part(dice)
            }
        }
    }

    fn board(&self, dice: &mut StdRng) -> &BoardView {
        match &self.view.seat {
            Some(seat) if self.focus == Focus::Contention || falls(dice, 750) => &seat.board,
            Some(_) | None => &self.view.plenary,
        }
    }

    fn take_part(&self, dice: &mut StdRng) -> Option<Command> {
        let board = self.board(dice);
        let most = if self.focus == Focus::Contention { 70 } else { 100 };
        match dice.random_range(0..most) {
            0..15 => Some(self.add(board)),
            15..32 => self.edit(board, dice).or_else(|| Some(self.add(board))),
            32..38 => self.take_away(board, dice),
            38..50 => self.speak(dice),
            50..56 => self.help(dice),
            56..70 => self.vote(dice),
            70..82 => self.arrange(board, dice),
            82..88 => Some(GivePulse { value: 10 * dice.random_range(0..=10), word: None }.into()),
            88..92 => {
                let poster = PosterId(dice.random_range(1..=3));
                Some(SetInterest { poster, interested: falls(dice, 700) }.into())
            }
            92..95 => {
                let poster = PosterId(dice.random_range(1..=3));
                Some(AddComment { poster, text: self.mark.into() }.into())
            }
            _ => match one(dice, &self.view.room_choices.keys().copied().collect::<Vec<_>>()) {
                Some(room) if falls(dice, 700) => Some(ChooseRoom { room }.into()),
                Some(_) => Some(LeaveRoom {}.into()),
                None => Some(self.add(board)),
            },
        }
    }

    fn add(&self, board: &BoardView) -> Command {
        let color = NoteColor::Yellow;
        AddNote { board: board.id, area: AreaId(0), text: format!("{}|", self.mark), color }.into()
    }

    fn note(&self, board: &BoardView, dice: &mut StdRng) -> Option<NoteId> {
        // The first few are what everybody works at.
        one(dice, &board.notes.keys().copied().take(4).collect::<Vec<_>>())
    }

    fn edit(&self, board: &BoardView, dice: &mut StdRng) -> Option<Command> {
        let note = board.notes.get(&self.note(board, dice)?)?;
        let first = note.text.split('|').next().unwrap_or_default();
        let edit = EditNote {
            board: board.id,
            note: note.id,
            base_version: note.version,
            text: format!("{first}|{}", self.mark),
            color: note.color,
        };
        Some(edit.into())
    }

    fn take_away(&self, board: &BoardView, dice: &mut StdRng) -> Option<Command> {
        if let Some((board, note)) = one(dice, self.deleted).filter(|_| falls(dice, 700)) {
            return Some(RestoreNote { board, note }.into());
        }
        Some(DeleteNote { board: board.id, note: self.note(board, dice)? }.into())
    }

    fn arrange(&self, board: &BoardView, dice: &mut StdRng) -> Option<Command> {
        let note = self.note(board, dice)?;
        let (board, before) = (board.id, self.note(board, dice));
        Some(match dice.random_range(0..8) {
            0..=2 => MoveNote { board, note, area: AreaId(dice.random_range(0..3)), before }.into(),
            3..=4 => MarkNote { board, note }.into(),
            5 => UnmarkNote { board, note }.into(),
            6 => CreateCluster { board, name: "束".into(), notes: vec![note] }.into(),
            _ => HarvestNote { board, note, area: None }.into(),
        })
    }

    fn speak(&self, dice: &mut StdRng) -> Option<Command> {
        let seat = self.view.seat.as_ref()?;
        let room = seat.room.id;
        let next = one(dice, &seat.turns.order)?;
        Some(match seat.turns.state {
            TurnState::Idle {} => StartTurns { room, first: Some(next) }.into(),
            TurnState::Speaking { person, .. } | TurnState::Paused { person, .. } if falls(dice, 800) => {
                let others: Vec<PersonId> =
                    seat.turns.order.iter().copied().filter(|other| *other != person).collect();
                PassTurn { room, from: person, to: Some(one(dice, &others)?) }.into()
            }
            TurnState::Speaking { .. } | TurnState::Paused { .. } => StopTurns { room }.into(),
        })
    }

    fn help(&self, dice: &mut StdRng) -> Option<Command> {
        let room = self.view.seat.as_ref()?.room.id;
        Some(match (self.view.me.role, dice.random_range(0..3)) {
            (Role::Facilitator | Role::Coordinator, 0..=1) => ClaimHelp { room }.into(),
            (_, 0..=1) => CallHelp { room }.into(),
            (_, _) => ClearHelp { room }.into(),
        })
    }

    fn vote(&self, dice: &mut StdRng) -> Option<Command> {
        if falls(dice, 200) {
            return Some(WithdrawBallot {}.into());
        }
        let first = dice.random_range(1..=3);
        let mut choices = vec![PosterId(first)];
        if falls(dice, 500) {
            choices.push(PosterId(first % 3 + 1));
        }
        Some(CastBallot { choices }.into())
    }

    fn round(&self, fits: impl Fn(RoundPhase) -> bool) -> Option<RoundId> {
        self.view.rounds.iter().find(|round| fits(round.phase)).map(|round| round.id)
    }

    fn coordinate(&self, dice: &mut StdRng) -> Option<Command> {
        let waiting = self.round(RoundPhase::is_waiting);
        let Some(round) = self.round(RoundPhase::is_running) else {
            let ended = self.round(|phase| matches!(phase, RoundPhase::Ended { .. }));
            return match (waiting, ended) {
                (_, Some(round)) if falls(dice, 150) => Some(ReopenRound { round }.into()),
                (Some(round), _) if falls(dice, 250) => {
                    Some(ProposeGrouping { round, rule: None, seed: None, include_absent: true }.into())
                }
                (Some(round), _) => Some(OpenRound { round }.into()),
                (None, _) => Some(Announce { text: self.mark.into() }.into()),
            };
        };
        let rooms: Vec<RoomId> = self.view.rooms.keys().copied().collect();
        Some(match dice.random_range(0..10) {
            0 => PauseRound { round }.into(),
            1..=2 => ResumeRound { round }.into(),
            3 => AddTime { round, delta_ms: dice.random_range(-1_500..3_000) }.into(),
            4 => CloseRound { round, countdown_ms: Some(400) }.into(),
            5 => EndRound { round }.into(),
            6 => Announce { text: self.mark.into() }.into(),
            7 => StartSilentWriting { boards: vec![self.board(dice).id] }.into(),
            8 => RevealBoard { boards: Vec::new() }.into(),
            _ => {
                let people = vec![PersonId(dice.random_range(4..=9))];
                MovePeople { people, to: one(dice, &rooms) }.into()
            }
        })
    }

    fn guide(&self, dice: &mut StdRng) -> Option<Command> {
        let rooms: Vec<RoomId> = self.view.rooms.keys().copied().collect();
        if falls(dice, 300) {
            return Some(Announce { text: self.mark.into() }.into());
        }
        let room = one(dice, &rooms)?;
        Some(if falls(dice, 700) { VisitRoom { room: Some(room) }.into() } else { ClaimHelp { room }.into() })
    }

    fn count(&self, dice: &mut StdRng) -> Option<Command> {
        let rules = self.view.vote.rules;
        Some(match self.view.vote.phase {
            VotePhase::Drafted {} | VotePhase::Open { .. } => match dice.random_range(0..12) {
                0 => CloseVote {}.into(),
                1..=2 => {
                    let closes_at = Some(self.now.plus_ms(dice.random_range(300..4_000)));
                    SetVoteRules { rules: VoteRules { closes_at, ..rules } }.into()
                }
                _ => RecountVote {}.into(),
            },
            VotePhase::Closed { .. } => match dice.random_range(0..5) {
                0 => StartReveal { order: RevealOrder::BottomUp { from_place: 3 } }.into(),
                1..=2 => RevealNext { place: None }.into(),
                3 => RecountVote {}.into(),
                _ => PublishStandings { scope: StandingsScope::OwnPlace }.into(),
            },
        })
    }
}
