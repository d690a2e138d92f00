//! What a load scenario found: figures, budgets and curves, as text and as one page of HTML that needs no other file.

mod html;
mod svg;

use std::fmt;

use serde::Serialize;

pub(crate) use self::html::page;
use crate::measure::{Percentiles, Times};
use crate::trouble::{Findings, Promise};

/// One number.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// What it says.
    pub(crate) what: String,
    /// The number.
    pub(crate) value: f64,
    /// Its unit.
    pub(crate) unit: &'static str,
}

/// Which side of its limit a number has to be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bound {
    /// Not above.
    AtMost,
    /// Not below.
    AtLeast,
}

/// A number that has to be reached.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Budget {
    /// What was found.
    pub(crate) found: Figure,
    /// On which side.
    pub(crate) bound: Bound,
    /// Of what.
    pub(crate) limit: f64,
    /// Whether it was.
    pub(crate) kept: bool,
}

/// Times of one kind.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Latency {
    /// From what to what.
    pub(crate) what: String,
    /// What they come to.
    pub(crate) times: Percentiles,
}

/// A line in a picture.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Series {
    /// Its name.
    pub(crate) name: String,
    /// Its points, in order.
    pub(crate) points: Vec<(f64, f64)>,
}

/// How an axis is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scale {
    /// Evenly, from 0.
    Linear,
    /// By powers of ten.
    Log,
}

/// An axis.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Axis {
    /// What it shows, with the unit.
    pub(crate) label: String,
    /// Its division.
    pub(crate) scale: Scale,
}

/// A picture.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Chart {
    /// What it shows.
    pub(crate) title: String,
    /// To the right.
    pub(crate) x: Axis,
    /// Upwards.
    pub(crate) y: Axis,
    /// The lines.
    pub(crate) series: Vec<Series>,
}

impl Chart {
    /// Curves of percentiles: to the right how rare, upwards how long.
    pub(crate) fn percentiles<'a>(
        title: &str,
        times: impl IntoIterator<Item = (&'a str, &'a Times)>,
    ) -> Self {
        Self {
            title: title.into(),
            x: Axis { label: "one in so many is slower".into(), scale: Scale::Log },
            y: Axis { label: "ms".into(), scale: Scale::Log },
            series: times
                .into_iter()
                .map(|(name, times)| Series { name: name.into(), points: times.curve() })
                .collect(),
        }
    }

    /// A picture with linear axes.
    pub(crate) fn plain(title: &str, x: &str, y: &str, series: Vec<Series>) -> Self {
        let axis = |label: &str| Axis { label: label.into(), scale: Scale::Linear };
        Self { title: title.into(), x: axis(x), y: axis(y), series }
    }

    /// p50 and p99 second by second.
    pub(crate) fn by_second(title: &str, seconds: &std::collections::BTreeMap<u64, Times>) -> Self {
        let line = |name: &str, pick: fn(&Percentiles) -> f64| Series {
            name: name.into(),
            points: seconds
                .iter()
                .map(|(second, times)| (real(*second), pick(&times.percentiles())))
                .collect(),
        };
        let series = vec![line("p50", |times| times.p50_ms), line("p99", |times| times.p99_ms)];
        Self::plain(title, "s", "ms", series)
    }
}

/// A count as a real number.
#[expect(clippy::cast_precision_loss, reason = "counts of a run fit a double exactly")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}

/// What a scenario found.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Sheet {
    /// How many people and how they were connected.
    pub(crate) people: u64,
    /// `ws`, `stream` or `poll`.
    pub(crate) transport: &'static str,
    /// Server and generator on a core of their own each.
    pub(crate) pinned: bool,
    /// Numbers.
    pub(crate) figures: Vec<Figure>,
    /// Times.
    pub(crate) latencies: Vec<Latency>,
    /// What had to be reached.
    pub(crate) budgets: Vec<Budget>,
    /// Pictures.
    pub(crate) charts: Vec<Chart>,
}

impl Sheet {
    /// Notes a number.
    pub(crate) fn figure(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.figures.push(Figure { what: what.into(), value, unit });
    }

    /// Notes times.
    pub(crate) fn times(&mut self, what: impl Into<String>, times: &Times) -> Percentiles {
        let times = times.percentiles();
        self.latencies.push(Latency { what: what.into(), times });
        times
    }

    /// Notes a number that has to be reached.
    pub(crate) fn budget(
        &mut self,
        what: impl Into<String>,
        (value, unit): (f64, &'static str),
        bound: Bound,
        limit: f64,
    ) {
        let kept = match bound {
            Bound::AtMost => value <= limit,
            Bound::AtLeast => value >= limit,
        };
        self.budgets.push(Budget { found: Figure { what: what.into(), value, unit }, bound, limit, kept });
    }

    /// Makes a finding of every budget that was not kept.
    pub(crate) fn judge(&self, findings: &Findings) {
        for budget in self.budgets.iter().filter(|budget| !budget.kept) {
            findings.add(Promise::Budget, budget.to_string());
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { found: Figure { what, value, unit }, bound, limit, .. } = self;
        let bound = match bound {
            Bound::AtMost => "at most",
            Bound::AtLeast => "at least",
        };
        write!(f, "{what}: {} {unit}, {bound} {} wanted", number(*value), number(*limit))
    }
}

/// A number as people read it.
pub(super) fn number(value: f64) -> String {
    if value.abs() >= 1_000.0 {
        let whole = format!("{:.0}", value.abs());
        let grouped: Vec<&str> =
            whole.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
        format!("{}{}", if value < 0.0 { "-" } else { "" }, grouped.join(","))
    } else if value.fract() == 0.0 {
        format!("{value:.0}")
    } else if value.abs() >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cores = if self.pinned {
            "a core each for server and generator"
        } else {
            "no core of its own for anyone"
        };
        writeln!(f, "\n{} people over {}, {cores}", number(real(self.people)), self.transport)?;
        for Figure { what, value, unit } in &self.figures {
            writeln!(f, "  {what:<72}{:>12} {unit}", number(*value))?;
        }
        if !self.latencies.is_empty() {
            let [count, p50, p90, p99, max] = ["count", "p50", "p90", "p99", "max"];
            writeln!(f, "\n  {:<72}{count:>9} {p50:>9} {p90:>9} {p99:>9} {max:>9}", "times (ms)")?;
        }
        for Latency { what, times } in &self.latencies {
            let Percentiles { count, p50_ms, p90_ms, p99_ms, max_ms } = times;
            writeln!(f, "  {what:<72}{count:>9} {p50_ms:>9.1} {p90_ms:>9.1} {p99_ms:>9.1} {max_ms:>9.1}")?;
        }
        if !self.budgets.is_empty() {
            writeln!(f)?;
        }
        for budget in &self.budgets {
            writeln!(f, "  {} {budget}", if budget.kept { "kept  " } else { "MISSED" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_that_is_missed_is_a_finding() {
        let (mut sheet, findings) = (Sheet::default(), Findings::default());
        sheet.budget("p99", (19.0, "ms"), Bound::AtMost, 20.0);
        sheet.budget("ratio", (1.0, ""), Bound::AtLeast, 1.0);
        sheet.judge(&findings);
        assert_eq!(findings.count(), 0);
        sheet.budget("p50", (3.5, "ms"), Bound::AtMost, 3.0);
        sheet.judge(&findings);
        assert_eq!(findings.list()[0].what, "p50: 3.50 ms, at most 3 wanted");
        assert!(sheet.to_string().contains("MISSED p50"));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            ["0.50", "12.3", "1,235", "-1,000,000"],
            [0.5, 12.34, 1_234.6, -1e6].map(number).each_ref().map(|s| s.as_str())
        );
    }
}
