//! What the way through nodes costs: commands acknowledged per second and their latency on the embedded store, beside that store
//! alone (`engawa measure-store`); at one and at three nodes on Redis with `everysec` and `always`, beside raw `XADD` through the
//! same client crate; each beside batches of the same size. And what a meeting and a note take of Redis' memory. All in one run, so that the ratios mean something.

mod embedded;
mod memory;
mod raw;
mod writers;

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::Stage;
use crate::measure::Percentiles;
use crate::report::Report;
use crate::server::{Fleet, FleetPlan, Fsync, Keep, binary_beside};
use crate::trouble::{Promise, Trouble};
pub(crate) use memory::MemoryUse;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Seconds for each measurement.
    #[arg(long, value_name = "SECONDS", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,

    /// Meetings that are held at the same time.
    #[arg(long, value_name = "NUMBER", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=1000))]
    meetings: u16,

    /// People in each meeting who write notes as fast as they may, one after the other.
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=50))]
    writers: u16,

    /// Only the embedded store.
    #[arg(long)]
    embedded: bool,
}

/// Commands a second that are to be acknowledged on the embedded store, as a part of what that store does alone.
const EMBEDDED_RATIO_MIN: f64 = 0.7;

/// One measurement.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StoreRow {
    /// Nodes.
    pub(crate) nodes: usize,
    /// Where they keep meetings.
    pub(crate) keep: &'static str,
    /// Commands acknowledged in a second.
    pub(crate) per_second: u64,
    /// Sent → acknowledged.
    pub(crate) latency: Percentiles,
    /// Inputs in an append, on average, in hundredths.
    pub(crate) batch_x100: u64,
    /// Entries in a batch of the raw measurement beside it.
    pub(crate) raw_batch: usize,
    /// Raw entries in a second.
    pub(crate) raw_per_second: u64,
    /// A raw batch, sent → answered.
    pub(crate) raw_latency: Percentiles,
}

/// All of it.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct StoreTable {
    /// A row for each number of nodes and mode.
    pub(crate) rows: Vec<StoreRow>,
    /// What is kept costs.
    pub(crate) memory: MemoryUse,
}

/// Measures everything.
pub(crate) async fn run(options: &Options, stage: Stage, server: Option<&Path>) -> Result<Report, Trouble> {
    let binary = match server {
        Some(path) => path.to_owned(),
        None => binary_beside()?,
    };
    let time = Duration::from_secs(u64::from(options.seconds));
    let mut table = StoreTable::default();
    stage.console.say("one node, embedded store");
    let row = embedded::measure(&binary, options, time, &stage).await?;
    let ratio = crate::sheet::real(row.per_second) / crate::sheet::real(row.raw_per_second.max(1));
    if stage.judges_budgets && ratio < EMBEDDED_RATIO_MIN {
        let what = format!("{ratio:.2} times the embedded store alone, at least {EMBEDDED_RATIO_MIN} wanted");
        stage.findings.add(Promise::Budget, what);
    }
    table.rows.push(row);
    if options.embedded {
        return Ok(Report { seed: stage.seed, store: Some(table), ..Report::default() });
    }
    for fsync in [Fsync::Everysec, Fsync::Always] {
        for nodes in [1, 3] {
            stage.console.say(format!("{nodes} nodes, appendfsync {}", fsync.name()));
            let mut fleet =
                Fleet::start(&binary, FleetPlan { nodes, keep: Keep::Redis(fsync) }, None).await?;
            let before = memory::used(&fleet).await?;
            let written = writers::write(&fleet, options, time, &stage).await?;
            if written.per_second == 0 {
                stage.findings.add(Promise::Progress, "nothing was acknowledged");
            }
            if nodes == 1 && fsync == Fsync::Always {
                table.memory = memory::measure(&mut fleet, before, &written).await?;
            }
            let raw_batch = written.batch();
            let appenders = usize::from(options.meetings) * nodes;
            let raw = raw::append(&fleet, (appenders, raw_batch, written.entry_bytes), time).await?;
            table.rows.push(StoreRow {
                nodes,
                keep: fsync.name(),
                per_second: written.per_second,
                latency: written.latency,
                batch_x100: written.batch_x100,
                raw_batch,
                raw_per_second: raw.per_second,
                raw_latency: raw.latency,
            });
        }
    }
    Ok(Report { seed: stage.seed, store: Some(table), ..Report::default() })
}

impl std::fmt::Display for StoreTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "\n  {:<10}{:>6}{:>12}{:>10}{:>10}{:>8}  | {:>12}{:>10}{:>10} | {:>8}",
            "store", "nodes", "commands/s", "p50 ms", "p99 ms", "batch", "raw/s", "p50 ms", "p99 ms", "ratio"
        )?;
        for row in &self.rows {
            let ratio_x1000 = (row.per_second * 1_000).checked_div(row.raw_per_second).unwrap_or(0);
            writeln!(
                f,
                "  {:<10}{:>6}{:>12}{:>10.1}{:>10.1}{:>5}.{:02}  | {:>12}{:>10.1}{:>10.1} | {:>4}.{:03}",
                row.keep,
                row.nodes,
                row.per_second,
                row.latency.p50_ms,
                row.latency.p99_ms,
                row.batch_x100 / 100,
                row.batch_x100 % 100,
                row.raw_per_second,
                row.raw_latency.p50_ms,
                row.raw_latency.p99_ms,
                ratio_x1000 / 1_000,
                ratio_x1000 % 1_000
            )?;
        }
        if self.memory != MemoryUse::default() {
            write!(f, "{}", self.memory)?;
        }
        Ok(())
    }
}
