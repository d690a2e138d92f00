//! The document of the HTTP API (SPEC HT60): it is what the routes say, nothing is left out of it, and real answers keep
//! to it. `UPDATE=1` writes it anew.

mod document;
mod page;
mod stage;
mod walk;

use std::collections::BTreeSet;
use std::path::Path;

use engawa_server::http::described::Verb;
use serde_json::Value;

use stage::Stage;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../protocol/openapi.json");
const SPEC: &str = include_str!("../../../../protocol/SPEC.md");

fn committed() -> Value {
    serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap()
}

#[tokio::test]
async fn ht60_the_document_is_what_the_routes_say() {
    let stage = Stage::new().await;
    let written = document::write(&stage.routes().described);
    let text = format!("{}\n", serde_json::to_string_pretty(&written).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    assert!(
        std::fs::read_to_string(FILE).unwrap() == text,
        "protocol/openapi.json is not what the routes say; `make bindings` writes it anew"
    );
    let names = written["components"]["schemas"].as_object().unwrap().keys();
    let doubled: Vec<_> = names.filter(|name| name.ends_with(|c: char| c.is_ascii_digit())).collect();
    assert!(doubled.is_empty(), "two types of one name: {doubled:?}");
}

#[tokio::test]
async fn ht60_every_operation_names_a_rule_and_has_words() {
    let stage = Stage::new().await;
    let mut names = BTreeSet::new();
    for route in stage.routes().described {
        assert!(SPEC.contains(&format!("- **{}** ", route.rule)), "{}: no rule {}", route.path, route.rule);
        assert!(!route.title.is_empty() && !route.title.ends_with('.'), "{}: {}", route.path, route.title);
        assert!(!route.answered.is_empty(), "{} never answers", route.path);
        let in_path = route.parameters.iter().filter(|one| one.in_path);
        let named: BTreeSet<String> = in_path.map(|one| format!("{{{}}}", one.name)).collect();
        let there: BTreeSet<String> =
            route.path.split('/').filter(|part| part.starts_with('{')).map(Into::into).collect();
        assert_eq!(named, there, "{}", route.path);
        assert!(names.insert((route.path, route.verb)), "{} twice", route.path);
    }
    for (path, verb) in
        [("/ws", Verb::Socket), ("/api/commands", Verb::Post), ("/api/posters/zip", Verb::Post)]
    {
        assert!(names.contains(&(path, verb)), "{path}");
    }
}

/// A table's `route` is the only one there is: no other router takes a route past the document.
#[test]
fn ht60_no_route_goes_past_the_document() {
    let mut found = Vec::new();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    // Where the table itself calls axum, the listener of probes and scrapers, and an echo for tests.
    let allowed = ["http/described.rs", "observe/internal.rs", "transport/websocket.rs"];
    found.retain(|path| !allowed.iter().any(|end| path.ends_with(end)));
    assert!(found.is_empty(), "routers beside the tables: {found:?}");
}

fn look(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let makes_a_router =
            code.contains("Router::new()") && (code.contains(".route(") || code.contains(".nest("));
        if makes_a_router || code.contains("axum::routing::get") || code.contains("axum::routing::post") {
            found.push(path.display().to_string().replace('\\', "/"));
        }
    }
}
