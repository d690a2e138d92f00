//! Where work is done that takes long and waits for nothing: not in a meeting's task, where everybody would wait for it.

/// Where such work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// On one of the runtime's threads for blocking work.
    Thread,
    /// At once and in line, so that a run can be repeated from its seed.
    InLine,
}

impl Aside {
    /// Does the work. None if it panicked or the runtime is going down.
    pub(super) async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        match self {
            Self::Thread => tokio::task::spawn_blocking(work).await.ok(),
            Self::InLine => Some(work()),
        }
    }
}
