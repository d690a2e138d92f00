//! What a meeting and its notes take of Redis' memory.

use std::fmt;

use serde::Serialize;

use super::writers::Written;
use crate::server::Fleet;
use crate::trouble::Trouble;

/// What was found, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct MemoryUse {
    /// Meetings.
    pub(crate) meetings: u64,
    /// Notes in all of them.
    pub(crate) notes: u64,
    /// `used_memory` of `INFO memory`, before the first meeting and with all notes in the logs.
    pub(crate) used_before: u64,
    /// See `used_before`.
    pub(crate) used_after: u64,
    /// `MEMORY USAGE` of all logs while the nodes run.
    pub(crate) logs: u64,
    /// `MEMORY USAGE` of all heads.
    pub(crate) heads: u64,
    /// `MEMORY USAGE` of all newest snapshots once the nodes have stopped in order.
    pub(crate) snapshots: u64,
}

/// Looks before and after the nodes stop, which leaves a snapshot of each meeting.
pub(super) async fn measure(
    fleet: &mut Fleet,
    used_before: u64,
    written: &Written,
) -> Result<MemoryUse, Trouble> {
    let used_after = used(fleet).await?;
    let (logs, heads) = (of_keys(fleet, "engawa:*:log").await?, of_keys(fleet, "engawa:*:head").await?);
    fleet.stop_node(0).await?;
    let snapshots = of_keys(fleet, "engawa:*:snapshot").await?;
    Ok(MemoryUse {
        meetings: written.meetings,
        notes: written.notes,
        used_before,
        used_after,
        logs,
        heads,
        snapshots,
    })
}

async fn connect(fleet: &Fleet) -> Result<redis::aio::MultiplexedConnection, Trouble> {
    let url = fleet.redis_url().ok_or_else(|| Trouble::Server("there is no Redis here".into()))?;
    let client = redis::Client::open(url).map_err(failed)?;
    client.get_multiplexed_async_connection().await.map_err(failed)
}

fn failed(error: redis::RedisError) -> Trouble {
    Trouble::Server(format!("asking Redis: {error}"))
}

/// `used_memory`.
pub(super) async fn used(fleet: &Fleet) -> Result<u64, Trouble> {
    let mut connection = connect(fleet).await?;
    let text: String = redis::cmd("INFO").arg("memory").query_async(&mut connection).await.map_err(failed)?;
    let line = text.lines().find_map(|line| line.strip_prefix("used_memory:"));
    line.and_then(|value| value.trim().parse().ok())
        .ok_or_else(|| Trouble::Server("Redis does not say how much memory it uses".into()))
}

/// `MEMORY USAGE` of every key of a pattern, every part looked at.
async fn of_keys(fleet: &Fleet, pattern: &str) -> Result<u64, Trouble> {
    let mut connection = connect(fleet).await?;
    // A server of our own with a few hundred keys: KEYS is no harm here.
    let keys: Vec<String> =
        redis::cmd("KEYS").arg(pattern).query_async(&mut connection).await.map_err(failed)?;
    let mut sum = 0;
    for key in keys {
        let mut command = redis::cmd("MEMORY");
        command.arg("USAGE").arg(key).arg("SAMPLES").arg(0);
        let bytes: Option<u64> = command.query_async(&mut connection).await.map_err(failed)?;
        sum += bytes.unwrap_or(0);
    }
    Ok(sum)
}

impl fmt::Display for MemoryUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { meetings, notes, used_before, used_after, logs, heads, snapshots } = *self;
        let per = |bytes: u64, count: u64| bytes.checked_div(count).unwrap_or(0);
        writeln!(f, "\n  Redis' memory with {meetings} meetings and {notes} notes (bytes)")?;
        writeln!(f, "  used_memory: {used_before} before, {used_after} after")?;
        writeln!(f, "  a meeting's head: {}", per(heads, meetings))?;
        writeln!(f, "  a note in the log: {}", per(logs, notes))?;
        writeln!(f, "  a note in a snapshot: {}", per(snapshots, notes))
    }
}
