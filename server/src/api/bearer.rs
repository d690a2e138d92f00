//! The token or key of a request: `Authorization: Bearer …`, never in an address.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use engawa_domain::{Admission, Viewer};
use engawa_protocol::{MeetingId, PersonId, Role};

use super::ApiState;
use super::refusal::from_hub;
use crate::auth::LinkGrant;
use crate::http::{ApiError, ApiErrorKind, Key};

/// What opens a route that is the operator's alone.
pub(super) const OPERATOR: &[Key] = &[Key::Operator];
/// What opens a route that is the coordinators' alone.
pub(super) const COORDINATOR: &[Key] = &[Key::Personal(&[Role::Coordinator])];
/// What opens a route of everybody who has a name in the meeting.
pub(super) const PERSON: &[Key] = &[Key::Personal(&[
    Role::Coordinator,
    Role::Facilitator,
    Role::Secretariat,
    Role::Participant,
    Role::Observer,
])];
/// The same, and screens.
pub(super) const PERSON_OR_SCREEN: &[Key] = &[PERSON[0], Key::Shared(&[Role::Screen])];
/// What opens the door: the links that everyone of a role shares, those of screens left out.
pub(super) const TO_JOIN: &[Key] = &[Key::Shared(&[
    Role::Coordinator,
    Role::Facilitator,
    Role::Secretariat,
    Role::Participant,
    Role::Observer,
])];
/// What opens a route of the operator and of the meeting's coordinators.
pub(super) const OPERATOR_OR_COORDINATOR: &[Key] = &[OPERATOR[0], COORDINATOR[0]];
/// What opens a route of those who look after posters and the record.
pub(super) const OFFICE_KEYS: &[Key] = &[Key::Personal(super::posters::OFFICE)];

/// A bearer's text, if the request has one.
pub(super) struct Bearer(pub(super) Option<String>);

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(AUTHORIZATION) else { return Ok(Self(None)) };
        let text = value.to_str().map_err(|_| ApiErrorKind::Unauthorised)?;
        let (scheme, token) = text.split_once(' ').ok_or(ApiErrorKind::Unauthorised)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(ApiErrorKind::Unauthorised.into());
        }
        Ok(Self(Some(token.trim().to_owned())))
    }
}

impl Bearer {
    /// What the token grants.
    pub(super) fn grant(&self, state: &ApiState) -> Result<LinkGrant, ApiError> {
        let token = self.0.as_deref().ok_or(ApiErrorKind::Unauthorised)?;
        state.keys.verify(token).map_err(|error| ApiError::new(ApiErrorKind::Unauthorised).caused_by(error))
    }

    /// Whether it is the operator's key.
    pub(super) fn is_operator(&self, state: &ApiState) -> bool {
        self.0.as_deref().is_some_and(|key| state.admin_key.fits(key))
    }

    /// Refuses everybody but the operator.
    pub(super) fn operator(&self, state: &ApiState) -> Result<(), ApiError> {
        if self.is_operator(state) { Ok(()) } else { Err(ApiErrorKind::Unauthorised.into()) }
    }

    /// The meeting and the person of a coordinator's token.
    pub(super) async fn coordinator(&self, state: &ApiState) -> Result<(MeetingId, PersonId), ApiError> {
        self.person_of(state, &[Role::Coordinator]).await
    }

    /// The meeting and the person of a token whose person has one of these roles now.
    pub(super) async fn person_of(
        &self,
        state: &ApiState,
        roles: &[Role],
    ) -> Result<(MeetingId, PersonId), ApiError> {
        let link = self.grant(state)?;
        let grant = link.grant;
        let person = state
            .hub
            .read(link.meeting, move |meeting, _| match engawa_domain::admit(meeting, &grant) {
                Admission::Viewer(Viewer::Person(person)) => {
                    Ok((person, meeting.roster().person(person).map(|known| known.role)))
                }
                Admission::Viewer(Viewer::Screen) | Admission::Joining(_) => Err(ApiErrorKind::Forbidden),
                Admission::Revoked | Admission::Erased => Err(ApiErrorKind::Unauthorised),
            })
            .await
            .map_err(from_hub)?;
        match person? {
            (person, Some(role)) if roles.contains(&role) => Ok((link.meeting, person)),
            _ => Err(ApiErrorKind::Forbidden.into()),
        }
    }
}
