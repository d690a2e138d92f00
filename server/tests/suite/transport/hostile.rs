//! The whole list of what a participant does, over every transport, through a hostile proxy: everything is done in the
//! end, nothing is lost and nothing doubled. Seconds are scaled down to tenths.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use engawa_domain::Viewer;
use engawa_protocol::command::{
    AddNote, AddPerson, AddPoster, AddRound, AddTeam, CallHelp, CastBallot, EditNote, GivePulse, JoinAs,
    MarkNote, OpenRound, OpenVote, PassTurn, StartTurns,
};
use engawa_protocol::http::{CommandReply, JoinRequest, Joined};
use engawa_protocol::view::{HelpState, SeatView};
use engawa_protocol::{
    AuthorDisplay, BoardId, BoardTemplate, ClientSeq, Command, DeviceId, GroupingRule, NoteColor, NoteId,
    PersonId, PosterId, Role, RoundId, RoundKind, RoundPlan, TeamId,
};
use engawa_server::auth::LinkGrant;
use http_body_util::BodyExt as _;
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::http_line::post;
use crate::support::proxy::{Habit, Proxy};
use crate::support::venue::tiny;
use crate::support::{PATIENCE, Person, Venue, Way, note};

/// Every way with a line of its own to try.
const WAYS: [Way; 3] = [Way::WebSocket, Way::Stream, Way::Poll];

/// A meeting with an open round and an open vote, and somebody who is about to join it through a proxy.
struct Scene {
    venue: Venue,
    joining: PersonId,
    posters: Vec<PosterId>,
}

impl Scene {
    async fn set() -> Self {
        let mut venue = Venue::open(tiny()).await;
        let mut posters = Vec::new();
        let mut teams = Vec::new();
        for name in ["弘前市", "むつ市", "松本市"] {
            let team = TeamId(venue.ask(AddTeam { name: name.into(), region: None }).await.unwrap());
            let poster =
                AddPoster { team, title: format!("{name}の一年"), summary: String::new(), file: None };
            posters.push(PosterId(venue.ask(poster).await.unwrap()));
            teams.push(team);
        }
        let person = |name: &str, team| AddPerson {
            name: name.into(),
            role: Role::Participant,
            team: Some(team),
            email: None,
        };
        let joining = PersonId(venue.ask(person("弘前市 担当A", teams[0])).await.unwrap());
        let other = PersonId(venue.ask(person("むつ市 担当A", teams[1])).await.unwrap());
        let counting = venue.invite("集計 1", Role::Secretariat).await;
        let mut counting = Person::enter(&venue, counting).await;
        counting.ask(OpenVote {}).await.unwrap();
        let plan = RoundPlan {
            kind: RoundKind::Dialogue,
            title: "対話1".into(),
            question: String::new(),
            duration_ms: Some(600_000),
            grouping: GroupingRule::Mixed { room_size: 6 },
            turn_ms: Some(60_000),
            template: BoardTemplate::Free,
            authors: AuthorDisplay::Shown,
            countdown_ms: 60_000,
        };
        let round = RoundId(venue.ask(AddRound { plan, before: None }).await.unwrap());
        // Whoever is there when a round opens is put into a room.
        let _other = Person::enter(&venue, other).await;
        venue.ask(OpenRound { round }).await;
        Self { venue, joining, posters }
    }

    /// Comes in through a proxy as a person would: the link, then the line.
    async fn join(&self, through: SocketAddr, way: Way) -> Person {
        let shared = LinkGrant::shared(self.venue.meeting, Role::Participant, 0);
        let device = DeviceId(Uuid::new_v4());
        let join = JoinAs::Listed { person: self.joining };
        let body = serde_json::to_vec(&JoinRequest { device, client_seq: ClientSeq(1), join }).unwrap();
        let token = self.venue.state.keys.sign(&shared).expose().to_owned();
        let joined: Joined = loop {
            let Ok(response) = post(through, "/api/join", Some(&token), body.clone()).await else { continue };
            let Ok(body) = response.into_body().collect().await else { continue };
            break serde_json::from_slice(&body.to_bytes()).unwrap();
        };
        let mut person = Person::outside(&self.venue, self.venue.grant(joined.person).await);
        assert_eq!(person.token, joined.token);
        (person.device, person.last_number) = (device, ClientSeq(1));
        (person.way, person.via) = (way, Some(through));
        person
    }

    /// Asks for something until it is taken, whatever becomes of the line.
    async fn insist(&self, person: &mut Person, command: impl Into<Command>) -> Option<u32> {
        let number = person.submit(command).await;
        let trying = async {
            loop {
                match person.outcomes.get(&number) {
                    Some(CommandReply::Accepted { created, .. }) => return *created,
                    Some(CommandReply::Rejected { rejection }) => {
                        assert!(rejection.is_retryable(), "{rejection:?}")
                    }
                    None => {}
                }
                if !person.step().await {
                    self.come_back(person).await;
                }
            }
        };
        timeout(PATIENCE * 2, trying).await.expect("it is taken in the end")
    }

    async fn come_back(&self, person: &mut Person) {
        // A proxy that cuts what is being opened is tried again, as a browser would after a moment.
        while person.try_come(&self.venue).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Follows the meeting until it shows what is waited for, whatever becomes of the line.
    async fn stay_until(&self, me: &mut Person, holds: impl Fn(&Person) -> bool) {
        let staying = async {
            while !holds(me) {
                if !me.step().await {
                    self.come_back(me).await;
                }
            }
        };
        timeout(PATIENCE, staying).await.expect("it is shown in the end");
    }

    /// The whole list of tasks, each once, and what the meeting holds in the end.
    async fn play(self, habit: Habit, way: Way) {
        let proxy = Proxy::start(self.venue.address.unwrap(), habit, 7).await;
        let mut me = self.join(proxy.address, way).await;
        self.come_back(&mut me).await;
        // The seat is told after the welcome, and not at all on a line that is cut before.
        self.stay_until(&mut me, |me| seat(me).is_some()).await;
        let room = seat(&me).expect("a seat").room.id;
        let board = BoardId::of_room(room);
        let wrote = AddNote { board, ..note("評価の面談が形だけ") };
        let written = NoteId(self.insist(&mut me, wrote).await.unwrap());
        self.wait_for_harm(&mut me, habit, &proxy).await;
        let edit = EditNote {
            board,
            note: written,
            base_version: 1,
            text: "面談の目的".into(),
            color: NoteColor::Blue,
        };
        self.insist(&mut me, edit).await;
        self.insist(&mut me, MarkNote { board, note: written }).await;
        self.insist(&mut me, StartTurns { room, first: Some(self.joining) }).await;
        self.insist(&mut me, PassTurn { room, from: self.joining, to: None }).await;
        self.insist(&mut me, CastBallot { choices: vec![self.posters[1]] }).await;
        self.insist(&mut me, CastBallot { choices: vec![self.posters[1], self.posters[2]] }).await;
        self.insist(&mut me, GivePulse { value: 60, word: Some("霧の中".into()) }).await;
        self.insist(&mut me, CallHelp { room }).await;
        for text in ["あ", "い", "う"] {
            self.insist(&mut me, AddNote { board, ..note(text) }).await;
        }
        self.check(me, board).await;
    }

    /// Stays until a proxy that cuts lines has cut one.
    async fn wait_for_harm(&self, me: &mut Person, habit: Habit, proxy: &Proxy) {
        if !matches!(habit, Habit::CutsIdle(_) | Habit::CutsAfter(_) | Habit::ResetsWithin(_)) {
            return;
        }
        let staying = async {
            while proxy.harm.load(Ordering::Relaxed) == 0 {
                // A pulse now and then, so that there is something to reset.
                match timeout(Duration::from_millis(20), me.step()).await {
                    Ok(true) => {}
                    Ok(false) => self.come_back(me).await,
                    Err(_quiet) if matches!(habit, Habit::ResetsWithin(_)) => {
                        self.insist(me, GivePulse { value: 50, word: None }).await;
                    }
                    Err(_quiet) => {}
                }
            }
        };
        timeout(PATIENCE, staying).await.expect("it cuts");
    }

    /// Folded equals projected, through whatever the line does meanwhile; everything is there once.
    async fn check(&self, mut me: Person, board: BoardId) {
        let joining = self.joining;
        let (position, truth) = self.venue.truth(Viewer::Person(joining)).await;
        self.stay_until(&mut me, |me| me.position.is_some_and(|held| held.seq >= position.seq)).await;
        let (after, later) = self.venue.truth(Viewer::Person(joining)).await;
        if me.position == Some(after) {
            assert_eq!(me.view, later, "FD1");
        }
        let view = truth.expect("a view");
        let seat = view.seat.expect("a seat");
        assert_eq!(seat.board.id, board);
        let mut texts: Vec<_> = seat.board.notes.values().map(|note| note.text.as_str()).collect();
        texts.sort_unstable();
        assert_eq!(texts, ["あ", "い", "う", "面談の目的"]);
        assert!(seat.board.notes.values().any(|note| note.marked && note.marks == 1));
        assert_eq!(view.vote.turnout.persons_voted, 1);
        assert_eq!(view.vote.ballot.expect("a ballot").choices.len(), 2);
        assert!(view.pulses.values().any(|pulse| pulse.count == 1 && pulse.sum == 60));
        assert!(!matches!(seat.room.help, HelpState::Quiet {}));
    }
}

fn seat(me: &Person) -> Option<&SeatView> {
    me.view.as_ref()?.seat.as_ref()
}

async fn through(habit: Habit, ways: &[Way]) {
    for way in ways {
        Scene::set().await.play(habit, *way).await;
    }
}

#[tokio::test]
async fn nothing_in_between() {
    through(Habit::None, &WAYS).await;
}

/// Nothing is said: a client finds out by its own clock, and goes on with the next way.
#[tokio::test]
async fn an_upgrade_that_is_swallowed_or_refused_leaves_the_other_ways() {
    for habit in [Habit::SwallowsUpgrade, Habit::RefusesUpgrade] {
        let scene = Scene::set().await;
        let proxy = Proxy::start(scene.venue.address.unwrap(), habit, 1).await;
        let mut me = scene.join(proxy.address, Way::WebSocket).await;
        let opened = timeout(Duration::from_millis(500), me.try_come(&scene.venue)).await;
        match habit {
            Habit::SwallowsUpgrade => assert!(opened.is_err(), "no answer at all"),
            _ => assert!(opened.expect("an answer").is_err()),
        }
        drop(scene);
        for way in [Way::Stream, Way::Poll] {
            Scene::set().await.play(habit, way).await;
        }
    }
}

#[tokio::test]
async fn responses_that_are_held_back_leave_the_long_poll() {
    let habit = Habit::BuffersResponses;
    let scene = Scene::set().await;
    let proxy = Proxy::start(scene.venue.address.unwrap(), habit, 1).await;
    let mut me = scene.join(proxy.address, Way::Stream).await;
    assert!(
        timeout(Duration::from_millis(500), me.try_come(&scene.venue)).await.is_err(),
        "nothing comes through"
    );
    drop(scene);
    Scene::set().await.play(habit, Way::Poll).await;
}

#[tokio::test]
async fn connections_that_are_cut_when_idle() {
    through(Habit::CutsIdle(Duration::from_millis(40)), &WAYS).await;
}

#[tokio::test]
async fn connections_that_are_cut_after_a_time() {
    through(Habit::CutsAfter(Duration::from_millis(60)), &WAYS).await;
}

#[tokio::test]
async fn a_slow_line_that_stalls() {
    through(Habit::Slow(Duration::from_millis(20), Duration::from_millis(200)), &WAYS).await;
}

#[tokio::test]
async fn connections_that_are_reset_in_the_middle_of_a_frame() {
    through(Habit::ResetsWithin(12_000), &WAYS).await;
}
