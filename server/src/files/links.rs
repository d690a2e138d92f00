//! The sheet of links for mail merge: who, of which team, by which link, with the code to read out. As a workbook and
//! as CSV, in the meeting's language. Must not know how links are made.

use engawa_protocol::http::Links;
use engawa_protocol::{Language, Role};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::csv_out;

/// What the sheet says.
#[derive(Debug, Clone)]
pub struct LinksSheet {
    /// The meeting's title.
    pub title: String,
    /// Its language.
    pub language: Language,
    /// The links.
    pub links: Links,
}

struct Words {
    sheet: &'static str,
    shared_sheet: &'static str,
    columns: [&'static str; 7],
    shared_columns: [&'static str; 2],
    roles: [&'static str; 6],
}

const JA: Words = Words {
    sheet: "個人リンク",
    shared_sheet: "共有リンク",
    columns: ["都道府県", "自治体", "氏名", "役割", "リンク", "参加コード", "ミーティング"],
    shared_columns: ["役割", "リンク"],
    roles: ["進行・事務局", "幹事", "集計担当", "参加者", "オブザーバー", "投影画面"],
};

const EN: Words = Words {
    sheet: "Personal links",
    shared_sheet: "Shared links",
    columns: ["Region", "Team", "Name", "Role", "Link", "Code", "Meeting"],
    shared_columns: ["Role", "Link"],
    roles: ["Coordinator", "Facilitator", "Secretariat", "Participant", "Observer", "Screen"],
};

/// Widths of the columns, in characters.
const WIDTHS: [f64; 7] = [12.0, 22.0, 24.0, 14.0, 60.0, 14.0, 30.0];

impl LinksSheet {
    const fn words(&self) -> &'static Words {
        match self.language {
            Language::Ja => &JA,
            Language::En => &EN,
        }
    }

    /// People in order: by region, team and name, those without a team first.
    fn rows(&self) -> Vec<[&str; 7]> {
        let mut people: Vec<_> = self.links.personal.iter().collect();
        people.sort_by_key(|link| (&link.region, &link.team, &link.name, link.person));
        people
            .into_iter()
            .map(|link| {
                [
                    link.region.as_deref().unwrap_or_default(),
                    link.team.as_deref().unwrap_or_default(),
                    &link.name,
                    role_name(self.words(), link.role),
                    &link.link,
                    &self.links.short_code,
                    &self.title,
                ]
            })
            .collect()
    }
}

fn role_name(words: &Words, role: Role) -> &'static str {
    Role::ALL.iter().position(|known| *known == role).and_then(|index| words.roles.get(index)).unwrap_or(&"")
}

/// As CSV.
#[must_use]
pub fn csv(sheet: &LinksSheet) -> Vec<u8> {
    let header = std::iter::once(sheet.words().columns.to_vec());
    csv_out::write(header.chain(sheet.rows().into_iter().map(|row| row.to_vec())))
}

/// As a workbook: people on the first sheet, the links of whole roles on the second.
///
/// # Errors
/// What the writer says.
pub fn workbook(sheet: &LinksSheet) -> Result<Vec<u8>, XlsxError> {
    let words = sheet.words();
    let mut book = Workbook::new();
    let people = book.add_worksheet().set_name(words.sheet)?;
    header(people, &words.columns)?;
    for (index, width) in (0_u16..).zip(WIDTHS) {
        people.set_column_width(index, width)?;
    }
    for (line, row) in (1_u32..).zip(sheet.rows()) {
        for (column, text) in (0_u16..).zip(row) {
            // As texts, whatever they look like: no formula, no link of Excel's own (it takes 65,530 at most).
            people.write_string(line, column, text)?;
        }
    }
    let shared = book.add_worksheet().set_name(words.shared_sheet)?;
    header(shared, &words.shared_columns)?;
    shared.set_column_width(0, 14)?.set_column_width(1, 60)?;
    for (line, link) in (1_u32..).zip(&sheet.links.shared) {
        shared.write_string(line, 0, role_name(words, link.role))?.write_string(line, 1, &link.link)?;
    }
    book.save_to_buffer()
}

fn header(sheet: &mut Worksheet, names: &[&str]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    for (column, name) in (0_u16..).zip(names) {
        sheet.write_string_with_format(0, column, *name, &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use engawa_protocol::PersonId;
    use engawa_protocol::http::{PersonalLink, SharedLink};

    use super::*;
    use crate::files::table;

    fn sheet() -> LinksSheet {
        let link = |person, region: Option<&str>, team: Option<&str>, name: &str, role| PersonalLink {
            person: PersonId(person),
            name: name.into(),
            team: team.map(Into::into),
            region: region.map(Into::into),
            role,
            link: format!("https://engawa.example.jp/j#TOKEN{person}"),
        };
        let links = Links {
            short_code: "85KR-67MX".into(),
            shared: vec![SharedLink { role: Role::Screen, link: "https://engawa.example.jp/j#S".into() }],
            personal: vec![
                link(3, Some("青森県"), Some("弘前市"), "=cmd|' /C calc'!A0", Role::Participant),
                link(1, None, None, "髙橋𠮷 A", Role::Coordinator),
            ],
        };
        LinksSheet { title: "第4回研究会".into(), language: Language::Ja, links }
    }

    #[test]
    fn the_workbook_opens_and_holds_texts_only() {
        let table = table::read(&workbook(&sheet()).unwrap()).unwrap();
        assert_eq!(table.rows[0].cells, JA.columns);
        assert_eq!(table.rows[1].cell(2), "髙橋𠮷 A", "those without a team first, names as written");
        assert_eq!(table.rows[2].cell(2), "=cmd|' /C calc'!A0", "a text, not a formula");
        assert_eq!(table.rows[2].cell(4), "https://engawa.example.jp/j#TOKEN3");
        assert_eq!(table.rows[2].cell(5), "85KR-67MX");
    }

    #[test]
    fn the_csv_is_guarded_and_its_names_come_back() {
        let bytes = csv(&sheet());
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains("\"'=cmd|' /C calc'!A0\""), "{text}");
        let read = crate::files::roster::read(&bytes, &crate::files::roster::Known::default());
        let engawa_protocol::preparation::RosterReading::Read { rows, .. } = read else { panic!("{read:?}") };
        assert_eq!(rows[1].row.name, "=cmd|' /C calc'!A0", "a sheet that comes back is a roster");
        assert_eq!(rows[0].row.role, Role::Coordinator);
    }
}
