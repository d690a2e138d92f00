//! The HTTP API as SPEC.md describes it (HT1 to HT6), and the operator's log, at any of several nodes. One connection a
//! request: set-up only.

mod address;
mod keepalive;

use std::time::Duration;

use bytes::Bytes;
use engawa_domain::Entry;
use engawa_protocol::command::JoinAs;
use engawa_protocol::http::{
    CommandReply, CommandRequest, CreateMeeting, JoinOptions, JoinOptionsRequest, JoinRequest, Joined, Links,
    MeetingCreated,
};
use engawa_protocol::{ClientSeq, Command, DeviceId, MeetingId, Seq};
use hyper::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use self::address::{Address, Nodes, Source};
pub(crate) use self::keepalive::Keepalive;
use crate::trouble::Trouble;

/// How long a request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Where nodes are expected to end now and then: how often a request is tried, and the pause between two tries. Together
/// longer than a node or Redis is away.
const ATTEMPTS: u32 = 120;
const ATTEMPT_PAUSE: Duration = Duration::from_millis(250);
/// Characters of an error body that are told.
const ERROR_CHARS_MAX: usize = 300;

/// Status and body of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: Bytes,
}

/// The HTTP API of a server.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    /// Where its nodes are.
    pub(crate) nodes: Nodes,
    /// The operator's key.
    pub(crate) admin_key: String,
}

impl Api {
    /// The API of one node.
    pub(crate) fn single(address: Address, admin_key: String) -> Self {
        Self { nodes: Nodes::new([address]), admin_key }
    }

    /// For a scenario that starts its own servers and asks nobody else.
    pub(crate) fn nowhere() -> Self {
        Self { nodes: Nodes::new([]), admin_key: String::new() }
    }

    /// Makes a request and gives whatever comes back.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Answer, Trouble> {
        let attempts = if self.nodes.are_unsteady() { ATTEMPTS } else { 1 };
        for _ in 1..attempts {
            match self.try_send(method.clone(), path, bearer, body.clone()).await {
                Ok(answer) if answer.status < 500 => return Ok(answer),
                Ok(_) | Err(_) => tokio::time::sleep(ATTEMPT_PAUSE).await,
            }
        }
        self.try_send(method, path, bearer, body).await
    }

    async fn try_send(
        &self,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Answer, Trouble> {
        let (_, address) = self.nodes.pick(None, &mut rand::rng());
        let what = format!("{method} {path}");
        let asked =
            tokio::time::timeout(REQUEST_TIMEOUT, Self::exchange(&address, method, path, bearer, body)).await;
        match asked {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(Trouble::Answer(format!("{what}: {error}"))),
            Err(_) => Err(Trouble::WaitedInVain { who: "HTTP".into(), what, waited: REQUEST_TIMEOUT }),
        }
    }

    async fn exchange(
        address: &Address,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Answer, String> {
        let mut connection = Keepalive::open(address, Source::ANY).await?;
        let (status, body) = connection.request(method, path, bearer, body.into()).await?;
        Ok(Answer { status, body })
    }

    async fn ask<Q: Serialize, A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        question: Option<&Q>,
    ) -> Result<A, Trouble> {
        let body = match question {
            Some(question) => {
                serde_json::to_vec(question).map_err(|error| Trouble::Answer(format!("{path}: {error}")))?
            }
            None => Vec::new(),
        };
        let request = format!("{method} {path}");
        let answer = self.send(method, path, bearer, body).await?;
        if answer.status >= 400 {
            return Err(http_trouble(request, &answer));
        }
        serde_json::from_slice(&answer.body)
            .map_err(|error| Trouble::Answer(format!("{request}: not the answer of the protocol: {error}")))
    }

    /// HT5.
    pub(crate) async fn create_meeting(&self, meeting: &CreateMeeting) -> Result<MeetingCreated, Trouble> {
        self.ask(Method::POST, "/api/meetings", Some(&self.admin_key), Some(meeting)).await
    }

    /// HT4.
    pub(crate) async fn command(
        &self,
        token: &str,
        device: DeviceId,
        client_seq: ClientSeq,
        command: Command,
    ) -> Result<CommandReply, Trouble> {
        let request = CommandRequest { device, client_seq, command };
        self.ask(Method::POST, "/api/commands", Some(token), Some(&request)).await
    }

    /// HT6.
    pub(crate) async fn links(&self, token: &str) -> Result<Links, Trouble> {
        self.ask::<(), _>(Method::GET, "/api/links", Some(token), None).await
    }

    /// HT2, with the code that is read out.
    pub(crate) async fn join_options(&self, short_code: &str) -> Result<JoinOptions, Trouble> {
        let request = JoinOptionsRequest { short_code: Some(short_code.to_owned()) };
        self.ask(Method::POST, "/api/join/options", None, Some(&request)).await
    }

    /// HT3.
    pub(crate) async fn join(&self, token: &str, device: DeviceId, join: JoinAs) -> Result<Joined, Trouble> {
        let request = JoinRequest { device, client_seq: ClientSeq(1), join };
        self.ask(Method::POST, "/api/join", Some(token), Some(&request)).await
    }

    /// The operator's log: all entries after a number that the server still has.
    pub(crate) async fn log_after(&self, meeting: MeetingId, after: Seq) -> Result<Vec<Entry>, Trouble> {
        let path = format!("/api/meetings/{meeting}/log?after={after}");
        let answer = self.send(Method::GET, &path, Some(&self.admin_key), Vec::new()).await?;
        if answer.status >= 400 {
            return Err(http_trouble(format!("GET {path}"), &answer));
        }
        let lines = answer.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines
            .map(|line| {
                serde_json::from_slice(line).map_err(|error| {
                    let line = String::from_utf8_lossy(line);
                    Trouble::Answer(format!("GET {path}: not a log entry: {error}: {}", cut(&line)))
                })
            })
            .collect()
    }
}

fn http_trouble(request: String, answer: &Answer) -> Trouble {
    let body = cut(&String::from_utf8_lossy(&answer.body));
    Trouble::Http { request, status: answer.status, body }
}

fn cut(text: &str) -> String {
    text.chars().take(ERROR_CHARS_MAX).collect()
}

/// The token behind the `#` of a link (LN1).
pub(crate) fn token_of(link: &str) -> Result<String, Trouble> {
    match link.split_once('#') {
        Some((_, token)) if !token.is_empty() => Ok(token.to_owned()),
        Some(_) | None => Err(Trouble::Answer("a link without a token".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_stands_behind_the_hash() {
        assert_eq!(token_of("https://engawa.example.jp/j#AQED").unwrap(), "AQED");
        assert!(token_of("https://engawa.example.jp/j").is_err());
    }
}
