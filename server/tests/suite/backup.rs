//! A meeting as a file and back: between stores, by the commands of the binary and over HTTP, and files that are not what
//! was written.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use crate::support::redis::Redis;
use crate::support::venue::{ADMIN_KEY, tiny};
use crate::support::{Person, Venue, note};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use engawa_domain::{Entry, Meeting, Origin, SystemInput, digest, encode_snapshot};
use engawa_protocol::keeping::{DeletionCertificate, DeletionCertificates};
use engawa_protocol::{MeetingId, codec};
use engawa_server::backup::{Backup, BackupError, FormatError, export, import};
use engawa_server::clock::SystemClock;
use engawa_server::run::routes;
use engawa_server::store::embedded::EmbeddedStore;
use engawa_server::store::memory::MemoryStore;
use engawa_server::store::redis::RedisStore;
use engawa_server::store::{Snapshot, StateDigest, Store, TailEnd};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use tower::ServiceExt as _;

/// A whole meeting as the domain's tests have recorded it, votes included.
const LOG: &str = include_str!("../../domain/tests/logs/generated.jsonl");

fn recorded() -> Vec<Entry> {
    LOG.lines().map(|line| codec::from_slice(line.as_bytes()).unwrap()).collect()
}

fn memory() -> MemoryStore {
    MemoryStore::new(Arc::new(SystemClock))
}

fn payload(entry: &Entry) -> Bytes {
    codec::to_vec(&entry.input).unwrap().into()
}

fn meeting_of(entry: &Entry) -> MeetingId {
    match &entry.input.origin {
        Origin::System { input: SystemInput::CreateMeeting(create) } => create.meeting,
        other => panic!("a log begins with its meeting, not with {other:?}"),
    }
}

/// Puts the first entries of a history into a store, with a snapshot on the way if wanted.
async fn fill(store: &dyn Store, entries: &[Entry], snapshot_at: Option<usize>) -> MeetingId {
    let meeting = meeting_of(&entries[0]);
    let mut at = store.create(meeting, payload(&entries[0])).await.unwrap().first;
    for (index, entry) in entries.iter().enumerate().skip(1) {
        at = store.append(meeting, at.epoch, vec![payload(entry)]).await.unwrap().last();
        if snapshot_at == Some(index) {
            let state = export(store, meeting).await.unwrap().state().clone();
            let bytes = encode_snapshot(&state).unwrap().into();
            let snapshot = Snapshot { position: at, digest: StateDigest(digest(&state).unwrap()), bytes };
            store.put_snapshot(meeting, snapshot).await.unwrap();
        }
    }
    meeting
}

/// The recorded meeting in a data folder whose store is closed again.
pub(crate) async fn meeting_in(data: &Path) -> MeetingId {
    let store = EmbeddedStore::open(data.join("meetings"), Arc::new(SystemClock)).await.unwrap();
    let meeting = fill(&store, &recorded(), None).await;
    store.close().await.unwrap();
    meeting
}

/// The part of the recorded meeting before its vote closes: a file still holds entries then.
fn before_the_close() -> Vec<Entry> {
    let entries = recorded();
    let mut state: Option<Meeting> = None;
    let open = entries.iter().take_while(|entry| {
        engawa_domain::apply(&mut state, entry);
        state.as_ref().is_some_and(|state| !state.forgets_its_log())
    });
    open.cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Export, import, export: the same state, byte for byte, wherever the history is cut and a snapshot stands.
    #[test]
    fn what_comes_out_goes_in_and_comes_out_again(length in 1_usize..400, snapshot in 0_usize..400) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let entries = recorded();
            let entries = &entries[..length.min(entries.len())];
            let (first, second) = (memory(), memory());
            let meeting = fill(&first, entries, Some(snapshot)).await;
            let out = export(&first, meeting).await.unwrap();
            let file = Backup::decode(&out.encode().unwrap()).unwrap();
            prop_assert_eq!(&file, &out);
            let position = import(&second, &file, false).await.unwrap();
            prop_assert!(position.epoch > out.epoch());
            let again = export(&second, meeting).await.unwrap();
            prop_assert_eq!(encode_snapshot(again.state()).unwrap(), encode_snapshot(out.state()).unwrap());
            let bytes = again.encode().unwrap();
            prop_assert_eq!(Backup::decode(&bytes).unwrap().encode().unwrap(), bytes);
            Ok(())
        })?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meeting_goes_from_files_to_redis_and_back() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), Redis::durable());
    let embedded = EmbeddedStore::open(folder.path().join("a"), Arc::new(SystemClock)).await.unwrap();
    let shared = RedisStore::open(redis.options()).await.unwrap();
    let entries = before_the_close();
    let meeting = fill(&embedded, &entries, Some(entries.len() / 2)).await;
    let out = export(&embedded, meeting).await.unwrap();
    assert!(out.entry_count() > 0, "entries behind the snapshot are in the file");

    import(&shared, &out, false).await.unwrap();
    let mut between = export(&shared, meeting).await.unwrap();
    assert_eq!(between.state(), out.state());
    // The meeting goes on where it is now, and goes back with what was added.
    let head = shared.head(meeting).await.unwrap();
    let more = Entry { seq: head.last.seq.next(), ..entries[entries.len() - 1].clone() };
    shared.append(meeting, head.last.epoch, vec![payload(&more)]).await.unwrap();
    between = export(&shared, meeting).await.unwrap();
    assert_eq!((between.entry_count(), between.state().seq()), (1, more.seq));

    let refused = import(&embedded, &between, false).await.unwrap_err();
    assert!(matches!(refused, BackupError::Exists(_)), "{refused}");
    assert_eq!(export(&embedded, meeting).await.unwrap(), out, "nothing was changed");
    // Whoever follows the log learns that it is another one now.
    let last = embedded.head(meeting).await.unwrap().last;
    let mut tail = embedded.tail(meeting, last).await.unwrap();
    let position = import(&embedded, &between, true).await.unwrap();
    assert!(matches!(tail.next().await.unwrap_err(), TailEnd::EpochChanged { .. }));
    assert!(position.epoch > between.epoch() && position.seq == more.seq);
    assert_eq!(export(&embedded, meeting).await.unwrap().state(), between.state());
    embedded.close().await.unwrap();
}

#[tokio::test]
async fn a_closed_votes_ballots_are_in_no_file() {
    let entries = recorded();
    let ballots = |bytes: &[u8]| String::from_utf8_lossy(bytes).matches("cast_ballot").count();
    let open = before_the_close();
    assert!(open.len() < entries.len(), "the recorded meeting closes its vote");
    let store = memory();
    let meeting = fill(&store, &open, None).await;
    let file = export(&store, meeting).await.unwrap().encode().unwrap();
    assert!(ballots(&file) > 0, "while the vote is open its ballots are in the log, and so in the file");
    // The log still holds them all here: nobody has come to forgetting them yet.
    let store = memory();
    let meeting = fill(&store, &entries[..=open.len()], None).await;
    let closed = export(&store, meeting).await.unwrap();
    assert!(closed.state().forgets_its_log());
    assert_eq!((ballots(&closed.encode().unwrap()), closed.entry_count()), (0, 0));
}

#[tokio::test]
async fn a_file_that_is_not_what_was_written_is_refused() {
    let entries = before_the_close();
    let store = memory();
    let meeting = fill(&store, &entries, Some(5)).await;
    let good = export(&store, meeting).await.unwrap().encode().unwrap();
    Backup::decode(&good).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();

    // Cut off anywhere.
    for length in (0..good.len()).step_by(good.len() / 97) {
        let error = Backup::decode(&good[..length]).unwrap_err();
        assert!(
            matches!(error, FormatError::Truncated | FormatError::NotABackup),
            "cut at {length}: {error}"
        );
    }
    let without_line = [&lines[..3], &lines[4..]].concat().join("\n") + "\n";
    assert!(matches!(Backup::decode(without_line.as_bytes()).unwrap_err(), FormatError::Altered));
    // One bit, anywhere.
    for place in (1..good.len() - 1).step_by(good.len() / 97) {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        assert!(Backup::decode(&bytes).is_err(), "a bit of byte {place}");
    }
    for other in ["", "\n", "hello\n", "{}\n", "{\"format\":\"zip\"}\n", "[1]\n"] {
        assert!(
            matches!(Backup::decode(other.as_bytes()).unwrap_err(), FormatError::NotABackup),
            "{other:?}"
        );
    }
    for (from, to) in [("\"version\":1", "\"version\":2"), ("\"rules_version\":1", "\"rules_version\":9")] {
        let newer = resealed(&text.replacen(from, to, 1));
        let error = Backup::decode(newer.as_bytes()).unwrap_err();
        assert!(matches!(error, FormatError::Version { .. }), "{error}");
    }
    // With a checksum of its own making, but another state than the header promises.
    let mut found = 0;
    for (note, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("\"text\":\"")) {
        let changed = line.replacen("\"text\":\"", "\"text\":\"x", 1);
        let forged = [&lines[..note], &[changed.as_str()], &lines[note + 1..]].concat().join("\n") + "\n";
        match Backup::decode(resealed(&forged).as_bytes()) {
            Err(FormatError::Digest) => found += 1,
            // The text of a command that was refused: nobody ever saw it.
            Ok(same) => assert_eq!(same.encode().unwrap().len(), good.len() + 1),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(found > 0, "a changed text is found");
    let gap = resealed(&without_line);
    assert!(matches!(
        Backup::decode(gap.as_bytes()).unwrap_err(),
        FormatError::Line { .. } | FormatError::Digest
    ));
}

/// The same text with a checksum that is right for it.
fn resealed(text: &str) -> String {
    let body = &text[..text.trim_end().rfind('\n').unwrap() + 1];
    let sum = engawa_protocol::hash::hex(&engawa_protocol::hash::sha256(&[body.as_bytes()]));
    format!("{body}{{\"sha256\":\"{sum}\"}}\n")
}

/// People who have the meeting open are told to load it anew, and see what the file holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meeting_is_put_back_under_the_eyes_of_its_people() {
    let mut venue = Venue::open(tiny()).await;
    let guide = venue.invite("幹事 1", engawa_protocol::Role::Facilitator).await;
    venue.ask(note("最初のメモ")).await;
    let (status, file) = backup_of(&venue, ADMIN_KEY).await;
    assert_eq!(status, StatusCode::OK);
    let backup = Backup::decode(&file).unwrap();
    venue.ask(note("あとのメモ")).await;
    let mut person = Person::enter(&venue, guide).await;
    assert_eq!(person.view().plenary.notes.len(), 2);
    let before = venue.hub.store().head(venue.meeting).await.unwrap().last;

    import(&**venue.hub.store(), &backup, true).await.unwrap();
    assert_eq!(person.until_closed().await, engawa_protocol::CloseCode::EpochChanged);
    person.come(&venue).await;
    let texts: Vec<&str> = person.view().plenary.notes.values().map(|note| note.text.as_str()).collect();
    assert_eq!(texts, ["最初のメモ"]);
    let after = venue.hub.store().head(venue.meeting).await.unwrap().last;
    assert!(after.epoch > before.epoch && after.seq >= backup.state().seq());
    venue.close().await;
}

async fn backup_of(venue: &Venue, key: &str) -> (StatusCode, Vec<u8>) {
    let path = format!("/api/meetings/{}/backup", venue.meeting);
    let request = Request::builder().uri(path).header("authorization", format!("Bearer {key}"));
    let routes = routes(venue.state.clone());
    let response = routes.usual.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn only_the_operator_is_given_a_backup() {
    let venue = Venue::quiet(tiny()).await;
    assert_eq!(backup_of(&venue, "some-other-key-of-theirs").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(backup_of(&venue, ADMIN_KEY).await.0, StatusCode::OK);
}

fn engawa(data: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_engawa"));
    command.env_clear().env("ENGAWA_DATA_DIR", data).args(args).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// HT40 without a server.
fn deleting_leaves_a_certificate(data: &Path, meeting: &str, entries: usize) {
    let none = engawa(data, &["list-certificates"]);
    assert!(told(&none).contains("\"certificates\": []"), "{}", told(&none));
    let unknown = engawa(data, &["delete-meeting", "00000000-0000-0000-0000-000000000001"]);
    assert!(
        unknown.status.code() == Some(1) && told(&unknown).contains("no such meeting"),
        "{}",
        told(&unknown)
    );
    let deleted = engawa(data, &["delete-meeting", meeting]);
    assert!(deleted.status.success(), "{}", told(&deleted));
    let certificate: DeletionCertificate = serde_json::from_slice(&deleted.stdout).unwrap();
    assert_eq!(certificate.meeting.to_string(), meeting);
    assert_eq!(certificate.log_entries.map(|seq| seq.0), Some(entries as u64));
    assert!(
        certificate.totals.is_some_and(|totals| totals.people > 0 && totals.notes > 0),
        "{certificate:?}"
    );
    let listed = engawa(data, &["list-certificates"]);
    let kept: DeletionCertificates = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(kept.certificates, [certificate]);
    assert_eq!(told(&engawa(data, &["list-meetings"])), "");
    // Nothing people wrote is left beside the title.
    let left =
        std::fs::read_to_string(data.join(format!("poster-files/certificates/{meeting}.json"))).unwrap();
    assert!(left.len() < 2000, "{left}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_of_the_binary_do_it() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other, file) =
        (folder.path().join("data"), folder.path().join("other"), folder.path().join("meeting.backup"));
    let entries = before_the_close();
    let store = EmbeddedStore::open(data.join("meetings"), Arc::new(SystemClock)).await.unwrap();
    let meeting = fill(&store, &entries, None).await.to_string();
    let file_text = file.to_str().unwrap();

    let locked = engawa(&data, &["export-log", &meeting, file_text]);
    assert_eq!(locked.status.code(), Some(1));
    assert!(told(&locked).contains("/api/meetings/MEETING/backup"), "{}", told(&locked));
    store.close().await.unwrap();
    drop(store);

    let listed = engawa(&data, &["list-meetings"]);
    assert!(told(&listed).starts_with(&format!("{meeting} {} ", entries.len())), "{}", told(&listed));
    let exported = engawa(&data, &["export-log", &meeting, file_text]);
    assert!(exported.status.success(), "{}", told(&exported));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "for the owner alone");
    }
    let again = engawa(&data, &["export-log", &meeting, file_text]);
    assert_eq!(again.status.code(), Some(1), "a file that is there is not written over");
    let unknown = engawa(&data, &["export-log", "00000000-0000-0000-0000-000000000001", "x"]);
    assert!(told(&unknown).contains("list-meetings"), "{}", told(&unknown));
    let nowhere = engawa(&folder.path().join("no-such-folder"), &["list-meetings"]);
    assert!(told(&nowhere).contains("data_dir"), "{}", told(&nowhere));
    assert!(!folder.path().join("no-such-folder").exists());

    let imported = engawa(&other, &["import-log", file_text]);
    assert!(imported.status.success(), "{}", told(&imported));
    let refused = engawa(&other, &["import-log", file_text]);
    assert!(refused.status.code() == Some(1) && told(&refused).contains("--replace"), "{}", told(&refused));
    assert!(engawa(&other, &["import-log", "--replace", file_text]).status.success());
    let damaged = folder.path().join("damaged");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
    let cut = engawa(&other, &["import-log", "--replace", damaged.to_str().unwrap()]);
    assert!(cut.status.code() == Some(1) && told(&cut).contains("cut off"), "{}", told(&cut));

    deleting_leaves_a_certificate(&data, &meeting, entries.len());
    let reopened = EmbeddedStore::open(other.join("meetings"), Arc::new(SystemClock)).await.unwrap();
    let read = Backup::read(&file).unwrap();
    assert_eq!(export(&reopened, read.meeting()).await.unwrap().state(), read.state());
    reopened.close().await.unwrap();
}
