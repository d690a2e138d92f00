//! The versioned encoding of a meeting's state, and its digest.

use alloc::vec::Vec;

use engawa_protocol::codec::{self, CodecError};
use engawa_protocol::hash::sha256;

use crate::meeting::Meeting;

/// The state as bytes; equal states give equal bytes.
///
/// # Errors
/// None in practice: every map of the state has keys that JSON can carry (a test encodes a full meeting).
pub fn encode_snapshot(meeting: &Meeting) -> Result<Vec<u8>, CodecError> {
    codec::to_vec(meeting)
}

/// The state from bytes.
///
/// # Errors
/// When the bytes are not a snapshot of a version this crate reads.
pub fn decode_snapshot(bytes: &[u8]) -> Result<Meeting, CodecError> {
    codec::from_slice(bytes)
}

/// SHA-256 over the snapshot: equal on all nodes that have applied the same entries.
///
/// # Errors
/// As [`encode_snapshot`].
pub fn digest(meeting: &Meeting) -> Result<[u8; 32], CodecError> {
    Ok(sha256(&[&encode_snapshot(meeting)?]))
}
