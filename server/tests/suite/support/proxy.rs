//! A hostile proxy: what stands between a city hall and the world, one bad habit at a time, on real sockets. It looks at
//! the first request of a connection and otherwise passes bytes on.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::task::AbortOnDropHandle;

/// A bad habit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Passes everything.
    None,
    /// Takes a request to upgrade and never answers it.
    SwallowsUpgrade,
    /// Answers 403 to a request to upgrade.
    RefusesUpgrade,
    /// Refuses upgrades, and holds a response back until it has ended.
    BuffersResponses,
    /// Cuts a connection on which nothing has come back for so long.
    CutsIdle(Duration),
    /// Cuts every connection after so long.
    CutsAfter(Duration),
    /// Adds a delay to everything that comes back, and stalls of up to so long now and then.
    Slow(Duration, Duration),
    /// Resets a connection in the middle of what comes back, somewhere within so many bytes.
    ResetsWithin(u64),
}

/// A running proxy.
pub struct Proxy {
    pub address: SocketAddr,
    /// Connections that it has ended, or requests that it has not let through.
    pub harm: Arc<AtomicU64>,
    _task: AbortOnDropHandle<()>,
}

impl Proxy {
    pub async fn start(server: SocketAddr, habit: Habit, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let harm = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&harm);
        let task = tokio::spawn(async move {
            for number in 0.. {
                let Ok((client, _)) = listener.accept().await else { return };
                let dice = StdRng::seed_from_u64(seed.wrapping_mul(1_000_003) + number);
                let line = Line { server, habit, dice, harm: Arc::clone(&counted) };
                // A line that breaks is what this is for.
                tokio::spawn(async move { line.run(client).await.ok() });
            }
        });
        Self { address, harm, _task: AbortOnDropHandle::new(task) }
    }
}

struct Line {
    server: SocketAddr,
    habit: Habit,
    dice: StdRng,
    harm: Arc<AtomicU64>,
}

impl Line {
    async fn run(mut self, mut client: TcpStream) -> std::io::Result<()> {
        client.set_nodelay(true)?;
        let head = read_head(&mut client).await?;
        let upgrades = head.to_ascii_lowercase().contains("\r\nupgrade:");
        if upgrades && self.habit == Habit::SwallowsUpgrade {
            self.harmed();
            // Until the client has had enough.
            while client.read(&mut [0; 1024]).await? > 0 {}
            return Ok(());
        }
        if upgrades && matches!(self.habit, Habit::RefusesUpgrade | Habit::BuffersResponses) {
            self.harmed();
            return client
                .write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .await;
        }
        let mut server = TcpStream::connect(self.server).await?;
        server.set_nodelay(true)?;
        server.write_all(head.as_bytes()).await?;
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        // Both ways end together, as with a proxy that has lost one side.
        tokio::select! {
            ended = pass(from_client, to_server) => ended,
            ended = self.bring(from_server, to_client) => ended,
        }
    }

    fn harmed(&self) {
        self.harm.fetch_add(1, Ordering::Relaxed);
    }

    /// Brings back what the server says.
    async fn bring(&mut self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> std::io::Result<()> {
        let started = Instant::now();
        let mut left = match self.habit {
            Habit::ResetsWithin(bytes) => self.dice.random_range(1..=bytes),
            _ => u64::MAX,
        };
        let mut kept = Vec::new();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let silence = match self.habit {
                Habit::CutsIdle(limit) => limit,
                _ => Duration::from_secs(3600),
            };
            let over = match self.habit {
                Habit::CutsAfter(limit) => started + limit,
                _ => started + Duration::from_secs(3600),
            };
            let count = tokio::select! {
                read = timeout(silence, from.read(&mut buffer)) => match read {
                    Ok(read) => read?,
                    Err(_idle) => return self.cut(&to),
                },
                () = sleep_until(over) => return self.cut(&to),
            };
            let bytes = &buffer[..count];
            match self.habit {
                Habit::BuffersResponses => {
                    kept.extend_from_slice(bytes);
                    if count == 0 || is_complete(&kept) {
                        to.write_all(&kept).await?;
                        kept.clear();
                    }
                }
                Habit::Slow(delay, stall) => {
                    let stall = if self.dice.random_ratio(1, 8) { stall } else { Duration::ZERO };
                    sleep(delay + stall.mul_f64(self.dice.random())).await;
                    to.write_all(bytes).await?;
                }
                Habit::ResetsWithin(_) if count as u64 >= left => {
                    to.write_all(&bytes[..usize::try_from(left).expect("small") / 2]).await?;
                    return self.cut(&to);
                }
                _ => to.write_all(bytes).await?,
            }
            left -= count as u64;
            if count == 0 {
                return Ok(());
            }
        }
    }

    /// Resets the client's side.
    fn cut(&self, to: &OwnedWriteHalf) -> std::io::Result<()> {
        self.harmed();
        SockRef::from(to.as_ref()).set_linger(Some(Duration::ZERO))
    }
}

/// Whether a kept response has a length and is all there.
fn is_complete(kept: &[u8]) -> bool {
    let text = String::from_utf8_lossy(kept);
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().filter_map(|line| line.split_once(':')).find_map(|(name, value)| {
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())
    });
    length.flatten().is_some_and(|length: usize| kept.len() >= head.len() + 4 + length)
}

async fn read_head(client: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    String::from_utf8(head).map_err(std::io::Error::other)
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> std::io::Result<()> {
    tokio::io::copy(&mut from, &mut to).await.map(drop)
}
