//! A record with the words of its language: how rounds, rooms, teams and people are called in it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use engawa_domain::ledger;
use engawa_domain::record::{Edition, Record, RoundRecord};
use engawa_protocol::view::{AuthorView, BoardView, NoteView, RoomView, TeamView, VotePhase};
use engawa_protocol::{AreaId, BoardTemplate, Language, PersonId, RoundId, Standing, TeamId};

use super::words::{EN, JA, Words};

/// A record with its words.
pub(super) struct Told<'a> {
    pub(super) record: &'a Record,
    pub(super) words: &'static Words,
}

/// A board, and the room and round it belongs to; neither for the plenary's.
pub(super) struct Place<'a> {
    pub(super) board: &'a BoardView,
    pub(super) room: Option<&'a RoomView>,
    pub(super) round: Option<&'a RoundRecord>,
}

impl<'a> Told<'a> {
    pub(super) const fn new(record: &'a Record) -> Self {
        let words = match record.meeting.language {
            Language::Ja => &JA,
            Language::En => &EN,
        };
        Self { record, words }
    }

    /// Whether names stand in it.
    pub(super) fn is_named(&self) -> bool {
        self.record.edition == Edition::Named
    }

    /// A round with its place in the agenda, from 1.
    pub(super) fn round(&self, id: RoundId) -> Option<(usize, &'a RoundRecord)> {
        let rounds = self.record.rounds.iter();
        (1..).zip(rounds).find(|(_, round)| round.round.id == id)
    }

    /// How a round is called: `2. 対話`.
    pub(super) fn round_name(&self, id: RoundId) -> String {
        self.round(id)
            .map_or_else(String::new, |(number, round)| format!("{number}. {}", round.round.plan.title))
    }

    /// A team.
    pub(super) fn team(&self, id: Option<TeamId>) -> Option<&'a TeamView> {
        self.record.teams.get(&id?)
    }

    /// A team's name and region.
    pub(super) fn team_names(&self, id: Option<TeamId>) -> (&'a str, &'a str) {
        let team = self.team(id);
        (team.map_or("", |team| &team.name), team.and_then(|team| team.region.as_deref()).unwrap_or_default())
    }

    /// The name of a person's team.
    pub(super) fn team_of(&self, person: PersonId) -> &'a str {
        self.team_names(self.record.people.get(&person).and_then(|person| person.team)).0
    }

    /// How a room is called: `部屋 3 弘前市`.
    pub(super) fn room_name(&self, room: &RoomView) -> String {
        let name = format!("{} {}", self.words.room, room.number);
        if room.name.is_empty() { name } else { format!("{name} {}", room.name) }
    }

    /// What an area of a template is called.
    pub(super) fn area(&self, template: BoardTemplate, area: AreaId) -> Cow<'static, str> {
        let index = usize::try_from(area.0).unwrap_or(usize::MAX);
        let labels: &[&'static str] = match template {
            BoardTemplate::Free => &self.words.area_free,
            BoardTemplate::Affinity => &self.words.area_affinity,
            BoardTemplate::Kpt => &self.words.areas_kpt,
            BoardTemplate::NowIdealStep => &self.words.areas_now_ideal_step,
            BoardTemplate::FourSteps => &self.words.areas_four_steps,
            BoardTemplate::NineSquares => {
                return format!("{} {}-{}", self.words.square, index / 9 + 1, index % 9 + 1).into();
            }
        };
        labels.get(index).copied().unwrap_or_default().into()
    }

    /// Who wrote a note, as far as the record says.
    pub(super) fn author(&self, note: &'a NoteView) -> Option<(&'a str, &'a str)> {
        match &note.author {
            AuthorView::Shown { author } if self.is_named() => {
                Some((&author.name, self.team_of(author.person)))
            }
            AuthorView::Shown { .. } | AuthorView::Hidden {} | AuthorView::Me {} => None,
        }
    }

    /// Boards: those of the rooms by round and number, then the plenary's.
    pub(super) fn places(&self) -> impl Iterator<Item = Place<'a>> {
        let record = self.record;
        let rooms = record.rounds.iter().flat_map(move |round| {
            let of_round = move |room: &&RoomView| room.round == round.round.id;
            record.rooms.values().map(|room| &room.room).filter(of_round).map(move |room| (round, room))
        });
        let rooms = rooms.filter_map(move |(round, room)| {
            let board = record.boards.get(&engawa_protocol::BoardId::of_room(room.id))?;
            Some(Place { board, room: Some(room), round: Some(round) })
        });
        let plenary = record.boards.get(&engawa_protocol::BoardId::PLENARY);
        rooms.chain(plenary.map(|board| Place { board, room: None, round: None }))
    }

    /// The standings, for those who may know them at this moment.
    pub(super) fn standings(&self) -> Option<Vec<Standing>> {
        let vote = &self.record.vote;
        match vote.phase {
            VotePhase::Drafted {} | VotePhase::Open { .. } => None,
            VotePhase::Closed { .. } => vote.standings.clone().or_else(|| {
                let team = |id| self.record.posters.get(id).map(|poster| (*id, poster.team));
                let candidates: BTreeMap<_, _> = vote.candidates.iter().filter_map(team).collect();
                vote.tally.as_ref().map(|tally| ledger::standings(tally, &candidates))
            }),
        }
    }
}

/// The notes of a board as they lay on it: by area, rank and number.
pub(super) fn notes_in_order(board: &BoardView) -> Vec<&NoteView> {
    let mut notes: Vec<&NoteView> = board.notes.values().collect();
    notes.sort_by_key(|note| (note.area, note.rank, note.id));
    notes
}
