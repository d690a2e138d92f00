//! Servers that are measured beside Engawa: they pass messages on within a room and keep nothing. Each speaks its own
//! language over a WebSocket; who writes, when and how it is counted is the same for all.

mod bare;
mod dialect;
mod seat;
mod start;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) use self::bare::Options as BareOptions;
pub(crate) use self::bare::serve as serve_bare;
use self::dialect::Dialect;
use self::seat::Seat;
use self::start::Started;
use crate::cores::Cores;
use crate::http::Source;
use crate::meter::{Meter, Paced, Pacing};
use crate::scenario::Stage;
use crate::server::ProcessUse;
use crate::trouble::Trouble;

/// Another server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Peer {
    /// A bare axum WebSocket broadcaster, built into this program.
    Bare,
    /// Socket.IO on Node (`make peers` installs it).
    SocketIo,
    /// Mosquitto, MQTT over WebSocket (Debian package `mosquitto`).
    Mosquitto,
}

impl Peer {
    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare axum",
            Self::SocketIo => "Socket.IO",
            Self::Mosquitto => "Mosquitto",
        }
    }

    const fn dialect(self) -> Dialect {
        match self {
            Self::Bare => Dialect::Bare,
            Self::SocketIo => Dialect::SocketIo,
            Self::Mosquitto => Dialect::Mqtt,
        }
    }
}

/// A server of theirs with people in rooms.
#[derive(Debug)]
pub(crate) struct PeerRooms {
    seats: Vec<Seat>,
    /// What comes to them.
    pub(crate) meter: Arc<Meter>,
    started: Started,
}

/// How many connect at the same time.
const CONNECTING_TOGETHER: usize = 64;

impl PeerRooms {
    /// Starts the server and seats people in rooms of a size.
    pub(crate) async fn start(
        peer: Peer,
        (people, room_size): (usize, usize),
        cores: Option<Cores>,
        stage: &Stage,
    ) -> Result<Self, Trouble> {
        let started = Started::start(peer, cores).await?;
        let meter = Arc::new(Meter::new((0..people).map(|viewer| viewer / room_size).collect()));
        let mut seats = Vec::with_capacity(people);
        for begin in (0..people).step_by(CONNECTING_TOGETHER) {
            let together = (begin..people.min(begin + CONNECTING_TOGETHER)).map(|viewer| {
                let place = (viewer, viewer / room_size, Source::of_person(viewer));
                Seat::take(peer.dialect(), &started.address, place, (&meter, &stage.findings))
            });
            for seat in futures_util::future::join_all(together).await {
                seats.push(seat.map_err(|why| Trouble::Server(format!("{}: {why}", peer.name())))?);
            }
        }
        Ok(Self { seats, meter, started })
    }

    /// Has everybody in turn write at a pace; says how many messages this program could not even begin to send.
    pub(crate) async fn write(&self, pacing: Pacing) -> u64 {
        let (mut paced, mut writers) = (Paced::new(pacing), self.seats.iter().cycle());
        let mut failed = 0;
        while let (Some(due), Some(writer)) = (paced.next().await, writers.next()) {
            failed += u64::from(!writer.write(due));
        }
        failed
    }

    /// One person writes one message.
    pub(crate) fn write_one(&self, viewer: usize, due: Instant) -> bool {
        self.seats[viewer].write(due)
    }

    /// What the server's process uses.
    pub(crate) fn usage(&self) -> Option<ProcessUse> {
        self.started.usage()
    }

    /// Ends the server.
    pub(crate) async fn stop(self) -> Result<(), Trouble> {
        drop(self.seats);
        // Lines end first, so that the server ends without anything to say.
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.started.stop().await
    }
}
