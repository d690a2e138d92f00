//! Commands about announcements.

use alloc::string::String;

use crate::ids::AnnouncementId;

wire! {
    /// Speaks to all rooms. It stays with everyone until they have read it.
    pub struct Announce {
        /// The text, 1 to `ANNOUNCEMENT_GRAPHEMES_MAX`.
        pub text: String,
    }

    /// Takes an announcement back.
    pub struct WithdrawAnnouncement {
        /// The announcement.
        pub announcement: AnnouncementId,
    }

    /// Says that one has read it. Reading twice is the same as once.
    pub struct ReadAnnouncement {
        /// The announcement.
        pub announcement: AnnouncementId,
    }
}
