//! Coming in over a shared link or a code: what one can join as, and joining.

use std::sync::PoisonError;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use engawa_domain::{Admission, Meeting, admit};
use engawa_protocol::command::JoinMeeting;
use engawa_protocol::http::{
    CommandReply, ErrorBody, JoinCandidate, JoinOptions, JoinOptionsRequest, JoinRequest, Joined,
};
use engawa_protocol::view::TeamView;
use engawa_protocol::{PersonId, Role};
use tokio::time::Instant;

use super::ApiState;
use super::bearer::{Bearer, TO_JOIN};
use super::refusal::{from_hub, refuse};
use crate::auth::{LinkGrant, ShortCode};
use crate::http::{ApiError, ApiErrorKind, Described, Json, Table};

pub(super) fn routes() -> Table<ApiState> {
    let options_described = Described::post("/api/join/options", "HT2", "As whom one can come in")
        .says("With a shared link as the key and `{}`, or without a key and with the code that was read out. The token in the answer is the key for joining.")
        .for_keys(TO_JOIN)
        .or_without()
        .of_a_meeting()
        .refused(&[ApiErrorKind::NotFound])
        .takes_json::<JoinOptionsRequest>()
        .gives_json::<JoinOptions>("The meeting, the role, the rule, teams and names to pick.");
    let join_described = Described::post("/api/join", "HT3", "Coming in")
        .says("Sent again with the same device and number it gives the same answer.")
        .for_keys(TO_JOIN)
        .of_a_meeting()
        .takes_json::<JoinRequest>()
        .gives_json::<Joined>("Who one is, and the personal token.")
        .gives_form::<ErrorBody>(
            StatusCode::CONFLICT,
            "application/json",
            "The meeting says no; `code` is that of the rejection, such as `name_taken`, `name_exists`, `join_not_allowed`.",
        );
    Table::default().route(options_described, options).route(join_described, join)
}

/// `POST /api/join/options` (HT2).
pub(super) async fn options(
    State(state): State<ApiState>,
    bearer: Bearer,
    Json(JoinOptionsRequest { short_code }): Json<JoinOptionsRequest>,
) -> Result<Json<JoinOptions>, ApiError> {
    let link = match (&bearer.0, short_code) {
        (None, Some(typed)) => link_of_code(&state, &typed).await?,
        (Some(_), _) => bearer.grant(&state)?,
        (None, None) => return Err(ApiErrorKind::Unauthorised.into()),
    };
    let token = state.keys.sign(&link).expose().to_owned();
    let options = state
        .hub
        .read(link.meeting, move |meeting, _| joinable(meeting, &link).map(|role| look(meeting, &link, role)))
        .await
        .map_err(from_hub)?;
    let options = options?;
    Ok(Json(JoinOptions { token, ..options }))
}

/// The participants' shared link that a code stands for.
async fn link_of_code(state: &ApiState, typed: &str) -> Result<LinkGrant, ApiError> {
    let wrong = || {
        // Nothing that panics runs under this lock.
        let mut budget = state.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner);
        if budget.try_take(Instant::now(), 1) {
            ApiErrorKind::NotFound
        } else {
            ApiErrorKind::TooManyRequests
        }
    };
    // While too many wrong codes are tried, right ones wait too: otherwise guessing would not be limited at all.
    if !state.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner).has(Instant::now(), 1) {
        return Err(ApiErrorKind::TooManyRequests.into());
    }
    let code = ShortCode::parse(typed).map_err(|_| wrong())?;
    let meeting = state.hub.find_code(code).await.ok_or_else(wrong)?;
    let generation = state
        .hub
        .read(meeting, |meeting, _| meeting.roster().shared_generation(Role::Participant))
        .await
        .map_err(from_hub)?;
    Ok(LinkGrant::shared(meeting, Role::Participant, generation))
}

fn joinable(meeting: &Meeting, link: &LinkGrant) -> Result<Role, ApiErrorKind> {
    match admit(meeting, &link.grant) {
        Admission::Joining(role) => Ok(role),
        Admission::Revoked | Admission::Erased => Err(ApiErrorKind::Unauthorised),
        // A personal link opens the meeting itself.
        Admission::Viewer(_) => Err(ApiErrorKind::Forbidden),
    }
}

fn look(meeting: &Meeting, link: &LinkGrant, role: Role) -> JoinOptions {
    let roster = meeting.roster();
    let rule = meeting.info().join_rule;
    let teams = roster
        .teams()
        .map(|(id, team)| TeamView { id, name: team.name.clone(), region: team.region.clone() })
        .collect();
    let people = roster
        .present_or_not()
        .filter(|(_, person)| rule.pick_name && person.role == role)
        .map(|(id, person)| JoinCandidate {
            person: id,
            name: person.name.clone(),
            team: person.team,
            taken: !person.claimed_by.is_empty(),
        })
        .collect();
    JoinOptions {
        meeting: link.meeting,
        title: meeting.title().clone(),
        language: meeting.info().language,
        token: String::new(),
        role,
        rule,
        teams,
        people,
    }
}

/// `POST /api/join` (HT3).
pub(super) async fn join(
    State(state): State<ApiState>,
    bearer: Bearer,
    headers: HeaderMap,
    Json(JoinRequest { device, client_seq, join }): Json<JoinRequest>,
) -> Result<Response, ApiError> {
    let link = bearer.grant(&state)?;
    if link.grant.person.is_some() || link.grant.role == Role::Screen {
        return Err(ApiErrorKind::Forbidden.into());
    }
    let command = JoinMeeting { join }.into();
    let reply =
        state.hub.call(link.meeting, link.grant, (device, client_seq, command)).await.map_err(from_hub)?;
    let person = match reply {
        CommandReply::Accepted { created, .. } => PersonId(created.ok_or(ApiErrorKind::Internal)?),
        CommandReply::Rejected { rejection } => return Ok(refuse(&rejection, &headers)),
    };
    let known = state
        .hub
        .read(link.meeting, move |meeting, _| {
            meeting.roster().person(person).map(|known| (known.role, known.generation))
        })
        .await
        .map_err(from_hub)?;
    // They have been removed since: an old answer opens nothing.
    let (role, generation) = known.ok_or(ApiErrorKind::Unauthorised)?;
    let grant = LinkGrant::personal(link.meeting, role, person, generation);
    Ok(Json(Joined { person, token: state.keys.sign(&grant).expose().to_owned() }).into_response())
}
