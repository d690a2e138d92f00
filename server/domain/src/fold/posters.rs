//! Folding events about posters.

use engawa_protocol::event::{
    CommentAdded, CommentDeleted, FeedbackShared, InterestCounted, InterestSet, PosterAdded, PosterEdited,
    PosterWithdrawn,
};
use engawa_protocol::view::MeetingView;

use crate::audience::RoleSet;

pub(super) fn poster_added(view: &mut MeetingView, e: &PosterAdded) {
    view.posters.insert(e.poster.id, e.poster.clone());
}

pub(super) fn poster_edited(view: &mut MeetingView, e: &PosterEdited) {
    if let Some(poster) = view.posters.get_mut(&e.poster) {
        poster.title.clone_from(&e.title);
        poster.summary.clone_from(&e.summary);
        poster.file.clone_from(&e.file);
    }
}

pub(super) fn poster_withdrawn(view: &mut MeetingView, e: &PosterWithdrawn) {
    if RoleSet::OFFICE.contains(view.me.role) {
        if let Some(poster) = view.posters.get_mut(&e.poster) {
            poster.withdrawn = true;
        }
    } else {
        view.posters.remove(&e.poster);
    }
}

pub(super) fn interest_set(view: &mut MeetingView, e: &InterestSet) {
    if let Some(poster) = view.posters.get_mut(&e.poster) {
        poster.interested = e.interested;
    }
}

pub(super) fn interest_counted(view: &mut MeetingView, e: &InterestCounted) {
    if let Some(poster) = view.posters.get_mut(&e.poster) {
        poster.interested_count = Some(e.count);
    }
}

pub(super) fn comment_added(view: &mut MeetingView, e: &CommentAdded) {
    if let Some(poster) = view.posters.get_mut(&e.poster) {
        poster.comments.insert(e.comment.id, e.comment.clone());
    }
}

pub(super) fn comment_deleted(view: &mut MeetingView, e: &CommentDeleted) {
    if let Some(poster) = view.posters.get_mut(&e.poster) {
        poster.comments.remove(&e.comment);
    }
}

pub(super) fn feedback_shared(view: &mut MeetingView, e: &FeedbackShared) {
    if let Some(poster) = view.posters.get_mut(&e.poster) {
        poster.comments = e.comments.iter().map(|comment| (comment.id, comment.clone())).collect();
        poster.interested_count = Some(e.interested_count);
    }
}
