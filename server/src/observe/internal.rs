//! The internal listener: metrics, alive, ready. It must not serve anything that people outside may see.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

/// Says whether this node can do its work now. Asked every few seconds, so it must answer at once from what is known.
pub trait Readiness: Send + Sync + 'static {
    /// `Ok` if people may be sent here.
    ///
    /// # Errors
    /// What is missing, in a few fixed words.
    fn check(&self) -> Result<(), &'static str>;
}

impl<F> Readiness for F
where
    F: Fn() -> Result<(), &'static str> + Send + Sync + 'static,
{
    fn check(&self) -> Result<(), &'static str> {
        self()
    }
}

/// What the internal routes need.
#[derive(Clone)]
pub struct InternalState {
    /// Renders the metrics.
    pub prometheus: PrometheusHandle,
    /// Knows whether the store and the rest are well.
    pub readiness: Arc<dyn Readiness>,
    /// Cancelled when the shutdown has begun: alive still, ready no more.
    pub draining: CancellationToken,
}

/// `/metrics`, `/healthz` and `/readyz`, for the internal listener only.
pub fn internal_router(state: InternalState) -> Router {
    Router::new()
        .route("/metrics", get(show_metrics))
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(show_readiness))
        .with_state(state)
}

async fn show_metrics(State(state): State<InternalState>) -> Response {
    // The version belongs to the text format; scrapers choose their parser by it.
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.prometheus.render())
        .into_response()
}

async fn show_readiness(State(state): State<InternalState>) -> Response {
    let outcome = if state.draining.is_cancelled() { Err("shutting down") } else { state.readiness.check() };
    match outcome {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::observe::metrics;

    async fn ask(router: &Router, path: &str) -> (StatusCode, String) {
        let response = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn alive_ready_and_the_way_down() {
        let healthy = Arc::new(AtomicBool::new(true));
        let draining = CancellationToken::new();
        let seen = Arc::clone(&healthy);
        let readiness =
            move || if seen.load(Ordering::Relaxed) { Ok(()) } else { Err("store does not answer") };
        let router = internal_router(InternalState {
            prometheus: metrics::recorder().unwrap(),
            readiness: Arc::new(readiness),
            draining: draining.clone(),
        });
        assert_eq!(ask(&router, "/healthz").await, (StatusCode::OK, "alive\n".into()));
        assert_eq!(ask(&router, "/readyz").await, (StatusCode::OK, "ready\n".into()));
        healthy.store(false, Ordering::Relaxed);
        let (status, reason) = ask(&router, "/readyz").await;
        assert_eq!((status, reason.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "store does not answer\n"));
        healthy.store(true, Ordering::Relaxed);
        draining.cancel();
        assert_eq!(ask(&router, "/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ask(&router, "/healthz").await.0, StatusCode::OK);
        let (status, text) = ask(&router, "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.is_empty() || text.contains("engawa_"), "{text}");
    }
}
