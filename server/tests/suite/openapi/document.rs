//! Writes the document of the HTTP API from what the routes say about themselves and from the types of their bodies.

use std::collections::{BTreeMap, BTreeSet};

use engawa_protocol::Role;
use engawa_protocol::http::ErrorBody;
use engawa_server::http::described::{Answered, Asked, Form, Key, Parameter, Verb};
use engawa_server::http::{ApiErrorKind, Described, Group, Language};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

const DESCRIPTION: &str = "Generated from the code of the server; a test keeps it true. The numbered rules are in `protocol/SPEC.md`, which also tells what \
travels over a line: commands, events, views.\n\nBodies are JSON in UTF-8 unless another type of content is named. Fields that are not known are not looked at; \
a newer server may send more. An error has a status of 400 or above and an `ErrorBody`: `code` never changes, `message` is a sentence in the language of `Accept-Language` \
(`ja` or `en`).\n\nA request that changes something and comes from a page of another site is refused (`origin_refused`); programs send no `Origin`. Metrics and health are on a \
listener of their own and not in here.";

pub(crate) fn write(described: &[Described]) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut forms = settings.into_generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in described {
        let told = operation(route, &mut forms);
        let before = paths.entry(route.path).or_default().insert(method(route.verb).into(), told);
        assert!(before.is_none(), "{} is there twice", route.path);
    }
    let mut schemas = Value::Object(forms.take_definitions(true));
    tolerate_more(&mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Engawa HTTP API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/", "description": "The server that gives this document." }],
        "tags": tags(),
        "paths": paths,
        "components": { "schemas": schemas, "securitySchemes": keys() },
    })
}

fn tags() -> Value {
    Group::ALL
        .map(|group| {
            let (ja, en) = group.names();
            json!({ "name": en, "x-name-ja": ja })
        })
        .into()
}

fn keys() -> Value {
    let bearer = |description| json!({ "type": "http", "scheme": "bearer", "description": description });
    json!({
        "operator_key": bearer(
            "The operator's key: `admin-key` in the data folder, or the setting `admin_key`. It makes meetings, deletes them and reads their logs."
        ),
        "personal_token": bearer(
            "The token of somebody's own link, or the one that joining has given: what stands behind `#` in the link. Where roles are named, the person must have one of them now."
        ),
        "shared_token": bearer(
            "The token of a link that everyone of a role shares: what stands behind `#` in it. It opens the door for joining; a screen's opens the screen."
        ),
    })
}

pub(crate) const fn method(verb: Verb) -> &'static str {
    match verb {
        Verb::Get | Verb::Socket => "get",
        Verb::Post => "post",
        Verb::Delete => "delete",
    }
}

fn operation(route: &Described, forms: &mut SchemaGenerator) -> Value {
    let words = route.path.trim_start_matches("/api").replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let name = format!("{}{}", method(route.verb), words.replace("__", "_")).trim_end_matches('_').to_owned();
    let mut told = json!({
        "operationId": name,
        "tags": [route.group.names().1],
        "summary": route.title,
        "x-rule": route.rule,
        "security": security(route),
        "responses": responses(route, forms),
    });
    if !route.says.is_empty() {
        told["description"] = route.says.into();
    }
    if !route.parameters.is_empty() {
        told["parameters"] = route.parameters.iter().map(|one| parameter(one, forms)).collect();
    }
    if let Some(asked) = &route.asked {
        told["requestBody"] = body(asked, forms);
    }
    told
}

/// Any one of these. The roles beside a key are those of which its holder must have one.
fn security(route: &Described) -> Value {
    let roles = |roles: &[Role]| serde_json::to_value(roles).unwrap();
    let keys = route.keys.iter().map(|key| match key {
        Key::Operator => json!({ "operator_key": [] }),
        Key::Personal(of) => json!({ "personal_token": roles(of) }),
        Key::Shared(of) => json!({ "shared_token": roles(of) }),
    });
    keys.chain(route.open.then(|| json!({}))).collect()
}

fn parameter(parameter: &Parameter, forms: &mut SchemaGenerator) -> Value {
    json!({
        "name": parameter.name,
        "in": if parameter.in_path { "path" } else { "query" },
        "required": parameter.in_path,
        "description": parameter.says,
        "schema": schema(parameter.form, forms),
    })
}

fn schema(form: Form, forms: &mut SchemaGenerator) -> Value {
    (form.schema)(forms).to_value()
}

fn body(asked: &Asked, forms: &mut SchemaGenerator) -> Value {
    let (content, says) = match asked {
        Asked::Json(form) => (
            json!({ "application/json": { "schema": schema(*form, forms) } }),
            "Needs `Content-Type: application/json`.".to_owned(),
        ),
        Asked::Frame(form) => (
            json!({ "application/json": { "schema": schema(*form, forms) } }),
            "Read as JSON whatever `Content-Type` says.".to_owned(),
        ),
        Asked::File { media_types, bytes_max } => {
            let content: Map<String, Value> =
                media_types.iter().map(|one| ((*one).to_owned(), json!({}))).collect();
            let says = format!(
                "The bytes of the file, at most {bytes_max}. What it is, is found out from them and not from `Content-Type`."
            );
            (content.into(), says)
        }
    };
    json!({ "required": true, "description": says, "content": content })
}

fn responses(route: &Described, forms: &mut SchemaGenerator) -> Value {
    let mut by_status: BTreeMap<u16, (Vec<String>, Map<String, Value>)> = BTreeMap::new();
    for Answered { status, media_type, form, says } in &route.answered {
        let (words, content) = by_status.entry(status.as_u16()).or_default();
        words.push((*says).to_owned());
        if !media_type.is_empty() {
            let told = form.map_or_else(|| json!({}), |form| json!({ "schema": schema(form, forms) }));
            content.insert((*media_type).to_owned(), told);
        }
    }
    let mut refusals: BTreeMap<u16, BTreeSet<&str>> = BTreeMap::new();
    for kind in ApiErrorKind::ALL.into_iter().filter(|kind| route.refused.contains(kind)) {
        refusals.entry(kind.status().as_u16()).or_default().insert(kind.code());
    }
    for (status, codes) in refusals {
        let (words, content) = by_status.entry(status).or_default();
        words.extend(codes.iter().map(|code| format!("`{code}`: {}", sentence(code))));
        let error = forms.subschema_for::<ErrorBody>();
        let told = if content.is_empty() {
            json!({ "allOf": [error, { "properties": { "error": { "properties": { "code": { "enum": codes } } } } }] })
        } else {
            // Codes of rejections come under this status as well.
            error.to_value()
        };
        content.insert("application/json".to_owned(), json!({ "schema": told }));
    }
    let told = |(words, content): (Vec<String>, Map<String, Value>)| {
        let mut told = json!({ "description": words.join(" ") });
        if !content.is_empty() {
            told["content"] = content.into();
        }
        told
    };
    by_status
        .into_iter()
        .map(|(status, parts)| (status.to_string(), told(parts)))
        .collect::<Map<_, _>>()
        .into()
}

fn sentence(code: &str) -> &'static str {
    let kind = ApiErrorKind::ALL.into_iter().find(|kind| kind.code() == code);
    kind.expect("a code of ours").message(Language::En)
}

/// Readers of either side look past fields that they do not know; the generator forbids some of them.
fn tolerate_more(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|name, value| !(name == "additionalProperties" && value == &json!(false)));
            map.values_mut().for_each(tolerate_more);
        }
        Value::Array(list) => list.iter_mut().for_each(tolerate_more),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
