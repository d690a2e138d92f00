//! The codes that are read out loud: which meeting each leads to.
//!
//! A code is derived from the meeting's id and the generation of the participants' shared link, so it needs no place in
//! the store, is the same on every node and after every restart, and ends when that link is revoked. A new meeting's id
//! is drawn again when its code is taken.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use engawa_protocol::MeetingId;
use engawa_protocol::hash::sha256;

use crate::auth::ShortCode;

/// The code of a meeting whose participants' shared link has this generation.
#[must_use]
pub fn code_of(meeting: MeetingId, generation: u32) -> ShortCode {
    let hash = sha256(&[b"engawa short code\0", meeting.0.as_bytes(), &generation.to_be_bytes()]);
    let mut bits = [0; 8];
    bits.copy_from_slice(&hash[..8]);
    ShortCode::from_random(u64::from_be_bytes(bits))
}

/// Generations after the known one whose codes are found, too: another node may have revoked the link since a meeting
/// was last in memory here.
const AHEAD: u32 = 8;

/// All codes known to this node.
#[derive(Debug, Default)]
pub(super) struct Codes(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    by_code: HashMap<ShortCode, (MeetingId, u32)>,
    /// The generation that each meeting was last seen with.
    by_meeting: HashMap<MeetingId, u32>,
}

impl Known {
    fn remove(&mut self, meeting: MeetingId) {
        if let Some(generation) = self.by_meeting.remove(&meeting) {
            for generation in generation..=generation.saturating_add(AHEAD) {
                let code = code_of(meeting, generation);
                if self.by_code.get(&code).is_some_and(|(of, _)| *of == meeting) {
                    self.by_code.remove(&code);
                }
            }
        }
    }

    /// Whether a code is the present one of another meeting.
    fn is_taken(&self, code: ShortCode, by_other_than: MeetingId) -> bool {
        self.by_code.get(&code).is_some_and(|(of, generation)| {
            *of != by_other_than && self.by_meeting.get(of) == Some(generation)
        })
    }
}

impl Codes {
    /// A meeting is reached by the code of this generation from now on.
    pub(super) fn set(&self, meeting: MeetingId, generation: u32) {
        let mut known = self.known();
        if known.by_meeting.get(&meeting) == Some(&generation) {
            return;
        }
        known.remove(meeting);
        known.by_meeting.insert(meeting, generation);
        for generation in (generation..=generation.saturating_add(AHEAD)).rev() {
            let code = code_of(meeting, generation);
            if !known.is_taken(code, meeting) {
                known.by_code.insert(code, (meeting, generation));
            }
        }
        let code = code_of(meeting, generation);
        if known.is_taken(code, meeting) {
            tracing::error!("two meetings have the same code; it leads to the older");
        }
    }

    /// A meeting has been deleted.
    pub(super) fn remove(&self, meeting: MeetingId) {
        self.known().remove(meeting);
    }

    /// The meeting that a code leads to now or may lead to by now.
    #[must_use]
    pub(super) fn find(&self, code: ShortCode) -> Option<MeetingId> {
        self.known().by_code.get(&code).map(|(meeting, _)| *meeting)
    }

    /// Whether a meeting's code is known.
    #[must_use]
    pub(super) fn knows(&self, meeting: MeetingId) -> bool {
        self.known().by_meeting.contains_key(&meeting)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // No code under this lock panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_revoked_link_ends_the_code() {
        let (codes, meeting) = (Codes::default(), MeetingId(Uuid::from_u128(7)));
        codes.set(meeting, 0);
        let old = code_of(meeting, 0);
        assert_eq!(codes.find(old), Some(meeting));
        codes.set(meeting, 1);
        assert_eq!(codes.find(old), None);
        assert_eq!(codes.find(code_of(meeting, 1)), Some(meeting));
        assert_eq!(codes.find(code_of(meeting, 2)), Some(meeting), "another node may be ahead");
        codes.remove(meeting);
        assert_eq!(codes.find(code_of(meeting, 1)), None);
        assert_eq!(codes.find(code_of(meeting, 2)), None);
        assert!(!codes.knows(meeting));
    }
}
