//! The HTTP API: making meetings, joining, large commands, links, the operator's log. Owns routes and bodies; must
//! not know how commands are decided.

mod archive;
mod backup;
mod bearer;
mod commands;
mod docs;
mod erasure;
mod frames;
mod information;
mod join;
mod links;
mod log;
mod meetings;
mod posters;
mod preparation;
mod record;
mod refusal;
mod series;
mod uploads;
mod zoom;

#[cfg(any(test, feature = "test-support"))]
pub(crate) use archive::unpack_to_nowhere;
#[cfg(any(test, feature = "test-support"))]
pub(crate) use frames::Asked as FramesAsked;
pub(crate) use links::links_at;
pub use links::links_of;
pub(crate) use preparation::known_roster;
pub(crate) use record::vote_text;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use engawa_protocol::limits::{LARGE_COMMAND_BYTES_MAX, POSTER_ZIP_BYTES_MAX};
use tokio::sync::Semaphore;

use crate::auth::{AdminKey, KeyRing, LinkGrant};
use crate::http::{Group, Origin, Table};
use crate::hub::{Bucket, Hub};
use crate::limits::RECORDS_AT_ONCE;

/// Bytes of a large body beside the command in it.
const LARGE_BODY_SLACK: usize = 4 * 1024;
/// Codes of no meeting that may be tried in a second, over all who ask: a code is eight signs, and nothing here is
/// limited by address.
const WRONG_CODES_PER_SECOND: u32 = 20;
/// The same at once: a city hall full of people who mistype.
const WRONG_CODES_BURST: u32 = 500;

/// What the routes need. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ApiState {
    /// The meetings.
    pub hub: Hub,
    /// The keys of links.
    pub keys: Arc<KeyRing>,
    /// The operator's key.
    pub admin_key: Arc<AdminKey>,
    /// What links begin with.
    pub public_url: Origin,
    /// What the settings say for the information sheet.
    pub about: Arc<AboutHost>,
    wrong_codes: Arc<Mutex<Bucket>>,
    records: Arc<Semaphore>,
}

/// What the settings say for the information sheet.
#[derive(Debug, Clone, Default)]
pub struct AboutHost {
    /// Where the server and its data stand.
    pub place: Option<String>,
    /// Who runs it and is to be asked.
    pub contact: Option<String>,
    /// Whether meetings are kept in memory alone.
    pub in_memory: bool,
    /// For how many days a meeting is kept that is made without a date of its own.
    pub keep_days: Option<u32>,
}

impl ApiState {
    /// What the routes need.
    #[must_use]
    pub fn new(hub: Hub, keys: Arc<KeyRing>, admin_key: Arc<AdminKey>, public_url: Origin) -> Self {
        let wrong_codes = Arc::new(Mutex::new(Bucket::new(WRONG_CODES_PER_SECOND, WRONG_CODES_BURST)));
        let records = Arc::new(Semaphore::new(RECORDS_AT_ONCE));
        Self { hub, keys, admin_key, public_url, about: Arc::default(), wrong_codes, records }
    }

    /// With what the settings say for the information sheet.
    #[must_use]
    pub fn with_about(mut self, about: AboutHost) -> Self {
        self.about = Arc::new(about);
        self
    }

    /// The address of a link (LN1): the token stands behind the `#`, where no server sees it.
    #[must_use]
    pub fn link(&self, grant: &LinkGrant) -> String {
        link_of(&self.public_url, &self.keys, grant)
    }
}

/// The address of a link at a server of this address, signed with these keys.
pub(crate) fn link_of(public_url: &Origin, keys: &KeyRing, grant: &LinkGrant) -> String {
    format!("{public_url}/j#{}", keys.sign(grant).expose())
}

/// Routes with small bodies.
#[must_use]
pub fn routes(state: ApiState) -> Table {
    let meetings = meetings::routes()
        .merge(erasure::routes())
        .merge(series::routes())
        .merge(log::routes())
        .merge(backup::routes());
    let preparation = preparation::routes().merge(posters::routes());
    let record = record::routes().merge(zoom::routes());
    [
        meetings.of(Group::Meetings),
        links::routes().merge(join::routes()).of(Group::WaysIn),
        frames::routes().of(Group::Commands),
        preparation.of(Group::Preparation),
        record.of(Group::Record),
        information::routes().merge(docs::routes()).of(Group::Host),
    ]
    .into_iter()
    .fold(Table::default(), Table::merge)
    .with_state(state)
}

/// Routes with bodies up to [`LARGE_BODY_BYTES_MAX`].
#[must_use]
pub fn large_routes(state: ApiState) -> Table {
    commands::routes().of(Group::Commands).map_router(without_default_limit).with_state(state)
}

/// The largest body of [`large_routes`].
pub const LARGE_BODY_BYTES_MAX: usize = LARGE_COMMAND_BYTES_MAX as usize + LARGE_BODY_SLACK;

/// Routes whose bodies are files; each has a bound of its own, at most [`FILE_BODY_BYTES_MAX`].
#[must_use]
pub fn file_routes(state: ApiState) -> Table {
    posters::file_routes()
        .merge(preparation::file_routes())
        .of(Group::Preparation)
        .map_router(without_default_limit)
        .with_state(state)
}

/// The extractors' own limit goes: the routes are served within a larger one.
fn without_default_limit<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes.layer(DefaultBodyLimit::disable())
}

/// The largest body of [`file_routes`].
pub const FILE_BODY_BYTES_MAX: usize = POSTER_ZIP_BYTES_MAX as usize;
