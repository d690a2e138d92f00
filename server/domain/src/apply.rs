//! `apply`: authorise → deduplicate → decide → evolve. The only way to change a meeting.

use alloc::vec::Vec;

use engawa_protocol::command::ErasePerson;
use engawa_protocol::event::ActionTaken;
use engawa_protocol::view::ActionView;
use engawa_protocol::{ClientSeq, Command, DeviceId, Entity, PersonId, Rejection, Role, Seq};
use serde::{Deserialize, Serialize};

use crate::audience::{Audience, Emission, RoleSet};
use crate::authorize::{self, authorize};
use crate::check::{check, check_beginning, check_number};
use crate::context::{Actor, Context, Effects};
use crate::decide::{Change, decide, evolve};
use crate::dedupe::{NOBODY, Recall};
use crate::entry::{Entry, Input, Origin, SystemInput};
use crate::meeting::{Meeting, RULES_VERSION};
use crate::{agenda, erasure, rooms, roster, vote};

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was taken.
    Accepted {
        /// The entry that took effect: this one, or for a resent command the earlier one.
        seq: Seq,
        /// The id of what it made.
        created: Option<u32>,
    },
    /// It was not, and changed nothing.
    Rejected {
        /// Why.
        rejection: Rejection,
    },
}

/// What applying an entry gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// What became of it.
    pub outcome: Outcome,
    /// What became known, in order.
    pub emissions: Vec<Emission>,
    /// People whose [`ViewerClass`](crate::ViewerClass) may have changed with this entry.
    pub regrouped: Vec<PersonId>,
    /// Links may have been revoked: every connection's grant must be looked at again with [`admit`](crate::admit).
    pub links_changed: bool,
    /// The log up to this entry says who voted for what in a vote that has closed, or holds something of somebody whose data
    /// have been taken out: it must be forgotten behind a snapshot. So it may be with an entry that is refused, when it was
    /// under way from somebody who has been erased meanwhile.
    pub forget_log: bool,
}

/// Refuses what can never become valid, without the log: no role, a text too long. Nodes call it before they append;
/// [`apply`] repeats it, because the state may have moved on. A command that is sent again passes: its answer is the
/// old one, whatever the asker may do by now (see [`recall`]).
///
/// # Errors
/// The rejection to send back; the command's number is not used up.
pub fn precheck(meeting: &Meeting, origin: &Origin) -> Result<(), Rejection> {
    match origin {
        Origin::Person { command, client_seq, .. } | Origin::Link { command, client_seq, .. } => {
            check_number(*client_seq)?;
            if recall(meeting, origin).is_some() {
                return Ok(());
            }
            let actor = actor_of(meeting, origin).ok_or(Rejection::NotPermitted {})?;
            authorize(meeting, actor, command)?;
            check(command)
        }
        Origin::System { .. } => Ok(()),
    }
}

/// What has already become of a command that is sent again, as [`apply`] would answer it: nodes may answer without
/// the log. None for a command that has not been seen.
#[must_use]
pub fn recall(meeting: &Meeting, origin: &Origin) -> Option<Outcome> {
    let (person, device, client_seq) = match origin {
        Origin::Person { person: NOBODY, .. } => return None,
        Origin::Person { person, device, client_seq, .. } => (*person, *device, *client_seq),
        Origin::Link { device, client_seq, .. } => {
            // The outcome names the person one has become, and with it gives their token: only for a link that holds.
            actor_of(meeting, origin)?;
            (NOBODY, *device, *client_seq)
        }
        Origin::System { .. } => return None,
    };
    match meeting.dedupe.recall(person, device, client_seq) {
        Recall::New => None,
        Recall::Known(outcome) => Some(outcome),
        Recall::Forgotten => Some(Outcome::Rejected { rejection: Rejection::OutcomeForgotten {} }),
    }
}

/// Applies an entry. The first entry of a log is applied to no meeting and makes one.
///
/// Entries come in order and without a gap. One that does not follow the last is a fault of the caller: it is
/// rejected and leaves the meeting as it is.
pub fn apply(meeting: &mut Option<Meeting>, entry: &Entry) -> Applied {
    let Some(m) = meeting else {
        return create(meeting, entry);
    };
    if entry.seq != m.seq.next() {
        return rejected(Rejection::NotFound { entity: Entity::Meeting });
    }
    m.seq = entry.seq;
    m.at = m.at.max(entry.at);
    match &entry.input.origin {
        Origin::System { input } => apply_system(m, &entry.input, input),
        Origin::Person { person, device, client_seq, command } => {
            apply_command(m, entry, (*person, *device, *client_seq), command)
        }
        Origin::Link { device, client_seq, command, .. } => {
            apply_command(m, entry, (NOBODY, *device, *client_seq), command)
        }
    }
}

fn create(meeting: &mut Option<Meeting>, entry: &Entry) -> Applied {
    match &entry.input.origin {
        Origin::System { input: SystemInput::CreateMeeting(create) } if entry.seq == Seq(1) => {
            if let Err(rejection) = check_beginning(&create.title, &create.coordinator) {
                return rejected(rejection);
            }
            if create.rules_version > RULES_VERSION {
                return rejected(Rejection::Malformed { detail: "rules of a newer version".into() });
            }
            *meeting = Some(Meeting::new(entry.seq, entry.at, create));
            accepted(entry.seq, Effects::default())
        }
        Origin::System { .. } | Origin::Person { .. } | Origin::Link { .. } => {
            rejected(Rejection::NotFound { entity: Entity::Meeting })
        }
    }
}

fn apply_system(m: &mut Meeting, input: &Input, system: &SystemInput) -> Applied {
    let cx = Context { seq: m.seq, at: m.at, entropy: input.entropy, actor: Actor::System };
    let decided = match system {
        SystemInput::CreateMeeting(_) => Err(Rejection::AlreadySo {}),
        SystemInput::ExpireRound { round, deadline } => {
            agenda::expire(m, &cx, *round, *deadline).map(Change::Agenda)
        }
        SystemInput::OpenVoteOnTime { deadline } => vote::open_on_time(m, &cx, *deadline).map(Change::Vote),
        SystemInput::CloseVoteOnTime { deadline } => vote::close_on_time(m, &cx, *deadline).map(Change::Vote),
        SystemInput::Arrive { person } => roster::arrive(m, &cx, *person).map(Change::Roster),
        SystemInput::Depart { person } => roster::depart(m, &cx, *person).map(Change::Roster),
        SystemInput::ErasePerson { person, texts } => {
            erasure::erase_person(m, ErasePerson { person: *person, texts: *texts }).map(Change::Erasure)
        }
    };
    finish(m, &cx, decided)
}

fn apply_command(
    m: &mut Meeting,
    entry: &Entry,
    (person, device, client_seq): (PersonId, DeviceId, ClientSeq),
    command: &Command,
) -> Applied {
    if let Err(rejection) = check_number(client_seq) {
        return rejected(rejection);
    }
    if let Some(outcome) = recall(m, &entry.input.origin) {
        return Applied { outcome, ..rejected(Rejection::OutcomeForgotten {}) };
    }
    let Some(actor) = actor_of(m, &entry.input.origin) else {
        let forget_log = m.erasure_of(person).is_some();
        return forgetting(m, forget_log, rejected(Rejection::NotPermitted {}));
    };
    let cx = Context { seq: m.seq, at: m.at, entropy: entry.input.entropy, actor };
    let decided = live(m, command)
        .and_then(|()| authorize(m, actor, command))
        .and_then(|()| check(command))
        .and_then(|()| decide(m, &cx, command));
    let mut applied = finish(m, &cx, decided);
    // Who has had their own data taken out leaves neither an action nor a record of commands.
    if person != NOBODY && m.erasure_of(person).is_some() {
        return applied;
    }
    if let (Outcome::Accepted { .. }, Actor::Person { id, role, .. }) = (&applied.outcome, actor) {
        note_action(m, id, role, command, &mut applied);
    }
    m.dedupe.remember(person, device, client_seq, applied.outcome.clone(), m.seq);
    let renames_erased = matches!(command, Command::EditPerson(c) if m.erasure_of(c.person).is_some());
    forgetting(m, renames_erased, applied)
}

/// An entry that was under way while somebody's data were taken out, and holds something of theirs: it has no effect, and
/// goes from the log like those before it.
fn forgetting(m: &mut Meeting, holds_something: bool, applied: Applied) -> Applied {
    if holds_something {
        m.erasures.forget(m.seq);
    }
    Applied { forget_log: applied.forget_log || holds_something, ..applied }
}

/// An ended meeting changes no more; who may still read it, for how long, and of whom, does.
fn live(m: &Meeting, command: &Command) -> Result<(), Rejection> {
    let about_reading =
        matches!(command, Command::SetKeepUntil(_) | Command::RevokeLinks(_) | Command::ErasePerson(_));
    if m.info.ended_at.is_some() && !about_reading { Err(Rejection::MeetingEnded {}) } else { Ok(()) }
}

/// Who asks, as the roster knows them; none when they are not on it (any more) or their link is of an old generation.
fn actor_of(m: &Meeting, origin: &Origin) -> Option<Actor> {
    match origin {
        Origin::Person { person, device, .. } => {
            let role = m.roster.person(*person)?.role;
            Some(Actor::Person { id: *person, role, device: *device })
        }
        Origin::Link { role, generation, device, .. } => (m.roster.shared_generation(*role) == *generation)
            .then_some(Actor::Link { role: *role, device: *device }),
        Origin::System { .. } => Some(Actor::System),
    }
}

fn finish(m: &mut Meeting, cx: &Context, decided: Result<Change, Rejection>) -> Applied {
    match decided {
        Ok(change) => {
            let mut fx = Effects::default();
            evolve(m, cx, change, &mut fx);
            for person in &fx.regrouped {
                rooms::follow_stay(m, cx.at, *person);
            }
            accepted(cx.seq, fx)
        }
        Err(rejection) => rejected(rejection),
    }
}

/// What coordinators and facilitators do to the whole meeting is shown to all of them, so that another can carry on.
fn note_action(m: &mut Meeting, by: PersonId, role: Role, command: &Command, applied: &mut Applied) {
    if !role.guides() || !authorize::is_steering(command) {
        return;
    }
    let action = ActionView { by, action: command.name().into(), at: m.at };
    m.last_action = Some(action.clone());
    let audience = Audience::roles(RoleSet::GUIDES);
    applied.emissions.push(Emission::Event { audience, event: ActionTaken { action }.into() });
}

fn accepted(seq: Seq, fx: Effects) -> Applied {
    Applied {
        outcome: Outcome::Accepted { seq, created: fx.created },
        emissions: fx.emissions,
        regrouped: fx.regrouped,
        links_changed: fx.links_changed,
        forget_log: fx.forget_log,
    }
}

fn rejected(rejection: Rejection) -> Applied {
    Applied {
        outcome: Outcome::Rejected { rejection },
        emissions: Vec::new(),
        regrouped: Vec::new(),
        links_changed: false,
        forget_log: false,
    }
}
