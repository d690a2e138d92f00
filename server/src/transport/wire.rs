//! A WebSocket whose messages are written from where they lie: a frame's text is shared by all who are sent it, and the library
//! would copy it into a buffer of each connection first, which stays as large as the largest frame. The library reads, makes
//! the headers, answers pings and closes. Owns what has been begun; must not know what is sent.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use smallvec::SmallVec;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::bell::Bell;

/// The longest header of a message that is not masked (RFC 6455, 5.2), in bytes.
const HEADER_BYTES_MAX: usize = 10;
/// Slices in one call to the operating system.
const SLICES_MAX: usize = 16;
/// So few bytes are put together on the stack: one buffer costs the operating system less than two slices.
const TOGETHER_BYTES_MAX: usize = 4 * 1024;

/// The WebSocket.
#[derive(Debug)]
pub(super) struct Wire<S> {
    socket: WebSocketStream<S>,
    /// Whether there is anything to ask the library for.
    bell: Bell,
    /// The library may hold something that has to go first: an answer to a ping or a close.
    answers: bool,
    /// What the operating system has not taken yet, in order; of the first a part may be gone.
    unsent: Unsent,
}

/// Mostly a single message, which lies beside the rest of the connection then.
type Unsent = SmallVec<[Outgoing; 1]>;

/// A message on its way.
#[derive(Debug)]
struct Outgoing {
    header: [u8; HEADER_BYTES_MAX],
    header_len: usize,
    text: Bytes,
    /// How much of both is gone.
    written: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// Around a WebSocket that has sent nothing but what the library sends by itself.
    pub(super) fn new(socket: WebSocketStream<S>) -> Self {
        Self { socket, bell: Bell::new(), answers: false, unsent: Unsent::new() }
    }

    /// Puts a message behind the others. It is sent by [`Wire::flush`].
    pub(super) fn put(&mut self, kind: Data, text: Bytes) {
        let header = FrameHeader { opcode: OpCode::Data(kind), ..FrameHeader::default() };
        let mut bytes = [0; HEADER_BYTES_MAX];
        let mut room = &mut bytes[..];
        #[expect(clippy::expect_used, reason = "there is room for the longest header")]
        header.format(text.len() as u64, &mut room).expect("room for a header");
        let header_len = HEADER_BYTES_MAX - room.len();
        self.unsent.push(Outgoing { header: bytes, header_len, text, written: 0 });
    }

    /// Sends everything that was put. Safe to drop: what has been begun is gone on with by whatever is asked for next.
    ///
    /// # Errors
    /// The other side is gone.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        if self.answers {
            self.socket.flush().await.map_err(io::Error::other)?;
            self.answers = false;
        }
        if self.unsent.is_empty() {
            return Ok(());
        }
        let stream = self.socket.get_mut();
        while !self.unsent.is_empty() {
            poll_fn(|cx| write_some(&mut self.unsent, Pin::new(&mut *stream), cx)).await?;
        }
        stream.flush().await
    }

    /// Sends what the library has a message of its own for: pings and closes.
    ///
    /// # Errors
    /// The other side is gone.
    pub(super) async fn control(&mut self, message: Message) -> io::Result<()> {
        self.flush().await?;
        self.answers = true;
        self.socket.send(message).await.map_err(io::Error::other)
    }

    /// Waits for the next message. Safe to drop while waiting.
    pub(super) async fn next(&mut self) -> Option<Result<Message, Error>> {
        // In the middle of a message the library must not answer a ping.
        if !self.unsent.is_empty()
            && let Err(error) = self.flush().await
        {
            return Some(Err(Error::Io(error)));
        }
        let message = poll_fn(|cx| self.bell.answer(cx, |cx| self.socket.poll_next_unpin(cx))).await;
        self.answers |= matches!(message, Some(Ok(Message::Ping(_) | Message::Close(_))));
        message
    }
}

/// Hands over as much as is taken at once.
fn write_some<S: AsyncWrite>(
    unsent: &mut Unsent,
    stream: Pin<&mut S>,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    let taken = if unsent.iter().map(Outgoing::left).sum::<usize>() <= TOGETHER_BYTES_MAX {
        let mut together: SmallVec<[u8; TOGETHER_BYTES_MAX]> = SmallVec::new();
        for part in unsent.iter().flat_map(Outgoing::parts) {
            together.extend_from_slice(part);
        }
        ready!(stream.poll_write(cx, &together))?
    } else {
        let parts = unsent.iter().flat_map(Outgoing::parts).map(IoSlice::new).take(SLICES_MAX);
        ready!(stream.poll_write_vectored(cx, &parts.collect::<SmallVec<[_; SLICES_MAX]>>()))?
    };
    if taken == 0 {
        return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
    }
    advance(unsent, taken);
    Poll::Ready(Ok(()))
}

fn advance(unsent: &mut Unsent, mut taken: usize) {
    let mut whole = 0;
    for message in unsent.iter_mut() {
        let left = message.left();
        if taken < left {
            message.written += taken;
            break;
        }
        taken -= left;
        whole += 1;
    }
    unsent.drain(..whole);
    if unsent.is_empty() {
        // The room of a backlog is given back.
        *unsent = Unsent::new();
    }
}

impl Outgoing {
    fn left(&self) -> usize {
        self.header_len + self.text.len() - self.written
    }

    /// What is left of the header, and of the text; never empty ones.
    fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let header = self.header.get(self.written..self.header_len).unwrap_or_default();
        let text = self.text.get(self.written.saturating_sub(self.header_len)..).unwrap_or_default();
        [header, text].into_iter().filter(|part| !part.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;
    use tokio_tungstenite::tungstenite::protocol::Role;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::Control;

    use super::*;

    async fn wire(room: usize) -> (Wire<tokio::io::DuplexStream>, tokio::io::DuplexStream) {
        let (here, there) = tokio::io::duplex(room);
        (Wire::new(WebSocketStream::from_raw_socket(here, Role::Server, None).await), there)
    }

    async fn client(there: tokio::io::DuplexStream) -> WebSocketStream<tokio::io::DuplexStream> {
        WebSocketStream::from_raw_socket(there, Role::Client, None).await
    }

    #[tokio::test]
    async fn messages_of_every_length_of_header_arrive_whole_and_in_order() {
        // Seven bits, 16 bits and 64 bits of length, through a pipe that takes 50 bytes at a time.
        let texts = ["".to_owned(), "縁側".to_owned(), "a".repeat(125), "b".repeat(126), "c".repeat(70_000)];
        let (mut wire, there) = wire(50).await;
        let mut client = client(there).await;
        for text in &texts {
            wire.put(Data::Text, text.clone().into());
        }
        let sending = async {
            wire.flush().await.unwrap();
            wire.control(Message::Ping("?".into())).await.unwrap();
        };
        let reading = async {
            for text in &texts {
                assert_eq!(client.next().await.unwrap().unwrap(), Message::text(text.as_str()));
            }
            assert_eq!(client.next().await.unwrap().unwrap(), Message::Ping("?".into()));
        };
        tokio::join!(sending, reading);
    }

    #[tokio::test]
    async fn a_message_that_was_begun_is_ended_before_a_ping_is_answered() {
        let (mut wire, mut there) = wire(64).await;
        wire.put(Data::Text, "x".repeat(200).into());
        // It is given up with 64 of 204 bytes on their way, as a connection does that has become too slow.
        tokio::select! {
            biased;
            _ = wire.flush() => panic!("more was taken than there is room for"),
            () = std::future::ready(()) => {}
        }
        let mut ping = Vec::new();
        let mut header = FrameHeader { opcode: OpCode::Control(Control::Ping), ..FrameHeader::default() };
        header.mask = Some([0; 4]);
        header.format(0, &mut ping).unwrap();
        there.write_all(&ping).await.unwrap();
        let mut client = client(there).await;
        let reading = async {
            assert_eq!(client.next().await.unwrap().unwrap(), Message::text("x".repeat(200)));
            assert_eq!(client.next().await.unwrap().unwrap(), Message::Pong(Bytes::new()));
        };
        tokio::select! {
            () = reading => {}
            () = async { while wire.next().await.is_some() {} } => panic!("the other side is still there"),
        }
    }

    #[tokio::test]
    async fn a_text_is_written_from_where_it_lies_and_let_go_of() {
        let (mut wire, mut there) = wire(1024).await;
        let text = Bytes::from("shared".to_owned());
        wire.put(Data::Text, text.clone());
        assert_eq!(wire.unsent[0].text.as_ptr(), text.as_ptr());
        wire.flush().await.unwrap();
        assert!(wire.unsent.is_empty());
        let mut read = [0; 8];
        there.read_exact(&mut read).await.unwrap();
        assert_eq!(read, *b"\x81\x06shared");
        drop(there);
        wire.put(Data::Text, text);
        assert!(wire.flush().await.is_err(), "nobody is there");
    }
}
