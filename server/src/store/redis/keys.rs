//! Names of keys and channels. All of one meeting share a hash tag, so that they live on one node of a cluster
//! and one script may touch them together.

use uuid::Uuid;

use crate::store::MeetingId;

/// Makes names under one prefix.
#[derive(Debug)]
pub(super) struct Names {
    prefix: String,
}

impl Names {
    pub(super) fn new(prefix: String) -> Self {
        Self { prefix }
    }

    fn of(&self, meeting: MeetingId, part: &str) -> String {
        format!("{}:{{{}}}:{part}", self.prefix, hex(meeting))
    }

    /// Hash: where the meeting stands (see the scripts for its fields).
    pub(super) fn head(&self, meeting: MeetingId) -> String {
        self.of(meeting, "head")
    }

    /// Stream: entry `n` has the id `n-0` and the fields `t` (time), `c` (chain), `p` (payload).
    pub(super) fn log(&self, meeting: MeetingId) -> String {
        self.of(meeting, "log")
    }

    /// Hash: the newest snapshot.
    pub(super) fn newest(&self, meeting: MeetingId) -> String {
        self.of(meeting, "snapshot")
    }

    /// Hash: the one before.
    pub(super) fn previous(&self, meeting: MeetingId) -> String {
        self.of(meeting, "snapshot-before")
    }

    /// Text with a time to live: which node writes the meeting's snapshots.
    pub(super) fn lease(&self, meeting: MeetingId) -> String {
        self.of(meeting, "lease")
    }

    /// Text with a time to live: when the meeting was deleted. All that is left of one.
    pub(super) fn tombstone(&self, meeting: MeetingId) -> String {
        self.of(meeting, "deleted")
    }

    /// Hash with a time to live: how much of a lost history each node holds.
    pub(super) fn bids(&self, meeting: MeetingId) -> String {
        self.of(meeting, "bids")
    }

    /// Hash with a time to live: digests of the state at some positions.
    pub(super) fn digests(&self, meeting: MeetingId) -> String {
        self.of(meeting, "digests")
    }

    /// Sharded channel: what has just been appended.
    pub(super) fn news(&self, meeting: MeetingId) -> String {
        self.of(meeting, "news")
    }

    /// Sharded channel: what nodes tell each other.
    pub(super) fn hearsay(&self, meeting: MeetingId) -> String {
        self.of(meeting, "hearsay")
    }

    /// The meeting whose news come on a channel.
    pub(super) fn meeting_of_news(&self, channel: &[u8]) -> Option<MeetingId> {
        self.meeting_of(channel, "}:news")
    }

    /// The meeting about which nodes talk on a channel.
    pub(super) fn meeting_of_hearsay(&self, channel: &[u8]) -> Option<MeetingId> {
        self.meeting_of(channel, "}:hearsay")
    }

    fn meeting_of(&self, channel: &[u8], end: &str) -> Option<MeetingId> {
        let rest = std::str::from_utf8(channel).ok()?.strip_prefix(&self.prefix)?;
        let uuid = rest.strip_prefix(":{")?.strip_suffix(end)?;
        Uuid::try_parse(uuid).ok().map(MeetingId)
    }

    /// Sorted set, all scores 0: every meeting's key. It has a slot of its own; what it says is looked up in the
    /// meeting's head before anybody believes it.
    pub(super) fn meetings(&self) -> String {
        format!("{}:meetings", self.prefix)
    }

    /// Text with a time to live: written to see whether writing works.
    pub(super) fn health(&self) -> String {
        format!("{}:health", self.prefix)
    }
}

/// A meeting's key as 32 hexadecimal digits: their order as text is the order of the keys.
pub(super) fn hex(meeting: MeetingId) -> String {
    meeting.0.simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_leads_back_to_its_meeting_and_no_other() {
        let names = Names::new("engawa".to_owned());
        let meeting = MeetingId(Uuid::from_u128(7));
        assert_eq!(names.meeting_of_news(names.news(meeting).as_bytes()), Some(meeting));
        assert_eq!(names.meeting_of_news(names.log(meeting).as_bytes()), None);
        assert_eq!(names.meeting_of_news(names.hearsay(meeting).as_bytes()), None);
        assert_eq!(names.meeting_of_hearsay(names.hearsay(meeting).as_bytes()), Some(meeting));
        assert_eq!(Names::new("other".to_owned()).meeting_of_news(names.news(meeting).as_bytes()), None);
    }
}
