//! Meetings that follow each other, over HTTP: who may take over, what would come, what comes, what stays when the
//! earlier meeting is gone.

mod doubts;
mod large;
mod nodes;
mod program;
mod rights;
mod taking;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use engawa_protocol::command::{
    AddPoster, ImportRoster, OpenRound, PlannedRoom, RosterRow, SetAgenda, SetGrouping,
};
use engawa_protocol::preparation::{FollowParts, FollowPreview, FollowRequest, Followed};
use engawa_protocol::view::PosterFile;
use engawa_protocol::{
    BoardTemplate, GroupingRule, Language, MeetingId, PersonId, Role, RoundId, RoundKind, RoundPlan, TeamId,
};
use engawa_server::auth::LinkGrant;
use engawa_server::hub::HubLimits;
use engawa_server::run::routes;
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::Venue;

/// Two meetings of one host: the venue's own is the one that takes over.
struct Two {
    venue: Venue,
    earlier: MeetingId,
}

impl Two {
    async fn new() -> Self {
        // A meeting that never was is not looked for long.
        let limits = HubLimits { absent_patience: Duration::from_millis(50), ..HubLimits::default() };
        Self::over(Venue::quiet(limits).await).await
    }

    async fn over(venue: Venue) -> Self {
        let earlier = venue.hub.create("第4回研究会".into(), Language::Ja, "事務局A".into()).await.unwrap();
        Self { venue, earlier }
    }

    /// Does something as the coordinator of the earlier meeting.
    async fn earlier(&mut self, work: impl AsyncFnOnce(&mut Venue)) {
        let meeting = std::mem::replace(&mut self.venue.meeting, self.earlier);
        work(&mut self.venue).await;
        self.venue.meeting = meeting;
    }

    fn token(&self, meeting: MeetingId, person: u32) -> String {
        let grant = LinkGrant::personal(meeting, Role::Coordinator, PersonId(person), 0);
        self.venue.state.keys.sign(&grant).expose().to_owned()
    }

    fn coordinator(&self) -> String {
        self.token(self.venue.meeting, 1)
    }

    /// What is asked for with the link of the earlier meeting's coordinator.
    fn request(&self, parts: FollowParts) -> FollowRequest {
        let link = format!("https://engawa.example.jp/j#{}", self.token(self.earlier, 1));
        FollowRequest { earlier_link: Some(link), earlier_meeting: None, parts }
    }

    async fn preview(&self, parts: FollowParts) -> FollowPreview {
        let path = format!("/api/meetings/{}/follow/preview", self.venue.meeting);
        read(post(&self.venue, &path, &self.coordinator(), &self.request(parts)).await)
    }

    async fn take(&self, parts: FollowParts) -> Followed {
        let path = format!("/api/meetings/{}/follow", self.venue.meeting);
        read(post(&self.venue, &path, &self.coordinator(), &self.request(parts)).await)
    }

    /// The files of a meeting's posters, by name.
    async fn files(&self, meeting: MeetingId) -> Vec<String> {
        self.venue.hub.poster_files().inventory(meeting).await.unwrap().into_keys().collect()
    }
}

/// Everything but what is named.
fn all() -> FollowParts {
    FollowParts::default()
}

async fn post(venue: &Venue, path: &str, bearer: &str, body: &impl serde::Serialize) -> (StatusCode, Value) {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {bearer}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(serde_json::to_vec(body).unwrap()))
        .unwrap();
    let response = routes(venue.state.clone()).usual.oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn read<T: DeserializeOwned>((status, body): (StatusCode, Value)) -> T {
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_value(body).unwrap()
}

fn row(team: &str, region: Option<&str>, name: &str) -> RosterRow {
    RosterRow {
        team: team.into(),
        region: region.map(Into::into),
        name: name.into(),
        role: Role::Participant,
        email: Some(format!("{}@example.jp", name.len())),
    }
}

async fn import(venue: &mut Venue, rows: Vec<RosterRow>) {
    venue.ask(ImportRoster { rows }).await;
}

async fn poster(venue: &mut Venue, team: u32, title: &str, file: Option<PosterFile>) {
    let summary = "一年の取り組み".into();
    venue.ask(AddPoster { team: TeamId(team), title: title.into(), summary, file }).await;
}

/// A poster's file that is kept: a small picture of one colour.
async fn picture(venue: &Venue, shade: u8) -> PosterFile {
    let pixels = image::RgbImage::from_pixel(
        24,
        16,
        image::Rgb([shade.wrapping_mul(83), shade.wrapping_mul(47), 200]),
    );
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::from(pixels).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    venue.hub.poster_files().keep(venue.meeting, bytes.into_inner()).await.unwrap()
}

/// Two municipalities, of which the first has a poster, in one room together.
async fn two_teams_and_a_poster(venue: &mut Venue) {
    import(venue, vec![row("弘前市", None, "担当A"), row("甲府市", None, "担当A")]).await;
    let file = picture(venue, 7).await;
    poster(venue, 1, "弘前の一年", Some(file)).await;
    hold(venue, &[&[2, 3]]).await;
}

/// Holds a round with these rooms; people are given by number.
async fn hold(venue: &mut Venue, rooms: &[&[u32]]) {
    let plan = RoundPlan {
        kind: RoundKind::Dialogue,
        title: "対話".into(),
        question: String::new(),
        duration_ms: None,
        grouping: GroupingRule::Manual {},
        turn_ms: None,
        template: BoardTemplate::Free,
        authors: serde_json::from_value(json!("shown")).unwrap(),
        countdown_ms: 0,
    };
    venue.ask(SetAgenda { rounds: vec![plan] }).await;
    let room = |members: &&[u32]| PlannedRoom {
        name: String::new(),
        facilitator: None,
        members: members.iter().copied().map(PersonId).collect(),
    };
    let rooms = rooms.iter().map(room).collect();
    venue.ask(SetGrouping { round: RoundId(1), rooms }).await;
    venue.ask(OpenRound { round: RoundId(1) }).await;
}
