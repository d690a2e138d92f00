//! Puts the web client into `OUT_DIR/web`, so that `cargo run` on a fresh machine serves the screens.
//!
//! - `WEB_DIST=<folder>` takes a ready build (a package, a container, a machine without npm).
//! - `SKIP_WEB=1` skips the build and embeds a plain placeholder page.
//! - No web client in the tree, or no npm on the machine: placeholder; the latter with a warning.
//! - npm is there and the build breaks: the build of the server breaks too, with npm's words.
//!
//! The web client's build gets the folder to write to in `WEB_OUT_DIR`. Nothing is written into the source tree except
//! `web-client/node_modules`.

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

type Outcome<T> = Result<T, Box<dyn Error>>;

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// What the build of the web client reads. Never the whole folder: it holds node_modules.
const SOURCES: [&str; 12] = [
    "src",
    "public",
    "scripts",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "vite.config.js",
    "svelte.config.js",
    "tsconfig.json",
    "tsconfig.app.json",
    "tsconfig.node.json",
];

const PLACEHOLDER: &str = r#"<!doctype html>
<html lang="ja">
<meta charset="utf-8">
<title>Engawa</title>
<p>このサーバーには画面が組み込まれていません。Node.jsとnpmを入れて、もう一度ビルドしてください。</p>
<p lang="en">This server was built without its screens. Install Node.js with npm and build again.</p>
</html>
"#;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<()> {
    println!("cargo::rerun-if-changed=build.rs");
    for name in ["WEB_DIST", "SKIP_WEB", "DOCS_RS"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let out = PathBuf::from(env("OUT_DIR")?).join("web");
    let client = Path::new(&env("CARGO_MANIFEST_DIR")?).join("../web-client");

    if let Some(ready) = std::env::var_os("WEB_DIST").filter(|folder| !folder.is_empty()) {
        let ready = PathBuf::from(ready);
        println!("cargo::rerun-if-changed={}", ready.display());
        require_index(&ready, "WEB_DIST")?;
        empty(&out)?;
        return copy(&ready, &out);
    }
    if std::env::var_os("DOCS_RS").is_some() || is_set("SKIP_WEB") {
        return put_placeholder(&out);
    }
    if !client.join("package.json").exists() {
        // Watching a file that is not there makes this script run each time, until the web client is.
        println!("cargo::rerun-if-changed={}", client.join("package.json").display());
        return put_placeholder(&out);
    }
    for source in SOURCES.iter().map(|name| client.join(name)).filter(|path| path.exists()) {
        println!("cargo::rerun-if-changed={}", source.display());
    }
    let Some(node) = node_version()? else {
        println!(
            "cargo::warning=npm was not found, so the server is built without its screens (Node.js 20.19 or newer brings npm; WEB_DIST=<folder> takes a ready build)"
        );
        return put_placeholder(&out);
    };
    if !is_new_enough(node) {
        let (major, minor) = node;
        return Err(format!(
            "the web client needs Node.js 20.19, or 22.12 and newer; found {major}.{minor}. SKIP_WEB=1 builds without screens."
        )
        .into());
    }
    install(&client)?;
    build(&client, &out)
}

fn env(name: &str) -> Outcome<String> {
    std::env::var(name).map_err(|error| format!("{name}: {error}").into())
}

fn is_set(name: &str) -> bool {
    std::env::var(name).is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// Major and minor version of Node.js; `None` if it or npm is missing.
fn node_version() -> Outcome<Option<(u32, u32)>> {
    match Command::new(NPM).arg("--version").output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
        Ok(_) => {}
    }
    let output = match Command::new("node").arg("--version").output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        outcome => outcome?,
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let mut parts = text.trim().trim_start_matches('v').split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok(Some((major, minor))),
        (_, _) => Err(format!("`node --version` says {text:?}").into()),
    }
}

/// What Vite 8 asks for.
fn is_new_enough((major, minor): (u32, u32)) -> bool {
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major > 22,
    }
}

/// `npm ci`, unless node_modules already is what the lock file says.
fn install(client: &Path) -> Outcome<()> {
    let lock_path = client.join("package-lock.json");
    let lock = fs::read(&lock_path).map_err(|error| format!("web-client/package-lock.json: {error}"))?;
    let modules = client.join("node_modules");
    let stamp = modules.join(".engawa-installed-lock");
    // Two builds at once (two profiles, an editor) must not both rewrite node_modules.
    let guard_name =
        format!("engawa-npm-{:016x}.lock", fnv(client.canonicalize()?.as_os_str().as_encoded_bytes()));
    let guard = fs::File::create(std::env::temp_dir().join(guard_name))?;
    guard.lock()?;
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    npm(client, ["ci", "--no-audit", "--no-fund"], None)?;
    fs::create_dir_all(&modules)?;
    fs::write(&stamp, lock)?;
    Ok(())
}

/// Builds beside the final place and moves over, so that a broken build leaves the last good one.
fn build(client: &Path, out: &Path) -> Outcome<()> {
    let fresh = out.with_file_name("web-building");
    empty(&fresh)?;
    npm(client, ["run", "build"], Some(&fresh))?;
    require_index(&fresh, "`npm run build` must write to the folder named by WEB_OUT_DIR")?;
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    fs::rename(&fresh, out)?;
    Ok(())
}

fn npm<const N: usize>(client: &Path, args: [&str; N], out: Option<&Path>) -> Outcome<()> {
    let mut command = Command::new(NPM);
    command.current_dir(client).args(args);
    if let Some(out) = out {
        command.env("WEB_OUT_DIR", out);
    }
    // Cargo shows a build script's words only when it fails, so they are gathered and given with the error.
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "`npm {}` failed in web-client ({}). SKIP_WEB=1 builds without screens.\n{}\n{}",
        args.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
    .into())
}

fn require_index(folder: &Path, what: &str) -> Outcome<()> {
    if folder.join("index.html").is_file() {
        Ok(())
    } else {
        Err(format!("{what}: there is no index.html in {}", folder.display()).into())
    }
}

fn put_placeholder(out: &Path) -> Outcome<()> {
    empty(out)?;
    Ok(fs::write(out.join("index.html"), PLACEHOLDER)?)
}

fn empty(folder: &Path) -> Outcome<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().extension() == Some(OsStr::new("map")) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// FNV-1a, to name a lock file; nothing depends on its strength.
fn fnv(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
