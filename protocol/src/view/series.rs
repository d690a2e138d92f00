//! The earlier meetings of the study group, as seen.

use alloc::string::String;

use crate::time::Timestamp;

wire! {
    /// An earlier meeting and what its pulse came to, over all of its rounds.
    pub struct EarlierMeetingView {
        /// Its title.
        pub title: String,
        /// When it was held.
        pub held_at: Timestamp,
        /// How many pulses were given in it; one person's in several rounds count each.
        pub count: u32,
        /// The sum of their values; the mean is `sum / count`.
        pub sum: u32,
    }
}
