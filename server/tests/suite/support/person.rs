//! Somebody at a party: a client as SPEC describes it, folding what it is sent and checking every frame's range.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use engawa_domain::{Viewer, fold};
use engawa_protocol::http::CommandReply;
use engawa_protocol::view::MeetingView;
use engawa_protocol::{
    ClientFrame, ClientSeq, CloseCode, Command, DeviceId, Frame, Goodbye, Hello, MeetingId, PersonId,
    Position, Presence, Rejected, Rejection, Role, Seq, ServerFrame, Start, Submit, VersionRange, Welcome,
};
use engawa_server::auth::LinkGrant;
use engawa_server::hub::{Joined, Outgoing, Request};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use uuid::Uuid;

use super::http_line::{HttpLine, Way};
use super::{PATIENCE, Venue};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How somebody is connected.
enum Line {
    /// Straight on the hub.
    Direct(Box<Joined>, Vec<ServerFrame>),
    /// Over a WebSocket.
    Socket(Box<Socket>),
    /// Over plain HTTP.
    Http(Box<HttpLine>),
    /// Not at all.
    Cut,
}

/// Somebody at a party.
pub struct Person {
    pub grant: LinkGrant,
    pub token: String,
    pub device: DeviceId,
    pub view: Option<MeetingView>,
    pub position: Option<Position>,
    /// Commands without an outcome, by number.
    pub pending: BTreeMap<ClientSeq, Command>,
    pub outcomes: BTreeMap<ClientSeq, CommandReply>,
    pub last_number: ClientSeq,
    /// What was told in an earlier epoch may be decided again (RS4).
    told_earlier: BTreeSet<ClientSeq>,
    pub presence: Vec<Presence>,
    pub gestures: Vec<engawa_protocol::Gestured>,
    pub goodbye: Option<Goodbye>,
    /// Whether the last welcome went on from the position held.
    pub resumed: bool,
    /// Views that came with a welcome.
    pub views: u32,
    pub frames: u64,
    /// How they connect where there are sockets.
    pub way: Way,
    /// Where they connect, if not to the venue itself.
    pub via: Option<SocketAddr>,
    line: Line,
}

impl Person {
    /// Comes to the party for the first time, over whatever the venue has.
    pub async fn enter(venue: &Venue, person: PersonId) -> Self {
        let grant = venue.grant(person).await;
        let mut someone = Self::outside(venue, grant);
        someone.come(venue).await;
        someone
    }

    /// Somebody with a link who has not come yet.
    pub fn outside(venue: &Venue, grant: LinkGrant) -> Self {
        let token = venue.state.keys.sign(&grant).expose().to_owned();
        Self { grant, ..Self::outside_of(&token, grant.meeting) }
    }

    /// Somebody with a token of a server somewhere else.
    pub fn outside_of(token: &str, meeting: MeetingId) -> Self {
        Self {
            grant: LinkGrant::shared(meeting, Role::Screen, 0),
            token: token.to_owned(),
            device: DeviceId(Uuid::new_v4()),
            view: None,
            position: None,
            pending: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            last_number: ClientSeq(0),
            told_earlier: BTreeSet::new(),
            presence: Vec::new(),
            gestures: Vec::new(),
            goodbye: None,
            resumed: false,
            views: 0,
            frames: 0,
            way: Way::WebSocket,
            via: None,
            line: Line::Cut,
        }
    }

    /// Connects, goes on from the position held, and sends again what has no outcome.
    pub async fn come(&mut self, venue: &Venue) {
        self.try_come(venue).await.expect("let in");
    }

    /// As [`Person::come`]; tells why not.
    pub async fn try_come(&mut self, venue: &Venue) -> Result<(), CloseCode> {
        self.goodbye = None;
        self.line = match self.via.or(venue.address) {
            Some(address) if self.way == Way::WebSocket => self.dial(&format!("ws://{address}/ws")).await,
            Some(address) => Line::Http(Box::new(HttpLine::open(address, self.way, self.hello()))),
            None => {
                let asked = (self.device, 1, self.position);
                let joined = venue.hub.attach(self.grant.meeting, self.grant.grant, asked).await?;
                Line::Direct(Box::new(joined), Vec::new())
            }
        };
        self.settle_in().await
    }

    /// Opens a line without a word.
    pub async fn connect_only(&mut self, venue: &Venue) {
        let url = format!("ws://{}/ws", venue.address.expect("sockets"));
        let (socket, _) = tokio_tungstenite::connect_async(url).await.expect("a socket");
        self.line = Line::Socket(Box::new(socket));
    }

    /// Connects to a server somewhere else.
    pub async fn come_to(&mut self, url: &str) -> Result<(), CloseCode> {
        self.goodbye = None;
        self.line = self.dial(url).await;
        self.settle_in().await
    }

    async fn settle_in(&mut self) -> Result<(), CloseCode> {
        let welcome = loop {
            match self.next().await {
                Some(ServerFrame::Welcome(welcome)) => break welcome,
                Some(_) => {}
                None => return Err(self.goodbye.as_ref().map_or(CloseCode::Faulted, |goodbye| goodbye.code)),
            }
        };
        self.take_welcome(welcome);
        for (client_seq, command) in self.pending.clone() {
            self.send(Submit { client_seq, command }).await;
        }
        Ok(())
    }

    async fn dial(&self, url: &str) -> Line {
        let Ok((mut socket, _)) = tokio_tungstenite::connect_async(url).await else { return Line::Cut };
        let _ = socket.send(text(&ClientFrame::Hello(self.hello()))).await;
        Line::Socket(Box::new(socket))
    }

    /// Their hello as it would be now.
    pub fn hello(&self) -> Hello {
        Hello {
            protocol: VersionRange::OURS,
            token: self.token.clone(),
            device: self.device,
            resume: self.position,
        }
    }

    fn take_welcome(&mut self, welcome: Welcome) {
        match welcome.start {
            Start::View { view } => {
                self.view = Some(*view);
                self.resumed = false;
                self.views += 1;
            }
            Start::Resumed {} => {
                assert_eq!(Some(welcome.position), self.position, "RS1");
                self.resumed = true;
            }
        }
        assert_eq!(welcome.meeting, self.grant.meeting);
        if self.position.is_some_and(|held| held.epoch != welcome.position.epoch) {
            self.told_earlier = self.outcomes.keys().copied().collect();
        }
        self.position = Some(welcome.position);
    }

    /// Asks for something without waiting for the outcome.
    pub async fn submit(&mut self, command: impl Into<Command>) -> ClientSeq {
        self.last_number = self.last_number.next();
        let (client_seq, command) = (self.last_number, command.into());
        self.pending.insert(client_seq, command.clone());
        self.send(Submit { client_seq, command }).await;
        client_seq
    }

    /// Asks for something and waits for the outcome.
    pub async fn ask(&mut self, command: impl Into<Command>) -> Result<Option<u32>, Rejection> {
        let number = self.submit(command).await;
        self.outcome(number).await
    }

    /// Waits for the outcome of a command; sends it again while it cannot be stored.
    pub async fn outcome(&mut self, number: ClientSeq) -> Result<Option<u32>, Rejection> {
        timeout(PATIENCE, async {
            while !self.outcomes.contains_key(&number) {
                assert!(self.step().await, "the line ended: {:?}", self.goodbye);
            }
        })
        .await
        .expect("an outcome");
        match self.outcomes[&number].clone() {
            CommandReply::Accepted { created, .. } => Ok(created),
            CommandReply::Rejected { rejection } => Err(rejection),
        }
    }

    /// Sends again what was refused only for now. Says whether there was anything.
    pub async fn send_refused_again(&mut self) -> bool {
        let refused: Vec<_> = self
            .pending
            .iter()
            .filter(|(number, _)| self.outcomes.contains_key(number))
            .map(|(number, command)| (*number, command.clone()))
            .collect();
        for (client_seq, command) in &refused {
            self.outcomes.remove(client_seq);
            self.send(Submit { client_seq: *client_seq, command: command.clone() }).await;
        }
        !refused.is_empty()
    }

    async fn send(&mut self, submit: Submit) {
        match &mut self.line {
            Line::Direct(joined, _) => {
                let connection = joined.attached.connection;
                joined.handle.send(Request::Submit(connection, submit)).await;
            }
            Line::Socket(socket) => {
                // A line that has been cut shows when something is read.
                let _ = socket.send(text(&ClientFrame::Submit(submit))).await;
            }
            Line::Http(line) => line.send(ClientFrame::Submit(submit)),
            Line::Cut => {}
        }
    }

    /// Sends anything.
    pub async fn send_raw(&mut self, message: Message) {
        if let Line::Socket(socket) = &mut self.line {
            let _ = socket.send(message).await;
        }
    }

    pub async fn send_frame(&mut self, frame: &ClientFrame) {
        match (&mut self.line, frame) {
            (Line::Direct(joined, _), ClientFrame::Gesture(gesture)) => {
                let request = Request::Gesture(joined.attached.connection, gesture.clone());
                joined.handle.send(request).await;
            }
            (Line::Direct(..), _) => panic!("only over a socket"),
            (Line::Http(line), frame) => line.send(frame.clone()),
            (Line::Socket(_) | Line::Cut, frame) => self.send_raw(text(frame)).await,
        }
    }

    /// Cuts the line without a word.
    pub async fn vanish(&mut self) {
        if let Line::Direct(joined, _) = &self.line {
            joined.handle.send(Request::Detach(joined.attached.connection)).await;
        }
        self.line = Line::Cut;
    }

    /// Takes the next frame and folds it. False when the line has ended.
    pub async fn step(&mut self) -> bool {
        match self.next().await {
            Some(frame) => {
                self.take(frame);
                true
            }
            None => false,
        }
    }

    /// Takes frames until something holds.
    pub async fn until(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let waited = timeout(PATIENCE, async {
            while !holds(self) {
                assert!(self.step().await, "{what}: the line ended: {:?}", self.goodbye);
            }
        });
        let in_time = waited.await.is_ok();
        assert!(in_time, "{what}: not within {PATIENCE:?}; at {:?}", self.position);
    }

    /// Takes frames until the position is at `seq` or behind it.
    pub async fn until_at(&mut self, seq: Seq) {
        self.until("a position", |me| me.position.is_some_and(|position| position.seq >= seq)).await;
    }

    /// Takes frames until the server has closed the line.
    pub async fn until_closed(&mut self) -> CloseCode {
        timeout(PATIENCE, async { while self.step().await {} }).await.expect("the line ends");
        self.goodbye.as_ref().map(|goodbye| goodbye.code).expect("a goodbye")
    }

    /// Listens until the server has closed the line, without folding; the kinds of frames that came before.
    pub async fn codes_and_kinds(&mut self) -> (CloseCode, Vec<&'static str>) {
        let mut kinds = Vec::new();
        let listening = async {
            while let Some(frame) = self.next().await {
                kinds.push(match frame {
                    ServerFrame::Welcome(_) => "welcome",
                    ServerFrame::Pong(_) => "pong",
                    _ => "other",
                });
            }
        };
        timeout(PATIENCE, listening).await.expect("the line ends");
        (self.goodbye.as_ref().map(|goodbye| goodbye.code).expect("a goodbye"), kinds)
    }

    /// What is held is exactly what the server would show now (FD1).
    pub async fn check(&mut self, venue: &Venue) {
        let viewer = self.grant.grant.person.map_or(Viewer::Screen, Viewer::Person);
        for _ in 0..200 {
            let (position, truth) = venue.truth(viewer).await;
            self.until_at(position.seq).await;
            if self.position == Some(position) {
                assert_eq!(self.view, truth, "folded and projected differ at {position}");
                return;
            }
        }
        panic!("the meeting never came to rest");
    }

    pub fn view(&self) -> &MeetingView {
        self.view.as_ref().expect("a view")
    }

    fn take(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Frame(frame) => self.take_frame(frame),
            ServerFrame::Refused(refused) => self.take_rejections(refused.rejections),
            ServerFrame::Presence(presence) => self.presence.push(presence),
            ServerFrame::Gestured(gestured) => self.gestures.push(gestured),
            ServerFrame::Pong(_) => {}
            ServerFrame::Welcome(_) | ServerFrame::Goodbye(_) => panic!("not now: {frame:?}"),
        }
    }

    fn take_frame(&mut self, frame: Frame) {
        let position = self.position.as_mut().expect("a welcome came first");
        assert_eq!(frame.from, position.seq, "FR1");
        assert!(frame.to >= frame.from);
        position.seq = frame.to;
        self.frames += 1;
        let view = self.view.as_mut().expect("a view");
        for event in &frame.events {
            fold(view, event);
        }
        for ack in frame.acks {
            assert!(ack.seq <= frame.to, "FR4");
            self.settle(ack.client_seq, CommandReply::Accepted { seq: ack.seq, created: ack.created });
        }
        self.take_rejections(frame.rejections);
    }

    fn take_rejections(&mut self, rejections: Vec<Rejected>) {
        for Rejected { client_seq, rejection } in rejections {
            if rejection.is_retryable() {
                self.outcomes.insert(client_seq, CommandReply::Rejected { rejection });
            } else {
                self.settle(client_seq, CommandReply::Rejected { rejection });
            }
        }
    }

    fn settle(&mut self, client_seq: ClientSeq, outcome: CommandReply) {
        self.pending.remove(&client_seq);
        if let Some(before) = self.outcomes.insert(client_seq, outcome.clone()) {
            let retryable =
                matches!(&before, CommandReply::Rejected { rejection } if rejection.is_retryable());
            let told_earlier = self.told_earlier.remove(&client_seq);
            assert!(retryable || told_earlier || before == outcome, "CM2: {before:?}, then {outcome:?}");
        }
    }

    async fn next(&mut self) -> Option<ServerFrame> {
        match &mut self.line {
            Line::Direct(joined, waiting) => {
                if waiting.is_empty() {
                    match timeout(PATIENCE, joined.outbox.next()).await.expect("a frame") {
                        Outgoing::Frames(frames) => {
                            *waiting = frames
                                .iter()
                                .map(|text| serde_json::from_str(text).expect("a frame"))
                                .collect();
                        }
                        Outgoing::Goodbye(goodbye) => {
                            self.goodbye = Some(goodbye);
                            self.line = Line::Cut;
                            return None;
                        }
                    }
                }
                Some(waiting.remove(0))
            }
            Line::Socket(socket) => loop {
                match timeout(PATIENCE, socket.next()).await.expect("a frame") {
                    Some(Ok(Message::Text(text))) => match serde_json::from_str(&text).expect("a frame") {
                        ServerFrame::Goodbye(goodbye) => self.goodbye = Some(goodbye),
                        frame => return Some(frame),
                    },
                    Some(Ok(Message::Close(frame))) => {
                        if let (Some(frame), Some(goodbye)) = (frame, &self.goodbye) {
                            assert_eq!(u16::from(frame.code), goodbye.number, "CL1");
                        }
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => {
                        self.line = Line::Cut;
                        return None;
                    }
                }
            },
            Line::Http(line) => match timeout(PATIENCE, line.next()).await.expect("a frame") {
                Some(ServerFrame::Goodbye(goodbye)) => {
                    self.goodbye = Some(goodbye);
                    self.line = Line::Cut;
                    None
                }
                None => {
                    self.line = Line::Cut;
                    None
                }
                frame => frame,
            },
            Line::Cut => None,
        }
    }
}

fn text(frame: &ClientFrame) -> Message {
    Message::text(serde_json::to_string(frame).expect("JSON"))
}
