//! The same over a real server that speaks S3 and was written by others: moto, which `make s3` installs. It checks
//! signatures and policies as Amazon does.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use engawa_server::poster_files::PosterFiles;
use engawa_server::poster_files::s3::{self, S3CheckError, S3Options};

use super::contract::{holds, picture, read};
use crate::support::PATIENCE;
use crate::support::http::free_address;

/// Calls that prepare: three buckets, two users, two keys, two policies. All later ones are checked.
const UNCHECKED_CALLS: &str = "8";
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject","s3:DeleteObject","s3:ListBucket"],"Resource":"*"}]}"#;
const READS_ONLY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"*"}]}"#;

struct Moto {
    process: Child,
    address: String,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Moto {
    async fn start() -> Self {
        let program = std::env::var("ENGAWA_MOTO").expect("ENGAWA_MOTO names moto_server; `make s3` sets it");
        let address = free_address();
        let (host, port) = address.split_once(':').unwrap();
        let process = Command::new(program)
            .args(["-H", host, "-p", port])
            .env("INITIAL_NO_AUTH_ACTION_COUNT", UNCHECKED_CALLS)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto_server runs");
        let moto = Self { process, address };
        let began = Instant::now();
        while tokio::net::TcpStream::connect(&moto.address).await.is_err() {
            assert!(began.elapsed() < PATIENCE, "moto does not listen");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        moto
    }

    /// A call that prepares something; unsigned, addressed to a service by its credential's scope.
    async fn call(&self, method: &str, path: &str, service: &str, body: &str) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = tokio::net::TcpStream::connect(&self.address).await.unwrap();
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential=prepares/20261129/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nauthorization: {scope}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{method} {path}: {answer}");
        answer
    }

    /// A user with a policy; the options of its key.
    async fn user(&self, name: &str, policy: &str) -> S3Options {
        self.call("POST", "/", "iam", &format!("Action=CreateUser&UserName={name}&Version=2010-05-08")).await;
        let made = self
            .call("POST", "/", "iam", &format!("Action=CreateAccessKey&UserName={name}&Version=2010-05-08"))
            .await;
        let part = |tag: &str| {
            let (_, rest) = made.split_once(&format!("<{tag}>")).expect("a key");
            rest.split_once('<').expect("an end").0.to_owned()
        };
        let encoded: String = policy.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let body = format!(
            "Action=PutUserPolicy&UserName={name}&PolicyName=posters&PolicyDocument={encoded}&Version=2010-05-08"
        );
        self.call("POST", "/", "iam", &body).await;
        let options = S3Options::new(
            "engawa-posters".into(),
            "us-east-1".into(),
            part("AccessKeyId"),
            part("SecretAccessKey"),
        );
        S3Options { endpoint: Some(format!("http://{}", self.address)), ..options }
    }
}

#[tokio::test]
#[ignore = "needs moto_server: `make s3`"]
async fn a_bucket_keeps_files_for_every_node() {
    let moto = Moto::start().await;
    for bucket in ["engawa-posters", "another"] {
        moto.call("PUT", &format!("/{bucket}"), "s3", "").await;
    }
    let options = moto.user("engawa", POLICY).await;
    let reader = moto.user("reader", READS_ONLY).await;

    let node = PosterFiles::over(s3::open(&options).await.unwrap());
    holds(&node).await;

    // Two nodes, each with a client of its own.
    let other = PosterFiles::over(s3::open(&options).await.unwrap());
    let meeting = engawa_protocol::MeetingId(uuid::Uuid::new_v4());
    let kept = node.keep(meeting, picture(7)).await.unwrap();
    let there = read(&other, meeting, &kept, "jpg").await.unwrap();
    assert_eq!(there, read(&node, meeting, &kept, "jpg").await.unwrap());
    other.delete(meeting).await.unwrap();
    assert!(read(&node, meeting, &kept, "jpg").await.is_err());

    let refused = async |change: S3Options| s3::open(&change).await.unwrap_err();
    let error = refused(S3Options { bucket: "nowhere".into(), ..options.clone() }).await;
    assert!(matches!(error, S3CheckError::NoBucket { .. }), "{error}");
    let error = refused(S3Options { access_key_id: "AKIANOBODY".into(), ..options.clone() }).await;
    assert!(matches!(error, S3CheckError::Key { .. }), "{error}");
    let error = refused(S3Options { secret_access_key: "wrong".into(), ..options.clone() }).await;
    assert!(matches!(error, S3CheckError::Key { .. }), "{error}");
    let error = refused(reader).await;
    assert!(matches!(error, S3CheckError::Forbidden { deed: "write", .. }), "{error}");

    // The server dies while a node runs.
    drop(moto);
    let failed = node.keep(meeting, picture(8)).await.unwrap_err();
    assert!(failed.to_string().contains("no connection"), "{failed}");
    let _still_there = Arc::new(other);
}
