//! Many small meetings, a few people each.

use std::sync::Arc;

use engawa_protocol::command::{ImportRoster, RosterRow};
use engawa_protocol::http::CreateMeeting;
use engawa_protocol::{Language, Role};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

use super::{Guest, device, guest, take};
use crate::http::token_of;
use crate::meter::Meter;
use crate::scenario::Stage;
use crate::trouble::Trouble;

/// Meetings that are prepared at the same time.
const PREPARED_TOGETHER: usize = 8;

/// Makes meetings of facilitators, who may write on the plenary board at any time. Each meeting is a room of the meter.
pub(crate) async fn many(
    stage: &Stage,
    meetings: usize,
    people: usize,
) -> Result<(Vec<Guest>, Arc<Meter>), Trouble> {
    let rooms = (0..meetings * people).map(|viewer| viewer / people).collect();
    let meter = Arc::new(Meter::new(rooms));
    let made: Vec<Vec<Guest>> = stream::iter(0..meetings)
        .map(|index| one(stage, &meter, index, people))
        .buffered(PREPARED_TOGETHER)
        .try_collect()
        .await?;
    Ok((made.into_iter().flatten().collect(), meter))
}

async fn one(stage: &Stage, meter: &Arc<Meter>, index: usize, people: usize) -> Result<Vec<Guest>, Trouble> {
    let mut chance = SmallRng::seed_from_u64(stage.seed ^ ((index as u64) << 32));
    let meeting = CreateMeeting {
        title: format!("測定 {index}"),
        language: Language::Ja,
        coordinator: "事務局 A".into(),
        keep_until: None,
    };
    let made = stage.api.create_meeting(&meeting).await?;
    let rows = (1..=people).map(|number| RosterRow {
        team: String::new(),
        region: None,
        name: format!("幹事 {number}"),
        role: Role::Facilitator,
        email: None,
    });
    let clerk = device(&mut chance);
    take(stage, &made.token, (clerk, 1), ImportRoster { rows: rows.collect() }.into()).await?;
    let links = stage.api.links(&made.token).await?;
    let facilitators = links.personal.iter().filter(|link| link.role == Role::Facilitator).take(people);
    facilitators
        .enumerate()
        .map(|(number, link)| {
            let who = (link.person, token_of(&link.link)?);
            guest(stage, meter, index * people + number, who, device(&mut chance))
        })
        .collect()
}
