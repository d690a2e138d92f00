//! Whether a Redis can be trusted with meetings, looked at when the store is opened. Decides from what Redis
//! says about itself; every refusal says what to change.
//!
//! What each level of durability can lose stands in `server/deploy/redis.md`; `tests/suite/healing/durability.rs` proves it.
//!
//! `redis_wait_replicas` does not keep other nodes from reading an entry before its replicas have it. A node that
//! has read what a promoted replica lacks notices (see `trail`), and the hub puts it back from memory.

use std::collections::HashMap;
use std::fmt;

use redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo};
use redis::{ErrorKind, RedisError, RedisResult, Value};

pub use super::check_error::RedisCheckError;
use super::connect::{Connection, Connector};
use super::fault;
use super::options::{RedisAddress, Topology};
use super::tls::{self, TlsFault};
use crate::limits;

/// The oldest Redis that has all we use: sharded channels came with it.
const OLDEST: (u64, u64) = (7, 0);

/// How much of what was acknowledged survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// `appendfsync always`.
    Always,
    /// `appendfsync everysec`.
    EverySecond,
    /// `appendfsync no`.
    WhenTheSystemLikes,
    /// Append-only file on, CONFIG hidden (managed services).
    Unsaid,
    /// No append-only file.
    Volatile,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisReport {
    /// The server's version (of a cluster: of the last node asked).
    pub version: String,
    /// The weakest of all primaries.
    pub durability: Durability,
    /// What an operator should know; sentences.
    pub warnings: Vec<String>,
}

impl fmt::Display for RedisReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let durability = match self.durability {
            Durability::Always => "every write is on disk before it counts (appendfsync always)",
            Durability::EverySecond => {
                "a power failure may lose about the last second (appendfsync everysec)"
            }
            Durability::WhenTheSystemLikes => "a power failure may lose up to half a minute (appendfsync no)",
            Durability::Unsaid => "the append-only file is on; how often it is synced Redis does not say",
            Durability::Volatile => "nothing survives a restart of Redis (appendonly no)",
        };
        write!(f, "Redis {}: {durability}", self.version)
    }
}

/// What one primary says about itself.
#[derive(Debug, Default)]
struct Said {
    info: HashMap<String, String>,
    /// Empty if CONFIG is not allowed.
    config: HashMap<String, String>,
}

/// What is demanded.
#[derive(Debug, Clone, Copy)]
struct Demands {
    wait_replicas: u32,
    allow_volatile: bool,
    clustered: bool,
}

/// Asks every primary and judges what they say.
pub(super) async fn check(
    connector: &Connector,
    prefix: &str,
    wait_replicas: u32,
    allow_volatile: bool,
) -> Result<RedisReport, RedisCheckError> {
    let address = connector.address();
    let name = |error: RedisError| named(address, prefix, &error);
    let mut connection = match connector.connect(limits::REDIS_ANSWER_MS, None).await {
        Ok(connection) => connection,
        // A Redis without TLS takes the first bytes of a handshake for the beginning of a line and waits for its end.
        Err(error) if error.is_timeout() && connector.is_silent_to_tls().await => {
            let (address, reason) = (address.to_string(), "no answer to the handshake".to_owned());
            return Err(RedisCheckError::NotEncrypted { address, reason });
        }
        Err(error) => return Err(name(error)),
    };
    let clustered = matches!(address.0, Topology::Cluster(_));
    let infos = ask_all(&mut connection, redis::cmd("INFO")).await.map_err(name)?;
    let mut command = redis::cmd("CONFIG");
    command.arg("GET").arg("append*").arg("maxmemory-policy").arg("no-appendfsync-on-rewrite");
    // Managed services hide CONFIG; INFO says the most important things too.
    let configs = ask_all(&mut connection, command).await.unwrap_or_default();
    let mut worst: Option<RedisReport> = None;
    for (index, info) in infos.into_iter().enumerate() {
        let config = configs.get(index).cloned().map(config_pairs).unwrap_or_default();
        let said = Said { info: info_pairs(&text(info)), config };
        let report = judge(&said, Demands { wait_replicas, allow_volatile, clustered })?;
        worst = Some(match worst {
            Some(worst) if worst.durability as u8 >= report.durability as u8 => worst,
            Some(_) | None => report,
        });
    }
    worst.ok_or(RedisCheckError::Silent { field: "answer" })
}

async fn ask_all(connection: &mut Connection, command: redis::Cmd) -> RedisResult<Vec<Value>> {
    match connection {
        Connection::Single(_) => Ok(vec![connection.run(&command).await?]),
        Connection::Cluster(cluster) => {
            let all = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
            match cluster.route_command(command, all).await?.extract_error()? {
                Value::Map(answers) => {
                    let mut answers: Vec<_> =
                        answers.into_iter().map(|(node, answer)| (text(node), answer)).collect();
                    // The same order for both questions.
                    answers.sort_by(|a, b| a.0.cmp(&b.0));
                    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
                }
                other => Ok(vec![other]),
            }
        }
    }
}

/// An error while connecting or asking, as a message.
fn named(address: &RedisAddress, prefix: &str, error: &RedisError) -> RedisCheckError {
    let reason = fault::describe(error);
    if address.is_encrypted()
        && let Some(fault) = tls::fault(error)
    {
        let address = address.to_string();
        return match fault {
            TlsFault::UnknownAuthority => RedisCheckError::UntrustedAuthority { address, reason },
            TlsFault::Expired => RedisCheckError::CertificateExpired { address, reason },
            TlsFault::WrongName => RedisCheckError::WrongHost { address, reason },
            TlsFault::NoTls => RedisCheckError::NotEncrypted { address, reason },
            TlsFault::Unknown => RedisCheckError::ClientCertificate { address, reason },
            TlsFault::Other => RedisCheckError::Unreachable { address, reason },
        };
    }
    let address = address.to_string();
    let code = error.code().unwrap_or_default();
    let says = |word: &str| code == word || reason.contains(word);
    if error.kind() == ErrorKind::RESP3NotSupported {
        RedisCheckError::TooOld { found: "before 6.0".to_owned() }
    } else if says("NOPERM") {
        RedisCheckError::Permission { reason, prefix: prefix.to_owned() }
    } else if error.kind() == ErrorKind::AuthenticationFailed || says("WRONGPASS") || says("NOAUTH") {
        RedisCheckError::Login { address, reason }
    } else {
        RedisCheckError::Unreachable { address, reason }
    }
}

fn text(value: Value) -> String {
    match value {
        Value::BulkString(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Value::VerbatimString { text, .. } => text.to_string(),
        Value::SimpleString(text) => text,
        _ => String::new(),
    }
}

fn info_pairs(info: &str) -> HashMap<String, String> {
    let pairs = info.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(key, value)| (key.to_owned(), value.trim().to_owned())).collect()
}

fn config_pairs(answer: Value) -> HashMap<String, String> {
    match answer {
        Value::Map(pairs) => pairs.into_iter().map(|(key, value)| (text(key), text(value))).collect(),
        _ => HashMap::new(),
    }
}

fn judge(said: &Said, demands: Demands) -> Result<RedisReport, RedisCheckError> {
    let info = |field: &'static str| {
        said.info.get(field).map(String::as_str).ok_or(RedisCheckError::Silent { field })
    };
    let version = match said.info.get("valkey_version") {
        Some(version) => format!("(Valkey {version})"),
        None => {
            let version = info("redis_version")?;
            let mut numbers = version.split('.').map(|part| part.parse::<u64>().unwrap_or(0));
            let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
            if found < OLDEST {
                return Err(RedisCheckError::TooOld { found: version.to_owned() });
            }
            version.to_owned()
        }
    };
    if !demands.clustered && said.info.get("cluster_enabled").is_some_and(|enabled| enabled == "1") {
        return Err(RedisCheckError::ClusterNode);
    }
    if info("role")? != "master" {
        return Err(RedisCheckError::Replica);
    }
    let connected = info("connected_slaves")?.parse().unwrap_or(0);
    if connected < demands.wait_replicas {
        return Err(RedisCheckError::TooFewReplicas { wanted: demands.wait_replicas, connected });
    }
    let mut warnings = Vec::new();
    let policy = said.config.get("maxmemory-policy").map_or_else(|| info("maxmemory_policy"), |p| Ok(p))?;
    // The others throw away only what has a time to live: leases, which nothing depends on.
    if policy.starts_with("allkeys-") {
        let error = RedisCheckError::Evicts { policy: policy.to_owned() };
        if !demands.allow_volatile {
            return Err(error);
        }
        warnings.push(error.to_string());
    }
    let durability = if info("aof_enabled")? == "1" {
        match said.config.get("appendfsync").map(String::as_str) {
            Some("always") => Durability::Always,
            Some("everysec") => Durability::EverySecond,
            Some("no") => Durability::WhenTheSystemLikes,
            Some(_) | None => Durability::Unsaid,
        }
    } else if demands.allow_volatile {
        Durability::Volatile
    } else {
        return Err(RedisCheckError::Forgets);
    };
    if said.config.get("no-appendfsync-on-rewrite").is_some_and(|value| value == "yes") {
        warnings.push(
            "While Redis rewrites its append-only file nothing is synced to disk (no-appendfsync-on-rewrite yes); \
             set it to no"
                .to_owned(),
        );
    }
    let report = RedisReport { version, durability, warnings };
    Ok(match durability {
        Durability::Always => report,
        Durability::EverySecond
        | Durability::WhenTheSystemLikes
        | Durability::Unsaid
        | Durability::Volatile => {
            let mut warnings = vec![format!("{report}. Recommended: appendonly yes, appendfsync always")];
            warnings.extend(report.warnings);
            RedisReport { warnings, ..report }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# Server\r\nredis_version:7.0.15\r\nrole:master\r\nconnected_slaves:0\r\n\
        maxmemory_policy:noeviction\r\naof_enabled:1\r\ncluster_enabled:0\r\n";
    const PLAIN: Demands = Demands { wait_replicas: 0, allow_volatile: false, clustered: false };

    fn judged(info: &str, config: &[(&str, &str)], demands: Demands) -> Result<RedisReport, RedisCheckError> {
        let config = config.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        judge(&Said { info: info_pairs(info), config }, demands)
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        for (version, fits) in [("6.2.14", false), ("7.0.0", true), ("10.1", true), ("nonsense", false)] {
            let info = GOOD.replace("7.0.15", version);
            assert_eq!(judged(&info, &[], PLAIN).is_ok(), fits, "{version}");
        }
        let old = judged(&GOOD.replace("7.0.15", "6.2.14"), &[], PLAIN).unwrap_err().to_string();
        assert!(old.contains("6.2.14") && old.contains("7.0 or newer"), "{old}");
        // Valkey says a Redis version for the sake of old clients.
        assert!(judged(&format!("{GOOD}valkey_version:8.1.0\r\n"), &[], PLAIN).is_ok());
    }

    #[test]
    fn what_is_hidden_is_said_to_be() {
        let report = judged(GOOD, &[], PLAIN).unwrap();
        assert_eq!((report.durability, report.warnings.len()), (Durability::Unsaid, 1));
        let report = judged(GOOD, &[("appendfsync", "always")], PLAIN).unwrap();
        assert_eq!((report.durability, report.warnings.len()), (Durability::Always, 0));
        let settings = [("appendfsync", "always"), ("no-appendfsync-on-rewrite", "yes")];
        assert_eq!(judged(GOOD, &settings, PLAIN).unwrap().warnings.len(), 1);
    }

    #[test]
    fn volatile_is_for_those_who_ask_for_it() {
        let forgets = GOOD.replace("aof_enabled:1", "aof_enabled:0").replace("noeviction", "allkeys-lru");
        assert!(matches!(judged(&forgets, &[], PLAIN), Err(RedisCheckError::Evicts { .. })));
        let report = judged(&forgets, &[], Demands { allow_volatile: true, ..PLAIN }).unwrap();
        assert_eq!((report.durability, report.warnings.len()), (Durability::Volatile, 2));
        let harmless = GOOD.replace("noeviction", "volatile-lru");
        assert!(judged(&harmless, &[], PLAIN).is_ok(), "only keys with a time to live go");
    }

    #[test]
    fn replicas_and_cluster_nodes_are_not_mistaken() {
        let replica = GOOD.replace("role:master", "role:slave");
        assert_eq!(judged(&replica, &[], PLAIN), Err(RedisCheckError::Replica));
        let node = GOOD.replace("cluster_enabled:0", "cluster_enabled:1");
        assert_eq!(judged(&node, &[], PLAIN), Err(RedisCheckError::ClusterNode));
        assert!(judged(&node, &[], Demands { clustered: true, ..PLAIN }).is_ok());
        let lonely = judged(GOOD, &[], Demands { wait_replicas: 1, ..PLAIN });
        assert_eq!(lonely, Err(RedisCheckError::TooFewReplicas { wanted: 1, connected: 0 }));
    }
}
