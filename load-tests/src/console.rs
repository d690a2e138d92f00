//! Progress lines while a scenario runs. Goes to standard error, so that standard output holds the report alone.

use std::sync::Arc;
use std::time::Instant;

/// Where progress is told.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    began: Arc<Instant>,
    quiet: bool,
}

impl Console {
    /// A console; a quiet one says nothing.
    pub(crate) fn new(quiet: bool) -> Self {
        Self { began: Arc::new(Instant::now()), quiet }
    }

    /// Seconds since the run began.
    pub(crate) fn elapsed_s(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// A line with the time in front.
    pub(crate) fn say(&self, line: impl AsRef<str>) {
        if !self.quiet {
            eprintln!("[{:6.1} s] {}", self.elapsed_s(), line.as_ref());
        }
    }
}
