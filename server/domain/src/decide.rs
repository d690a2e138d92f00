//! From a command to the change it makes: one line per command, the rules themselves live in the areas.

use engawa_protocol::{Command, Rejection};

use crate::context::{Context, Effects};
use crate::meeting::Meeting;
use crate::{agenda, boards, posters, rooms, roster, voices, vote};

/// A change that has been decided and can no longer fail.
#[derive(Debug)]
pub(crate) enum Change {
    Roster(roster::Change),
    Agenda(agenda::Change),
    Rooms(rooms::Change),
    Boards(boards::Change),
    Posters(posters::Change),
    Vote(vote::Change),
    Voices(voices::Change),
}

/// Decides on a command that has been authorised and checked. Reads only.
pub(crate) fn decide(m: &Meeting, cx: &Context, command: &Command) -> Result<Change, Rejection> {
    match command {
        Command::EditMeeting(c) => roster::edit_meeting(m, cx, c).map(Change::Roster),
        Command::SetJoinRule(c) => roster::set_join_rule(m, cx, c).map(Change::Roster),
        Command::SetKeepUntil(c) => roster::set_keep_until(m, cx, c).map(Change::Roster),
        Command::EndMeeting(c) => roster::end_meeting(m, cx, c).map(Change::Roster),
        Command::RevokeLinks(c) => roster::revoke_links(m, cx, c).map(Change::Roster),
        Command::JoinMeeting(c) => roster::join_meeting(m, cx, c).map(Change::Roster),
        Command::LeaveMeeting(c) => roster::leave_meeting(m, cx, c).map(Change::Roster),
        Command::ImportRoster(c) => roster::import_roster(m, cx, c).map(Change::Roster),
        Command::AddTeam(c) => roster::add_team(m, cx, c).map(Change::Roster),
        Command::EditTeam(c) => roster::edit_team(m, cx, c).map(Change::Roster),
        Command::RemoveTeam(c) => roster::remove_team(m, cx, c).map(Change::Roster),
        Command::AddPerson(c) => roster::add_person(m, cx, c).map(Change::Roster),
        Command::EditPerson(c) => roster::edit_person(m, cx, c).map(Change::Roster),
        Command::RemovePerson(c) => roster::remove_person(m, cx, c).map(Change::Roster),
        Command::RestorePerson(c) => roster::restore_person(m, cx, c).map(Change::Roster),
        Command::ReleasePerson(c) => roster::release_person(m, cx, c).map(Change::Roster),
        Command::SetAgenda(c) => agenda::set_agenda(m, cx, c).map(Change::Agenda),
        Command::AddRound(c) => agenda::add_round(m, cx, c).map(Change::Agenda),
        Command::EditRound(c) => agenda::edit_round(m, cx, c).map(Change::Agenda),
        Command::RemoveRound(c) => agenda::remove_round(m, cx, c).map(Change::Agenda),
        Command::MoveRound(c) => agenda::move_round(m, cx, c).map(Change::Agenda),
        Command::OpenRound(c) => agenda::open_round(m, cx, c).map(Change::Agenda),
        Command::PauseRound(c) => agenda::pause_round(m, cx, c).map(Change::Agenda),
        Command::ResumeRound(c) => agenda::resume_round(m, cx, c).map(Change::Agenda),
        Command::AddTime(c) => agenda::add_time(m, cx, c).map(Change::Agenda),
        Command::CloseRound(c) => agenda::close_round(m, cx, c).map(Change::Agenda),
        Command::EndRound(c) => agenda::end_round(m, cx, c).map(Change::Agenda),
        Command::ReopenRound(c) => agenda::reopen_round(m, cx, c).map(Change::Agenda),
        Command::ProposeGrouping(c) => rooms::propose_grouping(m, cx, c).map(Change::Rooms),
        Command::AdjustGrouping(c) => rooms::adjust_grouping(m, cx, c).map(Change::Rooms),
        Command::SetGrouping(c) => rooms::set_grouping(m, cx, c).map(Change::Rooms),
        Command::DiscardGrouping(c) => rooms::discard_grouping(m, cx, c).map(Change::Rooms),
        Command::MovePeople(c) => rooms::move_people(m, cx, c).map(Change::Rooms),
        Command::ChooseRoom(c) => rooms::choose_room(m, cx, c).map(Change::Rooms),
        Command::LeaveRoom(c) => rooms::leave_room(m, cx, c).map(Change::Rooms),
        Command::VisitRoom(c) => rooms::visit_room(m, cx, c).map(Change::Rooms),
        Command::AddRoom(c) => rooms::add_room(m, cx, c).map(Change::Rooms),
        Command::RenameRoom(c) => rooms::rename_room(m, cx, c).map(Change::Rooms),
        Command::RemoveRoom(c) => rooms::remove_room(m, cx, c).map(Change::Rooms),
        Command::SetFacilitator(c) => rooms::set_facilitator(m, cx, c).map(Change::Rooms),
        Command::StartTurns(c) => rooms::start_turns(m, cx, c).map(Change::Rooms),
        Command::PassTurn(c) => rooms::pass_turn(m, cx, c).map(Change::Rooms),
        Command::StopTurns(c) => rooms::stop_turns(m, cx, c).map(Change::Rooms),
        Command::SetTurnOrder(c) => rooms::set_turn_order(m, cx, c).map(Change::Rooms),
        Command::CallHelp(c) => rooms::call_help(m, cx, c).map(Change::Rooms),
        Command::ClaimHelp(c) => rooms::claim_help(m, cx, c).map(Change::Rooms),
        Command::ClearHelp(c) => rooms::clear_help(m, cx, c).map(Change::Rooms),
        Command::AddNote(c) => boards::add_note(m, cx, c).map(Change::Boards),
        Command::EditNote(c) => boards::edit_note(m, cx, c).map(Change::Boards),
        Command::MoveNote(c) => boards::move_note(m, cx, c).map(Change::Boards),
        Command::DeleteNote(c) => boards::delete_note(m, cx, c).map(Change::Boards),
        Command::RestoreNote(c) => boards::restore_note(m, cx, c).map(Change::Boards),
        Command::MarkNote(c) => boards::mark_note(m, cx, c).map(Change::Boards),
        Command::UnmarkNote(c) => boards::unmark_note(m, cx, c).map(Change::Boards),
        Command::CreateCluster(c) => boards::create_cluster(m, cx, c).map(Change::Boards),
        Command::RenameCluster(c) => boards::rename_cluster(m, cx, c).map(Change::Boards),
        Command::DissolveCluster(c) => boards::dissolve_cluster(m, cx, c).map(Change::Boards),
        Command::SetCluster(c) => boards::set_cluster(m, cx, c).map(Change::Boards),
        Command::StartSilentWriting(c) => boards::start_silent_writing(m, cx, c).map(Change::Boards),
        Command::RevealBoard(c) => boards::reveal_board(m, cx, c).map(Change::Boards),
        Command::HarvestNote(c) => boards::harvest_note(m, cx, c).map(Change::Boards),
        Command::AddPoster(c) => posters::add_poster(m, cx, c).map(Change::Posters),
        Command::EditPoster(c) => posters::edit_poster(m, cx, c).map(Change::Posters),
        Command::WithdrawPoster(c) => posters::withdraw_poster(m, cx, c).map(Change::Posters),
        Command::RestorePoster(c) => posters::restore_poster(m, cx, c).map(Change::Posters),
        Command::SetInterest(c) => posters::set_interest(m, cx, c).map(Change::Posters),
        Command::AddComment(c) => posters::add_comment(m, cx, c).map(Change::Posters),
        Command::DeleteComment(c) => posters::delete_comment(m, cx, c).map(Change::Posters),
        Command::ShareFeedback(c) => posters::share_feedback(m, cx, c).map(Change::Posters),
        Command::SetVoteRules(c) => vote::set_vote_rules(m, cx, c).map(Change::Vote),
        Command::OpenVote(c) => vote::open_vote(m, cx, c).map(Change::Vote),
        Command::CloseVote(c) => vote::close_vote(m, cx, c).map(Change::Vote),
        Command::CastBallot(c) => vote::cast_ballot(m, cx, c).map(Change::Vote),
        Command::WithdrawBallot(c) => vote::withdraw_ballot(m, cx, c).map(Change::Vote),
        Command::RecountVote(c) => vote::recount_vote(m, cx, c).map(Change::Vote),
        Command::StartReveal(c) => vote::start_reveal(m, cx, c).map(Change::Vote),
        Command::RevealNext(c) => vote::reveal_next(m, cx, c).map(Change::Vote),
        Command::PublishStandings(c) => vote::publish_standings(m, cx, c).map(Change::Vote),
        Command::GivePulse(c) => voices::give_pulse(m, cx, c).map(Change::Voices),
        Command::SetQuestionnaire(c) => voices::set_questionnaire(m, cx, c).map(Change::Voices),
        Command::OpenQuestionnaire(c) => voices::open_questionnaire(m, cx, c).map(Change::Voices),
        Command::CloseQuestionnaire(c) => voices::close_questionnaire(m, cx, c).map(Change::Voices),
        Command::AnswerQuestionnaire(c) => voices::answer_questionnaire(m, cx, c).map(Change::Voices),
        Command::Announce(c) => voices::announce(m, cx, c).map(Change::Voices),
        Command::WithdrawAnnouncement(c) => voices::withdraw_announcement(m, cx, c).map(Change::Voices),
        Command::ReadAnnouncement(c) => voices::read_announcement(m, cx, c).map(Change::Voices),
    }
}

/// Makes a decided change. Cannot fail.
pub(crate) fn evolve(m: &mut Meeting, cx: &Context, change: Change, fx: &mut Effects) {
    match change {
        Change::Roster(change) => roster::evolve(m, cx, change, fx),
        Change::Agenda(change) => agenda::evolve(m, cx, change, fx),
        Change::Rooms(change) => rooms::evolve(m, cx, change, fx),
        Change::Boards(change) => boards::evolve(m, cx, change, fx),
        Change::Posters(change) => posters::evolve(m, cx, change, fx),
        Change::Vote(change) => vote::evolve(m, cx, change, fx),
        Change::Voices(change) => voices::evolve(m, cx, change, fx),
    }
}
