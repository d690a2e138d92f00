//! What a client holds, as SPEC describes it: a view, its position, and the commands that have no outcome. Checks
//! everything that it is sent.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::fold;
use engawa_protocol::http::CommandReply;
use engawa_protocol::view::MeetingView;
use engawa_protocol::{
    ClientSeq, Command, Epoch, Event, Frame, Position, Rejected, Seq, ServerFrame, Start, Submit, Welcome,
};

/// A frame as it came.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) epoch: Epoch,
    pub(crate) from: Seq,
    pub(crate) to: Seq,
    pub(crate) events: Vec<Event>,
}

/// An outcome that has just become known.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) number: ClientSeq,
    pub(crate) reply: CommandReply,
    /// It came in a frame, so the view is at its effect or later.
    pub(crate) is_seen: bool,
}

/// What a client holds.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    pub(crate) view: Option<MeetingView>,
    pub(crate) position: Option<Position>,
    /// Of the last welcome.
    epoch: Option<Epoch>,
    pub(crate) last_number: ClientSeq,
    /// Commands without an outcome.
    pub(crate) pending: BTreeMap<ClientSeq, Command>,
    pub(crate) commands: BTreeMap<ClientSeq, Command>,
    pub(crate) outcomes: BTreeMap<ClientSeq, CommandReply>,
    /// Numbers whose outcome was told under an earlier epoch: they may have been decided again since (RS4).
    pub(crate) earlier: BTreeSet<ClientSeq>,
    pub(crate) heard: Vec<Heard>,
    /// Commands to be sent again after a moment (CM4).
    pub(crate) again: Vec<ClientSeq>,
}

impl Screen {
    /// Numbers a command.
    pub(crate) fn put(&mut self, command: Command) -> Submit {
        self.last_number = self.last_number.next();
        let client_seq = self.last_number;
        self.pending.insert(client_seq, command.clone());
        self.commands.insert(client_seq, command.clone());
        Submit { client_seq, command }
    }

    /// RS2: everything without an outcome, in order.
    pub(crate) fn all_again(&mut self) -> Vec<Submit> {
        self.again.clear();
        let again = self.pending.iter();
        again.map(|(number, command)| Submit { client_seq: *number, command: command.clone() }).collect()
    }

    /// Takes a frame in.
    ///
    /// # Errors
    /// The rule of SPEC that it breaks.
    pub(crate) fn take(&mut self, frame: ServerFrame, settled: &mut Vec<Settled>) -> Result<(), String> {
        match frame {
            ServerFrame::Welcome(welcome) => self.take_welcome(welcome),
            ServerFrame::Frame(frame) => self.take_frame(frame, settled),
            ServerFrame::Refused(refused) => self.take_rejections(refused.rejections, false, settled),
            ServerFrame::Presence(_) | ServerFrame::Gestured(_) if self.position.is_none() => {
                Err("FR5: presence or a gesture before the welcome".into())
            }
            ServerFrame::Presence(_) | ServerFrame::Gestured(_) | ServerFrame::Pong(_) => Ok(()),
            ServerFrame::Goodbye(_) => Err("a goodbye among the frames".into()),
        }
    }

    fn take_welcome(&mut self, welcome: Welcome) -> Result<(), String> {
        match welcome.start {
            Start::View { view } => self.view = Some(*view),
            Start::Resumed {} if self.position == Some(welcome.position) => {}
            Start::Resumed {} => {
                return Err(format!("RS1: resumed at {}, held {:?}", welcome.position, self.position));
            }
        }
        if self.epoch.is_some_and(|epoch| epoch != welcome.position.epoch) {
            self.earlier.extend(self.outcomes.keys());
        }
        self.epoch = Some(welcome.position.epoch);
        self.position = Some(welcome.position);
        Ok(())
    }

    fn take_frame(&mut self, frame: Frame, settled: &mut Vec<Settled>) -> Result<(), String> {
        let (Some(position), Some(view)) = (&mut self.position, &mut self.view) else {
            return Err("HS5: a frame before the welcome".into());
        };
        if frame.from != position.seq || frame.to < frame.from {
            return Err(format!("FR1: a frame of {} to {} at {position}", frame.from, frame.to));
        }
        position.seq = frame.to;
        let epoch = position.epoch;
        for event in &frame.events {
            fold(view, event);
        }
        for ack in &frame.acks {
            if ack.seq > frame.to {
                return Err(format!("FR4: an ack of {} in a frame up to {}", ack.seq, frame.to));
            }
        }
        let Frame { from, to, events, acks, rejections } = frame;
        self.heard.push(Heard { epoch, from, to, events });
        for ack in acks {
            let reply = CommandReply::Accepted { seq: ack.seq, created: ack.created };
            self.settle(Settled { number: ack.client_seq, reply, is_seen: true }, settled)?;
        }
        self.take_rejections(rejections, true, settled)
    }

    fn take_rejections(
        &mut self,
        rejections: Vec<Rejected>,
        is_seen: bool,
        settled: &mut Vec<Settled>,
    ) -> Result<(), String> {
        for Rejected { client_seq, rejection } in rejections {
            if rejection.is_retryable() {
                self.again.push(client_seq);
            } else {
                let reply = CommandReply::Rejected { rejection };
                self.settle(Settled { number: client_seq, reply, is_seen }, settled)?;
            }
        }
        Ok(())
    }

    fn settle(&mut self, one: Settled, settled: &mut Vec<Settled>) -> Result<(), String> {
        if !self.commands.contains_key(&one.number) {
            return Err(format!("FR4: an outcome for number {}, which was never sent", one.number));
        }
        match self.outcomes.get(&one.number) {
            Some(before) if *before == one.reply => return Ok(()),
            Some(_) if self.earlier.contains(&one.number) => return Ok(()),
            Some(before) => {
                return Err(format!("CM2: number {}: first {before:?}, then {:?}", one.number, one.reply));
            }
            None => {}
        }
        self.pending.remove(&one.number);
        self.again.retain(|number| *number != one.number);
        self.outcomes.insert(one.number, one.reply.clone());
        settled.push(one);
        Ok(())
    }
}
