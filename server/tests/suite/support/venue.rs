//! Where a party is held: a hub over a store, with sockets in front of it if wanted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use engawa_domain::{Meeting, Viewer, project};
use engawa_protocol::http::CommandReply;
use engawa_protocol::view::MeetingView;
use engawa_protocol::{
    ClientSeq, Command, DeviceId, Language, MeetingId, PersonId, Position, Rejection, Role,
};
use engawa_server::api::ApiState;
use engawa_server::auth::{AdminKey, KeyRing, LinkGrant, TokenKey};
use engawa_server::clock::SystemClock;
use engawa_server::config::RawConfig;
use engawa_server::hub::{Hub, HubError, HubLimits, Surroundings};
use engawa_server::net::Drained;
use engawa_server::run::routes;
use engawa_server::serve::Node;
use engawa_server::store::Store;
use engawa_server::store::faulty::{FaultPlan, FaultyStore};
use engawa_server::store::hearsay::{Hearsay, NoHearsay};
use engawa_server::store::memory::MemoryStore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::PATIENCE;

pub const ADMIN_KEY: &str = "the-operators-own-key";

/// A node in this process.
pub struct Venue {
    pub hub: Hub,
    pub state: ApiState,
    pub faults: Arc<FaultyStore>,
    pub meeting: MeetingId,
    pub address: Option<SocketAddr>,
    inner: Arc<dyn Store>,
    hearsay: Arc<dyn Hearsay>,
    serving: Option<(CancellationToken, JoinHandle<Drained>)>,
    desk: (DeviceId, u64),
}

/// Limits at which rare things happen all the time.
pub fn tiny() -> HubLimits {
    HubLimits {
        mailbox_requests: 1,
        turn_inputs: 2,
        ring_entries: 4,
        flush_frames: 2,
        flush_window_min: Duration::ZERO,
        flush_window_max: Duration::ZERO,
        snapshot_entries: 3,
        snapshot_bytes_per_entry: usize::MAX,
        snapshot_after: Duration::from_millis(50),
        advance_after: Duration::from_millis(20),
        presence_window: Duration::from_millis(20),
        departure_after: Duration::from_millis(200),
        retry_first: Duration::from_millis(1),
        retry_max: Duration::from_millis(20),
        goodbye_spread: Duration::from_millis(50),
        codes_again: Duration::from_millis(10),
        ..HubLimits::default()
    }
}

impl Venue {
    /// A venue in memory without sockets.
    pub async fn quiet(limits: HubLimits) -> Self {
        let inner: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
        Self::over(inner, limits).await
    }

    /// A venue over a store, with a fresh meeting.
    pub async fn over(inner: Arc<dyn Store>, limits: HubLimits) -> Self {
        let mut venue = Self::node(inner, Arc::new(NoHearsay), limits, MeetingId(Uuid::nil()));
        venue.meeting =
            venue.hub.create("第5回研究会".into(), Language::Ja, "進行 1".into()).await.expect("a meeting");
        venue
    }

    /// Another node for the same meeting, over its own way to the same store.
    pub fn beside(&self, inner: Arc<dyn Store>) -> Self {
        Self::node(inner, Arc::clone(&self.hearsay), self.hub.limits().clone(), self.meeting)
    }

    /// As [`Venue::ask`], again and again under the same number until the command is accepted.
    pub async fn insist(&mut self, command: impl Into<Command>) -> Option<u32> {
        self.desk.1 += 1;
        let grant = LinkGrant::personal(self.meeting, Role::Coordinator, PersonId(1), 0).grant;
        let asked = (self.desk.0, ClientSeq(self.desk.1), command.into());
        let began = std::time::Instant::now();
        loop {
            match self.hub.call_unpaced(self.meeting, grant, asked.clone()).await {
                Ok(CommandReply::Accepted { created, .. }) => return created,
                Ok(CommandReply::Rejected { rejection: Rejection::Unavailable {} })
                | Err(HubError::Unavailable(_)) => {}
                other => panic!("{other:?}"),
            }
            assert!(began.elapsed() < PATIENCE, "not accepted in time");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The texts of the plenary's notes in alphabetical order, and the position.
    pub async fn texts(&self) -> Option<(Position, Vec<String>)> {
        let read = |meeting: &Meeting, position| (position, project(meeting, Viewer::Person(PersonId(1))));
        let (position, view) = self.hub.read(self.meeting, read).await.ok()?;
        let mut texts: Vec<_> = view?.plenary.notes.into_values().map(|note| note.text).collect();
        texts.sort();
        Some((position, texts))
    }

    /// With sockets in front.
    pub async fn open(limits: HubLimits) -> Self {
        let mut venue = Self::quiet(limits).await;
        venue.listen().await;
        venue
    }

    /// A node for a meeting that others may serve, too.
    pub fn node(
        inner: Arc<dyn Store>,
        hearsay: Arc<dyn Hearsay>,
        limits: HubLimits,
        meeting: MeetingId,
    ) -> Self {
        let faults = Arc::new(FaultyStore::new(Arc::clone(&inner), FaultPlan::default()));
        let store: Arc<dyn Store> = Arc::clone(&faults) as Arc<dyn Store>;
        let around = Surroundings::new(limits, Arc::new(SystemClock));
        let hub = Hub::around(store, Surroundings { hearsay: Arc::clone(&hearsay), ..around });
        let keys = Arc::new(KeyRing::new(TokenKey::from_bytes([7; 32]), None));
        let admin_key = Arc::new(AdminKey::parse(ADMIN_KEY).expect("a key"));
        let url = engawa_server::http::Origin::parse("http://127.0.0.1:1").expect("an origin");
        let state = ApiState::new(hub.clone(), keys, admin_key, url);
        Self {
            hub,
            state,
            faults,
            meeting,
            address: None,
            inner,
            hearsay,
            serving: None,
            desk: (DeviceId(Uuid::new_v4()), 0),
        }
    }

    /// Another node over the same store.
    pub fn twin(&self) -> Self {
        self.beside(Arc::clone(&self.inner))
    }

    pub async fn listen(&mut self) {
        self.listen_as(RawConfig::default()).await;
    }

    /// Listens on free ports; the rest is as the settings say.
    pub async fn listen_as(&mut self, settings: RawConfig) {
        let config = RawConfig {
            listen: Some("127.0.0.1:0".into()),
            internal_listen: Some("127.0.0.1:0".into()),
            ..settings
        };
        let node = Node::bind(config.validate().expect("settings")).await.expect("ports");
        self.address = Some(node.address().expect("an address"));
        let shutdown = CancellationToken::new();
        let (hub, stopping) = (self.hub.clone(), shutdown.clone());
        tokio::spawn(async move {
            stopping.cancelled().await;
            hub.stop().await;
        });
        let routes = routes(self.state.clone());
        let serving = tokio::spawn({
            let shutdown = shutdown.clone();
            async move { node.run(routes, Arc::new(|| Ok(())), shutdown).await.expect("a node") }
        });
        self.serving = Some((shutdown, serving));
    }

    /// Ends the process's state and starts anew over the same store; with sockets if there were any.
    pub async fn restart(&mut self) {
        let sockets = self.serving.is_some();
        self.close().await;
        let limits = self.hub.limits().clone();
        let fresh = Self::node(Arc::clone(&self.inner), Arc::clone(&self.hearsay), limits, self.meeting);
        let desk = self.desk;
        *self = fresh;
        self.desk = desk;
        if sockets {
            self.listen().await;
        }
    }

    /// Stops the node as a signal would.
    pub async fn close(&mut self) {
        if let Some((shutdown, serving)) = self.serving.take() {
            shutdown.cancel();
            let drained = tokio::time::timeout(PATIENCE, serving).await.expect("it ends").expect("well");
            assert_eq!(drained, Drained { left_open: 0 });
        }
        tokio::time::timeout(PATIENCE, self.hub.stop()).await.expect("the hub stops");
    }

    /// The first coordinator asks for something, outside any connection.
    pub async fn try_ask(&mut self, command: impl Into<Command>) -> Result<Option<u32>, Rejection> {
        self.desk.1 += 1;
        let grant = LinkGrant::personal(self.meeting, Role::Coordinator, PersonId(1), 0).grant;
        let asked = (self.desk.0, ClientSeq(self.desk.1), command.into());
        match self.hub.call_unpaced(self.meeting, grant, asked).await.expect("an answer") {
            CommandReply::Accepted { created, .. } => Ok(created),
            CommandReply::Rejected { rejection } => Err(rejection),
        }
    }

    pub async fn ask(&mut self, command: impl Into<Command>) -> Option<u32> {
        self.try_ask(command).await.expect("accepted")
    }

    /// Puts somebody on the roster.
    pub async fn invite(&mut self, name: &str, role: Role) -> PersonId {
        use engawa_protocol::command::AddPerson;
        let command = AddPerson { name: name.into(), role, team: None, email: None };
        PersonId(self.ask(command).await.expect("an id"))
    }

    pub async fn grant(&self, person: PersonId) -> LinkGrant {
        // Whoever was put on the roster on another node a moment ago is on its way here.
        let (role, generation) = super::redis::until("somebody is on the roster", async || {
            let known = move |meeting: &Meeting| {
                meeting.roster().person(person).map(|known| (known.role, known.generation))
            };
            self.look(known).await
        })
        .await;
        LinkGrant::personal(self.meeting, role, person, generation)
    }

    pub async fn look<T: Send + 'static>(&self, look: impl Fn(&Meeting) -> T + Send + Sync + 'static) -> T {
        self.hub.read(self.meeting, move |meeting, _| look(meeting)).await.expect("a meeting")
    }

    /// What a viewer should see, and where.
    pub async fn truth(&self, viewer: Viewer) -> (Position, Option<MeetingView>) {
        self.hub
            .read(self.meeting, move |meeting, position| (position, project(meeting, viewer)))
            .await
            .expect("a meeting")
    }
}
