//! The real binary under `kill -9`, many times in the middle of traffic. Every command that was acknowledged is there
//! once; every one that was not is sent again after the restart and is there once, too.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::http::{free_address, request};
use crate::support::{PATIENCE, Person};
use engawa_protocol::command::{AddNote, AddPerson};
use engawa_protocol::http::{CommandReply, CommandRequest, CreateMeeting, Links, MeetingCreated};
use engawa_protocol::{AreaId, BoardId, ClientSeq, CloseCode, DeviceId, Language, NoteColor, Role};
use engawa_server::auth::{KeyRing, KeySource};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::process::{Child, Command};
use uuid::Uuid;

pub(crate) const ADMIN_KEY: &str = "the-operators-own-key";
/// Kills stop at whichever comes first; the minimum is always reached.
const KILLS: std::ops::RangeInclusive<u32> = 5..=25;
const TIME: Duration = Duration::from_secs(25);
const WRITERS: usize = 4;
const SEED: u64 = 0x6b11_0009;

struct Server {
    child: Child,
    listen: String,
}

impl Server {
    async fn start(folder: &Path, listen: &str) -> Self {
        let internal = free_address();
        let child = Command::new(env!("CARGO_BIN_EXE_engawa"))
            .env("ENGAWA_LISTEN", listen)
            .env("ENGAWA_INTERNAL_LISTEN", &internal)
            .env("ENGAWA_PUBLIC_URL", format!("http://{listen}"))
            .env("ENGAWA_DATA_DIR", folder)
            .env("ENGAWA_ADMIN_KEY", ADMIN_KEY)
            .env("ENGAWA_LOG_FILTER", "error")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut server = Self { child, listen: listen.to_owned() };
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < PATIENCE, "the server does not become ready");
            assert!(server.child.try_wait().unwrap().is_none(), "the server ended at once");
            if request(&internal, "GET", "/readyz", None, "").await.is_ok_and(|(status, _)| status == 200) {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn kill(&mut self) {
        self.child.start_kill().unwrap();
        self.child.wait().await.unwrap();
    }

    async fn api<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        bearer: &str,
        body: &str,
    ) -> T {
        let (status, body) = request(&self.listen, method, path, Some(bearer), body).await.unwrap();
        assert!(status < 300, "{path}: {status} {body}");
        serde_json::from_str(&body).unwrap()
    }
}

pub(crate) fn token_of(link: &str) -> &str {
    link.split_once('#').unwrap().1
}

/// Writes without end until the line is lost; then comes back to the next server and goes on.
async fn write(person: &mut Person, name: usize, url: &str) {
    loop {
        let number = person.last_number.0 + 1;
        person.submit(note(name, number)).await;
        while person.pending.len() >= 8 {
            if !person.step().await {
                come_back(person, url).await;
            }
        }
    }
}

async fn come_back(person: &mut Person, url: &str) {
    loop {
        match person.come_to(url).await {
            Ok(()) => return,
            Err(code) => assert!(code.is_retryable(), "{code:?}"),
        }
        assert_ne!(person.goodbye.as_ref().map(|goodbye| goodbye.code), Some(CloseCode::LinkInvalid));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn note(name: usize, number: u64) -> AddNote {
    AddNote {
        board: BoardId::PLENARY,
        area: AreaId(0),
        text: format!("{name}-{number}"),
        color: NoteColor::Yellow,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_once_and_what_was_not_comes_once() {
    let folder = tempfile::tempdir().unwrap();
    let listen = free_address();
    let url = format!("ws://{listen}/ws");
    let mut server = Server::start(folder.path(), &listen).await;
    let create = CreateMeeting {
        title: "研究会".into(),
        language: Language::Ja,
        coordinator: "進行 1".into(),
        keep_until: None,
    };
    let create = serde_json::to_string(&create).unwrap();
    let made: MeetingCreated = server.api("POST", "/api/meetings", ADMIN_KEY, &create).await;
    let mut writers = enter(&server, &made, folder.path(), &url).await;

    let mut random = StdRng::seed_from_u64(SEED);
    let began = Instant::now();
    let mut kills = 0;
    while kills < *KILLS.start() || (kills < *KILLS.end() && began.elapsed() < TIME) {
        let life = Duration::from_millis(random.random_range(20..400));
        {
            let writing = futures_util::future::join_all(
                writers.iter_mut().enumerate().map(|(name, person)| write(person, name, &url)),
            );
            // Life is over at a moment drawn by chance: nothing is waited for.
            let _ = tokio::time::timeout(life, writing).await;
        }
        server.kill().await;
        kills += 1;
        server = Server::start(folder.path(), &listen).await;
        for person in &mut writers {
            come_back(person, &url).await;
        }
    }

    let mut expected = BTreeMap::new();
    for (name, person) in writers.iter_mut().enumerate() {
        for number in 1..=person.last_number.0 {
            while person.pending.contains_key(&ClientSeq(number)) {
                if !person.step().await {
                    come_back(person, &url).await;
                }
            }
            match person.outcomes.get(&ClientSeq(number)) {
                Some(CommandReply::Accepted { .. }) => {
                    expected.insert(format!("{name}-{number}"), 1);
                }
                outcome => panic!("{name}-{number}: {outcome:?}"),
            }
        }
    }
    assert!(expected.len() > 100, "there was traffic: {}", expected.len());
    let mut observer = Person::outside_of(&made.token, writers[0].grant.meeting);
    observer.come_to(&url).await.unwrap();
    let mut found: BTreeMap<String, i32> = BTreeMap::new();
    for note in observer.view().plenary.notes.values() {
        *found.entry(note.text.clone()).or_default() += 1;
    }
    assert_eq!(found, expected, "after {kills} kills");
    server.kill().await;
}

/// The people who write: facilitators, who may write on the plenary's board at any time.
async fn enter(server: &Server, made: &MeetingCreated, folder: &Path, url: &str) -> Vec<Person> {
    let device = DeviceId(Uuid::new_v4());
    for number in 0..WRITERS {
        let name = format!("幹事 {number}");
        let command = AddPerson { name, role: Role::Facilitator, team: None, email: None }.into();
        let request = CommandRequest { device, client_seq: ClientSeq(number as u64 + 1), command };
        let body = serde_json::to_string(&request).unwrap();
        let _: CommandReply = server.api("POST", "/api/commands", &made.token, &body).await;
    }
    let links: Links = server.api("GET", "/api/links", &made.token, "").await;
    let keys = KeyRing::load(&KeySource::DataFolder(folder.to_path_buf())).unwrap();
    let mut writers = Vec::new();
    for link in links.personal.iter().filter(|link| link.role == Role::Facilitator) {
        let token = token_of(&link.link);
        assert_eq!(keys.verify(token).unwrap().meeting, made.meeting);
        let mut person = Person::outside_of(token, made.meeting);
        person.come_to(url).await.unwrap();
        writers.push(person);
    }
    assert_eq!(writers.len(), WRITERS);
    writers
}
