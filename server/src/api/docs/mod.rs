//! The document of the HTTP API and a page that shows it, made by this server: nothing comes from another host, and no script
//! runs. The document is the file of the tree, which a test keeps equal to the routes.

mod page;

use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;

use super::ApiState;
use crate::http::{Described, Table};

/// The document: OpenAPI 3.1.
const DOCUMENT: &str = include_str!("../../../../protocol/openapi.json");
const STYLE: &str = include_str!("style.css");
/// The page needs its style and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
/// Another version of the server has another document.
const CACHED: &str = "no-cache";

/// Made once: the document does not change while the server runs.
static PAGE: LazyLock<Bytes> = LazyLock::new(|| page::write(DOCUMENT).into());

pub(super) fn routes() -> Table<ApiState> {
    let document = Described::get("/api/openapi.json", "HT60", "This document")
        .gives_file("application/json", "OpenAPI 3.1.");
    let page = Described::get("/api/docs", "HT60", "This document as a page")
        .gives_file("text/html; charset=utf-8", "Headings in Japanese and English.");
    let style = Described::get("/api/docs/style.css", "HT60", "How that page looks")
        .gives_file("text/css; charset=utf-8", "A style sheet.");
    Table::default()
        .route(document, || async { give("application/json", DOCUMENT) })
        .route(page, || async { give("text/html; charset=utf-8", PAGE.clone()) })
        .route(style, || async { give("text/css; charset=utf-8", STYLE) })
}

/// Answers with one of the three (HT60).
fn give(content_type: &'static str, body: impl Into<axum::body::Body>) -> Response {
    let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, CACHED), (CONTENT_SECURITY_POLICY, POLICY)];
    (headers, body.into()).into_response()
}
