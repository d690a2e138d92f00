//! What somebody should look at: names that may mean two, roles that differ, posters that are there already.

use engawa_domain::Meeting;
use engawa_protocol::command::{AddPoster, EditPoster, SetVoteRules};
use engawa_protocol::preparation::{FollowDoubt, FollowParts, PosterEffect, RowEffect};
use engawa_protocol::{PosterId, Role, TeamId};
use engawa_server::auth::LinkGrant;

use super::{Two, all, import, picture, poster, row};

fn doubt(team: &str) -> FollowDoubt {
    FollowDoubt::RegionMissing { team: team.into() }
}

/// Team, region and name of everybody in a team, in alphabetical order.
async fn placed(two: &Two) -> Vec<String> {
    let look = |meeting: &Meeting| {
        let roster = meeting.roster();
        let mut found: Vec<String> = roster
            .present_or_not()
            .filter_map(|(_, person)| {
                let team = roster.team(person.team?)?;
                Some(format!("{} {} {}", team.name, team.region.as_deref().unwrap_or("-"), person.name))
            })
            .collect();
        found.sort();
        found
    };
    two.venue.look(look).await
}

#[tokio::test]
async fn ht50_municipalities_of_one_name_stay_apart() {
    let mut two = Two::new().await;
    let (tokyo, hiroshima) = (Some("東京都"), Some("広島県"));
    two.earlier(async |venue| {
        import(venue, vec![row("府中市", tokyo, "担当A"), row("府中市", hiroshima, "担当A")]).await;
        poster(venue, 2, "広島の府中", None).await;
    })
    .await;
    // The other of the two came first here.
    import(&mut two.venue, vec![row("府中市", hiroshima, "担当B")]).await;
    assert_eq!(two.take(all()).await.people_added, 3);
    assert_eq!(placed(&two).await, ["府中市 広島県 担当A", "府中市 広島県 担当B", "府中市 東京都 担当A"]);
    let team = two.venue.look(|meeting| meeting.posters().next().map(|(_, team, _)| team)).await;
    assert_eq!(team, Some(TeamId(1)), "the poster is with the right one");
}

#[tokio::test]
async fn ht50_a_team_that_may_be_either_is_left_out_and_named() {
    let mut two = Two::new().await;
    two.earlier(async |venue| {
        import(venue, vec![row("府中市", None, "担当A"), row("弘前市", None, "担当A")]).await;
        poster(venue, 1, "どちらかの府中", None).await;
    })
    .await;
    let both = vec![row("府中市", Some("東京都"), "担当B"), row("府中市", Some("広島県"), "担当B")];
    import(&mut two.venue, both).await;
    let preview = two.preview(all()).await;
    assert_eq!(preview.doubts, [doubt("府中市")]);
    let names: Vec<&str> = preview.rows.iter().map(|row| row.row.team.as_str()).collect();
    assert_eq!(names, ["", "弘前市"], "the coordinator, and whoever is clear");
    assert_eq!(preview.posters[0].effect, PosterEffect::TeamUnknown);
    let followed = two.take(all()).await;
    assert_eq!(
        (followed.people_added, followed.posters_added, followed.doubts),
        (2, 0, vec![doubt("府中市")])
    );
    assert_eq!(placed(&two).await.len(), 3);
}

#[tokio::test]
async fn ht50_look_alikes_and_coordinators_are_named() {
    let mut two = Two::new().await;
    two.earlier(async |venue| {
        import(venue, vec![row("弘前市", None, "髙橋")]).await;
        // The coordinator of this meeting facilitated the earlier one.
        venue.invite("進行 1", Role::Facilitator).await;
    })
    .await;
    import(&mut two.venue, vec![row("弘前市", None, "高橋")]).await;
    let preview = two.preview(all()).await;
    let (team, name, present) = ("弘前市".into(), "髙橋".into(), "高橋".into());
    assert!(
        preview.doubts.contains(&FollowDoubt::SimilarName { team, name, present }),
        "{:?}",
        preview.doubts
    );
    assert!(preview.doubts.contains(&FollowDoubt::StaysCoordinator { name: "進行 1".into() }));
    let effects: Vec<RowEffect> = preview.rows.iter().map(|row| row.effect).collect();
    assert_eq!(effects, [RowEffect::Adds, RowEffect::Adds, RowEffect::Nothing]);
    let followed = two.take(all()).await;
    assert_eq!(followed.refused, None, "the last coordinator is not made a facilitator");
    let role = |meeting: &Meeting| {
        let mut people = meeting.roster().present_or_not();
        people.find(|(_, person)| person.name == "進行 1").map(|(_, person)| person.role)
    };
    assert_eq!(two.venue.look(role).await, Some(Role::Coordinator));
}

#[tokio::test]
async fn ht50_posters_that_are_there_stay_unless_they_are_to_be_replaced() {
    let mut two = Two::new().await;
    two.earlier(async |venue| {
        import(venue, ["弘前市", "甲府市", "熊本市"].map(|team| row(team, None, "担当A")).into()).await;
        let (one, other) = (picture(venue, 1).await, picture(venue, 2).await);
        poster(venue, 1, "弘前の一年", Some(one)).await;
        poster(venue, 2, "甲府の一年", Some(other)).await;
    })
    .await;
    two.take(all()).await;
    // A team has mended its words here; the earlier meeting has a poster more, and lost a file.
    let words =
        EditPoster {
            poster: PosterId(1), title: "弘前のことば".into(), summary: String::new(), file: None
        };
    two.venue.ask(words).await;
    two.earlier(async |venue| {
        let mut lost = picture(venue, 3).await;
        lost.hash = "0".repeat(64);
        let (title, summary) = ("熊本の一年".into(), String::new());
        venue.ask(AddPoster { team: TeamId(3), title, summary, file: Some(lost) }).await;
    })
    .await;
    let effects = async |parts| {
        let preview = two.preview(parts).await;
        (preview.posters.iter().map(|poster| poster.effect).collect::<Vec<_>>(), preview.doubts)
    };
    let missing = FollowDoubt::PosterFileMissing { team: "熊本市".into() };
    let kept = [PosterEffect::Stays, PosterEffect::Nothing, PosterEffect::Adds];
    assert_eq!(effects(all()).await, (kept.to_vec(), vec![missing.clone()]));
    let replacing = FollowParts { replace_posters: true, ..all() };
    let replaced = [PosterEffect::Replaces, PosterEffect::Nothing, PosterEffect::Adds];
    assert_eq!(effects(replacing).await.0, replaced);
    let followed = two.take(all()).await;
    assert_eq!((followed.posters_added, followed.posters_changed), (1, 0));
    assert_eq!(followed.doubts, [missing]);
    let title = |meeting: &Meeting| {
        meeting.poster_of(TeamId(1)).map(|poster| (poster.1.to_owned(), poster.3.is_some()))
    };
    assert_eq!(two.venue.look(title).await, Some(("弘前のことば".into(), false)));
    // That of 熊本 is there by now, without the file that is lost: it is not the same, and comes again without it.
    let followed = two.take(replacing).await;
    assert_eq!((followed.posters_added, followed.posters_changed), (0, 2));
    assert_eq!(two.venue.look(title).await, Some(("弘前の一年".into(), true)));
}

#[tokio::test]
async fn ht50_after_the_vote_has_opened_no_poster_comes() {
    let mut two = Two::new().await;
    two.earlier(async |venue| {
        import(venue, ["弘前市", "甲府市"].map(|team| row(team, None, "担当A")).into()).await;
        poster(venue, 1, "弘前の一年", None).await;
        poster(venue, 2, "甲府の一年", None).await;
    })
    .await;
    import(&mut two.venue, vec![row("弘前市", None, "担当A")]).await;
    poster(&mut two.venue, 1, "今年の弘前", None).await;
    let tally = two.venue.invite("集計A", Role::Secretariat).await;
    let grant = LinkGrant::personal(two.venue.meeting, Role::Secretariat, tally, 0).grant;
    let device = engawa_protocol::DeviceId(uuid::Uuid::new_v4());
    let rules = two.venue.truth(engawa_domain::Viewer::Person(tally)).await.1.unwrap().vote.rules;
    for (number, command) in
        [(1, SetVoteRules { rules }.into()), (2, engawa_protocol::command::OpenVote {}.into())]
    {
        let asked = (device, engawa_protocol::ClientSeq(number), command);
        two.venue.hub.call_unpaced(two.venue.meeting, grant, asked).await.unwrap();
    }
    let preview = two.preview(all()).await;
    assert!(
        preview.posters.iter().all(|poster| poster.effect == PosterEffect::Frozen),
        "{:?}",
        preview.posters
    );
    assert_eq!(preview.doubts, [FollowDoubt::PostersFrozen {}]);
    let followed = two.take(all()).await;
    assert_eq!((followed.posters_added, followed.refused), (0, None));
    assert_eq!(followed.people_added, 2, "the rest comes all the same: 甲府's, and the coordinator of there");
}
