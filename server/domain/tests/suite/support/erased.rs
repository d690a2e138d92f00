//! Where a state still names somebody whose data have been taken out: found in its JSON by the fields that hold people, not
//! by the crate's own means, so that an area that forgets nobody shows.

use engawa_protocol::PersonId;
use serde_json::Value;

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
const KEYED: [&str; 6] = ["people", "places", "spoken_ms", "stays", "answers", "ballots"];

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
                let named = (ONE.contains(&key) && *value == Value::from(person.0))
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
