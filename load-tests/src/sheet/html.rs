//! The sheet as one page: styles and pictures inside, no other file and no other host.

use std::fmt::Write as _;

use super::svg::{draw, escape};
use super::{Figure, Latency, Sheet, number};
use crate::report::Report;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .75rem;border-bottom:1px solid #bbb;text-align:right}\
td:first-child,th:first-child{text-align:left}svg{width:100%;height:auto}svg text{font-size:12px;fill:#333}.grid{stroke:#ddd}\
.kept{color:#00573d}.missed{color:#a1281c;font-weight:700}.legend span{margin-right:1rem}.legend i{display:inline-block;width:1rem;height:.25rem;margin-right:.4rem;vertical-align:middle}";

/// The page of a run.
pub(crate) fn page(report: &Report, sheet: &Sheet) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>engawa-load {0}</title><style>{STYLE}</style></head><body>\n<h1>engawa-load {0}</h1>\n",
        escape(&report.scenario)
    );
    let verdict =
        if report.passed { ("kept", "Every promise was kept.") } else { ("missed", "Promises broken.") };
    // Writing to a string cannot fail.
    let _ = writeln!(
        html,
        "<p class=\"{}\">{}</p><p>{} people over {}, seed {}, {:.1} s; {}.</p>",
        verdict.0,
        verdict.1,
        number(super::real(sheet.people)),
        sheet.transport,
        report.seed,
        report.took_s,
        if sheet.pinned { "server and generator on a core each" } else { "cores shared" }
    );
    if !report.findings.is_empty() {
        html.push_str("<ul>");
        for finding in &report.findings {
            let _ = write!(html, "<li>{:?}: {}</li>", finding.promise, escape(&finding.what));
        }
        html.push_str("</ul>\n");
    }
    write_tables(&mut html, sheet);
    for chart in &sheet.charts {
        let _ = write!(html, "<h2>{}</h2>\n<figure>{}</figure>\n", escape(&chart.title), draw(chart));
    }
    html.push_str("</body></html>\n");
    html
}

fn write_tables(html: &mut String, sheet: &Sheet) {
    if !sheet.budgets.is_empty() {
        html.push_str("<h2>Budgets</h2>\n<table>");
        for budget in &sheet.budgets {
            let (class, word) = if budget.kept { ("kept", "kept") } else { ("missed", "missed") };
            let _ = write!(
                html,
                "<tr><td>{}</td><td class=\"{class}\">{word}</td></tr>",
                escape(&budget.to_string())
            );
        }
        html.push_str("</table>\n");
    }
    html.push_str("<h2>Figures</h2>\n<table>");
    for Figure { what, value, unit } in &sheet.figures {
        let _ = write!(html, "<tr><td>{}</td><td>{} {unit}</td></tr>", escape(what), number(*value));
    }
    html.push_str("</table>\n<table><tr><th>times (ms)</th><th>count</th><th>p50</th><th>p90</th><th>p99</th><th>max</th></tr>");
    for Latency { what, times } in &sheet.latencies {
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{:.1}</td><td>{:.1}</td><td>{:.1}</td><td>{:.1}</td></tr>",
            escape(what),
            times.count,
            times.p50_ms,
            times.p90_ms,
            times.p99_ms,
            times.max_ms
        );
    }
    html.push_str("</table>\n");
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::measure::Times;
    use crate::sheet::Chart;

    #[test]
    fn the_page_needs_nothing_else() {
        let mut times = Times::default();
        (1..500).for_each(|ms| times.add(Duration::from_millis(ms)));
        let mut sheet = Sheet::default();
        sheet.times("a -> b", &times);
        sheet.charts.push(Chart::percentiles("latency", [("engawa", &times)]));
        let page = page(&Report::default(), &sheet);
        assert!(page.contains("<svg") && page.contains("a -&gt; b"), "{page}");
        for outside in ["http:", "https:", "src=", "href=", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}
