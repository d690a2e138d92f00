//! The files of the web client, built into the program and served from memory.
//! It must not know what the pages do; any address that looks like a page gets the one HTML file.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use rust_embed::Embed;
use sha2::{Digest as _, Sha256};

use super::error::{ApiError, ApiErrorKind, with_quality};

/// What `build.rs` has put together: the built client, or a placeholder page.
#[derive(Embed)]
#[folder = "$OUT_DIR/web"]
struct Embedded;

const INDEX: &str = "index.html";
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// A form of a file's bytes.
#[derive(Debug, Clone)]
struct Variant {
    bytes: Bytes,
    etag: HeaderValue,
}

#[derive(Debug, Clone)]
struct File {
    content_type: HeaderValue,
    cache_control: HeaderValue,
    plain: Variant,
    brotli: Option<Variant>,
    gzip: Option<Variant>,
}

/// All files by path, without a slash in front. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Assets {
    files: Arc<HashMap<String, File>>,
}

impl Assets {
    /// The files that were built into this program.
    #[must_use]
    pub fn embedded() -> Self {
        Self::from_files(Embedded::iter().filter_map(|path| {
            let file = Embedded::get(&path)?;
            Some((path.into_owned(), Bytes::from(file.data.into_owned())))
        }))
    }

    /// The files of a folder with a built client.
    ///
    /// # Errors
    /// What the operating system says; [`io::ErrorKind::NotFound`] also when there is no page in it.
    pub fn from_folder(folder: &Path) -> io::Result<Self> {
        if !folder.join(INDEX).is_file() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "there is no index.html in it"));
        }
        let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(name) = path.strip_prefix(folder) {
                    let name = name.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
                    files.push((name, Bytes::from(std::fs::read(&path)?)));
                }
            }
        }
        Ok(Self::from_files(files))
    }

    /// Files from anywhere. `name.br` and `name.gz` beside `name` are its compressed forms.
    pub fn from_files(files: impl IntoIterator<Item = (String, Bytes)>) -> Self {
        let raw: HashMap<String, Bytes> = files.into_iter().collect();
        let compressed = |path: &str, ending: &str| raw.get(&format!("{path}{ending}")).map(variant);
        let is_compressed_form = |path: &str| {
            [".br", ".gz"]
                .iter()
                .any(|ending| path.strip_suffix(ending).is_some_and(|name| raw.contains_key(name)))
        };
        let files = raw.iter().filter(|(path, _)| !is_compressed_form(path)).map(|(path, bytes)| {
            let file = File {
                content_type: content_type(path),
                cache_control: if is_hashed(path) { IMMUTABLE } else { REVALIDATE },
                plain: variant(bytes),
                brotli: compressed(path, ".br"),
                gzip: compressed(path, ".gz"),
            };
            (path.clone(), file)
        });
        Self { files: Arc::new(files.collect()) }
    }

    /// Answers a request for a file or a page.
    #[must_use]
    pub fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response {
        if !matches!(*method, Method::GET | Method::HEAD) {
            let error = ApiError::new(ApiErrorKind::MethodNotAllowed).into_response();
            return ([(header::ALLOW, "GET, HEAD")], error).into_response();
        }
        let path = path.trim_start_matches('/');
        match self.files.get(path).or_else(|| is_page(path).then(|| self.files.get(INDEX)).flatten()) {
            Some(file) => file.answer(method, headers),
            None => ApiError::new(ApiErrorKind::NotFound).into_response(),
        }
    }
}

/// Handler for the router's fallback, with [`Assets`] as its state.
pub async fn serve_assets(State(assets): State<Assets>, request: Request) -> Response {
    assets.answer(request.method(), request.uri().path(), request.headers())
}

impl File {
    fn answer(&self, method: &Method, headers: &HeaderMap) -> Response {
        let (variant, encoding) = self.choose(headers);
        let mut builder = Response::builder()
            .header(header::CACHE_CONTROL, &self.cache_control)
            .header(header::ETAG, &variant.etag);
        if self.brotli.is_some() || self.gzip.is_some() {
            builder = builder.header(header::VARY, "accept-encoding");
        }
        let response = if is_fresh(headers, &variant.etag) {
            builder.status(StatusCode::NOT_MODIFIED).body(Body::empty())
        } else {
            builder = builder
                .header(header::CONTENT_TYPE, &self.content_type)
                .header(header::CONTENT_LENGTH, variant.bytes.len());
            if let Some(encoding) = encoding {
                builder = builder.header(header::CONTENT_ENCODING, encoding);
            }
            builder.body(if *method == Method::HEAD {
                Body::empty()
            } else {
                Body::from(variant.bytes.clone())
            })
        };
        response
            .unwrap_or_else(|error| ApiError::new(ApiErrorKind::Internal).caused_by(error).into_response())
    }

    fn choose(&self, headers: &HeaderMap) -> (&Variant, Option<&'static str>) {
        match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts(headers, "br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepts(headers, "gzip") => (gzip, Some("gzip")),
            (_, _) => (&self.plain, None),
        }
    }
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let mut any = false;
    for value in headers.get_all(header::ACCEPT_ENCODING) {
        for (name, quality) in value.to_str().unwrap_or_default().split(',').map(with_quality) {
            if name.eq_ignore_ascii_case(encoding) {
                return quality > 0;
            }
            any |= name == "*" && quality > 0;
        }
    }
    any
}

/// `If-None-Match` (RFC 9110, 13.1.2): weak comparison, list or star.
fn is_fresh(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii).any(|candidate| {
            candidate == b"*" || candidate.strip_prefix(b"W/").unwrap_or(candidate) == etag.as_bytes()
        })
    })
}

fn variant(bytes: &Bytes) -> Variant {
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    #[expect(clippy::expect_used, reason = "quotes and hexadecimal digits make a valid header value")]
    let etag = HeaderValue::from_str(&format!("\"{hex}\"")).expect("visible ASCII");
    Variant { bytes: bytes.clone(), etag }
}

/// Vite writes `assets/name-HASH.ext` with eight signs of base64url: such a name never gets other contents.
fn is_hashed(path: &str) -> bool {
    let Some(stem) = path.strip_prefix("assets/").and_then(|name| name.split_once('.')).map(|(stem, _)| stem)
    else {
        return false;
    };
    // The hash itself may hold a dash, so it is counted from the end.
    let Some((name, hash)) = stem.len().checked_sub(9).and_then(|at| stem.split_at_checked(at)) else {
        return false;
    };
    !name.is_empty()
        && hash.starts_with('-')
        && hash.bytes().skip(1).all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Whether an unknown path may be one of the client's pages: not a file, and no address of the interface for programs.
fn is_page(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    !matches!(first, "api" | "assets" | "ws") && !last.contains('.')
}

fn content_type(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "pdf" => "application/pdf",
        "csv" => "text/csv; charset=utf-8",
        "mp3" => "audio/mpeg",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    fn assets() -> Assets {
        Assets::from_files(
            [
                ("index.html", "<p>page"),
                ("assets/main-Ab3_-xYz.js", "plain script"),
                ("assets/main-Ab3_-xYz.js.br", "br script"),
                ("assets/main-Ab3_-xYz.js.gz", "gz script"),
                ("favicon.svg", "<svg/>"),
                ("notes.gz", "alone"),
            ]
            .map(|(path, text)| (path.to_owned(), Bytes::from_static(text.as_bytes()))),
        )
    }

    async fn ask(
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> (StatusCode, HeaderMap, String) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let (parts, body) = assets().answer(&method, path, &map).into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_build_holds_a_page() {
        let response = Assets::embedded().answer(&Method::GET, "/", &HeaderMap::new());
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    }

    #[tokio::test]
    async fn pages_get_the_page_and_files_do_not() {
        for path in ["/", "/m/0152-86MX", "/check", "/m/a/b", "/index.html"] {
            let (status, headers, body) = ask(Method::GET, path, &[]).await;
            assert_eq!((status, body.as_str()), (StatusCode::OK, "<p>page"), "{path}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
        }
        for path in
            ["/api/nothing", "/ws", "/assets/gone-12345678.js", "/robots.txt", "/../secret.key", "/api"]
        {
            assert_eq!(ask(Method::GET, path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        let (status, headers, _) = ask(Method::POST, "/", &[]).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(headers[header::ALLOW], "GET, HEAD");
    }

    #[tokio::test]
    async fn the_best_form_that_the_browser_takes() {
        let path = "/assets/main-Ab3_-xYz.js";
        for (accept, encoding, text) in [
            ("gzip, deflate, br, zstd", Some("br"), "br script"),
            ("gzip", Some("gzip"), "gz script"),
            ("br;q=0, gzip", Some("gzip"), "gz script"),
            ("*", Some("br"), "br script"),
            ("identity", None, "plain script"),
            ("", None, "plain script"),
        ] {
            let (_, headers, body) = ask(Method::GET, path, &[("accept-encoding", accept)]).await;
            assert_eq!(
                headers.get(header::CONTENT_ENCODING).map(|v| v.to_str().unwrap()),
                encoding,
                "{accept}"
            );
            assert_eq!(body, text);
            assert_eq!(headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
            assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
            assert_eq!(headers[header::VARY], "accept-encoding");
        }
    }

    #[tokio::test]
    async fn what_the_browser_has_is_not_sent_again() {
        let path = "/assets/main-Ab3_-xYz.js";
        let (_, headers, _) = ask(Method::GET, path, &[("accept-encoding", "br")]).await;
        let etag = headers[header::ETAG].to_str().unwrap().to_owned();
        let weak = format!("\"other\", W/{etag}");
        let (status, headers, body) =
            ask(Method::GET, path, &[("accept-encoding", "br"), ("if-none-match", &weak)]).await;
        assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        assert_eq!(headers[header::ETAG], etag.as_str());
        let (status, ..) = ask(Method::GET, path, &[("if-none-match", &etag)]).await;
        assert_eq!(status, StatusCode::OK, "another form has another tag");
    }

    #[tokio::test]
    async fn head_tells_the_length() {
        let (status, headers, body) = ask(Method::HEAD, "/favicon.svg", &[]).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, ""));
        assert_eq!(headers[header::CONTENT_LENGTH], "6");
        assert_eq!(ask(Method::GET, "/notes.gz", &[]).await.2, "alone");
    }

    #[test]
    fn a_folder_is_served_like_what_is_built_in() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Assets::from_folder(folder.path()).is_err(), "no page in it");
        std::fs::create_dir(folder.path().join("assets")).unwrap();
        std::fs::write(folder.path().join("index.html"), "<p>頁").unwrap();
        std::fs::write(folder.path().join("assets/a.js"), "1").unwrap();
        let assets = Assets::from_folder(folder.path()).unwrap();
        for (path, status) in [("/", 200), ("/assets/a.js", 200), ("/assets/b.js", 404)] {
            assert_eq!(assets.answer(&Method::GET, path, &HeaderMap::new()).status(), status, "{path}");
        }
    }

    #[test]
    fn only_hashed_names_are_for_ever() {
        assert!(is_hashed("assets/main-Ab3_-xYz.js"));
        assert!(is_hashed("assets/main-Ab3_-xYz.js.map"));
        for path in [
            "index.html",
            "assets/main.js",
            "assets/-12345678.js",
            "main-12345678.js",
            "assets/a-1234.js",
            "assets/縁側縁側縁側.js",
        ] {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
