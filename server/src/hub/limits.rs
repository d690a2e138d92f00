//! Every bound and delay of the hub. A value of its own, so that tests make rare things happen all the time.

use std::time::Duration;

use engawa_protocol::{Seq, limits};

/// Bounds of the hub. [`HubLimits::default`] is what a real node runs with; nothing here is a setting.
#[derive(Debug, Clone)]
pub struct HubLimits {
    /// Requests that wait for a meeting's actor; transports read no further while it is full.
    pub mailbox_requests: usize,
    /// Requests or entries an actor takes in one go before it looks at its timers again.
    pub turn_inputs: usize,
    /// Frames that wait for one connection.
    pub outbox_frames: usize,
    /// Bytes of frames that wait for one connection; views, which cannot be split, are not counted.
    pub outbox_bytes: usize,
    /// Connections that are sent something in one go. Their tasks run before the next ones are: otherwise thousands of them
    /// stand between an entry and whoever waits for it, and what comes meanwhile needs a frame of its own.
    pub flush_frames: usize,
    /// How long a viewer waits for the next frame after one, at least: no person notices, and on a busy node what comes meanwhile
    /// costs no frame of its own.
    pub flush_window_min: Duration,
    /// The longest flush window.
    pub flush_window_max: Duration,
    /// How long those wait for their next frame who were sent one together with many, for each of these: about what a frame
    /// costs. So a flush takes half of the time at most, and with more to tell than that frames get fuller instead of
    /// later and later.
    pub flush_window_per_frame: Duration,
    /// How long a viewer who may see nothing of what happens waits for word of the new position.
    pub advance_after: Duration,
    /// Entries kept for viewers who come back.
    pub ring_entries: usize,
    /// Bytes of encoded events kept for viewers who come back.
    pub ring_bytes: usize,
    /// Entries after which a snapshot is written, at the soonest.
    pub snapshot_entries: u64,
    /// A snapshot so large waits for one more entry: what snapshots cost stays in proportion to what is done.
    pub snapshot_bytes_per_entry: usize,
    /// A change older than this is in a snapshot.
    pub snapshot_after: Duration,
    /// A meeting nobody is connected to is unloaded after this time.
    pub unload_after: Duration,
    /// How long a command may wait for the store before it is refused as "cannot be stored just now".
    pub unavailable_after: Duration,
    /// First and longest pause before the store is asked again.
    pub retry_first: Duration,
    /// See `retry_first`.
    pub retry_max: Duration,
    /// How long a node that finds its history lost waits for others that hold more of it before it puts it back.
    pub heal_after: Duration,
    /// How long a meeting that the store has no trace of is looked for before it counts as not being there.
    pub absent_patience: Duration,
    /// Digests of the state are compared between nodes at every so many entries; in a long log at every twofold, fourfold, …
    pub digest_entries: u64,
    /// Time after the last connection of a person has gone until they count as away.
    pub departure_after: Duration,
    /// Changes of presence are told at most this often.
    pub presence_window: Duration,
    /// Gestures of one connection per second; more are dropped.
    pub gestures_per_second: u32,
    /// Deliveries of gestures of one meeting per second; more are dropped.
    pub gesture_deliveries_per_second: u32,
    /// Connections per person at a time.
    pub connections_per_person: usize,
    /// Commands of one connection that may be unanswered.
    pub commands_pending: usize,
    /// Commands of one meeting that may wait for the store.
    pub batch_waiting: usize,
    /// Commands a person may send in a second, on average.
    pub commands_per_second: u32,
    /// Commands a person may send at once.
    pub commands_burst: u32,
    /// Within which time people come back after a restart, spread out evenly.
    pub goodbye_spread: Duration,
    /// How often a node tells the others who is connected to it.
    pub announce_every: Duration,
    /// A node that has not been heard of for this long is gone, and everybody connected to it. A few times
    /// `announce_every`, because any of it may be lost.
    pub announce_expiry: Duration,
    /// Who came and who went is gathered for this long before the other nodes are told.
    pub announce_window: Duration,
    /// What any node could say is said by the first in their order, and this much later by each next one: more than an
    /// append and the way back take.
    pub place_delay: Duration,
    /// Gestures of one meeting per second that other nodes are told of; more are dropped.
    pub gestures_told_per_second: u32,
    /// A gesture from another node ends after this time unless it is made again.
    pub gesture_expiry: Duration,
    /// How long somebody who comes from another node waits for this one to have taken the same from the log.
    pub catch_up_wait: Duration,
    /// How often all meetings are listed at most because somebody has typed a code that is not known.
    pub codes_again: Duration,
    /// How often all meetings are looked through for those that are to be deleted.
    pub sweep_every: Duration,
}

impl Default for HubLimits {
    fn default() -> Self {
        Self {
            mailbox_requests: 1024,
            turn_inputs: 256,
            outbox_frames: 512,
            outbox_bytes: 1 << 20,
            flush_frames: 32,
            flush_window_min: Duration::from_millis(4),
            flush_window_max: Duration::from_millis(50),
            flush_window_per_frame: Duration::from_micros(10),
            advance_after: Duration::from_secs(4),
            ring_entries: 16_384,
            ring_bytes: 8 << 20,
            snapshot_entries: 500,
            snapshot_bytes_per_entry: 128,
            snapshot_after: Duration::from_secs(60),
            unload_after: Duration::from_secs(300),
            unavailable_after: Duration::from_secs(1),
            retry_first: Duration::from_millis(20),
            retry_max: Duration::from_secs(1),
            heal_after: Duration::from_secs(1),
            absent_patience: Duration::from_secs(4),
            digest_entries: 500,
            departure_after: Duration::from_millis(limits::DEPARTURE_MS),
            presence_window: Duration::from_secs(1),
            gestures_per_second: 4,
            gesture_deliveries_per_second: 2000,
            connections_per_person: limits::CONNECTIONS_PER_PERSON_MAX as usize,
            commands_pending: limits::COMMANDS_PENDING_MAX as usize,
            batch_waiting: 8192,
            commands_per_second: limits::COMMANDS_PER_SECOND as u32,
            commands_burst: limits::COMMANDS_BURST as u32,
            goodbye_spread: Duration::from_secs(5),
            announce_every: Duration::from_secs(5),
            announce_expiry: Duration::from_secs(15),
            announce_window: Duration::from_millis(250),
            place_delay: Duration::from_millis(500),
            gestures_told_per_second: 200,
            gesture_expiry: Duration::from_secs(5),
            catch_up_wait: Duration::from_secs(1),
            codes_again: Duration::from_secs(1),
            sweep_every: Duration::from_secs(3600),
        }
    }
}

/// A digest costs as much as the state is large, and the state is no larger than its log is long: their distance is at least
/// this part of the log.
const DIGESTS_IN_LOG: u64 = 64;

impl HubLimits {
    /// Entries between two snapshots when the last one had so many bytes.
    #[must_use]
    pub fn entries_per_snapshot(&self, bytes: usize) -> u64 {
        self.snapshot_entries.max((bytes / self.snapshot_bytes_per_entry.max(1)) as u64)
    }

    /// Whether nodes compare their digests at an entry: the same answer on each.
    #[must_use]
    pub fn compares_digest_at(&self, seq: Seq) -> bool {
        let first = self.digest_entries.max(1);
        let times = (seq.0 / (first * DIGESTS_IN_LOG)).max(1).next_power_of_two();
        seq.0.is_multiple_of(first * times)
    }

    /// How long somebody waits for the next frame after one that was sent together with so many: each costs a system call,
    /// however little is in it.
    #[must_use]
    pub fn flush_window(&self, frames: usize) -> Duration {
        let frames = u32::try_from(frames).unwrap_or(u32::MAX);
        self.flush_window_per_frame
            .saturating_mul(frames)
            .max(self.flush_window_min)
            .min(self.flush_window_max)
    }
}
