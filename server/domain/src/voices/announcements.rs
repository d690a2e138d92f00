//! State of announcements.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use engawa_protocol::{AnnouncementId, PersonId, Timestamp};
use serde::{Deserialize, Serialize};

/// Announcements, withdrawn ones included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Announcements {
    pub(crate) announcements: BTreeMap<AnnouncementId, Announcement>,
    pub(crate) last_announcement: u32,
}

/// An announcement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Announcement {
    pub(crate) by: PersonId,
    pub(crate) text: String,
    pub(crate) at: Timestamp,
    pub(crate) readers: BTreeSet<PersonId>,
    pub(crate) withdrawn: bool,
}

impl Announcements {
    /// An announcement that has not been withdrawn.
    pub(crate) fn standing(&self, id: AnnouncementId) -> Option<&Announcement> {
        self.announcements.get(&id).filter(|announcement| !announcement.withdrawn)
    }
}

impl Announcement {
    /// How many have read it.
    pub(crate) fn reader_count(&self) -> u32 {
        u32::try_from(self.readers.len()).unwrap_or(u32::MAX)
    }
}
