//! Reading without looking closely: where thousands of people sit in one program, a frame's position, its acks and the stamps
//! in it are enough, and no view is kept.

use std::sync::Arc;
use std::time::Instant;

use engawa_protocol::{Ack, Frame, Rejected, Seq, ServerFrame};
use serde::Deserialize;

use super::Reply;
use crate::meter::{Meter, Stamp};

/// How closely a client reads.
#[derive(Debug, Clone)]
pub(crate) enum Reading {
    /// Every event is folded, every text is searched.
    Whole,
    /// Positions, acks and stamps.
    Skimmed(Skimming),
}

impl Reading {
    /// Whether everything is read.
    pub(super) const fn is_whole(&self) -> bool {
        matches!(self, Self::Whole)
    }
}

/// Where one viewer's deliveries are counted.
#[derive(Debug, Clone)]
pub(crate) struct Skimming {
    /// The meter of all.
    pub(crate) meter: Arc<Meter>,
    /// Which viewer.
    pub(crate) viewer: usize,
}

impl Skimming {
    /// A welcome has come, with a fresh view or without.
    pub(super) fn welcomed(&self, fresh: bool, at: Instant) {
        self.meter.welcomed(self.viewer, fresh, at);
    }

    /// A frame has come.
    pub(super) fn frame(&self, text: &str, (from, to): (Seq, Seq), at: Instant) {
        self.meter.arrived(self.viewer, text.as_bytes(), at);
        self.meter.advanced(self.viewer, (from, to), at);
    }

    /// A command was answered.
    pub(super) fn answered(self, reply: Reply, stamp: Stamp) {
        match reply {
            Ok(taken) => self.meter.acked(stamp, taken.seq, taken.acked),
            Err(rejection) => self.meter.refused(self.viewer, stamp, &crate::person::code(&rejection)),
        }
    }
}

/// As much of a frame as is looked at.
#[derive(Deserialize)]
struct Skimmed {
    from: Seq,
    to: Seq,
    acks: Vec<Ack>,
    rejections: Vec<Rejected>,
}

/// Reads a frame without its events; anything else is read whole.
pub(super) fn skim(text: &str) -> Result<ServerFrame, serde_json::Error> {
    if !text.starts_with(r#"{"type":"frame","#) {
        return serde_json::from_str(text);
    }
    let Skimmed { from, to, acks, rejections } = serde_json::from_str(text)?;
    Ok(ServerFrame::Frame(Frame { from, to, events: Vec::new(), acks, rejections }))
}

#[cfg(test)]
mod tests {
    use engawa_protocol::ClientSeq;

    use super::*;

    #[test]
    fn everything_but_the_events_is_read() {
        let text = r#"{"type":"frame","from":3,"to":5,"events":[{"type":"seat_left"}],"acks":[{"client_seq":1,"seq":5,"created":2}],"rejections":[]}"#;
        let ack = Ack { client_seq: ClientSeq(1), seq: Seq(5), created: Some(2) };
        let expected =
            Frame { from: Seq(3), to: Seq(5), events: vec![], acks: vec![ack], rejections: vec![] };
        assert_eq!(skim(text).unwrap(), ServerFrame::Frame(expected));
        let goodbye =
            r#"{"type":"goodbye","code":"slow","number":4008,"retry":true,"retry_after_ms":0,"detail":""}"#;
        assert_eq!(skim(goodbye).ok(), serde_json::from_str(goodbye).ok());
        assert!(skim("{}").is_err());
    }
}
