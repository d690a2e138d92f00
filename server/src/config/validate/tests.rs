//! Settings that cannot be used are named, and those that can hold.

use super::*;

fn field_of(change: impl FnOnce(&mut RawConfig)) -> &'static str {
    let mut raw = RawConfig::default();
    change(&mut raw);
    let errors = raw.validate().unwrap_err();
    assert_eq!(errors.0.len(), 1, "{errors}");
    errors.0[0].field
}

#[test]
fn the_defaults_hold() {
    let config = RawConfig::default().validate().unwrap();
    assert_eq!(config.public_url.to_string(), "http://127.0.0.1:8787");
    assert_eq!(config.store, StoreKind::Embedded);
    assert!(config.warnings().is_empty());
}

#[test]
fn every_message_names_its_setting() {
    assert_eq!(field_of(|raw| raw.listen = Some("localhost".into())), "listen");
    assert_eq!(field_of(|raw| raw.internal_listen = Some("0.0.0.0:8787".into())), "internal_listen");
    assert_eq!(field_of(|raw| raw.data_dir = Some("".into())), "data_dir");
    assert_eq!(field_of(|raw| raw.store = Some("postgres".into())), "store");
    assert_eq!(field_of(|raw| raw.store = Some("redis".into())), "redis_url");
    assert_eq!(field_of(|raw| raw.redis_url = Some(SecretText::new("127.0.0.1:6379"))), "redis_url");
    assert_eq!(field_of(|raw| raw.redis_wait_replicas = Some(99)), "redis_wait_replicas");
    assert_eq!(field_of(|raw| raw.redis_client_cert_file = Some("a.pem".into())), "redis_client_key_file");
    assert_eq!(field_of(|raw| raw.redis_client_key_file = Some("a.pem".into())), "redis_client_cert_file");
    let plain = |raw: &mut RawConfig| {
        raw.store = Some("redis".into());
        raw.redis_url = Some(SecretText::new("redis://127.0.0.1:6379"));
        raw.redis_ca_file = Some("ca.pem".into());
    };
    assert_eq!(field_of(plain), "redis_ca_file");
    let bucket = |change: fn(&mut RawConfig)| {
        field_of(|raw| {
            raw.s3_bucket = Some("posters".into());
            raw.s3_access_key_id = Some("engawa".into());
            raw.s3_secret_access_key = Some(SecretText::new("secret"));
            change(raw);
        })
    };
    assert_eq!(bucket(|raw| raw.s3_bucket = Some("Posters/2026".into())), "s3_bucket");
    assert_eq!(bucket(|raw| raw.s3_bucket = None), "s3_bucket");
    assert_eq!(bucket(|raw| raw.s3_access_key_id = None), "s3_access_key_id");
    assert_eq!(bucket(|raw| raw.s3_secret_access_key = None), "s3_secret_access_key");
    assert_eq!(bucket(|raw| raw.s3_endpoint = Some("s3.example.jp".into())), "s3_endpoint");
    assert_eq!(bucket(|raw| raw.s3_endpoint = Some("http://127.0.0.1:9000".into())), "s3_endpoint");
    assert_eq!(field_of(|raw| raw.public_url = Some("engawa.example.jp".into())), "public_url");
    assert_eq!(field_of(|raw| raw.allowed_origins = Some(vec!["*".into()])), "allowed_origins");
    assert_eq!(field_of(|raw| raw.frame_ancestors = Some(vec!["https://a.jp/x".into()])), "frame_ancestors");
    assert_eq!(field_of(|raw| raw.tls_certificate_file = Some("chain.pem".into())), "tls_key_file");
    assert_eq!(field_of(|raw| raw.tls_key_file = Some("key.pem".into())), "tls_certificate_file");
    let plain = |raw: &mut RawConfig| {
        raw.tls_certificate_file = Some("chain.pem".into());
        raw.tls_key_file = Some("key.pem".into());
        raw.public_url = Some("http://engawa.example.jp".into());
    };
    assert_eq!(field_of(plain), "public_url");
    assert_eq!(field_of(|raw| raw.trusted_proxies = Some(vec!["proxy".into()])), "trusted_proxies");
    assert_eq!(field_of(|raw| raw.max_connections = Some(0)), "max_connections");
    assert_eq!(field_of(|raw| raw.drain_timeout_ms = Some(u32::MAX)), "drain_timeout_ms");
    assert_eq!(field_of(|raw| raw.log_format = Some("xml".into())), "log_format");
    assert_eq!(field_of(|raw| raw.log_filter = Some("a=b=c".into())), "log_filter");
    assert_eq!(field_of(|raw| raw.admin_key = Some(SecretText::new("short"))), "admin_key");
    assert_eq!(field_of(|raw| raw.token_key = Some(SecretText::new("short"))), "token_key");
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    assert_eq!(field_of(|raw| raw.token_key_previous = Some(SecretText::new(key))), "token_key_previous");
}

#[test]
fn all_problems_come_at_once_and_hide_secrets() {
    let raw = RawConfig {
        listen: Some("x".into()),
        store: Some("y".into()),
        admin_key: Some(SecretText::new("hunter2")),
        ..Default::default()
    };
    let text = raw.validate().unwrap_err().to_string();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(!text.contains("hunter2"));
}

#[test]
fn addresses_of_all_kinds() {
    let url = |listen: &str| {
        RawConfig { listen: Some(listen.into()), ..Default::default() }
            .validate()
            .unwrap()
            .public_url
            .to_string()
    };
    assert_eq!(url("0.0.0.0:9000"), "http://localhost:9000");
    assert_eq!(url("[::1]:9000"), "http://[::1]:9000");
    let raw = RawConfig {
        listen: Some("0.0.0.0:0".into()),
        tls_certificate_file: Some("chain.pem".into()),
        tls_key_file: Some("key.pem".into()),
        ..Default::default()
    };
    assert_eq!(raw.validate().unwrap().public_url.to_string(), "https://localhost");
}

#[test]
fn risky_settings_are_said_aloud() {
    let raw = RawConfig {
        listen: Some("0.0.0.0:8787".into()),
        internal_listen: Some("0.0.0.0:8788".into()),
        store: Some("memory".into()),
        ..Default::default()
    };
    assert_eq!(raw.validate().unwrap().warnings().len(), 3);
}

#[test]
fn a_mistyped_variable_is_noticed_and_a_container_platform_is_not() {
    let env = ["ENGAWA_LISEN", "ENGAWA_LISTEN", "ENGAWA_PORT_80_TCP", "ENGAWA_SERVICE_HOST", "HOME"]
        .map(|name| (name.to_owned(), String::new()));
    assert_eq!(unknown_env_names(&env.into(), &["ENGAWA_LISTEN".into()]), ["ENGAWA_LISEN"]);
}
