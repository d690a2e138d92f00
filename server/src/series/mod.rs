//! Taking over from an earlier meeting of the study group: what would come, and taking it. Owns the order of the steps
//! between two meetings; must not know who may ask for it, nor how anybody is recognised (the domain's).
//!
//! Everything goes in by ordinary commands of a coordinator of the meeting that takes over: the roster and the posters as
//! from files, the rest as `follow_meeting`. Each of them may come twice, so taking over again, or after a failure
//! half-way, adds what is missing.

mod plan;
pub(crate) mod run;
mod take;

use std::sync::Arc;

use engawa_domain::{CarryOver, Grant, carry_over};
use engawa_protocol::preparation::{FollowParts, FollowPreview};
use engawa_protocol::{MeetingId, Role};

pub(crate) use take::follow;

use self::plan::{PosterPlan, RosterPlan, preview_of};
use crate::hub::{Hub, HubError};

/// What a meeting hands on, as it is now.
async fn read_earlier(hub: &Hub, earlier: MeetingId) -> Result<Arc<CarryOver>, HubError> {
    hub.read(earlier, |meeting, _| Arc::new(carry_over(meeting))).await
}

/// What would come from an earlier meeting. Nothing is taken by it.
///
/// # Errors
/// A [`HubError`], also when the files of either meeting cannot be listed.
pub(crate) async fn preview(
    hub: &Hub,
    meeting: MeetingId,
    earlier: MeetingId,
    parts: FollowParts,
) -> Result<FollowPreview, HubError> {
    let carried = read_earlier(hub, earlier).await?;
    let handed = Arc::clone(&carried);
    let plans = move |meeting: &engawa_domain::Meeting, _| {
        (RosterPlan::new(&handed, meeting), PosterPlan::new(&handed, meeting, parts))
    };
    let (roster, mut posters) = hub.read(meeting, plans).await?;
    if parts.posters {
        let files = hub.poster_files();
        posters.look_for_files(&carried, &files.inventory(earlier).await?, &files.inventory(meeting).await?);
    }
    // Counting the pairs of a large meeting takes a while: not on a thread that serves others.
    let counting = move || preview_of(&carried, meeting, &roster, &posters, parts);
    tokio::task::spawn_blocking(counting).await.map_err(|_| HubError::Unavailable("counting failed"))
}

/// The grant of a coordinator of a meeting, for whoever may act for any of them.
///
/// # Errors
/// A [`HubError`].
pub(crate) async fn coordinator_of(hub: &Hub, meeting: MeetingId) -> Result<Grant, HubError> {
    let found = hub
        .read(meeting, |meeting, _| {
            let mut people = meeting.roster().present_or_not();
            people.find(|(_, person)| person.role == Role::Coordinator).map(|(id, person)| Grant {
                role: Role::Coordinator,
                person: Some(id),
                generation: person.generation,
            })
        })
        .await?;
    // There is always one; the domain sees to it.
    found.ok_or(HubError::Unavailable("a meeting without a coordinator"))
}
