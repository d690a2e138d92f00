//! What comes: looked at first, taken when somebody says so, and again without losing anybody.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use engawa_domain::{Meeting, Viewer};
use engawa_protocol::command::{AddPerson, EndMeeting, GivePulse};
use engawa_protocol::keeping::DeletionReason;
use engawa_protocol::preparation::{FollowParts, Followed, PosterEffect, RowEffect};
use engawa_protocol::{PersonId, Role};
use engawa_server::auth::LinkGrant;
use engawa_server::hub::HubLimits;
use engawa_server::poster_files::PosterFiles;

use super::{Two, all, hold, import, picture, post, poster, row};

/// Two teams, four people who sat in pairs, two posters, a pulse; and one who facilitates.
async fn held() -> Two {
    let mut two = Two::new().await;
    two.earlier(async |venue| {
        let rows = [("弘前市", "弘前A"), ("弘前市", "弘前B"), ("甲府市", "甲府A"), ("甲府市", "甲府B")];
        import(venue, rows.map(|(team, name)| row(team, Some("県"), name)).into()).await;
        venue.invite("幹事A", Role::Facilitator).await;
        let file = picture(venue, 10).await;
        poster(venue, 1, "弘前の一年", Some(file)).await;
        poster(venue, 2, "甲府の一年", None).await;
        hold(venue, &[&[2, 4], &[3, 5]]).await;
        venue.ask(GivePulse { value: 60, word: Some("霧".into()) }).await;
    })
    .await;
    two
}

/// Names, roles and addresses of everybody on the roster.
async fn people(two: &Two) -> BTreeSet<(String, Role, Option<String>)> {
    let look = |meeting: &Meeting| {
        let people = meeting.roster().present_or_not();
        people.map(|(_, person)| (person.name.clone(), person.role, person.email.clone())).collect()
    };
    two.venue.look(look).await
}

#[tokio::test]
async fn ht50_it_is_looked_at_and_nothing_is_taken_until_it_is_confirmed() {
    let two = held().await;
    let preview = two.preview(all()).await;
    assert_eq!(preview.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert!(preview.rows.iter().all(|row| row.effect == RowEffect::Adds), "{:?}", preview.rows);
    assert_eq!(preview.teams_added, 2);
    let titles: Vec<&str> = preview.meetings.iter().map(|meeting| meeting.title.as_str()).collect();
    assert_eq!((titles, preview.meetings[0].pulses), (vec!["第4回研究会"], 1));
    assert!(
        preview.posters.iter().all(|poster| poster.effect == PosterEffect::Adds),
        "{:?}",
        preview.posters
    );
    assert_eq!((preview.rounds, preview.pairs, preview.people_unknown), (1, 2, 0));
    assert!(preview.doubts.is_empty(), "{:?}", preview.doubts);
    assert_eq!(people(&two).await.len(), 1, "nothing is taken");
    assert!(two.files(two.venue.meeting).await.is_empty());
}

#[tokio::test]
async fn ht50_all_of_it_comes_and_a_second_time_there_is_nothing_to_do() {
    let mut two = held().await;
    let followed = two.take(all()).await;
    let expected =
        Followed { people_added: 6, posters_added: 2, meetings: 1, pairs: 2, ..Followed::default() };
    assert_eq!(followed, expected);
    let came = people(&two).await;
    assert!(came.contains(&("弘前A".into(), Role::Participant, Some("7@example.jp".into()))), "{came:?}");
    assert!(came.contains(&("幹事A".into(), Role::Facilitator, None)), "{came:?}");
    assert_eq!(came.len(), 7, "the meeting's own coordinator stays beside the earlier one's: {came:?}");

    let (position, view) = two.venue.truth(Viewer::Person(PersonId(1))).await;
    let view = view.unwrap();
    let earlier = view.earlier.unwrap();
    assert_eq!((earlier.len(), earlier[0].count, earlier[0].sum), (1, 1, 60));
    assert_eq!(view.posters.len(), 2);
    assert!(view.pulses.is_empty() && view.announcements.is_empty(), "nobody's own comes, and no word");
    let state = two.venue.look(|meeting| serde_json::to_string(meeting).unwrap()).await;
    assert!(!state.contains("霧"), "a word is somebody's own");

    // Again: nobody is doubled, nobody is told anything.
    let again = two.take(all()).await;
    assert_eq!(again, Followed { people_added: 0, posters_added: 0, ..expected });
    assert_eq!(people(&two).await, came);
    let names = two.files(two.venue.meeting).await;
    assert_eq!(names, two.files(two.earlier).await, "and no file lies about");
    assert!(two.venue.truth(Viewer::Person(PersonId(1))).await.0.seq.0 - position.seq.0 <= 2, "two commands");

    // Whoever came here otherwise stays, and who came there later comes along.
    let newcomer =
        AddPerson { name: "飛び入り".into(), team: None, role: Role::Participant, email: None };
    two.venue.ask(newcomer).await;
    two.earlier(async |venue| {
        venue.invite("あとの人", Role::Participant).await;
    })
    .await;
    assert_eq!(two.take(all()).await.people_added, 1);
    assert_eq!(people(&two).await.len(), came.len() + 2);
}

#[tokio::test]
async fn ht50_what_breaks_off_half_way_says_so_and_the_rest_comes_when_it_is_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let venue = super::Venue::quiet(HubLimits::default()).await;
    venue.hub.keep_poster_files_in(PosterFiles::in_folder(folder.path()).unwrap());
    let mut two = Two::over(venue).await;
    two.earlier(async |venue| {
        import(venue, vec![row("弘前市", Some("青森県"), "弘前A")]).await;
        let file = picture(venue, 10).await;
        poster(venue, 1, "弘前の一年", Some(file)).await;
    })
    .await;
    // Where the files' folder is to be lies something else: people come, posters cannot.
    let in_the_way = folder.path().join(two.venue.meeting.to_string());
    std::fs::write(&in_the_way, "").unwrap();
    let path = format!("/api/meetings/{}/follow", two.venue.meeting);
    let (status, said) = post(&two.venue, &path, &two.coordinator(), &two.request(all())).await;
    assert_eq!(
        (status, &said["error"]["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"taken_in_part".into()),
        "{said}"
    );
    let came = people(&two).await;
    assert!(came.iter().any(|(name, ..)| name == "弘前A"), "what has come stays: {came:?}");
    assert_eq!(two.venue.look(|meeting| meeting.posters().count()).await, 0);

    std::fs::remove_file(&in_the_way).unwrap();
    let followed = two.take(all()).await;
    assert_eq!((followed.people_added, followed.posters_added), (0, 1), "{followed:?}");
    assert_eq!(people(&two).await, came, "nobody is doubled");
    assert_eq!(two.files(two.venue.meeting).await, two.files(two.earlier).await);
}

#[tokio::test]
async fn ht50_links_are_made_anew_and_an_old_one_opens_no_other_meeting() {
    let two = held().await;
    two.take(all()).await;
    let name = |person: PersonId| {
        move |meeting: &Meeting| meeting.roster().person(person).map(|person| person.name.clone())
    };
    // 弘前A has another number here; the link of there opens nothing here, and the other way round.
    let here = two
        .venue
        .look(|meeting| {
            let mut people = meeting.roster().present_or_not();
            people.find(|(_, person)| person.name == "弘前A").map(|(id, _)| id)
        })
        .await
        .unwrap();
    assert_eq!(two.venue.look(name(here)).await.as_deref(), Some("弘前A"));
    let there = LinkGrant::personal(two.earlier, Role::Participant, PersonId(2), 0);
    let token = two.venue.state.keys.sign(&there).expose().to_owned();
    let verified = two.venue.state.keys.verify(&token).unwrap();
    assert_eq!(verified.meeting, two.earlier, "a link names its meeting");
    let links = engawa_server::api::links_of(&two.venue.state, two.venue.meeting).await.unwrap();
    let link = links.personal.iter().find(|link| link.name == "弘前A").unwrap();
    assert_ne!(link.link.split_once('#').unwrap().1, token);
}

#[tokio::test]
async fn ht50_only_the_parts_asked_for_come() {
    let two = held().await;
    let none =
        FollowParts { roster: false, posters: false, replace_posters: false, sittings: false, pulses: false };
    let nothing = two.take(none).await;
    assert_eq!(nothing, Followed::default());
    // Posters without their teams have nowhere to go.
    let posters = FollowParts { posters: true, ..none };
    let preview = two.preview(posters).await;
    assert!(preview.posters.iter().all(|poster| poster.effect == PosterEffect::TeamUnknown));
    assert!(preview.rows.is_empty() && preview.meetings.is_empty() && preview.pairs == 0);
    assert_eq!(two.take(posters).await, Followed::default());
    let sittings = FollowParts { sittings: true, ..none };
    let preview = two.preview(sittings).await;
    assert_eq!((preview.rounds, preview.pairs, preview.people_unknown), (1, 0, 4), "nobody of them is here");
    let roster = two.take(FollowParts { roster: true, ..none }).await;
    assert_eq!((roster.people_added, roster.meetings), (6, 0));
    let pulses = two.take(FollowParts { pulses: true, ..none }).await;
    assert_eq!((pulses.meetings, pulses.pairs, pulses.people_unknown), (1, 0, 0));
    let sittings = two.take(sittings).await;
    assert_eq!((sittings.meetings, sittings.pairs, sittings.people_unknown), (1, 2, 0));
    assert_eq!(two.take(posters).await.posters_added, 2);
}

/// What has been taken over is the meeting's own.
#[tokio::test]
async fn ht40_ht51_deleting_the_earlier_meeting_takes_nothing_away() {
    let two = held().await;
    two.take(all()).await;
    let names = two.files(two.venue.meeting).await;
    assert_eq!(names.len(), 2, "a picture and its small form");
    let before = two.venue.look(|meeting| engawa_domain::digest(meeting).unwrap()).await;
    two.venue.hub.delete(two.earlier, DeletionReason::Asked).await.unwrap();
    assert!(two.files(two.earlier).await.is_empty());
    assert_eq!(two.files(two.venue.meeting).await, names);
    assert_eq!(two.venue.look(|meeting| engawa_domain::digest(meeting).unwrap()).await, before);
    let file = engawa_server::poster_files::FileName::parse(&names[0]).unwrap();
    assert!(!two.venue.hub.poster_files().read(two.venue.meeting, file).await.unwrap().is_empty());
}

#[tokio::test]
async fn ht50_a_meeting_that_has_ended_takes_nothing_over_and_hands_everything_on() {
    let mut two = held().await;
    two.earlier(async |venue| {
        venue.ask(EndMeeting {}).await;
    })
    .await;
    assert_eq!(two.take(all()).await.people_added, 6);
    two.venue.ask(EndMeeting {}).await;
    let refused = two.take(all()).await;
    assert_eq!(serde_json::to_value(refused.refused).unwrap()["code"], "meeting_ended");
}

/// A guest who watches sees the new line at once.
#[tokio::test]
async fn fd11_whoever_is_there_sees_the_line_over_meetings_come() {
    let two = held().await;
    let mut person = crate::support::Person::enter(&two.venue, PersonId(1)).await;
    two.take(all()).await;
    person.check(&two.venue).await;
    assert!(person.view().earlier.is_some());
}
