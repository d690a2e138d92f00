//! The state as stores keep it: as it is while it is small, deflated (zlib, RFC 1950) when it is large. A meeting's state is
//! mostly notes, whose names of fields repeat: deflated it takes an eighth of the room (16.6 MB of 43,200 short notes become
//! 2.0), on the disk, in Redis and on the way there. Owns the form and the bound of what is unpacked; must not know where it is kept.

use std::borrow::Cow;
use std::io::{self, BufWriter, Read as _, Write as _};

use bytes::Bytes;
use engawa_domain::{Meeting, decode_snapshot, digest};
use engawa_protocol::codec::CodecError;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use sha2::{Digest as _, Sha256};

use crate::limits::{PACKED_FROM_BYTES, UNPACKED_BYTES};
use crate::store::{Snapshot, StateDigest};

/// The first byte of a zlib stream as it is written here. An unpacked state begins with a brace.
const ZLIB: u8 = 0x78;

/// Why there is no state in a snapshot.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It cannot be unpacked.
    #[error("it cannot be unpacked: {0}")]
    Packed(#[from] io::Error),
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
#[derive(Debug)]
pub struct Packed {
    /// What is kept.
    pub bytes: Bytes,
    /// How many bytes the state takes unpacked.
    pub size: usize,
    /// The state's digest.
    pub digest: StateDigest,
}

/// A meeting's state on its way into a store. It is encoded piece by piece, and each is packed while it is at hand: as a whole
/// a large one would drive what others work with out of the processor's cache.
///
/// # Errors
/// As [`engawa_domain::encode_snapshot`], whose bytes these are.
pub fn pack_meeting(meeting: &Meeting) -> Result<Packed, CodecError> {
    let mut packing = Packing::default();
    let mut pieces = BufWriter::with_capacity(PIECE_BYTES, &mut packing);
    serde_json::to_writer(&mut pieces, meeting)?;
    pieces.flush().map_err(CodecError::io)?;
    drop(pieces);
    packing.finish().map_err(CodecError::io)
}

/// A state's bytes on their way into a store.
#[must_use]
pub fn pack(state: Vec<u8>) -> Bytes {
    if state.len() < PACKED_FROM_BYTES {
        return state.into();
    }
    let packing = || {
        let mut packed = zlib(state.len());
        packed.write_all(&state)?;
        packed.finish()
    };
    // Writing into memory does not fail; if it did, the state would be kept as it is.
    packing().unwrap_or_else(|_: io::Error| state.clone()).into()
}

/// A state is packed in pieces of so many bytes.
const PIECE_BYTES: usize = 32 << 10;

/// A state that comes in pieces.
#[derive(Default)]
struct Packing {
    /// As it is, until it is large enough to be packed.
    plain: Vec<u8>,
    packed: Option<ZlibEncoder<Vec<u8>>>,
    size: usize,
    digest: Sha256,
}

impl Packing {
    fn finish(self) -> io::Result<Packed> {
        let bytes = match self.packed {
            Some(packed) => packed.finish()?,
            None => self.plain,
        };
        Ok(Packed {
            bytes: bytes.into(),
            size: self.size,
            digest: StateDigest(self.digest.finalize().into()),
        })
    }
}

impl io::Write for Packing {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.digest.update(piece);
        self.size += piece.len();
        if let Some(packed) = &mut self.packed {
            packed.write_all(piece)?;
            return Ok(piece.len());
        }
        self.plain.extend_from_slice(piece);
        if self.size >= PACKED_FROM_BYTES {
            let mut packed = zlib(self.size);
            packed.write_all(&std::mem::take(&mut self.plain))?;
            self.packed = Some(packed);
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Packs a state of so many bytes at least.
fn zlib(bytes: usize) -> ZlibEncoder<Vec<u8>> {
    ZlibEncoder::new(Vec::with_capacity(bytes / 6), Compression::fast())
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
    use engawa_domain::encode_snapshot;

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
    fn a_meeting_is_packed_as_its_snapshot_says() {
        let log = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/domain/tests/logs/generated.jsonl"));
        let mut meeting = None;
        for line in log.lines() {
            engawa_domain::apply(&mut meeting, &serde_json::from_str(line).unwrap());
        }
        let meeting = meeting.unwrap();
        let (state, packed) = (encode_snapshot(&meeting).unwrap(), pack_meeting(&meeting).unwrap());
        assert_eq!((packed.size, packed.digest.0), (state.len(), digest(&meeting).unwrap()));
        assert!(state.len() > 2 * PIECE_BYTES, "{} bytes", state.len());
        assert!(*unpack(&packed.bytes).unwrap() == *state);
    }

    #[test]
    fn a_state_in_pieces_is_packed_like_a_whole_one() {
        for bytes in [PACKED_FROM_BYTES / 2, PACKED_FROM_BYTES - 1, PACKED_FROM_BYTES, 3 * PACKED_FROM_BYTES]
        {
            let mut state = notes(bytes);
            state.truncate(bytes);
            let mut packing = Packing::default();
            for piece in state.chunks(PIECE_BYTES - 7) {
                packing.write_all(piece).unwrap();
            }
            let packed = packing.finish().unwrap();
            assert_eq!(packed.bytes.first() == Some(&ZLIB), bytes >= PACKED_FROM_BYTES, "{bytes}");
            assert_eq!((packed.size, packed.digest.0), (bytes, Sha256::digest(&state).into()));
            assert!(*unpack(&packed.bytes).unwrap() == *state);
        }
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
