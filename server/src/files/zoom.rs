//! Files for Zoom's breakout rooms: who goes where in a round, as Zoom reads it, as somebody reads it out, and as names that
//! people give themselves. Pure; must not know meetings.
//!
//! Zoom's own help (KB0061353): two columns under an exact header, at most 100 rooms and 1,000 people, one set for a meeting.
//! UTF-8 without a byte-order mark, because Zoom takes it for a part of the header. Nothing is guarded against
//! spreadsheets here: Zoom must see the real address, so what looks like a formula is refused instead.

use std::collections::BTreeMap;

use csv::{QuoteStyle, Terminator, WriterBuilder};
use engawa_protocol::Language;
use engawa_protocol::preparation::{ZoomPerson, ZoomProblem, ZoomReport};

use super::csv_out;
use crate::limits::{ZOOM_PEOPLE, ZOOM_ROOM_NAME_CHARS, ZOOM_ROOMS};

/// The header of Zoom's template, by the language of the portal it is for.
const HEADERS: [(Language, [&str; 2]); 2] = [
    (Language::En, ["Pre-assign Room Name", "Email Address"]),
    (Language::Ja, ["ルーム名を事前割り当て", "メールアドレス"]),
];

/// A room of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its number, from 1.
    pub number: u32,
    /// Its name; may be empty.
    pub name: String,
    /// Who is to be in it.
    pub people: Vec<Person>,
}

/// Somebody who is to be in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The team; empty: none.
    pub team: String,
    /// The address they sign in to Zoom with, if it is known.
    pub email: Option<String>,
}

/// The rooms as Zoom names them: the number first, so that they sort; nothing that its form cannot carry.
fn names(rooms: &[Room]) -> Vec<String> {
    let last = rooms.iter().map(|room| room.number).max().unwrap_or(0);
    let digits = last.to_string().len().max(2);
    let name = |room: &Room| {
        let unfit = |sign: char| sign.is_control() || matches!(sign, ',' | '"' | '\'' | ';');
        let number = format!("{:0digits$}", room.number);
        let name: Vec<&str> = room.name.split(unfit).flat_map(str::split_whitespace).collect();
        let name = format!("{number} {}", name.join(" "));
        // Cut between what people take for signs, so that nothing is cut in two.
        let signs = unicode_segmentation::UnicodeSegmentation::graphemes(name.as_str(), true);
        let mut cut = String::new();
        for sign in signs {
            if cut.chars().count() + sign.chars().count() > ZOOM_ROOM_NAME_CHARS {
                break;
            }
            cut.push_str(sign);
        }
        cut.trim_end().to_owned()
    };
    rooms.iter().map(name).collect()
}

/// What there is to know before the file goes to Zoom: whom it leaves out, and why it may not be had.
#[must_use]
pub fn report(rooms: &[Room]) -> ZoomReport {
    let people = || rooms.iter().flat_map(|room| room.people.iter().map(move |person| (room.number, person)));
    let told = |(room, person): (u32, &Person)| ZoomPerson {
        room,
        name: person.name.clone(),
        team: person.team.clone(),
    };
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let with_email: Vec<(u32, &Person)> = people().filter(|(_, person)| person.email.is_some()).collect();
    let mut problems = Vec::new();
    if rooms.is_empty() {
        problems.push(ZoomProblem::NoRooms {});
    } else if with_email.is_empty() {
        problems.push(ZoomProblem::NoEmail {});
    }
    if rooms.len() > ZOOM_ROOMS {
        problems.push(ZoomProblem::TooManyRooms { count: count(rooms.len()), max: count(ZOOM_ROOMS) });
    }
    if with_email.len() > ZOOM_PEOPLE {
        problems.push(ZoomProblem::TooManyPeople { count: count(with_email.len()), max: count(ZOOM_PEOPLE) });
    }
    let mut by_email: BTreeMap<String, Vec<ZoomPerson>> = BTreeMap::new();
    for (room, person) in &with_email {
        let email = person.email.as_deref().unwrap_or_default();
        if !is_fit(email) {
            problems.push(ZoomProblem::UnfitEmail { person: told((*room, person)) });
        }
        by_email.entry(email.to_lowercase()).or_default().push(told((*room, person)));
    }
    let same = by_email.into_values().filter(|people| people.len() > 1);
    problems.extend(same.map(|people| ZoomProblem::SameEmail { people }));
    ZoomReport {
        rooms: count(rooms.len()),
        people: count(with_email.len()),
        without_email: people().filter(|(_, person)| person.email.is_none()).map(told).collect(),
        problems,
    }
}

/// An address that Zoom's form can carry and no spreadsheet runs.
fn is_fit(email: &str) -> bool {
    let plain = |sign: char| sign.is_ascii_graphic() && !matches!(sign, ',' | '"' | ';' | '\'');
    let parts = email.split_once('@');
    email.chars().all(plain)
        && !email.starts_with(['=', '+', '-', '@'])
        && parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
}

/// The file for Zoom: people whose address is known. To be written only where [`report`] finds no problem.
#[must_use]
pub fn csv(rooms: &[Room], portal: Language) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Necessary)
        .terminator(Terminator::CRLF)
        .from_writer(&mut bytes);
    let header = HEADERS.iter().find(|(language, _)| *language == portal).map(|(_, header)| header);
    // Writing into memory cannot fail, and all rows have two fields.
    let _ = header.map(|header| writer.write_record(header));
    for (room, name) in rooms.iter().zip(names(rooms)) {
        for email in room.people.iter().filter_map(|person| person.email.as_deref()) {
            let _ = writer.write_record([name.as_str(), email]);
        }
    }
    drop(writer);
    bytes
}

/// The rooms to read out, or to go by when placing people by hand: a line for each room, then who is not in the file.
#[must_use]
pub fn list(title: &str, rooms: &[Room], language: Language) -> String {
    let (by_hand, separator) = match language {
        Language::Ja => ("メールアドレスがなく、手で入れる方", "、"),
        Language::En => ("To be placed by hand, for want of an address", ", "),
    };
    let names = names(rooms);
    let line = |name: &str, people: &[String]| format!("{name}: {}\r\n", people.join(separator));
    let told = |person: &Person| match person.team.as_str() {
        "" => person.name.clone(),
        team => format!("{}（{team}）", person.name),
    };
    // The mark lets every Windows editor see that this is UTF-8.
    let mut text = format!("\u{FEFF}{title}\r\n\r\n");
    for (room, name) in rooms.iter().zip(&names) {
        text.push_str(&line(name, &room.people.iter().map(told).collect::<Vec<_>>()));
    }
    let missing = |room: &Room| {
        room.people.iter().filter(|person| person.email.is_none()).map(told).collect::<Vec<String>>()
    };
    if rooms.iter().any(|room| !missing(room).is_empty()) {
        text.push_str(&format!("\r\n{by_hand}\r\n"));
        for (room, name) in rooms.iter().zip(&names) {
            let missing = missing(room);
            if !missing.is_empty() {
                text.push_str(&line(name, &missing));
            }
        }
    }
    text
}

/// Names to go by in Zoom (`07_弘前市_担当A`), so that a host sees at a glance who belongs where: a table for mail merge.
#[must_use]
pub fn display_names(rooms: &[Room], language: Language) -> Vec<u8> {
    let header = match language {
        Language::Ja => ["部屋", "自治体", "氏名", "Zoomでの表示名"],
        Language::En => ["Room", "Team", "Name", "Name to go by in Zoom"],
    };
    let digits = rooms.iter().map(|room| room.number).max().unwrap_or(0).to_string().len().max(2);
    let rows = rooms.iter().flat_map(|room| room.people.iter().map(move |person| (room, person)));
    let rows = rows.map(|(room, person)| {
        let parts: Vec<&str> =
            [person.team.as_str(), &person.name].into_iter().filter(|part| !part.is_empty()).collect();
        let name = format!("{:0digits$}_{}", room.number, parts.join("_"));
        vec![room.number.to_string(), person.team.clone(), person.name.clone(), name]
    });
    csv_out::write(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, team: &str, email: Option<&str>) -> Person {
        Person { name: name.into(), team: team.into(), email: email.map(Into::into) }
    }

    fn rooms() -> Vec<Room> {
        vec![
            Room {
                number: 1,
                name: "弘前市".into(),
                people: vec![
                    person("担当A", "弘前市", Some("a@hirosaki.example.jp")),
                    person("担当B", "弘前市", None),
                ],
            },
            Room {
                number: 2,
                name: "甲府市,熊本市\n\"鬼澤部屋\"".into(),
                people: vec![person("担当C", "", Some("C@kofu.example.jp"))],
            },
        ]
    }

    #[test]
    fn the_file_for_zoom_is_right_to_the_byte() {
        let expected = "Pre-assign Room Name,Email Address\r\n\
                        01 弘前市,a@hirosaki.example.jp\r\n\
                        02 甲府市 熊本市 鬼澤部屋,C@kofu.example.jp\r\n";
        assert_eq!(csv(&rooms(), Language::En), expected.as_bytes(), "no mark, no quotes, CRLF");
        let japanese =
            expected.replace("Pre-assign Room Name,Email Address", "ルーム名を事前割り当て,メールアドレス");
        assert_eq!(csv(&rooms(), Language::Ja), japanese.as_bytes());
        let read: Vec<csv::StringRecord> =
            csv::Reader::from_reader(&*csv(&rooms(), Language::En)).records().map(Result::unwrap).collect();
        assert_eq!(&read[1][0], "02 甲府市 熊本市 鬼澤部屋");
    }

    #[test]
    fn names_of_rooms_are_short_and_sort() {
        let mut many: Vec<Room> =
            (1..=100).map(|number| Room { number, name: "あ".repeat(40), people: vec![] }).collect();
        many[6].name.clear();
        let names = names(&many);
        assert_eq!(names[6], "007");
        assert_eq!(names[0].chars().count(), ZOOM_ROOM_NAME_CHARS);
        assert!(names.is_sorted());
    }

    #[test]
    fn who_lacks_an_address_is_listed_and_the_rest_goes() {
        let report = report(&rooms());
        assert_eq!((report.rooms, report.people), (2, 2));
        let missing = ZoomPerson { room: 1, name: "担当B".into(), team: "弘前市".into() };
        assert_eq!(report.without_email, [missing]);
        assert_eq!(report.problems, []);
    }

    #[test]
    fn what_zoom_would_refuse_is_refused_first() {
        assert_eq!(report(&[]).problems, [ZoomProblem::NoRooms {}]);
        let empty = Room { number: 1, name: String::new(), people: vec![person("担当A", "", None)] };
        assert_eq!(report(std::slice::from_ref(&empty)).problems, [ZoomProblem::NoEmail {}]);
        let many = |rooms: u32, each: u32| -> Vec<Room> {
            let people = |room: u32| {
                (0..each).map(|n| person("担当", "", Some(&format!("p{room}-{n}@example.jp")))).collect()
            };
            (1..=rooms).map(|number| Room { number, name: String::new(), people: people(number) }).collect()
        };
        assert_eq!(report(&many(100, 10)).problems, []);
        assert_eq!(report(&many(101, 1)).problems, [ZoomProblem::TooManyRooms { count: 101, max: 100 }]);
        assert_eq!(report(&many(91, 11)).problems, [ZoomProblem::TooManyPeople { count: 1001, max: 1000 }]);
        let mut twice = rooms();
        twice[1].people.push(person("担当D", "", Some("A@HIROSAKI.example.jp")));
        let ZoomProblem::SameEmail { people } = &report(&twice).problems[0] else { panic!() };
        assert_eq!(people.len(), 2);
        for unfit in
            ["=1+1@x.jp", "a,b@x.jp", "担当@x.jp", "nobody", "a@b@c.jp", "@x.jp", "a b@x.jp", "-a@x.jp"]
        {
            let mut rooms = rooms();
            rooms[0].people[0].email = Some(unfit.into());
            assert!(matches!(report(&rooms).problems[..], [ZoomProblem::UnfitEmail { .. }]), "{unfit}");
        }
    }

    #[test]
    fn the_list_to_read_out_and_the_names_to_go_by() {
        assert_eq!(
            list("対話1", &rooms(), Language::Ja),
            "\u{FEFF}対話1\r\n\r\n01 弘前市: 担当A（弘前市）、担当B（弘前市）\r\n02 甲府市 熊本市 鬼澤部屋: 担当C\r\n\
             \r\nメールアドレスがなく、手で入れる方\r\n01 弘前市: 担当B（弘前市）\r\n"
        );
        let names = String::from_utf8(display_names(&rooms(), Language::Ja)).unwrap();
        assert!(names.starts_with("\u{FEFF}\"部屋\",\"自治体\",\"氏名\",\"Zoomでの表示名\"\r\n"));
        assert!(names.contains("\"1\",\"弘前市\",\"担当A\",\"01_弘前市_担当A\"\r\n"));
        assert!(names.contains("\"2\",\"\",\"担当C\",\"02_担当C\"\r\n"));
    }
}
