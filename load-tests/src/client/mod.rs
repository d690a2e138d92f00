//! A client of the protocol, written from SPEC.md: hello, resume, commands that are sent again until they are
//! answered, the fold of events, detection of gaps, the clock. One [`Client`] is one device.

mod line;
mod link;
mod outbox;
mod pace;
mod screen;
mod skim;
mod wire;
mod witness;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use engawa_protocol::view::MeetingView;
use engawa_protocol::{ClientSeq, Command, DeviceId, Rejection, Seq};
use tokio::sync::{mpsc, oneshot, watch};

pub(crate) use pace::Pace;
pub(crate) use screen::Sample;
pub(crate) use skim::{Reading, Skimming};
pub(crate) use wire::{Socket, Transport, open_socket};
pub(crate) use witness::{Fact, Loss, Sight, Traffic, Witness};

use self::outbox::Answer;
use crate::http::{Nodes, Source};
use crate::meter::Stamp;
use crate::trouble::{Findings, Trouble};

/// Orders that may wait for a client's task.
const ORDERS_MAX: usize = 64;
/// How long a command may take until somebody says that it hangs.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// A command that was taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// The number the device gave it.
    pub(crate) client_seq: ClientSeq,
    /// Its entry in the log.
    pub(crate) seq: Seq,
    /// What it made.
    pub(crate) created: Option<u32>,
    /// When it was sent for the first time.
    pub(crate) sent: Instant,
    /// When its ack was folded.
    pub(crate) acked: Instant,
    /// The node it was sent to first, or the one whose line was lost when it was asked for.
    pub(crate) node: Option<usize>,
    /// Sent and answered on one connection, without being sent again.
    pub(crate) straight: bool,
}

/// What became of a command.
pub(crate) type Reply = Result<Taken, Rejection>;

/// How a client comes back after its line broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comeback {
    /// With the view it holds.
    Resume,
    /// As after a reload of the page: without a view.
    Reload,
}

/// What a client's task is told to do.
#[derive(Debug)]
enum Order {
    Connect,
    /// Stay away until told to connect. The line is closed in order.
    StayAway,
    /// Cut the line without a word and come back after this time.
    Break {
        comeback: Comeback,
        after: Duration,
    },
    Submit {
        command: String,
        answer: Answer,
    },
    /// Leave the line open and read nothing any more.
    ReadNoMore,
}

/// What all parts of a client share.
#[derive(Debug)]
struct Inner {
    state: Mutex<screen::State>,
    changed: watch::Sender<u64>,
    findings: Findings,
    who: String,
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, screen::State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.send_modify(|version| *version = version.wrapping_add(1));
    }
}

/// Who connects, and where to.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// For messages.
    pub(crate) who: String,
    /// The nodes: one is chosen by chance at each connection.
    pub(crate) nodes: Nodes,
    /// The personal token, or a screen's.
    pub(crate) token: String,
    /// The device.
    pub(crate) device: DeviceId,
    /// The last number the device has used elsewhere (for joining); 0 for none.
    pub(crate) numbered: ClientSeq,
    /// Chance for delays and samples.
    pub(crate) seed: u64,
    /// How frames travel.
    pub(crate) transport: Transport,
    /// Where one connects from.
    pub(crate) source: Source,
    /// How closely one reads.
    pub(crate) reading: Reading,
}

/// One device of one person (or a screen).
#[derive(Debug, Clone)]
pub(crate) struct Client {
    inner: Arc<Inner>,
    orders: mpsc::Sender<Order>,
    device: DeviceId,
}

impl Client {
    /// A client that is not connected yet. Its task ends when the last handle is dropped.
    pub(crate) fn new(identity: Identity, findings: Findings) -> Self {
        let (orders, inbox) = mpsc::channel(ORDERS_MAX);
        let inner = Arc::new(Inner {
            state: Mutex::new(screen::State::default()),
            changed: watch::Sender::new(0),
            findings,
            who: identity.who.clone(),
        });
        let device = identity.device;
        tokio::spawn(link::Link::new(identity, Arc::clone(&inner)).run(inbox));
        Self { inner, orders, device }
    }

    /// Its device.
    pub(crate) const fn device(&self) -> DeviceId {
        self.device
    }

    /// For messages.
    pub(crate) fn who(&self) -> &str {
        &self.inner.who
    }

    async fn order(&self, order: Order) -> Result<(), Trouble> {
        self.orders.send(order).await.map_err(|_| self.out())
    }

    fn out(&self) -> Trouble {
        let why = self.inner.lock().ended.clone().unwrap_or_else(|| "its task has ended".into());
        Trouble::Out { who: self.inner.who.clone(), why }
    }

    /// Comes in and waits for the welcome.
    pub(crate) async fn connect(&self, limit: Duration) -> Result<(), Trouble> {
        self.order(Order::Connect).await?;
        self.until_state("to be welcomed", limit, |state| state.online).await
    }

    /// Closes the line and stays away.
    pub(crate) async fn stay_away(&self, limit: Duration) -> Result<(), Trouble> {
        self.order(Order::StayAway).await?;
        self.until_state("to be offline", limit, |state| !state.online).await
    }

    /// Cuts the line and comes back by itself.
    pub(crate) async fn break_line(&self, comeback: Comeback, after: Duration) -> Result<(), Trouble> {
        self.order(Order::Break { comeback, after }).await
    }

    /// Asks for something and waits for the answer, over broken lines and all.
    pub(crate) async fn ask(&self, command: &Command) -> Result<Reply, Trouble> {
        let text = serde_json::to_string(command)
            .map_err(|error| Trouble::Answer(format!("a command that is no JSON: {error}")))?;
        self.ask_raw(text, command.name()).await
    }

    /// Sends a command at its moment and does not wait: what becomes of it is counted by whoever reads here. False when this
    /// client has more to do than it can.
    pub(crate) fn submit(&self, command: String, counted: &Skimming, stamp: Stamp) -> bool {
        let answer = Answer::Counted(counted.clone(), stamp);
        self.orders.try_send(Order::Submit { command, answer }).is_ok()
    }

    /// Asks to come in, without waiting.
    pub(crate) fn begin_to_connect(&self) -> bool {
        self.orders.try_send(Order::Connect).is_ok()
    }

    /// Leaves the line open and reads nothing any more: a stuck reader.
    pub(crate) async fn read_no_more(&self) -> Result<(), Trouble> {
        self.order(Order::ReadNoMore).await
    }

    /// As [`Self::ask`], with JSON as somebody with other plans would write it.
    pub(crate) async fn ask_raw(&self, command: String, name: &str) -> Result<Reply, Trouble> {
        let (reply, answer) = oneshot::channel();
        self.order(Order::Submit { command, answer: Answer::Awaited(reply) }).await?;
        match tokio::time::timeout(ANSWER_TIMEOUT, answer).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(_)) => Err(self.out()),
            Err(_) => Err(Trouble::WaitedInVain {
                who: self.inner.who.clone(),
                what: format!("an answer to {name}"),
                waited: ANSWER_TIMEOUT,
            }),
        }
    }

    /// Waits until the view fulfils a condition.
    pub(crate) async fn until(
        &self,
        what: &str,
        limit: Duration,
        condition: impl Fn(&MeetingView) -> bool,
    ) -> Result<(), Trouble> {
        self.until_state(what, limit, |state| state.screen.view().is_some_and(&condition)).await
    }

    /// Waits until the client has been told of everything up to a position of the log.
    pub(crate) async fn until_seq(&self, seq: Seq, limit: Duration) -> Result<(), Trouble> {
        let what = format!("position {seq}");
        self.until_state(&what, limit, |state| state.screen.seq().is_some_and(|at| at >= seq)).await
    }

    async fn until_state(
        &self,
        what: &str,
        limit: Duration,
        condition: impl Fn(&screen::State) -> bool,
    ) -> Result<(), Trouble> {
        let mut changed = self.inner.changed.subscribe();
        let wait = async {
            loop {
                {
                    let state = self.inner.lock();
                    if condition(&state) {
                        return Ok(());
                    }
                    if state.ended.is_some() {
                        drop(state);
                        return Err(self.out());
                    }
                }
                if changed.changed().await.is_err() {
                    return Err(self.out());
                }
            }
        };
        tokio::time::timeout(limit, wait).await.unwrap_or_else(|_| {
            Err(Trouble::WaitedInVain { who: self.inner.who.clone(), what: what.to_owned(), waited: limit })
        })
    }

    /// Waits until it is connected and welcomed, as after a broken line.
    pub(crate) async fn until_online(&self, limit: Duration) -> Result<(), Trouble> {
        self.until_state("to be back", limit, |state| state.online).await
    }

    /// Waits until the server has sent the client away for good; gives the reason.
    pub(crate) async fn until_ended(&self, limit: Duration) -> Result<String, Trouble> {
        match self.until_state("to be sent away", limit, |state| state.ended.is_some()).await {
            Ok(()) | Err(Trouble::Out { .. }) => Ok(self.inner.lock().ended.clone().unwrap_or_default()),
            Err(trouble) => Err(trouble),
        }
    }

    /// Reads the view at this moment; none before the first welcome.
    pub(crate) fn look<T>(&self, read: impl FnOnce(&MeetingView) -> T) -> Option<T> {
        self.inner.lock().screen.view().map(read)
    }

    /// Whether it is connected and welcomed.
    pub(crate) fn is_online(&self) -> bool {
        self.inner.lock().online
    }

    /// Up to which entry it has been told.
    pub(crate) fn seq(&self) -> Option<Seq> {
        self.inner.lock().screen.seq()
    }

    /// Waits until it has been told of everything up to a position, or holds the view of that position anyway.
    pub(crate) async fn until_at(
        &self,
        seq: Seq,
        right: Option<&MeetingView>,
        limit: Duration,
    ) -> Result<(), Trouble> {
        let what = format!("position {seq}, or its view");
        self.until_state(&what, limit, |state| {
            state.screen.seq().is_some_and(|at| at >= seq) || state.screen.view() == right
        })
        .await
    }

    /// Takes the views that were kept since the last time.
    pub(crate) fn take_samples(&self) -> Vec<Sample> {
        self.inner.lock().take_samples()
    }

    /// The view of this moment.
    pub(crate) fn sample(&self) -> Option<Sample> {
        self.inner.lock().screen.sample()
    }

    /// Reads what it has seen and counted so far.
    pub(crate) fn witness<T>(&self, read: impl FnOnce(&Witness) -> T) -> T {
        read(&self.inner.lock().witness)
    }
}
