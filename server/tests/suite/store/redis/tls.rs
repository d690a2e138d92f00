//! Encrypted connections: to a real server with a certificate of a real (if young) authority, alone, in a cluster and
//! behind a sentinel; and what is said when server, certificate or settings are not what they should be.

use std::path::{Path, PathBuf};

use engawa_server::store::contract::{Bench, Delivery};
use engawa_server::store::redis::{
    RedisAddress, RedisCheckError, RedisOptions, RedisStore, TlsFiles, TlsIdentity,
};
use engawa_server::store::{Epoch, Store};
use engawa_server::store_contract;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use std::sync::Arc;

use engawa_server::clock::ManualClock;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tempfile::TempDir;

use super::cluster::create_cluster;
use crate::support::redis::{Redis, at, free_port, meeting, text, until};
use crate::support::sentinel::Sentinel;

/// An authority that issues certificates into a folder.
struct Authority {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Engawa's tests");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { folder, issuer }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Issues a certificate for a host, valid until the end of a year.
    fn issue(&self, name: &str, host: &str, until_year: i32) {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until_year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        std::fs::write(self.path(&format!("{name}.pem")), certificate.pem()).unwrap();
        std::fs::write(self.path(&format!("{name}.key")), key.serialize_pem()).unwrap();
    }

    /// What a server is started with that shows this certificate on a port.
    fn server(&self, name: &str, port: u16, asks_clients: bool) -> Vec<String> {
        let path = |name: String| self.path(&name).display().to_string();
        let pairs = [
            ("--tls-port", port.to_string()),
            ("--bind", "127.0.0.1".to_owned()),
            ("--tls-cert-file", path(format!("{name}.pem"))),
            ("--tls-key-file", path(format!("{name}.key"))),
            ("--tls-ca-cert-file", path("ca.pem".to_owned())),
            ("--tls-auth-clients", if asks_clients { "yes" } else { "no" }.to_owned()),
            ("--appendonly", "yes".to_owned()),
            ("--appendfsync", "always".to_owned()),
        ];
        pairs.into_iter().flat_map(|(key, value)| [key.to_owned(), value]).collect()
    }

    fn start(&self, name: &str, asks_clients: bool) -> (Redis, u16) {
        let port = free_port();
        (Redis::with(&strs(&self.server(name, port, asks_clients))), port)
    }

    fn trusted(&self, url: &str) -> RedisOptions {
        let tls = TlsFiles { authorities: Some(self.path("ca.pem")), identity: None };
        RedisOptions { tls, ..RedisOptions::new(RedisAddress::parse(url).unwrap()) }
    }

    fn identified(&self, url: &str, name: &str) -> RedisOptions {
        let (certificate, key) = (self.path(&format!("{name}.pem")), self.path(&format!("{name}.key")));
        let mut options = self.trusted(url);
        options.tls.identity = Some(TlsIdentity { certificate, key });
        options
    }
}

fn strs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

async fn refused(options: RedisOptions) -> RedisCheckError {
    RedisStore::open(options).await.expect_err("not to be trusted")
}

/// Makes a meeting, and follows it.
async fn works(options: RedisOptions) {
    let store = RedisStore::open(options).await.unwrap();
    store.create(meeting(1), text("first")).await.unwrap();
    let mut tail = store.tail(meeting(1), at(1, 0)).await.unwrap();
    store.append(meeting(1), Epoch(1), vec![text("second")]).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, "first");
    assert_eq!(tail.next().await.unwrap().payload, "second");
    store.health().await.unwrap();
}

/// The contract over TLS, as an ACL user.
struct TlsBench {
    authority: Authority,
    redis: Redis,
    port: u16,
}

impl TlsBench {
    fn new() -> Self {
        let authority = Authority::new();
        authority.issue("redis", "localhost", 2090);
        let port = free_port();
        let user = "engawa on >pass ~engawa:* &engawa:* +@read +@write +@scripting +@pubsub +@connection +time +info +role \
                    +wait +config|get +cluster";
        let mut args = authority.server("redis", port, false);
        args.push("--user".to_owned());
        args.extend(user.split(' ').map(str::to_owned));
        let redis = Redis::with(&strs(&args));
        Self { authority, redis, port }
    }
}

impl Bench for TlsBench {
    fn open(&self) -> BoxFuture<'_, Arc<dyn Store>> {
        assert!(self.redis.process() > 0);
        let options = self.authority.trusted(&format!("rediss://engawa:pass@localhost:{}", self.port));
        async { Arc::new(RedisStore::open(options).await.unwrap()) as Arc<dyn Store> }.boxed()
    }

    fn clock(&self) -> Option<&ManualClock> {
        None
    }

    fn delivery(&self) -> Delivery {
        Delivery::ExactlyOnce
    }
}

store_contract!(encrypted, TlsBench::new());

#[tokio::test]
async fn only_whom_a_trusted_authority_vouches_for() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    authority.issue("redis", "localhost", 2090);
    let (_redis, port) = authority.start("redis", false);
    let url = format!("rediss://localhost:{port}");
    works(authority.trusted(&url)).await;

    let wrong = refused(stranger.trusted(&url)).await;
    assert!(matches!(wrong, RedisCheckError::UntrustedAuthority { .. }), "{wrong}");
    assert!(wrong.to_string().contains("Set redis_ca_file"), "{wrong}");
    // The system has never heard of this authority.
    let none = refused(RedisOptions::new(RedisAddress::parse(&url).unwrap())).await;
    assert!(matches!(none, RedisCheckError::UntrustedAuthority { .. }), "{none}");
}

#[tokio::test]
async fn a_certificate_out_of_its_time_or_for_another_host_is_named() {
    let authority = Authority::new();
    authority.issue("old", "localhost", 2021);
    let (_redis, port) = authority.start("old", false);
    let old = refused(authority.trusted(&format!("rediss://localhost:{port}"))).await;
    assert!(matches!(old, RedisCheckError::CertificateExpired { .. }), "{old}");
    assert!(old.to_string().contains("Renew it"), "{old}");

    authority.issue("elsewhere", "redis.example.jp", 2090);
    let (_redis, port) = authority.start("elsewhere", false);
    for host in ["localhost", "127.0.0.1"] {
        let wrong = refused(authority.trusted(&format!("rediss://{host}:{port}"))).await;
        assert!(matches!(wrong, RedisCheckError::WrongHost { .. }), "{wrong}");
        assert!(wrong.to_string().contains("redis.example.jp"), "it says whose it is: {wrong}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_encrypt_is_told_from_one_that_is_away() {
    let (authority, plain) = (Authority::new(), Redis::on_port(&[]));
    let wrong = refused(authority.trusted(&format!("rediss://localhost:{}", plain.port()))).await;
    assert!(matches!(wrong, RedisCheckError::NotEncrypted { .. }), "{wrong}");
    assert!(wrong.to_string().contains("tls-port"), "{wrong}");
    let away = refused(authority.trusted(&format!("rediss://localhost:{}", free_port()))).await;
    assert!(matches!(away, RedisCheckError::Unreachable { .. }), "{away}");
}

/// `tls-auth-clients yes` is what Redis does unless told otherwise.
#[tokio::test]
async fn a_server_that_asks_for_a_certificate_gets_one() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    authority.issue("redis", "localhost", 2090);
    authority.issue("node", "node.example.jp", 2090);
    stranger.issue("node", "node.example.jp", 2090);
    let (_redis, port) = authority.start("redis", true);
    let url = format!("rediss://localhost:{port}");
    works(authority.identified(&url, "node")).await;

    let mut others = authority.trusted(&url);
    others.tls.identity = stranger.identified(&url, "node").tls.identity;
    for options in [authority.trusted(&url), others] {
        let wrong = refused(options).await;
        assert!(matches!(wrong, RedisCheckError::ClientCertificate { .. }), "{wrong}");
        assert!(wrong.to_string().contains("redis_client_key_file"), "{wrong}");
    }
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named() {
    let authority = Authority::new();
    authority.issue("node", "node.example.jp", 2090);
    std::fs::write(authority.path("empty.pem"), "certificate").unwrap();
    let url = "rediss://localhost:1";
    let with = |change: &dyn Fn(&mut TlsFiles)| {
        let mut options = authority.identified(url, "node");
        change(&mut options.tls);
        options
    };
    let swapped: &dyn Fn(&mut TlsFiles) = &|tls| {
        let identity = tls.identity.as_mut().unwrap();
        std::mem::swap(&mut identity.certificate, &mut identity.key);
    };
    let missing = authority.path("missing.pem");
    for (options, setting, path) in [
        (with(&|tls| tls.authorities = Some(missing.clone())), "redis_ca_file", missing.as_path()),
        (
            with(&|tls| tls.authorities = Some(authority.path("empty.pem"))),
            "redis_ca_file",
            Path::new("empty.pem"),
        ),
        (with(swapped), "redis_client_cert_file", Path::new("node.key")),
    ] {
        let message = refused(options).await.to_string();
        assert!(message.starts_with(setting) && message.contains(path.to_str().unwrap()), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_is_reached_encrypted() {
    let authority = Authority::new();
    authority.issue("redis", "127.0.0.1", 2090);
    let (mut nodes, mut ports) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let port = free_port();
        let mut args = authority.server("redis", port, false);
        let bus = free_port().to_string();
        let cluster = ["--cluster-enabled", "yes", "--tls-cluster", "yes", "--cluster-port", &bus];
        args.extend(cluster.map(str::to_owned));
        nodes.push(Redis::with(&strs(&args)));
        ports.push(port);
    }
    create_cluster(&nodes, &ports, &["--tls", "--cacert", authority.path("ca.pem").to_str().unwrap()]);
    let hosts: Vec<_> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
    works(authority.trusted(&format!("rediss+cluster://{}", hosts.join(",")))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sentinels_are_asked_encrypted() {
    let authority = Authority::new();
    authority.issue("redis", "127.0.0.1", 2090);
    let (_redis, primary) = authority.start("redis", false);
    let port = free_port();
    let settings: Vec<_> = authority
        .server("redis", port, false)
        .chunks(2)
        .filter(|pair| pair[0].starts_with("--tls"))
        .map(|pair| format!("{} {}", &pair[0][2..], pair[1]))
        .chain(["port 0".to_owned(), "tls-replication yes".to_owned()])
        .collect();
    let _sentinel = Sentinel::with(primary, port, &settings);
    let url = format!("rediss+sentinel://127.0.0.1:{port}/main");
    until("the sentinel knows the primary", async || RedisStore::open(authority.trusted(&url)).await.ok())
        .await;
    works(authority.trusted(&url)).await;
}
