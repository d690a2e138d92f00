//! Letting a connection in: as whom, and from which position. Decided inside the actor at one position, so that
//! nothing falls between the view and the frames that follow it.

use std::sync::{Arc, Mutex};

use engawa_domain::{Admission, Meeting, Viewer, ViewerClass, admit, class_of, project};
use engawa_protocol::limits::HEARTBEAT_MS;
use engawa_protocol::{CloseCode, Position, ServerFrame, Start, Welcome};
use tokio::time::Instant;

use super::bucket::Bucket;
use super::frame::{assemble, encode};
use super::handle::{Attach, Attached};
use super::live::Live;
use super::members::{Connection, ConnectionId, Gathered, PresenceChange};
use super::outbox::Outbox;
#[cfg(any(test, feature = "test-support"))]
use super::sabotage::Bug;
use super::turns::Turn;
use crate::observe::metrics;

impl Live {
    /// Lets a connection in, or says why not.
    pub(super) fn attach(&mut self, id: ConnectionId, attach: Attach, now: Instant) {
        let Attach { grant, device, protocol, resume, outbox, reply } = attach;
        let (viewer, class) = match self.admitted(&grant) {
            Ok(admitted) => admitted,
            Err(code) => {
                let _gone = reply.send(Err(code));
                return;
            }
        };
        if let Err(code) = self.welcome(viewer, &class, protocol, resume, &outbox) {
            let _gone = reply.send(Err(code));
            return;
        }
        self.make_room_for(&class, now);
        let first = class.person.filter(|person| !self.members.is_online(*person));
        let limits = Arc::clone(&self.around.limits);
        self.members.insert(
            id,
            Connection {
                viewer,
                class,
                grant,
                device,
                outbox,
                sent_to: self.position.seq,
                not_before: Turn::default(),
                gathered: Gathered::default(),
                unanswered: 0,
                gestures: Bucket::new(limits.gestures_per_second, limits.gestures_per_second),
                gesture: None,
                presence: PresenceChange::default(),
            },
        );
        if let Some(person) = class.person {
            self.comings.came(person, now);
            self.presence.changed(person, limits.presence_window, now);
        }
        if let Some(person) = first {
            self.moved_here(person, now);
        }
        self.presence.anew(id, limits.presence_window, now);
        let pace = self.pace(&class);
        if reply.send(Ok(Attached { connection: id, pace })).is_err() {
            // Whoever asked has gone in the meantime.
            self.detach(id, now);
        }
    }

    fn admitted(&self, grant: &engawa_domain::Grant) -> Result<(Viewer, ViewerClass), CloseCode> {
        let meeting = self.meeting.as_ref().ok_or(CloseCode::MeetingGone)?;
        let viewer = match admit(meeting, grant) {
            Admission::Viewer(viewer) => viewer,
            Admission::Joining(_) => return Err(CloseCode::JoinFirst),
            Admission::Revoked => return Err(CloseCode::LinkRevoked),
            Admission::Erased => return Err(CloseCode::PersonErased),
        };
        let class = class_of(meeting, viewer).ok_or(CloseCode::LinkRevoked)?;
        Ok((viewer, class))
    }

    /// The welcome, and for somebody who comes back what they missed.
    fn welcome(
        &self,
        viewer: Viewer,
        class: &ViewerClass,
        protocol: u16,
        resume: Option<Position>,
        outbox: &Outbox,
    ) -> Result<(), CloseCode> {
        let meeting = self.meeting.as_ref().ok_or(CloseCode::MeetingGone)?;
        let missed = resume
            .filter(|held| held.epoch == self.position.epoch)
            .and_then(|held| Some((held, self.recent.missed(held.seq, class)?)));
        let (position, start) = match &missed {
            Some((held, _)) => (*held, Start::Resumed {}),
            None => (self.position, self.view(meeting, viewer)?),
        };
        let welcome = Welcome {
            protocol,
            meeting: self.id,
            position,
            start,
            server_time: self.around.clock.now(),
            heartbeat_ms: HEARTBEAT_MS,
        };
        // A fresh outbox has room for the first frames, whatever its bounds.
        let _ = outbox.push_view(encode(&ServerFrame::Welcome(welcome)));
        if let Some((held, missed)) = missed {
            metrics::resumed();
            #[cfg(any(test, feature = "test-support"))]
            if self.around.sabotage.has(Bug::ResumeWithGap) {
                return Ok(());
            }
            if held.seq < self.position.seq {
                let frame = assemble(held.seq, self.position.seq, &missed, &[], &[]);
                outbox.push_view(frame).map_err(|_full| CloseCode::Slow)?;
            }
        }
        Ok(())
    }

    fn view(&self, meeting: &Meeting, viewer: Viewer) -> Result<Start, CloseCode> {
        metrics::view_sent();
        let view = Box::new(project(meeting, viewer).ok_or(CloseCode::LinkRevoked)?);
        Ok(Start::View { view })
    }

    /// Somebody with as many connections as allowed loses the oldest.
    fn make_room_for(&mut self, class: &ViewerClass, now: Instant) {
        let Some(person) = class.person else { return };
        let ids = self.members.of_person(person);
        let surplus = (ids.len() + 1).saturating_sub(self.around.limits.connections_per_person);
        for id in ids.into_iter().take(surplus) {
            self.close(id, CloseCode::Replaced, now);
        }
    }

    /// How fast somebody may send: one measure for all connections of a person.
    pub(super) fn pace(&mut self, class: &ViewerClass) -> Arc<Mutex<Bucket>> {
        let limits = &self.around.limits;
        let fresh = || Arc::new(Mutex::new(Bucket::new(limits.commands_per_second, limits.commands_burst)));
        match class.person {
            Some(person) => Arc::clone(self.paces.entry(person).or_insert_with(fresh)),
            None => fresh(),
        }
    }
}
