//! The operator hands out links and revokes them from the command line (LN1, LN2), also where every coordinator has lost theirs.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use engawa_domain::{Admission, Meeting, Viewer, admit};
use engawa_protocol::command::{AddPerson, AddTeam};
use engawa_protocol::{MeetingId, PersonId, Role, TeamId};
use engawa_server::auth::{KeyRing, KeySource};
use engawa_server::backup::export;
use engawa_server::clock::SystemClock;
use engawa_server::files::table;
use engawa_server::hub::HubLimits;
use engawa_server::store::Store;
use engawa_server::store::embedded::EmbeddedStore;

use crate::support::Venue;

async fn store(data: &Path) -> Arc<dyn Store> {
    Arc::new(EmbeddedStore::open(data.join("meetings"), Arc::new(SystemClock)).await.unwrap())
}

/// A meeting with a coordinator and three people, of whom two have one name.
async fn prepared(data: &Path) -> MeetingId {
    let mut venue = Venue::over(store(data).await, HubLimits::default()).await;
    venue.invite("髙橋①", Role::Participant).await;
    for team in ["弘前市", "甲府市"] {
        let team = venue.ask(AddTeam { name: team.into(), region: None }).await.map(TeamId);
        let person = AddPerson { name: "担当A".into(), role: Role::Participant, team, email: None };
        venue.ask(person).await;
    }
    venue.close().await;
    venue.hub.store().close().await.unwrap();
    venue.meeting
}

async fn state(data: &Path, meeting: MeetingId) -> Meeting {
    let store = store(data).await;
    let state = export(&*store, meeting).await.unwrap().into_state();
    store.close().await.unwrap();
    state
}

/// Who comes in by each link of a sheet: the person, or nobody. Shared links are not in the CSV.
fn come_in(csv: &[u8], keys: &KeyRing, state: &Meeting) -> Vec<Option<PersonId>> {
    let sheet = table::read(csv).unwrap();
    let tokens =
        sheet.rows.iter().filter_map(|row| row.cell(4).split_once("/j#").map(|(_, token)| token.to_owned()));
    tokens
        .map(|token| match admit(state, &keys.verify(&token).unwrap().grant) {
            Admission::Viewer(Viewer::Person(person)) => Some(person),
            Admission::Viewer(Viewer::Screen)
            | Admission::Joining(_)
            | Admission::Revoked
            | Admission::Erased => None,
        })
        .collect()
}

#[test]
fn ln1_ln2_the_operator_hands_out_links_and_revokes_them() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let meeting = runtime.block_on(prepared(&data));
    let id = meeting.0.to_string();
    let engawa = |args: &[&str]| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_engawa"));
        let command = command
            .env_clear()
            .arg("--data-dir")
            .arg(&data)
            .args(["--public-url", "https://engawa.example.jp"]);
        command.args(args).output().unwrap()
    };
    let good = |args: &[&str]| {
        let output = engawa(args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let refused = |args: &[&str]| {
        let output = engawa(args);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let sheet = |name: &str| {
        let path = folder.path().join(name);
        good(&["export-links", &id, path.to_str().unwrap()]);
        (std::fs::read(&path).unwrap(), path)
    };

    let (first, path) = sheet("first.csv");
    let keys = KeyRing::load(&KeySource::DataFolder(data.clone())).unwrap();
    let text = String::from_utf8(first.clone()).unwrap();
    assert!(
        text.starts_with('\u{FEFF}')
            && text.contains("https://engawa.example.jp/j#")
            && text.contains("髙橋①"),
        "{text}"
    );
    let all = [Some(PersonId(1)), Some(PersonId(2)), Some(PersonId(3)), Some(PersonId(4))];
    let mut found = come_in(&first, &keys, &runtime.block_on(state(&data, meeting)));
    found.sort();
    assert_eq!(found, all);
    assert!(
        refused(&["export-links", &id, path.to_str().unwrap()]).contains("first.csv"),
        "never over another file"
    );
    assert!(refused(&["export-links", &id, "links.pdf"]).contains(".xlsx or .csv"));
    let (book, path) = sheet("first.xlsx");
    assert_eq!(table::read(&book).unwrap().rows.len(), table::read(&first).unwrap().rows.len());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "for the owner alone");
    }
    let _ = path;

    good(&["revoke-links", &id, "--person", "髙橋①"]);
    let now = runtime.block_on(state(&data, meeting));
    let left = come_in(&first, &keys, &now).into_iter().flatten().count();
    assert_eq!((left, now.roster().person(PersonId(2)).unwrap().generation), (3, 1), "that one alone");
    assert!(refused(&["revoke-links", &id, "--person", "担当A"]).contains("2 people"));
    assert!(refused(&["revoke-links", &id, "--person", "担当Z"]).contains("nobody"));

    let shared = now.roster().shared_generation(Role::Participant);
    good(&["revoke-links", &id, "--shared", "participant"]);
    let now = runtime.block_on(state(&data, meeting));
    assert_eq!(now.roster().shared_generation(Role::Participant), shared + 1);
    assert!(refused(&["revoke-links", &id, "--shared", "guest"]).contains("no role"));
    assert!(
        refused(&["revoke-links", &id]).contains("--everyone"),
        "nothing is revoked by leaving something out"
    );

    good(&["revoke-links", &id, "--everyone"]);
    let now = runtime.block_on(state(&data, meeting));
    assert!(come_in(&first, &keys, &now).iter().all(Option::is_none), "the coordinator's too");
    let (second, _) = sheet("second.csv");
    let mut found = come_in(&second, &keys, &now);
    found.sort();
    assert_eq!(found, all, "the new ones open the meeting");
}
