//! The table of roles: which command needs which role. One exhaustive match, nothing else decides on roles.
//!
//! | who | what they may ask for |
//! | --- | --- |
//! | everyone on the roster | read announcements, leave the meeting |
//! | coordinators | everything but casting ballots and running the vote |
//! | facilitators | all that participants do but vote; any room's turns, calls, name and silent writing; visit rooms, take calls, move people, add rooms, give a room its facilitator, release names, speak to all rooms, add time |
//! | secretariat | the vote from its rules to its publication; posters and the comments on them; release names, speak to all rooms; pulse, interest, answers |
//! | participants | notes, clusters and silent writing, turns and calls of their room, choosing a room, pinning notes to the plenary, the words of their own team's poster, ballots, pulse, interest, comments, answers |
//! | observers | nothing more |
//! | screens | nothing |
//! | shared links | joining, in the role of the link |
//!
//! Coordinators do not run the vote: it opens, closes, is counted and revealed by the secretariat alone, so that
//! the tally has one keeper. Whoever is to do both is given both links, on two devices or one after the other.
//! Whether somebody may ask it of this very thing (their room, their note) is decided with the thing.

use engawa_protocol::{Command, Rejection, Role};

use crate::audience::RoleSet;
use crate::context::Actor;
use crate::meeting::Meeting;

/// Whether an actor may ask for this at all. Whether they may ask it of this very thing is decided with the thing.
pub(crate) fn authorize(_m: &Meeting, actor: Actor, command: &Command) -> Result<(), Rejection> {
    let allowed = match actor {
        Actor::Person { role, .. } => allowed_roles(command).contains(role),
        Actor::Link { role, .. } => matches!(command, Command::JoinMeeting(_)) && may_join_as(role),
        Actor::System => false,
    };
    if allowed { Ok(()) } else { Err(Rejection::NotPermitted {}) }
}

/// Whether a shared link of this role makes people: a screen is nobody.
const fn may_join_as(role: Role) -> bool {
    PEOPLE.contains(role)
}

/// Everyone who is a person.
const PEOPLE: RoleSet = RoleSet::of(&[Role::Screen]).others();
/// Those who take part: everyone but observers and screens.
const ACTIVE: RoleSet = RoleSet::of(&[Role::Observer, Role::Screen]).others();
/// Those who write on boards and speak in rooms.
const ROOMS: RoleSet = RoleSet::of(&[Role::Coordinator, Role::Facilitator, Role::Participant]);

/// The table.
const fn allowed_roles(command: &Command) -> RoleSet {
    match command {
        Command::ReadAnnouncement(_) | Command::LeaveMeeting(_) => PEOPLE,

        // The meeting, its people and its agenda.
        Command::EditMeeting(_)
        | Command::SetJoinRule(_)
        | Command::SetKeepUntil(_)
        | Command::EndMeeting(_)
        | Command::RevokeLinks(_)
        | Command::ImportRoster(_)
        | Command::FollowMeeting(_)
        | Command::AddTeam(_)
        | Command::EditTeam(_)
        | Command::RemoveTeam(_)
        | Command::AddPerson(_)
        | Command::EditPerson(_)
        | Command::RemovePerson(_)
        | Command::RestorePerson(_)
        | Command::ErasePerson(_)
        | Command::SetAgenda(_)
        | Command::AddRound(_)
        | Command::EditRound(_)
        | Command::RemoveRound(_)
        | Command::MoveRound(_)
        | Command::OpenRound(_)
        | Command::PauseRound(_)
        | Command::ResumeRound(_)
        | Command::CloseRound(_)
        | Command::EndRound(_)
        | Command::ReopenRound(_)
        | Command::ProposeGrouping(_)
        | Command::AdjustGrouping(_)
        | Command::SetGrouping(_)
        | Command::DiscardGrouping(_)
        | Command::RemoveRoom(_)
        | Command::SetQuestionnaire(_)
        | Command::OpenQuestionnaire(_)
        | Command::CloseQuestionnaire(_) => RoleSet::COORDINATORS,

        // What has to be done on the spot, by whoever of the guides is there.
        Command::AddTime(_)
        | Command::MovePeople(_)
        | Command::VisitRoom(_)
        | Command::AddRoom(_)
        | Command::RenameRoom(_)
        | Command::SetFacilitator(_)
        | Command::ClaimHelp(_) => RoleSet::GUIDES,

        Command::ReleasePerson(_) | Command::Announce(_) | Command::WithdrawAnnouncement(_) => RoleSet::STAFF,

        // Whoever is somebody already need not join.
        Command::JoinMeeting(_) => RoleSet::NONE,

        // Rooms and boards.
        Command::StartTurns(_)
        | Command::PassTurn(_)
        | Command::StopTurns(_)
        | Command::SetTurnOrder(_)
        | Command::CallHelp(_)
        | Command::ClearHelp(_)
        | Command::AddNote(_)
        | Command::EditNote(_)
        | Command::MoveNote(_)
        | Command::DeleteNote(_)
        | Command::RestoreNote(_)
        | Command::MarkNote(_)
        | Command::UnmarkNote(_)
        | Command::CreateCluster(_)
        | Command::RenameCluster(_)
        | Command::DissolveCluster(_)
        | Command::SetCluster(_)
        | Command::StartSilentWriting(_)
        | Command::RevealBoard(_)
        | Command::HarvestNote(_)
        | Command::ChooseRoom(_)
        | Command::LeaveRoom(_) => ROOMS,

        // Posters.
        Command::AddPoster(_)
        | Command::WithdrawPoster(_)
        | Command::RestorePoster(_)
        | Command::ShareFeedback(_) => RoleSet::OFFICE,
        // Participants: the words of their own team's.
        Command::EditPoster(_) => RoleSet::of(&[Role::Coordinator, Role::Secretariat, Role::Participant]),
        Command::SetInterest(_)
        | Command::AddComment(_)
        | Command::DeleteComment(_)
        | Command::GivePulse(_)
        | Command::AnswerQuestionnaire(_) => ACTIVE,

        // The vote.
        Command::SetVoteRules(_)
        | Command::OpenVote(_)
        | Command::CloseVote(_)
        | Command::RecountVote(_)
        | Command::StartReveal(_)
        | Command::RevealNext(_)
        | Command::PublishStandings(_) => RoleSet::SECRETARIAT,
        Command::CastBallot(_) | Command::WithdrawBallot(_) => RoleSet::of(&[Role::Participant]),
    }
}

/// Commands that steer the meeting as a whole: the last of them is shown to coordinators and facilitators.
pub(crate) const fn is_steering(command: &Command) -> bool {
    match command {
        Command::EditMeeting(_)
        | Command::SetJoinRule(_)
        | Command::SetKeepUntil(_)
        | Command::EndMeeting(_)
        | Command::RevokeLinks(_)
        | Command::ImportRoster(_)
        | Command::FollowMeeting(_)
        | Command::AddTeam(_)
        | Command::EditTeam(_)
        | Command::RemoveTeam(_)
        | Command::AddPerson(_)
        | Command::EditPerson(_)
        | Command::RemovePerson(_)
        | Command::RestorePerson(_)
        | Command::ErasePerson(_)
        | Command::ReleasePerson(_)
        | Command::SetAgenda(_)
        | Command::AddRound(_)
        | Command::EditRound(_)
        | Command::RemoveRound(_)
        | Command::MoveRound(_)
        | Command::OpenRound(_)
        | Command::PauseRound(_)
        | Command::ResumeRound(_)
        | Command::AddTime(_)
        | Command::CloseRound(_)
        | Command::EndRound(_)
        | Command::ReopenRound(_)
        | Command::ProposeGrouping(_)
        | Command::AdjustGrouping(_)
        | Command::SetGrouping(_)
        | Command::DiscardGrouping(_)
        | Command::MovePeople(_)
        | Command::AddRoom(_)
        | Command::RenameRoom(_)
        | Command::RemoveRoom(_)
        | Command::SetFacilitator(_)
        | Command::ClaimHelp(_)
        | Command::StartSilentWriting(_)
        | Command::RevealBoard(_)
        | Command::AddPoster(_)
        | Command::EditPoster(_)
        | Command::WithdrawPoster(_)
        | Command::RestorePoster(_)
        | Command::ShareFeedback(_)
        | Command::SetVoteRules(_)
        | Command::OpenVote(_)
        | Command::CloseVote(_)
        | Command::RecountVote(_)
        | Command::StartReveal(_)
        | Command::RevealNext(_)
        | Command::PublishStandings(_)
        | Command::SetQuestionnaire(_)
        | Command::OpenQuestionnaire(_)
        | Command::CloseQuestionnaire(_)
        | Command::Announce(_)
        | Command::WithdrawAnnouncement(_) => true,
        Command::JoinMeeting(_)
        | Command::LeaveMeeting(_)
        | Command::ChooseRoom(_)
        | Command::LeaveRoom(_)
        | Command::VisitRoom(_)
        | Command::StartTurns(_)
        | Command::PassTurn(_)
        | Command::StopTurns(_)
        | Command::SetTurnOrder(_)
        | Command::CallHelp(_)
        | Command::ClearHelp(_)
        | Command::AddNote(_)
        | Command::EditNote(_)
        | Command::MoveNote(_)
        | Command::DeleteNote(_)
        | Command::RestoreNote(_)
        | Command::MarkNote(_)
        | Command::UnmarkNote(_)
        | Command::CreateCluster(_)
        | Command::RenameCluster(_)
        | Command::DissolveCluster(_)
        | Command::SetCluster(_)
        | Command::HarvestNote(_)
        | Command::SetInterest(_)
        | Command::AddComment(_)
        | Command::DeleteComment(_)
        | Command::CastBallot(_)
        | Command::WithdrawBallot(_)
        | Command::GivePulse(_)
        | Command::AnswerQuestionnaire(_)
        | Command::ReadAnnouncement(_) => false,
    }
}
