//! The log of the one meeting, as the simulated store holds it: entries in a chain, snapshots, epochs. It can go back to
//! what it was a few changes ago, as a store does that has lost its last moments; and it keeps the ancestry of every entry
//! that any history ever had, for the oracle. Knows nothing of nodes and lines.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use engawa_protocol::Timestamp;
use engawa_server::limits::REDIS_LINKS_KEPT;
use engawa_server::store::{
    Appended, Epoch, Founding, LogEntry, Mark, Position, Seq, SnapshotPut, StateDigest, StoreError,
};

/// An entry's place in the tree of histories: no two entries have the same, whatever their numbers.
pub(crate) type Chain = u64;

/// An entry in its history.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) entry: LogEntry,
    pub(crate) chain: Chain,
}

/// An entry, and the one that it followed; 0 before the first.
#[derive(Debug, Clone)]
pub(crate) struct Descent {
    pub(crate) parent: Chain,
    pub(crate) entry: LogEntry,
}

/// Everything that was ever in the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ancestry {
    pub(crate) entries: BTreeMap<Chain, Descent>,
    /// What stood at a position; more than one where the store has lost something under the same epoch.
    pub(crate) stood: BTreeMap<(Epoch, Seq), BTreeSet<Chain>>,
    /// The last entry of the history that the store holds now.
    pub(crate) last: Chain,
}

impl Ancestry {
    /// A history from its beginning to an entry.
    pub(crate) fn line_to(&self, last: Chain) -> Vec<Chain> {
        let mut line: Vec<Chain> =
            std::iter::successors(Some(last), |chain| Some(self.entries.get(chain)?.parent))
                .take_while(|chain| self.entries.contains_key(chain))
                .collect();
        line.reverse();
        line
    }
}

/// A snapshot, and where its history stood.
#[derive(Debug, Clone)]
struct Kept {
    seq: Seq,
    digest: StateDigest,
    bytes: Bytes,
}

/// What the store holds.
#[derive(Debug, Clone)]
struct Log {
    epoch: Epoch,
    last: Seq,
    last_at: Timestamp,
    chain: Chain,
    floor: Seq,
    floor_chain: Chain,
    /// The links of what was purged, as the real one keeps them.
    purged: BTreeMap<Seq, Chain>,
    entries: Vec<Taken>,
    newest: Option<Kept>,
    previous: Option<Kept>,
}

/// The log, all that it was before, and all that was ever in it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    log: Option<Log>,
    before: Vec<Log>,
    ancestry: Ancestry,
}

impl Log {
    const fn at(&self, seq: Seq) -> Position {
        Position { epoch: self.epoch, seq }
    }

    fn check_epoch(&self, epoch: Epoch) -> Result<(), StoreError> {
        if epoch == self.epoch { Ok(()) } else { Err(StoreError::EpochChanged { current: self.epoch }) }
    }

    /// The chain at a place, if that can still be told.
    fn chain_at(&self, seq: Seq) -> Option<Chain> {
        if seq == self.floor {
            return Some(self.floor_chain);
        }
        let Some(place) = seq.0.checked_sub(self.floor.0 + 1) else { return self.purged.get(&seq).copied() };
        self.entries.get(usize::try_from(place).ok()?).map(|taken| taken.chain)
    }

    fn drop_up_to(&mut self, floor: Seq) {
        if let Some(chain) = self.chain_at(floor) {
            self.floor_chain = chain;
        }
        self.entries.retain(|taken| taken.entry.seq > floor);
        self.floor = self.floor.max(floor);
    }

    fn mark(&self) -> Mark {
        Mark::new(format!("{} {} {}", self.epoch.0, self.last.0, self.chain))
    }
}

/// Where the log stands.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) last: Position,
    pub(crate) last_at: Timestamp,
    pub(crate) floor: Seq,
    pub(crate) snapshot: Option<Seq>,
    pub(crate) mark: Mark,
}

impl Ledger {
    fn log(&self) -> Result<&Log, StoreError> {
        self.log.as_ref().ok_or(StoreError::NotFound)
    }

    /// Changes the log; what it was is kept.
    fn change<T>(&mut self, work: impl FnOnce(&mut Log) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut log = self.log()?.clone();
        let done = work(&mut log)?;
        self.ancestry.last = log.chain;
        self.before.extend(self.log.replace(log));
        Ok(done)
    }

    /// What was ever in it.
    pub(crate) const fn ancestry(&self) -> &Ancestry {
        &self.ancestry
    }

    /// Begins the log.
    pub(crate) fn create(&mut self, first: Bytes, now: Timestamp) -> Result<Appended, StoreError> {
        if self.log.is_some() {
            return Err(StoreError::AlreadyExists);
        }
        self.log = Some(Log {
            epoch: Epoch(1),
            last: Seq(0),
            last_at: now,
            chain: 0,
            floor: Seq(0),
            floor_chain: 0,
            purged: BTreeMap::new(),
            entries: Vec::new(),
            newest: None,
            previous: None,
        });
        self.append(Epoch(1), vec![first], now)
    }

    /// Appends a batch.
    pub(crate) fn append(
        &mut self,
        epoch: Epoch,
        payloads: Vec<Bytes>,
        now: Timestamp,
    ) -> Result<Appended, StoreError> {
        if payloads.is_empty() {
            return Err(StoreError::EmptyBatch);
        }
        let next = self.ancestry.entries.len() as Chain + 1;
        let count = payloads.len() as u64;
        let (appended, taken) = self.change(|log| {
            log.check_epoch(epoch)?;
            log.last_at = log.last_at.max(now);
            let appended = Appended { first: log.at(log.last.next()), count, at: log.last_at };
            let taken = put(log, payloads, next);
            Ok((appended, taken))
        })?;
        self.remember(epoch, taken);
        Ok(appended)
    }

    fn remember(&mut self, epoch: Epoch, taken: Vec<(Chain, Taken)>) {
        for (parent, Taken { entry, chain }) in taken {
            self.ancestry.stood.entry((epoch, entry.seq)).or_default().insert(chain);
            self.ancestry.entries.insert(chain, Descent { parent, entry });
        }
    }

    /// Whatever led to a place is what stands at its numbers in a new epoch, too.
    fn inherit(&mut self, epoch: Epoch, last: Chain) {
        for chain in self.ancestry.line_to(last) {
            let seq = self.ancestry.entries[&chain].entry.seq;
            self.ancestry.stood.entry((epoch, seq)).or_default().insert(chain);
        }
    }

    /// Whether a reader who has read up to a position, and this chain there, can go on from it.
    pub(crate) fn check_after(&self, after: Position, known: Option<Chain>) -> Result<(), StoreError> {
        let log = self.log()?;
        log.check_epoch(after.epoch)?;
        if after.seq > log.last {
            return Err(if known.is_some() {
                StoreError::Diverged
            } else {
                StoreError::Ahead { last: log.at(log.last) }
            });
        }
        if after.seq < log.floor {
            return Err(StoreError::Trimmed { floor: log.at(log.floor) });
        }
        match (known, log.chain_at(after.seq)) {
            (Some(known), Some(chain)) if known != chain => Err(StoreError::Diverged),
            _ => Ok(()),
        }
    }

    /// The chain at a place.
    pub(crate) fn chain_at(&self, seq: Seq) -> Option<Chain> {
        self.log.as_ref()?.chain_at(seq)
    }

    /// The first place whose chain can be told.
    pub(crate) fn oldest_link(&self) -> Seq {
        let Some(log) = &self.log else { return Seq(0) };
        log.purged.keys().next().copied().map_or(log.floor, |purged| purged.min(log.floor))
    }

    /// Entries behind a position, and nothing else.
    pub(crate) fn after(&self, after: Seq, count: usize) -> Vec<Taken> {
        let entries = self.log.iter().flat_map(|log| &log.entries);
        entries.filter(|taken| taken.entry.seq > after).take(count).cloned().collect()
    }

    /// Where it stands.
    pub(crate) fn standing(&self) -> Result<Standing, StoreError> {
        let log = self.log()?;
        Ok(Standing {
            last: log.at(log.last),
            last_at: log.last_at,
            floor: log.floor,
            snapshot: log.newest.as_ref().map(|kept| kept.seq),
            mark: log.mark(),
        })
    }

    /// Takes a snapshot if it is newer, and stands in the history that its writer has.
    pub(crate) fn put_snapshot(
        &mut self,
        (position, digest, bytes): (Position, StateDigest, Bytes),
        known: Option<Chain>,
    ) -> Result<SnapshotPut, StoreError> {
        self.log()?.check_epoch(position.epoch)?;
        if self.log()?.newest.as_ref().is_some_and(|newest| newest.seq >= position.seq) {
            return Ok(SnapshotPut::NotNewer);
        }
        self.check_after(position, known)?;
        self.change(|log| {
            log.previous = log.newest.replace(Kept { seq: position.seq, digest, bytes });
            Ok(SnapshotPut::Stored)
        })
    }

    /// A snapshot: the newest, or the one before.
    pub(crate) fn snapshot(
        &self,
        previous: bool,
    ) -> Result<Option<(Position, StateDigest, Bytes)>, StoreError> {
        let log = self.log()?;
        let kept = if previous { &log.previous } else { &log.newest };
        Ok(kept.as_ref().map(|kept| (log.at(kept.seq), kept.digest, kept.bytes.clone())))
    }

    /// Drops what the previous snapshot stands for.
    pub(crate) fn trim(&mut self) -> Result<Position, StoreError> {
        self.change(|log| {
            if let Some(seq) = log.previous.as_ref().map(|kept| kept.seq) {
                log.drop_up_to(seq);
            }
            Ok(log.at(log.floor))
        })
    }

    /// Drops everything that the newest snapshot stands for, and the one before.
    pub(crate) fn purge(&mut self, up_to: Position) -> Result<Position, StoreError> {
        self.change(|log| {
            log.check_epoch(up_to.epoch)?;
            let newest = log.newest.as_ref().map(|kept| kept.seq);
            let Some(newest) = newest.filter(|newest| *newest >= up_to.seq) else {
                return Err(StoreError::NotCovered { up_to, newest: newest.map(|seq| log.at(seq)) });
            };
            if newest > log.floor {
                if !log.purged.contains_key(&log.floor) {
                    log.purged.clear();
                }
                let gone = log.entries.iter().filter(|taken| taken.entry.seq <= newest);
                log.purged.extend(gone.map(|taken| (taken.entry.seq, taken.chain)));
                while log.purged.len() > REDIS_LINKS_KEPT {
                    log.purged.pop_first();
                }
            }
            log.drop_up_to(newest);
            log.previous = None;
            Ok(log.at(newest))
        })
    }

    /// Begins a new epoch over what is there.
    pub(crate) fn raise_epoch(&mut self, current: Epoch) -> Result<Epoch, StoreError> {
        let (epoch, last) = self.change(|log| {
            log.check_epoch(current)?;
            log.epoch = Epoch(current.0 + 1);
            Ok((log.epoch, log.chain))
        })?;
        self.inherit(epoch, last);
        Ok(epoch)
    }

    /// Begins a new epoch with a state from memory; `chain` is where that stands. None if the log has moved.
    pub(crate) fn refound(
        &mut self,
        mark: &Mark,
        founding: Founding,
        chain: Chain,
        now: Timestamp,
    ) -> Result<Option<Position>, StoreError> {
        if self.log()?.mark() != *mark {
            return Ok(None);
        }
        let next = self.ancestry.entries.len() as Chain + 1;
        let Founding { held, at, digest, bytes, carried } = founding;
        let (epoch, taken) = self.change(|log| {
            log.epoch = Epoch(log.epoch.max(held.epoch).0 + 1);
            (log.last, log.floor) = (held.seq, held.seq);
            (log.chain, log.floor_chain) = (chain, chain);
            log.last_at = log.last_at.max(at).max(now);
            log.entries.clear();
            log.purged.clear();
            log.newest = Some(Kept { seq: held.seq, digest, bytes });
            log.previous = None;
            let taken = put(log, carried, next);
            Ok((log.epoch, taken))
        })?;
        self.inherit(epoch, chain);
        self.remember(epoch, taken);
        Ok(Some(Position { epoch, seq: held.seq }))
    }

    /// Goes back to what it was before its last changes, and gives the entries that are gone. What nobody could have had
    /// before the meeting was there stays.
    pub(crate) fn lose(&mut self, changes: usize, prepared: Seq) -> Vec<Chain> {
        let Some(now) = self.log.clone() else { return Vec::new() };
        for _ in 0..changes {
            match self.before.pop() {
                Some(log) if log.last >= prepared => self.log = Some(log),
                Some(log) => {
                    self.before.push(log);
                    break;
                }
                None => break,
            }
        }
        self.ancestry.last = self.log.as_ref().map_or(0, |log| log.chain);
        let kept: BTreeSet<Chain> = self.ancestry.line_to(self.ancestry.last).into_iter().collect();
        self.ancestry.line_to(now.chain).into_iter().filter(|chain| !kept.contains(chain)).collect()
    }
}

/// Puts payloads behind the last entry; gives them with what each follows.
fn put(log: &mut Log, payloads: Vec<Bytes>, next: Chain) -> Vec<(Chain, Taken)> {
    let mut all = Vec::new();
    for (chain, payload) in (next..).zip(payloads) {
        log.last = log.last.next();
        let entry = LogEntry { seq: log.last, at: log.last_at, payload };
        let taken = Taken { entry, chain };
        all.push((std::mem::replace(&mut log.chain, chain), taken.clone()));
        log.entries.push(taken);
    }
    all
}
