//! Stamps: what a text says of the moment at which it was to be sent. Latency is counted from that moment, not from the one at
//! which a busy generator got round to it, so that waiting in the generator's own queues is not left out (coordinated
//! omission).

use std::fmt;

use memchr::memmem;

/// The moment at which something was to be sent, and a number of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Microseconds since the meter began.
    pub(crate) due_us: u64,
    /// Counted from 0.
    pub(crate) number: u32,
}

impl Stamp {
    /// The number of what nobody is to find.
    pub(super) const UNSEEN: u32 = u32::MAX;
}

const BEGIN: &[u8] = b"~t";
const DIGITS: usize = 20;

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "~t{:012x}{:08x}~", self.due_us & 0xFFFF_FFFF_FFFF, self.number)
    }
}

/// All stamps in the bytes of a message, in order.
pub(super) fn stamps(bytes: &[u8]) -> impl Iterator<Item = Stamp> {
    memmem::find_iter(bytes, BEGIN).filter_map(|at| {
        let digits = bytes.get(at + BEGIN.len()..)?;
        if digits.get(DIGITS) != Some(&b'~') {
            return None;
        }
        let due_us = hex(&digits[..12])?;
        Some(Stamp { due_us, number: u32::try_from(hex(&digits[12..DIGITS])?).ok()? })
    })
}

fn hex(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |sum, digit| {
        let value = char::from(*digit).to_digit(16)?;
        Some((sum << 4) | u64::from(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_found_wherever_they_stand() {
        let (one, two) =
            (Stamp { due_us: 1_234_567, number: 7 }, Stamp { due_us: 1 << 40, number: u32::MAX });
        let text = format!("~tx {one}縁側{two} ~t00");
        assert_eq!(stamps(text.as_bytes()).collect::<Vec<_>>(), [one, two]);
    }
}
