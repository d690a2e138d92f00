//! What reached a device, byte for byte: markers, receipts and facts that are not for everyone, with the moment and the
//! position at which they came. It only remembers; whether something should not have come is for the oracle to say.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use engawa_protocol::event::NoteAdded;
use engawa_protocol::view::{AuthorView, BallotView, MeetingView, NoteView};
use engawa_protocol::{BoardId, Event, PersonId, PosterId, Seq};

use crate::marker::{Marker, markers_in, receipts_in};
use crate::names::EMAIL_DOMAIN;

/// When a marked text was seen first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight {
    /// The position of the client before.
    pub(crate) from: Seq,
    /// The position of the client once it had folded what brought it.
    pub(crate) seq: Seq,
    /// When.
    pub(crate) at: Instant,
    /// Since when that connection had been welcomed.
    pub(crate) connected_since: Instant,
    /// It came as a note added to the board of the room one was in, on a running connection.
    pub(crate) as_it_was_added: bool,
}

/// Facts that are not for everyone, or not at every time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fact {
    /// Votes per poster.
    Tally,
    /// Who voted, by team.
    TeamTurnout,
    /// A recount.
    Recount,
    /// All places.
    Standings,
    /// The own team's place.
    OwnStanding,
    /// What has been revealed.
    Reveal,
    /// Words of the pulse.
    PulseWords,
    /// Counts of the questionnaire.
    Answers,
    /// All rooms, and what goes on in them.
    Rooms,
    /// Groupings that are proposed.
    Groupings,
    /// What staff did last.
    LastAction,
    /// How many have read an announcement.
    Readers,
}

/// A line that was lost without our doing, until the next welcome.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loss {
    /// The node at its other end.
    pub(crate) node: usize,
    /// When it was lost.
    pub(crate) lost: Instant,
    /// When the next welcome had come, from whichever node.
    pub(crate) back: Instant,
}

/// Bytes and frames of one device.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traffic {
    /// Bytes of frames received, WebSocket framing not counted.
    pub(crate) bytes_in: u64,
    /// Frames received.
    pub(crate) frames_in: u64,
    /// Events received.
    pub(crate) events_in: u64,
    /// Bytes of frames sent.
    pub(crate) bytes_out: u64,
    /// Bytes of the largest frame received.
    pub(crate) largest_in: u64,
    /// Welcomes with a fresh view.
    pub(crate) views: u64,
    /// Welcomes that resumed.
    pub(crate) resumes: u64,
    /// Goodbyes and broken lines, by reason.
    pub(crate) ends: BTreeMap<String, u64>,
    /// Lines that were lost and found again.
    pub(crate) losses: Vec<Loss>,
    /// Commands that were refused for now and sent again.
    pub(crate) again: u64,
    /// From the beginning of connecting to the welcome, in microseconds.
    pub(crate) welcome_us: Vec<u64>,
    /// The ping with the shortest way: its way in microseconds, and the server's clock minus ours in milliseconds.
    pub(crate) clock: Option<(u64, i64)>,
}

/// What reached a device.
#[derive(Debug, Default)]
pub(crate) struct Witness {
    /// Marked texts.
    pub(crate) sights: BTreeMap<Marker, Sight>,
    /// Marked notes whose author was named, and the name's person.
    pub(crate) authors: BTreeMap<Marker, PersonId>,
    /// Everything that looks like a receipt.
    pub(crate) receipts: BTreeSet<String>,
    /// The own ballot, as it was told last; it stays when the vote closes, as VT5 asks.
    pub(crate) ballot: Option<BallotView>,
    /// Facts, and the position at which they came first.
    pub(crate) facts: BTreeMap<Fact, Seq>,
    /// An e-mail address of the roster was in what came.
    pub(crate) email_seen: bool,
    /// Bytes and frames.
    pub(crate) traffic: Traffic,
}

/// A text that has come, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival<'a> {
    pub(super) text: &'a str,
    pub(super) from: Seq,
    pub(super) seq: Seq,
    pub(super) at: Instant,
    pub(super) connected_since: Instant,
}

impl Witness {
    /// Looks through the bytes of a frame.
    pub(super) fn read(&mut self, arrival: Arrival<'_>) {
        let Arrival { text, from, seq, at, connected_since } = arrival;
        for marker in markers_in(text) {
            let sight = Sight { from, seq, at, connected_since, as_it_was_added: false };
            self.sights.entry(marker).or_insert(sight);
        }
        for receipt in receipts_in(text) {
            if !self.receipts.contains(receipt) {
                self.receipts.insert(receipt.to_owned());
            }
        }
        self.email_seen |= text.contains(EMAIL_DOMAIN);
    }

    /// Looks through a fresh view.
    pub(super) fn view(&mut self, view: &MeetingView, seq: Seq) {
        let vote = &view.vote;
        let facts = [
            (Fact::Tally, vote.tally.is_some()),
            (Fact::TeamTurnout, vote.team_turnout.is_some() || vote.turnout_samples.is_some()),
            (Fact::Recount, vote.recount.is_some()),
            (Fact::Standings, vote.standings.is_some()),
            (Fact::OwnStanding, vote.own_standing.is_some()),
            (Fact::Reveal, vote.reveal.is_some()),
            (Fact::PulseWords, view.pulses.values().any(|pulse| pulse.words.is_some())),
            (Fact::Answers, view.questionnaire.results.is_some()),
            (Fact::Rooms, !view.rooms.is_empty()),
            (Fact::Groupings, !view.groupings.is_empty()),
            (Fact::LastAction, view.last_action.is_some()),
            (Fact::Readers, view.announcements.values().any(|one| one.readers.is_some())),
        ];
        for (fact, _) in facts.iter().filter(|(_, there)| *there) {
            self.facts.entry(*fact).or_insert(seq);
        }
        let boards = view.seat.iter().map(|seat| &seat.board).chain([&view.plenary]);
        for note in boards.flat_map(|board| board.notes.values()) {
            self.note(note);
        }
        if let Some(ballot) = &vote.ballot {
            self.ballot = Some(ballot.clone());
        }
    }

    /// Looks at an event.
    pub(super) fn event(&mut self, event: &Event, seq: Seq) {
        self.traffic.events_in += 1;
        if let Some(fact) = fact_of(event.name()) {
            self.facts.entry(fact).or_insert(seq);
        }
        // Of all events only these carry authors, views or the own ballot.
        match event {
            Event::NoteAdded(e) => {
                self.note(&e.note);
                self.added(e, seq);
            }
            Event::NoteEdited(e) => {
                if let Some(editor) = &e.edited_by {
                    self.authors.extend(markers_in(&e.text).map(|marker| (marker, editor.person)));
                }
            }
            Event::BoardRevealed(e) => e.revealed.notes.iter().for_each(|note| self.note(note)),
            Event::SeatTaken(e) => e.seat.board.notes.values().for_each(|note| self.note(note)),
            Event::ViewReplaced(e) => self.view(&e.view, seq),
            Event::BallotTaken(e) => self.ballot = Some(e.ballot.clone()),
            Event::BallotWithdrawn(_) => self.ballot = None,
            _ => {}
        }
    }

    /// Remembers that a note came as it was added, if this is the first time it is seen. Copies on the plenary board
    /// come later, and to everyone.
    fn added(&mut self, event: &NoteAdded, seq: Seq) {
        if event.board == BoardId::PLENARY {
            return;
        }
        for marker in markers_in(&event.note.text) {
            if let Some(sight) = self.sights.get_mut(&marker).filter(|sight| sight.seq == seq) {
                sight.as_it_was_added = true;
            }
        }
    }

    fn note(&mut self, note: &NoteView) {
        let named = match &note.author {
            AuthorView::Shown { author } => Some(author.person),
            AuthorView::Me {} | AuthorView::Hidden {} => None,
        };
        let named = named.or(note.edited_by.as_ref().map(|editor| editor.person));
        if let Some(person) = named {
            for marker in markers_in(&note.text) {
                self.authors.insert(marker, person);
            }
        }
    }

    /// The ballot and receipt the device would show, to be looked up in the ledger.
    pub(crate) fn own_ballot(&self) -> Option<(&str, &[PosterId])> {
        self.ballot.as_ref().map(|ballot| (ballot.receipt.as_str(), ballot.choices.as_slice()))
    }
}

fn fact_of(event: &str) -> Option<Fact> {
    Some(match event {
        "tally_changed" => Fact::Tally,
        "team_turnout_changed" | "turnout_sampled" => Fact::TeamTurnout,
        "vote_recounted" => Fact::Recount,
        "standings_counted" => Fact::Standings,
        "own_standing_told" => Fact::OwnStanding,
        "reveal_changed" => Fact::Reveal,
        "pulse_word_counted" => Fact::PulseWords,
        "answers_counted" => Fact::Answers,
        "rooms_opened" | "room_added" | "room_activity_changed" => Fact::Rooms,
        "grouping_proposed" => Fact::Groupings,
        "action_taken" => Fact::LastAction,
        "announcement_readers_counted" => Fact::Readers,
        _ => return None,
    })
}
