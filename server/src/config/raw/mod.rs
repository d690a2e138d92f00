//! The settings as they were written, before anybody has looked whether they make sense.

mod file;
mod secret;

use std::collections::BTreeMap;

use clap::Args;
use serde::{Deserialize, Serialize};

pub use file::ReadError;
pub use secret::SecretText;

/// The setting that names the file; it stands on the command line or in the environment only.
pub const FILE_KEY: &str = "config_file";

/// All settings, each of them absent unless somebody wrote it. One definition for command line, environment, file,
/// help text and example file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawConfig {
    /// Where people connect: address and port.
    #[arg(long, env = "ENGAWA_LISTEN", value_name = "ADDRESS:PORT", global = true)]
    pub listen: Option<String>,

    /// Where metrics (/metrics) and health (/healthz, /readyz) are served. Keep it off the public network.
    #[arg(long, env = "ENGAWA_INTERNAL_LISTEN", value_name = "ADDRESS:PORT", global = true)]
    pub internal_listen: Option<String>,

    /// The folder for meetings and keys. Made if it is not there.
    #[arg(long, env = "ENGAWA_DATA_DIR", value_name = "FOLDER", global = true)]
    pub data_dir: Option<String>,

    /// Where meetings are kept: `embedded` (files in the data folder), `redis` (several servers share them, see
    /// `redis_url`) or `memory` (nothing survives a restart).
    #[arg(long, env = "ENGAWA_STORE", value_name = "KIND", global = true)]
    pub store: Option<String>,

    /// With `store = "redis"`: how many replicas must have a write before it counts (`WAIT`). 1 where there is a
    /// replica to fail over to.
    #[arg(long, env = "ENGAWA_REDIS_WAIT_REPLICAS", value_name = "COUNT", global = true)]
    pub redis_wait_replicas: Option<u32>,

    /// With `rediss://` in `redis_url`: a file with the certificates (PEM) of the authorities that vouch for Redis.
    /// The system's authorities count unless it is set.
    #[arg(long, env = "ENGAWA_REDIS_CA_FILE", value_name = "FILE", global = true)]
    pub redis_ca_file: Option<String>,

    /// The certificate (PEM) with which this server says who it is, where Redis asks its clients for one
    /// (`tls-auth-clients yes`). Goes with `redis_client_key_file`.
    #[arg(long, env = "ENGAWA_REDIS_CLIENT_CERT_FILE", value_name = "FILE", global = true)]
    pub redis_client_cert_file: Option<String>,

    /// The file with the private key (PEM, not encrypted) of `redis_client_cert_file`.
    #[arg(long, env = "ENGAWA_REDIS_CLIENT_KEY_FILE", value_name = "FILE", global = true)]
    pub redis_client_key_file: Option<String>,

    /// Accept a Redis that forgets meetings when it restarts or runs full. For trying things out.
    #[arg(
        long,
        env = "ENGAWA_ALLOW_VOLATILE_REDIS",
        value_name = "true|false",
        num_args = 0..=1,
        default_missing_value = "true",
        global = true
    )]
    pub allow_volatile_redis: Option<bool>,

    /// The address that people see in their browser, without a path. Links and QR codes begin with it.
    /// Unless set, it is made from `listen`.
    #[arg(long, env = "ENGAWA_PUBLIC_URL", value_name = "URL", global = true)]
    pub public_url: Option<String>,

    /// Further addresses under which the same server is reached, such as an older name.
    /// On the command line and in the environment separated by commas.
    #[arg(
        long,
        env = "ENGAWA_ALLOWED_ORIGINS",
        value_name = "URL,...",
        value_delimiter = ',',
        global = true
    )]
    pub allowed_origins: Option<Vec<String>>,

    /// Sites that may show Engawa's pages inside their own, such as a meeting tool. None unless set.
    #[arg(
        long,
        env = "ENGAWA_FRAME_ANCESTORS",
        value_name = "URL,...",
        value_delimiter = ',',
        global = true
    )]
    pub frame_ancestors: Option<Vec<String>>,

    /// A file with the certificate and those between it and the authority, in PEM form. With it and `tls_key_file` people
    /// connect by TLS; without, by plain HTTP, as behind a proxy that speaks TLS itself. Renewed files are noticed within
    /// 10 s, or at once by SIGHUP; connections stay.
    #[arg(long, env = "ENGAWA_TLS_CERTIFICATE_FILE", value_name = "FILE", global = true)]
    pub tls_certificate_file: Option<String>,

    /// The file with the certificate's key, in PEM form and without a passphrase.
    #[arg(long, env = "ENGAWA_TLS_KEY_FILE", value_name = "FILE", global = true)]
    pub tls_key_file: Option<String>,

    /// Proxies in front whose word about a request counts (X-Forwarded-Host, X-Forwarded-Proto), as addresses or networks such
    /// as 127.0.0.1 or 10.1.0.0/16. Each of them must set these headers itself. From anybody else they are not looked at.
    /// People's own addresses (X-Forwarded-For) are used for nothing.
    #[arg(
        long,
        env = "ENGAWA_TRUSTED_PROXIES",
        value_name = "ADDRESS,...",
        value_delimiter = ',',
        global = true
    )]
    pub trusted_proxies: Option<Vec<String>>,

    /// Connections at one time, in total. One person needs one, two while reconnecting.
    #[arg(long, env = "ENGAWA_MAX_CONNECTIONS", value_name = "COUNT", global = true)]
    pub max_connections: Option<u32>,

    /// How long a stopping server waits for people to be sent away in order, in milliseconds.
    #[arg(long, env = "ENGAWA_DRAIN_TIMEOUT_MS", value_name = "MS", global = true)]
    pub drain_timeout_ms: Option<u32>,

    /// A folder with built pages (`index.html` and what belongs to it), read at the start and served instead of those
    /// that are built into the program. For those who work on the pages, or who serve pages of their own.
    #[arg(long, env = "ENGAWA_WEB_DIR", value_name = "FOLDER", global = true)]
    pub web_dir: Option<String>,

    /// Who runs this server and is to be asked: shown on the information sheet, the page `/information`.
    #[arg(long, env = "ENGAWA_CONTACT", value_name = "TEXT", global = true)]
    pub contact: Option<String>,

    /// Where this server and its data stand, such as a building or a data centre's region: shown on the same sheet.
    #[arg(long, env = "ENGAWA_PLACE", value_name = "TEXT", global = true)]
    pub place: Option<String>,

    /// For how many days a meeting is kept that is made without a keep-until date of its own; then it is deleted by itself.
    /// Coordinators can set another date, or none, for each. 0: kept until somebody deletes it.
    #[arg(long, env = "ENGAWA_KEEP_DAYS", value_name = "DAYS", global = true)]
    pub keep_days: Option<u32>,
    /// A bucket (S3, or another that speaks it) for the posters' files and the certificates of deleted meetings, which several
    /// servers share. In the data folder unless it is set. See `s3_secret_access_key`.
    #[arg(long, env = "ENGAWA_S3_BUCKET", value_name = "NAME", global = true)]
    pub s3_bucket: Option<String>,

    /// Where the bucket is, as https://HOST or https://HOST:PORT. Amazon's own unless it is set.
    #[arg(long, env = "ENGAWA_S3_ENDPOINT", value_name = "URL", global = true)]
    pub s3_endpoint: Option<String>,

    /// The bucket's region. What is not Amazon mostly takes the usual one.
    #[arg(long, env = "ENGAWA_S3_REGION", value_name = "NAME", global = true)]
    pub s3_region: Option<String>,

    /// The key with which this server writes to the bucket and reads from it.
    #[arg(long, env = "ENGAWA_S3_ACCESS_KEY_ID", value_name = "ID", global = true)]
    pub s3_access_key_id: Option<String>,

    /// A file with the certificates (PEM) of the authorities that vouch for `s3_endpoint`, beside the system's.
    #[arg(long, env = "ENGAWA_S3_CA_FILE", value_name = "FILE", global = true)]
    pub s3_ca_file: Option<String>,

    /// Accept an `s3_endpoint` that begins with http://, where posters travel readable. For a bucket on the same machine.
    #[arg(
        long,
        env = "ENGAWA_S3_ALLOW_HTTP",
        value_name = "true|false",
        num_args = 0..=1,
        default_missing_value = "true",
        global = true
    )]
    pub s3_allow_http: Option<bool>,

    /// How log lines look: `text` or `json`.
    #[arg(long, env = "ENGAWA_LOG_FORMAT", value_name = "FORMAT", global = true)]
    pub log_format: Option<String>,

    /// Which log lines are written, e.g. `info` or `warn,engawa_server::net=debug`.
    #[arg(long, env = "ENGAWA_LOG_FILTER", value_name = "FILTER", global = true)]
    pub log_filter: Option<String>,

    /// See [`SECRET_FIELDS`].
    #[arg(skip)]
    pub admin_key: Option<SecretText>,

    /// See [`SECRET_FIELDS`].
    #[arg(skip)]
    pub redis_url: Option<SecretText>,

    /// See [`SECRET_FIELDS`].
    #[arg(skip)]
    pub s3_secret_access_key: Option<SecretText>,

    /// See [`SECRET_FIELDS`].
    #[arg(skip)]
    pub token_key: Option<SecretText>,

    /// See [`SECRET_FIELDS`].
    #[arg(skip)]
    pub token_key_previous: Option<SecretText>,
}

/// A setting that holds a secret. It has no command line flag, because every user of a machine can read those.
#[derive(Debug, Clone, Copy)]
pub struct SecretField {
    /// The name in the file.
    pub key: &'static str,
    /// The name in the environment.
    pub env: &'static str,
    /// What it is.
    pub help: &'static str,
    get: fn(&mut RawConfig) -> &mut Option<SecretText>,
}

/// The settings that hold secrets.
pub const SECRET_FIELDS: [SecretField; 5] = [
    SecretField {
        key: "admin_key",
        env: "ENGAWA_ADMIN_KEY",
        help: "The operator's key, asked for when a meeting is created: at least 16 characters. \
               Unless set, one is made in `admin-key` in the data folder.",
        get: |raw| &mut raw.admin_key,
    },
    SecretField {
        key: "redis_url",
        env: "ENGAWA_REDIS_URL",
        help: "With `store = \"redis\"`: where Redis is, with user and password if it asks for them. \
               `redis://USER:PASSWORD@HOST:PORT/DATABASE`, `rediss://…` with TLS (see `redis_ca_file`), \
               `redis+cluster://HOST:PORT,HOST:PORT` or `redis+sentinel://HOST:PORT,HOST:PORT/NAME`.",
        get: |raw| &mut raw.redis_url,
    },
    SecretField {
        key: "s3_secret_access_key",
        env: "ENGAWA_S3_SECRET_ACCESS_KEY",
        help: "With `s3_bucket`: the secret of `s3_access_key_id`.",
        get: |raw| &mut raw.s3_secret_access_key,
    },
    SecretField {
        key: "token_key",
        env: "ENGAWA_TOKEN_KEY",
        help: "The key that signs links: 32 random bytes as base64url (`openssl rand -base64 32 | tr '+/' '-_'`). \
               Needed when several servers share the meetings. Unless set, one is made in `token-keys.toml` in the \
               data folder.",
        get: |raw| &mut raw.token_key,
    },
    SecretField {
        key: "token_key_previous",
        env: "ENGAWA_TOKEN_KEY_PREVIOUS",
        help: "The key before `token_key`, whose links still work.",
        get: |raw| &mut raw.token_key_previous,
    },
];

impl RawConfig {
    /// Takes an empty text for no setting: container files often pass on variables that nobody has filled.
    #[must_use]
    pub fn without_empty(mut self) -> Self {
        let texts = [
            &mut self.listen,
            &mut self.internal_listen,
            &mut self.data_dir,
            &mut self.store,
            &mut self.public_url,
            &mut self.tls_certificate_file,
            &mut self.tls_key_file,
            &mut self.web_dir,
            &mut self.contact,
            &mut self.place,
            &mut self.s3_bucket,
            &mut self.s3_endpoint,
            &mut self.s3_region,
            &mut self.s3_access_key_id,
            &mut self.s3_ca_file,
            &mut self.log_format,
            &mut self.log_filter,
        ];
        for text in texts {
            *text = text.take().filter(|text| !text.is_empty());
        }
        for list in [&mut self.allowed_origins, &mut self.frame_ancestors, &mut self.trusted_proxies] {
            *list = list.take().filter(|list| list.iter().any(|text| !text.is_empty()));
        }
        self
    }

    /// Takes the secrets out of the environment.
    #[must_use]
    pub fn with_secrets_from(mut self, env: &BTreeMap<String, String>) -> Self {
        for field in SECRET_FIELDS {
            if let Some(text) = env.get(field.env).filter(|text| !text.is_empty()) {
                *(field.get)(&mut self) = Some(SecretText::new(text));
            }
        }
        self
    }

    /// These settings, and those of `lower` where these are silent.
    #[must_use]
    pub fn over(self, lower: Self) -> Self {
        Self {
            listen: self.listen.or(lower.listen),
            internal_listen: self.internal_listen.or(lower.internal_listen),
            data_dir: self.data_dir.or(lower.data_dir),
            store: self.store.or(lower.store),
            redis_url: self.redis_url.or(lower.redis_url),
            redis_wait_replicas: self.redis_wait_replicas.or(lower.redis_wait_replicas),
            redis_ca_file: self.redis_ca_file.or(lower.redis_ca_file),
            redis_client_cert_file: self.redis_client_cert_file.or(lower.redis_client_cert_file),
            redis_client_key_file: self.redis_client_key_file.or(lower.redis_client_key_file),
            allow_volatile_redis: self.allow_volatile_redis.or(lower.allow_volatile_redis),
            public_url: self.public_url.or(lower.public_url),
            allowed_origins: self.allowed_origins.or(lower.allowed_origins),
            frame_ancestors: self.frame_ancestors.or(lower.frame_ancestors),
            // The two files belong together, as the two keys below.
            tls_key_file: if self.tls_certificate_file.is_some() {
                self.tls_key_file
            } else {
                self.tls_key_file.or(lower.tls_key_file)
            },
            tls_certificate_file: self.tls_certificate_file.or(lower.tls_certificate_file),
            trusted_proxies: self.trusted_proxies.or(lower.trusted_proxies),
            max_connections: self.max_connections.or(lower.max_connections),
            drain_timeout_ms: self.drain_timeout_ms.or(lower.drain_timeout_ms),
            web_dir: self.web_dir.or(lower.web_dir),
            contact: self.contact.or(lower.contact),
            place: self.place.or(lower.place),
            keep_days: self.keep_days.or(lower.keep_days),
            s3_bucket: self.s3_bucket.or(lower.s3_bucket),
            s3_endpoint: self.s3_endpoint.or(lower.s3_endpoint),
            s3_region: self.s3_region.or(lower.s3_region),
            // Often the key stands in the file and its secret in the environment.
            s3_secret_access_key: self.s3_secret_access_key.or(lower.s3_secret_access_key),
            s3_access_key_id: self.s3_access_key_id.or(lower.s3_access_key_id),
            s3_ca_file: self.s3_ca_file.or(lower.s3_ca_file),
            s3_allow_http: self.s3_allow_http.or(lower.s3_allow_http),
            log_format: self.log_format.or(lower.log_format),
            log_filter: self.log_filter.or(lower.log_filter),
            admin_key: self.admin_key.or(lower.admin_key),
            // The two keys belong together: a key from one place with the predecessor from another makes no sense.
            token_key_previous: if self.token_key.is_some() {
                self.token_key_previous
            } else {
                self.token_key_previous.or(lower.token_key_previous)
            },
            token_key: self.token_key.or(lower.token_key),
        }
    }

    /// The defaults.
    #[must_use]
    pub fn defaults() -> Self {
        Self {
            listen: Some("127.0.0.1:8787".to_owned()),
            internal_listen: Some("127.0.0.1:8788".to_owned()),
            data_dir: Some("data".to_owned()),
            store: Some("embedded".to_owned()),
            redis_url: None,
            redis_wait_replicas: Some(0),
            redis_ca_file: None,
            redis_client_cert_file: None,
            redis_client_key_file: None,
            allow_volatile_redis: Some(false),
            public_url: None,
            allowed_origins: Some(Vec::new()),
            frame_ancestors: Some(Vec::new()),
            tls_certificate_file: None,
            tls_key_file: None,
            trusted_proxies: Some(Vec::new()),
            max_connections: Some(20_000),
            drain_timeout_ms: Some(20_000),
            web_dir: None,
            contact: None,
            place: None,
            keep_days: Some(180),
            s3_bucket: None,
            s3_endpoint: None,
            s3_region: Some("us-east-1".to_owned()),
            s3_access_key_id: None,
            s3_ca_file: None,
            s3_allow_http: Some(false),
            s3_secret_access_key: None,
            log_format: Some("text".to_owned()),
            log_filter: Some("info".to_owned()),
            admin_key: None,
            token_key: None,
            token_key_previous: None,
        }
    }
}

#[cfg(test)]
mod tests;
