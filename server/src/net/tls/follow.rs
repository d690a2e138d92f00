//! Notices that a certificate has been renewed, and takes the new one without a restart.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Certificate, CertificateFiles, Tls};

/// How often the files are looked at. Whoever renews a certificate does so days ahead.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// What tells a file from what it was before.
type Look = (Option<SystemTime>, u64);

/// Takes what the files hold whenever they have changed, or `asked` says so (SIGHUP), until `shutdown` is cancelled.
///
/// What cannot be used is said in the log, and the certificate before it stays in use. The two files are written one after the
/// other; between them they do not go together, and the second look takes both.
pub async fn follow_files(
    tls: Tls,
    files: CertificateFiles,
    host: String,
    asked: Arc<Notify>,
    shutdown: CancellationToken,
) {
    let mut before = look(&files).await;
    loop {
        let by_hand = tokio::select! {
            () = shutdown.cancelled() => return,
            () = asked.notified() => true,
            () = tokio::time::sleep(LOOK_EVERY) => false,
        };
        let now = look(&files).await;
        if now == before && !by_hand {
            continue;
        }
        before = now;
        let reading = tokio::task::spawn_blocking({
            let files = files.clone();
            move || Certificate::read(&files)
        });
        match reading.await {
            Ok(Ok(certificate)) => {
                for warning in certificate.warnings(&host, SystemTime::now()) {
                    tracing::warn!("{warning}");
                }
                tls.exchange(certificate);
                tracing::info!("the certificate has been read anew");
            }
            Ok(Err(error)) => tracing::error!(%error, "the certificate stays as it was"),
            Err(error) => tracing::error!(%error, "the certificate stays as it was"),
        }
    }
}

async fn look(files: &CertificateFiles) -> [Look; 2] {
    [look_at(&files.certificate).await, look_at(&files.key).await]
}

async fn look_at(file: &Path) -> Look {
    match tokio::fs::metadata(file).await {
        Ok(metadata) => (metadata.modified().ok(), metadata.len()),
        Err(_missing) => (None, 0),
    }
}
