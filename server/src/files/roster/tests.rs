//! Rosters as they come: good, repaired, doubtful, refused.

use engawa_protocol::preparation::{FileForm, FindingGrade, FindingKind, RowEffect};
use engawa_protocol::{Role, TeamId};
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook};

use super::*;

struct Read {
    form: FileForm,
    header_line: Option<u32>,
    rows: Vec<PreviewedRow>,
    findings: Vec<Finding>,
}

fn read_with(bytes: &[u8], known: &Known) -> Read {
    match read(bytes, known) {
        RosterReading::Read { form, header_line, rows, findings, .. } => {
            Read { form, header_line, rows, findings }
        }
        RosterReading::Refused { problem } => panic!("{problem:?}"),
    }
}

fn read_new(text: &str) -> Read {
    read_with(text.as_bytes(), &Known::default())
}

fn refused(bytes: &[u8]) -> FileProblem {
    match read(bytes, &Known::default()) {
        RosterReading::Refused { problem } => problem,
        RosterReading::Read { rows, .. } => panic!("{rows:?}"),
    }
}

impl Read {
    fn texts(&self) -> Vec<String> {
        let text = |row: &PreviewedRow| {
            let (region, email) =
                (row.row.region.as_deref().unwrap_or("-"), row.row.email.as_deref().unwrap_or("-"));
            format!("{} {region}|{}|{}|{:?}|{email}", row.line, row.row.team, row.row.name, row.row.role)
        };
        self.rows.iter().map(text).collect()
    }

    fn at(&self, line: u32) -> Vec<&FindingKind> {
        self.findings.iter().filter(|finding| finding.line == line).map(|finding| &finding.what).collect()
    }

    fn grade(&self, line: u32) -> FindingGrade {
        self.findings.iter().find(|finding| finding.line == line).unwrap().grade
    }
}

#[test]
fn columns_in_any_order_and_either_language_under_a_title() {
    let read_ja = read_new(
        "令和6年度 研究会 名簿\n\nメールアドレス,氏 名（必須）,役割,自治体名,都道府県,ふりがな\n\
         a@example.jp,担当A,,弘前市,青森県,たんとう\n,幹事1,幹事,,,\n",
    );
    assert_eq!(read_ja.header_line, Some(3));
    assert_eq!(
        read_ja.texts(),
        ["4 青森県|弘前市|担当A|Participant|a@example.jp", "5 -||幹事1|Facilitator|-"]
    );
    assert!(read_ja.findings.is_empty(), "{:?}", read_ja.findings);
    let read_en = read_new(
        "Role,Team,Full Name,E-mail\nobserver,Mutsu,Staff A,\nParticipant,Mutsu,Staff B,b@example.jp\n",
    );
    assert_eq!(
        read_en.texts(),
        ["2 -|Mutsu|Staff A|Observer|-", "3 -|Mutsu|Staff B|Participant|b@example.jp"]
    );
}

#[test]
fn a_missing_first_line_is_recognised() {
    let read = read_new("青森県,弘前市,担当A,a@example.jp\n青森県,むつ市,担当B,b@example.jp\n");
    assert_eq!(read.header_line, None);
    assert_eq!(
        read.texts(),
        ["1 青森県|弘前市|担当A|Participant|a@example.jp", "2 青森県|むつ市|担当B|Participant|b@example.jp"]
    );
    assert_eq!(read_new("担当A\n担当B\n").texts(), ["1 -||担当A|Participant|-", "2 -||担当B|Participant|-"]);
    assert_eq!(refused("1,2\n3,4\n".as_bytes()), FileProblem::FileNoNames {});
}

#[test]
fn cp932_keeps_rare_characters_and_warns_of_home_made_ones() {
    // 自治体,氏名 / 弘前市,髙﨑①㈱ / むつ市,担当 and a 外字 (F040)
    let bytes = b"\x8E\xA9\x8E\xA1\x91\xCC,\x8E\x81\x96\xBC\r\n\
        \x8D\x4F\x91\x4F\x8E\x73,\xFB\xFC\xFA\xB1\x87\x40\x87\x8A\r\n\
        \x82\xDE\x82\xC2\x8E\x73,\x92\x53\x93\x96\xF0\x40\r\n";
    let read = read_with(bytes, &Known::default());
    assert_eq!(read.form, FileForm::Cp932);
    assert_eq!(read.rows[0].row.name, "髙﨑①㈱");
    assert_eq!(read.rows[1].row.name, "担当\u{E000}", "taken as it is");
    assert_eq!(
        read.at(3),
        [&FindingKind::PrivateCharacter { column: FileColumn::Name, character: "U+E000".into(), place: 3 }]
    );
    assert_eq!(read.grade(3), FindingGrade::Doubtful);
    assert_eq!(refused(b"\x8E\x81\x96\xBC\r\nok\r\n\x82"), FileProblem::FileNotText { line: 3 });
}

#[test]
fn names_stay_as_written_and_are_compared_folded() {
    let read = read_new(
        "自治体,氏名\n弘前市,担当　Ａ\n　弘前市 ,担当 A\n弘前市,髙橋 担当B\n弘前市,高橋担当B\n弘前市,葛󠄀城\u{200B}\n",
    );
    assert_eq!(
        read.texts(),
        [
            "2 -|弘前市|担当　Ａ|Participant|-",
            "4 -|弘前市|髙橋 担当B|Participant|-",
            "5 -|弘前市|高橋担当B|Participant|-",
            "6 -|弘前市|葛󠄀城|Participant|-",
        ]
    );
    assert_eq!(
        read.at(3),
        [&FindingKind::SpacesTrimmed { column: FileColumn::Team }, &FindingKind::DuplicateRow { line: 2 }]
    );
    assert_eq!(read.at(5), [&FindingKind::SimilarName { name: "髙橋 担当B".into(), line: Some(4) }]);
    assert_eq!(read.at(6), [&FindingKind::UnseenRemoved { column: FileColumn::Name }]);
}

#[test]
fn towns_of_one_name_are_told_apart_by_prefecture_or_code() {
    let read = read_new(
        "団体コード,自治体,都道府県,氏名\n\
         1236,福島町,,担当A\n013331,知内町,,担当B\n13337,知内町,青森県,担当C\n131017,千代田区,,担当D\n",
    );
    assert_eq!(read.at(5)[0], &FindingKind::CheckDigitWrong { written: "131017".into() });
    let read = read_new(
        "団体コード,自治体,都道府県,氏名\n122271,府中市,,担当A\n132063,府中市,,担当B\n342084,府中市,,担当C\n,府中市,,担当D\n\
         132063,調布市,,担当E\n34208,府中市,東京,担当F\n",
    );
    let regions: Vec<_> = read.rows.iter().map(|row| row.row.region.as_deref()).collect();
    assert_eq!(regions[1..4], [Some("東京都"), Some("広島県"), None]);
    assert_eq!(read.at(5), [&FindingKind::RegionMissing { team: "府中市".into() }]);
    assert_eq!(
        read.at(6)[0],
        &FindingKind::CodeOfAnother { municipality_code: "132063".into(), team: "府中市".into(), line: 3 }
    );
    assert!(read.at(7).contains(&&FindingKind::RegionContradictsCode {
        region: "東京".into(),
        region_of_code: "広島県".into()
    }));
}

#[test]
fn a_workbook_where_excel_ate_the_zero_and_cells_are_merged() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in ["団体コード", "自治体", "氏名"].into_iter().enumerate() {
        sheet.write(0, column as u16, name).unwrap();
    }
    sheet.merge_range(1, 1, 3, 1, "弘前市", &Format::new()).unwrap();
    for (row, name) in ["担当A", "担当B", "担当C"].into_iter().enumerate() {
        sheet.write(row as u32 + 1, 0, 22021).unwrap().write(row as u32 + 1, 2, name).unwrap();
    }
    let read = read_with(&book.save_to_buffer().unwrap(), &Known::default());
    assert_eq!(
        read.texts(),
        [
            "2 青森県|弘前市|担当A|Participant|-",
            "3 青森県|弘前市|担当B|Participant|-",
            "4 青森県|弘前市|担当C|Participant|-"
        ]
    );
    assert_eq!(
        read.at(2),
        [
            &FindingKind::CodeZeroRestored { written: "22021".into(), municipality_code: "022021".into() },
            &FindingKind::RegionFromCode { region: "青森県".into() }
        ]
    );
    assert_eq!(
        read.at(3)[0],
        &FindingKind::MergedFilled { column: FileColumn::Team, value: "弘前市".into() }
    );
}

#[test]
fn rows_that_cannot_be_taken_are_named() {
    let long = "あ".repeat(61);
    let read = read_new(&format!(
        "自治体,氏名,役割,メール\n弘前市,,,\n弘前市,{long},,\n弘前市,担当A,村長,not an address\n,担当B,,ｂ＠example.jp\n弘前市,'=1+1,,\n"
    ));
    assert_eq!(
        read.texts(),
        [
            "4 -|弘前市|担当A|Participant|-",
            "5 -||担当B|Participant|b@example.jp",
            "6 -|弘前市|=1+1|Participant|-"
        ]
    );
    assert_eq!(read.at(2), [&FindingKind::NameMissing {}]);
    assert_eq!(read.at(3), [&FindingKind::TooLong { column: FileColumn::Name, max: 60 }]);
    assert_eq!(read.grade(3), FindingGrade::LeftOut);
    assert_eq!(
        read.at(4),
        [
            &FindingKind::EmailOdd { written: "not an address".into() },
            &FindingKind::RoleUnknown { written: "村長".into() }
        ]
    );
    assert_eq!(read.at(5), [&FindingKind::TeamMissing {}]);
}

#[test]
fn who_is_there_already_is_recognised() {
    let mut known = Known::default();
    known.add_team(TeamId(1), "弘前市", Some("青森県"));
    known.add_person("担当A", Some(TeamId(1)), Role::Participant, Some("a@example.jp"), false);
    known.add_person("担当B", Some(TeamId(1)), Role::Observer, None, false);
    known.add_person("担当C", Some(TeamId(1)), Role::Participant, None, true);
    known.add_person("髙橋", Some(TeamId(1)), Role::Participant, None, false);
    known.add_person("進行 1", None, Role::Coordinator, None, false);
    let read = read_with(
        "自治体,氏名,メール\n弘前市,担当Ａ,\n弘前市,担当A ,new@example.jp\n弘前市,担当B,\n弘前市,担当C,\n弘前市,高橋,\n,進行 1,\n弘前市,担当D,\n"
            .as_bytes(),
        &known,
    );
    let effects: Vec<_> = read.rows.iter().map(|row| (row.line, row.effect)).collect();
    assert_eq!(
        effects,
        [
            (2, RowEffect::Changes),
            (4, RowEffect::Nothing),
            (5, RowEffect::Returns),
            (6, RowEffect::Adds),
            (7, RowEffect::Nothing),
            (8, RowEffect::Adds),
        ],
        "the first says how the name is written; without a column of roles everybody keeps theirs"
    );
    assert_eq!(read.rows[1].row.role, Role::Observer);
    assert_eq!(read.rows[4].row.role, Role::Coordinator);
    assert_eq!(read.at(6), [&FindingKind::SimilarName { name: "髙橋".into(), line: None }]);
}

#[test]
fn five_thousand_rows() {
    let mut text = String::from("自治体,氏名\n");
    for n in 0..5_000 {
        text.push_str(&format!("第{}の自治体,担当{}\n", n / 3, n % 3));
    }
    let read = read_new(&text);
    assert_eq!((read.rows.len(), read.findings.len()), (5_000, 0));
    assert_eq!(read.rows[4_999].line, 5_001);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_text_gives_rows_that_can_be_taken_or_a_problem(text in "(氏名,自治体,コード\n)?([ -~あ-ん髙\u{E000}\u{200B}\u{202E}\n,\"]{0,120})") {
        if let RosterReading::Read { rows, .. } = read(text.as_bytes(), &Known::default()) {
            for row in rows {
                prop_assert!(!engawa_protocol::text::is_blank(&row.row.name));
                for text in [&row.row.name, &row.row.team] {
                    prop_assert!(!engawa_protocol::text::has_control(text, false), "{text:?}");
                    prop_assert!(engawa_protocol::text::graphemes(text) <= 60);
                }
            }
        }
    }
}
