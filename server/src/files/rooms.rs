//! A list of rooms: who is to sit in which, with what was found by line. Zoom's own pre-assignment file is one, too.

use std::collections::BTreeMap;

use engawa_protocol::command::PlannedRoom;
use engawa_protocol::limits::{BYTES_PER_GRAPHEME_MAX, TITLE_GRAPHEMES_MAX};
use engawa_protocol::preparation::{
    FileColumn, FileForm, FileProblem, Finding, FindingGrade, FindingKind, RoomsReading,
};
use engawa_protocol::text::{comparison_key, graphemes};
use engawa_protocol::{PersonId, Role, TeamId};

use super::clean::clean;
use super::columns::{Columns, by_names};
use super::municipality::read_code;
use super::roster::Known;
use super::table::{self, TableRow};

/// Who can be put into a room, found by what a file says of them.
#[derive(Debug, Clone)]
pub struct Seated {
    teams: Known,
    names: BTreeMap<String, Vec<(Option<TeamId>, PersonId)>>,
    emails: BTreeMap<String, Vec<PersonId>>,
    roles: BTreeMap<PersonId, Role>,
}

impl Seated {
    /// Nobody yet, of these teams.
    #[must_use]
    pub fn new(teams: Known) -> Self {
        Self { teams, names: BTreeMap::new(), emails: BTreeMap::new(), roles: BTreeMap::new() }
    }

    /// Adds somebody who is on the roster.
    pub fn add(&mut self, id: PersonId, name: &str, team: Option<TeamId>, role: Role, email: Option<&str>) {
        self.names.entry(comparison_key(name)).or_default().push((team, id));
        if let Some(email) = email {
            self.emails.entry(comparison_key(email)).or_default().push(id);
        }
        self.roles.insert(id, role);
    }

    /// The one whom a row means; otherwise what is wrong with it.
    fn find(&self, said: &Said) -> Result<PersonId, FindingKind> {
        let by_email = self.emails.get(&comparison_key(&said.email)).filter(|_| !said.email.is_empty());
        if let Some([only]) = by_email.map(Vec::as_slice) {
            return Ok(*only);
        }
        let written = if said.name.is_empty() { &said.email } else { &said.name };
        let named = self.names.get(&comparison_key(&said.name)).map(Vec::as_slice).unwrap_or_default();
        let candidates: Vec<PersonId> = if said.team.is_empty() {
            named.iter().map(|(_, id)| *id).collect()
        } else {
            let Some(team) = self.teams.team(&said.team, &said.region) else {
                return Err(FindingKind::TeamUnknown { team: said.team.clone() });
            };
            named.iter().filter(|(of, _)| *of == Some(team)).map(|(_, id)| *id).collect()
        };
        match candidates.as_slice() {
            [only] => Ok(*only),
            [] => Err(FindingKind::PersonUnknown { name: written.clone() }),
            _ => Err(FindingKind::PersonNotClear { name: written.clone() }),
        }
    }
}

/// What a row says of a person.
struct Said {
    name: String,
    team: String,
    region: String,
    email: String,
}

/// Reads a list of rooms.
#[must_use]
pub fn read(bytes: &[u8], seated: &Seated) -> RoomsReading {
    match try_read(bytes, seated) {
        Ok((form, rooms, findings)) => RoomsReading::Read { form, rooms, findings },
        Err(problem) => RoomsReading::Refused { problem },
    }
}

type Read = (FileForm, Vec<PlannedRoom>, Vec<Finding>);

fn try_read(bytes: &[u8], seated: &Seated) -> Result<Read, FileProblem> {
    let table = table::read(bytes)?;
    let says_who = |columns: &Columns| {
        let kinds = [FileColumn::Name, FileColumn::FamilyName, FileColumn::Email];
        columns.has(FileColumn::Room) && kinds.into_iter().any(|kind| columns.has(kind))
    };
    let columns = by_names(&table, says_who).ok_or(FileProblem::FileNoRooms {})?;
    let rows = columns.body(&table);
    if rows.is_empty() {
        return Err(FileProblem::FileNoRows {});
    }
    let mut reader =
        Reader { columns: &columns, seated, rooms: Vec::new(), lines: BTreeMap::new(), findings: Vec::new() };
    for row in rows {
        if let Err(what) = reader.take(row) {
            reader.findings.push(Finding { line: row.line, grade: FindingGrade::LeftOut, what });
        }
    }
    Ok((table.form, in_order(reader.rooms), reader.findings))
}

/// A room as the file names it.
struct Listed {
    /// As written.
    label: String,
    room: PlannedRoom,
    /// Where its facilitator stands.
    facilitator_line: u32,
}

struct Reader<'a> {
    columns: &'a Columns,
    seated: &'a Seated,
    rooms: Vec<Listed>,
    /// Where each person stands.
    lines: BTreeMap<PersonId, u32>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn take(&mut self, row: &TableRow) -> Result<(), FindingKind> {
        let (columns, line) = (self.columns, row.line);
        let findings = &mut self.findings;
        let mut cell = |column| clean(columns.cell(row, column), column, line, findings);
        let label = cell(FileColumn::Room);
        let whole = cell(FileColumn::Name);
        let name = if whole.is_empty() {
            format!("{} {}", cell(FileColumn::FamilyName), cell(FileColumn::GivenName)).trim().to_owned()
        } else {
            whole
        };
        let mut said = Said {
            name,
            team: cell(FileColumn::Team),
            region: cell(FileColumn::Region),
            email: cell(FileColumn::Email),
        };
        if said.region.is_empty() {
            let code = read_code(columns.cell(row, FileColumn::MunicipalityCode), None);
            said.region = code.and_then(|code| code.prefecture()).unwrap_or_default().to_owned();
        }
        if said.name.is_empty() && said.email.is_empty() {
            return Err(FindingKind::NameMissing {});
        }
        if label.is_empty() {
            return Err(FindingKind::RoomMissing {});
        }
        if graphemes(&label) as u64 > TITLE_GRAPHEMES_MAX
            || label.len() as u64 > TITLE_GRAPHEMES_MAX * BYTES_PER_GRAPHEME_MAX
        {
            return Err(FindingKind::TooLong { column: FileColumn::Room, max: TITLE_GRAPHEMES_MAX });
        }
        let person = self.seated.find(&said)?;
        if let Some(first) = self.lines.get(&person) {
            return Err(FindingKind::DuplicateRow { line: *first });
        }
        self.place(person, &label, line)?;
        self.lines.insert(person, line);
        Ok(())
    }

    fn place(&mut self, person: PersonId, label: &str, line: u32) -> Result<(), FindingKind> {
        let role = self.seated.roles.get(&person).copied().unwrap_or(Role::Participant);
        if matches!(role, Role::Secretariat | Role::Observer | Role::Screen) {
            return Err(FindingKind::NoMember {});
        }
        let key = room_key(label);
        let index = self.rooms.iter().position(|room| room_key(&room.label) == key).unwrap_or_else(|| {
            let room = PlannedRoom { name: String::new(), facilitator: None, members: Vec::new() };
            self.rooms.push(Listed { label: label.to_owned(), room, facilitator_line: 0 });
            self.rooms.len() - 1
        });
        let Some(listed) = self.rooms.get_mut(index) else { return Ok(()) };
        if role == Role::Participant {
            listed.room.members.push(person);
        } else if listed.room.facilitator.is_some() {
            return Err(FindingKind::RoomHasFacilitator { line: listed.facilitator_line });
        } else {
            listed.room.facilitator = Some(person);
            listed.facilitator_line = line;
        }
        Ok(())
    }
}

/// What tells rooms apart: the number where it is one, however it is written.
fn room_key(label: &str) -> String {
    number_of(label).map_or_else(|| comparison_key(label), |number| number.to_string())
}

/// The number of 「部屋 3」, `Room 3`, 「３」, 「3班」.
fn number_of(label: &str) -> Option<u32> {
    let key = comparison_key(label);
    let mut bare = key.as_str();
    for before in [
        "ブレイクアウトルーム",
        "部屋",
        "ルーム",
        "グループ",
        "テーブル",
        "breakout room",
        "room",
        "group",
        "table",
    ] {
        bare = bare.strip_prefix(before).unwrap_or(bare);
    }
    for after in ["班", "組", "番", "号室"] {
        bare = bare.strip_suffix(after).unwrap_or(bare);
    }
    let bare = bare.trim();
    let digits = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| bare.parse().ok()).flatten()
}

/// Numbered rooms by their number, named ones after them as they stand. A room whose place is not its number keeps what was
/// written as its name, so that nobody looks for a room that is called differently.
fn in_order(mut rooms: Vec<Listed>) -> Vec<PlannedRoom> {
    rooms.sort_by_key(|listed| number_of(&listed.label).unwrap_or(u32::MAX));
    let named = |(place, mut listed): (u32, Listed)| {
        if number_of(&listed.label) != Some(place) {
            listed.room.name = listed.label;
        }
        listed.room
    };
    (1..).zip(rooms).map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seated() -> Seated {
        let mut teams = Known::default();
        teams.add_team(TeamId(1), "弘前市", Some("青森県"));
        teams.add_team(TeamId(2), "府中市", Some("東京都"));
        teams.add_team(TeamId(3), "府中市", Some("広島県"));
        let mut seated = Seated::new(teams);
        let people = [
            (10, "担当A", Some(1), Role::Participant, Some("a@hirosaki.example.jp")),
            (11, "担当B", Some(1), Role::Participant, None),
            (12, "担当A", Some(2), Role::Participant, None),
            (13, "担当A", Some(3), Role::Participant, None),
            (14, "幹事 1", None, Role::Facilitator, None),
            (15, "幹事 2", None, Role::Facilitator, None),
            (16, "集計 A", None, Role::Secretariat, None),
        ];
        for (id, name, team, role, email) in people {
            seated.add(PersonId(id), name, team.map(TeamId), role, email);
        }
        seated
    }

    fn read_text(text: &str) -> (Vec<PlannedRoom>, Vec<(u32, FindingKind)>) {
        match read(text.as_bytes(), &seated()) {
            RoomsReading::Read { rooms, findings, .. } => {
                (rooms, findings.into_iter().map(|finding| (finding.line, finding.what)).collect())
            }
            RoomsReading::Refused { problem } => panic!("{problem:?}"),
        }
    }

    fn room(name: &str, facilitator: Option<u32>, members: &[u32]) -> PlannedRoom {
        PlannedRoom {
            name: name.to_owned(),
            facilitator: facilitator.map(PersonId),
            members: members.iter().copied().map(PersonId).collect(),
        }
    }

    #[test]
    fn people_find_their_rooms_by_team_and_name_however_the_room_is_written() {
        let (rooms, findings) = read_text(
            "部屋,氏名,自治体,都道府県\n部屋 2,担当Ａ,弘前市,\n１,担当B,弘前市,\nRoom 2,担当A,府中市,広島県\n2,幹事 1,,\n鬼澤部屋,担当A,府中市,東京都\n",
        );
        assert_eq!(findings, []);
        assert_eq!(
            rooms,
            [room("", None, &[11]), room("", Some(14), &[10, 13]), room("鬼澤部屋", None, &[12])]
        );
    }

    #[test]
    fn zooms_own_file_is_one_too() {
        let (rooms, findings) = read_text(
            "Pre-assign Room Name,Email Address\nRoom 1,A@hirosaki.example.jp\nRoom 1,x@example.jp\n",
        );
        assert_eq!(rooms, [room("", None, &[10])]);
        assert_eq!(findings, [(3, FindingKind::PersonUnknown { name: "x@example.jp".into() })]);
    }

    #[test]
    fn what_cannot_be_taken_is_told_by_line_and_the_rest_goes_in() {
        let (rooms, findings) = read_text(
            "部屋,氏名,自治体\n1,担当A,\n1,担当B,なし市\n,担当B,弘前市\n1,,弘前市\n1,担当B,弘前市\n2,担当B,弘前市\n1,幹事 1,\n1,幹事 2,\n1,集計 A,\n",
        );
        assert_eq!(rooms, [room("", Some(14), &[11])]);
        assert_eq!(
            findings,
            [
                (2, FindingKind::PersonNotClear { name: "担当A".into() }),
                (3, FindingKind::TeamUnknown { team: "なし市".into() }),
                (4, FindingKind::RoomMissing {}),
                (5, FindingKind::NameMissing {}),
                (7, FindingKind::DuplicateRow { line: 6 }),
                (9, FindingKind::RoomHasFacilitator { line: 8 }),
                (10, FindingKind::NoMember {}),
            ]
        );
    }

    #[test]
    fn a_room_whose_number_is_not_its_place_keeps_it_as_its_name() {
        let (rooms, _) = read_text("部屋,氏名,自治体\n3班,担当A,弘前市\n1班,担当B,弘前市\n");
        assert_eq!(rooms, [room("", None, &[11]), room("3班", None, &[10])]);
    }

    #[test]
    fn a_file_without_rooms_is_refused() {
        let reading = read("氏名,自治体\n担当A,弘前市\n".as_bytes(), &seated());
        assert_eq!(reading, RoomsReading::Refused { problem: FileProblem::FileNoRooms {} });
        let reading = read("部屋,氏名\n".as_bytes(), &seated());
        assert_eq!(reading, RoomsReading::Refused { problem: FileProblem::FileNoRows {} });
    }
}
