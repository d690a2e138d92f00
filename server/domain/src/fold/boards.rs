//! Folding events of this area.

use engawa_protocol::event::{
    BoardRevealed, ClusterCreated, ClusterDissolved, ClusterRenamed, NoteAdded, NoteClustered, NoteDeleted,
    NoteEdited, NoteHarvested, NoteMarkSet, NoteMarksChanged, NoteMoved, NotesRanked, SilentWritingStarted,
};
use engawa_protocol::view::MeetingView;

pub(super) fn note_added(_view: &mut MeetingView, _e: &NoteAdded) {}

pub(super) fn note_edited(_view: &mut MeetingView, _e: &NoteEdited) {}

pub(super) fn note_moved(_view: &mut MeetingView, _e: &NoteMoved) {}

pub(super) fn notes_ranked(_view: &mut MeetingView, _e: &NotesRanked) {}

pub(super) fn note_deleted(_view: &mut MeetingView, _e: &NoteDeleted) {}

pub(super) fn note_marks_changed(_view: &mut MeetingView, _e: &NoteMarksChanged) {}

pub(super) fn note_mark_set(_view: &mut MeetingView, _e: &NoteMarkSet) {}

pub(super) fn note_harvested(_view: &mut MeetingView, _e: &NoteHarvested) {}

pub(super) fn note_clustered(_view: &mut MeetingView, _e: &NoteClustered) {}

pub(super) fn cluster_created(_view: &mut MeetingView, _e: &ClusterCreated) {}

pub(super) fn cluster_renamed(_view: &mut MeetingView, _e: &ClusterRenamed) {}

pub(super) fn cluster_dissolved(_view: &mut MeetingView, _e: &ClusterDissolved) {}

pub(super) fn silent_writing_started(_view: &mut MeetingView, _e: &SilentWritingStarted) {}

pub(super) fn board_revealed(_view: &mut MeetingView, _e: &BoardRevealed) {}
