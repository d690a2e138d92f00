//! What a device holds: a view at a position, made from welcomes and frames (FR, RS, FD), and views kept as samples
//! for the oracle.

use engawa_domain::fold;
use engawa_protocol::view::MeetingView;
use engawa_protocol::{Frame, Position, Seq, Start, Welcome};

use super::witness::Witness;

/// A view as it stood on a screen at a position, for the oracle to compare.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// Up to which entry.
    pub(crate) seq: Seq,
    /// What was there.
    pub(crate) view: Box<MeetingView>,
}

/// Views a client keeps at random moments between two checkpoints.
const SAMPLES_MAX: usize = 2;

/// All that a client's handle can see of its task.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) screen: Screen,
    pub(super) online: bool,
    /// Why the task has ended, once it has.
    pub(super) ended: Option<String>,
    pub(super) witness: Witness,
    samples: Vec<Sample>,
}

impl State {
    /// Keeps the view of this moment, if there is room.
    pub(super) fn keep_sample(&mut self) {
        if self.samples.len() < SAMPLES_MAX {
            self.samples.extend(self.screen.sample());
        }
    }

    /// Takes what was kept.
    pub(super) fn take_samples(&mut self) -> Vec<Sample> {
        std::mem::take(&mut self.samples)
    }
}

/// The view and where it stands.
#[derive(Debug, Default)]
pub(super) struct Screen {
    position: Option<Position>,
    /// None where only the position is kept.
    view: Option<Box<MeetingView>>,
}

/// Why a client must close and come back without a view.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Gap {
    /// FR1.
    #[error("a frame from {from} came to a client that stands at {at}")]
    Frame {
        /// Where the frame begins.
        from: Seq,
        /// Where the client stands.
        at: Seq,
    },
    /// Positions never go back.
    #[error("a frame goes back from {from} to {to}")]
    Back {
        /// Where the frame begins.
        from: Seq,
        /// Where it ends.
        to: Seq,
    },
    /// RS1: `resumed` comes only to those who named a position, and names the same.
    #[error("resumed at {welcomed} after asking for {asked:?}")]
    Resumed {
        /// What the server said.
        welcomed: Position,
        /// What the client holds.
        asked: Option<Position>,
    },
    /// A frame before any view.
    #[error("a frame before the welcome")]
    NoView,
}

impl Screen {
    /// The view.
    pub(super) fn view(&self) -> Option<&MeetingView> {
        self.view.as_deref()
    }

    /// Where it stands.
    pub(super) fn position(&self) -> Option<Position> {
        self.position
    }

    /// The last entry in it.
    pub(super) fn seq(&self) -> Option<Seq> {
        self.position().map(|position| position.seq)
    }

    /// Forgets everything, as a reload does.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Keeps the position alone.
    pub(super) fn drop_view(&mut self) {
        self.view = None;
    }

    /// Takes a welcome (HS5, RS1). Says whether a fresh view came.
    pub(super) fn welcome(&mut self, welcome: Welcome) -> Result<bool, Gap> {
        match welcome.start {
            Start::View { view } => {
                (self.position, self.view) = (Some(welcome.position), Some(view));
                Ok(true)
            }
            Start::Resumed {} if self.position() == Some(welcome.position) => Ok(false),
            Start::Resumed {} => Err(Gap::Resumed { welcomed: welcome.position, asked: self.position() }),
        }
    }

    /// Folds a frame (FR1, FR3, FD1).
    pub(super) fn fold(&mut self, frame: &Frame) -> Result<(), Gap> {
        let position = self.position.as_mut().ok_or(Gap::NoView)?;
        if frame.from != position.seq {
            return Err(Gap::Frame { from: frame.from, at: position.seq });
        }
        if frame.to < frame.from {
            return Err(Gap::Back { from: frame.from, to: frame.to });
        }
        if let Some(view) = &mut self.view {
            frame.events.iter().for_each(|event| fold(view, event));
        }
        position.seq = frame.to;
        Ok(())
    }

    /// The view as it stands.
    pub(super) fn sample(&self) -> Option<Sample> {
        Some(Sample { seq: self.position?.seq, view: self.view.clone()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(from: u64, to: u64) -> Frame {
        Frame { from: Seq(from), to: Seq(to), events: vec![], acks: vec![], rejections: vec![] }
    }

    #[test]
    fn fr1_a_gap_is_noticed() {
        let mut screen = Screen::default();
        assert_eq!(screen.fold(&frame(0, 1)), Err(Gap::NoView));
        let examples: Vec<serde_json::Value> = serde_json::from_str::<serde_json::Value>(include_str!(
            "../../../protocol/tests/examples/server_frames.json"
        ))
        .ok()
        .and_then(|value| value.as_array().cloned())
        .unwrap();
        let welcome = examples
            .iter()
            .filter_map(|example| serde_json::from_value::<Welcome>(example.clone()).ok())
            .find(|welcome| matches!(welcome.start, Start::View { .. }))
            .unwrap();
        let at = welcome.position.seq.0;
        assert_eq!(screen.welcome(welcome), Ok(true));
        assert_eq!(screen.fold(&frame(at, at + 3)), Ok(()));
        assert_eq!(screen.seq(), Some(Seq(at + 3)));
        assert_eq!(screen.fold(&frame(at, at + 4)), Err(Gap::Frame { from: Seq(at), at: Seq(at + 3) }));
        assert_eq!(screen.fold(&frame(at + 3, at)), Err(Gap::Back { from: Seq(at + 3), to: Seq(at) }));
    }
}
