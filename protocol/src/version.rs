//! Protocol versions and how they are negotiated (SPEC HS3).

/// The version this crate speaks.
pub const PROTOCOL_VERSION: u16 = 1;
/// The oldest version a server of this crate still serves.
pub const PROTOCOL_OLDEST: u16 = 1;

wire_value! {
    /// The versions a client can speak, both ends included.
    pub struct VersionRange {
        /// The oldest version it can speak.
        pub oldest: u16,
        /// The newest version it can speak.
        pub newest: u16,
    }
}

impl VersionRange {
    /// What this crate can speak.
    pub const OURS: Self = Self { oldest: PROTOCOL_OLDEST, newest: PROTOCOL_VERSION };

    /// The newest version both sides can speak, if there is one.
    #[must_use]
    pub fn newest_common(self, other: Self) -> Option<u16> {
        let newest = self.newest.min(other.newest);
        (newest >= self.oldest.max(other.oldest)).then_some(newest)
    }
}
