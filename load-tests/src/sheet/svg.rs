//! A chart as SVG, to stand inside a page.

use std::fmt::Write as _;

use super::{Axis, Chart, Scale, number};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 48.0;
/// Colours that can be told apart by people who do not see red and green (Okabe and Ito).
const COLORS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#8a6d00"];

/// Where values lie along an axis.
struct Ruler {
    scale: Scale,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Ruler {
    fn new(axis: &Axis, values: impl Iterator<Item = f64> + Clone, (from, to): (f64, f64)) -> Self {
        let most = values.clone().fold(0.0_f64, f64::max);
        let (low, high) = match axis.scale {
            Scale::Linear => (0.0, if most > 0.0 { most * 1.05 } else { 1.0 }),
            Scale::Log => {
                let least = values.filter(|value| *value > 0.0).fold(f64::MAX, f64::min);
                let low = if least < f64::MAX { least.log10().floor() } else { 0.0 };
                let high = if most > 0.0 { most.log10().ceil() } else { 1.0 };
                (low, if high > low { high } else { low + 1.0 })
            }
        };
        Self { scale: axis.scale, low, high, from, to }
    }

    fn place(&self, value: f64) -> f64 {
        let value = match self.scale {
            Scale::Linear => value,
            Scale::Log => value.max(10.0_f64.powf(self.low)).log10(),
        };
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    fn marks(&self) -> Vec<f64> {
        match self.scale {
            Scale::Linear => (0..=5).map(|step| self.high / 5.0 * f64::from(step)).collect(),
            Scale::Log => {
                let mut marks = Vec::new();
                let mut power = self.low;
                while power <= self.high {
                    marks.push(10.0_f64.powf(power));
                    power += 1.0;
                }
                marks
            }
        }
    }
}

/// Draws it.
pub(super) fn draw(chart: &Chart) -> String {
    let points = chart.series.iter().flat_map(|series| series.points.iter().copied());
    let x = Ruler::new(&chart.x, points.clone().map(|(x, _)| x), (LEFT, WIDTH - RIGHT));
    let y = Ruler::new(&chart.y, points.map(|(_, y)| y), (HEIGHT - BOTTOM, TOP));
    let mut svg =
        format!(r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}">"#, escape(&chart.title));
    // Writing to a string cannot fail.
    for value in x.marks() {
        let at = x.place(value);
        let (bottom, text) = (HEIGHT - BOTTOM, number(value));
        let _ = write!(
            svg,
            r#"<path class="grid" d="M{at:.1} {TOP}V{bottom}"/><text x="{at:.1}" y="{:.1}" text-anchor="middle">{text}</text>"#,
            bottom + 16.0
        );
    }
    for value in y.marks() {
        let at = y.place(value);
        let (right, text) = (WIDTH - RIGHT, number(value));
        let _ = write!(
            svg,
            r#"<path class="grid" d="M{LEFT} {at:.1}H{right}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{text}</text>"#,
            LEFT - 6.0,
            at + 4.0
        );
    }
    let _ = write!(
        svg,
        r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{}</text><text x="4" y="12">{}</text>"#,
        f64::midpoint(LEFT, WIDTH - RIGHT),
        HEIGHT - 12.0,
        escape(&chart.x.label),
        escape(&chart.y.label)
    );
    for (series, color) in chart.series.iter().zip(COLORS.iter().cycle()) {
        let path: Vec<String> =
            series.points.iter().map(|(px, py)| format!("{:.1},{:.1}", x.place(*px), y.place(*py))).collect();
        let _ = write!(
            svg,
            r#"<polyline fill="none" stroke="{color}" stroke-width="2" points="{}"><title>{}</title></polyline>"#,
            path.join(" "),
            escape(&series.name)
        );
    }
    svg.push_str("</svg><p class=\"legend\">");
    for (series, color) in chart.series.iter().zip(COLORS.iter().cycle()) {
        let _ = write!(svg, r#"<span><i style="background:{color}"></i>{}</span> "#, escape(&series.name));
    }
    svg.push_str("</p>");
    svg
}

/// A text as it may stand in a page.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::Series;
    use super::*;

    #[test]
    fn every_point_lies_inside() {
        for scale in [Scale::Linear, Scale::Log] {
            let axis = || Axis { label: "a < b".into(), scale };
            let points = vec![(1.0, 0.4), (10.0, 0.0), (1_000.0, 77.0)];
            let series = vec![Series { name: "one".into(), points: points.clone() }];
            let chart = Chart { title: "t".into(), x: axis(), y: axis(), series };
            let x = Ruler::new(&chart.x, points.iter().map(|point| point.0), (LEFT, WIDTH - RIGHT));
            assert!(points.iter().all(|(value, _)| (LEFT..=WIDTH - RIGHT).contains(&x.place(*value))));
            let svg = draw(&chart);
            assert!(svg.contains("polyline") && svg.contains("a &lt; b") && !svg.contains("NaN"), "{svg}");
        }
        let empty = Chart::plain("nothing", "x", "y", vec![]);
        assert!(!draw(&empty).contains("NaN"));
    }
}
