//! What the log says of notes, places, posters and ballots, gathered entry by entry from commands that were accepted.
//! Deliberately does not use the domain's projection or events: those are what is being checked.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::{Entry, Meeting, Origin, Viewer, class_of};
use engawa_protocol::{
    AuthorDisplay, BoardId, Command, NoteId, PersonId, PosterId, RoomId, Seq, StandingsScope, TeamId,
};

use crate::marker::{MarkedText, Marker, markers_in};

/// A note's text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoteTruth {
    /// The board it was written on.
    pub(crate) board: BoardId,
    /// The entry that brought it.
    pub(crate) added: Seq,
    /// How many entries brought it.
    pub(crate) times: u32,
    /// Written in silence.
    pub(crate) silent: bool,
    /// The entry that ended the silence.
    pub(crate) revealed: Option<Seq>,
    /// The entry that brought it to the plenary board.
    pub(crate) public: Option<Seq>,
}

/// A comment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CommentTruth {
    /// The team whose poster it is about.
    pub(crate) team: Option<TeamId>,
}

/// When things became known to more people.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Openings {
    /// Teams can read comments.
    pub(crate) feedback: Option<Seq>,
    /// Each team knows its place.
    pub(crate) own_places: Option<Seq>,
    /// Everyone knows all places.
    pub(crate) standings: Option<Seq>,
    /// The reveal has begun.
    pub(crate) reveal: Option<Seq>,
    /// The vote has closed.
    pub(crate) vote_closed: Option<Seq>,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    notes: BTreeMap<Marker, NoteTruth>,
    current: BTreeMap<(BoardId, NoteId), Marker>,
    comments: BTreeMap<Marker, CommentTruth>,
    places: BTreeMap<PersonId, Vec<(Seq, Option<RoomId>)>>,
    posters: BTreeMap<PosterId, TeamId>,
    silent: BTreeSet<BoardId>,
    hidden: BTreeSet<BoardId>,
    ballots: BTreeMap<PersonId, BTreeSet<PosterId>>,
    openings: Openings,
}

impl Truth {
    /// Learns from an accepted entry, with the state after it.
    pub(crate) fn learn(
        &mut self,
        entry: &Entry,
        created: Option<u32>,
        regrouped: &[PersonId],
        meeting: &Meeting,
    ) {
        for person in regrouped {
            let place = room_of(meeting, *person);
            self.places.entry(*person).or_default().push((entry.seq, place));
        }
        if meeting.info().feedback_shared {
            self.openings.feedback.get_or_insert(entry.seq);
        }
        if let Origin::Person { person, command, .. } = &entry.input.origin {
            self.learn_command(entry.seq, *person, command, created);
        }
    }

    fn learn_command(&mut self, seq: Seq, person: PersonId, command: &Command, created: Option<u32>) {
        // Only commands that carry marked texts or open something matter here.
        match command {
            Command::AddNote(c) => self.note_text(seq, c.board, created.map(NoteId), &c.text),
            Command::EditNote(c) => self.note_text(seq, c.board, Some(c.note), &c.text),
            Command::HarvestNote(c) => {
                if let Some(marker) = self.current.get(&(c.board, c.note)).copied() {
                    self.publish_note(marker, seq);
                    if let Some(copy) = created {
                        self.current.insert((BoardId::PLENARY, NoteId(copy)), marker);
                    }
                }
            }
            Command::StartSilentWriting(c) => self.silent.extend(&c.boards),
            Command::RevealBoard(c) => self.reveal_boards(seq, &c.boards),
            Command::AddPoster(c) => {
                if let Some(poster) = created {
                    self.posters.insert(PosterId(poster), c.team);
                }
            }
            Command::AddComment(c) => {
                let team = self.posters.get(&c.poster).copied();
                for marker in markers_in(&c.text).filter(|marker| marker.kind == MarkedText::Comment) {
                    self.comments.insert(marker, CommentTruth { team });
                }
            }
            Command::CastBallot(c) => {
                self.ballots.insert(person, c.choices.iter().copied().collect());
            }
            Command::WithdrawBallot(_) => {
                self.ballots.remove(&person);
            }
            Command::CloseVote(_) => self.openings.vote_closed = Some(seq),
            Command::StartReveal(_) => {
                self.openings.reveal.get_or_insert(seq);
            }
            Command::PublishStandings(c) => match c.scope {
                StandingsScope::OwnPlace => {
                    self.openings.own_places.get_or_insert(seq);
                }
                StandingsScope::Everyone => {
                    self.openings.own_places.get_or_insert(seq);
                    self.openings.standings.get_or_insert(seq);
                }
            },
            _ => {}
        }
    }

    fn note_text(&mut self, seq: Seq, board: BoardId, note: Option<NoteId>, text: &str) {
        let silent = self.silent.contains(&board);
        for marker in markers_in(text).filter(|marker| marker.kind == MarkedText::Note) {
            let public = (board == BoardId::PLENARY).then_some(seq);
            let truth = NoteTruth { board, added: seq, times: 0, silent, revealed: None, public };
            self.notes.entry(marker).or_insert(truth).times += 1;
            if let Some(note) = note {
                self.current.insert((board, note), marker);
            }
        }
    }

    fn publish_note(&mut self, marker: Marker, seq: Seq) {
        if let Some(note) = self.notes.get_mut(&marker) {
            note.public.get_or_insert(seq);
        }
    }

    /// An empty list stands for all boards that write in silence.
    fn reveal_boards(&mut self, seq: Seq, boards: &[BoardId]) {
        let boards: BTreeSet<BoardId> =
            if boards.is_empty() { self.silent.clone() } else { boards.iter().copied().collect() };
        self.silent.retain(|board| !boards.contains(board));
        for note in self.notes.values_mut().filter(|note| note.silent && boards.contains(&note.board)) {
            note.revealed.get_or_insert(seq);
        }
    }

    /// Says that a board shows or hides authors, as its round was planned.
    pub(crate) fn board_shows(&mut self, board: BoardId, authors: AuthorDisplay) {
        if authors == AuthorDisplay::Hidden {
            self.hidden.insert(board);
        }
    }

    /// A note's text by its marker.
    pub(crate) fn note(&self, marker: Marker) -> Option<&NoteTruth> {
        self.notes.get(&marker)
    }

    /// A comment by its marker.
    pub(crate) fn comment(&self, marker: Marker) -> Option<&CommentTruth> {
        self.comments.get(&marker)
    }

    /// How many notes, and how many comments.
    pub(crate) fn text_counts(&self) -> (usize, usize) {
        (self.notes.len(), self.comments.len())
    }

    /// How many entries added a note with this marker.
    pub(crate) fn times_added(&self, marker: Marker) -> u32 {
        self.notes.get(&marker).map_or(0, |note| note.times)
    }

    /// Whether a board hides authors.
    pub(crate) fn hides_authors(&self, board: BoardId) -> bool {
        self.hidden.contains(&board)
    }

    /// Whether a person was in a room at any position of a range, both ends included.
    pub(crate) fn was_in(&self, person: PersonId, room: RoomId, from: Seq, to: Seq) -> bool {
        let moves = self.places.get(&person).map_or(&[][..], Vec::as_slice);
        moves.iter().enumerate().any(|(index, (since, place))| {
            let until = moves.get(index + 1).map(|(next, _)| *next);
            *place == Some(room) && *since <= to && until.is_none_or(|until| until > from)
        })
    }

    /// When things became known.
    pub(crate) const fn openings(&self) -> &Openings {
        &self.openings
    }

    /// The ballots that are in.
    pub(crate) const fn ballots(&self) -> &BTreeMap<PersonId, BTreeSet<PosterId>> {
        &self.ballots
    }

    /// Posters and their teams.
    pub(crate) const fn posters(&self) -> &BTreeMap<PosterId, TeamId> {
        &self.posters
    }

    /// People whose place in the state is not the one followed here.
    pub(crate) fn misplaced(&self, meeting: &Meeting) -> Vec<PersonId> {
        let followed = |person: &PersonId| {
            self.places.get(person).and_then(|moves| moves.last()).and_then(|(_, place)| *place)
        };
        let people = meeting.roster().present_or_not().map(|(id, _)| id);
        people.filter(|person| followed(person) != room_of(meeting, *person)).collect()
    }
}

fn room_of(meeting: &Meeting, person: PersonId) -> Option<RoomId> {
    class_of(meeting, Viewer::Person(person)).and_then(|class| class.room)
}
