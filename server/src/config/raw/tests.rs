//! Settings as written: mistakes, precedence, secrets.

use std::path::Path;

use super::*;

fn read(text: &str) -> Result<RawConfig, ReadError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("engawa.toml");
    std::fs::write(&path, text).unwrap();
    RawConfig::from_file(&path)
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (text, line, word) in [
        ("listen = \"127.0.0.1:1\"\nlisen = 3\n", "line 2", "lisen"),
        ("\n\nmax_connections = \"many\"\n", "line 3", "invalid type"),
        ("listen = \n", "line 1", ""),
        ("[listen]\n", "line 1", ""),
    ] {
        let message = read(text).unwrap_err().to_string();
        assert!(message.contains(line) && message.contains(word), "{text:?}: {message}");
    }
    let missing = RawConfig::from_file(Path::new("no/such/file.toml")).unwrap_err().to_string();
    assert!(missing.starts_with("config_file: no/such/file.toml"), "{missing}");
}

#[test]
fn secrets_are_in_no_message() {
    for text in
        ["admin_key = 987654321987654321", "admin_key = [\"987654321\"]", "admin_key = \"987654321\nx"]
    {
        let error = read(text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("987654321"), "{error:?}");
    }
    let raw = read("admin_key = \"987654321\"").unwrap();
    assert!(!format!("{raw:?}").contains("987654321"));
}

#[test]
fn the_nearer_setting_wins() {
    let file = RawConfig { listen: Some("file".into()), store: Some("file".into()), ..Default::default() };
    let flags = RawConfig { listen: Some("flag".into()), ..Default::default() };
    let both = flags.over(file).over(RawConfig::defaults());
    assert_eq!(both.listen.as_deref(), Some("flag"));
    assert_eq!(both.store.as_deref(), Some("file"));
    assert_eq!(both.max_connections, Some(20_000));
}

#[test]
fn a_new_key_does_not_meet_an_unrelated_predecessor() {
    let file = RawConfig {
        token_key: Some(SecretText::new("old")),
        token_key_previous: Some(SecretText::new("older")),
        ..Default::default()
    };
    let env = BTreeMap::from([("ENGAWA_TOKEN_KEY".to_owned(), "new".to_owned())]);
    let both = RawConfig::default().with_secrets_from(&env).over(file);
    assert_eq!(both.token_key, Some(SecretText::new("new")));
    assert_eq!(both.token_key_previous, None);
}
