//! Redis behind TLS, with a user of its own.

use std::path::Path;
use std::process::Command;

use engawa_server::store::redis::{RedisAddress, RedisCheckError, RedisOptions, RedisStore};
use engawa_server::store::{Epoch, Store};

use crate::support::redis::{DURABLE, Redis, at, free_port, meeting, read_all, text};

fn openssl(folder: &Path, args: &[&str]) {
    let output = Command::new("openssl").current_dir(folder).args(args).output();
    let output = output.expect("this test needs the program openssl (Debian: apt-get install openssl)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A certificate authority and a certificate for the loopback.
fn certificates(folder: &Path) {
    let request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
    let authority = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority"];
    openssl(folder, &[&request[..], &authority].concat());
    let names = "subjectAltName=IP:127.0.0.1,DNS:localhost";
    let server = ["-keyout", "server.key", "-out", "server.pem", "-subj", "/CN=localhost", "-addext", names];
    let signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=CA:FALSE"];
    openssl(folder, &[&request[..], &server, &signed].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_works_over_tls_with_a_user() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (port, certificate, key, authority) =
        (free_port().to_string(), path("server.pem"), path("server.key"), path("ca.pem"));
    let tls = [
        "--tls-port",
        &port,
        "--bind",
        "127.0.0.1",
        "--tls-cert-file",
        &certificate,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &authority,
        "--tls-auth-clients",
        "no",
    ];
    let redis = Redis::with(&[DURABLE, &tls].concat());
    redis.cli(&["acl", "setuser", "engawa", "on", ">s3cret", "~engawa:*", "&engawa:*", "+@all"]);
    let address = format!("rediss://engawa:s3cret@127.0.0.1:{port}");

    // An authority that nobody here knows.
    let options = RedisOptions::new(RedisAddress::parse(&address).unwrap());
    let refused = RedisStore::open(options.clone()).await.unwrap_err();
    assert!(matches!(refused, RedisCheckError::Unreachable { .. }), "{refused}");

    let options = RedisOptions::new(RedisAddress::parse_trusting(&address, Some(&path("ca.pem"))).unwrap());
    let store = RedisStore::open(options).await.unwrap();
    store.create(meeting(1), text("first")).await.unwrap();
    let mut tail = store.tail(meeting(1), at(1, 1)).await.unwrap();
    store.append(meeting(1), Epoch(1), vec![text("second")]).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, "second");
    assert_eq!(read_all(&store, meeting(1), at(1, 0)).await.len(), 2);
}
