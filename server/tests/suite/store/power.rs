//! The embedded store under power loss, on a simulated disk: writes since the last fsync survive or not, each by
//! chance, some torn. Whatever survives, the store must open and hold every acknowledged entry.
//!
//! The model: fsync makes everything before it safe; a lost write leaves the old bytes; a torn one is a prefix in
//! units of 512 bytes; the file's length is never lost. A real disk is no worse where it honours fsync.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use engawa_server::clock::SystemClock;
use engawa_server::store::embedded::EmbeddedStore;
use engawa_server::store::{Epoch, MeetingId, Position, Seq, Snapshot, StateDigest, Store};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use redb::StorageBackend;
use uuid::Uuid;

const MEETING: MeetingId = MeetingId(Uuid::from_u128(1));
const SECTOR: usize = 512;

#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<Platter>>);

#[derive(Debug, Default, Clone)]
struct Platter {
    /// What a reader sees.
    current: Vec<u8>,
    /// What has been synced.
    safe: Vec<u8>,
    /// Writes since then, in order.
    pending: Vec<(usize, Vec<u8>)>,
    /// Operations left until the power goes; none while it stays on.
    fuse: Option<usize>,
}

impl Platter {
    /// Burns the fuse by one operation; fails once the power is gone.
    fn powered(&mut self) -> io::Result<()> {
        match &mut self.fuse {
            Some(0) => Err(io::Error::other("power is gone")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The disk as it comes back.
    fn after_power_loss(&self, random: &mut StdRng) -> Self {
        let mut safe = self.safe.clone();
        safe.resize(self.current.len(), 0);
        for (offset, data) in &self.pending {
            let survives = match random.random_range(0..4) {
                0 => 0,
                1 => SECTOR * random.random_range(0..=data.len() / SECTOR),
                _ => data.len(),
            };
            let end = (*offset + survives).min(safe.len());
            if end > *offset {
                safe[*offset..end].copy_from_slice(&data[..end - offset]);
            }
        }
        Self { current: safe.clone(), safe, pending: Vec::new(), fuse: None }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().current.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let platter = self.0.lock().unwrap();
        let from = offset as usize;
        let found = platter.current.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut platter = self.0.lock().unwrap();
        platter.powered()?;
        platter.current.resize(len as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut platter = self.0.lock().unwrap();
        platter.powered()?;
        platter.safe = platter.current.clone();
        platter.pending.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut platter = self.0.lock().unwrap();
        platter.powered()?;
        let from = offset as usize;
        platter.current[from..from + data.len()].copy_from_slice(data);
        platter.pending.push((from, data.to_vec()));
        Ok(())
    }
}

/// Appends, with snapshots and trims between, until the power goes. Answers where each acknowledged marker stands.
async fn run_until_dark(store: &EmbeddedStore, round: u32, acked: &mut HashMap<String, u64>) {
    // Every commit burns the fuse, which is far shorter than this.
    for batch in 0..1000 {
        let marker = format!("{round}-{batch}");
        let payloads = (0..3).map(|index| Bytes::from(format!("{marker} {index}"))).collect();
        let Ok(appended) = store.append(MEETING, Epoch(1), payloads).await else { return };
        acked.insert(marker, appended.first.seq.0);
        if batch % 5 == 4 {
            // Every other one is written in parts.
            let bytes = Bytes::from(vec![b's'; if batch % 10 == 9 { 600_000 } else { 9_000 }]);
            let snapshot = Snapshot { position: appended.last(), digest: StateDigest([1; 32]), bytes };
            if store.put_snapshot(MEETING, snapshot).await.is_err() {
                return;
            }
            let Ok(floor) = store.trim(MEETING).await else { return };
            acked.retain(|_, seq| *seq > floor.seq.0);
        }
    }
    panic!("appends are acknowledged without touching the disk");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_power_loss() {
    let mut random = StdRng::seed_from_u64(97);
    let mut disk = Disk::default();
    let mut acked = HashMap::new();
    let store = EmbeddedStore::open_on(disk.clone(), Arc::new(SystemClock)).unwrap();
    store.create(MEETING, Bytes::from_static(b"first")).await.unwrap();
    store.close().await.unwrap();
    let mut dirty = 0;
    for round in 0..150 {
        let store = EmbeddedStore::open_on(disk.clone(), Arc::new(SystemClock)).unwrap();
        disk.0.lock().unwrap().fuse = Some(random.random_range(1..300));
        run_until_dark(&store, round, &mut acked).await;
        store.close().await.unwrap();
        let lost = disk.0.lock().unwrap().after_power_loss(&mut random);
        dirty += usize::from(lost.current != disk.0.lock().unwrap().current);
        disk = Disk(Arc::new(Mutex::new(lost)));
        check(&disk, &acked).await;
    }
    assert!(dirty > 50, "the power never went while anything was unsynced: {dirty} of 150");
    assert!(!acked.is_empty());
}

async fn check(disk: &Disk, acked: &HashMap<String, u64>) {
    let store = EmbeddedStore::open_on(disk.clone(), Arc::new(SystemClock)).expect("the store must open");
    let head = store.head(MEETING).await.unwrap();
    let mut after = head.floor;
    let mut found = HashMap::new();
    loop {
        let page = store.read(MEETING, after, 1024).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Position { epoch: Epoch(1), seq: last.seq };
        found.extend(page.into_iter().map(|entry| (entry.seq, entry.payload)));
    }
    assert_eq!(after, head.last);
    for (marker, seq) in acked {
        // A trim whose answer the power took may have removed what was acknowledged before.
        for index in (0..3).filter(|index| seq + index > head.floor.seq.0) {
            let expected = format!("{marker} {index}");
            assert_eq!(found.get(&Seq(seq + index)).map(|bytes| &bytes[..]), Some(expected.as_bytes()));
        }
    }
    if head.snapshot.is_some() {
        let bytes = store.latest_snapshot(MEETING).await.unwrap().unwrap().bytes.len();
        assert!([9_000, 600_000].contains(&bytes), "{bytes}");
    }
    store.close().await.unwrap();
}
