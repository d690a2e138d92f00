//! Folding events of this area.

use engawa_protocol::event::{
    FacilitatorSet, HelpChanged, MemberAdded, MemberRemoved, RoomActivityChanged, RoomAdded,
    RoomChoiceChanged, RoomChoicesOffered, RoomRemoved, RoomRenamed, RoomsOpened, SeatLeft, SeatTaken,
    TurnsChanged, VisitorEntered, VisitorLeft,
};
use engawa_protocol::view::MeetingView;

pub(super) fn rooms_opened(_view: &mut MeetingView, _e: &RoomsOpened) {}

pub(super) fn room_added(_view: &mut MeetingView, _e: &RoomAdded) {}

pub(super) fn room_renamed(_view: &mut MeetingView, _e: &RoomRenamed) {}

pub(super) fn room_removed(_view: &mut MeetingView, _e: &RoomRemoved) {}

pub(super) fn facilitator_set(_view: &mut MeetingView, _e: &FacilitatorSet) {}

pub(super) fn member_added(_view: &mut MeetingView, _e: &MemberAdded) {}

pub(super) fn member_removed(_view: &mut MeetingView, _e: &MemberRemoved) {}

pub(super) fn visitor_entered(_view: &mut MeetingView, _e: &VisitorEntered) {}

pub(super) fn visitor_left(_view: &mut MeetingView, _e: &VisitorLeft) {}

pub(super) fn seat_taken(_view: &mut MeetingView, _e: &SeatTaken) {}

pub(super) fn seat_left(_view: &mut MeetingView, _e: &SeatLeft) {}

pub(super) fn room_choices_offered(_view: &mut MeetingView, _e: &RoomChoicesOffered) {}

pub(super) fn room_choice_changed(_view: &mut MeetingView, _e: &RoomChoiceChanged) {}

pub(super) fn room_activity_changed(_view: &mut MeetingView, _e: &RoomActivityChanged) {}

pub(super) fn turns_changed(_view: &mut MeetingView, _e: &TurnsChanged) {}

pub(super) fn help_changed(_view: &mut MeetingView, _e: &HelpChanged) {}
