//! Server frames as text. Events are encoded once, elsewhere; frames are put together here from the pieces.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use engawa_domain::Audience;
use engawa_protocol::event::CoalesceKey;
use engawa_protocol::{Ack, Event, Rejected, Seq, ServerFrame, codec};
use smallvec::SmallVec;

/// One frame as it goes onto a link: UTF-8, shared by reference count.
pub type FrameText = tokio_tungstenite::tungstenite::Utf8Bytes;

/// One event, encoded once for everyone who may have it.
#[derive(Debug)]
pub(super) struct Piece {
    /// Who gets it.
    pub audience: Audience,
    /// Under which key a later one replaces it.
    pub key: Option<CoalesceKey>,
    /// Its JSON.
    pub text: Box<str>,
}

impl Piece {
    /// Encodes an event.
    #[must_use]
    pub(super) fn new(audience: Audience, event: &Event) -> Arc<Self> {
        Arc::new(Self { audience, key: event.coalesce_key(), text: json(event).into() })
    }
}

/// Pieces in their order; equal when they are the same ones.
#[derive(Debug, Default, Clone)]
pub(super) struct Pieces(pub SmallVec<[Arc<Piece>; 4]>);

impl PartialEq for Pieces {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().zip(&other.0).all(|(one, other)| Arc::ptr_eq(one, other))
    }
}

impl Eq for Pieces {}

impl Hash for Pieces {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for piece in &self.0 {
            Arc::as_ptr(piece).hash(state);
        }
    }
}

/// A frame that is not put together from pieces.
#[must_use]
pub fn encode(frame: &ServerFrame) -> FrameText {
    json(frame).into()
}

/// A frame of a contiguous range of the log. Among pieces of one key only the last is in it.
#[must_use]
pub(super) fn assemble(
    from: Seq,
    to: Seq,
    pieces: &[Arc<Piece>],
    acks: &[Ack],
    rejections: &[Rejected],
) -> FrameText {
    let pieces = coalesce(pieces);
    let size = pieces.iter().map(|piece| piece.text.len() + 1).sum::<usize>();
    let mut text = String::with_capacity(size + 128 + 64 * (acks.len() + rejections.len()));
    // Writing to a string cannot fail.
    let _ = write!(text, r#"{{"type":"frame","from":{from},"to":{to},"events":["#);
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&piece.text);
    }
    text.push_str(r#"],"acks":"#);
    push_list(&mut text, acks);
    text.push_str(r#","rejections":"#);
    push_list(&mut text, rejections);
    text.push('}');
    text.into()
}

/// Most frames have neither acks nor rejections.
fn push_list<T: serde::Serialize>(text: &mut String, list: &[T]) {
    if list.is_empty() { text.push_str("[]") } else { text.push_str(&json(&list)) }
}

fn coalesce(pieces: &[Arc<Piece>]) -> Vec<&Piece> {
    if pieces.iter().filter(|piece| piece.key.is_some()).count() < 2 {
        return pieces.iter().map(|piece| &**piece).collect();
    }
    let mut seen = HashSet::new();
    let mut kept: Vec<&Piece> = pieces
        .iter()
        .rev()
        .filter(|piece| piece.key.is_none_or(|key| seen.insert(key)))
        .map(|piece| &**piece)
        .collect();
    kept.reverse();
    kept
}

/// JSON of a wire value.
pub(super) fn json<T: serde::Serialize>(value: &T) -> String {
    #[expect(
        clippy::expect_used,
        reason = "wire values have only keys that JSON can carry; tests encode them all"
    )]
    codec::to_string(value).expect("a wire value is JSON")
}

#[cfg(test)]
mod tests {
    use engawa_protocol::event::{SeatLeft, TurnoutChanged};
    use engawa_protocol::{ClientSeq, Frame, Turnout};

    use super::*;

    fn turnout(persons_voted: u32) -> Event {
        TurnoutChanged { turnout: Turnout { persons_voted, ..Turnout::default() } }.into()
    }

    #[test]
    fn a_frame_reads_back_and_keeps_only_the_last_of_a_key() {
        let left: Event = SeatLeft {}.into();
        let pieces = [turnout(1), left.clone(), turnout(2)].map(|e| Piece::new(Audience::EVERYONE, &e));
        let ack = Ack { client_seq: ClientSeq(4), seq: Seq(6), created: None };
        let text = assemble(Seq(5), Seq(7), &pieces, std::slice::from_ref(&ack), &[]);
        let frame: ServerFrame = serde_json::from_str(&text).unwrap();
        let expected = Frame {
            from: Seq(5),
            to: Seq(7),
            events: vec![left, turnout(2)],
            acks: vec![ack],
            rejections: vec![],
        };
        assert_eq!(frame, ServerFrame::Frame(expected));
    }
}
