//! Posters as a viewer may see them.

use alloc::collections::BTreeMap;

use engawa_protocol::event::{FeedbackShared, MeetingEdited};
use engawa_protocol::view::{AuthorName, CommentView, PosterView};
use engawa_protocol::{CommentId, PersonId, PosterId, TeamId};

use super::{Comment, Poster};
use crate::audience::{Audience, RoleSet, ViewerClass};
use crate::context::{Context, Effects};
use crate::meeting::Meeting;

/// As what somebody reads a poster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Sees the poster and nothing that was left on it.
    Stranger,
    /// Coordinators and the secretariat: everything, no mark of their own.
    Office,
    /// A person, who sees their own mark and comments, and all of them where `all`.
    Person { person: PersonId, all: bool },
}

/// Posters.
pub(crate) fn poster_views(m: &Meeting, class: &ViewerClass) -> BTreeMap<PosterId, PosterView> {
    let office = RoleSet::OFFICE.contains(class.role);
    let seen = m.posters.posters.iter().filter(|(_, poster)| office || !poster.withdrawn);
    seen.map(|(id, poster)| {
        let own = m.info.feedback_shared && class.team == Some(poster.team);
        let reader = match class.person {
            Some(person) => Reader::Person { person, all: office || own },
            None => Reader::Stranger,
        };
        (*id, poster_view(m, *id, poster, reader))
    })
    .collect()
}

/// A poster as a reader sees it.
pub(super) fn poster_view(m: &Meeting, id: PosterId, poster: &Poster, reader: Reader) -> PosterView {
    let (all, person) = match reader {
        Reader::Stranger => (false, None),
        Reader::Office => (true, None),
        Reader::Person { person, all } => (all, Some(person)),
    };
    let readable = poster.comments.iter().filter(|(_, comment)| all || Some(comment.author) == person);
    PosterView {
        id,
        team: poster.team,
        title: poster.title.clone(),
        summary: poster.summary.clone(),
        file: poster.file.clone(),
        withdrawn: poster.withdrawn,
        interested: person.is_some_and(|person| poster.interested.contains(&person)),
        interested_count: all.then(|| poster.interested_count()),
        comments: readable.map(|(id, comment)| (*id, comment_view(m, *id, comment))).collect(),
    }
}

/// A comment, with its author's name of today.
pub(super) fn comment_view(m: &Meeting, id: CommentId, comment: &Comment) -> CommentView {
    CommentView {
        id,
        author: AuthorName { person: comment.author, name: m.roster.name_of(comment.author) },
        text: comment.text.clone(),
        at: comment.at,
    }
}

/// Who reads what is left on a team's poster: the office, and the team once feedback is shared.
pub(super) fn feedback_audience(m: &Meeting, team: TeamId) -> Audience {
    Audience::roles(RoleSet::OFFICE).and_team(m.info.feedback_shared.then_some(team))
}

/// Lets each team read what was left for it; called when a round of posters ends. Does nothing the second time.
/// What is left afterwards reaches the team at once; who joins the team later finds it in their view.
pub(crate) fn share(m: &mut Meeting, _cx: &Context, fx: &mut Effects) {
    if m.info.feedback_shared {
        return;
    }
    m.info.feedback_shared = true;
    fx.emit(Audience::EVERYONE, MeetingEdited { meeting: m.info.clone() });
    for (id, poster) in m.posters.posters.iter().filter(|(_, poster)| !poster.withdrawn) {
        share_one(m, *id, poster, fx);
    }
}

/// Tells a team what was left on its poster.
pub(super) fn share_one(m: &Meeting, id: PosterId, poster: &Poster, fx: &mut Effects) {
    let comments = poster.comments.iter().map(|(id, comment)| comment_view(m, *id, comment)).collect();
    let interested_count = poster.interested_count();
    fx.emit(Audience::team(poster.team), FeedbackShared { poster: id, comments, interested_count });
}
