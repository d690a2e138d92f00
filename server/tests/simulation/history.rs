//! What somebody asked for, when, what was answered, and what they saw with the answer: the raw material for checking
//! linearizability.

use engawa_protocol::http::CommandReply;
use engawa_protocol::view::{HelpState, MeetingView, TurnState, VotePhase};
use engawa_protocol::{BoardId, ClientSeq, Command, NoteId, PersonId, PosterId, RoomId, Submit};

/// One command from the moment it was sent first to the moment its outcome was known.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) person: u32,
    pub(crate) number: ClientSeq,
    pub(crate) command: Command,
    pub(crate) invoked: u64,
    /// None while nobody knows what became of it.
    pub(crate) outcome: Option<Outcome>,
}

/// An outcome, and what the screen showed of the same thing at that moment.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) returned: u64,
    pub(crate) reply: CommandReply,
    pub(crate) seen: Option<Seen>,
}

/// What a screen shows of the thing that a command was about. It stands at the command's entry or later, so it is a
/// read that lies between sending and answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Note { version: u32, text: String },
    Ballot(Option<Vec<PosterId>>),
    Speaker(Option<PersonId>),
    Help(HelpState),
}

impl Operation {
    /// A command that is being sent for the first time.
    pub(crate) fn invoked(person: u32, submit: &Submit, moment: u64) -> Self {
        let Submit { client_seq, command } = submit;
        Self { person, number: *client_seq, command: command.clone(), invoked: moment, outcome: None }
    }

    /// Its outcome is known; `view` is what the screen shows, if it is at the outcome.
    pub(crate) fn returned(&mut self, reply: CommandReply, view: Option<&MeetingView>, moment: u64) {
        let created = match reply {
            CommandReply::Accepted { created, .. } => created,
            CommandReply::Rejected { .. } => None,
        };
        let seen = view.and_then(|view| seen(&self.command, created, view));
        self.outcome = Some(Outcome { returned: moment, reply, seen });
    }

    /// The note that it is about, by where it lies.
    pub(crate) fn note(&self) -> Option<(BoardId, NoteId)> {
        let created = match self.outcome.as_ref().map(|outcome| &outcome.reply) {
            Some(CommandReply::Accepted { created, .. }) => *created,
            Some(CommandReply::Rejected { .. }) | None => None,
        };
        note_of(&self.command, created)
    }

    /// The room whose turn it is about.
    pub(crate) const fn turn(&self) -> Option<RoomId> {
        match &self.command {
            Command::StartTurns(c) => Some(c.room),
            Command::PassTurn(c) => Some(c.room),
            Command::StopTurns(c) => Some(c.room),
            _ => None,
        }
    }

    /// The room whose call for help it is about.
    pub(crate) const fn help(&self) -> Option<RoomId> {
        match &self.command {
            Command::CallHelp(c) => Some(c.room),
            Command::ClaimHelp(c) => Some(c.room),
            Command::ClearHelp(c) => Some(c.room),
            _ => None,
        }
    }

    /// Whether it is about a ballot.
    pub(crate) const fn is_ballot(&self) -> bool {
        matches!(self.command, Command::CastBallot(_) | Command::WithdrawBallot(_))
    }
}

fn note_of(command: &Command, created: Option<u32>) -> Option<(BoardId, NoteId)> {
    match command {
        Command::AddNote(c) => created.map(|note| (c.board, NoteId(note))),
        Command::EditNote(c) => Some((c.board, c.note)),
        Command::DeleteNote(c) => Some((c.board, c.note)),
        Command::RestoreNote(c) => Some((c.board, c.note)),
        _ => None,
    }
}

fn seen(command: &Command, created: Option<u32>, view: &MeetingView) -> Option<Seen> {
    let seat = |room: RoomId| view.seat.as_ref().filter(|seat| seat.room.id == room);
    match command {
        Command::AddNote(_) | Command::EditNote(_) | Command::DeleteNote(_) | Command::RestoreNote(_) => {
            let (board, note) = note_of(command, created)?;
            let board = match &view.seat {
                Some(seat) if seat.board.id == board => &seat.board,
                _ if board == BoardId::PLENARY => &view.plenary,
                _ => return None,
            };
            let note = board.notes.get(&note)?;
            Some(Seen::Note { version: note.version, text: note.text.clone() })
        }
        Command::CastBallot(_) | Command::WithdrawBallot(_) => match view.vote.phase {
            VotePhase::Open { .. } => {
                Some(Seen::Ballot(view.vote.ballot.as_ref().map(|ballot| ballot.choices.clone())))
            }
            VotePhase::Drafted {} | VotePhase::Closed { .. } => None,
        },
        Command::StartTurns(c) => seat(c.room).map(|seat| Seen::Speaker(speaker(seat.turns.state))),
        Command::PassTurn(c) => seat(c.room).map(|seat| Seen::Speaker(speaker(seat.turns.state))),
        Command::StopTurns(c) => seat(c.room).map(|seat| Seen::Speaker(speaker(seat.turns.state))),
        Command::CallHelp(c) => seat(c.room).map(|seat| Seen::Help(seat.room.help)),
        Command::ClaimHelp(c) => seat(c.room).map(|seat| Seen::Help(seat.room.help)),
        Command::ClearHelp(c) => seat(c.room).map(|seat| Seen::Help(seat.room.help)),
        _ => None,
    }
}

const fn speaker(state: TurnState) -> Option<PersonId> {
    match state {
        TurnState::Idle {} => None,
        TurnState::Speaking { person, .. } | TurnState::Paused { person, .. } => Some(person),
    }
}
