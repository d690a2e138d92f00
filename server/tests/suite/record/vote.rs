//! The vote's file: counted by the program and by the page's own script, as it was and altered in every way.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use engawa_domain::record::ledger_for;
use engawa_protocol::{Language, Role};
use engawa_server::vote_file::{PosterName, write};
use serde_json::json;

use super::stage::{Stage, held};

fn file_of(stage: &Stage) -> String {
    let meeting = stage.meeting();
    let ledger = ledger_for(meeting, Role::Secretariat).unwrap();
    let names: BTreeMap<_, _> = meeting
        .posters()
        .map(|(poster, team, title)| {
            let team = meeting.roster().team(team).unwrap().name.clone();
            (poster, PosterName { team, title: title.to_owned() })
        })
        .collect();
    write(meeting.title(), ledger, &names)
}

fn engawa(file: &Path, hash: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_engawa"));
    command.arg("verify-vote").arg(file);
    if let Some(hash) = hash {
        command.args(["--published-hash", hash]);
    }
    command.output().unwrap()
}

/// The script as it stands in the documentation.
fn script() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/vote-file.md");
    let page = fs::read_to_string(page).unwrap();
    let script = page.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    script.to_owned()
}

struct Desk {
    folder: tempfile::TempDir,
    script: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("verify_vote.py");
        fs::write(&path, script()).unwrap();
        Self { script: path, folder }
    }

    fn put(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("vote.txt");
        fs::write(&path, text).unwrap();
        path
    }

    fn python(&self, file: &Path, hash: Option<&str>) -> Output {
        // As little of Python as possible: nothing but the standard library could be found.
        Command::new("python3").args(["-I", "-S"]).arg(&self.script).arg(file).args(hash).output().unwrap()
    }

    /// Exit codes and what was said, by the program and by the script.
    fn both(&self, text: &str, hash: Option<&str>) -> [(Option<i32>, String); 2] {
        let file = self.put(text);
        [engawa(&file, hash), self.python(&file, hash)].map(|output| {
            let said = [output.stdout, output.stderr].concat();
            (output.status.code(), String::from_utf8(said).unwrap())
        })
    }
}

fn last_hash(text: &str) -> &str {
    text.lines().find_map(|line| line.strip_prefix("last ")).unwrap()
}

#[test]
fn vt9_the_program_and_the_script_count_a_real_vote_alike() {
    let text = file_of(&held(Language::Ja));
    let desk = Desk::new();
    for hash in [None, Some(last_hash(&text))] {
        for (code, said) in desk.both(&text, hash) {
            assert_eq!(code, Some(0), "{said}");
            assert!(said.contains("3 ballots") && said.contains(last_hash(&text)), "{said}");
        }
    }
    assert!(!text.contains("担当"), "no names of people");
    assert!(text.contains("# 2: 甲府市「一年の歩み2」"));
}

#[test]
fn vt9_both_find_every_alteration() {
    let text = file_of(&held(Language::Ja));
    let ballots: Vec<&str> = text.lines().filter(|line| line.starts_with("ballot ")).collect();
    let second: Vec<&str> = ballots[1].split(' ').collect();
    let others: Vec<String> = ["1,2", "1,3", "2,3"].map(str::to_owned).to_vec();
    let other = others.iter().find(|choices| *choices != second[3]).unwrap();
    let altered = |from: &str, to: &str| {
        let altered = text.replace(from, to);
        assert_ne!(altered, text, "{from}");
        altered
    };
    let forged = {
        let mut stage = held_without_votes();
        stage.ask(2, json!({"type": "close_vote"}));
        file_of(&stage)
    };
    let cases = [
        ("a choice", altered(ballots[1], &ballots[1].replace(second[3], other)), "ballot 2"),
        ("a receipt", altered(second[2], "0000-0000-0000"), "ballot 2"),
        ("a ballot out", altered(&format!("{}\n", ballots[0]), ""), "ballot 1"),
        ("a ballot twice", altered(ballots[1], &ballots[0].replacen("ballot 1", "ballot 2", 1)), "ballot 2"),
        ("the end off", altered(&format!("{}\n", ballots[2]), ""), "ballots"),
        ("too many choices", altered(ballots[2], &too_many(ballots[2])), "ballot 3 breaks the rules"),
        ("the rules", altered("\"choices_max\":3", "\"choices_max\":5"), "the rules"),
        ("the time", altered("closed_at 1", "closed_at 2"), "closing time"),
        ("the candidates", altered("candidates 1,2,3", "candidates 1,2,3,4"), "candidates"),
        ("a place", altered("place 1 2 2", "place 1 3 2"), "places"),
    ];
    let desk = Desk::new();
    for (what, altered, why) in cases {
        for (code, said) in desk.both(&altered, None) {
            assert_eq!(code, Some(1), "{what}: {said}");
            assert!(said.contains("ALTERED") && said.contains(why), "{what}: {said}");
        }
    }
    for (code, said) in desk.both(&forged, Some(last_hash(&text))) {
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("published"), "{said}");
    }
    for (code, said) in desk.both("順位,自治体\n1,弘前市\n", None) {
        assert_eq!(code, Some(2), "{said}");
    }
    assert_eq!(engawa(&desk.folder.path().join("none.txt"), None).status.code(), Some(2));
}

fn too_many(ballot: &str) -> String {
    let mut parts: Vec<&str> = ballot.split(' ').collect();
    parts[3] = "1,2,3,4";
    parts.join(" ")
}

/// The same posters and rules, and nobody has voted.
fn held_without_votes() -> Stage {
    let mut stage = Stage::new(Language::Ja);
    for (name, region) in [("弘前市", "青森県"), ("甲府市", "山梨県"), ("熊本市", "熊本県")]
    {
        stage.team(name, region);
    }
    stage.person("集計A", None, "secretariat", None);
    for team in 1..=3 {
        stage.ask(
            1,
            json!({"type": "add_poster", "team": team, "title": "一年", "summary": "", "file": null}),
        );
    }
    stage.ask(2, json!({"type": "open_vote"}));
    stage
}
