//! Folding events of this area.

use engawa_protocol::event::{
    CommentAdded, CommentDeleted, FeedbackShared, InterestCounted, InterestSet, PosterAdded, PosterEdited,
    PosterWithdrawn,
};
use engawa_protocol::view::MeetingView;

pub(super) fn poster_added(_view: &mut MeetingView, _e: &PosterAdded) {}

pub(super) fn poster_edited(_view: &mut MeetingView, _e: &PosterEdited) {}

pub(super) fn poster_withdrawn(_view: &mut MeetingView, _e: &PosterWithdrawn) {}

pub(super) fn interest_set(_view: &mut MeetingView, _e: &InterestSet) {}

pub(super) fn interest_counted(_view: &mut MeetingView, _e: &InterestCounted) {}

pub(super) fn comment_added(_view: &mut MeetingView, _e: &CommentAdded) {}

pub(super) fn comment_deleted(_view: &mut MeetingView, _e: &CommentDeleted) {}

pub(super) fn feedback_shared(_view: &mut MeetingView, _e: &FeedbackShared) {}
