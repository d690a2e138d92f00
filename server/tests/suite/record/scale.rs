//! 300 people, six rounds, 6,000 notes: everything comes out, and what is held at a time stays within a few times of what
//! comes out.

use std::io::{Cursor, Read as _};

use engawa_domain::record::{Edition, record};
use engawa_protocol::{Language, Role};
use engawa_server::record::{RecordFile, write};
use serde_json::json;
use zip::ZipArchive;

use super::stage::Stage;

const TEAMS: u32 = 100;
const PEOPLE: u32 = 300;
const ROUNDS: u32 = 6;
const NOTES: u32 = 6_000;

/// People have the numbers from 2 on.
const FIRST: u32 = 2;

fn large() -> Stage {
    let mut stage = Stage::new(Language::Ja);
    let rows: Vec<_> = (0..PEOPLE)
        .map(|index| {
            json!({"team": format!("自治体{:03}", index % TEAMS), "region": "県", "name": format!("担当{index:03}"),
                   "role": "participant", "email": null})
        })
        .collect();
    stage.ask(1, json!({"type": "import_roster", "rows": rows}));
    (FIRST..FIRST + PEOPLE).for_each(|person| stage.arrive(person));
    for round in 1..=ROUNDS {
        stage.round("dialogue", &format!("対話{round}"), if round % 2 == 0 { "hidden" } else { "shown" });
        // Five to a room, others every time.
        let rooms: Vec<_> = (0..PEOPLE / 5)
            .map(|room| {
                let member = |seat: u32| FIRST + (room + seat * (60 + round - 1)) % 60 + seat * 60;
                json!({"name": "", "facilitator": null, "members": (0..5).map(member).collect::<Vec<u32>>()})
            })
            .collect();
        stage.ask(1, json!({"type": "set_grouping", "round": round, "rooms": rooms}));
        stage.ask(1, json!({"type": "open_round", "round": round}));
        for note in 0..NOTES / ROUNDS {
            let room = note % (PEOPLE / 5);
            let seat = note / (PEOPLE / 5) % 5;
            let person = FIRST + (room + seat * (60 + round - 1)) % 60 + seat * 60;
            stage.pass(1_000);
            let board = (round - 1) * (PEOPLE / 5) + room + 1;
            let text = format!("第{round}回の付箋{note}。{}", "職員が学び合う場をどうつくるか。".repeat(3));
            stage.note(person, board, note % 3, &text);
        }
        stage.ask(1, json!({"type": "end_round", "round": round}));
    }
    stage
}

#[test]
fn the_record_of_a_large_day_is_whole() {
    let stage = large();
    let record = record(stage.meeting(), Role::Coordinator, Edition::Named).unwrap();
    assert_eq!(record.boards.values().map(|board| board.notes.len()).sum::<usize>(), NOTES as usize);
    assert_eq!(record.stays.len(), (PEOPLE * ROUNDS) as usize, "everybody once in every round");
    let bytes = write(&record, None, RecordFile::Zip).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut largest = 0;
    for index in 0..archive.len() {
        largest = largest.max(archive.by_index(index).unwrap().size());
    }
    let mut notes = String::new();
    archive.by_name("csv/06_notes.csv").unwrap().read_to_string(&mut notes).unwrap();
    assert_eq!(notes.matches("回の付箋").count(), NOTES as usize);
    let mut page = String::new();
    archive.by_name("record.html").unwrap().read_to_string(&mut page).unwrap();
    assert_eq!(page.matches("回の付箋").count(), NOTES as usize);
    // One file is made, packed and let go before the next: the largest is what there is to hold beside the archive.
    let texts: usize =
        record.boards.values().flat_map(|board| board.notes.values()).map(|note| note.text.len()).sum();
    assert!(largest < 8 * texts as u64, "{largest} bytes for {texts} of notes");
    assert!(bytes.len() < 4 * texts, "{} bytes for {texts} of notes", bytes.len());
}
