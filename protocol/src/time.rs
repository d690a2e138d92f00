//! Time as the log stamps it: whole milliseconds, never a float, never read from a PC's own clock.

wire_value! {
    /// Milliseconds since 1970-01-01T00:00:00Z by the server's clock.
    #[derive(Default)]
    #[serde(transparent)]
    pub struct Timestamp(pub u64);
}

impl Timestamp {
    /// This moment moved by a signed number of milliseconds; stops at 0.
    #[must_use]
    pub const fn plus_ms(self, delta_ms: i64) -> Self {
        Self(self.0.saturating_add_signed(delta_ms))
    }

    /// Milliseconds from `earlier` to here; 0 when `earlier` is later.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
