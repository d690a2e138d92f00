//! Where an entry stands. The types are the protocol's; a store knows a meeting by its id and nothing else of it.

pub use engawa_protocol::{Epoch, MeetingId, Position, Seq, Timestamp};
