//! Where one is in a meeting's log, and how a device numbers its commands.

use core::fmt;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            wire_value! {
                $(#[$doc])*
                #[derive(Default)]
                #[serde(transparent)]
                pub struct $name(pub u64);
            }
            impl $name {
                /// The one after this.
                #[must_use]
                pub const fn next(self) -> Self {
                    Self(self.0 + 1)
                }
            }
            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.fmt(f)
                }
            }
        )*
    };
}

counters! {
    /// The number of an entry in the log: dense, from 1; 0 stands for "before the first".
    Seq;
    /// The incarnation of a log. It changes when history may have been lost; whoever holds another epoch
    /// starts from a fresh view.
    Epoch;
    /// The number a device gives its command: from 1, every new command a higher one. At most 2^53 - 1.
    ClientSeq;
}

wire_value! {
    /// A place in a meeting's log.
    #[derive(Default)]
    pub struct Position {
        /// The incarnation of the log.
        pub epoch: Epoch,
        /// The last entry that is included.
        pub seq: Seq,
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.epoch, self.seq)
    }
}
