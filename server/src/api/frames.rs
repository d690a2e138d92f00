//! Frames of clients whose line carries nothing upwards (TR4): commands with their outcomes, pings, gestures. On any
//! node, whichever holds the line.

use std::time::Duration;

use axum::extract::State;
use engawa_domain::Grant;
use engawa_protocol::http::{CommandOutcome, CommandReply, FramesReply, FramesRequest};
use engawa_protocol::limits::{CLIENT_FRAME_BYTES_MAX, FRAMES_PER_REQUEST_MAX};
use engawa_protocol::{ClientFrame, DeviceId, MeetingId, Ping, Pong, Rejected, Rejection, Role, Submit};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::ApiState;
use super::bearer::{Bearer, PERSON_OR_SCREEN};
use super::refusal::from_hub;
use crate::http::{ApiError, ApiErrorKind, Described, Json, Table};
use crate::hub::HubError;
use crate::transport::{Incoming, read};

/// Somebody whose commands would have to wait longer than this is refused instead, as on a WebSocket.
const PACE_WAIT_MAX: Duration = Duration::from_secs(5);
/// How often somebody who is too fast is tried again.
const PACE_RETRY: Duration = Duration::from_millis(100);

/// As [`FramesRequest`], with frames that may be of no form this server knows.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    device: DeviceId,
    frames: Vec<Box<RawValue>>,
}

#[cfg(any(test, feature = "test-support"))]
impl Asked {
    /// The frames' texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.frames.iter().map(|frame| frame.get())
    }
}

pub(super) fn routes() -> Table<ApiState> {
    let described = Described::post("/api/frames", "TR4", "Frames of a client whose line carries nothing upwards")
        .says("Taken in their order, on any node. A frame that no version of the protocol knows is answered as a rejected command where it has a number.")
        .for_keys(PERSON_OR_SCREEN)
        .of_a_meeting()
        .takes_json::<FramesRequest>()
        .gives_json::<FramesReply>("What became of the commands; answers to pings.");
    Table::default().route(described, take)
}

/// `POST /api/frames` (TR4).
pub(super) async fn take(
    State(state): State<ApiState>,
    bearer: Bearer,
    Json(Asked { device, frames }): Json<Asked>,
) -> Result<Json<FramesReply>, ApiError> {
    let link = bearer.grant(&state)?;
    if link.grant.person.is_none() && link.grant.role != Role::Screen {
        return Err(ApiErrorKind::Forbidden.into());
    }
    if frames.len() > FRAMES_PER_REQUEST_MAX as usize
        || frames.iter().any(|frame| frame.get().len() > CLIENT_FRAME_BYTES_MAX as usize)
    {
        return Err(ApiErrorKind::TooLarge.into());
    }
    // All are read before the first is taken: a request is good as a whole or not at all.
    let incoming = frames
        .iter()
        .map(|frame| match read(frame.get()) {
            Incoming::Garbage => Err(ApiErrorKind::Invalid.into()),
            incoming @ (Incoming::Frame(_) | Incoming::Malformed(_)) => Ok(incoming),
        })
        .collect::<Result<Vec<_>, ApiError>>()?;
    let mut taking = Taking {
        state: &state,
        meeting: link.meeting,
        grant: link.grant,
        device,
        stopped: None,
        reply: FramesReply { outcomes: Vec::new(), pongs: Vec::new() },
    };
    for incoming in incoming {
        taking.take(incoming).await?;
    }
    Ok(Json(taking.reply))
}

/// Frames of one request on their way.
struct Taking<'a> {
    state: &'a ApiState,
    meeting: MeetingId,
    grant: Grant,
    device: DeviceId,
    /// Why nothing more of this request is taken: a later command must not overtake an earlier one.
    stopped: Option<Rejection>,
    reply: FramesReply,
}

impl Taking<'_> {
    async fn take(&mut self, incoming: Incoming) -> Result<(), ApiError> {
        match incoming {
            Incoming::Frame(frame) => match *frame {
                ClientFrame::Submit(submit) => {
                    let client_seq = submit.client_seq;
                    let reply = self.submit(submit).await?;
                    self.reply.outcomes.push(CommandOutcome { client_seq, reply });
                }
                ClientFrame::Ping(Ping { client_time }) => {
                    let server_time = self.state.hub.clock().now();
                    self.reply.pongs.push(Pong { client_time: Some(client_time), server_time });
                }
                ClientFrame::Gesture(gesture) => {
                    self.state.hub.gesture(self.meeting, self.grant, self.device, gesture);
                }
                ClientFrame::Hello(_) => return Err(ApiErrorKind::Invalid.into()),
            },
            Incoming::Malformed(Rejected { client_seq, rejection }) => {
                self.reply
                    .outcomes
                    .push(CommandOutcome { client_seq, reply: CommandReply::Rejected { rejection } });
            }
            Incoming::Garbage => return Err(ApiErrorKind::Invalid.into()),
        }
        Ok(())
    }

    async fn submit(&mut self, Submit { client_seq, command }: Submit) -> Result<CommandReply, ApiError> {
        if let Some(rejection) = self.stopped.clone() {
            return Ok(CommandReply::Rejected { rejection });
        }
        if self.grant.person.is_none() {
            return Ok(CommandReply::Rejected { rejection: Rejection::NotPermitted {} });
        }
        let give_up = Instant::now() + PACE_WAIT_MAX;
        let reply = loop {
            let asked = (self.device, client_seq, command.clone());
            match self.state.hub.call(self.meeting, self.grant, asked).await {
                Err(HubError::TooFast) if Instant::now() < give_up => tokio::time::sleep(PACE_RETRY).await,
                Err(HubError::TooFast) => break CommandReply::Rejected { rejection: Rejection::TooFast {} },
                Err(
                    HubError::Unavailable(_)
                    | HubError::Store(_)
                    | HubError::PosterFiles(_)
                    | HubError::Certificate(_)
                    | HubError::Stopping,
                ) => {
                    break CommandReply::Rejected { rejection: Rejection::Unavailable {} };
                }
                Err(error @ (HubError::Gone | HubError::Revoked)) => return Err(from_hub(error)),
                Ok(reply) => break reply,
            }
        };
        if let CommandReply::Rejected { rejection } = &reply
            && rejection.is_retryable()
        {
            self.stopped = Some(rejection.clone());
        }
        Ok(reply)
    }
}
