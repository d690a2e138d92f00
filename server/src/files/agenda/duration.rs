//! Durations as people write them: `90s`, `20m`, `1h30m`, 「1時間30分」.

use engawa_protocol::text::comparison_key;

/// Reads a duration; none if it is not one.
pub(super) fn read(text: &str) -> Option<u64> {
    let mut rest = comparison_key(text).replace(' ', "");
    let mut total: u64 = 0;
    let mut smallest = u64::MAX;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        let tail = rest.get(digits..)?;
        let units = [
            ("時間", 3_600_000),
            ("分", 60_000),
            ("秒", 1_000),
            ("h", 3_600_000),
            ("m", 60_000),
            ("s", 1_000),
        ];
        let (sign, unit_ms) = units.into_iter().find(|(sign, _)| tail.starts_with(sign))?;
        // From large to small, each once.
        if unit_ms >= smallest {
            return None;
        }
        smallest = unit_ms;
        total = total.checked_add(number.checked_mul(unit_ms)?)?;
        rest = tail.get(sign.len()..)?.to_owned();
    }
    (smallest != u64::MAX).then_some(total)
}

/// Writes a duration of whole seconds; what is less than a second is dropped.
pub(super) fn write(duration_ms: u64) -> String {
    let seconds = duration_ms / 1_000;
    let parts = [(seconds / 3_600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let text: String = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, sign)| format!("{number}{sign}"))
        .collect();
    if text.is_empty() { "0s".to_owned() } else { text }
}
