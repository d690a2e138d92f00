//! Making it so: every area forgets the person, then whoever looks sees the meeting without them.

use alloc::vec::Vec;

use engawa_protocol::PersonId;

use super::{Change, Erasure, Taken};
use crate::audience::Audience;
use crate::context::{Context, Effects};
use crate::meeting::Meeting;
use crate::{boards, posters, rooms, voices, vote};

pub(crate) fn evolve(m: &mut Meeting, cx: &Context, change: &Change, fx: &mut Effects) {
    let Change { person, texts } = *change;
    let mut taken = Taken::default();
    // As when somebody is removed: rooms ask the roster who is still there.
    if let Some(found) = m.roster.people.get_mut(&person) {
        found.removed = true;
    }
    rooms::erase_person(m, cx, person, &mut taken, fx);
    boards::erase_person(&mut m.boards, person, texts, &mut taken);
    posters::erase_person(&mut m.posters, person, texts, &mut taken);
    voices::erase_person(m, person, texts, &mut taken);
    m.roster.people.remove(&person);
    m.series.keep_only(|other| other != person);
    vote::erase_person(m, person, &mut taken, fx);
    m.dedupe.erase(person);
    if m.last_action.as_ref().is_some_and(|action| action.by == person) {
        m.last_action = None;
    }
    let (seq, at, title) = (cx.seq, cx.at, m.info.title.clone());
    m.erasures.done.push(Erasure { person, seq, at, title, texts, taken });
    m.erasures.forget(seq);
    // Their name and number stood in views of all kinds: everybody looks anew, and that is all anybody is told.
    let room_mates: Vec<PersonId> = core::mem::take(&mut fx.regrouped);
    *fx = Effects { regrouped: room_mates, ..Effects::default() };
    fx.regroup(person);
    fx.refresh(Audience::EVERYONE);
    fx.links_changed = true;
    fx.forget_log = true;
}
