//! Raw `XADD`: what Redis and its client crate do by themselves, without numbers, chains or news.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::measure::{Percentiles, Times};
use crate::server::Fleet;
use crate::trouble::Trouble;

/// Connections, as many as a node of Engawa has for writes.
const CONNECTIONS: usize = 4;

/// What came out.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) per_second: u64,
    pub(super) latency: Percentiles,
}

/// So many appenders, each with a stream of its own and one batch under way at a time.
pub(super) async fn append(
    fleet: &Fleet,
    (appenders, batch, entry_bytes): (usize, usize, usize),
    time: Duration,
) -> Result<Raw, Trouble> {
    let failed = |error: redis::RedisError| Trouble::Server(format!("raw XADD: {error}"));
    let url = fleet.redis_url().ok_or_else(|| Trouble::Server("there is no Redis here".into()))?;
    let client = redis::Client::open(url).map_err(failed)?;
    let config = redis::AsyncConnectionConfig::new().set_response_timeout(Some(Duration::from_secs(10)));
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let connection = client.get_multiplexed_async_connection_with_config(&config).await;
        connections.push(connection.map_err(failed)?);
    }
    let payload = vec![b'x'; entry_bytes];
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for appender in 0..appenders {
        let mut connection = connections[appender % CONNECTIONS].clone();
        let mut pipeline = redis::pipe();
        for _ in 0..batch {
            pipeline.cmd("XADD").arg(format!("raw:{appender}")).arg("*").arg("p").arg(&payload).ignore();
        }
        tasks.spawn(async move {
            let (mut count, mut ways) = (0_u64, Vec::new());
            while began.elapsed() < time {
                let sent = Instant::now();
                pipeline.query_async::<()>(&mut connection).await?;
                ways.push(sent.elapsed());
                count += batch as u64;
            }
            Ok::<_, redis::RedisError>((count, ways))
        });
    }
    let (mut total, mut times) = (0, Times::default());
    while let Some(ended) = tasks.join_next().await {
        let (count, ways) =
            ended.map_err(|panic| Trouble::Server(format!("raw XADD: {panic}")))?.map_err(failed)?;
        total += count;
        ways.into_iter().for_each(|way| times.add(way));
    }
    let millis = began.elapsed().as_millis().max(1);
    let per_second = u64::try_from(u128::from(total) * 1_000 / millis).unwrap_or(u64::MAX);
    Ok(Raw { per_second, latency: times.percentiles() })
}
