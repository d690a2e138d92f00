//! How fast a disk makes batches durable: the embedded store alone, in a scratch folder, with nothing of a meeting around it. For
//! operators who choose a disk, and as the yardstick of the load tests.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::Serialize;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::embedded::EmbeddedStore;
use super::{Epoch, MeetingId, Store, StoreError};
use crate::clock::SystemClock;
use crate::limits::{STORE_BATCH_COUNT, STORE_PAYLOAD_BYTES};

/// What is to be measured.
#[derive(Debug, Clone, Copy)]
pub struct StoreMeasurement {
    /// Logs that are written at the same time, each with one batch under way.
    pub logs: u16,
    /// Entries in a batch; at most [`STORE_BATCH_COUNT`].
    pub batch: usize,
    /// Bytes of an entry; at most [`STORE_PAYLOAD_BYTES`].
    pub entry_bytes: usize,
    /// For how long.
    pub time: Duration,
}

/// What came out. Times are from handing a batch over until it is durable, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StoreSpeed {
    /// Entries made durable in a second.
    pub per_second: u64,
    /// Half of the batches took at most this.
    pub p50_ms: f64,
    /// Ninety-nine in a hundred.
    pub p99_ms: f64,
}

/// Measures in a scratch folder inside `folder`, which is gone afterwards.
///
/// # Errors
/// When the folder cannot be written, or the store fails.
pub async fn measure_store(folder: &Path, wanted: StoreMeasurement) -> Result<StoreSpeed, StoreError> {
    let scratch = tempfile::Builder::new().prefix("measure-").tempdir_in(folder);
    let scratch = scratch.map_err(|error| StoreError::unavailable(format!("a scratch folder: {error}")))?;
    let store = Arc::new(EmbeddedStore::open(scratch.path(), Arc::new(SystemClock)).await?);
    let payload = Bytes::from(vec![b'x'; wanted.entry_bytes.clamp(1, STORE_PAYLOAD_BYTES)]);
    let batch = vec![payload.clone(); wanted.batch.clamp(1, STORE_BATCH_COUNT)];
    let mut logs = Vec::new();
    for _ in 0..wanted.logs.max(1) {
        let id = MeetingId(Uuid::new_v4());
        logs.push((id, store.create(id, payload.clone()).await?.last().epoch));
    }
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for log in logs {
        tasks.spawn(append(Arc::clone(&store), log, batch.clone(), began + wanted.time));
    }
    let mut times = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        let ended = ended.map_err(|error| StoreError::unavailable(format!("a writer was lost: {error}")))?;
        times.extend(ended?);
    }
    let took = began.elapsed();
    store.close().await?;
    times.sort_unstable();
    let entries = (times.len() * batch.len()) as u128;
    Ok(StoreSpeed {
        per_second: u64::try_from(entries * 1_000 / took.as_millis().max(1)).unwrap_or(u64::MAX),
        p50_ms: percentile_ms(&times, 50),
        p99_ms: percentile_ms(&times, 99),
    })
}

async fn append(
    store: Arc<EmbeddedStore>,
    (id, epoch): (MeetingId, Epoch),
    batch: Vec<Bytes>,
    until: Instant,
) -> Result<Vec<Duration>, StoreError> {
    let mut times = Vec::new();
    while Instant::now() < until {
        let began = Instant::now();
        store.append(id, epoch, batch.clone()).await?;
        times.push(began.elapsed());
    }
    Ok(times)
}

/// Of sorted times; 0 if there are none.
fn percentile_ms(sorted: &[Duration], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn measures_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let wanted =
            StoreMeasurement { logs: 2, batch: 3, entry_bytes: 100, time: Duration::from_millis(30) };
        let speed = measure_store(folder.path(), wanted).await.unwrap();
        assert!(speed.per_second > 0 && speed.p50_ms > 0.0 && speed.p99_ms >= speed.p50_ms, "{speed:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(measure_store(&folder.path().join("absent"), wanted).await.is_err());
    }

    #[test]
    fn percentiles_are_times_that_were_seen() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile_ms(&times, 50), 100.0);
        assert_eq!(percentile_ms(&times, 99), 198.0);
        assert_eq!(percentile_ms(&times[..1], 99), 1.0);
        assert_eq!(percentile_ms(&[], 99), 0.0);
    }
}
