//! The table of roles in SPEC.md is what the domain does: every command's example is asked for by a person of every
//! role (SPEC CM6). `UPDATE=1` writes the table anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use engawa_domain::{
    CreateMeeting, Entropy, Entry, Input, Meeting, Origin, RULES_VERSION, SystemInput, apply, precheck,
};
use engawa_protocol::command::AddPerson;
use engawa_protocol::{ClientSeq, Command, DeviceId, Language, PersonId, Rejection, Role, Seq, Timestamp};

const ROLES: [Role; 5] =
    [Role::Coordinator, Role::Facilitator, Role::Secretariat, Role::Participant, Role::Observer];

fn device() -> DeviceId {
    serde_json::from_str("\"00000000-0000-4000-8000-000000000001\"").unwrap()
}

fn enter(meeting: &mut Option<Meeting>, seq: u64, origin: Origin) {
    let input = Input { entropy: Entropy([seq, 7]), origin };
    let applied = apply(meeting, &Entry { seq: Seq(seq), at: Timestamp(1_000 + seq), input });
    assert!(matches!(applied.outcome, engawa_domain::Outcome::Accepted { .. }), "{:?}", applied.outcome);
}

fn ask(person: PersonId, number: u64, command: Command) -> Origin {
    Origin::Person { person, device: device(), client_seq: ClientSeq(number), command }
}

/// A meeting with one person of each role, in the order of [`ROLES`]: persons 1 to 5.
fn meeting() -> Meeting {
    let mut meeting = None;
    let create = CreateMeeting {
        meeting: serde_json::from_str("\"00000000-0000-4000-8000-00000000abcd\"").unwrap(),
        rules_version: RULES_VERSION,
        title: "役割".into(),
        language: Language::Ja,
        coordinator: "進行 A".into(),
        keep_until: None,
    };
    enter(&mut meeting, 1, Origin::System { input: SystemInput::CreateMeeting(create) });
    for (number, role) in (1..).zip(&ROLES[1..]) {
        let person = AddPerson { name: format!("{role:?}"), team: None, role: *role, email: None };
        enter(&mut meeting, 1 + number, ask(PersonId(1), number, person.into()));
    }
    meeting.unwrap()
}

fn table() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../protocol/tests/examples/commands.json");
    let commands: Vec<Command> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let meeting = meeting();
    let mut text =
        String::from("| command | coordinator | facilitator | secretariat | participant | observer |\n");
    text.push_str("| --- | :-: | :-: | :-: | :-: | :-: |\n");
    // A command may have several examples.
    let mut told = BTreeSet::new();
    for command in commands {
        if !told.insert(command.name()) {
            continue;
        }
        write!(text, "| `{}` |", command.name()).unwrap();
        for person in 1..=5 {
            let refused = precheck(&meeting, &ask(PersonId(person), 99, command.clone())).err();
            let allowed = refused != Some(Rejection::NotPermitted {});
            text.push_str(if allowed { " ✓ |" } else { " |" });
        }
        text.push('\n');
    }
    text
}

#[test]
fn cm6_the_table_in_the_spec_is_the_domains() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../protocol/SPEC.md");
    let spec = fs::read_to_string(&path).unwrap();
    let (open, close) = ("<!-- roles: generated -->\n", "<!-- end of roles -->");
    let (head, rest) = spec.split_once(open).unwrap();
    let (_, tail) = rest.split_once(close).unwrap();
    let new = format!("{head}{open}{}{close}{tail}", table());
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, new).unwrap();
    } else {
        assert!(new == spec, "the table of roles in SPEC.md differs from the domain's; run `make bindings`");
    }
}
