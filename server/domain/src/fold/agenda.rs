//! Folding events of this area.

use engawa_protocol::RoundId;
use engawa_protocol::event::{
    GroupingDiscarded, GroupingProposed, RoundAdded, RoundEdited, RoundMoved, RoundPhaseChanged, RoundRemoved,
};
use engawa_protocol::view::{MeetingView, RoundView};

fn round(view: &mut MeetingView, id: RoundId) -> Option<&mut RoundView> {
    view.rounds.iter_mut().find(|round| round.id == id)
}

fn insert(view: &mut MeetingView, round: RoundView, before: Option<RoundId>) {
    let place = before.and_then(|before| view.rounds.iter().position(|other| other.id == before));
    view.rounds.insert(place.unwrap_or(view.rounds.len()), round);
}

pub(super) fn round_added(view: &mut MeetingView, e: &RoundAdded) {
    insert(view, e.round.clone(), e.before);
}

pub(super) fn round_edited(view: &mut MeetingView, e: &RoundEdited) {
    if let Some(round) = round(view, e.round) {
        round.plan = e.plan.clone();
    }
}

pub(super) fn round_removed(view: &mut MeetingView, e: &RoundRemoved) {
    view.rounds.retain(|round| round.id != e.round);
}

pub(super) fn round_moved(view: &mut MeetingView, e: &RoundMoved) {
    if let Some(place) = view.rounds.iter().position(|round| round.id == e.round) {
        let round = view.rounds.remove(place);
        insert(view, round, e.before);
    }
}

pub(super) fn round_phase_changed(view: &mut MeetingView, e: &RoundPhaseChanged) {
    if let Some(round) = round(view, e.round) {
        round.phase = e.phase;
    }
}

pub(super) fn grouping_proposed(view: &mut MeetingView, e: &GroupingProposed) {
    view.groupings.insert(e.grouping.round, e.grouping.clone());
}

pub(super) fn grouping_discarded(view: &mut MeetingView, e: &GroupingDiscarded) {
    view.groupings.remove(&e.round);
}
