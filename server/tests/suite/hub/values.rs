//! What goes to many and of which only the last value counts: the tally while a hall votes.

use engawa_protocol::command::{AddPoster, CastBallot, CloseVote, EditPerson, OpenVote, SetVoteRules};
use engawa_protocol::{PosterId, Role, TallyDisplay, TeamId, VoteRules, Voters};
use engawa_server::hub::HubLimits;

use crate::support::venue::tiny;
use crate::support::{Person, Venue};

/// More than are sent every single value.
const VIEWERS: usize = 55;

/// A hall that votes, whoever tallies, and everybody else.
async fn hall(limits: HubLimits, tally_display: TallyDisplay) -> (Venue, Person, Vec<Person>) {
    let mut venue = Venue::quiet(limits).await;
    for title in ["弘前の一年", "甲府の一年"] {
        let team =
            venue.ask(engawa_protocol::command::AddTeam { name: title.into(), region: None }).await.unwrap();
        let (title, summary) = (title.to_owned(), String::new());
        venue.ask(AddPoster { team: TeamId(team), title, summary, file: None }).await;
    }
    let mut people = Vec::new();
    for number in 0..VIEWERS {
        let person = venue.invite(&format!("弘前市 担当{number}"), Role::Participant).await;
        people.push(Person::enter(&venue, person).await);
    }
    let rules = VoteRules {
        voters: Voters::Persons,
        choices_max: 1,
        own_team_allowed: true,
        tally_display,
        opens_at: None,
        closes_at: None,
    };
    let secretary = venue.invite("集計担当", Role::Secretariat).await;
    let mut secretary = Person::enter(&venue, secretary).await;
    secretary.ask(SetVoteRules { rules }).await.unwrap();
    secretary.ask(OpenVote {}).await.unwrap();
    (venue, secretary, people)
}

async fn vote(people: &mut [Person], poster: u32) {
    let mut numbers = Vec::new();
    for person in people.iter_mut() {
        numbers.push(person.submit(CastBallot { choices: vec![PosterId(poster)] }).await);
    }
    for (person, number) in people.iter_mut().zip(numbers) {
        person.outcome(number).await.unwrap();
    }
}

#[tokio::test]
async fn everybody_sees_the_tally_of_the_position_they_are_at_and_far_fewer_frames_than_ballots() {
    let limits = HubLimits { ring_entries: 4_096, ..HubLimits::default() };
    let (mut venue, mut secretary, mut people) = hall(limits, TallyDisplay::Everyone).await;
    let mut screen =
        Person::outside(&venue, engawa_server::auth::LinkGrant::shared(venue.meeting, Role::Screen, 0));
    screen.come(&venue).await;
    let before = people[0].frames;
    vote(&mut people, 1).await;
    // Somebody becomes somebody else while values are on their way, and one who writes is told at once.
    let (name, email) = ("担当から幹事へ".to_owned(), None);
    let changed = people[3].view().me.person.unwrap();
    venue.ask(EditPerson { person: changed, name, team: None, role: Role::Facilitator, email }).await;
    vote(&mut people[10..], 2).await;
    for person in people.iter_mut().chain([&mut screen]) {
        person.check(&venue).await;
    }
    let told = people[0].frames - before;
    assert!(told < VIEWERS as u64, "{told} frames for {} ballots", 2 * VIEWERS - 10);
    secretary.ask(CloseVote {}).await.unwrap();
    for person in people.iter_mut().chain([&mut screen]) {
        person.check(&venue).await;
    }
}

#[tokio::test]
async fn at_tiny_limits_too_and_for_whoever_comes_back() {
    let (venue, _secretary, mut people) = hall(tiny(), TallyDisplay::Everyone).await;
    vote(&mut people[..20], 1).await;
    people[30].vanish().await;
    vote(&mut people[20..30], 2).await;
    people[30].come(&venue).await;
    vote(&mut people[31..40], 1).await;
    for person in &mut people {
        person.check(&venue).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_tallies_alone_is_told_no_oftener_than_a_hall() {
    let limits = HubLimits { ring_entries: 4_096, ..HubLimits::default() };
    let pause = limits.flush_window_max;
    let (venue, mut secretary, mut people) = hall(limits, TallyDisplay::Secretariat).await;
    // The vote's opening tells a first tally, among other things.
    secretary.check(&venue).await;
    let (before, began) = (secretary.frames, tokio::time::Instant::now());
    let voting = async {
        for person in &mut people {
            person.ask(CastBallot { choices: vec![PosterId(1)] }).await.unwrap();
            // On the test's own clock.
            tokio::time::sleep(pause / 5).await;
        }
    };
    let all_in = |person: &Person| person.view().vote.turnout.persons_voted as usize == VIEWERS;
    tokio::join!(voting, secretary.until("all ballots", all_in));
    secretary.check(&venue).await;
    let told = u128::from(secretary.frames - before);
    let pauses = began.elapsed().as_millis() / pause.as_millis();
    assert!(told <= pauses + 3, "{told} frames in {pauses} pauses");
}
