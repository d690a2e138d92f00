//! What is looked at before a node begins: each fault named with its remedy.

use engawa_server::store::redis::{
    Durability, RedisAddress, RedisCheckError, RedisOptions, RedisReport, RedisStore,
};
use engawa_server::store::{Epoch, Store};

use crate::support::redis::{DURABLE, Redis, at, free_port, meeting, text};

async fn opened(options: RedisOptions) -> Result<RedisReport, RedisCheckError> {
    RedisStore::open(options).await.map(|store| store.report().clone())
}

fn at_url(url: &str) -> RedisOptions {
    RedisOptions::new(RedisAddress::parse(url).unwrap())
}

#[tokio::test]
async fn a_durable_redis_is_taken_without_a_word() {
    let report = opened(Redis::durable().options()).await.unwrap();
    assert_eq!((report.durability, report.warnings.as_slice()), (Durability::Always, &[][..]));
    assert!(report.version.starts_with(|c: char| c.is_ascii_digit() || c == '('), "{report:?}");
}

#[tokio::test]
async fn what_a_power_failure_may_cost_is_said() {
    let redis = Redis::with(&["--appendonly", "yes", "--appendfsync", "everysec"]);
    let report = opened(redis.options()).await.unwrap();
    assert_eq!(report.durability, Durability::EverySecond);
    assert!(report.warnings[0].contains("appendfsync always"), "{report:?}");
}

#[tokio::test]
async fn eviction_and_a_missing_file_are_refused_unless_allowed() {
    for (args, word) in [
        (&["--appendonly", "no"][..], "appendonly yes"),
        (&["--appendonly", "yes", "--maxmemory-policy", "allkeys-lru"], "maxmemory-policy noeviction"),
    ] {
        let redis = Redis::with(args);
        let message = opened(redis.options()).await.unwrap_err().to_string();
        assert!(message.contains(word) && message.contains("--allow-volatile-redis"), "{message}");
        let report = opened(RedisOptions { allow_volatile: true, ..redis.options() }).await.unwrap();
        assert!(!report.warnings.is_empty());
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_from_an_unreachable_server() {
    let redis = Redis::on_port(&["--requirepass", "correct horse"]);
    let port = redis_port_with_password(&redis);
    for login in ["", ":wrong@", "nobody:wrong@"] {
        let error = opened(at_url(&format!("redis://{login}127.0.0.1:{port}"))).await.unwrap_err();
        assert!(matches!(error, RedisCheckError::Login { .. }), "{login}: {error}");
        assert!(!error.to_string().contains("wrong"), "{error}");
    }
    opened(at_url(&format!("redis://:correct%20horse@127.0.0.1:{port}"))).await.unwrap();

    let error = opened(at_url(&format!("redis://127.0.0.1:{}", free_port()))).await.unwrap_err();
    assert!(matches!(error, RedisCheckError::Unreachable { .. }), "{error}");
    for shape in ["redis+cluster://127.0.0.1:PORT", "redis+sentinel://127.0.0.1:PORT/main"] {
        let url = shape.replace("PORT", &free_port().to_string());
        let error = opened(at_url(&url)).await.unwrap_err();
        assert!(matches!(error, RedisCheckError::Unreachable { .. }), "{shape}: {error}");
    }
}

fn redis_port_with_password(redis: &Redis) -> u16 {
    redis
        .cli(&["-a", "correct horse", "--no-auth-warning", "config", "get", "port"])
        .lines()
        .last()
        .unwrap()
        .parse()
        .unwrap()
}

/// The rights that the message asks for are enough for everything.
#[tokio::test]
async fn an_acl_user_with_the_rights_that_are_asked_for_is_enough() {
    let redis = Redis::on_port(&[]);
    let port = redis.port();
    redis.cli(&[
        "acl",
        "setuser",
        "engawa",
        "on",
        ">pass",
        "~engawa:*",
        "&engawa:*",
        "+@read",
        "+@connection",
    ]);
    let url = format!("redis://engawa:pass@127.0.0.1:{port}");
    let error = opened(at_url(&url)).await.unwrap_err();
    let RedisCheckError::Permission { .. } = &error else { panic!("{error}") };
    let message = error.to_string();
    let (_, grant) = message.split_once("ACL SETUSER NAME ").unwrap();
    let grant: Vec<_> = ["acl", "setuser", "engawa"]
        .into_iter()
        .chain(grant.split(' ').map(|word| if word == ">PASSWORD" { ">pass" } else { word }))
        .collect();
    assert_eq!(redis.cli(&grant), "OK");

    let store = RedisStore::open(at_url(&url)).await.unwrap();
    store.create(meeting(1), text("first")).await.unwrap();
    let mut tail = store.tail(meeting(1), at(1, 0)).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, "first");
    store.append(meeting(1), Epoch(1), vec![text("second")]).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, "second");
    assert_eq!(store.meetings(None).await.unwrap().len(), 1);
    assert!(store.claim_snapshot(meeting(1), 1000).await.unwrap());
    store.health().await.unwrap();
    store.delete(meeting(1)).await.unwrap();
}

#[tokio::test]
async fn a_replica_and_a_lonely_primary_are_refused() {
    let primary = Redis::on_port(&[]);
    let lonely = opened(RedisOptions { wait_replicas: 1, ..primary.options() }).await.unwrap_err();
    assert_eq!(lonely, RedisCheckError::TooFewReplicas { wanted: 1, connected: 0 });
    let of = format!("127.0.0.1 {}", primary.port());
    let replica = Redis::on_port(&["--replicaof", &of]);
    assert_eq!(opened(replica.options()).await, Err(RedisCheckError::Replica));
}

/// With a replica that stands still no write counts as done; with one that runs all do.
#[tokio::test]
async fn writes_wait_for_a_replica() {
    let primary = Redis::on_port(&[]);
    let of = format!("127.0.0.1 {}", primary.port());
    let replica = Redis::on_port(&["--replicaof", &of]);
    crate::support::redis::until("the replica is in step", async || {
        replica.cli(&["role"]).contains("connected").then_some(())
    })
    .await;
    let store = RedisStore::open(RedisOptions { wait_replicas: 1, ..primary.options() }).await.unwrap();
    store.create(meeting(1), text("first")).await.unwrap();
    assert_eq!(replica.cli(&["xlen", &format!("engawa:{{{}}}:log", meeting(1).0.simple())]), "1");
    drop(replica);
    let error = store.append(meeting(1), Epoch(1), vec![text("second")]).await.unwrap_err();
    assert!(error.may_have_taken_effect(), "{error}");
}

/// One node writes snapshots at a time, until its lease runs out.
#[tokio::test]
async fn the_lease_on_snapshots_has_one_holder() {
    let redis = Redis::with(DURABLE);
    let (one, two) =
        (RedisStore::open(redis.options()).await.unwrap(), RedisStore::open(redis.options()).await.unwrap());
    assert!(one.claim_snapshot(meeting(1), 200).await.unwrap());
    assert!(!two.claim_snapshot(meeting(1), 200).await.unwrap());
    assert!(two.claim_snapshot(meeting(2), 200).await.unwrap(), "each meeting has its own");
    assert!(one.claim_snapshot(meeting(1), 200).await.unwrap(), "the holder prolongs it");
    crate::support::redis::until("the lease has run out", async || {
        two.claim_snapshot(meeting(1), 60_000).await.unwrap().then_some(())
    })
    .await;
    assert!(!one.claim_snapshot(meeting(1), 200).await.unwrap());
}
