//! Folding events of this area.

use engawa_protocol::event::{
    GroupingDiscarded, GroupingProposed, RoundAdded, RoundEdited, RoundMoved, RoundPhaseChanged, RoundRemoved,
};
use engawa_protocol::view::MeetingView;

pub(super) fn round_added(_view: &mut MeetingView, _e: &RoundAdded) {}

pub(super) fn round_edited(_view: &mut MeetingView, _e: &RoundEdited) {}

pub(super) fn round_removed(_view: &mut MeetingView, _e: &RoundRemoved) {}

pub(super) fn round_moved(_view: &mut MeetingView, _e: &RoundMoved) {}

pub(super) fn round_phase_changed(_view: &mut MeetingView, _e: &RoundPhaseChanged) {}

pub(super) fn grouping_proposed(_view: &mut MeetingView, _e: &GroupingProposed) {}

pub(super) fn grouping_discarded(_view: &mut MeetingView, _e: &GroupingDiscarded) {}
