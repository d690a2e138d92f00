//! Bounds that only the server knows: queues, batches, buffers. What the wire and the meeting's rules
//! bound is in the protocol's own `limits`.
//!
//! Every bound has its unit last in the name. They are constants, not settings: a number that a deployment
//! has to tune would be a fault here.

/// Largest payload of one log entry, in bytes. Two orders above a usual command (a few hundred bytes);
/// room for the import of a whole roster as one entry.
pub const STORE_PAYLOAD_BYTES: usize = engawa_protocol::limits::LARGE_COMMAND_BYTES_MAX as usize + 4096;

/// Most payloads in one append.
pub const STORE_BATCH_COUNT: usize = 1024;

/// Most bytes of payload in one append, all payloads together.
pub const STORE_BATCH_BYTES: usize = 2 * STORE_PAYLOAD_BYTES;

/// Largest snapshot, in bytes. 46,000 objects of a meeting measured 2.4 MB as JSON.
pub const STORE_SNAPSHOT_BYTES: usize = 32 << 20;

/// Most entries that one range read returns.
pub const STORE_READ_COUNT: usize = 1024;

/// Bytes of payload after which a range read stops; the entry that crosses it is still returned.
pub const STORE_READ_BYTES: usize = 4 << 20;

/// Most meetings on one page of the list of meetings.
pub const STORE_MEETINGS_PAGE: usize = 1000;

/// Writes that may wait for the embedded store's writer; further callers wait for a place.
pub const STORE_QUEUE_COUNT: usize = 4096;

/// Bytes that may wait for the embedded store's writer, in KiB; further callers wait for room.
/// Larger than the largest snapshot, or that one could never be written.
pub const STORE_QUEUE_KIB: u32 = 128 << 10;

/// Most writes that one transaction of the embedded store takes together.
pub const STORE_GROUP_COUNT: usize = 512;

/// Range reads and snapshot loads that run at the same time in the embedded store; others wait.
pub const STORE_READERS: u32 = 16;

/// Memory for the embedded store's page cache, in bytes.
pub const STORE_CACHE_BYTES: usize = 64 << 20;

/// Appends that the live ring of one meeting keeps for its tails. A tail that falls further behind reads
/// from the store until it has caught up.
pub const TAIL_RING_COUNT: usize = 16;

/// Entries that wait in one tail until its reader takes them.
pub const TAIL_BUFFER_COUNT: usize = 128;
