//! Runs a node: opens both listeners, serves until told to stop, drains. Owns the order of start and end; must not know
//! the routes of meetings (they come as a router) nor the store (it comes as a readiness).

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::http::{self, Assets, Described, HttpOptions, assets};
use crate::net::{self, CertificateError, Drained, Tls};
use crate::observe::metrics::{self, MetricsError};
use crate::observe::{InternalState, Readiness, internal_router};

/// Bodies of ordinary requests, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// A body may pause this long.
const BODY_STALL_TIMEOUT: Duration = Duration::from_secs(15);
/// Connections of scrapers and probes.
const INTERNAL_CONNECTIONS_MAX: usize = 64;
/// Histograms gather samples until they are tidied; without scrapes nobody else does it.
const METRICS_UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// Why a node could not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address cannot be listened on.
    #[error("{field}: cannot listen on {address}: {source}")]
    Bind {
        /// The setting that names the address.
        field: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The pages cannot be read.
    #[error("web_dir: {folder}: {source}")]
    Pages {
        /// The folder that the setting names.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// Metrics could not be set up.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
}

/// A node whose addresses are taken and that serves nobody yet.
#[derive(Debug)]
pub struct Node {
    listener: TcpListener,
    internal_listener: TcpListener,
    pages: Assets,
    tls: Option<Tls>,
    config: Config,
}

impl Node {
    /// Takes both addresses, reads the certificate and the pages.
    ///
    /// # Errors
    /// [`ServeError::Bind`], [`ServeError::Pages`] or [`ServeError::Certificate`] that names the setting.
    pub async fn bind(mut config: Config) -> Result<Self, ServeError> {
        let tls = config.tls.as_ref().map(Tls::open).transpose()?;
        let listener = bind("listen", config.listen).await?;
        let internal_listener = bind("internal_listen", config.internal_listen).await?;
        if let Ok(address) = listener.local_addr() {
            config.settle_public_url(address);
        }
        let pages = match &config.web_dir {
            None => Assets::embedded(),
            Some(folder) => Assets::from_folder(folder)
                .map_err(|source| ServeError::Pages { folder: folder.clone(), source })?,
        };
        Ok(Self { listener, internal_listener, pages, tls, config })
    }

    /// The settings, with a public address that fits the port in use. Links are made from these.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Where people connect; differs from the setting if that asked for any free port.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Where metrics and health are served.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn internal_address(&self) -> io::Result<SocketAddr> {
        self.internal_listener.local_addr()
    }

    /// Serves `routes` and the web client until `shutdown` is cancelled; then drains. The internal listener stays until
    /// the end, so that the way down can be watched.
    ///
    /// # Errors
    /// [`ServeError::Metrics`] if another recorder is installed in this process.
    pub async fn run(
        self,
        routes: Routes,
        readiness: Arc<dyn Readiness>,
        shutdown: CancellationToken,
    ) -> Result<Drained, ServeError> {
        let Self { listener, internal_listener, pages, tls, config } = self;
        let prometheus = metrics::recorder()?;
        let ended = CancellationToken::new();
        let upkeep = tokio::spawn({
            let (prometheus, ended) = (prometheus.clone(), ended.clone());
            ended.run_until_cancelled_owned(async move {
                let mut ticks = tokio::time::interval(METRICS_UPKEEP_INTERVAL);
                loop {
                    ticks.tick().await;
                    prometheus.run_upkeep();
                }
            })
        });
        let internal = tokio::spawn(net::serve(
            internal_listener,
            internal_router(InternalState { prometheus, readiness, draining: shutdown.clone() }),
            net::Options {
                listener: "internal",
                max_connections: INTERNAL_CONNECTIONS_MAX,
                drain_timeout: Duration::from_secs(1),
                ..net::Options::default()
            },
            ended.clone(),
        ));
        if let (Some(tls), Some(files)) = (&tls, &config.tls) {
            let (tls, files, host) = (tls.clone(), files.clone(), config.public_url.host().to_owned());
            let following = net::follow_files(tls, files, host, asked_to_reload(), ended.clone());
            tokio::spawn(following);
        }
        let options = net::Options { tls, ..net_options(&config) };
        let drained =
            net::serve(listener, with_common_layers(&config, routes, pages), options, shutdown).await;
        ended.cancel();
        let (_upkeep_ended, _internal_ended) = tokio::join!(upkeep, internal);
        Ok(drained)
    }
}

/// The routes as they are served: with the web client behind them and the common layers around them.
pub fn with_common_layers(config: &Config, routes: Routes, pages: Assets) -> Router {
    let pages = Router::new().fallback(assets::serve_assets).with_state(pages);
    let options = |max_body_bytes| HttpOptions {
        headers: config.security_headers(),
        origins: config.origin_policy(),
        max_body_bytes,
        body_stall_timeout: BODY_STALL_TIMEOUT,
    };
    let large = http::finish(routes.large, options(routes.large_body_bytes_max));
    let files = http::finish(routes.files, options(routes.files_body_bytes_max));
    http::finish(routes.usual.fallback_service(pages), options(MAX_BODY_BYTES)).merge(large).merge(files)
}

/// The routes of a node, by what their bodies may weigh.
#[derive(Debug, Default)]
pub struct Routes {
    /// Routes with bodies of ordinary requests.
    pub usual: Router,
    /// Routes that take larger ones.
    pub large: Router,
    /// How large, in bytes.
    pub large_body_bytes_max: usize,
    /// Routes that take files.
    pub files: Router,
    /// How large, in bytes.
    pub files_body_bytes_max: usize,
    /// What the API's document says about all of them.
    pub described: Vec<Described>,
}

fn net_options(config: &Config) -> net::Options {
    net::Options {
        max_connections: config.max_connections.get(),
        drain_timeout: config.drain_timeout,
        ..net::Options::default()
    }
}

/// Told at every SIGHUP. Without TLS the signal ends the process as it always does.
fn asked_to_reload() -> Arc<Notify> {
    let asked = Arc::new(Notify::new());
    #[cfg(unix)]
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) {
        Ok(mut hangup) => {
            let asked = Arc::clone(&asked);
            tokio::spawn(async move {
                while hangup.recv().await.is_some() {
                    asked.notify_one();
                }
            });
        }
        Err(error) => {
            tracing::warn!(%error, "SIGHUP cannot be watched; renewed certificates are noticed all the same")
        }
    }
    asked
}

async fn bind(field: &'static str, address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Bind { field, address, source })
}

/// Cancels `shutdown` at the first SIGTERM or Ctrl-C. A second one ends the process at once: somebody is impatient.
///
/// # Errors
/// What the operating system says if signals cannot be watched.
pub fn shut_down_on_signal(shutdown: CancellationToken) -> io::Result<()> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::spawn(async move {
        loop {
            #[cfg(unix)]
            let signal = async {
                tokio::select! {
                    outcome = tokio::signal::ctrl_c() => outcome,
                    _some = terminate.recv() => Ok(()),
                }
            };
            #[cfg(not(unix))]
            let signal = tokio::signal::ctrl_c();
            if let Err(error) = signal.await {
                tracing::error!(%error, "signals can no longer be watched");
                return;
            }
            if shutdown.is_cancelled() {
                tracing::warn!("second signal: ending at once");
                std::process::exit(1);
            }
            tracing::info!("shutting down; a second signal ends at once");
            shutdown.cancel();
        }
    });
    Ok(())
}
