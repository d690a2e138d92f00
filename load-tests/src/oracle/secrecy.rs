//! Judges what a device received: nothing that its person may not see, at no time, in no bytes.

use std::collections::BTreeSet;

use engawa_protocol::{PersonId, Role, Seq, TeamId};

use super::truth::Truth;
use crate::client::{Fact, Sight, Witness};
use crate::marker::{MarkedText, Marker};
use crate::trouble::{Findings, Promise};

/// Whose device it is.
#[derive(Debug, Clone)]
pub(crate) struct Observer {
    /// For messages.
    pub(crate) who: String,
    /// The person; none for a screen.
    pub(crate) person: Option<PersonId>,
    /// The role.
    pub(crate) role: Role,
    /// The team.
    pub(crate) team: Option<TeamId>,
    /// The receipt of their own ballot, as any of their devices was told.
    pub(crate) receipt: Option<String>,
}

/// Judges a device. `receipts` are all receipts that anybody was given.
pub(crate) fn judge(
    truth: &Truth,
    observer: &Observer,
    witness: &Witness,
    receipts: &BTreeSet<String>,
    findings: &Findings,
) {
    let leak = |what: String| findings.add(Promise::Secrecy, format!("{} {what}", observer.who));
    for (marker, sight) in &witness.sights {
        if !may_see(truth, observer, *marker, sight) {
            leak(format!("received {marker} at {}: {:?}", sight.seq, truth.note(*marker)));
        }
    }
    for (marker, named) in &witness.authors {
        let hidden = truth.note(*marker).is_some_and(|note| truth.hides_authors(note.board));
        if hidden && observer.person != Some(*named) {
            leak(format!("was told the author of {marker}, whose board hides authors"));
        }
    }
    for receipt in receipts.iter().filter(|receipt| observer.receipt.as_ref() != Some(*receipt)) {
        if witness.receipts.contains(receipt) {
            leak("received somebody else's receipt".to_owned());
        }
    }
    for (fact, seq) in &witness.facts {
        if !may_know(truth, observer.role, *fact, *seq) {
            leak(format!("({:?}) received {fact:?} at {seq}", observer.role));
        }
    }
    if witness.email_seen {
        leak("received an e-mail address of the roster".to_owned());
    }
}

fn may_see(truth: &Truth, observer: &Observer, marker: Marker, sight: &Sight) -> bool {
    if observer.person == Some(marker.author) {
        return true;
    }
    let by_then = |opened: Option<Seq>| opened.is_some_and(|seq| seq <= sight.seq);
    match marker.kind {
        MarkedText::Note => {
            // A text that is in no accepted entry can only come out of a rejected command.
            let Some(note) = truth.note(marker) else { return false };
            if by_then(note.public) {
                return true;
            }
            let from = if note.silent { note.revealed } else { Some(note.added) };
            match (from, note.board.room(), observer.person) {
                (Some(from), Some(room), Some(person)) if from <= sight.seq => {
                    truth.was_in(person, room, from, sight.seq)
                }
                (_, _, _) => false,
            }
        }
        MarkedText::Comment => {
            let Some(comment) = truth.comment(marker) else { return false };
            matches!(observer.role, Role::Coordinator | Role::Secretariat)
                || (comment.team.is_some()
                    && comment.team == observer.team
                    && by_then(truth.openings().feedback))
        }
        MarkedText::Answer => false,
    }
}

/// The scenario's rules show the tally to the secretariat alone.
fn may_know(truth: &Truth, role: Role, fact: Fact, seq: Seq) -> bool {
    let by_then = |opened: Option<Seq>| opened.is_some_and(|opened| opened <= seq);
    let openings = truth.openings();
    match fact {
        Fact::Tally | Fact::Recount => role == Role::Secretariat,
        Fact::TeamTurnout | Fact::Answers => matches!(role, Role::Coordinator | Role::Secretariat),
        Fact::Standings => {
            by_then(openings.standings) || (role == Role::Secretariat && by_then(openings.vote_closed))
        }
        Fact::OwnStanding => by_then(openings.own_places),
        Fact::Reveal => by_then(openings.reveal),
        Fact::PulseWords | Fact::Rooms | Fact::Groupings | Fact::LastAction | Fact::Readers => role.guides(),
    }
}
