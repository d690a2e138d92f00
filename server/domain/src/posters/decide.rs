//! Decisions of this area: reads the meeting, gives a change or a rejection.
//!
//! A team has one poster. A withdrawn one still counts: it is put back rather than made anew, so that the marks and
//! comments it has stay with it and a team never has two.

use alloc::string::ToString;

use engawa_protocol::command::{
    AddComment, AddPoster, DeleteComment, EditPoster, RestorePoster, SetInterest, ShareFeedback,
    WithdrawPoster,
};
use engawa_protocol::limits::{COMMENTS_PER_POSTER_MAX, POSTERS_MAX};
use engawa_protocol::view::PosterFile;
use engawa_protocol::{Entity, PersonId, PosterId, Rejection, Resource, Role};

use super::{Change, Poster};
use crate::audience::RoleSet;
use crate::context::Context;
use crate::meeting::Meeting;

/// Characters of a SHA-256 in hexadecimal.
const HASH_CHARS: usize = 64;

pub(crate) fn add_poster(m: &Meeting, _cx: &Context, c: &AddPoster) -> Result<Change, Rejection> {
    check_file(c.file.as_ref())?;
    if m.roster.team(c.team).is_none() {
        return Err(Rejection::NotFound { entity: Entity::Team });
    }
    check_frozen(m)?;
    if m.posters.of_team(c.team).is_some() {
        return Err(Rejection::TeamHasPoster {});
    }
    if m.posters.posters.len() as u64 >= POSTERS_MAX {
        return Err(Rejection::TooMany { resource: Resource::Posters, max: POSTERS_MAX });
    }
    Ok(Change::Add { team: c.team, title: c.title.clone(), summary: c.summary.clone(), file: c.file.clone() })
}

/// Coordinators and the secretariat edit any poster; a team's participants edit the words of their own, its file
/// only the office. For them a missing file means the one that is there.
pub(crate) fn edit_poster(m: &Meeting, cx: &Context, c: &EditPoster) -> Result<Change, Rejection> {
    check_file(c.file.as_ref())?;
    let poster = visible(m, cx, c.poster)?;
    let file = if is_office(cx) {
        c.file.clone()
    } else if is_own(m, cx, poster) && (c.file.is_none() || c.file == poster.file) {
        poster.file.clone()
    } else {
        return Err(Rejection::NotPermitted {});
    };
    Ok(Change::Edit { poster: c.poster, title: c.title.clone(), summary: c.summary.clone(), file })
}

pub(crate) fn withdraw_poster(m: &Meeting, cx: &Context, c: &WithdrawPoster) -> Result<Change, Rejection> {
    let poster = visible(m, cx, c.poster)?;
    check_frozen(m)?;
    if poster.withdrawn {
        return Err(Rejection::AlreadySo {});
    }
    Ok(Change::Withdraw { poster: c.poster })
}

pub(crate) fn restore_poster(m: &Meeting, cx: &Context, c: &RestorePoster) -> Result<Change, Rejection> {
    let poster = visible(m, cx, c.poster)?;
    check_frozen(m)?;
    if !poster.withdrawn {
        return Err(Rejection::AlreadySo {});
    }
    Ok(Change::Restore { poster: c.poster })
}

pub(crate) fn set_interest(m: &Meeting, cx: &Context, c: &SetInterest) -> Result<Change, Rejection> {
    let person = asker(cx)?;
    in_gallery(m, c.poster)?;
    Ok(Change::SetInterest { poster: c.poster, person, interested: c.interested })
}

pub(crate) fn add_comment(m: &Meeting, cx: &Context, c: &AddComment) -> Result<Change, Rejection> {
    let author = asker(cx)?;
    let poster = in_gallery(m, c.poster)?;
    if poster.comments.len() as u64 >= COMMENTS_PER_POSTER_MAX {
        return Err(Rejection::TooMany { resource: Resource::Comments, max: COMMENTS_PER_POSTER_MAX });
    }
    Ok(Change::AddComment { poster: c.poster, author, text: c.text.clone() })
}

pub(crate) fn delete_comment(m: &Meeting, cx: &Context, c: &DeleteComment) -> Result<Change, Rejection> {
    let asker = asker(cx)?;
    let poster = visible(m, cx, c.poster)?;
    let not_found = Rejection::NotFound { entity: Entity::Comment };
    let Some(comment) = poster.comments.get(&c.comment) else {
        return Err(not_found);
    };
    if comment.author == asker || is_office(cx) {
        Ok(Change::DeleteComment { poster: c.poster, comment: c.comment })
    } else if m.info.feedback_shared && is_of_team(m, cx, poster) {
        // It can be read, so saying "not found" would be a lie; whoever was spoken to may not unsay it.
        Err(Rejection::NotPermitted {})
    } else {
        Err(not_found)
    }
}

pub(crate) fn share_feedback(m: &Meeting, _cx: &Context, _c: &ShareFeedback) -> Result<Change, Rejection> {
    if m.info.feedback_shared { Err(Rejection::AlreadySo {}) } else { Ok(Change::ShareFeedback) }
}

/// What is voted on stays as it was when the vote opened; the words of a poster may still be mended.
fn check_frozen(m: &Meeting) -> Result<(), Rejection> {
    if m.vote.has_opened() { Err(Rejection::VoteFrozen {}) } else { Ok(()) }
}

/// A file is named by the lower-case hexadecimal SHA-256 of its bytes.
fn check_file(file: Option<&PosterFile>) -> Result<(), Rejection> {
    let well_formed = |hash: &str| {
        hash.len() == HASH_CHARS && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    match file {
        Some(file) if !well_formed(&file.hash) => Err(Rejection::Malformed {
            detail: "file.hash must be 64 lower-case hexadecimal digits".to_string(),
        }),
        Some(_) | None => Ok(()),
    }
}

fn asker(cx: &Context) -> Result<PersonId, Rejection> {
    cx.actor.person().ok_or(Rejection::NotPermitted {})
}

fn is_office(cx: &Context) -> bool {
    cx.actor.role().is_some_and(|role| RoleSet::OFFICE.contains(role))
}

/// Whether the asker is of the poster's team, in whatever role.
fn is_of_team(m: &Meeting, cx: &Context, poster: &Poster) -> bool {
    cx.actor
        .person()
        .and_then(|id| m.roster.person(id))
        .is_some_and(|person| person.team == Some(poster.team))
}

/// Whether the poster is the asker's own: of their team, and they take part in it.
fn is_own(m: &Meeting, cx: &Context, poster: &Poster) -> bool {
    cx.actor.role() == Some(Role::Participant) && is_of_team(m, cx, poster)
}

/// A poster that the asker can see: withdrawn ones are there for the office only.
fn visible<'a>(m: &'a Meeting, cx: &Context, id: PosterId) -> Result<&'a Poster, Rejection> {
    m.posters
        .posters
        .get(&id)
        .filter(|poster| !poster.withdrawn || is_office(cx))
        .ok_or(Rejection::NotFound { entity: Entity::Poster })
}

/// A poster that stands in the gallery, where marks and comments can be left.
fn in_gallery(m: &Meeting, id: PosterId) -> Result<&Poster, Rejection> {
    let poster = m.posters.posters.get(&id).filter(|poster| !poster.withdrawn);
    poster.ok_or(Rejection::NotFound { entity: Entity::Poster })
}
