//! The page that shows the document: everything is on it, and nothing on it comes from anywhere else.

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use http_body_util::BodyExt as _;

use super::committed;
use super::stage::{Held, Sent, Stage};

/// The values of an attribute.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let begins = format!(" {attribute}=\"");
    page.split(&begins).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn ht60_the_page_shows_every_operation_and_asks_no_other_host() {
    let stage = Stage::new().await;
    let get = async |path: &str| {
        let response = stage.send("GET", path, Held::Nothing, Sent::Nothing).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{path}: {policy}");
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    let page = get("/api/docs").await;
    let document = committed();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let shown = path.replace('&', "&amp;");
        assert!(page.contains(&format!("<code>{shown}</code></h3>")), "{path} is not on the page");
        for operation in operations.as_object().unwrap().values() {
            assert!(
                page.contains(operation["summary"].as_str().unwrap().split('\'').next().unwrap()),
                "{path}"
            );
        }
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("<details id=\"form-{name}\">")), "{name}");
    }

    let links = [values(&page, "href"), values(&page, "src")].concat();
    let ids: Vec<&str> = values(&page, "id");
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "an id is there once");
    for link in &links {
        let here = link.strip_prefix('#').map_or_else(|| link.starts_with("/api/"), |id| known.contains(id));
        assert!(here, "{link} leads away");
    }
    assert!(links.contains(&"/api/docs/style.css") && links.contains(&"/api/openapi.json"));
    for word in ["<script", "<iframe", "<img", " style=", " onclick", "<style"] {
        assert!(!page.contains(word), "{word} is on the page");
    }
    assert!(!get("/api/docs/style.css").await.contains("url("));
    let served: serde_json::Value = serde_json::from_str(&get("/api/openapi.json").await).unwrap();
    assert!(served == document, "the server gives another document than the tree has");
}
