//! Folding events of this area.

use engawa_protocol::event::{
    ActionTaken, AttendanceChanged, MeetingEdited, PersonAdded, PersonRenamed, TeamAdded, TeamEdited,
    TeamRemoved, ViewReplaced,
};
use engawa_protocol::view::MeetingView;

pub(super) fn view_replaced(_view: &mut MeetingView, _e: &ViewReplaced) {}

pub(super) fn meeting_edited(_view: &mut MeetingView, _e: &MeetingEdited) {}

pub(super) fn team_added(_view: &mut MeetingView, _e: &TeamAdded) {}

pub(super) fn team_edited(_view: &mut MeetingView, _e: &TeamEdited) {}

pub(super) fn team_removed(_view: &mut MeetingView, _e: &TeamRemoved) {}

pub(super) fn person_added(_view: &mut MeetingView, _e: &PersonAdded) {}

pub(super) fn person_renamed(_view: &mut MeetingView, _e: &PersonRenamed) {}

pub(super) fn attendance_changed(_view: &mut MeetingView, _e: &AttendanceChanged) {}

pub(super) fn action_taken(_view: &mut MeetingView, _e: &ActionTaken) {}
