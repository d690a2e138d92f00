//! What a meeting hands on to one that follows it, and who is who there. Pure: reads one meeting at a time.
//!
//! People are recognised by what is written of them, never by number: teams by name and region, people by name within
//! their team, as when a roster is imported. Where a name leaves it open which team is meant, nobody is recognised.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::command::{EarlierMeeting, EarlierPulse, EarlierRoom, EarlierSitting, FollowMeeting};
use engawa_protocol::limits::{EARLIER_MEETINGS_MAX, EARLIER_ROUNDS_MAX};
use engawa_protocol::view::PosterFile;
use engawa_protocol::{MeetingId, PersonId, Role, RoundId, TeamId, Timestamp, text::comparison_key};

use crate::grouping::History;
use crate::meeting::Meeting;
use crate::roster::Keys;

/// Bytes of one command, about: a quarter of what an entry of the log may have.
const PIECE_BYTES: usize = 1 << 20;
/// Bytes of a person's number in it, at most.
const SEAT_BYTES: usize = 8;
/// Bytes of a pulse beside its title.
const PULSE_BYTES: usize = 256;

/// What a meeting hands on. Nothing in it is anybody's own but what stands on the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarryOver {
    /// The meeting.
    pub meeting: MeetingId,
    /// Its teams.
    pub teams: Vec<CarriedTeam>,
    /// Its people; also who was taken off the roster and has sat with others.
    pub people: Vec<CarriedPerson>,
    /// Its posters, those that were withdrawn left out.
    pub posters: Vec<CarriedPoster>,
    /// Those that it has followed, then itself.
    pub meetings: Vec<CarriedMeeting>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedTeam {
    /// Its name.
    pub name: String,
    /// Its prefecture or region.
    pub region: Option<String>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedPerson {
    /// The place of the team among the teams.
    pub team: Option<usize>,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The e-mail address.
    pub email: Option<String>,
    /// Taken off the roster.
    pub removed: bool,
}

/// A poster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedPoster {
    /// The place of the team among the teams.
    pub team: usize,
    /// The title.
    pub title: String,
    /// The summary.
    pub summary: String,
    /// The picture or PDF.
    pub file: Option<PosterFile>,
}

/// A meeting of which something is handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedMeeting {
    /// Which.
    pub meeting: MeetingId,
    /// Its title.
    pub title: String,
    /// When it was held.
    pub held_at: Timestamp,
    /// The pulse of its rounds.
    pub pulses: Vec<EarlierPulse>,
    /// Its rounds with rooms.
    pub rounds: Vec<CarriedRound>,
}

/// A round with rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedRound {
    /// Which.
    pub round: RoundId,
    /// Number of the room, and the places of its people among the people.
    pub seats: Vec<(u32, usize)>,
}

/// Which team of another meeting a team is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// This one.
    As(TeamId),
    /// None yet.
    New,
    /// It cannot be told: teams of that name are in several regions.
    Unclear,
}

/// What a meeting hands on, as it is now.
#[must_use]
pub fn carry_over(meeting: &Meeting) -> CarryOver {
    let m = meeting;
    let team_places: BTreeMap<TeamId, usize> = m.roster.teams.keys().copied().zip(0..).collect();
    let mut meetings = kept_meetings(m);
    meetings.push(this_meeting(m));
    let sat: BTreeSet<PersonId> = meetings
        .iter()
        .flat_map(|(_, rounds)| rounds)
        .flat_map(|round| &round.1)
        .map(|seat| seat.1)
        .collect();
    let handed = m.roster.people.iter().filter(|(id, person)| !person.removed || sat.contains(id));
    let places: BTreeMap<PersonId, usize> = handed.clone().map(|(id, _)| *id).zip(0..).collect();
    let people = handed.map(|(_, person)| CarriedPerson {
        team: person.team.and_then(|team| team_places.get(&team).copied()),
        name: person.name.clone(),
        role: person.role,
        email: person.email.clone(),
        removed: person.removed,
    });
    let posters = m.posters.posters.values().filter(|poster| !poster.withdrawn).filter_map(|poster| {
        Some(CarriedPoster {
            team: *team_places.get(&poster.team)?,
            title: poster.title.clone(),
            summary: poster.summary.clone(),
            file: poster.file.clone(),
        })
    });
    CarryOver {
        meeting: m.info.id,
        teams: m
            .roster
            .teams
            .values()
            .map(|team| CarriedTeam { name: team.name.clone(), region: team.region.clone() })
            .collect(),
        people: people.collect(),
        posters: posters.collect(),
        meetings: within_bounds(meetings, &places),
    }
}

/// A round with (room, person).
type Round = (RoundId, Vec<(u32, PersonId)>);

fn kept_meetings(m: &Meeting) -> Vec<(CarriedMeeting, Vec<Round>)> {
    let kept = m.series.meetings.iter().map(|earlier| {
        let rounds = earlier.sittings.iter().map(|sitting| {
            (sitting.round, sitting.seats.iter().map(|(person, room)| (*room, *person)).collect())
        });
        let pulses = earlier.pulses.iter().map(|pulse| EarlierPulse {
            round: pulse.round,
            title: pulse.title.clone(),
            distribution: pulse.distribution.clone(),
            sum: pulse.sum,
        });
        let (title, held_at) = (earlier.title.clone(), earlier.held_at);
        let pulses = pulses.collect();
        let carried = CarriedMeeting { meeting: earlier.meeting, title, held_at, pulses, rounds: Vec::new() };
        (carried, rounds.collect())
    });
    kept.collect()
}

/// The meeting itself. Who is listed in a room has sat there, as for grouping within a meeting.
fn this_meeting(m: &Meeting) -> (CarriedMeeting, Vec<Round>) {
    let rounds = m.agenda.rounds.iter().filter_map(|round| {
        let rooms = m.rooms.of_round(round.id).filter(|(_, room)| room.members.len() > 1);
        let seats = rooms.flat_map(|(_, room)| room.members.iter().map(|person| (room.number, *person)));
        let seats: Vec<(u32, PersonId)> = seats.collect();
        (!seats.is_empty()).then_some((round.id, seats))
    });
    let pulses = m.agenda.rounds.iter().filter_map(|round| {
        let pulse = m.pulses.rounds.get(&round.id).filter(|pulse| pulse.count() > 0)?;
        Some(EarlierPulse {
            round: round.id,
            title: round.plan.title.clone(),
            distribution: pulse.distribution.to_vec(),
            sum: pulse.sum,
        })
    });
    let carried = CarriedMeeting {
        meeting: m.info.id,
        title: m.info.title.clone(),
        held_at: held_at(m),
        pulses: pulses.collect(),
        rounds: Vec::new(),
    };
    (carried, rounds.collect())
}

/// When a meeting was held: its first round's opening, else when it was to begin, else when it was made.
pub(super) fn held_at(m: &Meeting) -> Timestamp {
    let opened = m.agenda.rounds.iter().filter_map(|round| Some(round.course.0.first()?.0)).min();
    opened.or(m.info.starts_at).unwrap_or(m.info.created_at)
}

/// The newest of them, with people by their places.
fn within_bounds(
    mut meetings: Vec<(CarriedMeeting, Vec<Round>)>,
    places: &BTreeMap<PersonId, usize>,
) -> Vec<CarriedMeeting> {
    let too_many = meetings.len().saturating_sub(EARLIER_MEETINGS_MAX as usize);
    meetings.drain(..too_many);
    let rounds: usize = meetings.iter().map(|(_, rounds)| rounds.len()).sum();
    let mut too_many = rounds.saturating_sub(EARLIER_ROUNDS_MAX as usize);
    let with_places = meetings.into_iter().map(|(carried, mut rounds)| {
        let gone = too_many.min(rounds.len());
        rounds.drain(..gone);
        too_many -= gone;
        let round = |(round, seats): Round| CarriedRound {
            round,
            seats: seats
                .into_iter()
                .filter_map(|(room, person)| Some((room, *places.get(&person)?)))
                .collect(),
        };
        CarriedMeeting { rounds: rounds.into_iter().map(round).collect(), ..carried }
    });
    with_places.collect()
}

impl CarryOver {
    /// Which team of another meeting each of the teams is.
    #[must_use]
    pub fn recognise_teams(&self, meeting: &Meeting) -> Vec<Recognised> {
        let keys = Keys::of(&meeting.roster);
        let mut regions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for team in &self.teams {
            let region = Keys::region(team.region.as_deref());
            regions.entry(comparison_key(&team.name)).or_default().insert(region);
        }
        let several = |name: &str| regions.get(name).is_some_and(|regions| regions.len() > 1);
        let recognise = |team: &CarriedTeam| {
            let (name, region) = (comparison_key(&team.name), Keys::region(team.region.as_deref()));
            let Some(there) = keys.teams.get(&name) else {
                return if region.is_empty() && several(&name) {
                    Recognised::Unclear
                } else {
                    Recognised::New
                };
            };
            if let Some(id) = there.get(&region) {
                return Recognised::As(*id);
            }
            let only = there.iter().next().filter(|_| there.len() == 1);
            match only {
                // One of the two does not say where it is, and there is no other of that name on either side.
                Some((other, id)) if (region.is_empty() || other.is_empty()) && !several(&name) => {
                    Recognised::As(*id)
                }
                _ if region.is_empty() || there.contains_key("") => Recognised::Unclear,
                _ => Recognised::New,
            }
        };
        self.teams.iter().map(recognise).collect()
    }

    /// Who each of the people is in another meeting, removed ones included; none for whoever is not there.
    #[must_use]
    pub fn recognise_people(&self, meeting: &Meeting) -> Vec<Option<PersonId>> {
        let (keys, teams) = (Keys::of(&meeting.roster), self.recognise_teams(meeting));
        let recognise = |person: &CarriedPerson| {
            let team = match person.team.map(|place| teams.get(place)) {
                None => None,
                Some(Some(Recognised::As(id))) => Some(*id),
                Some(Some(Recognised::New | Recognised::Unclear) | None) => return None,
            };
            keys.person(team, &person.name)
        };
        self.people.iter().map(recognise).collect()
    }

    /// The rounds with rooms, as far as their people are among those that `kept` names.
    #[must_use]
    pub fn history(&self, kept: impl Fn(usize) -> bool) -> History {
        let mut history = History::new();
        for round in self.rounds() {
            let seats = round.seats.iter().filter(|(_, place)| kept(*place));
            history.add_seats(seats.map(|(room, place)| (u32::try_from(*place).unwrap_or(u32::MAX), *room)));
        }
        history
    }

    /// How many people sat with others and are not among those that `kept` names.
    #[must_use]
    pub fn left_behind(&self, kept: impl Fn(usize) -> bool) -> usize {
        let sat: BTreeSet<usize> =
            self.rounds().flat_map(|round| &round.seats).map(|(_, place)| *place).collect();
        sat.into_iter().filter(|place| !kept(*place)).count()
    }

    fn rounds(&self) -> impl Iterator<Item = &CarriedRound> {
        self.meetings.iter().flat_map(|meeting| &meeting.rounds)
    }

    /// The commands by which another meeting keeps this, given who its people are there. `follower` is that meeting: of
    /// itself it keeps nothing.
    #[must_use]
    pub fn commands(
        &self,
        follower: MeetingId,
        people: &[Option<PersonId>],
        (pulses, sittings): (bool, bool),
    ) -> Vec<FollowMeeting> {
        let mut pieces = Pieces::default();
        for carried in self.meetings.iter().filter(|carried| carried.meeting != follower) {
            pieces.begin(carried);
            for pulse in carried.pulses.iter().filter(|_| pulses) {
                pieces.make_room(carried, PULSE_BYTES + pulse.title.len());
                if let Some(earlier) = pieces.earlier() {
                    earlier.pulses.push(pulse.clone());
                }
            }
            for round in carried.rounds.iter().filter(|_| sittings) {
                let mut rooms: BTreeMap<u32, Vec<PersonId>> = BTreeMap::new();
                for (room, place) in &round.seats {
                    if let Some(person) = people.get(*place).copied().flatten() {
                        rooms.entry(*room).or_default().push(person);
                    }
                }
                for (number, people) in rooms.into_iter().filter(|(_, people)| people.len() > 1) {
                    pieces.make_room(carried, SEAT_BYTES * (people.len() + 4));
                    if let Some(earlier) = pieces.earlier() {
                        put_room(&mut earlier.sittings, round.round, EarlierRoom { number, people });
                    }
                }
            }
        }
        pieces.done
    }
}

fn put_room(sittings: &mut Vec<EarlierSitting>, round: RoundId, room: EarlierRoom) {
    match sittings.last_mut().filter(|sitting| sitting.round == round) {
        Some(sitting) => sitting.rooms.push(room),
        None => sittings.push(EarlierSitting { round, rooms: Vec::from([room]) }),
    }
}

/// Commands that are being filled.
#[derive(Default)]
struct Pieces {
    done: Vec<FollowMeeting>,
    bytes: usize,
}

impl Pieces {
    /// Goes on with this meeting in the command that is being filled.
    fn begin(&mut self, carried: &CarriedMeeting) {
        let bytes = PULSE_BYTES + carried.title.len();
        if self.done.is_empty() || self.bytes + bytes > PIECE_BYTES {
            self.done.push(FollowMeeting { meetings: Vec::new() });
            self.bytes = 0;
        }
        self.bytes += bytes;
        let earlier = EarlierMeeting {
            meeting: carried.meeting,
            title: carried.title.clone(),
            held_at: carried.held_at,
            pulses: Vec::new(),
            sittings: Vec::new(),
        };
        if let Some(command) = self.done.last_mut() {
            command.meetings.push(earlier);
        }
    }

    /// Sees to it that there is room for so many bytes of this meeting.
    fn make_room(&mut self, carried: &CarriedMeeting, bytes: usize) {
        if self.bytes + bytes > PIECE_BYTES {
            self.bytes = PIECE_BYTES;
            self.begin(carried);
        }
        self.bytes += bytes;
    }

    fn earlier(&mut self) -> Option<&mut EarlierMeeting> {
        self.done.last_mut()?.meetings.last_mut()
    }
}
