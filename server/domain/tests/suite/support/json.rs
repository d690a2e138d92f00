//! JSON as the tests look at it: paths, differences, and texts short enough to read.

use serde::Serialize;
use serde_json::Value;

/// Any value as JSON.
pub(crate) fn value<T: Serialize>(of: &T) -> Value {
    serde_json::to_value(of).expect("every wire type has a JSON form")
}

/// The part of a value under a path such as `seat.board.notes.3`; the empty path is the whole.
pub(crate) fn part<'v>(whole: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').filter(|key| !key.is_empty()).try_fold(whole, |value, key| match value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        Value::Object(fields) => fields.get(key),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

/// Where two values differ, at most `max` places, as `path: left | right`.
pub(crate) fn differences(left: &Value, right: &Value, max: usize) -> Vec<String> {
    let mut found = Vec::new();
    differ("", left, right, max, &mut found);
    found
}

fn differ(path: &str, left: &Value, right: &Value, max: usize, found: &mut Vec<String>) {
    if found.len() >= max || left == right {
        return;
    }
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let (a, b) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                differ(&format!("{path}.{key}"), a, b, max, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differ(&format!("{path}.{index}"), a, b, max, found);
            }
        }
        (a, b) => found.push(format!("{path}: {a} | {b}")),
    }
}

/// A value on one line, with everything below some depth left out as `…`, so that it stays under `width` characters
/// where that is possible.
pub(crate) fn brief(value: &Value, width: usize) -> String {
    let full = value.to_string();
    if full.chars().count() <= width {
        return full;
    }
    for depth in (1..6).rev() {
        let text = cut(value, depth);
        if text.chars().count() <= width {
            return text;
        }
    }
    cut(value, 1)
}

fn cut(value: &Value, depth: usize) -> String {
    match value {
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Array(items) if depth == 0 => format!("[{}…]", items.len()),
        Value::Object(fields) if depth == 0 => format!("{{{}…}}", fields.len()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| cut(item, depth - 1)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(key, value)| format!("\"{key}\":{}", cut(value, depth - 1))).collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}
