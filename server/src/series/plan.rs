//! What would become of a meeting's roster and posters if it took them over from an earlier one. Pure.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::{CarryOver, Meeting, Recognised};
use engawa_protocol::command::RosterRow;
use engawa_protocol::limits::MEETING_FILES_BYTES_MAX;
use engawa_protocol::preparation::{
    FollowDoubt, FollowParts, FollowPreview, FollowedMeeting, FollowedPoster, PosterEffect, PreviewedRow,
    RowEffect,
};
use engawa_protocol::view::PosterFile;
use engawa_protocol::{MeetingId, PersonId, PosterId, Role, TeamId};

use crate::files::roster::Known;
use crate::poster_files::{Inventory, files_of};

/// What would become of the roster.
pub(super) struct RosterPlan {
    /// Which team each of the earlier meeting's is.
    pub(super) teams: Vec<Recognised>,
    /// Who each of its people is.
    pub(super) people: Vec<Option<PersonId>>,
    /// The rows, ready for `import_roster`.
    pub(super) rows: Vec<PreviewedRow>,
    /// Teams without people, as places among the earlier meeting's.
    pub(super) empty_teams: Vec<usize>,
    pub(super) doubts: Vec<FollowDoubt>,
}

impl RosterPlan {
    pub(super) fn new(carried: &CarryOver, meeting: &Meeting) -> Self {
        let teams = carried.recognise_teams(meeting);
        let known = known_roster(meeting);
        let mut plan = Self {
            teams,
            people: carried.recognise_people(meeting),
            rows: Vec::new(),
            empty_teams: Vec::new(),
            doubts: Vec::new(),
        };
        for (place, team) in carried.teams.iter().enumerate() {
            if plan.teams[place] == Recognised::Unclear {
                plan.doubts.push(FollowDoubt::RegionMissing { team: team.name.clone() });
            }
        }
        let mut peopled = BTreeSet::new();
        for (person, recognised) in carried.people.iter().zip(plan.people.clone()) {
            let team = person.team.and_then(|place| carried.teams.get(place));
            let unclear = person.team.is_some_and(|place| plan.teams[place] == Recognised::Unclear);
            if person.removed || unclear {
                continue;
            }
            peopled.extend(person.team);
            let mut row = RosterRow {
                team: team.map_or_else(String::new, |team| team.name.clone()),
                region: team.and_then(|team| team.region.clone()),
                name: person.name.clone(),
                role: person.role,
                email: person.email.clone(),
            };
            let there = recognised.and_then(|id| meeting.roster().person(id));
            if row.role != Role::Coordinator && there.is_some_and(|there| there.role == Role::Coordinator) {
                row.role = Role::Coordinator;
                plan.doubts.push(FollowDoubt::StaysCoordinator { name: row.name.clone() });
            }
            let effect = known.effect(&row);
            if effect == RowEffect::Adds
                && let Some(present) = known.look_alike(&row)
            {
                let (team, name) = (row.team.clone(), row.name.clone());
                plan.doubts.push(FollowDoubt::SimilarName { team, name, present: present.to_owned() });
            }
            let line = u32::try_from(plan.rows.len() + 1).unwrap_or(u32::MAX);
            plan.rows.push(PreviewedRow { line, row, effect });
        }
        let empty = |place: &usize| plan.teams[*place] == Recognised::New && !peopled.contains(place);
        plan.empty_teams = (0..carried.teams.len()).filter(empty).collect();
        plan
    }

    /// Whether somebody would be on the roster.
    fn keeps(&self, carried: &CarryOver, with_roster: bool, place: usize) -> bool {
        let comes = || {
            let person = &carried.people[place];
            let unclear = person.team.is_some_and(|team| self.teams[team] == Recognised::Unclear);
            with_roster && !person.removed && !unclear
        };
        self.people[place].is_some() || comes()
    }
}

/// Who is on a roster, as the reader of files wants it.
fn known_roster(meeting: &Meeting) -> Known {
    crate::api::known_roster(meeting)
}

/// A poster that would come, or not.
#[derive(Debug, Clone)]
pub(super) struct PlannedPoster {
    /// Its place among the earlier meeting's.
    pub(super) place: usize,
    /// The team here; none as long as it is not on the roster.
    pub(super) team: Option<TeamId>,
    /// The poster that is there already.
    pub(super) there: Option<PosterId>,
    pub(super) effect: PosterEffect,
    /// What has to be copied for it, and whether it comes with its file at all.
    pub(super) file: Option<PosterFile>,
}

/// What would become of the posters.
#[derive(Debug, Default)]
pub(super) struct PosterPlan {
    pub(super) posters: Vec<PlannedPoster>,
    pub(super) doubts: Vec<FollowDoubt>,
}

impl PosterPlan {
    pub(super) fn new(carried: &CarryOver, meeting: &Meeting, parts: FollowParts) -> Self {
        if !parts.posters {
            return Self::default();
        }
        let teams = carried.recognise_teams(meeting);
        let frozen = meeting.posters_are_frozen();
        let posters = carried.posters.iter().enumerate().map(|(place, poster)| {
            let team = match teams.get(poster.team) {
                Some(Recognised::As(team)) => Some(*team),
                Some(Recognised::New | Recognised::Unclear) | None => None,
            };
            let there = team.and_then(|team| meeting.poster_of(team));
            let same = there.is_some_and(|(_, title, summary, file)| {
                (title, summary, file) == (&poster.title, &poster.summary, poster.file.as_ref())
            });
            let comes_later = parts.roster && teams.get(poster.team) == Some(&Recognised::New);
            let effect = match there {
                _ if frozen => PosterEffect::Frozen,
                Some(_) if same => PosterEffect::Nothing,
                Some(_) if parts.replace_posters => PosterEffect::Replaces,
                Some(_) => PosterEffect::Stays,
                None if team.is_some() || comes_later => PosterEffect::Adds,
                None => PosterEffect::TeamUnknown,
            };
            PlannedPoster {
                place,
                team,
                there: there.map(|there| there.0),
                effect,
                file: poster.file.clone(),
            }
        });
        let doubts = if frozen && !carried.posters.is_empty() {
            vec![FollowDoubt::PostersFrozen {}]
        } else {
            Vec::new()
        };
        Self { posters: posters.collect(), doubts }
    }

    /// Leaves out files that are not there any more, or for which there is no room.
    pub(super) fn look_for_files(&mut self, carried: &CarryOver, from: &Inventory, to: &Inventory) {
        let mut bytes: u64 = to.values().sum();
        let mut coming = BTreeSet::new();
        let mut full = false;
        for planned in self.posters.iter_mut().filter(|planned| is_written(planned.effect)) {
            let Some(file) = &planned.file else { continue };
            let names = files_of(file);
            let has_whole = names.last().is_some_and(|whole| from.contains_key(whole));
            let missing = names.iter().filter(|name| !to.contains_key(*name) && !coming.contains(*name));
            let more: u64 = missing.filter_map(|name| from.get(name)).sum();
            if !has_whole {
                let team = carried.teams[carried.posters[planned.place].team].name.clone();
                self.doubts.push(FollowDoubt::PosterFileMissing { team });
                planned.file = None;
            } else if bytes + more > MEETING_FILES_BYTES_MAX {
                full = true;
                planned.file = None;
            } else {
                bytes += more;
                coming.extend(names);
            }
        }
        if full {
            self.doubts.push(FollowDoubt::PosterFilesFull { max_bytes: MEETING_FILES_BYTES_MAX });
        }
    }
}

/// Whether a poster is added or changed.
pub(super) const fn is_written(effect: PosterEffect) -> bool {
    match effect {
        PosterEffect::Adds | PosterEffect::Replaces => true,
        PosterEffect::Stays | PosterEffect::Nothing | PosterEffect::TeamUnknown | PosterEffect::Frozen => {
            false
        }
    }
}

/// What would come, in numbers and rows.
pub(super) fn preview_of(
    carried: &CarryOver,
    meeting: MeetingId,
    roster: &RosterPlan,
    posters: &PosterPlan,
    parts: FollowParts,
) -> FollowPreview {
    let keeps = |place| roster.keeps(carried, parts.roster, place);
    let earlier = || carried.meetings.iter().filter(|other| other.meeting != meeting);
    let mut preview = FollowPreview {
        meetings: Vec::new(),
        teams_added: 0,
        rows: Vec::new(),
        posters: posters
            .posters
            .iter()
            .map(|planned| {
                let poster = &carried.posters[planned.place];
                let team = &carried.teams[poster.team];
                FollowedPoster {
                    team: team.name.clone(),
                    region: team.region.clone(),
                    title: poster.title.clone(),
                    effect: planned.effect,
                }
            })
            .collect(),
        rounds: 0,
        pairs: 0,
        people_unknown: 0,
        doubts: Vec::new(),
    };
    if parts.pulses || parts.sittings {
        preview.meetings = earlier()
            .map(|other| FollowedMeeting {
                title: other.title.clone(),
                held_at: other.held_at,
                pulses: if parts.pulses { count(other.pulses.len()) } else { 0 },
            })
            .collect();
    }
    if parts.roster {
        preview.teams_added = count(roster.teams.iter().filter(|team| **team == Recognised::New).count());
        preview.rows.clone_from(&roster.rows);
        preview.doubts.clone_from(&roster.doubts);
    }
    preview.doubts.extend(posters.doubts.iter().cloned());
    if parts.sittings {
        preview.rounds = count(earlier().map(|other| other.rounds.len()).sum());
        preview.pairs = carried.history(keeps).pair_count();
        preview.people_unknown = count(carried.left_behind(keeps));
    }
    preview
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Rows in pieces, each of which fits into one command.
pub(super) fn in_pieces(rows: Vec<RosterRow>, bytes_max: usize) -> Vec<Vec<RosterRow>> {
    let (mut pieces, mut left): (Vec<Vec<RosterRow>>, usize) = (Vec::new(), 0);
    for row in rows {
        let texts = [Some(&row.team), row.region.as_ref(), Some(&row.name), row.email.as_ref()];
        // Twice the text: quotes and line ends in it are written with a stroke before them.
        let bytes = 128 + 2 * texts.into_iter().flatten().map(String::len).sum::<usize>();
        if bytes > left || pieces.is_empty() {
            pieces.push(Vec::new());
            left = bytes_max;
        }
        left = left.saturating_sub(bytes);
        if let Some(piece) = pieces.last_mut() {
            piece.push(row);
        }
    }
    pieces
}

/// What the rows do, counted.
pub(super) fn effects(rows: &[PreviewedRow]) -> (u32, u32) {
    let mut counts: BTreeMap<RowEffect, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *counts.entry(row.effect).or_default() += 1);
    let of = |effect| counts.get(&effect).copied().unwrap_or(0);
    (count(of(RowEffect::Adds) + of(RowEffect::Returns)), count(of(RowEffect::Changes)))
}
