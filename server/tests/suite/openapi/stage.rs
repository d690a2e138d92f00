//! A meeting with somebody of every role, and the same routes that a node serves.

use std::collections::BTreeMap;
use std::io::Cursor;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, header};
use engawa_protocol::command::{AddPerson, AddRound, AddTeam};
use engawa_protocol::{PersonId, Role};
use engawa_server::auth::LinkGrant;
use engawa_server::config::RawConfig;
use engawa_server::http::Assets;
use engawa_server::hub::HubLimits;
use engawa_server::run::routes;
use engawa_server::serve::{Routes, with_common_layers};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::Venue;
use crate::support::venue::ADMIN_KEY;

/// What somebody may hold in their hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Nothing,
    Nonsense,
    Operator,
    Personal(Role),
    Shared(Role),
}

impl Held {
    pub(super) fn all() -> Vec<Self> {
        let people = Role::ALL.into_iter().filter(|role| *role != Role::Screen).map(Self::Personal);
        [Self::Nothing, Self::Nonsense, Self::Operator]
            .into_iter()
            .chain(people)
            .chain(Role::ALL.map(Self::Shared))
            .collect()
    }
}

pub(super) struct Stage {
    pub(super) venue: Venue,
    tokens: BTreeMap<Role, String>,
    /// As a node serves it: one for all requests, for lines of polls live in it.
    served: Router,
    /// The name of a poster's file.
    pub(super) file: String,
}

impl Stage {
    pub(super) async fn new() -> Self {
        let mut venue = Venue::quiet(HubLimits::default()).await;
        venue.ask(AddTeam { name: "弘前市".into(), region: Some("青森県".into()) }).await;
        let mut tokens = BTreeMap::new();
        let coordinator = LinkGrant::personal(venue.meeting, Role::Coordinator, PersonId(1), 0);
        tokens.insert(Role::Coordinator, venue.state.keys.sign(&coordinator).expose().to_owned());
        for role in [Role::Facilitator, Role::Secretariat, Role::Participant, Role::Observer] {
            let name = format!("{role:?}");
            let email = Some("someone@example.jp".to_owned()).filter(|_| role == Role::Participant);
            let person = venue.ask(AddPerson { name, role, team: None, email }).await;
            let person = PersonId(person.expect("an id"));
            tokens.insert(role, venue.state.keys.sign(&venue.grant(person).await).expose().to_owned());
        }
        let plan = json!({"kind": "dialogue", "title": "対話", "question": "", "duration_ms": 60_000,
            "grouping": {"by": "manual"}, "turn_ms": null, "template": "free", "authors": "shown", "countdown_ms": 0});
        venue.ask(AddRound { plan: serde_json::from_value(plan).unwrap(), before: None }).await;
        let round: Value = json!({"type": "set_grouping", "round": 1, "rooms": [{"name": "", "facilitator": null, "members": [4]}]});
        let round: engawa_protocol::Command = serde_json::from_value(round).unwrap();
        venue.ask(round).await;
        let kept = venue.hub.poster_files().keep(venue.meeting, picture()).await.unwrap();
        let config = RawConfig::default().validate().unwrap();
        let served = with_common_layers(&config, routes(venue.state.clone()), Assets::from_files([]));
        Self { venue, tokens, served, file: format!("{}.jpg", kept.hash) }
    }

    pub(super) fn routes(&self) -> Routes {
        routes(self.venue.state.clone())
    }

    pub(super) fn token(&self, held: Held) -> Option<String> {
        match held {
            Held::Nothing => None,
            Held::Nonsense => Some("nonsense".into()),
            Held::Operator => Some(ADMIN_KEY.into()),
            Held::Personal(role) => Some(self.tokens[&role].clone()),
            Held::Shared(role) => {
                let grant = LinkGrant::shared(self.venue.meeting, role, 0);
                Some(self.venue.state.keys.sign(&grant).expose().to_owned())
            }
        }
    }

    pub(super) async fn send(&self, method: &str, uri: &str, held: Held, body: Sent) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(uri).header(header::ACCEPT_LANGUAGE, "en");
        if let Some(token) = self.token(held) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Sent::Nothing => Body::empty(),
            Sent::Json(value) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(value.to_string())
            }
            Sent::Bytes(bytes) => Body::from(bytes),
        };
        self.served.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }
}

/// The body of a request.
#[derive(Debug, Clone)]
pub(super) enum Sent {
    Nothing,
    Json(Value),
    Bytes(Vec<u8>),
}

pub(super) fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(8, 8).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
