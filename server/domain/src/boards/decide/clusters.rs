//! Deciding on clusters.

use alloc::collections::BTreeSet;

use engawa_protocol::command::{CreateCluster, DissolveCluster, RenameCluster, SetCluster};
use engawa_protocol::limits::CLUSTERS_PER_BOARD_MAX;
use engawa_protocol::{BoardId, Rejection, Resource};

use super::super::access::{Asker, NO_CLUSTER, NO_NOTE, Work, not_silent, note_seen, workable};
use super::super::{Board, Change};
use crate::context::Context;
use crate::meeting::Meeting;

fn groupable<'a>(m: &'a Meeting, cx: &Context, board: BoardId) -> Result<(Asker, &'a Board), Rejection> {
    let (asker, found) = workable(m, cx, board, Work::Tidy)?;
    not_silent(found)?;
    Ok((asker, found))
}

/// Notes that somebody else has deleted in the meantime are passed over, so that the others still come together.
pub(crate) fn create_cluster(m: &Meeting, cx: &Context, c: &CreateCluster) -> Result<Change, Rejection> {
    let (_, board) = groupable(m, cx, c.board)?;
    if c.notes.iter().any(|id| !board.notes.contains_key(id)) {
        return Err(NO_NOTE);
    }
    let notes: BTreeSet<_> = c.notes.iter().copied().filter(|id| board.live_note(*id).is_some()).collect();
    if notes.is_empty() {
        return Err(NO_NOTE);
    }
    if u64::try_from(board.clusters.len()).is_ok_and(|count| count >= CLUSTERS_PER_BOARD_MAX) {
        return Err(Rejection::TooMany { resource: Resource::Clusters, max: CLUSTERS_PER_BOARD_MAX });
    }
    Ok(Change::CreateCluster { board: c.board, name: c.name.clone(), notes })
}

pub(crate) fn rename_cluster(m: &Meeting, cx: &Context, c: &RenameCluster) -> Result<Change, Rejection> {
    let (_, board) = groupable(m, cx, c.board)?;
    let cluster = board.clusters.get(&c.cluster).ok_or(NO_CLUSTER)?;
    if cluster.name == c.name {
        return Ok(Change::Nothing);
    }
    Ok(Change::RenameCluster { board: c.board, cluster: c.cluster, name: c.name.clone() })
}

pub(crate) fn dissolve_cluster(m: &Meeting, cx: &Context, c: &DissolveCluster) -> Result<Change, Rejection> {
    let (_, board) = groupable(m, cx, c.board)?;
    if !board.clusters.contains_key(&c.cluster) {
        return Err(NO_CLUSTER);
    }
    Ok(Change::DissolveCluster { board: c.board, cluster: c.cluster })
}

pub(crate) fn set_cluster(m: &Meeting, cx: &Context, c: &SetCluster) -> Result<Change, Rejection> {
    let (asker, board) = groupable(m, cx, c.board)?;
    let note = note_seen(board, c.note, asker)?;
    if c.cluster.is_some_and(|cluster| !board.clusters.contains_key(&cluster)) {
        return Err(NO_CLUSTER);
    }
    if note.cluster == c.cluster {
        return Ok(Change::Nothing);
    }
    Ok(Change::SetCluster { board: c.board, note: c.note, cluster: c.cluster })
}
