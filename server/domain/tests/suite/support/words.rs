//! What an entry led to, in words: the golden text of the scripts.

use engawa_domain::{Applied, Audience, Emission, Outcome, RoleSet};
use engawa_protocol::{Event, PersonId, Role, TeamId};
use serde_json::Value;

use super::json;
use super::world::World;

/// Longest line of JSON before its inside is left out.
const WIDTH: usize = 420;

/// The outcome and everything that was told, one line each.
pub(crate) fn applied(world: &World, applied: &Applied) -> Vec<String> {
    let mut lines = vec![outcome(world, &applied.outcome)];
    lines.extend(applied.emissions.iter().map(|emission| match emission {
        Emission::Event { audience, event } => format!("to {}: {}", to(world, audience), told(event)),
        Emission::Refresh { audience } => format!("to {}: the whole view anew", to(world, audience)),
    }));
    if !applied.regrouped.is_empty() {
        let names: Vec<String> = applied.regrouped.iter().map(|id| person(world, *id)).collect();
        lines.push(format!("regrouped: {}", names.join(", ")));
    }
    if applied.links_changed {
        lines.push("links changed".to_owned());
    }
    if applied.forget_log {
        lines.push("forget the log".to_owned());
    }
    lines
}

fn outcome(world: &World, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { seq, created } => {
            let created = created.map(|id| format!(" created={id}")).unwrap_or_default();
            let resent = if *seq < world.meeting().seq() { " (as before)" } else { "" };
            format!("ok{created}{resent}")
        }
        Outcome::Rejected { rejection } => {
            let mut value = json::value(rejection);
            let code = take_tag(&mut value, "code");
            format!("no {code}{}", rest(&value))
        }
    }
}

/// An event in short.
pub(crate) fn told(event: &Event) -> String {
    let mut value = json::value(event);
    let name = take_tag(&mut value, "type");
    match event {
        Event::SeatTaken(e) => format!(
            "{name} room={} people={:?} notes={:?} turns={}",
            e.seat.room.id,
            e.seat.people.keys().map(|id| id.0).collect::<Vec<_>>(),
            e.seat.board.notes.keys().map(|id| id.0).collect::<Vec<_>>(),
            json::brief(&json::value(&e.seat.turns), WIDTH),
        ),
        Event::ViewReplaced(_) => name,
        _ => format!("{name}{}", rest(&value)),
    }
}

fn rest(value: &Value) -> String {
    match value {
        Value::Object(fields) if fields.is_empty() => String::new(),
        value => format!(" {}", json::brief(value, WIDTH)),
    }
}

fn take_tag(value: &mut Value, tag: &str) -> String {
    let tag = value.as_object_mut().and_then(|fields| fields.remove(tag));
    tag.and_then(|tag| tag.as_str().map(str::to_owned)).unwrap_or_default()
}

/// An audience in words.
fn to(world: &World, audience: &Audience) -> String {
    let mut parts = Vec::new();
    if audience.roles == RoleSet::EVERYONE {
        parts.push("everyone".to_owned());
    } else if audience.roles != RoleSet::NONE {
        parts.push(roles(audience.roles));
    }
    parts.extend(audience.room.map(|room| format!("room {room}")));
    parts.extend(audience.team.map(|id| team(world, id)));
    parts.extend(audience.person.map(|id| person(world, id)));
    let mut words = if parts.is_empty() { "nobody".to_owned() } else { parts.join(" + ") };
    if let Some(id) = audience.except {
        words.push_str(&format!(" but {}", person(world, id)));
    }
    words
}

fn roles(set: RoleSet) -> String {
    const NAMED: [(RoleSet, &str); 5] = [
        (RoleSet::GUIDES, "guides"),
        (RoleSet::STAFF, "staff"),
        (RoleSet::OFFICE, "office"),
        (RoleSet::COORDINATORS, "coordinators"),
        (RoleSet::SECRETARIAT, "secretariat"),
    ];
    for (named, name) in NAMED {
        if set == named {
            return name.to_owned();
        }
        if set == named.others() {
            return format!("all but {name}");
        }
    }
    let names: Vec<String> = Role::ALL
        .into_iter()
        .filter(|role| set.contains(*role))
        .map(|role| json::value(&role).as_str().unwrap_or_default().to_owned())
        .collect();
    names.join("/")
}

/// A person's name as the roster has it, else the number.
pub(crate) fn person(world: &World, id: PersonId) -> String {
    world.meeting().roster().person(id).map_or_else(|| format!("person {id}"), |person| person.name.clone())
}

fn team(world: &World, id: TeamId) -> String {
    world
        .meeting()
        .roster()
        .team(id)
        .map_or_else(|| format!("team {id}"), |team| format!("team {}", team.name))
}
