//! The embedded store under a server, and by itself: on the same core, in batches of the same size, in as many logs.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;

use super::{Options, StoreRow, writers};
use crate::cores::Cores;
use crate::measure::Percentiles;
use crate::scenario::Stage;
use crate::server::{Fleet, FleetPlan, Process};
use crate::trouble::Trouble;

/// How much longer than asked the store alone may take to begin and to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// What `engawa measure-store` prints.
#[derive(Debug, Deserialize)]
struct Alone {
    per_second: u64,
    p50_ms: f64,
    p99_ms: f64,
}

pub(super) async fn measure(
    binary: &Path,
    options: &Options,
    time: Duration,
    stage: &Stage,
) -> Result<StoreRow, Trouble> {
    let cores = Cores::divide();
    let fleet = Fleet::start(binary, FleetPlan::usual(1), cores).await?;
    let written = writers::write(&fleet, options, time, stage).await?;
    fleet.stop().await?;
    let folder = tempfile::Builder::new().prefix("engawa-load-").tempdir();
    let folder = folder.map_err(Trouble::io("making a folder"))?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data).map_err(Trouble::io("making a folder"))?;
    let batch = written.batch();
    let mut command = Command::new(binary);
    command.arg("--data-dir").arg(&data).arg("measure-store");
    command.args(["--logs".into(), options.meetings.to_string(), "--batch".into(), batch.to_string()]);
    command.args(["--bytes".into(), written.entry_bytes.to_string()]);
    command.args(["--seconds".into(), time.as_secs().max(1).to_string()]);
    let output = folder.path().join("alone.json");
    let mut alone = Process::spawn_on(cores, "the store alone", command, &output)?;
    let status = alone.ended(time + PATIENCE).await?;
    let text = std::fs::read_to_string(&output).map_err(Trouble::io("reading the store's speed"))?;
    let unreadable = || Trouble::Server(format!("the store alone ended ({status}): {text}"));
    let found = text.lines().find_map(|line| serde_json::from_str::<Alone>(line).ok());
    let found = found.filter(|_| status.success()).ok_or_else(unreadable)?;
    Ok(StoreRow {
        nodes: 1,
        keep: "embedded",
        per_second: written.per_second,
        latency: written.latency,
        batch_x100: written.batch_x100,
        raw_batch: batch,
        raw_per_second: found.per_second,
        raw_latency: Percentiles { p50_ms: found.p50_ms, p99_ms: found.p99_ms, ..Percentiles::default() },
    })
}
