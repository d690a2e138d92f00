//! The bookkeeping of one meeting: which entries and snapshots exist, what a write does to them, when it is
//! refused. Pure, so that the memory and the embedded store cannot differ in it; it holds no bytes.

use super::{Epoch, MeetingHead, MeetingId, Position, Seq, SnapshotPut, StoreError, Timestamp};

/// What exists of a meeting: entries `floor + 1 ..= last`, and the snapshots at `newest` and `previous`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) epoch: Epoch,
    pub(super) last: Seq,
    pub(super) last_at: Timestamp,
    pub(super) floor: Seq,
    pub(super) newest: Option<Seq>,
    pub(super) previous: Option<Seq>,
}

/// What a purge has to remove besides the entries up to the new floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Purge {
    pub(super) floor: Position,
    pub(super) dropped_snapshot: Option<Seq>,
}

impl Head {
    /// A meeting that holds its first entry.
    pub(super) fn first(now: Timestamp) -> Self {
        Self { epoch: Epoch(1), last: Seq(1), last_at: now, floor: Seq(0), newest: None, previous: None }
    }

    pub(super) fn at(&self, seq: Seq) -> Position {
        Position { epoch: self.epoch, seq }
    }

    pub(super) fn describe(&self, meeting: MeetingId) -> MeetingHead {
        MeetingHead {
            meeting,
            last: self.at(self.last),
            last_at: self.last_at,
            floor: self.at(self.floor),
            snapshot: self.newest.map(|seq| self.at(seq)),
        }
    }

    fn check_epoch(&self, epoch: Epoch) -> Result<(), StoreError> {
        if epoch == self.epoch { Ok(()) } else { Err(StoreError::EpochChanged { current: self.epoch }) }
    }

    fn check_reached(&self, position: Position) -> Result<(), StoreError> {
        self.check_epoch(position.epoch)?;
        if position.seq > self.last { Err(StoreError::Ahead { last: self.at(self.last) }) } else { Ok(()) }
    }

    /// Whether everything after `after` can be read.
    pub(super) fn check_after(&self, after: Position) -> Result<(), StoreError> {
        self.check_reached(after)?;
        if after.seq < self.floor { Err(StoreError::Trimmed { floor: self.at(self.floor) }) } else { Ok(()) }
    }

    /// Makes room for `count` entries: the first one's position and the time stamp of all.
    pub(super) fn append(
        &mut self,
        epoch: Epoch,
        count: u64,
        now: Timestamp,
    ) -> Result<(Position, Timestamp), StoreError> {
        self.check_epoch(epoch)?;
        let first = self.at(Seq(self.last.0 + 1));
        self.last = Seq(self.last.0 + count);
        self.last_at = self.last_at.max(now);
        Ok((first, self.last_at))
    }

    /// Takes a snapshot in if it is newer; answers with the older snapshot to be removed, too.
    pub(super) fn put_snapshot(
        &mut self,
        position: Position,
    ) -> Result<(SnapshotPut, Option<Seq>), StoreError> {
        self.check_reached(position)?;
        if self.newest.is_some_and(|newest| position.seq <= newest) {
            return Ok((SnapshotPut::NotNewer, None));
        }
        let dropped = self.previous;
        self.previous = self.newest;
        self.newest = Some(position.seq);
        Ok((SnapshotPut::Stored, dropped))
    }

    /// Raises the floor to the previous snapshot, if there is one.
    pub(super) fn trim(&mut self) -> Position {
        if let Some(previous) = self.previous {
            self.floor = self.floor.max(previous);
        }
        self.at(self.floor)
    }

    /// Raises the floor to the newest snapshot and drops the previous one.
    pub(super) fn purge(&mut self, up_to: Position) -> Result<Purge, StoreError> {
        self.check_epoch(up_to.epoch)?;
        match self.newest {
            Some(newest) if newest >= up_to.seq => {
                self.floor = newest;
                Ok(Purge { floor: self.at(newest), dropped_snapshot: self.previous.take() })
            }
            newest => Err(StoreError::NotCovered { up_to, newest: newest.map(|seq| self.at(seq)) }),
        }
    }

    /// The head of the epoch after `current`, which holds a snapshot at `seq` and nothing else. Time does not
    /// go back across epochs either.
    pub(super) fn start_epoch(&self, current: Epoch, seq: Seq) -> Result<Self, StoreError> {
        self.check_epoch(current)?;
        Ok(Self {
            epoch: Epoch(current.0 + 1),
            last: seq,
            last_at: self.last_at,
            floor: seq,
            newest: Some(seq),
            previous: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_and_previous_rotate_and_older_go() {
        let mut head = Head::first(Timestamp(5));
        head.append(Epoch(1), 9, Timestamp(6)).unwrap();
        assert_eq!(head.put_snapshot(head.at(Seq(2))).unwrap(), (SnapshotPut::Stored, None));
        assert_eq!(head.trim().seq, Seq(0), "a single snapshot removes nothing");
        assert_eq!(head.put_snapshot(head.at(Seq(4))).unwrap(), (SnapshotPut::Stored, None));
        assert_eq!(head.put_snapshot(head.at(Seq(4))).unwrap(), (SnapshotPut::NotNewer, None));
        assert_eq!(head.put_snapshot(head.at(Seq(7))).unwrap(), (SnapshotPut::Stored, Some(Seq(2))));
        assert_eq!(head.trim().seq, Seq(4));
        assert!(matches!(head.check_after(head.at(Seq(3))), Err(StoreError::Trimmed { .. })));
        head.check_after(head.at(Seq(4))).unwrap();
    }

    #[test]
    fn purge_needs_a_covering_snapshot() {
        let mut head = Head::first(Timestamp(5));
        let up_to = head.at(Seq(1));
        assert_eq!(head.purge(up_to), Err(StoreError::NotCovered { up_to, newest: None }));
        head.put_snapshot(up_to).unwrap();
        assert_eq!(head.purge(up_to).unwrap(), Purge { floor: up_to, dropped_snapshot: None });
    }

    #[test]
    fn time_does_not_go_back() {
        let mut head = Head::first(Timestamp(100));
        assert_eq!(head.append(Epoch(1), 1, Timestamp(7)).unwrap().1, Timestamp(100));
        let mut next = head.start_epoch(Epoch(1), Seq(2)).unwrap();
        assert_eq!(next.append(Epoch(2), 1, Timestamp(8)).unwrap(), (next.at(Seq(3)), Timestamp(100)));
        assert_eq!(
            next.append(Epoch(1), 1, Timestamp(8)),
            Err(StoreError::EpochChanged { current: Epoch(2) })
        );
    }
}
