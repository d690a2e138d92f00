//! Agendas in and out: what is written is read again, what is wrong is told by line and character.

use engawa_protocol::preparation::{AgendaProblemKind as Kind, AgendaReading};
use engawa_protocol::{GroupingRule, Language, RoundPlan};
use proptest::prelude::*;

use super::*;

fn rounds(text: &str) -> Vec<RoundPlan> {
    match read(text.as_bytes()) {
        AgendaReading::Read { rounds } => rounds,
        AgendaReading::Refused { problems } => panic!("{problems:?}"),
    }
}

fn problems(text: &str) -> Vec<(u32, u32, Kind)> {
    match read(text.as_bytes()) {
        AgendaReading::Refused { problems } => {
            problems.into_iter().map(|problem| (problem.line, problem.column, problem.what)).collect()
        }
        AgendaReading::Read { rounds } => panic!("{rounds:?}"),
    }
}

#[test]
fn every_template_is_read_in_both_languages_and_comes_out_as_it_went_in() {
    for language in [Language::Ja, Language::En] {
        let templates = templates(language);
        assert_eq!(templates.len(), 5);
        for template in templates {
            assert!(template.rounds.len() >= 3, "{}", template.name);
            let text = write(&template.title, &template.rounds);
            assert_eq!(rounds(&text), template.rounds, "{text}");
        }
    }
}

#[test]
fn durations_as_people_write_them() {
    for (text, ms) in [
        ("90s", Some(90_000)),
        ("20m", Some(1_200_000)),
        ("1h30m", Some(5_400_000)),
        ("1時間30分", Some(5_400_000)),
        ("２０分", Some(1_200_000)),
        ("1 h 5 s", Some(3_605_000)),
        ("20", None),
        ("", None),
        ("m", None),
        ("5m1h", None),
        ("99999999999999999999h", None),
        ("99999999999999999h", None),
    ] {
        assert_eq!(duration::read(text), ms, "{text}");
    }
    assert_eq!((duration::write(5_405_000), duration::write(0)), ("1h30m5s".into(), "0s".into()));
}

#[test]
fn everything_wrong_is_told_at_once_with_line_and_character() {
    let text = "titel = \"x\"\n\n[[round]]\nkind = \"dialog\"\n対話 = 1\ntitle = \"対話1\"\nrooms = \"mixed\"\nsize = 1\nduration = 20\n\n[[round]]\ntitle = \"\"\nturn = \"2h\"\n";
    // A bare key in Japanese is not TOML (1.0): that alone is told, where it stands.
    assert!(matches!(problems(text).as_slice(), [(5, _, Kind::NotToml { .. })]), "{:?}", problems(text));
    let found = problems(&text.replace("対話 = 1", "\"対話\" = 1"));
    let key = |key: &str| key.to_owned();
    assert_eq!(
        found,
        [
            (1, 1, Kind::KeyUnknown { key: key("titel") }),
            (
                4,
                8,
                Kind::WordUnknown {
                    key: key("kind"),
                    words: KINDS.map(|(word, _)| word.to_owned()).to_vec()
                }
            ),
            (5, 1, Kind::KeyUnknown { key: key("対話") }),
            (8, 8, Kind::OutOfRange { key: key("size"), min: 2, max: 50 }),
            (9, 12, Kind::WrongType { key: key("duration"), wanted: key("duration") }),
            (11, 1, Kind::KeyMissing { key: key("kind") }),
            (12, 9, Kind::Empty { key: key("title") }),
            (13, 8, Kind::OutOfRange { key: key("turn"), min: 1_000, max: 3_600_000 }),
        ]
    );
}

#[test]
fn a_way_to_form_rooms_stays_with_a_round_that_has_none_now() {
    let text = "[[round]]\nkind = \"plenary\"\ntitle = \"開会\"\nrooms = \"mixed\"\nsize = 6\n";
    let plans = rounds(text);
    assert_eq!(plans[0].grouping, GroupingRule::Mixed { room_size: 6 });
    assert_eq!(rounds(&write("研究会", &plans)), plans);
}

#[test]
fn characters_are_counted_as_characters() {
    let found = problems("[[round]]\nkind = \"plenary\"\ntitle = \"対話\" 対\n");
    assert!(matches!(found.as_slice(), [(3, 14, Kind::NotToml { .. })]), "{found:?}");
}

#[test]
fn files_that_are_no_agenda() {
    assert!(matches!(problems("").as_slice(), [(1, 1, Kind::RoundCount { max: 100 })]));
    assert!(matches!(problems("round = 3").as_slice(), [(1, 9, Kind::WrongType { .. })]));
    let many = "[[round]]\nkind = \"break\"\ntitle = \"休憩\"\n".repeat(101);
    assert!(matches!(problems(&many).as_slice(), [(_, _, Kind::RoundCount { max: 100 })]));
    assert!(matches!(problems(&"#".repeat(300_000)).as_slice(), [(1, 1, Kind::FileTooLarge { .. })]));
    let AgendaReading::Refused { problems } = read(b"a = 1\n\xFF\xFF") else { panic!() };
    assert_eq!((problems[0].line, &problems[0].what), (2, &Kind::FileNotText {}));
}

#[test]
fn cp932_and_a_mark_are_read_as_well() {
    // title = "休憩" in CP932
    let mut bytes = b"[[round]]\nkind = \"break\"\ntitle = \"".to_vec();
    bytes.extend(b"\x8B\x78\x8C\x65\"\n");
    let AgendaReading::Read { rounds } = read(&bytes) else { panic!() };
    assert_eq!(rounds[0].title, "休憩");
    assert!(matches!(
        read("\u{FEFF}[[round]]\nkind = \"break\"\ntitle = \"休憩\"\n".as_bytes()),
        AgendaReading::Read { .. }
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_bytes_give_rounds_or_problems(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn titles_of_any_kind_come_back(title in "[^\\p{C}\\s][^\\p{C}]{0,20}[^\\p{C}\\s]") {
        let mut plans = templates(Language::Ja).remove(0).rounds;
        plans[0].title = title.clone();
        let text = write(&title, &plans);
        match read(text.as_bytes()) {
            AgendaReading::Read { rounds } => prop_assert_eq!(&rounds[0].title, &title),
            AgendaReading::Refused { problems } => prop_assert!(engawa_protocol::text::is_blank(&title), "{:?}", problems),
        }
    }
}
