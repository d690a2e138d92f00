//! Making decided changes: alters the state and says who learns what.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use engawa_protocol::event::{
    CommentAdded, CommentDeleted, InterestCounted, InterestSet, PosterAdded, PosterEdited, PosterWithdrawn,
};
use engawa_protocol::view::PosterFile;
use engawa_protocol::{CommentId, PersonId, PosterId};

use super::project::{Reader, comment_view, feedback_audience, poster_view, share, share_one};
use super::{Change, Comment, Poster};
use crate::audience::{Audience, RoleSet};
use crate::context::{Context, Effects};
use crate::meeting::Meeting;

pub(crate) fn evolve(m: &mut Meeting, cx: &Context, change: Change, fx: &mut Effects) {
    match change {
        Change::Add { team, title, summary, file } => {
            m.posters.last_poster += 1;
            let id = PosterId(m.posters.last_poster);
            let poster = Poster {
                team,
                title,
                summary,
                file,
                withdrawn: false,
                interested: BTreeSet::new(),
                comments: BTreeMap::new(),
            };
            m.posters.posters.insert(id, poster);
            fx.created = Some(id.0);
            tell_shown(m, id, fx);
        }
        Change::Edit { poster, title, summary, file } => edit(m, poster, title, summary, file, fx),
        Change::Withdraw { poster } => {
            if let Some(found) = m.posters.posters.get_mut(&poster) {
                found.withdrawn = true;
                fx.emit(Audience::EVERYONE, PosterWithdrawn { poster });
            }
        }
        Change::Restore { poster } => {
            if let Some(found) = m.posters.posters.get_mut(&poster) {
                found.withdrawn = false;
                tell_shown(m, poster, fx);
            }
        }
        Change::SetInterest { poster, person, interested } => {
            set_interest(m, poster, person, interested, fx);
        }
        Change::AddComment { poster, author, text } => {
            let comment = Comment { author, text, at: cx.at };
            add_comment(m, poster, comment, fx);
        }
        Change::DeleteComment { poster, comment } => delete_comment(m, poster, comment, fx),
        Change::ShareFeedback => share(m, cx, fx),
    }
}

fn edit(
    m: &mut Meeting,
    id: PosterId,
    title: String,
    summary: String,
    file: Option<PosterFile>,
    fx: &mut Effects,
) {
    let Some(poster) = m.posters.posters.get_mut(&id) else { return };
    poster.title.clone_from(&title);
    poster.summary.clone_from(&summary);
    poster.file.clone_from(&file);
    let audience = if poster.withdrawn { Audience::roles(RoleSet::OFFICE) } else { Audience::EVERYONE };
    fx.emit(audience, PosterEdited { poster: id, title, summary, file });
}

/// Tells of a poster that has just come into the gallery, for the first time or again: first what all may see, then
/// to each what is their own.
fn tell_shown(m: &Meeting, id: PosterId, fx: &mut Effects) {
    let Some(poster) = m.posters.posters.get(&id) else { return };
    let plain = poster_view(m, id, poster, Reader::Stranger);
    fx.emit(Audience::roles(RoleSet::OFFICE.others()), PosterAdded { poster: plain });
    let full = poster_view(m, id, poster, Reader::Office);
    fx.emit(Audience::roles(RoleSet::OFFICE), PosterAdded { poster: full });
    for person in &poster.interested {
        fx.emit(Audience::person(*person), InterestSet { poster: id, interested: true });
    }
    for (comment, left) in &poster.comments {
        let view = comment_view(m, *comment, left);
        fx.emit(Audience::person(left.author), CommentAdded { poster: id, comment: view });
    }
    if m.info.feedback_shared {
        share_one(m, id, poster, fx);
    }
}

fn set_interest(m: &mut Meeting, id: PosterId, person: PersonId, interested: bool, fx: &mut Effects) {
    let Some(poster) = m.posters.posters.get_mut(&id) else { return };
    let changed =
        if interested { poster.interested.insert(person) } else { poster.interested.remove(&person) };
    if !changed {
        return;
    }
    let (count, team) = (poster.interested_count(), poster.team);
    fx.emit(Audience::person(person), InterestSet { poster: id, interested });
    fx.emit(feedback_audience(m, team), InterestCounted { poster: id, count });
}

fn add_comment(m: &mut Meeting, poster: PosterId, comment: Comment, fx: &mut Effects) {
    m.posters.last_comment += 1;
    let id = CommentId(m.posters.last_comment);
    fx.created = Some(id.0);
    let view = comment_view(m, id, &comment);
    let Some(found) = m.posters.posters.get_mut(&poster) else { return };
    let (author, team) = (comment.author, found.team);
    found.comments.insert(id, comment);
    let audience = feedback_audience(m, team).and_person(author);
    fx.emit(audience, CommentAdded { poster, comment: view });
}

fn delete_comment(m: &mut Meeting, poster: PosterId, id: CommentId, fx: &mut Effects) {
    let Some(found) = m.posters.posters.get_mut(&poster) else { return };
    let Some(comment) = found.comments.remove(&id) else { return };
    let (withdrawn, team) = (found.withdrawn, found.team);
    let audience = if withdrawn {
        Audience::roles(RoleSet::OFFICE)
    } else {
        feedback_audience(m, team).and_person(comment.author)
    };
    fx.emit(audience, CommentDeleted { poster, comment: id });
}
