//! The report: what was played, what was found, what was measured; as text for people and as JSON for programs.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::client::Traffic;
use crate::measure::{Measured, NoteLatency, Percentiles, Times};
use crate::scenario::{FaultTimes, StoreTable, StormTimes};
use crate::server::ProcessUse;
use crate::sheet::Sheet;
use crate::trouble::{Finding, Findings};

/// How many people and things took part.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Sizes {
    /// Teams.
    pub(crate) teams: usize,
    /// People of all roles.
    pub(crate) people: usize,
    /// Connections at the end, second devices and the projector included.
    pub(crate) connections: usize,
    /// Notes whose text reached the log, edits included.
    pub(crate) notes: usize,
    /// Comments.
    pub(crate) comments: usize,
    /// Ballots counted.
    pub(crate) ballots: usize,
}

/// What was compared.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Checks {
    /// Entries replayed.
    pub(crate) entries: u64,
    /// Of these, entries the domain rejected.
    pub(crate) entries_rejected: u64,
    /// Views of one person at one position compared with the replay, field by field.
    pub(crate) screens_compared: u64,
    /// Notes that were acknowledged and looked for.
    pub(crate) notes_acknowledged: usize,
    /// Marked texts received and judged.
    pub(crate) sights_judged: usize,
    /// Cheats tried.
    pub(crate) cheats_tried: u64,
}

/// What went over the lines.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Lines {
    /// Devices.
    pub(crate) devices: usize,
    /// Bytes received by all.
    pub(crate) bytes_in: u64,
    /// Bytes received per device, on average.
    pub(crate) bytes_in_mean: u64,
    /// The device that received most.
    pub(crate) bytes_in_max: u64,
    /// The largest frame.
    pub(crate) largest_frame_bytes: u64,
    /// Frames received by all.
    pub(crate) frames_in: u64,
    /// Events received by all.
    pub(crate) events_in: u64,
    /// Bytes sent by all.
    pub(crate) bytes_out: u64,
    /// Welcomes with a fresh view.
    pub(crate) views: u64,
    /// Welcomes that resumed.
    pub(crate) resumes: u64,
    /// Commands refused for now and sent again.
    pub(crate) commands_sent_again: u64,
    /// Ends of lines, by reason.
    pub(crate) ends: BTreeMap<String, u64>,
    /// Connecting → welcome.
    pub(crate) welcome: Percentiles,
    /// The largest difference any device found between its clock and the server's, in milliseconds.
    pub(crate) clock_offset_max_ms: u64,
}

impl Lines {
    /// Sums the traffic of all devices.
    pub(crate) fn of<'a>(devices: impl IntoIterator<Item = &'a Traffic>) -> Self {
        let mut lines = Self::default();
        let mut welcome = Times::default();
        for traffic in devices {
            lines.devices += 1;
            lines.bytes_in += traffic.bytes_in;
            lines.bytes_in_max = lines.bytes_in_max.max(traffic.bytes_in);
            lines.largest_frame_bytes = lines.largest_frame_bytes.max(traffic.largest_in);
            lines.frames_in += traffic.frames_in;
            lines.events_in += traffic.events_in;
            lines.bytes_out += traffic.bytes_out;
            lines.views += traffic.views;
            lines.resumes += traffic.resumes;
            lines.commands_sent_again += traffic.again;
            for (end, count) in &traffic.ends {
                *lines.ends.entry(end.clone()).or_default() += count;
            }
            for micros in &traffic.welcome_us {
                welcome.add(std::time::Duration::from_micros(*micros));
            }
            if let Some((_, offset)) = traffic.clock {
                lines.clock_offset_max_ms = lines.clock_offset_max_ms.max(offset.unsigned_abs());
            }
        }
        lines.bytes_in_mean = lines.bytes_in.checked_div(lines.devices as u64).unwrap_or(0);
        lines.welcome = welcome.percentiles();
        lines
    }
}

/// All of it.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Report {
    /// The scenario.
    pub(crate) scenario: String,
    /// The seed.
    pub(crate) seed: u64,
    /// Whether every promise was kept.
    pub(crate) passed: bool,
    /// How long it took, in seconds.
    pub(crate) took_s: f64,
    /// What took part.
    pub(crate) sizes: Sizes,
    /// What was compared.
    pub(crate) checks: Checks,
    /// How long notes took.
    pub(crate) notes: NoteLatency,
    /// What else was measured.
    pub(crate) measured: Measured,
    /// What went over the lines.
    pub(crate) lines: Lines,
    /// What was done to the servers, and how long it was felt.
    pub(crate) faults: StormTimes,
    /// What the store costs, where that was what was measured.
    pub(crate) store: Option<StoreTable>,
    /// What a load scenario found.
    pub(crate) sheet: Option<Sheet>,
    /// How long each phase took, in seconds.
    pub(crate) phases: Vec<(String, f64)>,
    /// How many nodes served, when they were ours.
    pub(crate) nodes: usize,
    /// The server's processes at the end of the scenario, together.
    pub(crate) server: Option<ProcessUse>,
    /// Redis' process at the end of the scenario.
    pub(crate) redis: Option<ProcessUse>,
    /// This program's own.
    pub(crate) load: Option<ProcessUse>,
    /// Bytes in the server's data folder at the end.
    pub(crate) server_data_bytes: Option<u64>,
    /// How many promises were broken.
    pub(crate) findings_count: u64,
    /// Those that were kept in full.
    pub(crate) findings: Vec<Finding>,
}

impl Report {
    /// Takes the findings in and gives the verdict.
    pub(crate) fn finish(&mut self, findings: &Findings, took_s: f64) {
        self.findings = findings.list();
        self.findings_count = findings.count();
        self.passed = self.findings_count == 0;
        self.took_s = took_s;
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, times: &Percentiles) -> fmt::Result {
    let Percentiles { count, p50_ms, p90_ms, p99_ms, max_ms } = times;
    writeln!(f, "  {name:<34}{count:>8} {p50_ms:>10.1} {p90_ms:>10.1} {p99_ms:>10.1} {max_ms:>10.1}")
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

fn counts<K: fmt::Display>(map: &BTreeMap<K, u64>) -> String {
    map.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = if self.nodes > 1 { format!(", {} nodes", self.nodes) } else { String::new() };
        writeln!(f, "{} (seed {}{nodes}), {:.1} s", self.scenario, self.seed, self.took_s)?;
        if let Some(table) = &self.store {
            write!(f, "{table}")?;
            return self.write_verdict(f);
        }
        if let Some(sheet) = &self.sheet {
            write!(f, "{sheet}")?;
            self.write_processes(f)?;
            return self.write_verdict(f);
        }
        self.write_meeting(f)?;
        self.write_verdict(f)
    }
}

impl Report {
    /// What was played, compared and measured in a meeting.
    fn write_meeting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sizes, checks, lines, measured, .. } = self;
        writeln!(
            f,
            "\n{} teams, {} people, {} connections; {} notes, {} comments, {} ballots",
            sizes.teams, sizes.people, sizes.connections, sizes.notes, sizes.comments, sizes.ballots
        )?;
        let phases: Vec<String> = self.phases.iter().map(|(name, s)| format!("{name} {s:.1}")).collect();
        writeln!(f, "phases (s): {}", phases.join(", "))?;
        writeln!(
            f,
            "\nchecked: {} entries replayed ({} rejected), {} screens compared, {} acknowledged notes looked for, \
             {} texts received and judged, {} cheats tried",
            checks.entries,
            checks.entries_rejected,
            checks.screens_compared,
            checks.notes_acknowledged,
            checks.sights_judged,
            checks.cheats_tried
        )?;
        let [count, p50, p90, p99, max] = ["count", "p50", "p90", "p99", "max"];
        writeln!(f, "\n  {:<34}{count:>8} {p50:>10} {p90:>10} {p99:>10} {max:>10}", "times (ms)")?;
        row(f, "note sent -> acknowledged", &self.notes.acknowledged)?;
        row(f, "note sent -> on the last screen", &self.notes.on_the_last_screen)?;
        row(f, "any command -> acknowledged", &measured.acknowledged)?;
        row(f, "the same over a broken line", &measured.acknowledged_after_a_break)?;
        row(f, "connecting -> welcome", &lines.welcome)?;
        let per_note = self.notes.screens_per_note_x100;
        writeln!(f, "  screens per note: {}.{:02}", per_note / 100, per_note % 100)?;
        for FaultTimes { kind, count, over, line, command } in &self.faults.kinds {
            writeln!(f, "\n  {} times: {}", count, kind.name())?;
            row(f, "  fault -> everything runs again", over)?;
            row(f, "  line lost -> next welcome", line)?;
            row(f, "  command sent -> acknowledged", command)?;
        }
        if !self.faults.kinds.is_empty() {
            writeln!(f, "\n  over several faults in a row")?;
            row(f, "  line lost -> next welcome", &self.faults.lines_over_several)?;
            row(f, "  command sent -> acknowledged", &self.faults.commands_over_several)?;
        }
        writeln!(
            f,
            "\nreceived: {:.1} MiB in {} frames with {} events; per device {:.1} KiB on average, {:.1} KiB at most; \
             largest frame {:.1} KiB; sent {:.1} MiB",
            mib(lines.bytes_in),
            lines.frames_in,
            lines.events_in,
            mib(lines.bytes_in_mean) * 1024.0,
            mib(lines.bytes_in_max) * 1024.0,
            mib(lines.largest_frame_bytes) * 1024.0,
            mib(lines.bytes_out)
        )?;
        writeln!(
            f,
            "lines: {} devices, {} fresh views, {} resumed; ends: {}; {} commands sent again; clocks within {} ms",
            lines.devices,
            lines.views,
            lines.resumes,
            counts(&lines.ends),
            lines.commands_sent_again,
            lines.clock_offset_max_ms
        )?;
        writeln!(f, "commands: {}", counts(&measured.commands))?;
        writeln!(f, "rejections: {}", counts(&measured.rejections))?;
        self.write_processes(f)
    }

    /// What servers and this program took.
    fn write_processes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, process) in [("server", &self.server), ("redis", &self.redis), ("load", &self.load)] {
            if let Some(ProcessUse { memory_bytes, memory_peak_bytes, cpu_ms }) = process {
                writeln!(
                    f,
                    "{name}: {:.1} MiB in memory, {:.1} MiB at most, {:.1} s of processor time",
                    mib(*memory_bytes),
                    mib(*memory_peak_bytes),
                    mib(cpu_ms * 1_048_576) / 1000.0
                )?;
            }
        }
        if let Some(bytes) = self.server_data_bytes {
            writeln!(f, "server's data folder: {:.1} MiB", mib(bytes))?;
        }
        Ok(())
    }

    fn write_verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.passed {
            return writeln!(f, "\nEvery promise was kept.");
        }
        writeln!(f, "\n{} PROMISES BROKEN", self.findings_count)?;
        for Finding { promise, phase, what } in &self.findings {
            writeln!(f, "- [{promise:?}, {phase}] {what}")?;
        }
        let kept = self.findings.len() as u64;
        if kept < self.findings_count {
            writeln!(f, "… and {} more", self.findings_count - kept)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trouble::Promise;

    #[test]
    fn one_finding_fails_the_run_and_is_told() {
        let findings = Findings::default();
        let mut report = Report { scenario: "workshop".into(), ..Report::default() };
        report.finish(&findings, 1.0);
        assert!(report.passed && report.to_string().contains("Every promise was kept"));
        findings.enter_phase("vote");
        findings.add(Promise::Vote, "the tally is not the sum");
        report.finish(&findings, 1.0);
        assert!(!report.passed);
        assert!(report.to_string().contains("- [Vote, vote] the tally is not the sum"), "{report}");
    }
}
