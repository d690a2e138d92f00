//! What the columns of a table hold: by the names in their first line, in Japanese or English and in any order, or by
//! what stands in them where there is no such line. Must not know what is done with the rows.

use engawa_protocol::Role;
use engawa_protocol::preparation::FileColumn;
use engawa_protocol::text::comparison_key;

use super::municipality::{is_prefecture, read_code};
use super::table::{Table, TableRow};

/// A title or a date may stand above the columns' names.
const HEADER_WITHIN_ROWS: usize = 10;
/// Rows from which columns without a name are told.
const SAMPLE_ROWS: usize = 200;

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    /// The index in the table's rows of the one with the names, if there is one.
    pub(super) header: Option<usize>,
    /// What each column holds.
    pub(super) kinds: Vec<Option<FileColumn>>,
}

impl Columns {
    /// Which column holds something.
    pub(super) fn index(&self, kind: FileColumn) -> Option<usize> {
        self.kinds.iter().position(|found| *found == Some(kind))
    }

    pub(super) fn has(&self, kind: FileColumn) -> bool {
        self.index(kind).is_some()
    }

    /// The cell of a row; empty where there is none.
    pub(super) fn cell<'a>(&self, row: &'a TableRow, kind: FileColumn) -> &'a str {
        self.index(kind).map_or("", |index| row.cell(index))
    }

    /// The rows under the names.
    pub(super) fn body<'a>(&self, table: &'a Table) -> &'a [TableRow] {
        table.rows.get(self.header.map_or(0, |index| index + 1)..).unwrap_or_default()
    }
}

/// The columns by their names: the first line that holds enough of them.
pub(super) fn by_names(table: &Table, is_enough: impl Fn(&Columns) -> bool) -> Option<Columns> {
    table.rows.iter().take(HEADER_WITHIN_ROWS).enumerate().find_map(|(index, row)| {
        let mut kinds: Vec<Option<FileColumn>> = Vec::new();
        for cell in &row.cells {
            // The first column of a kind is meant.
            let kind = kind_of_name(cell).filter(|kind| !kinds.contains(&Some(*kind)));
            kinds.push(kind);
        }
        let columns = Columns { header: Some(index), kinds };
        is_enough(&columns).then_some(columns)
    })
}

/// The columns of a roster without names, by what stands in them.
pub(super) fn by_contents(table: &Table) -> Columns {
    type Fits = fn(&str) -> bool;
    let rows = table.rows.get(..SAMPLE_ROWS.min(table.rows.len())).unwrap_or_default();
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut kinds: Vec<Option<FileColumn>> = vec![None; width];
    let tests: [(FileColumn, Fits); 5] = [
        (FileColumn::Email, |cell| cell.contains('@') || cell.contains('＠')),
        (FileColumn::MunicipalityCode, |cell| read_code(cell, None).is_some_and(|code| code.is_valid())),
        (FileColumn::Region, is_prefecture),
        (FileColumn::Role, |cell| role_of(cell).is_some()),
        (FileColumn::Team, is_like_a_municipality),
    ];
    for (kind, fits) in tests {
        let best = (0..width).filter(|column| kinds.get(*column) == Some(&None)).find(|column| {
            let cells = || rows.iter().map(|row| row.cell(*column).trim()).filter(|cell| !cell.is_empty());
            let all = cells().count();
            all > 0 && cells().filter(|cell| fits(cell)).count() * 2 > all
        });
        if let Some(slot) = best.and_then(|column| kinds.get_mut(column)) {
            *slot = Some(kind);
        }
    }
    // What is left and has something in it: the first is the name.
    let name = (0..width).find(|column| {
        kinds.get(*column) == Some(&None)
            && rows.iter().filter(|row| is_like_a_name(row.cell(*column))).count() * 2 > rows.len()
    });
    if let Some(slot) = name.and_then(|column| kinds.get_mut(column)) {
        *slot = Some(FileColumn::Name);
    }
    Columns { header: None, kinds }
}

fn is_like_a_municipality(cell: &str) -> bool {
    cell.ends_with(['市', '町', '村', '区', '県', '府', '都', '道']) || cell.ends_with("連合")
}

fn is_like_a_name(cell: &str) -> bool {
    cell.chars().any(char::is_alphabetic)
}

/// A column's name without what people put around it: spaces, signs, 「（必須）」.
fn plain(name: &str) -> String {
    let name = comparison_key(name);
    let name = name.split(['(', '[', '【', '<']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    name.chars().filter(|c| c.is_alphanumeric() || matches!(c, 'ー')).collect()
}

fn kind_of_name(name: &str) -> Option<FileColumn> {
    Some(match plain(name).as_str() {
        "自治体" | "自治体名" | "団体" | "団体名" | "市町村" | "市町村名" | "市区町村" | "市区町村名"
        | "所属" | "所属名" | "所属自治体" | "所属団体" | "チーム" | "チーム名" | "team" | "teamname"
        | "municipality" | "organisation" | "organization" | "city" | "affiliation" => FileColumn::Team,
        "都道府県" | "都道府県名" | "府県" | "県" | "県名" | "地域" | "地方" | "ブロック" | "prefecture"
        | "region" => FileColumn::Region,
        "団体コード"
        | "自治体コード"
        | "市町村コード"
        | "市区町村コード"
        | "全国地方公共団体コード"
        | "地方公共団体コード"
        | "都道府県市区町村コード"
        | "コード"
        | "code"
        | "municipalitycode"
        | "localgovernmentcode" => FileColumn::MunicipalityCode,
        "氏名" | "名前" | "お名前" | "参加者" | "参加者名" | "参加者氏名" | "研究生" | "研究生氏名"
        | "氏名漢字" | "name" | "fullname" | "person" | "participant" => FileColumn::Name,
        "姓" | "氏" | "名字" | "苗字" | "familyname" | "lastname" | "surname" => FileColumn::FamilyName,
        "名" | "givenname" | "firstname" => FileColumn::GivenName,
        "役割" | "区分" | "種別" | "立場" | "参加区分" | "role" => FileColumn::Role,
        "メール"
        | "メールアドレス"
        | "電子メール"
        | "eメール"
        | "eメールアドレス"
        | "アドレス"
        | "email"
        | "mail"
        | "emailaddress"
        | "mailaddress" => FileColumn::Email,
        "タイトル" | "題名" | "題" | "表題" | "テーマ" | "ポスター名" | "ポスタータイトル" | "title" => {
            FileColumn::Title
        }
        "概要" | "要約" | "説明" | "内容" | "summary" | "abstract" | "description" => {
            FileColumn::Summary
        }
        "部屋"
        | "部屋名"
        | "部屋番号"
        | "部屋割り"
        | "部屋割"
        | "ルーム"
        | "ルーム名"
        | "ブレイクアウトルーム"
        | "グループ"
        | "グループ名"
        | "テーブル"
        | "班"
        | "組"
        | "room"
        | "roomname"
        | "preassignroomname"
        | "group"
        | "table" => FileColumn::Room,
        "ファイル" | "ファイル名" | "画像" | "画像ファイル" | "ポスターファイル" | "file" | "filename" => {
            FileColumn::FileName
        }
        _ => return None,
    })
}

/// A role as people write it.
pub(super) fn role_of(text: &str) -> Option<Role> {
    Some(match plain(text).as_str() {
        "参加者" | "参加" | "研究生" | "受講者" | "participant" => Role::Participant,
        "進行"
        | "進行事務局"
        | "事務局"
        | "運営"
        | "司会"
        | "コーディネーター"
        | "コーディネータ"
        | "coordinator" => Role::Coordinator,
        "幹事" | "ファシリテーター" | "ファシリテータ" | "facilitator" => Role::Facilitator,
        "集計" | "集計担当" | "secretariat" => Role::Secretariat,
        "オブザーバー" | "オブザーバ" | "マネ友" | "見学" | "observer" => Role::Observer,
        _ => return None,
    })
}
