//! Rooms that may never change, because logs written by older releases must replay to the same rooms.

use engawa_domain::grouping::{History, Way};

use super::common::*;

/// FNV-1a over the rooms' numbers, little end first, with a mark after each room
/// (<https://datatracker.ietf.org/doc/draft-eastlake-fnv/>).
fn digest(rooms: &[Vec<u32>]) -> u64 {
    let numbers = rooms.iter().flat_map(|room| room.iter().copied().chain([u32::MAX]));
    numbers.flat_map(u32::to_le_bytes).fold(0xCBF2_9CE4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// If this fails, the same seed has begun to give other rooms: a change of rules, which needs a new version
/// of them wherever rooms are made while a log is applied.
#[test]
fn the_same_seed_gives_the_same_rooms_for_ever() {
    let people = roster(30, 3, 5);
    let mut history = History::new();
    let ways = [mixed(6), partners(3), cafe(4, 0, &[]), mixed(30), Way::ByTeam, cafe(4, 3, &[]), mixed(4)];
    let digests = ways.map(|way| digest(&play(&people, &mut history, 7, &way).rooms));
    let expected = [
        0xB993_29A8_41D6_3C02,
        0x53A1_FAE8_DD4F_B87E,
        0x4294_B9E9_9B70_665E,
        0x97D7_1AA4_8D3A_DE1A,
        0x1F9A_867D_7AB7_4D0E,
        0x5509_17BD_937D_43AE,
        0x290F_962B_FB21_4A5A,
    ];
    assert_eq!(digests, expected, "{digests:#X?}");
}
