//! The laws about people whose data have been taken out. Where a state still names one of them is found in its JSON by the
//! fields that hold people, not by the crate's own means, so that an area that forgets nobody shows.

use engawa_domain::{Applied, Entry, Meeting, Origin, Outcome};
use engawa_protocol::{Command, PersonId, Rejection};
use serde_json::Value;

use super::json;

/// Fields that hold one person.
const ONE: [&str; 5] = ["author", "by", "edited_by", "facilitator", "person"];
/// Fields that hold a list of people.
const MANY: [&str; 10] = [
    "members",
    "visitors",
    "hosts",
    "marks",
    "interested",
    "readers",
    "order",
    "had_turn",
    "kept_out",
    "voted",
];
/// Fields that hold something by person.
const KEYED: [&str; 7] = ["people", "places", "spoken_ms", "stays", "answers", "ballots", "seats"];

/// Law 6: the state has the number of an erased person in the list of those, and nowhere else; and the log is to be
/// forgotten. By what is refused it is only where it was under way from one of them.
pub(crate) fn check(
    (before, after): (&Meeting, &Meeting),
    entry: &Entry,
    applied: &Applied,
) -> Result<(), String> {
    let refused = matches!(applied.outcome, Outcome::Rejected { .. });
    if refused && applied.forget_log && !is_under_way(before, &entry.input.origin) {
        return Err(format!("{:?}, yet the log is to be forgotten", applied.outcome));
    }
    if after.erasures().len() == before.erasures().len() {
        return Ok(());
    }
    if !applied.forget_log || after.erased_up_to() != Some(after.seq()) {
        return Err("somebody was erased, and the log is not forgotten up to there".to_owned());
    }
    let state = json::value(after);
    for erasure in after.erasures() {
        let traces = traces(&state, erasure.person);
        if !traces.is_empty() {
            return Err(format!("person {} is still in the state: {traces:?}", erasure.person));
        }
    }
    Ok(())
}

/// Whether an entry comes from an erased person, or writes one anew: it was under way meanwhile.
fn is_under_way(meeting: &Meeting, origin: &Origin) -> bool {
    let erased = |person: PersonId| meeting.erasure_of(person).is_some();
    match origin {
        Origin::Person { person, .. } if erased(*person) => true,
        Origin::Person { person, command: Command::EditPerson(c), .. } => {
            erased(c.person) && meeting.roster().person(*person).is_some()
        }
        Origin::Person { .. } | Origin::Link { .. } | Origin::System { .. } => false,
    }
}

/// Whether the first outcome of a command may be forgotten by now, because it was an erased person's, made one, or quotes
/// a text.
pub(crate) fn is_forgotten(meeting: &Meeting, asker: PersonId, there: bool, first: &Outcome) -> bool {
    let tells = |person: PersonId| match first {
        Outcome::Accepted { created, .. } => *created == Some(person.0),
        Outcome::Rejected { rejection } => matches!(rejection, Rejection::NoteConflict { .. }),
    };
    (asker != PersonId(0) && meeting.erasure_of(asker).is_some())
        || (there && meeting.erasures().iter().any(|erasure| tells(erasure.person)))
}

/// Such a command sent again: of an erased person it is refused, otherwise answered as before or as forgotten.
pub(crate) fn check_answer(
    meeting: &Meeting,
    asker: PersonId,
    first: &Outcome,
    outcome: &Outcome,
) -> Result<(), String> {
    let no = |rejection| Outcome::Rejected { rejection };
    let holds = if asker != PersonId(0) && meeting.erasure_of(asker).is_some() {
        *outcome == no(Rejection::NotPermitted {})
    } else {
        outcome == first || *outcome == no(Rejection::OutcomeForgotten {})
    };
    if holds {
        Ok(())
    } else {
        Err(format!("sent again it was answered {outcome:?}, the first time {first:?}"))
    }
}

/// The paths in a state at which a person is named by number.
pub(crate) fn traces(state: &Value, person: PersonId) -> Vec<String> {
    let mut found = Vec::new();
    let teams_vote = state["vote"]["rules"]["voters"] == "teams";
    for (key, value) in state.as_object().into_iter().flatten() {
        match key.as_str() {
            // The list itself; there the numbers stay.
            "erasures" => {}
            // There the numbers are teams'.
            "vote" if teams_vote => {}
            _ => search(value, key, person, &mut found),
        }
    }
    let number = Value::from(person.0);
    let seats =
        state["rooms"]["history"].as_array().into_iter().flatten().filter_map(Value::as_array).flatten();
    found.extend(seats.filter(|seat| seat[0] == number).map(|_| "rooms.history".to_owned()));
    for hosts in state["rooms"]["proposed_hosts"].as_object().into_iter().flat_map(|rounds| rounds.values()) {
        if holds(hosts, person) {
            found.push("rooms.proposed_hosts".to_owned());
        }
    }
    // Outcomes of devices that joined name the person they became.
    let joined = json_text(&state["dedupe"]["people"]["0"]);
    if joined.contains(&format!("\"created\":{},", person.0))
        || joined.contains(&format!("\"created\":{}}}", person.0))
    {
        found.push("dedupe.people.0".to_owned());
    }
    found
}

fn json_text(value: &Value) -> String {
    serde_json::to_string(value).expect("a value has a text")
}

fn holds(list: &Value, person: PersonId) -> bool {
    list.as_array().is_some_and(|items| items.contains(&Value::from(person.0)))
}

fn search(value: &Value, path: &str, person: PersonId, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| search(item, path, person, found)),
        Value::Object(fields) => {
            for (key, value) in fields {
                let path = format!("{path}.{key}");
                let key = key.as_str();
                let named = (ONE.contains(&key) && value.as_u64() == Some(u64::from(person.0)))
                    || (MANY.contains(&key) && holds(value, person))
                    || (KEYED.contains(&key) && value.get(person.0.to_string()).is_some());
                if named {
                    found.push(path.clone());
                }
                search(value, &path, person, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
