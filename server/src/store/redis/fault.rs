//! What an error of the Redis client means: whether the command may have taken effect, and whether the
//! connection is still good.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::store::StoreError;

/// Whether a command changes anything: decides what a lost answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
}

/// An answer that did not come, or that was no.
pub(super) fn failed(kind: Kind, error: &RedisError) -> StoreError {
    let reason = describe(error);
    match kind {
        // Redis refuses before it begins, and what has no effects can be asked again.
        Kind::Read => StoreError::unavailable(reason),
        Kind::Write if is_refusal(error) => StoreError::unavailable(reason),
        Kind::Write => StoreError::outcome_unknown(reason),
    }
}

/// What happened, for an operator: the server's own words, which name no key and no payload.
pub(super) fn describe(error: &RedisError) -> String {
    match (error.code(), error.detail()) {
        (Some(code), Some(detail)) => format!("Redis: {code} {detail}"),
        (Some(code), None) => format!("Redis: {code}"),
        (None, _) => format!("Redis: {error}"),
    }
}

/// The server said no before it did anything. A script runs as a whole, and all of these come before its first
/// write.
fn is_refusal(error: &RedisError) -> bool {
    match error.code() {
        Some(code) => matches!(
            code,
            "LOADING"
                | "READONLY"
                | "MASTERDOWN"
                | "CLUSTERDOWN"
                | "TRYAGAIN"
                | "MOVED"
                | "ASK"
                | "OOM"
                | "MISCONF"
                | "NOREPLICAS"
                | "BUSY"
                | "NOPERM"
                | "NOAUTH"
                | "WRONGPASS"
        ),
        None => error.is_connection_refusal() || error.kind() == ErrorKind::ClusterConnectionNotFound,
    }
}

/// The script is not in the server's cache: after a restart, a failover, on another node.
pub(super) fn is_no_script(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}

/// Whether to look for the server anew: the connection broke, answers no more, or leads to what is no primary (any
/// more).
pub(super) fn spoils_connection(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::Server(kind) => {
            matches!(kind, ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown)
        }
        ErrorKind::Extension => matches!(error.code(), Some("NOAUTH" | "WRONGPASS")),
        _ => true,
    }
}
