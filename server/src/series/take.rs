//! Taking over: reads the earlier meeting once, then goes step by step through the one that follows it.

use std::collections::BTreeMap;
use std::sync::Arc;

use engawa_domain::{CarryOver, Grant, Meeting};
use engawa_protocol::command::{AddPoster, AddTeam, EditPoster, ImportRoster};
use engawa_protocol::http::CommandReply;
use engawa_protocol::limits::LARGE_COMMAND_BYTES_MAX;
use engawa_protocol::preparation::{FollowParts, Followed, PosterEffect};
use engawa_protocol::view::PosterFile;
use engawa_protocol::{ClientSeq, Command, DeviceId, MeetingId, Rejection};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use super::plan::{PosterPlan, RosterPlan, count, effects, in_pieces, is_written};
use super::read_earlier;
use crate::hub::{Hub, HubError};
use crate::limits::POSTER_COPIES_AT_ONCE;
use crate::poster_files::Inventory;

/// Why a step did not go through.
enum Stopped {
    /// The meeting said no.
    Refused(Rejection),
    Hub(HubError),
}

impl<E: Into<HubError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Hub(error.into())
    }
}

/// Takes over from an earlier meeting, as the coordinator whose grant it is.
///
/// # Errors
/// A [`HubError`]. What has come by then stays; asking again is safe.
pub(crate) async fn follow(
    hub: &Hub,
    (meeting, by): (MeetingId, Grant),
    earlier: MeetingId,
    parts: FollowParts,
) -> Result<Followed, HubError> {
    let carried = read_earlier(hub, earlier).await?;
    let device = DeviceId(Uuid::new_v4());
    let mut desk = Desk { hub, meeting, by, device, last: 0, carried, earlier, parts };
    let mut followed = Followed::default();
    match desk.take(&mut followed).await {
        Ok(()) => {}
        Err(Stopped::Refused(rejection)) => followed.refused = Some(rejection),
        Err(Stopped::Hub(error)) => return Err(error),
    }
    let kept = |meeting: &Meeting, _| (meeting.earlier_meetings(), meeting.earlier_history());
    let (meetings, history) = hub.read(meeting, kept).await?;
    followed.meetings = count(meetings);
    // Counting the pairs of a large meeting takes a while: not on a thread that serves others.
    let pairs = tokio::task::spawn_blocking(move || history.pair_count()).await;
    followed.pairs = pairs.map_err(|_| HubError::Unavailable("counting failed"))?;
    Ok(followed)
}

/// A coordinator at work.
struct Desk<'a> {
    hub: &'a Hub,
    meeting: MeetingId,
    by: Grant,
    device: DeviceId,
    last: u64,
    carried: Arc<CarryOver>,
    earlier: MeetingId,
    parts: FollowParts,
}

impl Desk<'_> {
    async fn take(&mut self, followed: &mut Followed) -> Result<(), Stopped> {
        if self.parts.roster {
            self.take_roster(followed).await?;
        }
        if self.parts.posters {
            self.take_posters(followed).await?;
        }
        self.take_past(followed).await
    }

    async fn ask(&mut self, command: impl Into<Command>) -> Result<(), Stopped> {
        self.last += 1;
        let asked = (self.device, ClientSeq(self.last), command.into());
        match self.hub.call_unpaced(self.meeting, self.by, asked).await? {
            CommandReply::Accepted { .. } => Ok(()),
            CommandReply::Rejected { rejection: Rejection::Unavailable {} } => {
                Err(HubError::Unavailable("the meeting takes nothing just now").into())
            }
            CommandReply::Rejected { rejection } => Err(Stopped::Refused(rejection)),
        }
    }

    async fn take_roster(&mut self, followed: &mut Followed) -> Result<(), Stopped> {
        let carried = Arc::clone(&self.carried);
        let plan = self.hub.read(self.meeting, move |meeting, _| RosterPlan::new(&carried, meeting)).await?;
        followed.doubts.extend(plan.doubts);
        let (added, changed) = effects(&plan.rows);
        for place in plan.empty_teams {
            let team = self.carried.teams[place].clone();
            self.ask(AddTeam { name: team.name, region: team.region }).await?;
        }
        let rows = plan.rows.into_iter().map(|row| row.row).collect();
        for rows in in_pieces(rows, LARGE_COMMAND_BYTES_MAX as usize / 2) {
            self.ask(ImportRoster { rows }).await?;
        }
        (followed.people_added, followed.people_changed) = (added, changed);
        Ok(())
    }

    async fn take_posters(&mut self, followed: &mut Followed) -> Result<(), Stopped> {
        let (carried, parts) = (Arc::clone(&self.carried), self.parts);
        // The teams are there by now; a poster whose team is not has nowhere to go.
        let read = move |meeting: &Meeting, _| PosterPlan::new(&carried, meeting, parts);
        let mut plan = self.hub.read(self.meeting, read).await?;
        let files = self.hub.poster_files();
        let (from, to) = (files.inventory(self.earlier).await?, files.inventory(self.meeting).await?);
        plan.look_for_files(&self.carried, &from, &to);
        followed.doubts.append(&mut plan.doubts);
        let written = || plan.posters.iter().filter(|planned| is_written(planned.effect));
        let wanted: BTreeMap<&String, &PosterFile> =
            written().filter_map(|planned| planned.file.as_ref()).map(|file| (&file.hash, file)).collect();
        self.copy_files(wanted.into_values().cloned().collect(), &to).await?;
        for planned in written() {
            let Some(team) = planned.team else { continue };
            let poster = self.carried.posters[planned.place].clone();
            let (title, summary, file) = (poster.title, poster.summary, planned.file.clone());
            match planned.there {
                Some(poster) => self.ask(EditPoster { poster, title, summary, file }).await?,
                // Another coordinator may be taking over at the same moment.
                None => match self.ask(AddPoster { team, title, summary, file }).await {
                    Err(Stopped::Refused(Rejection::TeamHasPoster {})) => continue,
                    asked => asked?,
                },
            }
            match planned.effect {
                PosterEffect::Replaces => followed.posters_changed += 1,
                _ => followed.posters_added += 1,
            }
        }
        Ok(())
    }

    /// Copies files into the meeting's folder: then nothing of it depends on the earlier meeting.
    async fn copy_files(&self, wanted: Vec<PosterFile>, there: &Inventory) -> Result<(), Stopped> {
        let files = self.hub.poster_files();
        stream::iter(wanted)
            .map(|file| async move { files.copy(self.earlier, (self.meeting, there), &file).await })
            .buffer_unordered(POSTER_COPIES_AT_ONCE)
            .try_collect::<()>()
            .await?;
        // Somebody may have deleted the meeting meanwhile: then nothing of it stays.
        match self.hub.read(self.meeting, |_, _| ()).await {
            Err(HubError::Gone) => {
                files.delete(self.meeting).await?;
                Err(HubError::Gone.into())
            }
            read => Ok(read?),
        }
    }

    async fn take_past(&mut self, followed: &mut Followed) -> Result<(), Stopped> {
        let carried = Arc::clone(&self.carried);
        let people = self.hub.read(self.meeting, move |meeting, _| carried.recognise_people(meeting)).await?;
        if self.parts.sittings {
            followed.people_unknown = count(self.carried.left_behind(|place| people[place].is_some()));
        }
        if !self.parts.pulses && !self.parts.sittings {
            return Ok(());
        }
        let wanted = (self.parts.pulses, self.parts.sittings);
        for command in self.carried.commands(self.meeting, &people, wanted) {
            self.ask(command).await?;
        }
        Ok(())
    }
}
