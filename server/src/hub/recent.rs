//! The last entries' events, kept encoded, for viewers who come back with a position. Bounded in entries and bytes.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use engawa_domain::{Audience, ViewerClass};
use engawa_protocol::{PersonId, Seq};

use super::frame::Piece;

/// What an entry made known.
#[derive(Debug, Clone)]
pub(super) enum Told {
    /// An event.
    Piece(Arc<Piece>),
    /// These viewers' views were made anew.
    Refresh(Audience),
}

/// The ring.
#[derive(Debug)]
pub(super) struct Recent {
    entries: VecDeque<(Vec<Told>, usize)>,
    bytes: usize,
    /// The last entry that is no longer in the ring.
    floor: Seq,
    /// When each person's class changed last, as far as the ring reaches.
    class_changed: HashMap<PersonId, Seq>,
    entries_max: usize,
    bytes_max: usize,
}

impl Recent {
    /// An empty ring after an entry.
    #[must_use]
    pub(super) fn new(floor: Seq, entries_max: usize, bytes_max: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            bytes: 0,
            floor,
            class_changed: HashMap::new(),
            entries_max,
            bytes_max,
        }
    }

    /// Adds what the next entry made known.
    pub(super) fn push(&mut self, seq: Seq, told: Vec<Told>, regrouped: &[PersonId]) {
        for person in regrouped {
            self.class_changed.insert(*person, seq);
        }
        let bytes = told.iter().map(Told::bytes).sum::<usize>();
        self.bytes += bytes;
        self.entries.push_back((told, bytes));
        while self.entries.len() > self.entries_max || self.bytes > self.bytes_max {
            let Some((_, bytes)) = self.entries.pop_front() else { break };
            self.bytes -= bytes;
            self.floor = self.floor.next();
        }
        // Changes before the ring's reach are answered by the reach itself.
        if self.class_changed.len() > 2 * self.entries_max {
            let floor = self.floor;
            self.class_changed.retain(|_, changed| *changed > floor);
        }
    }

    /// Forgets everything up to an entry, because the log must. Whoever comes back from before it gets a fresh view.
    pub(super) fn forget(&mut self, up_to: Seq) {
        self.entries.clear();
        self.bytes = 0;
        self.floor = up_to;
        self.class_changed.clear();
    }

    /// What a viewer of this class missed since `after`; none when that can no longer be told, or only with a fresh view.
    #[must_use]
    pub(super) fn missed(&self, after: Seq, class: &ViewerClass) -> Option<Vec<Arc<Piece>>> {
        let skip = usize::try_from(after.0.checked_sub(self.floor.0)?).ok()?;
        if skip > self.entries.len() {
            return None;
        }
        let changed = class.person.and_then(|person| self.class_changed.get(&person));
        if changed.is_some_and(|changed| *changed > after) {
            return None;
        }
        let mut missed = Vec::new();
        for told in self.entries.iter().skip(skip).flat_map(|(told, _)| told) {
            match told {
                Told::Piece(piece) if piece.audience.includes(class) => missed.push(Arc::clone(piece)),
                Told::Refresh(audience) if audience.includes(class) => return None,
                Told::Piece(_) | Told::Refresh(_) => {}
            }
        }
        Some(missed)
    }
}

impl Told {
    fn bytes(&self) -> usize {
        match self {
            Self::Piece(piece) => piece.text.len(),
            Self::Refresh(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use engawa_domain::RoleSet;
    use engawa_protocol::Role;
    use engawa_protocol::event::SeatLeft;

    use super::*;

    fn class(person: u32) -> ViewerClass {
        ViewerClass { role: Role::Participant, team: None, room: None, person: Some(PersonId(person)) }
    }

    fn told(audience: Audience) -> Vec<Told> {
        vec![Told::Piece(Piece::new(audience, &SeatLeft {}.into()))]
    }

    #[test]
    fn tells_what_was_missed_within_its_reach() {
        let mut recent = Recent::new(Seq(10), 4, 10_000);
        for seq in 11..=16 {
            let audience = if seq % 2 == 0 { Audience::EVERYONE } else { Audience::person(PersonId(9)) };
            recent.push(Seq(seq), told(audience), &[]);
        }
        assert_eq!(recent.missed(Seq(16), &class(1)).unwrap().len(), 0);
        assert_eq!(recent.missed(Seq(12), &class(1)).unwrap().len(), 2);
        assert_eq!(recent.missed(Seq(12), &class(9)).unwrap().len(), 4);
        assert!(recent.missed(Seq(11), &class(1)).is_none(), "older than the ring");
        assert!(recent.missed(Seq(17), &class(1)).is_none(), "from a history that is not ours");
    }

    #[test]
    fn a_change_of_class_or_a_refresh_needs_a_fresh_view() {
        let mut recent = Recent::new(Seq(0), 10, 10_000);
        recent.push(Seq(1), told(Audience::EVERYONE), &[PersonId(1)]);
        recent.push(Seq(2), vec![Told::Refresh(Audience::roles(RoleSet::STAFF))], &[]);
        assert!(recent.missed(Seq(0), &class(1)).is_none());
        assert!(recent.missed(Seq(1), &class(1)).is_some());
        assert!(recent.missed(Seq(0), &class(2)).is_some());
        let staff = ViewerClass { role: Role::Coordinator, ..class(3) };
        assert!(recent.missed(Seq(1), &staff).is_none());
        assert!(recent.missed(Seq(2), &staff).is_some());
    }

    #[test]
    fn what_is_forgotten_is_not_told_to_whoever_comes_back() {
        let mut recent = Recent::new(Seq(0), 100, 10_000);
        recent.push(Seq(1), told(Audience::EVERYONE), &[]);
        recent.push(Seq(2), told(Audience::EVERYONE), &[]);
        recent.forget(Seq(2));
        recent.push(Seq(3), told(Audience::EVERYONE), &[]);
        assert!(recent.missed(Seq(1), &class(1)).is_none());
        assert_eq!(recent.missed(Seq(2), &class(1)).unwrap().len(), 1);
    }

    #[test]
    fn bytes_are_bounded() {
        let mut recent = Recent::new(Seq(0), 100, 40);
        for seq in 1..=10 {
            recent.push(Seq(seq), told(Audience::EVERYONE), &[]);
        }
        assert!(recent.bytes <= 40);
        assert!(recent.missed(Seq(1), &class(1)).is_none());
        assert!(recent.missed(Seq(9), &class(1)).is_some());
    }
}
