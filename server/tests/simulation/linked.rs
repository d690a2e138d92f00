//! What a simulated node has of the store, as a store: each call goes over the node's line.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use engawa_server::store::{
    Answer, Appended, Epoch, Founding, LogEntry, Mark, MeetingHead, MeetingId, Position, Seq, Snapshot,
    SnapshotPut, StateDigest, Store, StoreError, Survey, Tail,
};

use crate::cast::MEETING;
use crate::ledger::Taken;
use crate::link::{Kind, StoreLink, follow};
use crate::store::SimulatedStore;
use crate::world::lock;

fn snapshot_of(kept: Option<(Position, StateDigest, Bytes)>) -> Option<Snapshot> {
    kept.map(|(position, digest, bytes)| Snapshot { position, digest, bytes })
}

/// A node's handle of its link.
#[derive(Debug)]
pub(crate) struct LinkedStore(pub(crate) Arc<StoreLink>);

impl LinkedStore {
    fn ask<'a, T: Send + 'a>(
        &'a self,
        kind: Kind,
        call: impl FnOnce(&SimulatedStore) -> Result<T, StoreError> + Send + 'a,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + 'a {
        self.0.ask(kind, call)
    }
}

impl Store for LinkedStore {
    fn create(&self, _: MeetingId, first: Bytes) -> Answer<'_, Appended> {
        Box::pin(self.ask(Kind::Write, move |store| store.create(first)))
    }

    fn append(&self, _: MeetingId, epoch: Epoch, payloads: Vec<Bytes>) -> Answer<'_, Appended> {
        Box::pin(async move {
            let doubled = self.0.doubled();
            let whole = Arc::clone(&self.0.store);
            self.ask(Kind::Write, move |store| {
                let appended = store.append(epoch, payloads.clone());
                if let Some(after) = doubled {
                    tokio::spawn(async move {
                        tokio::time::sleep(after).await;
                        // Nobody waits for the second answer.
                        let _ = whole.append(epoch, payloads);
                    });
                }
                appended
            })
            .await
        })
    }

    fn read(&self, _: MeetingId, after: Position, count: usize) -> Answer<'_, Vec<LogEntry>> {
        Box::pin(async move {
            let read = move |store: &SimulatedStore| {
                store.with(|ledger, _| {
                    ledger.check_after(after, None)?;
                    Ok((ledger.chain_at(after.seq), ledger.after(after.seq, count)))
                })
            };
            let (chain, taken) = self.ask(Kind::Read, read).await?;
            let mut trail = lock(&self.0.trail);
            // What is read from another history than the one that was followed is not mixed with it.
            let joins =
                trail.epoch != Some(after.epoch) || trail.at(after).is_none_or(|at| Some(at) == chain);
            if joins {
                trail.note(after.epoch, (after.seq, chain), &[]);
                let known = |taken: &&Taken| trail.chains.contains_key(&taken.entry.seq);
                let fresh: Vec<_> = taken.iter().filter(|taken| !known(taken)).cloned().collect();
                trail.note(after.epoch, (after.seq, None), &fresh);
            }
            Ok(taken.into_iter().map(|taken| taken.entry).collect())
        })
    }

    fn tail(&self, _: MeetingId, after: Position) -> Answer<'_, Tail> {
        Box::pin(async move {
            let follower = self.0.open_tail(after).await?;
            let (feed, tail) = Tail::channel();
            tokio::spawn(follow(Arc::clone(&self.0), follower, feed));
            Ok(tail)
        })
    }

    fn head(&self, _: MeetingId) -> Answer<'_, MeetingHead> {
        Box::pin(self.ask(Kind::Read, head))
    }

    fn put_snapshot(&self, _: MeetingId, snapshot: Snapshot) -> Answer<'_, SnapshotPut> {
        let Snapshot { position, digest, bytes } = snapshot;
        let known = lock(&self.0.trail).at(position);
        Box::pin(self.ask(Kind::Write, move |store| {
            store.with(|ledger, _| ledger.put_snapshot((position, digest, bytes), known))
        }))
    }

    fn latest_snapshot(&self, _: MeetingId) -> Answer<'_, Option<Snapshot>> {
        Box::pin(
            self.ask(Kind::Read, |store| store.with(|ledger, _| Ok(snapshot_of(ledger.snapshot(false)?)))),
        )
    }

    fn previous_snapshot(&self, _: MeetingId) -> Answer<'_, Option<Snapshot>> {
        Box::pin(
            self.ask(Kind::Read, |store| store.with(|ledger, _| Ok(snapshot_of(ledger.snapshot(true)?)))),
        )
    }

    fn trim(&self, _: MeetingId) -> Answer<'_, Position> {
        Box::pin(self.ask(Kind::Write, |store| store.with(|ledger, _| ledger.trim())))
    }

    fn purge(&self, _: MeetingId, up_to: Position) -> Answer<'_, Position> {
        Box::pin(self.ask(Kind::Write, move |store| store.with(|ledger, _| ledger.purge(up_to))))
    }

    fn start_epoch(
        &self,
        _: MeetingId,
        current: Epoch,
        _: Seq,
        _: StateDigest,
        _: Bytes,
    ) -> Answer<'_, Position> {
        // Only an import begins an epoch in this way, and nothing is imported here.
        Box::pin(async move { Err(StoreError::EpochChanged { current }) })
    }

    fn survey(&self, _: MeetingId, held: Position) -> Answer<'_, Survey> {
        Box::pin(self.ask(Kind::Read, move |store| self.0.compare(store, held)))
    }

    fn bid(&self, _: MeetingId, held: Position) -> Answer<'_, bool> {
        Box::pin(self.ask(Kind::Write, move |store| Ok(store.bid(self.0.life, held))))
    }

    fn leave_history(&self, _: MeetingId, current: Epoch) -> Answer<'_, Epoch> {
        Box::pin(self.ask(Kind::Write, move |store| {
            let epoch = store.with(|ledger, _| ledger.raise_epoch(current))?;
            store.epoch_began(epoch);
            Ok(epoch)
        }))
    }

    fn refound(&self, _: MeetingId, mark: Mark, founding: Founding) -> Answer<'_, Option<Position>> {
        Box::pin(self.ask(Kind::Write, move |store| {
            let Some(chain) = lock(&self.0.trail).at(founding.held) else {
                store.world.find(format!("node {} begins anew from a place it has not read", self.0.life.0));
                return Err(StoreError::NotFound);
            };
            let founded = store.with(|ledger, now| ledger.refound(&mark, founding, chain, now))?;
            if let Some(position) = founded {
                store.epoch_began(position.epoch);
            }
            Ok(founded)
        }))
    }

    fn compares_digests(&self) -> bool {
        true
    }

    fn compare_digest(&self, _: MeetingId, at: Position, digest: StateDigest) -> Answer<'_, ()> {
        Box::pin(self.ask(Kind::Write, move |store| {
            store.compare_digest(at, digest);
            Ok(())
        }))
    }

    fn delete(&self, _: MeetingId) -> Answer<'_, ()> {
        // Nobody deletes the meeting.
        Box::pin(async { Err(StoreError::unavailable("simulation: nothing is deleted")) })
    }

    fn meetings(&self, after: Option<MeetingId>) -> Answer<'_, Vec<MeetingHead>> {
        Box::pin(self.ask(Kind::Read, move |store| match after {
            None => Ok(vec![head(store)?]),
            Some(_) => Ok(Vec::new()),
        }))
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(self.ask(Kind::Read, |_| Ok(())))
    }

    fn close(&self) -> Answer<'_, ()> {
        self.0.die();
        Box::pin(async { Ok(()) })
    }
}

fn head(store: &SimulatedStore) -> Result<MeetingHead, StoreError> {
    let standing = store.with(|ledger, _| ledger.standing())?;
    let at = |seq| Position { seq, ..standing.last };
    Ok(MeetingHead {
        meeting: MEETING,
        last: standing.last,
        last_at: standing.last_at,
        floor: at(standing.floor),
        snapshot: standing.snapshot.map(at),
    })
}
