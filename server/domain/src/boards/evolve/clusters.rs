//! Clusters are made, named and dissolved; notes go in and out. Never while a board writes in silence.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::event::{ClusterCreated, ClusterDissolved, ClusterRenamed, NoteClustered};
use engawa_protocol::{BoardId, ClusterId, NoteId};

use super::super::Cluster;
use super::super::project::cluster_view;
use super::audience;
use crate::context::Effects;
use crate::meeting::Meeting;

pub(super) fn create(m: &mut Meeting, id: BoardId, name: String, notes: BTreeSet<NoteId>, fx: &mut Effects) {
    let cluster_id = m.boards.next_cluster();
    let Some(board) = m.boards.board_mut(id) else { return };
    let mut dissolved = Vec::new();
    for note_id in &notes {
        let Some(note) = board.notes.get_mut(note_id) else { continue };
        let former = note.cluster.replace(cluster_id);
        dissolved.extend(board.release(*note_id, former));
    }
    let members = notes.iter().copied().collect();
    let cluster = Cluster { name, notes };
    let view = cluster_view(cluster_id, &cluster);
    board.clusters.insert(cluster_id, cluster);
    fx.created = Some(cluster_id.0);
    fx.emit(audience(id), ClusterCreated { board: id, cluster: view, notes: members });
    for cluster in dissolved {
        fx.emit(audience(id), ClusterDissolved { board: id, cluster });
    }
}

pub(super) fn rename(m: &mut Meeting, id: BoardId, cluster: ClusterId, name: String, fx: &mut Effects) {
    let board = m.boards.board_mut(id);
    if let Some(found) = board.and_then(|board| board.clusters.get_mut(&cluster)) {
        found.name.clone_from(&name);
        fx.emit(audience(id), ClusterRenamed { board: id, cluster, name });
    }
}

pub(super) fn dissolve(m: &mut Meeting, id: BoardId, cluster: ClusterId, fx: &mut Effects) {
    let Some(board) = m.boards.board_mut(id) else { return };
    let Some(found) = board.clusters.remove(&cluster) else { return };
    for note in found.notes {
        if let Some(note) = board.notes.get_mut(&note) {
            note.cluster = None;
        }
    }
    fx.emit(audience(id), ClusterDissolved { board: id, cluster });
}

pub(super) fn set(
    m: &mut Meeting,
    id: BoardId,
    note_id: NoteId,
    cluster: Option<ClusterId>,
    fx: &mut Effects,
) {
    let Some(board) = m.boards.board_mut(id) else { return };
    let Some(note) = board.notes.get_mut(&note_id) else { return };
    let former = note.cluster;
    note.cluster = cluster;
    if let Some(found) = cluster.and_then(|cluster| board.clusters.get_mut(&cluster)) {
        found.notes.insert(note_id);
    }
    let dissolved = board.release(note_id, former);
    fx.emit(audience(id), NoteClustered { board: id, note: note_id, cluster });
    if let Some(cluster) = dissolved {
        fx.emit(audience(id), ClusterDissolved { board: id, cluster });
    }
}
