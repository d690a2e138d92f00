//! Who takes part: real municipalities, people named by their role there.

use engawa_protocol::Role;
use engawa_protocol::command::RosterRow;

const MUNICIPALITIES: &str = include_str!("../data/municipalities.csv");

/// The domain of all e-mail addresses of the roster. No screen may ever receive it.
pub(crate) const EMAIL_DOMAIN: &str = "@load.example.jp";

/// Name and region of the municipality of a team, from 0. Beyond the list names begin anew with a number.
pub(crate) fn municipality(index: usize) -> (String, String) {
    let lines: Vec<&str> = MUNICIPALITIES.lines().filter(|line| !line.starts_with('#')).skip(1).collect();
    let (region, name) = lines[index % lines.len()].split_once(',').unwrap_or(("", "市"));
    match index / lines.len() {
        0 => (name.to_owned(), region.to_owned()),
        again => (format!("{name} {}", again + 1), region.to_owned()),
    }
}

/// The letter of a person in their team: A, B, …, Z, then numbers.
fn letter(index: usize) -> String {
    u8::try_from(index)
        .ok()
        .filter(|i| *i < 26)
        .map_or_else(|| (index + 1).to_string(), |i| char::from(b'A' + i).to_string())
}

/// Staff besides the first coordinator, by role.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Staff {
    /// Coordinators, the one who makes the meeting included; at least 1.
    pub(crate) coordinators: usize,
    /// Facilitators.
    pub(crate) facilitators: usize,
    /// The secretariat; at least 1.
    pub(crate) secretariat: usize,
    /// Observers.
    pub(crate) observers: usize,
}

impl Staff {
    /// The fifteen of an everyday meeting.
    pub(crate) const USUAL: Self = Self { coordinators: 3, facilitators: 8, secretariat: 2, observers: 2 };

    /// How many they are.
    pub(crate) const fn count(self) -> usize {
        self.coordinators + self.facilitators + self.secretariat + self.observers
    }
}

/// The roster as a file would bring it, the first coordinator left out.
pub(crate) fn roster(teams: usize, people_per_team: usize, staff: Staff) -> Vec<RosterRow> {
    let mut rows = Vec::new();
    let groups = [
        ("事務局", Role::Coordinator, 1..staff.coordinators),
        ("幹事", Role::Facilitator, 0..staff.facilitators),
        ("集計担当", Role::Secretariat, 0..staff.secretariat),
        ("オブザーバー", Role::Observer, 0..staff.observers),
    ];
    for (title, role, range) in groups {
        rows.extend(range.map(|index| row("", None, format!("{title} {}", letter(index)), role)));
    }
    for team in 0..teams {
        let (name, region) = municipality(team);
        for person in 0..people_per_team {
            let full_name = format!("{name} 担当{}", letter(person));
            rows.push(row(&name, Some(&region), full_name, Role::Participant));
        }
    }
    for (index, row) in rows.iter_mut().enumerate() {
        row.email = Some(format!("person-{index}{EMAIL_DOMAIN}"));
    }
    rows
}

fn row(team: &str, region: Option<&str>, name: String, role: Role) -> RosterRow {
    RosterRow { team: team.to_owned(), region: region.map(ToOwned::to_owned), name, role, email: None }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_everyday_meeting_has_97_teams_of_different_names() {
        let rows = roster(97, 3, Staff::USUAL);
        assert_eq!(rows.len(), 97 * 3 + 15 - 1, "the first coordinator makes the meeting");
        let teams: BTreeSet<_> = rows.iter().map(|row| &row.team).filter(|team| !team.is_empty()).collect();
        assert_eq!(teams.len(), 97);
        let names: BTreeSet<_> = rows.iter().map(|row| &row.name).collect();
        assert_eq!(names.len(), rows.len());
    }

    #[test]
    fn more_teams_than_municipalities_still_differ() {
        let names: BTreeSet<_> = (0..300).map(|team| municipality(team).0).collect();
        assert_eq!(names.len(), 300);
    }
}
