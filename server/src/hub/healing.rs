//! What a node does when the store no longer holds the history that the node has applied: finds out what became of it,
//! and, where the store has lost a part, puts it back from memory.
//!
//! The longest history becomes the agreed one, be it a node's or the store's own. What another history had behind the
//! place where the two part is decided again, as the original entries: the rules know each command by person, device and
//! number, so that none counts twice. Ids are counted in log order, so an entry that names something which came into
//! being behind that place may mean something else now. Such an entry is left out and counted, never guessed at.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use engawa_domain::{
    Counts, Input, Meeting, Origin, check_erasable, digest, encode_snapshot, erased_by, is_ballot, recall,
    refers_only_to,
};
use engawa_protocol::{MeetingId, Position, Seq, codec};
use tokio::time::Instant;

use super::history::History;
use super::limits::HubLimits;
use super::live::Live;
use crate::limits::{STORE_BATCH_BYTES, STORE_BATCH_COUNT};
use crate::observe::metrics;
use crate::store::{Founding, LogEntry, Mark, Present, StateDigest, Store, StoreError, Survey};

/// What a node holds of a meeting when it begins to doubt the store.
#[derive(Debug)]
pub(super) struct Held {
    meeting: Meeting,
    position: Position,
    digest: StateDigest,
    bytes: Bytes,
    history: History,
}

/// How it ended.
#[derive(Debug)]
pub(super) enum Healed {
    /// The store holds all that this node has applied: go on.
    Same,
    /// There is a new epoch. What this node had behind the fork is to be offered to it.
    Moved(Left),
    /// The meeting has been deleted.
    Deleted,
    /// This node's own state is not what the log says.
    Odd,
}

/// What a node held of a history that is no longer the agreed one.
#[derive(Debug)]
pub(super) struct Left {
    history: History,
    /// The last entry that both have, if that is known.
    fork: Option<Seq>,
}

impl Held {
    /// What there is to be held; none before the first entry.
    pub(super) fn of(live: &Live) -> Option<Self> {
        let meeting = live.meeting.as_ref()?;
        let digest = StateDigest(digest(meeting).ok()?);
        let bytes = encode_snapshot(meeting).ok()?.into();
        let (meeting, history) = (meeting.clone(), live.history.clone());
        Some(Self { meeting, position: live.position, digest, bytes, history })
    }

    fn left(self, fork: Option<Seq>) -> Healed {
        Healed::Moved(Left { history: self.history, fork })
    }

    /// What of the store's own entries behind the fork goes with a new beginning from this state.
    fn carried(&self, fork: Option<Seq>, beyond: Option<Vec<LogEntry>>) -> Sorted {
        let beyond = beyond.unwrap_or_default();
        sort(&self.meeting, (fork, &self.history), beyond.iter().map(|entry| &entry.payload))
    }
}

/// Asks the store until it is clear what became of the history, and puts it right. Ends only with that.
pub(super) async fn heal(store: Arc<dyn Store>, id: MeetingId, held: Held, limits: Arc<HubLimits>) -> Healed {
    let mut pause = limits.retry_first;
    let mut first_bid = None;
    loop {
        match step(&*store, id, &held, &limits, &mut first_bid).await {
            Ok(Some(Step::Same)) => {
                // Whatever made us doubt has passed; not to be asked again at once.
                tokio::time::sleep(limits.retry_first).await;
                return Healed::Same;
            }
            Ok(Some(Step::Moved(fork))) => return held.left(fork),
            Ok(Some(Step::Deleted)) => return Healed::Deleted,
            Ok(None) => tokio::time::sleep(limits.heal_after / 4).await,
            Err(error) => {
                if error.is_retryable() {
                    metrics::store_failed("heal");
                } else {
                    tracing::debug!(meeting = %id, %error, "the store has moved while a meeting was being healed");
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(limits.retry_max);
            }
        }
    }
}

enum Step {
    Same,
    Moved(Option<Seq>),
    Deleted,
}

/// One look at the store, and what follows from it; none if it is too early to act.
async fn step(
    store: &dyn Store,
    id: MeetingId,
    held: &Held,
    limits: &HubLimits,
    first_bid: &mut Option<Instant>,
) -> Result<Option<Step>, StoreError> {
    let (mark, fork, beyond) = match store.survey(id, held.position).await? {
        Survey::Deleted => return Ok(Some(Step::Deleted)),
        Survey::Absent { mark } => (mark, None, None),
        Survey::Present(there) => match compare(held.position, &there) {
            Found::Same => return Ok(Some(Step::Same)),
            Found::Moved => return Ok(Some(Step::Moved(there.fork))),
            Found::Longer => {
                let epoch = store.leave_history(id, there.last.epoch).await?;
                tracing::warn!(
                    meeting = %id, from = %held.position, to = epoch.0,
                    "the store holds another, longer history than this node has applied; going on with the store's"
                );
                metrics::meeting_healed("store");
                return Ok(Some(Step::Moved(there.fork)));
            }
            Found::Shorter => (there.mark, there.fork, there.beyond),
        },
    };
    // Those that hold more come forward within this time: they have lost the same connection as we have.
    let highest = store.bid(id, held.position).await?;
    let since = *first_bid.get_or_insert_with(Instant::now);
    if !highest || since.elapsed() < limits.heal_after {
        return Ok(None);
    }
    let agreed = found(store, id, held, mark, held.carried(fork, beyond)).await?;
    Ok(agreed.then_some(Step::Moved(Some(held.position.seq))))
}

async fn found(
    store: &dyn Store,
    id: MeetingId,
    held: &Held,
    mark: Mark,
    sorted: Sorted,
) -> Result<bool, StoreError> {
    let Sorted { again, left_out } = sorted;
    let carried = again.len();
    let (at, digest, bytes) = (held.meeting.at(), held.digest, held.bytes.clone());
    let founding = Founding { held: held.position, at, digest, bytes, carried: again };
    let Some(position) = store.refound(id, mark, founding).await? else { return Ok(false) };
    tracing::warn!(
        meeting = %id, from = %held.position, to = %position, carried, left_out,
        "the store had lost a part of a meeting; it has been put back from memory under a new epoch"
    );
    metrics::meeting_healed("memory");
    metrics::entries_offered_again(carried);
    metrics::entries_left_out(left_out);
    Ok(true)
}

/// What the store holds, beside what is held here.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// All of it, under the same epoch.
    Same,
    /// A new epoch, or a snapshot that has overtaken us: what it goes on from is settled.
    Moved,
    /// Another history, as long or longer, or one of which not all can be told any more that would have to be carried over.
    Longer,
    /// Another history, or a part of ours.
    Shorter,
}

fn compare(held: Position, there: &Present) -> Found {
    let same_epoch = there.last.epoch == held.epoch;
    let is_overtaken = same_epoch && there.floor > held.seq && there.fork.is_none_or(|fork| fork == held.seq);
    if there.last.epoch > held.epoch || is_overtaken {
        Found::Moved
    } else if same_epoch && there.fork == Some(held.seq) {
        Found::Same
    } else if (there.last.epoch, there.last.seq) >= (held.epoch, held.seq)
        || (there.fork.is_some() && there.beyond.is_none())
    {
        Found::Longer
    } else {
        Found::Shorter
    }
}

/// Entries of another history, as a state sees them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sorted {
    /// To be decided again.
    again: Vec<Bytes>,
    /// Neither known nor safe to be asked for again.
    left_out: usize,
}

/// Sorts out what a state lacks. Behind the fork, which the history in hand knows, the two differ; without one nothing is
/// asked for again. Nor is anything where the state has had somebody's data taken out behind the fork: the other history
/// may hold what they wrote, and what others did to it, and nobody can tell any more.
fn sort<'a>(
    meeting: &Meeting,
    (fork, history): (Option<Seq>, &History),
    payloads: impl Iterator<Item = &'a Bytes>,
) -> Sorted {
    let past: Option<Counts> = fork.and_then(|fork| history.counts_at(fork));
    let has_erased = fork.is_some_and(|fork| meeting.has_erased_after(fork));
    let (mut sorted, mut bytes) = (Sorted::default(), 0);
    for payload in payloads {
        let Ok(input) = codec::from_slice::<Input>(payload) else { continue };
        let erased = erased_by(&input);
        let is_known = match &input.origin {
            Origin::System { .. } => erased.is_none(),
            // What somebody did whose data have been taken out is not missed.
            Origin::Person { person, .. } if meeting.erasure_of(*person).is_some() => true,
            Origin::Person { .. } | Origin::Link { .. } => recall(meeting, &input.origin).is_some(),
        };
        if is_known || erased.is_some_and(|person| check_erasable(meeting, person).is_err()) {
            continue;
        }
        let tells_a_secret =
            (meeting.forgets_its_log() && is_ballot(&input)) || (has_erased && erased.is_none());
        let fits = sorted.again.len() < STORE_BATCH_COUNT && bytes + payload.len() <= STORE_BATCH_BYTES;
        if fits && !tells_a_secret && past.as_ref().is_some_and(|past| refers_only_to(&input, past)) {
            bytes += payload.len();
            sorted.again.push(payload.clone());
        } else {
            sorted.left_out += 1;
        }
    }
    sorted
}

impl Live {
    /// Asks again for what was applied on a history that is no longer the agreed one.
    pub(super) fn offer_again(&mut self, left: &Left) {
        let Some(meeting) = &self.meeting else { return };
        let sorted = sort(meeting, (left.fork, &left.history), left.history.after(left.fork));
        if sorted == Sorted::default() {
            return;
        }
        let (again, left_out) = (sorted.again.len(), sorted.left_out);
        if left_out == 0 {
            tracing::info!(meeting = %self.id, position = %self.position, again, "entries of a lost history are decided again");
        } else {
            tracing::error!(
                meeting = %self.id, position = %self.position, again, left_out,
                "entries of a lost history cannot be decided again, because they name what came into being there"
            );
        }
        metrics::entries_offered_again(again);
        metrics::entries_left_out(left_out);
        self.batch.owe(sorted.again);
    }
}

/// How long a meeting that the store has no trace of is looked for before it counts as never having been there: another
/// node may be about to put it back.
pub(super) async fn is_gone(store: &dyn Store, id: MeetingId, patience: Duration) -> bool {
    let (from, nowhere) = (Instant::now(), Position { epoch: engawa_protocol::Epoch(0), seq: Seq(0) });
    loop {
        match store.survey(id, nowhere).await {
            Ok(Survey::Deleted) => return true,
            Ok(Survey::Absent { .. }) if from.elapsed() >= patience => return true,
            Ok(Survey::Present(_)) | Err(_) => return false,
            Ok(Survey::Absent { .. }) => tokio::time::sleep(patience / 16).await,
        }
    }
}
