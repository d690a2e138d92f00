//! What an operator can set, from the command line, the environment (`ENGAWA_*`) and one optional TOML file, in this order
//! of precedence. Owns the names, the defaults, the checks and the sentences about mistakes; must not know what the
//! settings are used for.

mod example;
mod raw;
mod validate;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

pub use example::{example_toml, print_toml};
pub use raw::{FILE_KEY, RawConfig, ReadError, SECRET_FIELDS, SecretField, SecretText};
pub(crate) use validate::unknown_env_names;
pub use validate::{ConfigErrors, Problem};

use crate::auth::{AdminKeySource, KeySource};
use crate::http::{Origin, OriginPolicy, SecurityHeaders, TrustedProxies};
use crate::net::CertificateFiles;
use crate::observe::LogFormat;
use crate::poster_files::s3::S3Options;
use crate::store::redis::RedisOptions;

/// Where meetings are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// Files in the data folder, one node.
    Embedded,
    /// A Redis or Valkey that several nodes share.
    Redis,
    /// Nowhere: everything is gone when the process ends. For trying out and tests.
    Memory,
}

impl StoreKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Embedded, Self::Redis, Self::Memory];

    /// The word in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Redis => "redis",
            Self::Memory => "memory",
        }
    }
}

/// The settings, checked. No value in here can be wrong by itself; files and ports may still refuse.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where people connect.
    pub listen: SocketAddr,
    /// Where metrics and health are served.
    pub internal_listen: SocketAddr,
    /// The folder for everything that must survive.
    pub data_dir: PathBuf,
    /// Where meetings are kept.
    pub store: StoreKind,
    /// How to use Redis: always there with [`StoreKind::Redis`].
    pub redis: Option<RedisOptions>,
    /// The bucket of the posters' files, if they are not kept in the data folder.
    pub s3: Option<S3Options>,
    /// The address that people see; links begin with it.
    pub public_url: Origin,
    /// Whether [`Self::public_url`] was made from [`Self::listen`], since nobody said it.
    pub public_url_is_guess: bool,
    /// Further sites whose pages may act here.
    pub allowed_origins: Vec<Origin>,
    /// Sites that may show our pages in a frame.
    pub frame_ancestors: Vec<Origin>,
    /// Certificate and key, if people connect by TLS.
    pub tls: Option<CertificateFiles>,
    /// Proxies in front that tell the truth in `X-Forwarded-*`.
    pub trusted_proxies: TrustedProxies,
    /// Where the operator's key comes from.
    pub admin_key: AdminKeySource,
    /// Where the keys of links come from.
    pub token_keys: KeySource,
    /// Connections at one time.
    pub max_connections: NonZeroUsize,
    /// How long a shutdown waits for people to be sent away in order.
    pub drain_timeout: Duration,
    /// Pages to serve instead of those that are built in.
    pub web_dir: Option<PathBuf>,
    /// Who runs the server and is to be asked.
    pub contact: Option<String>,
    /// Where the server and its data stand.
    pub place: Option<String>,
    /// For how many days a meeting is kept that is made without a date of its own; none: until somebody deletes it.
    pub keep_days: Option<u32>,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines are written.
    pub log_filter: String,
}

impl Config {
    /// The rule for pages of other sites.
    #[must_use]
    pub fn origin_policy(&self) -> OriginPolicy {
        OriginPolicy {
            public: self.public_url.clone(),
            allowed: self.allowed_origins.clone(),
            proxies: self.trusted_proxies.clone(),
        }
    }

    /// Takes the port in use into a guessed public address, if the settings asked for any free port.
    pub fn settle_public_url(&mut self, address: SocketAddr) {
        if self.public_url_is_guess
            && let Ok(url) = Origin::parse(&validate::url_of(address, self.tls.is_some()))
        {
            self.public_url = url;
        }
    }

    /// The headers on every answer.
    #[must_use]
    pub fn security_headers(&self) -> SecurityHeaders {
        SecurityHeaders::new(&self.public_url, &self.allowed_origins, &self.frame_ancestors)
    }

    /// What works and is probably not meant for a real meeting, in plain sentences.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.store == StoreKind::Memory {
            warnings.push(
                "store: `memory` keeps nothing; every meeting is lost when the server stops".to_owned(),
            );
        }
        if self.redis.as_ref().is_some_and(|redis| redis.allow_volatile) {
            warnings.push(
                "allow_volatile_redis: meetings may be lost when Redis restarts or runs full".to_owned(),
            );
        }
        if self.store == StoreKind::Redis && self.s3.is_none() {
            warnings.push(
                "s3_bucket: posters lie in the data folder; where several servers share the meetings, it must be one folder for all, or a bucket"
                    .to_owned(),
            );
        }
        if !self.listen.ip().is_loopback() && !self.public_url.is_https() {
            warnings.push(
                "public_url: without https, links and notes travel readable for everybody on the way"
                    .to_owned(),
            );
        }
        if !self.internal_listen.ip().is_loopback() {
            warnings.push(
                "internal_listen: metrics and health are reachable from other machines; keep them off the public network"
                    .to_owned(),
            );
        }
        warnings
    }
}
