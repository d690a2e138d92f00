//! The language of the scripts: a text file that tells a meeting line by line, with what each line led to below it.
//!
//! Lines that begin with white space are golden output; all others are told to the [`World`], in order:
//!
//! ```text
//! # a comment
//! meeting 全体会 : 進行A                            begins the meeting with its first coordinator
//! team 弘前市 [青森県] : 弘前市 担当A, 弘前市 担当B     a team and its participants (region may be left out)
//! staff 幹事A facilitator, 集計A secretariat          people without a team, with their roles
//! here 弘前市 担当A, 幹事A                           they arrive (`here everyone`: all who have not)
//! round dialogue 20m {"grouping":{"by":"team"}}      a round; `-` for no duration; fields of the plan may be given
//! open 1                                            opens a round
//! poster 弘前市 : 題名                               a team's poster
//! > 進行A open_round {"round":1}                     a person asks for something
//! > 進行A@2 #3 open_round {"round":1}                … on the second device, under number 3
//! > link:participant/0@7 join_meeting {…}            somebody with a shared link of generation 0, device 7
//! ! arrive 弘前市 担当A      ! depart …               a node says that somebody came or went
//! ! expire_round {"round":1,"deadline":…}            a node says something else
//! ! deadline                                        waits for the next deadline and proposes it
//! @ +60s                                            time goes by (ms, s, m, h)
//! = view 弘前市 担当A seat.board.notes               shows a part of a viewer's view (`screen` for the projector)
//! = state roster.people.2                           shows a part of the state
//! = deadline                                        shows the next deadline
//! ```
//!
//! In JSON a text `"$弘前市 担当A"` stands for the id of the person (else the team) of that name. Lines of the
//! set-up (all without `>`, `!`, `@`, `=`) must succeed and print nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use engawa_domain::{Applied, Outcome, SystemInput, Viewer, next_deadline};
use engawa_protocol::{ClientSeq, Command, PersonId, Role, TeamId};
use serde_json::{Value, json as new};

use super::world::{BEGINNING, World, device, device_of};
use super::{json, words};

/// All scripts: name, path and text, in order of name.
pub(crate) fn all() -> Vec<(String, PathBuf, String)> {
    fn find(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("the folder of scripts can be read") {
            let path = entry.expect("a folder's entry can be read").path();
            if path.is_dir() {
                find(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "txt") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let mut paths = Vec::new();
    find(&root, &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "there are scripts");
    let named = paths.into_iter().map(|path| {
        let name = path.strip_prefix(&root).expect("found below the root").display().to_string();
        let text = fs::read_to_string(&path).expect("a script can be read");
        (name, path, text)
    });
    named.collect()
}

/// Plays a script; gives it back with what every line led to.
///
/// # Errors
/// The line and what is wrong: a law that is broken, a line that cannot be read, a set-up that is refused.
pub(crate) fn play(script: &str) -> Result<String, String> {
    perform(script, false).map(|(played, _)| played)
}

/// Plays a script, recording every fold if asked to; gives back what [`play`] gives, and the world at the end.
///
/// # Errors
/// As [`play`].
pub(crate) fn perform(script: &str, recording: bool) -> Result<(String, Option<World>), String> {
    let mut out = String::new();
    let mut world: Option<World> = None;
    for (index, line) in script.lines().enumerate() {
        if line.starts_with(char::is_whitespace) && !line.trim().is_empty() {
            continue;
        }
        let line = line.trim_end();
        out.push_str(line);
        out.push('\n');
        let begun = world.is_some();
        let said = step(&mut world, line).map_err(|error| format!("line {}: {line}\n{error}", index + 1))?;
        if let (false, true, Some(world)) = (begun, recording, &mut world) {
            world.folds = Some(Vec::new());
        }
        for text in said.iter().flat_map(|text| text.lines()) {
            out.push_str("    ");
            out.push_str(text);
            out.push('\n');
        }
    }
    if let Some(world) = &world {
        world.check_replay().map_err(|error| format!("at the end: {error}"))?;
        world.check_views().map_err(|error| format!("at the end: {error}"))?;
    }
    Ok((out, world))
}

type Said = Result<Vec<String>, String>;

fn step(world: &mut Option<World>, line: &str) -> Said {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    if verb.is_empty() || verb.starts_with('#') {
        return Ok(Vec::new());
    }
    if verb == "meeting" {
        let (title, coordinator) = halves(rest)?;
        *world = Some(World::new(title, coordinator));
        return Ok(Vec::new());
    }
    let world = world.as_mut().ok_or("the script must begin with `meeting`")?;
    match verb {
        ">" => ask(world, rest),
        "!" => say(world, rest),
        "@" => {
            let ms = rest.strip_prefix('+').and_then(duration_ms).ok_or("not a time such as +60s")?;
            world.pass_time(ms);
            Ok(Vec::new())
        }
        "=" => show(world, rest),
        _ => set_up(world, verb, rest).map(|()| Vec::new()),
    }
}

fn halves(text: &str) -> Result<(&str, &str), String> {
    let (left, right) = text.split_once(':').ok_or("a `:` is missing")?;
    Ok((left.trim(), right.trim()))
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn duration_ms(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    Some(number.parse::<u64>().ok()? * factor)
}

/// Names of people by id; those who have been removed are known as well.
fn people(world: &World) -> BTreeMap<u32, String> {
    let state = world.state();
    json::part(&state, "roster.people")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(id, person)| Some((id.parse().ok()?, person.get("name")?.as_str()?.to_owned())))
        .collect()
}

/// The person of a name; the youngest when several have it.
fn person(world: &World, name: &str) -> Result<PersonId, String> {
    if let Some(number) = name.strip_prefix("person ").and_then(|number| number.parse().ok()) {
        return Ok(PersonId(number));
    }
    people(world)
        .into_iter()
        .rev()
        .find(|(_, known)| known == name)
        .map(|(id, _)| PersonId(id))
        .ok_or_else(|| format!("there is nobody called {name}"))
}

fn team(world: &World, name: &str) -> Result<TeamId, String> {
    world
        .meeting()
        .roster()
        .teams()
        .find(|(_, team)| team.name == name)
        .map(|(id, _)| id)
        .ok_or_else(|| format!("there is no team called {name}"))
}

/// The JSON of a line, names replaced by ids.
fn arguments(world: &World, text: &str) -> Result<Value, String> {
    let mut value = if text.is_empty() {
        new!({})
    } else {
        serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?
    };
    name_ids(world, &mut value)?;
    Ok(value)
}

fn name_ids(world: &World, value: &mut Value) -> Result<(), String> {
    match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix('$') {
                let id = person(world, name).map(|id| id.0).or_else(|_| team(world, name).map(|id| id.0))?;
                *value = new!(id);
            }
        }
        Value::Array(items) => {
            for item in items {
                name_ids(world, item)?;
            }
        }
        Value::Object(fields) => {
            for field in fields.values_mut() {
                name_ids(world, field)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

fn tagged<T: serde::de::DeserializeOwned>(name: &str, mut fields: Value) -> Result<T, String> {
    fields.as_object_mut().ok_or("not a JSON object")?.insert("type".to_owned(), new!(name));
    serde_json::from_value(fields).map_err(|error| format!("no {name} of that form: {error}"))
}

/// `> who[@device] [#number] command {json}`.
fn ask(world: &mut World, rest: &str) -> Said {
    let names = people(world);
    let who = if rest.starts_with("link:") {
        rest.split([' ', '@']).next().unwrap_or_default().to_owned()
    } else if rest.starts_with("person ") {
        rest.split([' ', '@']).take(2).collect::<Vec<_>>().join(" ")
    } else {
        let begins = |name: &&String| {
            rest.strip_prefix(name.as_str()).is_some_and(|tail| tail.starts_with([' ', '@']))
        };
        names
            .values()
            .filter(begins)
            .max_by_key(|name| name.len())
            .cloned()
            .ok_or("who asks? no such name")?
    };
    let mut words = rest[who.len()..].trim_start();
    let mut number = 1;
    if let Some(tail) = words.strip_prefix('@') {
        let (digits, tail) = tail.split_once(' ').ok_or("no command")?;
        number = digits.parse::<u32>().map_err(|_| "not a device number")?;
        words = tail.trim_start();
    }
    let mut client_seq = None;
    if let Some(tail) = words.strip_prefix('#') {
        let (digits, tail) = tail.split_once(' ').ok_or("no command")?;
        client_seq = Some(ClientSeq(digits.parse().map_err(|_| "not a command number")?));
        words = tail.trim_start();
    }
    let (name, fields) = words.split_once(' ').unwrap_or((words, ""));
    let command: Command = tagged(name, arguments(world, fields.trim())?)?;
    let applied = if let Some(link) = who.strip_prefix("link:") {
        let (role, generation) = link.split_once('/').unwrap_or((link, "0"));
        let role: Role = serde_json::from_value(new!(role)).map_err(|_| "no such role")?;
        let generation = generation.parse().map_err(|_| "not a generation")?;
        world.submit_by_link((role, generation), device(number), client_seq, command)
    } else {
        let person = person(world, &who)?;
        let device = device_of(person, number);
        match client_seq {
            Some(client_seq) => world.submit_numbered(person, device, client_seq, command),
            None => world.submit(person, device, command),
        }
    };
    heard(world, applied)
}

fn heard(world: &World, applied: Result<Applied, super::world::LawBroken>) -> Said {
    match applied {
        Ok(applied) => Ok(words::applied(world, &applied)),
        Err(broken) => Err(format!("law broken: {broken}")),
    }
}

/// `! arrive 参加1`, `! expire_round {json}`, `! deadline`.
fn say(world: &mut World, rest: &str) -> Said {
    let (name, fields) = rest.split_once(' ').unwrap_or((rest, ""));
    match name {
        "deadline" => {
            let (at, input) = next_deadline(world.meeting()).ok_or("there is no deadline")?;
            world.now = world.now.max(at);
            let mut said = vec![deadline(world)];
            let applied = world.system(input);
            said.extend(heard(world, applied)?);
            Ok(said)
        }
        "arrive" | "depart" => {
            let person = person(world, fields.trim())?;
            let input = match name {
                "arrive" => SystemInput::Arrive { person },
                _ => SystemInput::Depart { person },
            };
            let applied = world.system(input);
            heard(world, applied)
        }
        _ => {
            let input: SystemInput = tagged(name, arguments(world, fields.trim())?)?;
            let applied = world.system(input);
            heard(world, applied)
        }
    }
}

fn deadline(world: &World) -> String {
    match next_deadline(world.meeting()) {
        None => "no deadline".to_owned(),
        Some((at, input)) => {
            format!("deadline at +{} ms: {}", at.since_ms(BEGINNING), json::value(&input))
        }
    }
}

/// `= view 参加1 path`, `= state path`, `= deadline`.
fn show(world: &World, rest: &str) -> Said {
    let (what, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let (whole, path) = match what {
        "deadline" => return Ok(vec![deadline(world)]),
        "state" => (world.state(), rest.trim()),
        "view" => {
            // The path is the last word; a name may have several.
            let (who, path) = match person(world, rest.trim()) {
                Ok(_) => (rest.trim(), ""),
                Err(_) => rest.trim().rsplit_once(' ').unwrap_or((rest.trim(), "")),
            };
            let viewer = if who == "screen" { Viewer::Screen } else { Viewer::Person(person(world, who)?) };
            match world.views.get(&viewer) {
                Some(view) => (json::value(view), path),
                None => return Ok(vec!["sees nothing".to_owned()]),
            }
        }
        _ => return Err("show what? view, state or deadline".to_owned()),
    };
    let Some(part) = json::part(&whole, path) else {
        return Ok(vec!["not there".to_owned()]);
    };
    let line = part.to_string();
    if line.chars().count() <= 110 {
        return Ok(vec![line]);
    }
    // One line for each item of what is shown: readable, and a change shows as the lines it concerns.
    Ok(match part {
        Value::Object(fields) => fields.iter().map(|(key, value)| format!("{key}: {value}")).collect(),
        Value::Array(items) => items.iter().map(Value::to_string).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![line],
    })
}

/// Lines of the set-up: as the coordinator, on a device of their own, so that numbers of scripts begin at 1.
fn set_up(world: &mut World, verb: &str, rest: &str) -> Result<(), String> {
    match verb {
        "team" => {
            let (team, members) = rest.split_once(':').unwrap_or((rest, ""));
            let team = team.trim();
            let (name, region) = match team.split_once('[') {
                Some((name, region)) => (name.trim(), Some(region.trim_end_matches(']').trim())),
                None => (team, None),
            };
            let id = done(world, "add_team", new!({"name": name, "region": region}))?;
            for member in listed(members) {
                done(world, "add_person", new!({"name": member, "team": id, "role": "participant"}))?;
            }
        }
        "staff" => {
            for entry in listed(rest) {
                let (name, role) = entry.rsplit_once(' ').ok_or("a name and a role")?;
                done(world, "add_person", new!({"name": name.trim(), "team": null, "role": role}))?;
            }
        }
        "here" => {
            let ids: Vec<PersonId> = if rest == "everyone" {
                world.meeting().roster().present_or_not().map(|(id, _)| id).collect()
            } else {
                listed(rest).map(|name| person(world, name)).collect::<Result<_, _>>()?
            };
            for person in ids {
                let applied = world.system(SystemInput::Arrive { person });
                let applied = applied.map_err(|broken| format!("law broken: {broken}"))?;
                match applied.outcome {
                    Outcome::Rejected { rejection } if rest != "everyone" => {
                        return Err(format!("refused: {rejection:?}"));
                    }
                    Outcome::Accepted { .. } | Outcome::Rejected { .. } => {}
                }
            }
        }
        "round" => {
            let mut words = rest.splitn(3, ' ');
            let kind = words.next().ok_or("a kind of round")?;
            let duration = words.next().unwrap_or("-");
            let fields = arguments(world, words.next().unwrap_or_default().trim())?;
            let plan = plan(kind, duration_ms(duration), fields)?;
            done(world, "add_round", new!({"plan": plan, "before": null}))?;
        }
        "open" => {
            let round: u32 = rest.parse().map_err(|_| "the number of a round")?;
            done(world, "open_round", new!({"round": round}))?;
        }
        "poster" => {
            let (name, title) = halves(rest)?;
            let team = team(world, name)?;
            done(world, "add_poster", new!({"team": team, "title": title, "summary": ""}))?;
        }
        _ => return Err(format!("unknown: {verb}")),
    }
    Ok(())
}

/// A plan with the usual values where none are given.
pub(crate) fn plan(kind: &str, duration_ms: Option<u64>, fields: Value) -> Result<Value, String> {
    let mut plan = new!({
        "kind": kind,
        "title": "",
        "question": "",
        "duration_ms": duration_ms,
        "grouping": {"by": "manual"},
        "turn_ms": null,
        "template": "free",
        "authors": "shown",
        "countdown_ms": 60_000,
    });
    let all = plan.as_object_mut().ok_or("not a plan")?;
    for (key, value) in fields.as_object().ok_or("not a JSON object")? {
        if all.insert(key.clone(), value.clone()).is_none() {
            return Err(format!("a plan has no {key}"));
        }
    }
    Ok(plan)
}

/// Has the first coordinator do something that must succeed; gives the id of what was made.
fn done(world: &mut World, name: &str, fields: Value) -> Result<Option<u32>, String> {
    let command: Command = tagged(name, fields)?;
    let applied = world
        .submit(PersonId(1), device_of(PersonId(1), 99), command)
        .map_err(|broken| format!("law broken: {broken}"))?;
    match applied.outcome {
        Outcome::Accepted { created, .. } => Ok(created),
        Outcome::Rejected { rejection } => Err(format!("refused: {rejection:?}")),
    }
}
