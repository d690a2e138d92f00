//! Settings written out: the example file and the settings in effect. Both come from the definition in `raw.rs`.

use clap::{Args as _, Command};

use super::Config;
use super::raw::{RawConfig, SECRET_FIELDS, SecretText};
use crate::auth::{AdminKeySource, KeySource};
use crate::observe::LogFormat;

const WIDTH_CHARS: usize = 100;

/// The text of `config.example.toml`: every setting with its meaning, its variable and its default, commented out.
#[must_use]
pub fn example_toml() -> String {
    let mut text = String::from(
        "# Engawa's settings. Every line is optional; what stands here are the defaults.\n\
         # Use: engawa --config-file engawa.toml (or ENGAWA_CONFIG_FILE). Command line goes before environment,\n\
         # environment before this file. A key that is not known here is refused.\n",
    );
    let defaults = toml::Table::try_from(RawConfig::defaults()).unwrap_or_default();
    let command = RawConfig::augment_args(Command::new("engawa"));
    for arg in command.get_arguments() {
        let key = arg.get_id().as_str();
        let help =
            arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default();
        let env = arg.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        push_help(&mut text, &help, &env);
        // Some have none that can be written down: one is made from another setting, the others are left out.
        let without = if key == "public_url" { "\"http://127.0.0.1:8787\"" } else { "\"\"" };
        let default = defaults.get(key).map_or_else(|| without.to_owned(), ToString::to_string);
        text.push_str(&format!("# {key} = {default}\n"));
    }
    for field in SECRET_FIELDS {
        push_help(&mut text, field.help, field.env);
        text.push_str(&format!("# {} = \"\"\n", field.key));
    }
    text
}

fn push_help(text: &mut String, help: &str, env: &str) {
    text.push('\n');
    // clap takes the full stop off the end of a help text.
    let help = format!("{}.", help.trim_end_matches('.'));
    let mut line = String::from("#");
    for word in help.split_whitespace().chain([format!("[{env}]").as_str()]) {
        if line.chars().count() + 1 + word.chars().count() > WIDTH_CHARS {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}

/// The settings in effect, as a file that could be read again once the masked secrets are put in.
#[must_use]
pub fn print_toml(config: &Config) -> String {
    let strings = |origins: &[crate::http::Origin]| origins.iter().map(ToString::to_string).collect();
    let ring = match &config.token_keys {
        KeySource::Given(ring) => Some(ring),
        KeySource::DataFolder(_) => None,
    };
    let redis_tls = config.redis.as_ref().map(|redis| &redis.tls);
    let identity = redis_tls.and_then(|tls| tls.identity.as_ref());
    let shown = |path: Option<&std::path::Path>| path.map(|path| path.display().to_string());
    let s3 = config.s3.as_ref();
    let raw = RawConfig {
        listen: Some(config.listen.to_string()),
        internal_listen: Some(config.internal_listen.to_string()),
        data_dir: Some(config.data_dir.display().to_string()),
        store: Some(config.store.name().to_owned()),
        redis_url: config.redis.as_ref().map(|_| SecretText::new("")),
        redis_wait_replicas: Some(config.redis.as_ref().map_or(0, |redis| redis.wait_replicas)),
        redis_ca_file: shown(redis_tls.and_then(|tls| tls.authorities.as_deref())),
        redis_client_cert_file: shown(identity.map(|identity| identity.certificate.as_path())),
        redis_client_key_file: shown(identity.map(|identity| identity.key.as_path())),
        allow_volatile_redis: Some(config.redis.as_ref().is_some_and(|redis| redis.allow_volatile)),
        public_url: Some(config.public_url.to_string()),
        allowed_origins: Some(strings(&config.allowed_origins)),
        frame_ancestors: Some(strings(&config.frame_ancestors)),
        tls_certificate_file: config.tls.as_ref().map(|files| files.certificate.display().to_string()),
        tls_key_file: config.tls.as_ref().map(|files| files.key.display().to_string()),
        trusted_proxies: Some(config.trusted_proxies.names()),
        max_connections: u32::try_from(config.max_connections.get()).ok(),
        drain_timeout_ms: u32::try_from(config.drain_timeout.as_millis()).ok(),
        web_dir: Some(
            config.web_dir.as_ref().map_or_else(String::new, |folder| folder.display().to_string()),
        ),
        contact: Some(config.contact.clone().unwrap_or_default()),
        place: Some(config.place.clone().unwrap_or_default()),
        keep_days: Some(config.keep_days.unwrap_or(0)),
        s3_bucket: s3.map(|s3| s3.bucket.clone()),
        s3_endpoint: s3.and_then(|s3| s3.endpoint.clone()),
        s3_region: s3.map(|s3| s3.region.clone()),
        s3_access_key_id: s3.map(|s3| s3.access_key_id.clone()),
        s3_ca_file: shown(s3.and_then(|s3| s3.authorities.as_deref())),
        s3_allow_http: s3
            .map(|s3| s3.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"))),
        s3_secret_access_key: s3.map(|_| SecretText::new("")),
        log_format: Some(
            match config.log_format {
                LogFormat::Text => "text",
                LogFormat::Json => "json",
            }
            .to_owned(),
        ),
        log_filter: Some(config.log_filter.clone()),
        admin_key: matches!(config.admin_key, AdminKeySource::Given(_)).then(|| SecretText::new("")),
        token_key: ring.map(|_| SecretText::new("")),
        token_key_previous: ring.filter(|ring| ring.keys().count() > 1).map(|_| SecretText::new("")),
    };
    toml::to_string(&raw)
        .unwrap_or_else(|error| format!("# the settings cannot be written as TOML: {error}\n"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    fn full() -> RawConfig {
        RawConfig {
            public_url: Some("https://engawa.example.jp".into()),
            admin_key: Some(SecretText::new(SECRET)),
            store: Some("redis".into()),
            web_dir: Some("pages".into()),
            tls_certificate_file: Some("chain.pem".into()),
            tls_key_file: Some("key.pem".into()),
            trusted_proxies: Some(vec!["10.1.0.0/16".into(), "::1/128".into()]),
            contact: Some("弘前市 情報政策課".into()),
            place: Some("弘前市役所".into()),
            keep_days: Some(0),
            s3_bucket: Some("engawa-posters".into()),
            s3_endpoint: Some("https://s3.example.jp:9000".into()),
            s3_access_key_id: Some("engawa".into()),
            s3_ca_file: Some("authority.pem".into()),
            s3_secret_access_key: Some(SecretText::new(SECRET)),
            redis_url: Some(SecretText::new(format!("redis://:{SECRET}@127.0.0.1"))),
            token_key: Some(SecretText::new(SECRET)),
            token_key_previous: Some(SecretText::new(SECRET)),
            ..RawConfig::defaults()
        }
    }

    /// `UPDATE_EXAMPLE=1 cargo test -p engawa-server example` writes the file anew.
    #[test]
    fn the_example_file_is_what_the_code_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml");
        if std::env::var_os("UPDATE_EXAMPLE").is_some() {
            std::fs::write(path, example_toml()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), example_toml());
    }

    #[test]
    fn the_example_names_every_setting_and_reads_back_as_the_defaults() {
        let uncommented: String = example_toml()
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(|line| line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')))
            .filter(|line| !line.ends_with("= \"\""))
            .map(|line| format!("{line}\n"))
            .collect();
        let read: RawConfig = toml::from_str(&uncommented).unwrap();
        let public_url = Some("http://127.0.0.1:8787".to_owned());
        assert_eq!(read, RawConfig { public_url, ..RawConfig::defaults() });
        let all: BTreeSet<String> =
            toml::Table::try_from(full()).unwrap().into_iter().map(|(key, _)| key).collect();
        for key in all {
            assert!(example_toml().contains(&format!("\n# {key} = ")), "{key}");
        }
    }

    #[test]
    fn what_is_printed_reads_back_and_masks_secrets() {
        let config = full().validate().unwrap();
        let text = print_toml(&config);
        assert!(!text.contains(SECRET), "{text}");
        assert_eq!(text.matches("********").count(), 5);
        let mut read: RawConfig = toml::from_str(&text).unwrap();
        (
            read.admin_key,
            read.token_key,
            read.token_key_previous,
            read.redis_url,
            read.s3_secret_access_key,
        ) = (
            full().admin_key,
            full().token_key,
            full().token_key_previous,
            full().redis_url,
            full().s3_secret_access_key,
        );
        assert_eq!(read, full());
        let plain = print_toml(&RawConfig::default().validate().unwrap());
        assert!(!plain.contains("********") && plain.contains("listen = \"127.0.0.1:8787\""), "{plain}");
    }
}
