//! The raw files of the embedded store, and a node that is killed in the middle. Each test first sees that the bytes are
//! there: otherwise it would look in the wrong place and pass.

use std::path::Path;
use std::sync::Arc;

use engawa_protocol::{Epoch, PersonId, Position, Role, Seq};
use engawa_server::backup::export;
use engawa_server::clock::SystemClock;
use engawa_server::hub::HubLimits;
use engawa_server::store::embedded::EmbeddedStore;
use engawa_server::store::memory::MemoryStore;
use engawa_server::store::{Snapshot, StateDigest, Store};

use super::{MARKERS, assert_nothing_of_them, erase, holds, invited};
use crate::support::redis::{read_all, until};
use crate::support::venue::tiny;
use crate::support::{Person, Venue, note};

fn folder_bytes(folder: &Path) -> Vec<u8> {
    std::fs::read_dir(folder).unwrap().flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

async fn embedded(folder: &Path) -> Arc<EmbeddedStore> {
    Arc::new(EmbeddedStore::open(folder, Arc::new(SystemClock)).await.unwrap())
}

/// ER2: with snapshots all the time, so that old ones with the person in them have been written and freed.
#[tokio::test]
async fn er2_nothing_of_the_person_stays_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = embedded(folder.path()).await;
    let mut venue = Venue::over(Arc::clone(&store) as Arc<dyn Store>, tiny()).await;
    let person = invited(&mut venue).await;
    let mut theirs = Person::enter(&venue, person).await;
    for _ in 0..12 {
        theirs.ask(note(super::NOTE)).await.unwrap();
        venue.ask(note("ほかの人の付箋")).await;
    }
    let before = folder_bytes(folder.path());
    for marker in MARKERS {
        assert!(holds(&before, marker), "{marker}: not even there before");
    }
    erase(&venue, person).await;
    assert_nothing_of_them(&folder_bytes(folder.path()), "the files when it is answered");
    assert_eq!(venue.texts().await.unwrap().1, ["ほかの人の付箋"; 12]);
    let backup = export(&*store, venue.meeting).await.unwrap().encode().unwrap();
    assert_nothing_of_them(&backup, "a backup made now");
    venue.close().await;
    store.close().await.unwrap();
    assert_nothing_of_them(&folder_bytes(folder.path()), "the files afterwards");
}

/// A node that was killed after the snapshot and before the purge behind it has left the purge to whoever loads the meeting
/// next.
#[tokio::test]
async fn er2_what_a_killed_node_should_have_purged_is_purged_at_the_next_load() {
    let source: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    let never = HubLimits { snapshot_entries: 1_000_000, ..HubLimits::default() };
    let mut venue = Venue::over(Arc::clone(&source), never).await;
    let start = Position { epoch: Epoch(1), seq: Seq(0) };
    let person = invited(&mut venue).await;
    Person::enter(&venue, person).await.ask(note(super::NOTE)).await.unwrap();
    let before = read_all(&*source, venue.meeting, start).await;
    let mut tail = source
        .tail(venue.meeting, before.last().map_or(start, |last| Position { seq: last.seq, ..start }))
        .await
        .unwrap();
    let certificate = erase(&venue, person).await;
    let mut entries = before;
    while entries.last().is_none_or(|last| last.seq < certificate.seq) {
        entries.push(tail.next().await.unwrap());
    }

    let folder = tempfile::tempdir().unwrap();
    let left = embedded(folder.path()).await;
    let mut meeting = None;
    for entry in entries {
        let input = serde_json::from_slice(&entry.payload).unwrap();
        engawa_domain::apply(&mut meeting, &engawa_domain::Entry { seq: entry.seq, at: entry.at, input });
        match entry.seq {
            Seq(1) => left.create(venue.meeting, entry.payload).await.unwrap(),
            _ => left.append(venue.meeting, start.epoch, vec![entry.payload]).await.unwrap(),
        };
    }
    let meeting = meeting.unwrap();
    let position = Position { seq: certificate.seq, ..start };
    let bytes = engawa_domain::encode_snapshot(&meeting).unwrap().into();
    let digest = StateDigest(engawa_domain::digest(&meeting).unwrap());
    left.put_snapshot(venue.meeting, Snapshot { position, digest, bytes }).await.unwrap();
    for marker in MARKERS {
        assert!(holds(&folder_bytes(folder.path()), marker), "{marker}: not even there before");
    }
    let inner = Arc::clone(&left) as Arc<dyn Store>;
    let next = venue.beside(inner);
    next.look(|_| ()).await;
    until("the log is purged", async || {
        (left.head(venue.meeting).await.ok()?.floor.seq >= certificate.seq).then_some(())
    })
    .await;
    // Whoever asks again is answered once it is gone from the files.
    assert_eq!(erase(&next, person).await.certificate_hash, certificate.certificate_hash);
    assert_nothing_of_them(&folder_bytes(folder.path()), "the files");
    let others: Vec<PersonId> =
        next.look(|meeting| meeting.roster().present_or_not().map(|(id, _)| id).collect()).await;
    assert_eq!(others, [PersonId(1)]);
    assert_eq!(
        next.look(|meeting| meeting.roster().person(PersonId(1)).map(|one| one.role)).await,
        Some(Role::Coordinator)
    );
}
