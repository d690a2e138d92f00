//! Where two JSON values differ, in words: path by path, so that a finding can be read.

use serde_json::Value;

/// Differences told; there may be more.
const DIFFERENCES_MAX: usize = 5;
/// Characters of a value that are told.
const VALUE_CHARS_MAX: usize = 160;

/// The first differences between what is there and what should be, as `path: is …, should be …`.
pub(crate) fn differences(is: &Value, should: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk("", is, should, &mut found);
    found
}

fn walk(path: &str, is: &Value, should: &Value, found: &mut Vec<String>) {
    if found.len() >= DIFFERENCES_MAX || is == should {
        return;
    }
    match (is, should) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                walk(&format!("{path}/{key}"), value, right.get(key).unwrap_or(&Value::Null), found);
            }
            for (key, value) in right.iter().filter(|(key, _)| !left.contains_key(*key)) {
                walk(&format!("{path}/{key}"), &Value::Null, value, found);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (value, other)) in left.iter().zip(right).enumerate() {
                walk(&format!("{path}/{index}"), value, other, found);
            }
        }
        _ => found.push(format!("{path}: is {}, should be {}", short(is), short(should))),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_values_have_no_differences() {
        assert!(differences(&json!({"a": [1, {"b": null}]}), &json!({"a": [1, {"b": null}]})).is_empty());
    }

    #[test]
    fn differences_name_their_path() {
        let found = differences(&json!({"a": [1, 2], "c": 3}), &json!({"a": [1, 4], "d": 5}));
        assert_eq!(
            found,
            ["/a/1: is 2, should be 4", "/c: is 3, should be null", "/d: is null, should be 5"]
        );
    }
}
