//! Puts a node together, in start order, and takes it down in reverse: store, hub, routes, listeners.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::api::{self, AboutHost, ApiState};
use crate::auth::{AdminKey, AdminKeyError, KeyError, KeyRing};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, StoreKind};
use crate::hub::{Hub, HubLimits, Surroundings};
use crate::net::Drained;
use crate::observe::{measure_busy, metrics};
use crate::poster_files::s3::{self, S3CheckError};
use crate::poster_files::{PosterFileError, PosterFiles};
use crate::serve::{Node, Routes, ServeError};
use crate::store::embedded::EmbeddedStore;
use crate::store::hearsay::{Hearsay, NoHearsay};
use crate::store::memory::MemoryStore;
use crate::store::redis::{RedisCheckError, RedisStore};
use crate::store::{Store, StoreError};
use crate::transport;

/// The store's folder within the data folder.
const STORE_FOLDER: &str = "meetings";
/// The folder of the posters' files within the data folder.
const FILES_FOLDER: &str = "poster-files";
/// How often the store is asked whether it would take a write.
const HEALTH_INTERVAL: Duration = Duration::from_secs(2);

/// Why a node did not start, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The keys of links.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The operator's key.
    #[error(transparent)]
    AdminKey(#[from] AdminKeyError),
    /// The store.
    #[error("store: {0}")]
    Store(#[from] StoreError),
    /// Redis is not there, or not to be trusted with meetings.
    #[error(transparent)]
    Redis(#[from] RedisCheckError),
    /// The folder of the posters' files.
    #[error("data_dir: {0}")]
    PosterFiles(#[from] PosterFileError),
    /// The bucket of the posters' files is not there, or not to be used.
    #[error(transparent)]
    S3(#[from] S3CheckError),
    /// The settings do not say where Redis is.
    #[error("redis_url: must be set where `store` is `redis`")]
    NoRedis,
    /// The listeners.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The operating system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A node whose addresses are taken and whose store is open; it serves nobody yet.
#[derive(Debug)]
pub struct Ready {
    node: Node,
    state: ApiState,
}

impl Ready {
    /// Opens the store and takes the addresses.
    ///
    /// # Errors
    /// A [`RunError`] that names what is missing.
    pub async fn prepare(config: Config) -> Result<Self, RunError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let keys = Arc::new(KeyRing::load(&config.token_keys)?);
        let admin_key = Arc::new(AdminKey::load(&config.admin_key)?);
        let files = poster_files(&config).await?;
        let (store, hearsay) = open_store(&config, Arc::clone(&clock)).await?;
        let node = Node::bind(config).await?;
        let around = Surroundings { hearsay, ..Surroundings::new(HubLimits::default(), clock) };
        let hub = Hub::around(store, around);
        tracing::info!(node = %hub.node(), "this node");
        hub.keep_poster_files_in(files);
        let config = node.config();
        let about = AboutHost {
            place: config.place.clone(),
            contact: config.contact.clone(),
            in_memory: config.store == StoreKind::Memory,
            keep_days: config.keep_days,
        };
        let state = ApiState::new(hub, keys, admin_key, config.public_url.clone()).with_about(about);
        Ok(Self { node, state })
    }

    /// What its routes work with.
    #[must_use]
    pub const fn state(&self) -> &ApiState {
        &self.state
    }

    /// The node, for its addresses.
    #[must_use]
    pub const fn node(&self) -> &Node {
        &self.node
    }

    /// Serves until `shutdown` is cancelled; then says goodbye, writes everything down and closes the store.
    ///
    /// # Errors
    /// A [`RunError`].
    pub async fn serve(self, shutdown: CancellationToken) -> Result<Drained, RunError> {
        let Self { node, state } = self;
        let (hub, store) = (state.hub.clone(), Arc::clone(state.hub.store()));
        let healthy = Arc::new(AtomicBool::new(true));
        let _watching =
            AbortOnDropHandle::new(tokio::spawn(watch_health(Arc::clone(&store), Arc::clone(&healthy))));
        let _keeping = AbortOnDropHandle::new(tokio::spawn({
            let hub = hub.clone();
            async move { hub.keep().await }
        }));
        let _measuring = AbortOnDropHandle::new(tokio::spawn(measure_busy()));
        let stopping = tokio::spawn({
            let (hub, shutdown) = (hub.clone(), shutdown.clone());
            async move {
                shutdown.cancelled().await;
                hub.stop().await;
            }
        });
        let readiness =
            move || if healthy.load(Ordering::Relaxed) { Ok(()) } else { Err("the store does not answer") };
        metrics::recorder().map_err(ServeError::from)?;
        metrics::node(hub.node());
        let drained = node.run(routes(state), Arc::new(readiness), shutdown.clone()).await;
        shutdown.cancel();
        let _stopped = stopping.await;
        store.close().await?;
        Ok(drained?)
    }
}

/// All routes of a node.
#[must_use]
pub fn routes(state: ApiState) -> Routes {
    let links = transport::routes(state.hub.clone(), Arc::clone(&state.keys));
    let probes = transport::probe_routes(Arc::clone(state.hub.clock()));
    let (usual, mut described) = api::routes(state.clone()).merge(links).merge(probes).into_parts();
    let (files, of_files) = api::file_routes(state.clone()).into_parts();
    let (large, of_large) = api::large_routes(state).into_parts();
    described.extend(of_files);
    described.extend(of_large);
    Routes {
        usual,
        files,
        files_body_bytes_max: api::FILE_BODY_BYTES_MAX,
        large,
        large_body_bytes_max: api::LARGE_BODY_BYTES_MAX,
        described,
    }
}

/// The store, and the way to the nodes that share it.
pub(crate) async fn open_store(
    config: &Config,
    clock: Arc<dyn Clock>,
) -> Result<(Arc<dyn Store>, Arc<dyn Hearsay>), RunError> {
    Ok(match config.store {
        StoreKind::Embedded => {
            let store = EmbeddedStore::open(config.data_dir.join(STORE_FOLDER), clock).await?;
            (Arc::new(store), Arc::new(NoHearsay))
        }
        StoreKind::Redis => {
            // Whoever checked the settings has seen to it that they are there.
            let options = config.redis.clone().ok_or(RunError::NoRedis)?;
            let store = Arc::new(RedisStore::open(options).await?);
            (Arc::clone(&store) as Arc<dyn Store>, store)
        }
        StoreKind::Memory => (Arc::new(MemoryStore::new(clock)), Arc::new(NoHearsay)),
    })
}

/// Where the settings want the files of posters. What has no folder for its meetings has none for their files.
pub(crate) async fn poster_files(config: &Config) -> Result<PosterFiles, RunError> {
    if let Some(bucket) = &config.s3 {
        return Ok(PosterFiles::over(s3::open(bucket).await?));
    }
    match config.store {
        StoreKind::Embedded | StoreKind::Redis => {
            Ok(PosterFiles::in_folder(&config.data_dir.join(FILES_FOLDER))?)
        }
        StoreKind::Memory => Ok(PosterFiles::in_memory()),
    }
}

async fn watch_health(store: Arc<dyn Store>, healthy: Arc<AtomicBool>) {
    let mut ticks = tokio::time::interval(HEALTH_INTERVAL);
    loop {
        ticks.tick().await;
        let answer = tokio::time::timeout(HEALTH_INTERVAL, store.health()).await;
        let well = matches!(answer, Ok(Ok(())));
        if healthy.swap(well, Ordering::Relaxed) == well {
            continue;
        }
        // Said once; each call that the store refuses meanwhile is counted and not logged.
        match answer {
            Ok(Ok(())) => tracing::info!("the store answers again"),
            Ok(Err(error)) => {
                tracing::error!(%error, "the store does not answer; until it does, nothing can be saved");
            }
            Err(_elapsed) => tracing::error!(
                wait_ms = HEALTH_INTERVAL.as_millis(),
                "the store is silent; until it answers, nothing can be saved"
            ),
        }
    }
}
