//! Thousands of sockets that never say hello: one half opens a connection and says nothing, the other asks for a WebSocket and
//! then says nothing. Whatever the server closes is opened again at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Ground, ROOM_SIZE};
use crate::http::{Address, Source};
use crate::sheet::{Bound, Sheet, real};
use crate::trouble::Trouble;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People, in rooms of nine.
    #[arg(long, value_name = "NUMBER", default_value_t = 900, value_parser = clap::value_parser!(u32).range(9..=20_000))]
    people: u32,

    /// Sockets that say nothing.
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(2..=18_000))]
    sockets: u32,

    /// Seconds before and meanwhile.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,

    /// Notes a second that all others write together.
    #[arg(long, value_name = "NUMBER", default_value_t = 300.0)]
    notes: f64,
}

/// Sockets that are opened in a second, until all are there.
const OPENED_PER_SECOND: u32 = 2_000;
/// How long one waits before it tries again where nobody let it in.
const REFUSED_PAUSE: Duration = Duration::from_millis(500);

/// What they have in common.
#[derive(Debug, Default)]
struct Crowd {
    over: AtomicBool,
    open: AtomicU64,
    opened: AtomicU64,
}

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    crate::cores::check_files(u64::from(options.people) + u64::from(options.sockets))?;
    let gathering = ground.seated(options.people, Some(ROOM_SIZE)).await?;
    let time = Duration::from_secs(options.seconds.into());
    let before = ground.measure(&gathering, options.notes, time).await;
    let memory = ground.usage().memory_bytes;
    let (_, address) = ground.stage.api.nodes.pick(None, &mut rand::rng());
    let crowd = Arc::new(Crowd::default());
    let mut tasks = Vec::new();
    for index in 0..options.sockets {
        tasks.push(tokio::spawn(stay_silent(Arc::clone(&crowd), address.clone(), index)));
        if index.is_multiple_of(OPENED_PER_SECOND / 100) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    ground.stage.console.say(format!("{} sockets say nothing", crowd.open.load(Ordering::Relaxed)));
    let meanwhile = ground.measure(&gathering, options.notes, time).await;
    let open = crowd.open.load(Ordering::Relaxed);
    let grown = ground.usage().memory_bytes.saturating_sub(memory);
    crowd.over.store(true, Ordering::Relaxed);
    for task in tasks {
        task.abort();
    }
    before.note(&mut sheet, "before");
    meanwhile.note(&mut sheet, "with silent sockets");
    sheet.figure("silent sockets open at the end", real(open), "");
    sheet.figure("silent sockets opened in all", real(crowd.opened.load(Ordering::Relaxed)), "");
    let (p99, base) =
        (meanwhile.counted.delivered.percentiles().p99_ms, before.counted.delivered.percentiles().p99_ms);
    // A tenth and two milliseconds are this machine's own unsteadiness.
    sheet.budget("p99 of the others", (p99, "ms"), Bound::AtMost, base * 1.1 + 2.0);
    if ground.fleet.is_some() {
        // As much as a connection that is let in may cost, and what the notes take.
        let most = real(u64::from(options.sockets)) * 12.0 / 1_024.0
            + real(meanwhile.counted.acked.count()) * 1.5 / 1_024.0
            + 8.0;
        sheet.budget("memory of the server grew by", (real(grown) / 1_048_576.0, "MiB"), Bound::AtMost, most);
    }
    Ok(sheet)
}

/// Opens a socket, says nothing that leads anywhere, and waits until it is closed; again and again.
async fn stay_silent(crowd: Arc<Crowd>, address: Address, index: u32) {
    const UPGRADE: &str = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
        sec-websocket-key: c2lsZW50IGFzIGEgbW91c2U=\r\n\r\n";
    while !crowd.over.load(Ordering::Relaxed) {
        let Ok(mut stream) = address.connect_from(Source::of_person(index as usize)).await else {
            tokio::time::sleep(REFUSED_PAUSE).await;
            continue;
        };
        crowd.opened.fetch_add(1, Ordering::Relaxed);
        crowd.open.fetch_add(1, Ordering::Relaxed);
        if index.is_multiple_of(2) {
            let request = format!("GET /ws HTTP/1.1\r\nhost: {}\r\n{UPGRADE}", address.authority);
            // A refusal is seen below.
            let _ = stream.write_all(request.as_bytes()).await;
        }
        let mut rest = [0; 512];
        while matches!(stream.read(&mut rest).await, Ok(1..)) {}
        crowd.open.fetch_sub(1, Ordering::Relaxed);
    }
}
