//! From settings as written to settings that hold: every problem is found at once and named by its setting.

mod s3;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use engawa_protocol::text::{graphemes, has_control};

use super::raw::{RawConfig, SecretText};
use super::{Config, StoreKind};
use crate::auth::{AdminKey, AdminKeySource, KeyRing, KeySource, TokenKey};
use crate::http::{Origin, TrustedProxies};
use crate::net::CertificateFiles;
use crate::observe::{LogFormat, check_filter};
use crate::store::redis::{RedisAddress, RedisOptions, TlsFiles, TlsIdentity};

/// More connections than this need another way of building the server.
const MAX_CONNECTIONS_MAX: u32 = 1_000_000;
/// Ten minutes: longer, and whoever stops the server will kill it.
const DRAIN_TIMEOUT_MS_MAX: u32 = 600_000;
/// Ten years.
const KEEP_DAYS_MAX: u32 = 3_650;
/// Nobody runs more replicas of one primary than this.
const REDIS_WAIT_REPLICAS_MAX: u32 = 16;
/// Proxies, or networks of them.
const PROXIES_MAX: usize = 64;
/// Sites in one list.
const ORIGINS_MAX: usize = 64;
/// A line of the information sheet.
const SHEET_TEXT_GRAPHEMES_MAX: usize = 200;

/// One setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting's name in the file.
    pub field: &'static str,
    /// What is wrong and what it should be.
    pub message: String,
}

/// All settings that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors(pub Vec<Problem>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let end = if index + 1 == self.0.len() { "" } else { "\n" };
            write!(f, "{}: {}{end}", problem.field, problem.message)?;
        }
        Ok(())
    }
}

/// Collects problems, so that an operator sees all of them at once.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, field: &'static str, message: impl fmt::Display) {
        self.0.push(Problem { field, message: message.to_string() });
    }

    fn keep<T, E: fmt::Display>(&mut self, field: &'static str, outcome: Result<T, E>) -> Option<T> {
        outcome.map_err(|error| self.add(field, error)).ok()
    }

    /// The value, or a problem if there is none. Defaults fill every setting, so absence is a fault of the caller.
    fn required<T>(&mut self, field: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.add(field, "is missing");
        }
        value
    }
}

impl RawConfig {
    /// Fills in the defaults and checks everything.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every problem; values of secrets are not in it.
    pub fn validate(self) -> Result<Config, ConfigErrors> {
        let mut problems = Problems::default();
        let raw = self.over(Self::defaults());
        let s3 = s3::options(&mut problems, &raw);
        let listen = address(&mut problems, "listen", raw.listen);
        let internal_listen = address(&mut problems, "internal_listen", raw.internal_listen);
        if let (Some(listen), Some(internal)) = (listen, internal_listen)
            && clash(listen, internal)
        {
            problems.add("internal_listen", format!("{internal} is taken by `listen`; choose another port"));
        }
        let data_dir = problems.required("data_dir", raw.data_dir).and_then(|folder| {
            let empty = folder.trim().is_empty();
            problems
                .keep("data_dir", if empty { Err("must name a folder") } else { Ok(PathBuf::from(folder)) })
        });
        let tls = certificate_files(&mut problems, raw.tls_certificate_file, raw.tls_key_file);
        let public_url_is_guess = raw.public_url.is_none();
        let public_url = match raw.public_url {
            Some(text) => {
                problems.keep("public_url", Origin::parse(&text).map_err(|error| quote(&text, error)))
            }
            None => listen.and_then(|listen| {
                problems.keep("public_url", Origin::parse(&url_of(listen, tls.is_some())))
            }),
        };
        if let (Some(url), Some(_)) = (&public_url, &tls)
            && !url.is_https()
        {
            problems.add(
                "public_url",
                format!("`{url}` must begin with https:// where `tls_certificate_file` is set"),
            );
        }
        let allowed_origins = origins(&mut problems, "allowed_origins", raw.allowed_origins);
        let frame_ancestors = origins(&mut problems, "frame_ancestors", raw.frame_ancestors);
        let max_connections =
            number(&mut problems, "max_connections", raw.max_connections, 1, MAX_CONNECTIONS_MAX)
                .and_then(|count| NonZeroUsize::new(count as usize));
        let drain_timeout =
            number(&mut problems, "drain_timeout_ms", raw.drain_timeout_ms, 0, DRAIN_TIMEOUT_MS_MAX)
                .map(|ms| Duration::from_millis(u64::from(ms)));
        let store = word(&mut problems, "store", raw.store, StoreKind::ALL.map(|kind| (kind.name(), kind)));
        let redis = redis_options(
            &mut problems,
            store,
            raw.redis_url,
            raw.redis_wait_replicas,
            raw.allow_volatile_redis.unwrap_or(false),
        );
        let redis_files = redis_tls(
            &mut problems,
            redis.as_ref(),
            [raw.redis_ca_file, raw.redis_client_cert_file, raw.redis_client_key_file],
        );
        let redis = redis.map(|redis| RedisOptions { tls: redis_files, ..redis });
        let web_dir = raw.web_dir.filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let contact = sheet_text(&mut problems, "contact", raw.contact);
        let place = sheet_text(&mut problems, "place", raw.place);
        let keep_days = number(&mut problems, "keep_days", raw.keep_days, 0, KEEP_DAYS_MAX);
        let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        let log_format = word(&mut problems, "log_format", raw.log_format, formats);
        let log_filter = problems.required("log_filter", raw.log_filter);
        if let Some(Err(error)) = log_filter.as_deref().map(check_filter) {
            problems.add("log_filter", error);
        }
        let folder = data_dir.clone().unwrap_or_default();
        let admin_key = admin_key(&mut problems, raw.admin_key, &folder);
        let token_keys = token_keys(&mut problems, raw.token_key, raw.token_key_previous, folder);
        let trusted_proxies = proxies(&mut problems, raw.trusted_proxies);

        let config = (|| {
            Some(Config {
                listen: listen?,
                internal_listen: internal_listen?,
                data_dir: data_dir?,
                store: store?,
                redis,
                s3,
                public_url: public_url?,
                public_url_is_guess,
                allowed_origins,
                frame_ancestors,
                tls,
                trusted_proxies,
                admin_key: admin_key?,
                token_keys: token_keys?,
                max_connections: max_connections?,
                drain_timeout: drain_timeout?,
                web_dir,
                contact,
                place,
                keep_days: keep_days.filter(|days| *days > 0),
                log_format: log_format?,
                log_filter: log_filter?,
            })
        })();
        match config {
            Some(config) if problems.0.is_empty() => Ok(config),
            Some(_) | None => Err(ConfigErrors(problems.0)),
        }
    }
}

fn quote(text: &str, error: impl fmt::Display) -> String {
    format!("`{text}` {error}")
}

fn address(problems: &mut Problems, field: &'static str, text: Option<String>) -> Option<SocketAddr> {
    let text = problems.required(field, text)?;
    let parsed = text.trim().parse().map_err(|_| {
        quote(&text, "is not a numeric address and port such as 127.0.0.1:8787, 0.0.0.0:8787 or [::]:8787")
    });
    problems.keep(field, parsed)
}

/// What is shown on the information sheet.
fn sheet_text(problems: &mut Problems, field: &'static str, text: Option<String>) -> Option<String> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())?;
    let good = graphemes(&text) <= SHEET_TEXT_GRAPHEMES_MAX && !has_control(&text, false);
    let fault = format!("must be a line of at most {SHEET_TEXT_GRAPHEMES_MAX} characters");
    problems.keep(field, if good { Ok(text) } else { Err(fault) })
}

/// Port 0 means "any free one" and never clashes.
fn clash(a: SocketAddr, b: SocketAddr) -> bool {
    a.port() != 0
        && a.port() == b.port()
        && (a.ip() == b.ip() || a.ip().is_unspecified() || b.ip().is_unspecified())
}

/// A guess that is right on the machine itself.
pub(super) fn url_of(listen: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    let port = match listen.port() {
        0 if tls => 443,
        0 => 80,
        port => port,
    };
    match listen.ip() {
        ip if ip.is_unspecified() => format!("{scheme}://localhost:{port}"),
        IpAddr::V4(ip) => format!("{scheme}://{ip}:{port}"),
        IpAddr::V6(ip) => format!("{scheme}://[{ip}]:{port}"),
    }
}

/// Both files or none.
fn certificate_files(
    problems: &mut Problems,
    certificate: Option<String>,
    key: Option<String>,
) -> Option<CertificateFiles> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => {
            Some(CertificateFiles { certificate: certificate.into(), key: key.into() })
        }
        (Some(_), None) => {
            problems.add("tls_key_file", "must be set beside `tls_certificate_file`");
            None
        }
        (None, Some(_)) => {
            problems.add("tls_certificate_file", "must be set beside `tls_key_file`");
            None
        }
        (None, None) => None,
    }
}

fn proxies(problems: &mut Problems, texts: Option<Vec<String>>) -> TrustedProxies {
    let texts = texts.unwrap_or_default();
    let texts: Vec<_> = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    if texts.len() > PROXIES_MAX {
        problems.add("trusted_proxies", format!("has more than {PROXIES_MAX} entries"));
        return TrustedProxies::default();
    }
    let networks = texts.into_iter().filter_map(|text| {
        problems.keep("trusted_proxies", TrustedProxies::parse(text).map_err(|error| quote(text, error)))
    });
    TrustedProxies::new(networks.collect())
}

fn origins(problems: &mut Problems, field: &'static str, texts: Option<Vec<String>>) -> Vec<Origin> {
    let texts = texts.unwrap_or_default();
    if texts.len() > ORIGINS_MAX {
        problems.add(field, format!("has more than {ORIGINS_MAX} entries"));
        return Vec::new();
    }
    let texts = texts.iter().filter(|text| !text.trim().is_empty());
    texts
        .filter_map(|text| problems.keep(field, Origin::parse(text).map_err(|error| quote(text, error))))
        .collect()
}

fn number(
    problems: &mut Problems,
    field: &'static str,
    value: Option<u32>,
    min: u32,
    max: u32,
) -> Option<u32> {
    let value = problems.required(field, value)?;
    let fits = (min..=max).contains(&value);
    problems
        .keep(field, if fits { Ok(value) } else { Err(format!("{value} is not between {min} and {max}")) })
}

fn word<T, const N: usize>(
    problems: &mut Problems,
    field: &'static str,
    text: Option<String>,
    words: [(&'static str, T); N],
) -> Option<T> {
    let text = problems.required(field, text)?;
    let names = words.each_ref().map(|(name, _)| format!("`{name}`")).join(" or ");
    let found = words.into_iter().find(|(name, _)| *name == text.trim()).map(|(_, value)| value);
    problems.keep(field, found.ok_or_else(|| quote(&text, format!("must be {names}"))))
}

/// Read also while another store is chosen, so that a mistake shows before the day it is needed; used only then.
fn redis_options(
    problems: &mut Problems,
    store: Option<StoreKind>,
    url: Option<SecretText>,
    wait_replicas: Option<u32>,
    allow_volatile: bool,
) -> Option<RedisOptions> {
    let wait_replicas =
        number(problems, "redis_wait_replicas", wait_replicas, 0, REDIS_WAIT_REPLICAS_MAX).unwrap_or(0);
    let address = url
        .map(|url| problems.keep("redis_url", RedisAddress::parse(url.expose())))
        .unwrap_or_else(|| {
            if store == Some(StoreKind::Redis) {
                problems.add("redis_url", "must be set where `store` is `redis`: redis://HOST:PORT");
            }
            None
        })?;
    (store == Some(StoreKind::Redis)).then(|| RedisOptions {
        wait_replicas,
        allow_volatile,
        ..RedisOptions::new(address)
    })
}

/// The files for encrypted connections. Whether they can be read shows when they are.
fn redis_tls(problems: &mut Problems, redis: Option<&RedisOptions>, files: [Option<String>; 3]) -> TlsFiles {
    const NAMES: [&str; 3] = ["redis_ca_file", "redis_client_cert_file", "redis_client_key_file"];
    let files = files.map(|file| file.filter(|file| !file.trim().is_empty()).map(PathBuf::from));
    if redis.is_some_and(|redis| !redis.address.is_encrypted()) {
        for (name, _) in NAMES.iter().zip(&files).filter(|(_, file)| file.is_some()) {
            problems.add(name, "means nothing unless `redis_url` begins with rediss:// (TLS)");
        }
    }
    let [authorities, certificate, key] = files;
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some(TlsIdentity { certificate, key }),
        (None, None) => None,
        (Some(_), None) => {
            problems.add("redis_client_key_file", "must be set together with `redis_client_cert_file`");
            None
        }
        (None, Some(_)) => {
            problems.add("redis_client_cert_file", "must be set together with `redis_client_key_file`");
            None
        }
    };
    TlsFiles { authorities, identity }
}

fn admin_key(
    problems: &mut Problems,
    text: Option<SecretText>,
    folder: &std::path::Path,
) -> Option<AdminKeySource> {
    match text {
        Some(text) => problems.keep("admin_key", AdminKey::parse(text.expose())).map(AdminKeySource::Given),
        None => Some(AdminKeySource::DataFolder(folder.to_owned())),
    }
}

fn token_keys(
    problems: &mut Problems,
    current: Option<SecretText>,
    previous: Option<SecretText>,
    folder: PathBuf,
) -> Option<KeySource> {
    let previous_given = previous.is_some();
    let previous =
        previous.and_then(|text| problems.keep("token_key_previous", TokenKey::parse(text.expose())));
    match current {
        Some(text) => {
            let current = problems.keep("token_key", TokenKey::parse(text.expose()))?;
            Some(KeySource::Given(KeyRing::new(current, previous)))
        }
        None => {
            if previous_given {
                problems.add("token_key_previous", "needs `token_key` beside it");
            }
            Some(KeySource::DataFolder(folder))
        }
    }
}

/// Names in the environment that begin like ours and mean nothing: a warning, because container platforms put
/// variables of their own there (`ENGAWA_PORT`, `ENGAWA_SERVICE_HOST`) for a service called engawa.
pub(crate) fn unknown_env_names(env: &BTreeMap<String, String>, known: &[String]) -> Vec<String> {
    env.keys()
        .filter(|name| name.starts_with("ENGAWA_") && !known.contains(name))
        .filter(|name| !name.starts_with("ENGAWA_PORT") && !name.starts_with("ENGAWA_SERVICE_"))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests;
