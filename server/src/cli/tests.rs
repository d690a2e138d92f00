//! The command line's tests: where settings come from, and what is refused.

use clap::CommandFactory as _;

use super::*;

fn load(args: &[&str], env: &[(&str, &str)]) -> Result<(Config, Vec<String>), String> {
    let cli = Cli::try_parse_from([&["engawa"], args].concat()).map_err(|error| error.to_string())?;
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    load_config(cli.settings, cli.config_file, &env).map_err(|failure| failure.message)
}

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn flags_stand_before_or_after_the_action() {
    for args in [["--listen", "127.0.0.1:1", "serve"], ["serve", "--listen", "127.0.0.1:1"]] {
        assert_eq!(load(&args, &[]).unwrap().0.listen.port(), 1);
    }
    let (config, _) = load(&["--trusted-proxies", "127.0.0.1,10.1.0.0/16"], &[]).unwrap();
    assert_eq!(config.trusted_proxies.names(), ["127.0.0.1/32", "10.1.0.0/16"]);
    let (config, _) = load(&["--allowed-origins", "https://a.jp,https://b.jp"], &[]).unwrap();
    assert_eq!(config.allowed_origins.len(), 2);
    let (config, _) =
        load(&["--listen=", "--public-url=", "--allowed-origins=", "--data-dir="], &[]).unwrap();
    assert_eq!((config.listen.port(), config.allowed_origins.len()), (8787, 0), "empty is unset");
    assert!(load(&["--lisen", "x"], &[]).unwrap_err().contains("--lisen"));
    assert!(load(&["--admin-key", "x"], &[]).is_err(), "secrets have no flag");
}

#[test]
fn the_file_is_below_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("engawa.toml");
    std::fs::write(&path, "listen = \"127.0.0.1:5\"\nstore = \"memory\"\n").unwrap();
    let path = path.to_str().unwrap();
    let (config, warnings) = load(&["--config-file", path, "--listen", "127.0.0.1:6"], &[]).unwrap();
    assert_eq!((config.listen.port(), config.store), (6, crate::config::StoreKind::Memory));
    assert_eq!(warnings.len(), 1);
}

#[test]
fn secrets_come_from_the_environment_and_mistyped_names_are_said() {
    let env = [("ENGAWA_ADMIN_KEY", "0123456789abcdef"), ("ENGAWA_ADMINKEY", "x")];
    let (config, warnings) = load(&[], &env).unwrap();
    assert!(matches!(config.admin_key, crate::auth::AdminKeySource::Given(_)));
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("ENGAWA_ADMINKEY"), "{warnings:?}");
    assert!(!known_env_names().is_empty());
}
