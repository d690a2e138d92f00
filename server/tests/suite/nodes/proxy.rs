//! Three real processes over a real Redis behind HAProxy with the configuration of `server/deploy`: people write without
//! end while one node after the other is stopped and started again.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use base64::Engine as _;
use engawa_protocol::command::AddPerson;
use engawa_protocol::http::{CommandReply, CommandRequest, CreateMeeting, Links, MeetingCreated};
use engawa_protocol::{ClientSeq, CloseCode, DeviceId, Language, MeetingId, Role};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::support::http::{free_address, request};
use crate::support::redis::{Redis, until};
use crate::support::venue::ADMIN_KEY;
use crate::support::{PATIENCE, Person, note};

const CONFIGURATION: &str = include_str!("../../../deploy/haproxy.cfg");
const WRITERS: usize = 4;
/// Commands that a writer has on the way at most.
const PENDING: usize = 4;
/// How long people write between two restarts.
const BETWEEN: Duration = Duration::from_millis(1500);

/// A node as a process of its own.
struct Node {
    listen: String,
    internal: String,
    child: Option<Child>,
    folder: TempDir,
}

impl Node {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { listen: free_address(), internal: free_address(), child: None, folder }
    }

    fn start(&mut self, redis: &Redis, public: &str, token_key: &str) {
        let child = Command::new(env!("CARGO_BIN_EXE_engawa"))
            .env("ENGAWA_LISTEN", &self.listen)
            .env("ENGAWA_INTERNAL_LISTEN", &self.internal)
            .env("ENGAWA_PUBLIC_URL", format!("http://{public}"))
            .env("ENGAWA_DATA_DIR", self.folder.path())
            .env("ENGAWA_STORE", "redis")
            .env("ENGAWA_REDIS_URL", redis.url())
            .env("ENGAWA_ADMIN_KEY", ADMIN_KEY)
            .env("ENGAWA_TOKEN_KEY", token_key)
            .env("ENGAWA_LOG_FILTER", "error")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        self.child = Some(child);
    }

    async fn until_ready(&self) {
        let ready = async || {
            let answer = request(&self.internal, "GET", "/readyz", None, "").await;
            answer.is_ok_and(|(status, _)| status == 200).then_some(())
        };
        until("a node that is ready", ready).await;
    }

    /// Stops it as an operator does.
    async fn stop(&mut self) {
        let mut child = self.child.take().unwrap();
        let id = child.id().unwrap().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        assert!(sent.success());
        let status = tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends").unwrap();
        assert!(status.success(), "{status}");
    }
}

/// Debian puts it where only the administrator's shell looks.
fn program() -> &'static str {
    let debian = "/usr/sbin/haproxy";
    if std::path::Path::new(debian).exists() { debian } else { "haproxy" }
}

/// The proxy, with the addresses of this test in place of those in the file.
async fn start_proxy(nodes: &[Node], folder: &TempDir) -> (Child, String) {
    let listen = free_address();
    let mut text = CONFIGURATION.to_owned();
    let mut put = |from: String, to: String| {
        assert_eq!(text.matches(&from).count(), 1, "{from}");
        text = text.replace(&from, &to);
    };
    // The machine of a test may allow fewer open files.
    put("\n    maxconn 20000\n".into(), "\n    maxconn 200\n".into());
    put("\n    bind :80\n".into(), format!("\n    bind {listen}\n"));
    for (index, node) in nodes.iter().enumerate() {
        let port = node.internal.rsplit_once(':').unwrap().1;
        let written = format!("127.0.0.1:{} port {}", 8787 + index, 9787 + index);
        put(written, format!("{} port {port}", node.listen));
    }
    let file = folder.path().join("haproxy.cfg");
    std::fs::write(&file, text).unwrap();
    let checked = Command::new(program()).args(["-c", "-q", "-f"]).arg(&file).output().await;
    let checked = checked.expect("this test needs the program haproxy (Debian: apt-get install haproxy)");
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success() && said.trim().is_empty(), "no error and no warning: {said}");
    let child = Command::new(program())
        .arg("-db")
        .arg("-f")
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    until("the proxy", async || {
        let answer = request(&listen, "GET", "/", None, "").await;
        // Whatever a node says to this; the proxy itself says 503 while it knows none.
        answer.is_ok_and(|(status, _)| status != 0 && status < 500).then_some(())
    })
    .await;
    (child, listen)
}

async fn api<T: serde::de::DeserializeOwned>(
    address: &str,
    method: &str,
    path: &str,
    bearer: &str,
    body: &str,
) -> T {
    let (status, body) = request(address, method, path, Some(bearer), body).await.unwrap();
    assert!(status < 300, "{path}: {status} {body}");
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
}

/// Makes a meeting through the proxy and lets people in who may write on the plenary's board at any time.
async fn enter(address: &str) -> (MeetingId, Vec<Person>) {
    let create = CreateMeeting {
        title: "研究会".into(),
        language: Language::Ja,
        coordinator: "進行 1".into(),
        keep_until: None,
    };
    let create = serde_json::to_string(&create).unwrap();
    let made: MeetingCreated = api(address, "POST", "/api/meetings", ADMIN_KEY, &create).await;
    let device = DeviceId(Uuid::new_v4());
    for number in 0..WRITERS {
        let command =
            AddPerson { name: format!("幹事 {number}"), role: Role::Facilitator, team: None, email: None };
        let asked =
            CommandRequest { device, client_seq: ClientSeq(number as u64 + 1), command: command.into() };
        let body = serde_json::to_string(&asked).unwrap();
        let _: CommandReply = api(address, "POST", "/api/commands", &made.token, &body).await;
    }
    // Another node than the one that took the commands may answer, and be a moment behind.
    let links = until("everybody's link", async || {
        let links: Links = api(address, "GET", "/api/links", &made.token, "").await;
        let of_writers: Vec<_> =
            links.personal.into_iter().filter(|link| link.role == Role::Facilitator).collect();
        (of_writers.len() == WRITERS).then_some(of_writers)
    })
    .await;
    let mut people = Vec::new();
    for link in links {
        let token = link.link.split_once('#').unwrap().1;
        let mut person = Person::outside_of(token, made.meeting);
        person.come_to(&format!("ws://{address}/ws")).await.unwrap();
        people.push(person);
    }
    (made.meeting, people)
}

/// Writes for a while. After a goodbye comes back when the server said; keeps how long each time took.
async fn write(person: &mut Person, name: usize, url: &str, for_time: Duration, gaps: &mut Vec<Duration>) {
    let began = Instant::now();
    while began.elapsed() < for_time {
        let number = person.last_number.0 + 1;
        person.submit(note(&format!("{name}-{number}"))).await;
        while person.pending.len() >= PENDING {
            step(person, url, gaps).await;
        }
    }
}

async fn step(person: &mut Person, url: &str, gaps: &mut Vec<Duration>) {
    if person.step().await {
        // A busy machine may make the store too slow for a moment.
        if person.send_refused_again().await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        return;
    }
    let lost_at = Instant::now();
    let goodbye = person.goodbye.take().expect("nobody loses the line without a goodbye");
    assert_eq!(goodbye.code, CloseCode::Restarting, "CL2");
    tokio::time::sleep(Duration::from_millis(goodbye.retry_after_ms)).await;
    if let Err(code) = person.come_to(url).await {
        panic!("the proxy led nowhere: {code:?}, {:?}", person.goodbye);
    }
    gaps.push(lost_at.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rs5_cl2_nodes_are_restarted_one_by_one_while_people_write() {
    let redis = Redis::durable();
    let token_key = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode([Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat());
    let folder = tempfile::tempdir().unwrap();
    let mut nodes: Vec<Node> = (0..3).map(|_| Node::new()).collect();
    // What the proxy's address will be is not known yet; links only need some address.
    for node in &mut nodes {
        node.start(&redis, "localhost", &token_key);
    }
    for node in &nodes {
        node.until_ready().await;
    }
    let (_proxy, address) = start_proxy(&nodes, &folder).await;
    let url = format!("ws://{address}/ws");
    let (_, mut people) = enter(&address).await;

    let mut gaps: Vec<Vec<Duration>> = vec![Vec::new(); people.len()];
    for node in &mut nodes {
        let writing = people
            .iter_mut()
            .zip(&mut gaps)
            .enumerate()
            .map(|(name, (person, gaps))| write(person, name, &url, 2 * BETWEEN, gaps));
        let restarting = async {
            tokio::time::sleep(BETWEEN).await;
            node.stop().await;
            node.start(&redis, "localhost", &token_key);
            node.until_ready().await;
        };
        tokio::join!(futures_util::future::join_all(writing), restarting);
    }

    let mut expected = BTreeMap::new();
    for (name, person) in people.iter_mut().enumerate() {
        while !person.pending.is_empty() {
            step(person, &url, &mut gaps[name]).await;
        }
        for number in 1..=person.last_number.0 {
            match person.outcomes.get(&ClientSeq(number)) {
                Some(CommandReply::Accepted { .. }) => {
                    expected.insert(format!("{name}-{number}"), 1);
                }
                outcome => panic!("{name}-{number}: {outcome:?}"),
            }
        }
    }
    let mut gaps: Vec<Duration> = gaps.into_iter().flatten().collect();
    gaps.sort_unstable();
    assert!(gaps.len() >= 3, "somebody was on each node that was stopped: {gaps:?}");
    println!(
        "{} commands, {} returns; from goodbye to welcome: middle {:?}, longest {:?}",
        expected.len(),
        gaps.len(),
        gaps[gaps.len() / 2],
        gaps[gaps.len() - 1]
    );
    for person in &mut people {
        let all = expected.len();
        person.until("everybody's notes", |me| me.view().plenary.notes.len() >= all).await;
        let mut found: BTreeMap<String, i32> = BTreeMap::new();
        for note in person.view().plenary.notes.values() {
            *found.entry(note.text.clone()).or_default() += 1;
        }
        assert_eq!(found, expected);
    }
    for node in &nodes {
        let (_, metrics) = request(&node.internal, "GET", "/metrics", None, "").await.unwrap();
        assert!(metrics.contains("engawa_node_info{node=\""), "{metrics}");
    }
}
