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

/// Largest snapshot as it is kept, in bytes. 46,000 objects of a meeting measured 2.4 MB as JSON.
pub const STORE_SNAPSHOT_BYTES: usize = 32 << 20;

/// A state of so many bytes is packed before it is kept; a small one can be read as it is.
pub const PACKED_FROM_BYTES: usize = 1 << 20;

/// Most bytes of a state once it is unpacked. 200,000 notes (`NOTES_MAX`) of 50 letters make some 90 MB.
pub const UNPACKED_BYTES: usize = 512 << 20;

/// Bytes of a snapshot that the embedded store writes in one go. Notes are written in between: with all of it in one transaction
/// they waited for as long as the disk takes for the whole.
pub const STORE_PART_BYTES: usize = 64 << 10;

/// Entries that the embedded store removes in one go.
pub const STORE_TRIM_COUNT: u64 = 500;

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
pub const STORE_CACHE_BYTES: usize = 16 << 20;

/// Appends that the live ring of one meeting keeps for its tails. A tail that falls further behind reads
/// from the store until it has caught up.
pub const TAIL_RING_COUNT: usize = 16;

/// Entries that wait in one tail until its reader takes them.
pub const TAIL_BUFFER_COUNT: usize = 128;

/// For how long one node is the one that writes a meeting's snapshots, in milliseconds, unless it prolongs it.
pub const SNAPSHOT_LEASE_MS: u64 = 30_000;

/// Longest wait for a connection to Redis, in milliseconds.
pub const REDIS_CONNECT_MS: u64 = 2_000;

/// Longest wait for Redis to answer a command, in milliseconds. A batch of the largest size takes some ten.
pub const REDIS_ANSWER_MS: u64 = 5_000;

/// Longest wait for an answer that carries a snapshot, in milliseconds.
pub const REDIS_BULK_MS: u64 = 30_000;

/// Longest wait for replicas to have a write, in milliseconds; they usually take less than one.
pub const REDIS_WAIT_MS: u64 = 2_000;

/// For this long after Redis could not be reached callers are refused at once, in milliseconds.
pub const REDIS_REFUSED_MS: u64 = 200;

/// How often a silent connection for news is asked whether it is alive and leads to a primary, in milliseconds.
pub const REDIS_HEARTBEAT_MS: u64 = 2_000;

/// Connections of one node for writes. Several, because `WAIT` holds up what comes behind it on the same one.
pub const REDIS_WRITE_LINKS: usize = 4;

/// Tails that may wait for their subscription; further ones wait for a place.
pub const REDIS_LISTEN_QUEUE: usize = 1024;

/// Largest batch whose payloads travel with the news, in bytes; of a larger one only the end is told, and who
/// follows reads it. Keeps a burst of large batches below the 32 MB at which Redis drops a listener.
pub const REDIS_NEWS_BYTES: usize = 64 << 10;

/// Entries of one meeting whose chain a node remembers. More than wait between a store and a tail's reader
/// ([`TAIL_BUFFER_COUNT`] and a batch).
pub const REDIS_TRAIL_COUNT: usize = 4096;

/// Links of a purged log that are kept, so that a node whose own history parts from it there can still tell where. More
/// than a Redis loses with its last moments.
pub const REDIS_LINKS_KEPT: usize = 512;

/// Meetings whose chain a node remembers.
pub const REDIS_TRAILS: usize = 10_000;

/// Times that a change of a meeting's bookkeeping is tried when another node was faster.
pub const REDIS_CHANGE_TRIES: usize = 32;

/// Heads that are asked for at the same time while listing meetings.
pub const REDIS_LIST_COUNT: usize = 64;

/// Lines of long polls that may be parked on a node.
pub const POLL_LINES: usize = 20_000;

/// Probes of `/api/check` that run at the same time, over all who ask; each lives for a minute and a half at most.
pub const PROBES: usize = 512;

/// Bytes of a text that a probe sends back.
pub const PROBE_TEXT_BYTES: usize = 256;

/// Texts that a probe sends back.
pub const PROBE_TEXTS: usize = 32;

/// Longest side of a picture that is decoded, in pixels.
pub const PICTURE_SIDE_PIXELS: u32 = 20_000;

/// Memory that decoding one picture may take, in bytes: 64 million pixels of four bytes.
pub const PICTURE_DECODE_BYTES: u64 = 256 << 20;

/// Longest side of a poster's picture as it is kept, in pixels: an A0 sheet whose small print can be read when zoomed.
pub const PICTURE_FULL_PIXELS: u32 = 2_400;

/// Longest side of a poster's small picture, in pixels: twice a gallery's column.
pub const PICTURE_SMALL_PIXELS: u32 = 640;

/// Pictures that one node draws at the same time; further ones wait.
pub const PICTURE_DRAWERS: usize = 2;

/// Posters' files that are copied at the same time when a meeting takes over from an earlier one.
pub const POSTER_COPIES_AT_ONCE: usize = 8;

/// Uploads that one node has in memory at the same time; further ones wait for a place before they are read.
pub const UPLOADS_AT_ONCE: usize = 8;

/// Most rows of a roster or list that are read.
pub const TABLE_ROWS: usize = engawa_protocol::limits::PEOPLE_MAX as usize + 1;

/// Most columns of a roster or list.
pub const TABLE_COLUMNS: usize = 64;

/// Most characters of one of their cells: a poster's summary fits.
pub const TABLE_CELL_CHARS: usize = 2_000;

/// Sheets of a workbook that are looked at until one holds anything.
pub const TABLE_SHEETS: usize = 20;

/// Most bytes that a workbook may unpack to.
pub const WORKBOOK_BYTES: u64 = 128 << 20;

/// For how long a deleted meeting's id is kept, in milliseconds: a node that has slept through the deletion must not
/// take the meeting for lost and bring it back. Seven days.
pub const REDIS_TOMBSTONE_MS: u64 = 7 * 24 * 3_600_000;

/// Deletions that a node says again for a while.
pub const REDIS_DELETIONS: usize = 1024;

/// For how long, in milliseconds. More than what a Redis that dies may lose of its last moments.
pub const REDIS_DELETION_REPEATED_MS: u64 = 60_000;

/// For how long a node's word on how much of a lost history it holds counts, in milliseconds.
pub const REDIS_BID_MS: u64 = 3_000;

/// Positions of one meeting whose digests are kept for comparison.
pub const REDIS_DIGESTS_KEPT: usize = 64;

/// For how long they are kept, in milliseconds.
pub const REDIS_DIGESTS_KEPT_MS: u64 = 600_000;

/// Entries of one meeting that a node keeps as they were in the log, to put them back into a log that has lost them.
pub const HISTORY_ENTRIES: usize = 4096;

/// Bytes of payload of these.
pub const HISTORY_BYTES: usize = 8 << 20;

/// Largest piece of hearsay, in bytes: who is connected to a node, for the largest meeting.
pub const HEARSAY_BYTES: usize = 512 << 10;

/// Pieces of hearsay of one meeting that wait for this node to take them; older ones are left out.
pub const HEARSAY_RING_COUNT: usize = 64;

/// Pieces of hearsay that wait to be sent; more are dropped.
pub const HEARSAY_QUEUE: usize = 1024;

/// Other nodes that are known of one meeting; more are not heard.
pub const NODES_MAX: usize = 64;

/// Requests of one meeting that wait for this node to catch up with the log; of more each is decided at once.
pub const EARLY_MAX: usize = 1024;

/// Gestures from other nodes that are remembered per meeting, to be taken back; of more the viewers' own limit of
/// time takes care.
pub const GESTURES_HELD_MAX: usize = 1024;

/// Largest file of a meeting's backup, in bytes: the largest snapshot and far more entries than lie between two.
pub const BACKUP_BYTES: u64 = 256 << 20;

/// Records that are made at the same time: each holds all that a meeting holds, more than once over.
pub const RECORDS_AT_ONCE: usize = 2;

/// Most rooms of a file for Zoom (its help, KB0061353).
pub const ZOOM_ROOMS: usize = 100;

/// Most people of one.
pub const ZOOM_PEOPLE: usize = 1_000;

/// Most characters of a room's name there. Zoom does not say how many it takes; this is on the safe side.
pub const ZOOM_ROOM_NAME_CHARS: usize = 32;
