//! The state as stores keep it: as it is while it is small, deflated (zlib, RFC 1950) when it is large. A meeting's state is
//! mostly notes, whose names of fields repeat: deflated it takes an eighth of the room (16.6 MB of 43,200 short notes become
//! 2.0), on the disk, in Redis and on the way there. Owns the form and the bound of what is unpacked; must not know where it is kept.

use std::borrow::Cow;
use std::io::{Read as _, Write as _};

use bytes::Bytes;
use engawa_domain::{Meeting, decode_snapshot, digest};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::limits::{PACKED_FROM_BYTES, UNPACKED_BYTES};
use crate::store::{Snapshot, StateDigest};

/// The first byte of a zlib stream as it is written here. An unpacked state begins with a brace.
const ZLIB: u8 = 0x78;

/// Why there is no state in a snapshot.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It cannot be unpacked.
    #[error("it cannot be unpacked: {0}")]
    Packed(#[from] std::io::Error),
    /// It is larger than any state may be.
    #[error("it holds more than {UNPACKED_BYTES} bytes")]
    TooLarge,
    /// It is no state of a form that this release reads.
    #[error("its state cannot be read: {0}")]
    State(String),
    /// The state is not the one that was kept.
    #[error("its digest is not that of its state")]
    Digest,
}

/// A state on its way into a store.
#[must_use]
pub fn pack(state: Vec<u8>) -> Bytes {
    if state.len() < PACKED_FROM_BYTES {
        return state.into();
    }
    let packing = || {
        let mut packed = ZlibEncoder::new(Vec::with_capacity(state.len() / 6), Compression::fast());
        packed.write_all(&state)?;
        packed.finish()
    };
    // Writing into memory does not fail; if it did, the state would be kept as it is.
    packing().unwrap_or_else(|_: std::io::Error| state.clone()).into()
}

/// The state's bytes in what a store has kept.
///
/// # Errors
/// [`Unreadable::Packed`] and [`Unreadable::TooLarge`].
pub fn unpack(kept: &[u8]) -> Result<Cow<'_, [u8]>, Unreadable> {
    unpack_within(kept, UNPACKED_BYTES)
}

fn unpack_within(kept: &[u8], bytes_max: usize) -> Result<Cow<'_, [u8]>, Unreadable> {
    if kept.first() != Some(&ZLIB) {
        return Ok(Cow::Borrowed(kept));
    }
    let mut state = Vec::with_capacity(kept.len().saturating_mul(6).min(bytes_max));
    // One more than is allowed, to see that it is too much: a few bytes can stand for any number.
    ZlibDecoder::new(kept).take(bytes_max as u64 + 1).read_to_end(&mut state)?;
    if state.len() > bytes_max { Err(Unreadable::TooLarge) } else { Ok(Cow::Owned(state)) }
}

/// The meeting in a snapshot, and how many bytes its state takes unpacked.
///
/// # Errors
/// [`Unreadable`], if it is not the state that was kept.
pub fn meeting_in(snapshot: &Snapshot) -> Result<(Meeting, usize), Unreadable> {
    let state = unpack(&snapshot.bytes)?;
    let meeting = decode_snapshot(&state).map_err(|error| Unreadable::State(error.to_string()))?;
    if digest(&meeting).ok().map(StateDigest) == Some(snapshot.digest) {
        Ok((meeting, state.len()))
    } else {
        Err(Unreadable::Digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes as a state has them, so many bytes at least.
    fn notes(bytes: usize) -> Vec<u8> {
        let mut state = b"{".to_vec();
        for id in 0_u64.. {
            if state.len() >= bytes {
                return state;
            }
            let text = id.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let note = format!(
                r#""{id}":{{"author":{},"text":"縁側で話したこと {text:x}","area":{},"order":{id},"marks":[],"edited_at":{}}},"#,
                id % 291,
                id % 3,
                1_700_000_000_000 + id
            );
            state.extend_from_slice(note.as_bytes());
        }
        state
    }

    #[test]
    fn a_large_state_takes_a_fraction_and_comes_back() {
        let state = notes(3 * PACKED_FROM_BYTES);
        let packed = pack(state.clone());
        assert!(packed.len() * 3 < state.len(), "{} of {}", packed.len(), state.len());
        assert!(*unpack(&packed).unwrap() == *state);
    }

    #[test]
    fn a_small_state_stays_as_it_is() {
        let state = notes(PACKED_FROM_BYTES / 2);
        assert!(pack(state.clone()) == state);
        assert!(*unpack(&state).unwrap() == *state);
        assert!(pack(notes(PACKED_FROM_BYTES)).first() == Some(&ZLIB), "from there on");
        assert!(unpack(b"").unwrap().is_empty());
    }

    #[test]
    fn what_swells_beyond_any_state_is_refused_and_what_is_cut_off_too() {
        let most = 2 * PACKED_FROM_BYTES;
        let bomb = |bytes: usize| pack(vec![b' '; bytes]);
        assert_eq!(unpack_within(&bomb(most), most).unwrap().len(), most);
        let more = bomb(most + 1);
        assert!(more.len() < most / 100, "a few bytes");
        assert!(matches!(unpack_within(&more, most), Err(Unreadable::TooLarge)));
        assert!(matches!(unpack_within(&more[..more.len() / 2], most), Err(Unreadable::Packed(_))));
    }
}
