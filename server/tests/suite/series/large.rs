//! A real year's size: 97 teams of three, each with a poster, six rounds.

use engawa_domain::{Meeting, carry_over};
use engawa_protocol::GroupingRule;
use engawa_protocol::command::{EndRound, OpenRound, SetAgenda};
use engawa_protocol::keeping::DeletionReason;
use engawa_protocol::{RoundId, RoundKind, RoundPlan};
use engawa_server::poster_files::PosterFiles;
use serde_json::json;

use super::{Two, all, import, picture, poster, row};

const TEAMS: u32 = 97;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ht50_ninety_seven_teams_with_their_posters() {
    let mut two = Two::new().await;
    let folder = tempfile::tempdir().unwrap();
    two.venue.hub.keep_poster_files_in(PosterFiles::in_folder(folder.path()).unwrap());
    two.earlier(async |venue| {
        let of_team = |team| {
            ["A", "B", "C"].map(|letter| row(&format!("市{team}"), Some("県"), &format!("担当{letter}")))
        };
        import(venue, (0..TEAMS).flat_map(of_team).collect()).await;
        for team in 1..=TEAMS {
            let file = picture(venue, u8::try_from(team).unwrap()).await;
            poster(venue, team, &format!("ポスター{team}"), Some(file)).await;
        }
        let plan = RoundPlan {
            kind: RoundKind::Dialogue,
            title: "対話".into(),
            question: String::new(),
            duration_ms: None,
            grouping: GroupingRule::Mixed { room_size: 6 },
            turn_ms: None,
            template: engawa_protocol::BoardTemplate::Free,
            authors: serde_json::from_value(json!("shown")).unwrap(),
            countdown_ms: 0,
        };
        venue.ask(SetAgenda { rounds: vec![plan; 6] }).await;
        for round in (1..=6).map(RoundId) {
            venue.ask(OpenRound { round }).await;
            venue.ask(EndRound { round }).await;
        }
    })
    .await;
    let there = two.files(two.earlier).await.len();
    assert!(there > TEAMS as usize, "{there}: a picture and its small form for each colour");
    let followed = two.take(all()).await;
    assert_eq!(
        (followed.people_added, followed.posters_added),
        (3 * TEAMS + 1, TEAMS),
        "and the coordinator of there"
    );
    assert_eq!((followed.people_unknown, followed.refused), (0, None));
    let pairs = {
        let (meeting, hub) = (two.earlier, two.venue.hub.clone());
        hub.read(meeting, |meeting: &Meeting, _| carry_over(meeting).history(|_| true).pair_count())
            .await
            .unwrap()
    };
    assert_eq!(followed.pairs, pairs);
    assert!(pairs > 3_500, "{pairs}");
    // Again, so that nothing is copied twice; then the earlier one goes.
    assert_eq!(two.take(all()).await.posters_added, 0);
    two.venue.hub.delete(two.earlier, DeletionReason::Asked).await.unwrap();
    let own = folder.path().join(two.venue.meeting.to_string());
    let names: Vec<String> = std::fs::read_dir(own)
        .unwrap()
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names.len(), there, "each picture and its small form, and nothing left lying about");
    assert!(!folder.path().join(two.earlier.to_string()).exists(), "of the other nothing");
}
