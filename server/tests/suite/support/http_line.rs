//! A client of the transports over plain HTTP, as SPEC's TR rules describe it: frames down by a streamed response or a
//! long poll, frames up by POST. One TCP connection a request, so that nothing depends on one being kept.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use engawa_protocol::http::{CommandReply, FramesReply, FramesRequest, PollNext, PollReply};
use engawa_protocol::{Ack, ClientFrame, DeviceId, Frame, Hello, Refused, Rejected, Seq, ServerFrame};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

/// What carries frames down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    WebSocket,
    Stream,
    Poll,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Times that a request upwards is sent before the line is given up.
const UP_TRIES: u32 = 8;
const UP_RETRY: Duration = Duration::from_millis(50);
/// A request that is not answered for so long is sent again.
const UP_TIMEOUT: Duration = Duration::from_secs(12);

/// An open line.
pub struct HttpLine {
    down: mpsc::UnboundedReceiver<ServerFrame>,
    up: mpsc::UnboundedSender<ClientFrame>,
    replies: mpsc::UnboundedReceiver<FramesReply>,
    /// Where the client is.
    at: Seq,
    /// Accepted, but without its effect yet (TR5).
    held: Vec<Ack>,
    ready: VecDeque<ServerFrame>,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl HttpLine {
    /// Says hello.
    pub fn open(address: SocketAddr, way: Way, hello: Hello) -> Self {
        let (frames, down) = mpsc::unbounded_channel();
        let (up, asked) = mpsc::unbounded_channel();
        let (answers, replies) = mpsc::unbounded_channel();
        let upwards = Upwards { address, token: hello.token.clone(), device: hello.device };
        let downwards = async move {
            // However it ends, the other end of the channel notices.
            let _ended = match way {
                Way::WebSocket => panic!("not over plain HTTP"),
                Way::Stream => follow_stream(address, &hello, &frames).await,
                Way::Poll => follow_poll(address, &hello, &frames).await,
            };
        };
        let tasks = [
            AbortOnDropHandle::new(tokio::spawn(downwards)),
            AbortOnDropHandle::new(tokio::spawn(upwards.run(asked, answers))),
        ];
        Self { down, up, replies, at: Seq(0), held: Vec::new(), ready: VecDeque::new(), _tasks: tasks }
    }

    pub fn send(&self, frame: ClientFrame) {
        // A line that has ended shows when something is read.
        let _ = self.up.send(frame);
    }

    /// What the server says next, with acks where their effect is (TR5).
    pub async fn next(&mut self) -> Option<ServerFrame> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Some(frame);
            }
            tokio::select! {
                biased;
                frame = self.down.recv() => {
                    let frame = frame?;
                    match &frame {
                        ServerFrame::Welcome(welcome) => self.at = welcome.position.seq,
                        ServerFrame::Frame(frame) => self.at = frame.to,
                        _ => {}
                    }
                    self.ready.push_back(frame);
                    self.release();
                }
                reply = self.replies.recv() => {
                    // Without one the way up is broken, and the line with it.
                    self.take(reply?);
                    self.release();
                }
            }
        }
    }

    fn take(&mut self, reply: FramesReply) {
        for outcome in reply.outcomes {
            let client_seq = outcome.client_seq;
            match outcome.reply {
                CommandReply::Accepted { seq, created } => self.held.push(Ack { client_seq, seq, created }),
                CommandReply::Rejected { rejection } => {
                    let rejections = vec![Rejected { client_seq, rejection }];
                    self.ready.push_back(ServerFrame::Refused(Refused { rejections }));
                }
            }
        }
        self.ready.extend(reply.pongs.into_iter().map(ServerFrame::Pong));
    }

    fn release(&mut self) {
        let at = self.at;
        let acks: Vec<_> = self.held.extract_if(.., |ack| ack.seq <= at).collect();
        if !acks.is_empty() {
            let frame = Frame { from: at, to: at, events: Vec::new(), acks, rejections: Vec::new() };
            self.ready.push_back(ServerFrame::Frame(frame));
        }
    }
}

/// A POST on a connection of its own.
pub async fn post(
    address: SocketAddr,
    path: &str,
    token: Option<&str>,
    body: Vec<u8>,
) -> Result<Response<Incoming>, Failure> {
    let authorization = token.map(|token| ("authorization", format!("Bearer {token}")));
    send(address, path, authorization, body).await
}

/// A POST of a page of some site.
pub async fn post_from(
    address: SocketAddr,
    path: &str,
    origin: &str,
    body: Vec<u8>,
) -> Result<Response<Incoming>, Failure> {
    send(address, path, Some(("origin", origin.to_owned())), body).await
}

async fn send(
    address: SocketAddr,
    path: &str,
    header: Option<(&'static str, String)>,
    body: Vec<u8>,
) -> Result<Response<Incoming>, Failure> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // Lives until the response has been read or dropped.
    tokio::spawn(connection);
    let mut request = Request::post(path)
        .header("host", address.to_string())
        .header("connection", "close")
        .header("content-type", "application/json");
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    Ok(sender.send_request(request.body(Full::new(Bytes::from(body)))?).await?)
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("JSON")
}

fn hello_body(hello: &Hello) -> Vec<u8> {
    json(&ClientFrame::Hello(hello.clone()))
}

async fn follow_stream(
    address: SocketAddr,
    hello: &Hello,
    frames: &mpsc::UnboundedSender<ServerFrame>,
) -> Result<(), Failure> {
    let mut body = post(address, "/api/stream", None, hello_body(hello)).await?.into_body();
    let mut text = Vec::new();
    while let Some(piece) = body.frame().await {
        text.extend_from_slice(piece?.data_ref().ok_or("trailers")?);
        while let Some(end) = text.windows(2).position(|pair| pair == b"\n\n") {
            let event: Vec<u8> = text.drain(..end + 2).collect();
            if let Some(data) = event.strip_prefix(b"data: ") {
                frames.send(serde_json::from_slice(data)?)?;
            }
        }
    }
    Ok(())
}

async fn follow_poll(
    address: SocketAddr,
    hello: &Hello,
    frames: &mpsc::UnboundedSender<ServerFrame>,
) -> Result<(), Failure> {
    let mut response = post(address, "/api/poll", None, hello_body(hello)).await?;
    loop {
        if response.status() != StatusCode::OK {
            return Err("the line is not there any more".into());
        }
        let reply: PollReply = serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?;
        let last = reply.frames.iter().any(|frame| matches!(frame, ServerFrame::Goodbye(_)));
        for frame in reply.frames {
            frames.send(frame)?;
        }
        if last {
            return Ok(());
        }
        let next = PollNext { line: reply.line, turn: reply.turn };
        response = post(address, "/api/poll/next", None, json(&next)).await?;
    }
}

/// The way up: one request at a time, in order.
struct Upwards {
    address: SocketAddr,
    token: String,
    device: DeviceId,
}

impl Upwards {
    async fn run(
        self,
        mut asked: mpsc::UnboundedReceiver<ClientFrame>,
        answers: mpsc::UnboundedSender<FramesReply>,
    ) {
        let mut frames = Vec::new();
        while asked.recv_many(&mut frames, 16).await > 0 {
            let request = FramesRequest { device: self.device, frames: std::mem::take(&mut frames) };
            let Some(reply) = self.send(&request).await else { return };
            if answers.send(reply).is_err() {
                return;
            }
        }
    }

    async fn send(&self, request: &FramesRequest) -> Option<FramesReply> {
        for _ in 0..UP_TRIES {
            let asking = async {
                let response = post(self.address, "/api/frames", Some(&self.token), json(request)).await?;
                let status = response.status();
                let body = response.into_body().collect().await?.to_bytes();
                if status != StatusCode::OK {
                    return Err(format!("{status}").into());
                }
                Ok::<FramesReply, Failure>(serde_json::from_slice(&body)?)
            };
            if let Ok(Ok(reply)) = tokio::time::timeout(UP_TIMEOUT, asking).await {
                return Some(reply);
            }
            tokio::time::sleep(UP_RETRY).await;
        }
        None
    }
}
