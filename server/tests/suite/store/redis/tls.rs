//! Redis behind TLS, with a user of its own.

use std::path::Path;
use std::process::Command;

use engawa_server::store::redis::{RedisAddress, RedisCheckError, RedisOptions, RedisStore};

use crate::healing::nodes::Node;
use crate::support::redis::{DURABLE, Redis, free_port};
use crate::support::{Person, note};

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
    let refused = RedisStore::open(options).await.unwrap_err();
    assert!(matches!(refused, RedisCheckError::Unreachable { .. }), "{refused}");

    let node = Node::start_in(folder.path(), &address, &[("SSL_CERT_FILE", &path("ca.pem"))]).await;
    let made = node.create().await;
    let mut someone = Person::outside_of(&made.token, made.meeting);
    someone.come_to(&node.url()).await.unwrap();
    someone.ask(note("over TLS")).await.unwrap();
    let log = format!("engawa:{{{}}}:log", made.meeting.0.simple());
    assert!(redis.cli(&["xlen", &log]).parse::<u32>().unwrap() >= 2);
}
