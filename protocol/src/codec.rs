//! JSON, the one encoding of frames, log entries and snapshots. Kept here so that the domain can encode its
//! state without a dependency of its own. Maps are ordered everywhere, so equal values give equal bytes.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A text that is not the JSON that was expected.
pub use serde_json::Error as CodecError;

/// JSON bytes of a value.
///
/// # Errors
/// When the value has a map whose keys are not strings or integers; none of this crate's has.
pub fn to_vec<T: Serialize>(value: &T) -> Result<Vec<u8>, CodecError> {
    serde_json::to_vec(value)
}

/// JSON text of a value.
///
/// # Errors
/// As [`to_vec`].
pub fn to_string<T: Serialize>(value: &T) -> Result<String, CodecError> {
    serde_json::to_string(value)
}

/// A value from JSON bytes. Nesting is limited to 128 levels by the parser.
///
/// # Errors
/// When the bytes are not JSON of that form; the error has line and column.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    serde_json::from_slice(bytes)
}
