//! Law 4: no view, no event and no refusal carries what its reader may not see. Works from the state itself and the
//! rules in words, not from the crate's projections, so that a hole in those shows.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::{Applied, Meeting, Outcome, Viewer, ViewerClass, class_of};
use engawa_protocol::view::MeetingView;
use engawa_protocol::{Event, Role};
use serde_json::Value;

use super::json;
use super::world::told;

/// All that is secret from somebody, as it stands in the state after an entry.
pub(crate) struct Secrets {
    state: Value,
}

/// A note as the state has it.
struct Note<'a> {
    board: u32,
    silent: bool,
    text: &'a str,
    author: u64,
    hidden: bool,
    deleted: bool,
}

impl Secrets {
    pub(crate) fn of(meeting: &Meeting) -> Self {
        Self { state: json::value(meeting) }
    }

    /// Checks what an entry told a viewer: events, a view made anew, or the answer to their own command.
    pub(crate) fn check_told(
        &self,
        meeting: &Meeting,
        viewer: Viewer,
        applied: &Applied,
        view: &MeetingView,
        asked: bool,
    ) -> Result<(), String> {
        let Some(class) = class_of(meeting, viewer) else { return Ok(()) };
        let mut read: Vec<Value> = Vec::new();
        match told(applied, &class) {
            None => self.check_view(&class, view)?,
            Some(events) => {
                events.iter().try_for_each(|event| self.may_hear(&class, event))?;
                read.extend(events.iter().map(json::value));
            }
        }
        if let (true, Outcome::Rejected { rejection }) = (asked, &applied.outcome) {
            read.push(json::value(rejection));
        }
        if read.is_empty() { Ok(()) } else { self.check_value(&class, &Value::Array(read)) }
    }

    /// Checks a whole view.
    pub(crate) fn check_view(&self, class: &ViewerClass, view: &MeetingView) -> Result<(), String> {
        let value = json::value(view);
        self.check_value(class, &value).map_err(|found| format!("the view of {class:?}: {found}"))?;
        let guides = class.role.guides();
        let office = matches!(class.role, Role::Coordinator | Role::Secretariat);
        let quiet = |empty: bool, what: &str| {
            if empty { Ok(()) } else { Err(format!("{class:?} sees {what}")) }
        };
        if !guides {
            quiet(view.rooms.is_empty(), "all rooms")?;
            quiet(view.groupings.is_empty(), "proposed groupings")?;
            quiet(view.last_action.is_none(), "the last action")?;
            quiet(view.announcements.values().all(|one| one.readers.is_none()), "who has read")?;
            quiet(view.pulses.values().all(|one| one.words.is_none()), "the words of a pulse")?;
        }
        if !office {
            quiet(view.vote.team_turnout.is_none(), "the turnout of teams")?;
            quiet(view.posters.values().all(|poster| !poster.withdrawn), "a withdrawn poster")?;
        }
        if class.role != Role::Coordinator {
            quiet(view.questionnaire.results.is_none(), "the answers counted")?;
            quiet(view.people.values().all(|person| !person.removed), "a removed person")?;
        }
        if class.role != Role::Secretariat {
            quiet(view.vote.recount.is_none(), "a recount")?;
            quiet(view.vote.standings.is_none() || self.published("everyone"), "the standings")?;
        }
        quiet(view.vote.tally.is_none() || self.may_see_tally(class.role), "the tally")?;
        quiet(
            view.vote.own_standing.is_none() || self.published("own_places") || self.published("everyone"),
            "a place",
        )?;
        if let Some(ballot) = &view.vote.ballot {
            self.own_ballot(class, &json::value(&ballot.choices))?;
        }
        quiet(view.seat.as_ref().map(|seat| seat.room.id) == class.room, "another seat than their own")?;
        for person in view.people.values() {
            let seen = class.role.is_staff()
                || person.role.is_staff()
                || class.person == Some(person.id)
                || (class.team.is_some() && class.team == person.team);
            quiet(seen, &format!("person {}", person.id))?;
        }
        Ok(())
    }

    /// Events that only some roles may hear.
    fn may_hear(&self, class: &ViewerClass, event: &Event) -> Result<(), String> {
        let may = match event {
            Event::RoomsOpened(_)
            | Event::RoomAdded(_)
            | Event::RoomActivityChanged(_)
            | Event::GroupingProposed(_)
            | Event::ActionTaken(_)
            | Event::AnnouncementReadersCounted(_)
            | Event::PulseWordCounted(_) => class.role.guides(),
            Event::AnswersCounted(_) => class.role == Role::Coordinator,
            Event::TeamTurnoutChanged(_) => matches!(class.role, Role::Coordinator | Role::Secretariat),
            Event::VoteRecounted(_) => class.role == Role::Secretariat,
            Event::StandingsCounted(_) => class.role == Role::Secretariat || self.published("everyone"),
            Event::OwnStandingTold(e) => class.team == Some(e.own.standing.team),
            Event::TallyChanged(_) => self.may_see_tally(class.role),
            Event::TurnsChanged(e) => class.room == Some(e.room),
            Event::SeatTaken(e) => class.room == Some(e.seat.room.id),
            Event::BallotTaken(e) => return self.own_ballot(class, &json::value(&e.ballot.choices)),
            _ => true,
        };
        if may { Ok(()) } else { Err(format!("{class:?} hears {}", event.name())) }
    }

    fn vote(&self) -> &Value {
        &self.state["vote"]
    }

    fn may_see_tally(&self, role: Role) -> bool {
        match self.vote()["rules"]["tally_display"].as_str() {
            Some("everyone") => true,
            Some("staff") => role.is_staff(),
            _ => role == Role::Secretariat,
        }
    }

    fn published(&self, scope: &str) -> bool {
        self.vote()["phase"]["closed"]["published"].as_str() == Some(scope)
    }

    /// A ballot that somebody is shown is their own, or their team's where teams vote.
    fn own_ballot(&self, class: &ViewerClass, choices: &Value) -> Result<(), String> {
        let voter = match self.vote()["rules"]["voters"].as_str() {
            Some("teams") => class.team.map(|team| team.0),
            _ => class.person.map(|person| person.0),
        };
        let own = voter.map(|voter| &self.vote()["phase"]["open"]["ballots"][voter.to_string()]);
        if own == Some(choices) { Ok(()) } else { Err(format!("{class:?} sees a ballot that is not theirs")) }
    }

    fn notes(&self) -> impl Iterator<Item = (u64, Note<'_>)> {
        let boards = self.state["boards"]["boards"].as_object().into_iter().flatten();
        boards.flat_map(|(board, value)| {
            let board: u32 = board.parse().unwrap_or(u32::MAX);
            let silent = value["silent"].as_bool().unwrap_or(true);
            let notes = value["notes"].as_object().into_iter().flatten();
            notes.map(move |(id, note)| {
                let note = Note {
                    board,
                    silent,
                    text: note["text"].as_str().unwrap_or_default(),
                    author: note["author"].as_u64().unwrap_or(0),
                    hidden: note["authors"] == "hidden",
                    deleted: !note["deleted"].is_null(),
                };
                (id.parse().unwrap_or(u64::MAX), note)
            })
        })
    }

    /// The texts that somebody of this class must not see, and nothing that they may see by another way.
    fn forbidden<'s>(&'s self, notes: &Notes<'s>, class: &ViewerClass) -> BTreeSet<&'s str> {
        let me = class.person.map(|person| u64::from(person.0));
        let mut secret = BTreeSet::new();
        let mut open = BTreeSet::new();
        for note in notes.values() {
            let here = note.board == 0 || class.room.is_some_and(|room| room.0 == note.board);
            let seen = here && !note.deleted && (!note.silent || me == Some(note.author));
            if seen { &mut open } else { &mut secret }.insert(note.text);
        }
        let office = matches!(class.role, Role::Coordinator | Role::Secretariat);
        let shared = self.state["info"]["feedback_shared"] == true;
        for poster in self.state["posters"]["posters"].as_object().into_iter().flat_map(|all| all.values()) {
            let own = class.team.is_some_and(|team| poster["team"] == team.0);
            for comment in poster["comments"].as_object().into_iter().flat_map(|all| all.values()) {
                let seen = office || (own && shared) || comment["author"].as_u64() == me;
                let text = comment["text"].as_str().unwrap_or_default();
                if seen { &mut open } else { &mut secret }.insert(text);
            }
        }
        for (person, answers) in self.state["questionnaire"]["answers"].as_object().into_iter().flatten() {
            for answer in answers.as_object().into_iter().flat_map(|all| all.values()) {
                if let Some(text) = answer["text"].as_str() {
                    let seen = person.parse().ok() == me;
                    if seen { &mut open } else { &mut secret }.insert(text);
                }
            }
        }
        for person in self.state["roster"]["people"].as_object().into_iter().flat_map(|all| all.values()) {
            secret.extend(person["email"].as_str());
        }
        secret.retain(|text| !open.contains(text) && !text.is_empty());
        secret
    }

    fn check_value(&self, class: &ViewerClass, value: &Value) -> Result<(), String> {
        let mut texts = BTreeSet::new();
        strings(value, &mut texts);
        let notes: Notes<'_> = self.notes().collect();
        if let Some(text) = self.forbidden(&notes, class).intersection(&texts).next() {
            return Err(format!("{class:?} reads 「{text}」 in {}", json::brief(value, 600)));
        }
        check_authors(&notes, class, value)
    }
}

/// Notes by id.
type Notes<'s> = BTreeMap<u64, Note<'s>>;

/// Wherever a note is shown: where authors are hidden, nobody but the author learns who wrote it.
fn check_authors(notes: &Notes<'_>, class: &ViewerClass, value: &Value) -> Result<(), String> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| check_authors(notes, class, item)),
        Value::Object(fields) => {
            let is_note = ["rank", "author", "text", "marks"].iter().all(|key| fields.contains_key(*key));
            let id = fields.get("id").and_then(Value::as_u64).unwrap_or(0);
            if let (true, Some(note)) = (is_note, notes.get(&id)) {
                let me = class.person.map(|person| u64::from(person.0)) == Some(note.author);
                let kept = match fields["author"]["is"].as_str() {
                    Some("hidden") => true,
                    Some("me") => me,
                    _ => !note.hidden,
                };
                if !kept || (note.hidden && !fields["edited_by"].is_null()) {
                    return Err(format!("{class:?} learns who wrote note {id}: {value}"));
                }
            }
            fields.values().try_for_each(|field| check_authors(notes, class, field))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn strings<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::String(text) => {
            found.insert(text);
        }
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
