//! The task behind a client: connects, says hello, keeps the line, comes back after anything unusual (RS3).

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engawa_protocol::http::{CommandOutcome, CommandReply, FramesReply};
use engawa_protocol::{Ack, ClientFrame, Hello, Ping, Pong, Rejected, ServerFrame, VersionRange, Welcome};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::line::{End, Line, encode, wall_clock};
use super::outbox::Outbox;
use super::skim::{Reading, skim};
use super::wire::{Heard, Opening, Wire};
use super::witness::{Arrival, Loss};
use super::{Comeback, Identity, Inner, Order};
use crate::trouble::Promise;

/// How long connecting, the upgrade and the welcome may take together.
const WELCOME_TIMEOUT: Duration = Duration::from_secs(30);
/// CL2: growing delays begin here and end there.
const RETRY_FIRST_MS: u64 = 1_000;
const RETRY_MAX_MS: u64 = 30_000;
/// How often a client shows that it lives and looks at the clock.
const PING_INTERVAL: Duration = Duration::from_secs(15);
/// How often commands that were refused for now are looked through.
const TICK: Duration = Duration::from_millis(250);
/// The same where thousands read in one program, which would do little else.
const TICK_SKIMMED: Duration = Duration::from_secs(2);
/// One frame in so many is kept as a sample.
const SAMPLE_ONE_IN: u32 = 60;

/// The state of the task.
pub(super) struct Link {
    identity: Identity,
    inner: Arc<Inner>,
    outbox: Outbox,
    chance: SmallRng,
    wanted: bool,
    failures: u32,
    /// The node of the line that was lost last, and when; until the next welcome.
    lost: Option<(usize, Instant)>,
    /// The node where the last attempt failed.
    failed: Option<usize>,
}

impl Link {
    pub(super) fn new(identity: Identity, inner: Arc<Inner>) -> Self {
        let chance = SmallRng::seed_from_u64(identity.seed);
        let outbox = Outbox::after(identity.numbered);
        Self { identity, inner, outbox, chance, wanted: false, failures: 0, lost: None, failed: None }
    }

    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let why = loop {
            if !self.wanted {
                match orders.recv().await {
                    Some(order) => self.order_offline(order),
                    None => break "nobody needs it any more".to_owned(),
                }
                continue;
            }
            let end = match tokio::time::timeout(WELCOME_TIMEOUT, self.connect()).await {
                Ok(Ok(mut line)) => {
                    self.set_online(true);
                    let end = self.keep(&mut line, &mut orders).await;
                    self.set_online(false);
                    if matches!(end, End::Lost(_) | End::Goodbye(_)) {
                        self.lost = Some((line.node, Instant::now()));
                    }
                    end
                }
                Ok(Err(end)) => end,
                Err(_) => End::Lost(format!("no welcome within {WELCOME_TIMEOUT:?}")),
            };
            match self.settle(end) {
                ControlFlow::Continue(delay) => self.pause(delay, &mut orders).await,
                ControlFlow::Break(why) => break why,
            }
        };
        self.inner.lock().ended = Some(why);
        self.inner.tell();
    }

    fn set_online(&mut self, online: bool) {
        self.inner.lock().online = online;
        self.inner.tell();
    }

    fn order_offline(&mut self, order: Order) {
        match order {
            Order::Connect => self.wanted = true,
            Order::StayAway | Order::Break { .. } | Order::ReadNoMore => {}
            Order::Submit { command, answer } => {
                let node = self.lost.map(|(node, _)| node);
                self.outbox.put(&command, answer, Instant::now(), node);
            }
        }
    }

    /// What to do after a line has ended: come back after a delay, or not at all.
    fn settle(&mut self, end: End) -> ControlFlow<String, Duration> {
        let name = match &end {
            End::Away => "stayed_away".into(),
            End::Break { .. } => "cut_by_us".into(),
            End::Goodbye(goodbye) => format!("{:?}", goodbye.code),
            End::Lost(_) => "lost".into(),
            End::Broken(_) => "broken".into(),
            End::Over => "over".into(),
            End::Dropped => return ControlFlow::Break("nobody needs it any more".into()),
        };
        *self.inner.lock().witness.traffic.ends.entry(name).or_default() += 1;
        match end {
            End::Away => {
                self.wanted = false;
                self.lost = None;
                ControlFlow::Continue(Duration::ZERO)
            }
            End::Break { comeback, after } => {
                if comeback == Comeback::Reload {
                    self.inner.lock().screen.clear();
                }
                ControlFlow::Continue(after)
            }
            End::Goodbye(goodbye) if goodbye.retry => {
                ControlFlow::Continue(Duration::from_millis(goodbye.retry_after_ms))
            }
            End::Goodbye(goodbye) => ControlFlow::Break(format!("{:?}", goodbye.code)),
            End::Lost(_) if self.identity.nodes.are_unsteady() => ControlFlow::Continue(self.growing_delay()),
            End::Lost(why) | End::Broken(why) => {
                self.inner.findings.add(Promise::Protocol, format!("{}: {why}", self.inner.who));
                ControlFlow::Continue(self.growing_delay())
            }
            End::Over => ControlFlow::Continue(Duration::ZERO),
            End::Dropped => ControlFlow::Break(String::new()),
        }
    }

    fn growing_delay(&mut self) -> Duration {
        self.failures += 1;
        let most = RETRY_FIRST_MS.saturating_mul(1 << self.failures.min(5)).min(RETRY_MAX_MS);
        Duration::from_millis(self.chance.random_range(RETRY_FIRST_MS..=most))
    }

    /// Waits, and takes orders meanwhile.
    async fn pause(&mut self, delay: Duration, orders: &mut mpsc::Receiver<Order>) {
        let until = tokio::time::Instant::now() + delay;
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return,
                order = orders.recv() => match order {
                    Some(Order::StayAway) | None => {
                        self.wanted = false;
                        return;
                    }
                    Some(order) => self.order_offline(order),
                },
            }
        }
    }

    /// Connects, upgrades, says hello, takes the welcome (HS1 to HS5).
    async fn connect(&mut self) -> Result<Line, End> {
        let began = Instant::now();
        let (node, address) = self.identity.nodes.pick(self.failed.take(), &mut self.chance);
        let hello = encode(&ClientFrame::Hello(Hello {
            protocol: VersionRange::OURS,
            token: self.identity.token.clone(),
            device: self.identity.device,
            resume: self.inner.lock().screen.position(),
        }))?;
        let wire = Wire::open(Opening {
            transport: self.identity.transport,
            address,
            source: self.identity.source,
            token: self.identity.token.clone(),
            device: self.identity.device,
            hello,
        })
        .await
        .inspect_err(|_| self.failed = Some(node))?;
        let now = Instant::now();
        let heartbeat = WELCOME_TIMEOUT;
        let mut line =
            Line { wire, node, welcomed: now, heard: now, heartbeat, accepted: Vec::new(), deaf: false };
        let (text, frame) = loop {
            if let Some(heard) = self.next_frame(&mut line).await? {
                break heard;
            }
        };
        match frame {
            ServerFrame::Welcome(welcome) => self.welcome(&mut line, welcome, &text, began)?,
            ServerFrame::Goodbye(goodbye) => return Err(End::Goodbye(goodbye)),
            other => return Err(End::Broken(format!("before the welcome came {other:?}"))),
        }
        for frame in self.outbox.all_again() {
            self.send_text(&mut line, frame).await?;
        }
        self.ping(&mut line).await?;
        Ok(line)
    }

    fn welcome(
        &mut self,
        line: &mut Line,
        welcome: Welcome,
        text: &Utf8Bytes,
        began: Instant,
    ) -> Result<(), End> {
        line.welcomed = Instant::now();
        line.heartbeat = Duration::from_millis(welcome.heartbeat_ms);
        self.failures = 0;
        let seq = welcome.position.seq;
        let mut state = self.inner.lock();
        let state = &mut *state;
        let fresh = state.screen.welcome(welcome).map_err(|gap| {
            state.screen.clear();
            End::Broken(gap.to_string())
        })?;
        let traffic = &mut state.witness.traffic;
        traffic.welcome_us.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        if let Some((node, lost)) = self.lost.take() {
            traffic.losses.push(Loss { node, lost, back: line.welcomed });
        }
        if fresh {
            traffic.views += 1;
        } else {
            traffic.resumes += 1;
        }
        let (at, connected_since) = (line.welcomed, line.welcomed);
        if self.identity.reading.is_whole() {
            state.witness.read(Arrival { text, from: seq, seq, at, connected_since });
        }
        if let (true, Some(view)) = (fresh, state.screen.view()) {
            state.witness.view(view, seq);
        }
        if let Reading::Skimmed(skimming) = &self.identity.reading {
            skimming.welcomed(fresh, line.welcomed);
            state.screen.drop_view();
        }
        Ok(())
    }

    /// Keeps a line until it ends.
    async fn keep(&mut self, line: &mut Line, orders: &mut mpsc::Receiver<Order>) -> End {
        let tick = if self.identity.reading.is_whole() { TICK } else { TICK_SKIMMED };
        let mut tick = tokio::time::interval(tick);
        let mut last_ping = Instant::now();
        loop {
            let step = tokio::select! {
                received = self.next_frame(line), if !line.deaf => match received {
                    Ok(Some((text, frame))) => self.take(line, &text, frame),
                    Ok(None) => Ok(()),
                    Err(end) => Err(end),
                },
                order = orders.recv() => self.order_online(line, order).await,
                _ = tick.tick() => self.on_tick(line, &mut last_ping).await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn on_tick(&mut self, line: &mut Line, last_ping: &mut Instant) -> Result<(), End> {
        let now = Instant::now();
        // FR6.
        if now.duration_since(line.heard) > line.heartbeat * 2 && !line.deaf {
            return Err(End::Lost("no heartbeat for two intervals".into()));
        }
        for frame in self.outbox.due_again(now) {
            self.inner.lock().witness.traffic.again += 1;
            self.send_text(line, frame).await?;
        }
        if now.duration_since(*last_ping) >= PING_INTERVAL {
            *last_ping = now;
            self.ping(line).await?;
        }
        Ok(())
    }

    async fn order_online(&mut self, line: &mut Line, order: Option<Order>) -> Result<(), End> {
        match order {
            None => {
                line.wire.close().await;
                Err(End::Dropped)
            }
            Some(Order::Connect) => Ok(()),
            Some(Order::StayAway) => {
                line.wire.close().await;
                Err(End::Away)
            }
            // The stream is dropped where it is: the server sees a line that broke.
            Some(Order::Break { comeback, after }) => Err(End::Break { comeback, after }),
            Some(Order::ReadNoMore) => {
                line.deaf = true;
                Ok(())
            }
            Some(Order::Submit { command, answer }) => {
                let frame = self.outbox.put(&command, answer, Instant::now(), Some(line.node));
                self.send_text(line, frame).await
            }
        }
    }

    /// Takes a frame of a running connection.
    fn take(&mut self, line: &mut Line, text: &Utf8Bytes, frame: ServerFrame) -> Result<(), End> {
        match frame {
            ServerFrame::Frame(frame) => {
                let mut guard = self.inner.lock();
                let state = &mut *guard;
                if let Err(gap) = state.screen.fold(&frame) {
                    state.screen.clear();
                    return Err(End::Broken(format!("FR1: {gap}")));
                }
                let (from, seq, at, connected_since) = (frame.from, frame.to, Instant::now(), line.welcomed);
                match &self.identity.reading {
                    Reading::Whole => {
                        state.witness.read(Arrival { text, from, seq, at, connected_since });
                    }
                    Reading::Skimmed(skimming) => skimming.frame(text, (from, seq), at),
                }
                for event in &frame.events {
                    state.witness.event(event, seq);
                }
                if self.identity.reading.is_whole() && self.chance.random_ratio(1, SAMPLE_ONE_IN) {
                    state.keep_sample();
                }
                drop(guard);
                self.inner.tell();
                for ack in &frame.acks {
                    if ack.seq > frame.to {
                        let who = &self.inner.who;
                        let what = format!("{who}: FR4: an ack of entry {} in a frame up to {seq}", ack.seq);
                        self.inner.findings.add(Promise::Protocol, what);
                    }
                    self.outbox.acked(ack, at);
                }
                frame.rejections.into_iter().for_each(|rejected| self.outbox.rejected(rejected, at));
                line.accepted.retain(|ack| {
                    let seen = ack.seq <= seq;
                    if seen {
                        self.outbox.acked(ack, at);
                    }
                    !seen
                });
                Ok(())
            }
            ServerFrame::Refused(refused) => {
                let at = Instant::now();
                refused.rejections.into_iter().for_each(|rejected| self.outbox.rejected(rejected, at));
                Ok(())
            }
            ServerFrame::Pong(pong) => {
                self.pong(&pong);
                Ok(())
            }
            ServerFrame::Presence(_) | ServerFrame::Gestured(_) => Ok(()),
            ServerFrame::Goodbye(goodbye) => Err(End::Goodbye(goodbye)),
            ServerFrame::Welcome(_) => Err(End::Broken("a second welcome".into())),
        }
    }

    /// FR7.
    fn pong(&mut self, pong: &Pong) {
        let Some(client_time) = pong.client_time else { return };
        let now = wall_clock();
        let way_us = now.since_ms(client_time) * 1_000;
        let middle = client_time.0.midpoint(now.0);
        let offset =
            i64::try_from(pong.server_time.0).unwrap_or(i64::MAX) - i64::try_from(middle).unwrap_or(i64::MAX);
        let mut state = self.inner.lock();
        let clock = &mut state.witness.traffic.clock;
        if clock.is_none_or(|(best_us, _)| way_us < best_us) {
            *clock = Some((way_us, offset));
        }
    }

    async fn ping(&mut self, line: &mut Line) -> Result<(), End> {
        self.send_frame(line, &ClientFrame::Ping(Ping { client_time: wall_clock() })).await
    }

    async fn send_frame(&mut self, line: &mut Line, frame: &ClientFrame) -> Result<(), End> {
        self.send_text(line, encode(frame)?).await
    }

    async fn send_text(&mut self, line: &mut Line, text: String) -> Result<(), End> {
        self.inner.lock().witness.traffic.bytes_out += text.len() as u64;
        Ok(line.wire.send(text).await?)
    }

    /// The next frame, if what came is one; GN2: one that is not understood ends the line.
    async fn next_frame(&mut self, line: &mut Line) -> Result<Option<(Utf8Bytes, ServerFrame)>, End> {
        let heard = line.wire.next().await?;
        line.heard = Instant::now();
        match heard {
            Heard::Text(text) => {
                self.count(text.len() as u64);
                let frame = match &self.identity.reading {
                    Reading::Whole => serde_json::from_str(&text),
                    Reading::Skimmed(_) => skim(&text),
                };
                let frame = frame.map_err(|error| End::Broken(format!("GN2: not a frame: {error}")))?;
                Ok(Some((text, frame)))
            }
            Heard::Outcomes(reply) => {
                self.outcomes(line, reply);
                Ok(None)
            }
        }
    }

    /// TR5: an acceptance counts once its effect has come.
    fn outcomes(&mut self, line: &mut Line, reply: FramesReply) {
        let at = Instant::now();
        let position = self.inner.lock().screen.seq();
        for CommandOutcome { client_seq, reply } in reply.outcomes {
            match reply {
                CommandReply::Accepted { seq, created } => {
                    let ack = Ack { client_seq, seq, created };
                    if position.is_some_and(|position| position >= seq) {
                        self.outbox.acked(&ack, at);
                    } else {
                        line.accepted.push(ack);
                    }
                }
                CommandReply::Rejected { rejection } => {
                    self.outbox.rejected(Rejected { client_seq, rejection }, at);
                }
            }
        }
        reply.pongs.iter().for_each(|pong| self.pong(pong));
    }

    fn count(&self, bytes: u64) {
        let mut state = self.inner.lock();
        let traffic = &mut state.witness.traffic;
        traffic.frames_in += 1;
        traffic.bytes_in += bytes;
        traffic.largest_in = traffic.largest_in.max(bytes);
    }
}
