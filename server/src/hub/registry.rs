//! What the hub and its actors share: the live meetings, the codes that lead to them, the store.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use engawa_protocol::{MeetingId, Role};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::actor::Actor;
use super::codes::Codes;
use super::handle::{Ended, Handle};
use super::live::Live;
use super::members::ConnectionId;
use super::surroundings::Surroundings;
use crate::observe::metrics;
use crate::poster_files::PosterFiles;
use crate::store::Store;

/// What the hub and its actors share.
#[derive(Debug)]
pub(super) struct Registry {
    pub(super) store: Arc<dyn Store>,
    /// Where the files of posters are; set once at the start.
    pub(super) poster_files: OnceLock<PosterFiles>,
    pub(super) around: Surroundings,
    pub(super) codes: Codes,
    /// When all meetings were last looked through for their codes; held while somebody does.
    pub(super) codes_listed_at: tokio::sync::Mutex<Option<Instant>>,
    pub(super) stopping: CancellationToken,
    pub(super) actors: TaskTracker,
    live: DashMap<MeetingId, Handle>,
    connections: AtomicU64,
}

impl Registry {
    pub(super) fn new(store: Arc<dyn Store>, around: Surroundings) -> Self {
        Self {
            store,
            poster_files: OnceLock::new(),
            around,
            codes: Codes::default(),
            codes_listed_at: tokio::sync::Mutex::new(None),
            stopping: CancellationToken::new(),
            actors: TaskTracker::new(),
            live: DashMap::new(),
            connections: AtomicU64::new(0),
        }
    }

    /// The way to a meeting; an actor is started if none is there. Whether there is such a meeting is found out by it.
    pub(super) fn handle(self: &Arc<Self>, meeting: MeetingId) -> Handle {
        match self.live.entry(meeting) {
            Entry::Occupied(mut there) => {
                if there.get().ended().is_some() {
                    there.insert(self.start(meeting));
                }
                there.get().clone()
            }
            Entry::Vacant(place) => {
                let handle = self.start(meeting);
                place.insert(handle).clone()
            }
        }
    }

    /// The way to a meeting that is live here.
    pub(super) fn live(&self, meeting: MeetingId) -> Option<Handle> {
        self.live.get(&meeting).map(|there| there.clone())
    }

    fn start(self: &Arc<Self>, meeting: MeetingId) -> Handle {
        let (sender, mailbox) = mpsc::channel(self.around.limits.mailbox_requests.max(1));
        let handle = Handle { meeting, mailbox: sender, ended: Arc::default() };
        self.actors.spawn(Actor::new(Arc::clone(self), handle.clone(), mailbox).run());
        handle
    }

    /// An actor has gone.
    pub(super) fn forget(&self, handle: &Handle, ended: Ended) {
        // Set once, by the actor itself.
        let _ = handle.ended.set(ended);
        self.live.remove_if(&handle.meeting, |_, there| Arc::ptr_eq(&there.ended, &handle.ended));
        if ended == Ended::Gone {
            self.codes.remove(handle.meeting);
        }
        metrics::live_meetings(self.live.len());
    }

    /// The code that leads to a meeting now.
    pub(super) fn note_code(&self, live: &Live) {
        if let Some(meeting) = &live.meeting {
            self.codes.set(live.id, meeting.roster().shared_generation(Role::Participant));
        }
        metrics::live_meetings(self.live.len());
    }

    pub(super) fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed))
    }
}
