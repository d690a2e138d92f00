//! What a command refers to, for putting histories together again after a store has lost a part of one: ids are counted
//! in the order of the log, so an id that was given in a lost part may mean something else now. Owns the question
//! whether it can; must not know how histories are lost or healed.

use alloc::vec::Vec;

use engawa_protocol::command::JoinAs;
use engawa_protocol::{BoardId, Command, LinkTarget, NoteId, PersonId, PosterId, RoomId, RoundId, TeamId};

use crate::entry::{Input, Origin, SystemInput};
use crate::meeting::Meeting;

/// How many ids of each kind a meeting has given out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    team: u32,
    person: u32,
    round: u32,
    room: u32,
    note: u32,
    cluster: u32,
    poster: u32,
    comment: u32,
    announcement: u32,
    question: u32,
}

impl Meeting {
    /// How many ids of each kind have been given out so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        Counts {
            team: self.roster.last_team,
            person: self.roster.last_person,
            round: self.agenda.last_round,
            room: self.rooms.last_room,
            note: self.boards.last_note,
            cluster: self.boards.last_cluster,
            poster: self.posters.last_poster,
            comment: self.posters.last_comment,
            announcement: self.announcements.last_announcement,
            question: self.questionnaire.last_question,
        }
    }
}

/// Whether an entry would mean the same on any history that shares its past up to the moment of `past`: everything it
/// names, who asks included, was there by then. What a system says is not asked again: it is said anew when it is due, but
/// for what the operator has asked for through it.
#[must_use]
pub fn refers_only_to(input: &Input, past: &Counts) -> bool {
    match &input.origin {
        Origin::Person { person, command, .. } => {
            person.0 <= past.person && named_by(command).are_within(past)
        }
        Origin::Link { command, .. } => named_by(command).are_within(past),
        Origin::System { input: SystemInput::ErasePerson { person, .. } } => person.0 <= past.person,
        Origin::System { .. } => false,
    }
}

/// Whether an entry says who voted for what. Behind the close of a vote no log may hold such.
#[must_use]
pub fn is_ballot(input: &Input) -> bool {
    match &input.origin {
        Origin::Person { command, .. } | Origin::Link { command, .. } => {
            matches!(command, Command::CastBallot(_) | Command::WithdrawBallot(_))
        }
        Origin::System { .. } => false,
    }
}

/// The person whose data an entry takes out, if it does. It says nothing else of them, so it need not be forgotten with
/// what it has others forget.
#[must_use]
pub fn erased_by(input: &Input) -> Option<PersonId> {
    match &input.origin {
        Origin::Person { command: Command::ErasePerson(c), .. } => Some(c.person),
        Origin::System { input: SystemInput::ErasePerson { person, .. } } => Some(*person),
        Origin::Person { .. } | Origin::Link { .. } | Origin::System { .. } => None,
    }
}

/// The ids that a command names, kind by kind.
#[derive(Default)]
struct Named(Vec<(Kind, u32)>);

#[derive(Clone, Copy)]
enum Kind {
    Team,
    Person,
    Round,
    Room,
    Note,
    Cluster,
    Poster,
    Comment,
    Announcement,
    Question,
}

impl Named {
    fn all(mut self, kind: Kind, ids: impl IntoIterator<Item = u32>) -> Self {
        self.0.extend(ids.into_iter().map(|id| (kind, id)));
        self
    }

    fn round(id: RoundId) -> Self {
        Self::default().all(Kind::Round, [id.0])
    }

    fn room(id: RoomId) -> Self {
        Self::default().all(Kind::Room, [id.0])
    }

    fn note(board: BoardId, note: NoteId) -> Self {
        Self::on(board).all(Kind::Note, [note.0])
    }

    fn poster(id: PosterId) -> Self {
        Self::default().all(Kind::Poster, [id.0])
    }

    fn person(id: PersonId) -> Self {
        Self::default().and_people([id])
    }

    fn and_people(self, ids: impl IntoIterator<Item = PersonId>) -> Self {
        self.all(Kind::Person, ids.into_iter().map(|id| id.0))
    }

    fn and_team(self, team: Option<TeamId>) -> Self {
        self.all(Kind::Team, team.map(|id| id.0))
    }

    /// A board carries the number of its room; 0 has always been there.
    fn on(board: BoardId) -> Self {
        Self::default().all(Kind::Room, [board.0])
    }

    fn are_within(&self, past: &Counts) -> bool {
        self.0.iter().all(|(kind, id)| {
            let given = match kind {
                Kind::Team => past.team,
                Kind::Person => past.person,
                Kind::Round => past.round,
                Kind::Room => past.room,
                Kind::Note => past.note,
                Kind::Cluster => past.cluster,
                Kind::Poster => past.poster,
                Kind::Comment => past.comment,
                Kind::Announcement => past.announcement,
                Kind::Question => past.question,
            };
            *id <= given
        })
    }
}

/// One line a command.
#[expect(clippy::too_many_lines, reason = "a table of all commands")]
fn named_by(command: &Command) -> Named {
    match command {
        Command::EditMeeting(_)
        | Command::SetJoinRule(_)
        | Command::SetKeepUntil(_)
        | Command::EndMeeting(_)
        | Command::LeaveMeeting(_)
        | Command::ImportRoster(_)
        | Command::AddTeam(_)
        | Command::SetAgenda(_)
        | Command::LeaveRoom(_)
        | Command::ShareFeedback(_)
        | Command::SetVoteRules(_)
        | Command::OpenVote(_)
        | Command::CloseVote(_)
        | Command::WithdrawBallot(_)
        | Command::RecountVote(_)
        | Command::StartReveal(_)
        | Command::RevealNext(_)
        | Command::PublishStandings(_)
        | Command::GivePulse(_)
        | Command::SetQuestionnaire(_)
        | Command::OpenQuestionnaire(_)
        | Command::CloseQuestionnaire(_)
        | Command::Announce(_) => Named::default(),
        Command::RevokeLinks(c) => match c.target {
            LinkTarget::Person { person } => Named::person(person),
            LinkTarget::Shared { .. } | LinkTarget::Everyone {} => Named::default(),
        },
        Command::JoinMeeting(c) => match &c.join {
            JoinAs::Listed { person } => Named::person(*person),
            JoinAs::Named { team, .. } => Named::default().and_team(*team),
        },
        Command::FollowMeeting(c) => {
            let rooms =
                c.meetings.iter().flat_map(|earlier| &earlier.sittings).flat_map(|sitting| &sitting.rooms);
            Named::default().and_people(rooms.flat_map(|room| room.people.iter().copied()))
        }
        Command::EditTeam(c) => Named::default().and_team(Some(c.team)),
        Command::RemoveTeam(c) => Named::default().and_team(Some(c.team)),
        Command::AddPerson(c) => Named::default().and_team(c.team),
        Command::EditPerson(c) => Named::person(c.person).and_team(c.team),
        Command::RemovePerson(c) => Named::person(c.person),
        Command::RestorePerson(c) => Named::person(c.person),
        Command::ErasePerson(c) => Named::person(c.person),
        Command::ReleasePerson(c) => Named::person(c.person),
        Command::AddRound(c) => Named::default().all(Kind::Round, c.before.map(|id| id.0)),
        Command::EditRound(c) => Named::round(c.round),
        Command::RemoveRound(c) => Named::round(c.round),
        Command::MoveRound(c) => Named::round(c.round).all(Kind::Round, c.before.map(|id| id.0)),
        Command::OpenRound(c) => Named::round(c.round),
        Command::PauseRound(c) => Named::round(c.round),
        Command::ResumeRound(c) => Named::round(c.round),
        Command::AddTime(c) => Named::round(c.round),
        Command::CloseRound(c) => Named::round(c.round),
        Command::EndRound(c) => Named::round(c.round),
        Command::ReopenRound(c) => Named::round(c.round),
        Command::ProposeGrouping(c) => Named::round(c.round),
        Command::AdjustGrouping(c) => {
            Named::round(c.round).and_people(c.placements.iter().map(|placement| placement.person))
        }
        Command::SetGrouping(c) => Named::round(c.round)
            .and_people(c.rooms.iter().filter_map(|room| room.facilitator))
            .and_people(c.rooms.iter().flat_map(|room| room.members.iter().copied())),
        Command::DiscardGrouping(c) => Named::round(c.round),
        Command::MovePeople(c) => {
            Named::default().all(Kind::Room, c.to.map(|id| id.0)).and_people(c.people.iter().copied())
        }
        Command::ChooseRoom(c) => Named::room(c.room),
        Command::VisitRoom(c) => Named::default().all(Kind::Room, c.room.map(|id| id.0)),
        Command::AddRoom(c) => Named::round(c.round),
        Command::RenameRoom(c) => Named::room(c.room),
        Command::RemoveRoom(c) => Named::room(c.room),
        Command::SetFacilitator(c) => Named::room(c.room).and_people(c.person),
        Command::StartTurns(c) => Named::room(c.room).and_people(c.first),
        Command::PassTurn(c) => Named::room(c.room).and_people([c.from]).and_people(c.to),
        Command::StopTurns(c) => Named::room(c.room),
        Command::SetTurnOrder(c) => Named::room(c.room).and_people(c.order.iter().copied()),
        Command::CallHelp(c) => Named::room(c.room),
        Command::ClaimHelp(c) => Named::room(c.room),
        Command::ClearHelp(c) => Named::room(c.room),
        Command::AddNote(c) => Named::on(c.board),
        Command::EditNote(c) => Named::note(c.board, c.note),
        Command::MoveNote(c) => Named::note(c.board, c.note).all(Kind::Note, c.before.map(|id| id.0)),
        Command::DeleteNote(c) => Named::note(c.board, c.note),
        Command::RestoreNote(c) => Named::note(c.board, c.note),
        Command::MarkNote(c) => Named::note(c.board, c.note),
        Command::UnmarkNote(c) => Named::note(c.board, c.note),
        Command::CreateCluster(c) => Named::on(c.board).all(Kind::Note, c.notes.iter().map(|id| id.0)),
        Command::RenameCluster(c) => Named::on(c.board).all(Kind::Cluster, [c.cluster.0]),
        Command::DissolveCluster(c) => Named::on(c.board).all(Kind::Cluster, [c.cluster.0]),
        Command::SetCluster(c) => Named::note(c.board, c.note).all(Kind::Cluster, c.cluster.map(|id| id.0)),
        Command::StartSilentWriting(c) => Named::default().all(Kind::Room, c.boards.iter().map(|id| id.0)),
        Command::RevealBoard(c) => Named::default().all(Kind::Room, c.boards.iter().map(|id| id.0)),
        Command::HarvestNote(c) => Named::note(c.board, c.note),
        Command::AddPoster(c) => Named::default().and_team(Some(c.team)),
        Command::EditPoster(c) => Named::poster(c.poster),
        Command::WithdrawPoster(c) => Named::poster(c.poster),
        Command::RestorePoster(c) => Named::poster(c.poster),
        Command::SetInterest(c) => Named::poster(c.poster),
        Command::AddComment(c) => Named::poster(c.poster),
        Command::DeleteComment(c) => Named::poster(c.poster).all(Kind::Comment, [c.comment.0]),
        Command::CastBallot(c) => Named::default().all(Kind::Poster, c.choices.iter().map(|id| id.0)),
        Command::AnswerQuestionnaire(c) => {
            Named::default().all(Kind::Question, c.answers.keys().map(|id| id.0))
        }
        Command::WithdrawAnnouncement(c) => Named::default().all(Kind::Announcement, [c.announcement.0]),
        Command::ReadAnnouncement(c) => Named::default().all(Kind::Announcement, [c.announcement.0]),
    }
}

#[cfg(test)]
mod tests {
    use engawa_protocol::command::{AddNote, EditNote, JoinMeeting};
    use engawa_protocol::{AreaId, ClientSeq, NoteColor, Role, codec::from_slice};

    use super::*;
    use crate::entry::Entropy;

    const PAST: Counts = Counts {
        team: 2,
        person: 5,
        round: 1,
        room: 3,
        note: 9,
        cluster: 0,
        poster: 0,
        comment: 0,
        announcement: 0,
        question: 0,
    };

    fn by(person: u32, command: impl Into<Command>) -> Input {
        let device = from_slice(b"\"00000000-0000-4000-8000-000000000001\"").unwrap();
        let (person, command) = (PersonId(person), command.into());
        let origin = Origin::Person { person, device, client_seq: ClientSeq(1), command };
        Input { entropy: Entropy([1, 2]), origin }
    }

    fn add(board: u32) -> AddNote {
        AddNote { board: BoardId(board), area: AreaId(0), text: "a".into(), color: NoteColor::Yellow }
    }

    fn edit(note: u32) -> EditNote {
        let (text, color) = ("b".into(), NoteColor::Yellow);
        EditNote { board: BoardId(0), note: NoteId(note), base_version: 1, text, color }
    }

    #[test]
    fn what_was_there_means_the_same_and_what_came_later_may_not() {
        assert!(refers_only_to(&by(5, add(3)), &PAST), "a new note on a board that was there");
        assert!(!refers_only_to(&by(5, add(4)), &PAST), "a board that came later");
        assert!(refers_only_to(&by(5, edit(9)), &PAST));
        assert!(!refers_only_to(&by(5, edit(10)), &PAST));
        assert!(!refers_only_to(&by(6, edit(9)), &PAST), "somebody who came later");
    }

    #[test]
    fn whoever_joins_names_their_team_or_themselves() {
        let join = |join| {
            let device = from_slice(b"\"00000000-0000-4000-8000-000000000001\"").unwrap();
            let command = JoinMeeting { join }.into();
            let (role, client_seq) = (Role::Participant, ClientSeq(1));
            let origin = Origin::Link { role, generation: 0, device, client_seq, command };
            refers_only_to(&Input { entropy: Entropy([1, 2]), origin }, &PAST)
        };
        assert!(join(JoinAs::Named { name: "a".into(), team: None }));
        assert!(!join(JoinAs::Named { name: "a".into(), team: Some(TeamId(3)) }));
        assert!(join(JoinAs::Listed { person: PersonId(5) }));
        assert!(!join(JoinAs::Listed { person: PersonId(6) }));
    }
}
