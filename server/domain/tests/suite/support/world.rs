//! A meeting with everybody who looks at it. Every entry goes through [`World::enter`], which checks all laws of the
//! crate for all viewers and says which one is broken.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::{
    Applied, CreateMeeting, Emission, Entropy, Entry, Input, Meeting, Origin, Outcome, RULES_VERSION,
    SystemInput, Viewer, ViewerClass, all_viewers, apply, class_of, decode_snapshot, encode_snapshot, fold,
    precheck, project,
};
use engawa_protocol::limits::COMMANDS_PENDING_MAX;
use engawa_protocol::view::MeetingView;
use engawa_protocol::{
    ClientSeq, Command, DeviceId, Event, Language, MeetingId, PersonId, Rejection, Role, Seq, Timestamp,
};
use serde_json::Value;

use super::secrecy::Secrets;
use super::{erased, json};

/// The moment at which every world begins. Round, so that offsets are easy to read.
pub(crate) const BEGINNING: Timestamp = Timestamp(1_000_000_000_000);

/// A meeting, the views that its viewers keep by folding, and the log so far.
#[derive(Clone)]
pub(crate) struct World {
    meeting: Option<Meeting>,
    /// What each viewer's browser holds: projected once, folded ever since.
    pub(crate) views: BTreeMap<Viewer, MeetingView>,
    /// Every entry so far.
    pub(crate) log: Vec<Entry>,
    /// What became of each of them.
    pub(crate) outcomes: Vec<Outcome>,
    /// The clock.
    pub(crate) now: Timestamp,
    /// Encoding is checked at every entry whose number this divides. Long histories check it now and then.
    pub(crate) encoding_every: u64,
    /// The snapshot as it is now.
    snapshot: Vec<u8>,
    numbers: BTreeMap<(PersonId, DeviceId), u64>,
    /// What became of each command of somebody who was there, by the number their device gave it.
    answers: BTreeMap<(PersonId, DeviceId), BTreeMap<ClientSeq, Outcome>>,
    /// Every fold so far, when they are recorded.
    pub(crate) folds: Option<Vec<Fold>>,
}

/// What one viewer was told with one entry, and what it did to their view.
#[derive(Clone)]
pub(crate) struct Fold {
    pub(crate) before: MeetingView,
    pub(crate) events: Vec<Event>,
    pub(crate) after: MeetingView,
}

/// A law that does not hold, in words.
#[derive(Debug)]
pub(crate) struct LawBroken(pub(crate) String);

impl std::fmt::Display for LawBroken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! law {
    ($holds:expr, $($words:tt)*) => {
        if !$holds {
            return Err(LawBroken(format!($($words)*)));
        }
    };
}

/// A device by number.
pub(crate) fn device(number: u32) -> DeviceId {
    serde_json::from_value(Value::String(format!("00000000-0000-4000-8000-{number:012}"))).expect("a UUID")
}

/// The device on which a person acts unless another is named; every person has devices of their own.
pub(crate) fn device_of(person: PersonId, number: u32) -> DeviceId {
    device(person.0 * 100 + number)
}

impl World {
    /// A new meeting; its coordinator is person 1.
    pub(crate) fn new(title: &str, coordinator: &str) -> Self {
        let mut world = Self {
            meeting: None,
            views: BTreeMap::new(),
            log: Vec::new(),
            outcomes: Vec::new(),
            now: BEGINNING,
            encoding_every: 1,
            snapshot: Vec::new(),
            numbers: BTreeMap::new(),
            answers: BTreeMap::new(),
            folds: None,
        };
        let id: MeetingId = serde_json::from_str("\"00000000-0000-4000-8000-00000000abcd\"").expect("a UUID");
        let create = CreateMeeting {
            meeting: id,
            rules_version: RULES_VERSION,
            title: title.to_owned(),
            language: Language::Ja,
            coordinator: coordinator.to_owned(),
            keep_until: None,
        };
        let entry = world.entry(Origin::System { input: SystemInput::CreateMeeting(create) });
        let applied = apply(&mut world.meeting, &entry);
        world.log.push(entry);
        world.outcomes.push(applied.outcome);
        world.snapshot = bytes(world.meeting());
        world.look_anew();
        world
    }

    /// The meeting.
    pub(crate) fn meeting(&self) -> &Meeting {
        self.meeting.as_ref().expect("made by the first entry")
    }

    /// The snapshot as JSON, for tests that look at the state itself.
    pub(crate) fn state(&self) -> Value {
        json::value(self.meeting())
    }

    /// The clock goes on.
    pub(crate) fn pass_time(&mut self, ms: u64) {
        self.now = Timestamp(self.now.0 + ms);
    }

    /// A person asks for something on a device, under the device's next number.
    pub(crate) fn submit(
        &mut self,
        person: PersonId,
        device: DeviceId,
        command: impl Into<Command>,
    ) -> Result<Applied, LawBroken> {
        let client_seq = self.next_number(person, device);
        self.submit_numbered(person, device, client_seq, command.into())
    }

    /// A person asks for something under a number given.
    pub(crate) fn submit_numbered(
        &mut self,
        person: PersonId,
        device: DeviceId,
        client_seq: ClientSeq,
        command: Command,
    ) -> Result<Applied, LawBroken> {
        let highest = self.numbers.entry((person, device)).or_default();
        *highest = (*highest).max(client_seq.0);
        self.enter(Origin::Person { person, device, client_seq, command })
    }

    /// Somebody with a shared link asks for something.
    pub(crate) fn submit_by_link(
        &mut self,
        (role, generation): (Role, u32),
        device: DeviceId,
        client_seq: Option<ClientSeq>,
        command: Command,
    ) -> Result<Applied, LawBroken> {
        let client_seq = client_seq.unwrap_or_else(|| self.next_number(PersonId(0), device));
        let highest = self.numbers.entry((PersonId(0), device)).or_default();
        *highest = (*highest).max(client_seq.0);
        self.enter(Origin::Link { role, generation, device, client_seq, command })
    }

    /// A node of the server says something.
    pub(crate) fn system(&mut self, input: SystemInput) -> Result<Applied, LawBroken> {
        self.enter(Origin::System { input })
    }

    fn next_number(&self, person: PersonId, device: DeviceId) -> ClientSeq {
        ClientSeq(self.numbers.get(&(person, device)).copied().unwrap_or(0) + 1)
    }

    fn entry(&self, origin: Origin) -> Entry {
        let seq = Seq(self.log.len() as u64 + 1);
        let entropy = Entropy([seq.0.wrapping_mul(0x9E37_79B9_7F4A_7C15), seq.0 ^ 0x5DEE_CE66]);
        Entry { seq, at: self.now, input: Input { entropy, origin } }
    }

    /// Applies what came in and checks every law.
    pub(crate) fn enter(&mut self, origin: Origin) -> Result<Applied, LawBroken> {
        let entry = self.entry(origin);
        let before = self.meeting().clone();
        let refused = precheck(&before, &entry.input.origin).err();
        let applied = apply(&mut self.meeting, &entry);
        self.log.push(entry.clone());
        self.outcomes.push(applied.outcome.clone());
        let after = self.meeting().clone();

        law!(after.seq() == entry.seq, "the position is {} after entry {}", after.seq(), entry.seq);
        law!(after.at() >= before.at(), "time went back to {:?} from {:?}", after.at(), before.at());
        let snapshot = bytes(&after);
        check_outcome((&self.snapshot, &snapshot), &after, &applied, refused.as_ref())?;
        erased::check((&before, &after), &entry, &applied).map_err(LawBroken)?;
        if entry.seq.0.is_multiple_of(self.encoding_every) {
            check_encoding((&before, &self.snapshot), &snapshot, &entry, &applied)?;
        }
        self.snapshot = snapshot;
        self.check_answer(&before, &entry, &applied.outcome)?;
        check_regrouped(&before, &after, &applied)?;
        self.fold_all(&after, &applied)?;
        self.check_secrecy(&after, &entry, &applied)?;
        Ok(applied)
    }

    /// A command that comes again is answered as it was the first time, whatever has happened in between, as long as
    /// no more than `COMMANDS_PENDING_MAX` commands of the device have come since.
    fn check_answer(&mut self, before: &Meeting, entry: &Entry, outcome: &Outcome) -> Result<(), LawBroken> {
        let (key, number, there) = match &entry.input.origin {
            Origin::System { .. } => return Ok(()),
            Origin::Person { person, device, client_seq, .. } => {
                ((*person, *device), *client_seq, before.roster().person(*person).is_some())
            }
            Origin::Link { role, generation, device, client_seq, .. } => {
                let holds = before.roster().shared_generation(*role) == *generation;
                ((PersonId(0), *device), *client_seq, holds)
            }
        };
        let answers = self.answers.entry(key).or_default();
        match answers.get(&number) {
            Some(first) if erased::is_forgotten(before, key.0, there, first) => {
                erased::check_answer(before, key.0, first, outcome).map_err(LawBroken)?;
            }
            Some(_) if key.0 == PersonId(0) && !there => {
                law!(matches!(outcome, Outcome::Rejected { .. }), "a revoked link was answered");
            }
            Some(first) => {
                let forgotten = Outcome::Rejected { rejection: Rejection::OutcomeForgotten {} };
                let may_forget = answers.len() as u64 > COMMANDS_PENDING_MAX;
                law!(
                    outcome == first || (may_forget && *outcome == forgotten),
                    "sent again it was answered {outcome:?}, the first time {first:?}"
                );
            }
            None if there && number != ClientSeq(0) => {
                answers.insert(number, outcome.clone());
            }
            None => {}
        }
        Ok(())
    }

    /// Law 1: folding what a viewer is told gives what a fresh look shows.
    fn fold_all(&mut self, after: &Meeting, applied: &Applied) -> Result<(), LawBroken> {
        let viewers: BTreeSet<Viewer> = all_viewers(after).into_iter().collect();
        self.views.retain(|viewer, _| viewers.contains(viewer));
        for viewer in viewers {
            let class = class_of(after, viewer)
                .ok_or_else(|| LawBroken(format!("{viewer:?} is a viewer without a class")))?;
            let projected = project(after, viewer)
                .ok_or_else(|| LawBroken(format!("{viewer:?} is a viewer without a view")))?;
            let told = told(applied, &class);
            match (self.views.get_mut(&viewer), told) {
                (None, _) | (Some(_), None) => {
                    self.views.insert(viewer, projected);
                }
                (Some(view), Some(events)) => {
                    let before = self.folds.is_some().then(|| view.clone());
                    for event in &events {
                        fold(view, event);
                    }
                    if let (Some(folds), Some(before)) = (&mut self.folds, before) {
                        folds.push(Fold { before, events: events.clone(), after: view.clone() });
                    }
                    if *view != projected {
                        let differences = json::differences(&json::value(view), &json::value(&projected), 8);
                        let names: Vec<&str> = events.iter().map(|event| event.name()).collect();
                        return Err(LawBroken(format!(
                            "{viewer:?} ({class:?}), told {names:?}, does not see what a fresh look shows \
                             (path: folded | projected):\n{}",
                            differences.join("\n")
                        )));
                    }
                }
            }
        }
        Ok(())
    }

    /// Law 4: nobody is told what they may not see.
    fn check_secrecy(&self, after: &Meeting, entry: &Entry, applied: &Applied) -> Result<(), LawBroken> {
        // Of all refusals this one alone carries more than numbers and what the asker wrote.
        let refused =
            matches!(&applied.outcome, Outcome::Rejected { rejection: Rejection::NoteConflict { .. } });
        if applied.emissions.is_empty() && !refused {
            return Ok(());
        }
        let asker = match &entry.input.origin {
            Origin::Person { person, .. } => Some(*person),
            Origin::Link { .. } | Origin::System { .. } => None,
        };
        let secrets = Secrets::of(after);
        for (viewer, view) in &self.views {
            let asked = asker.is_some_and(|person| *viewer == Viewer::Person(person));
            if refused && !asked {
                continue;
            }
            secrets.check_told(after, *viewer, applied, view, asked).map_err(LawBroken)?;
        }
        Ok(())
    }

    /// Law 4 for whole views, which is too much work to do after every entry.
    pub(crate) fn check_views(&self) -> Result<(), LawBroken> {
        let secrets = Secrets::of(self.meeting());
        for (viewer, view) in &self.views {
            if let Some(class) = class_of(self.meeting(), *viewer) {
                secrets.check_view(&class, view).map_err(LawBroken)?;
            }
        }
        Ok(())
    }

    /// Everybody loads the page anew.
    fn look_anew(&mut self) {
        let meeting = self.meeting().clone();
        self.views = all_viewers(&meeting)
            .into_iter()
            .filter_map(|viewer| Some((viewer, project(&meeting, viewer)?)))
            .collect();
    }

    /// Law 3 over the whole log: a replay from the first entry gives the same bytes and outcomes.
    pub(crate) fn check_replay(&self) -> Result<(), LawBroken> {
        let mut replayed = None;
        for (entry, outcome) in self.log.iter().zip(&self.outcomes) {
            let applied = apply(&mut replayed, entry);
            law!(applied.outcome == *outcome, "entry {} had another outcome in the replay", entry.seq);
        }
        let replayed = replayed.ok_or_else(|| LawBroken("the replay made no meeting".to_owned()))?;
        law!(bytes(&replayed) == bytes(self.meeting()), "the replay gave another state");
        Ok(())
    }
}

/// The events a viewer of this class is told, in order; none when their view is made anew.
pub(crate) fn told(applied: &Applied, class: &ViewerClass) -> Option<Vec<Event>> {
    let mut events = Vec::new();
    for emission in &applied.emissions {
        match emission {
            Emission::Refresh { audience } if audience.includes(class) => return None,
            Emission::Event { audience, event } if audience.includes(class) => events.push(event.clone()),
            Emission::Refresh { .. } | Emission::Event { .. } => {}
        }
    }
    Some(events)
}

/// The snapshot's bytes.
pub(crate) fn bytes(meeting: &Meeting) -> Vec<u8> {
    encode_snapshot(meeting).expect("a state has a JSON form")
}

/// The part of a snapshot that a rejection leaves as it is: all but position and time, which stand in front, and the
/// record of commands, which stands last.
fn without_record(snapshot: &[u8]) -> &str {
    let text = std::str::from_utf8(snapshot).expect("JSON is UTF-8");
    let from = text.find("\"info\":").expect("the meeting as a whole is part of its state");
    let to = text.rfind("\"dedupe\":{\"people\":").expect("the record of commands is part of its state");
    &text[from..to]
}

/// What changed between two snapshots, in words.
fn changes(before: &[u8], after: &[u8]) -> String {
    let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    json::differences(&value(before), &value(after), 8).join("\n")
}

/// Law 2: a rejection changes nothing but the record that answers a resent command; nor does a command that is sent
/// again; and nothing that the front door refuses is taken behind it.
fn check_outcome(
    (before, now): (&[u8], &[u8]),
    after: &Meeting,
    applied: &Applied,
    refused: Option<&Rejection>,
) -> Result<(), LawBroken> {
    match &applied.outcome {
        Outcome::Accepted { seq, .. } if *seq == after.seq() => {
            law!(refused.is_none(), "precheck refuses ({refused:?}) what apply takes");
            return Ok(());
        }
        Outcome::Accepted { seq, .. } => {
            law!(*seq < after.seq(), "accepted as entry {seq}, which is yet to come");
        }
        Outcome::Rejected { rejection } => {
            law!(!rejection.is_retryable(), "{rejection:?} is retryable and must never be in the log");
        }
    }
    let outcome = &applied.outcome;
    law!(applied.emissions.is_empty(), "{outcome:?}, yet it told somebody something");
    law!(applied.regrouped.is_empty(), "{outcome:?}, yet somebody was regrouped");
    law!(!applied.links_changed, "{outcome:?}, yet it has effects");
    let same = without_record(before) == without_record(now);
    law!(same, "{outcome:?}, yet the state changed:\n{}", changes(before, now));
    Ok(())
}

/// Law 3: the snapshot comes back as it was, a state from a snapshot goes on as the original does, and everything
/// that crosses a link or lies in the log survives its encoding.
fn check_encoding(
    (before, snapshot): (&Meeting, &[u8]),
    after: &[u8],
    entry: &Entry,
    applied: &Applied,
) -> Result<(), LawBroken> {
    let decoded = decode_snapshot(snapshot)
        .map_err(|error| LawBroken(format!("the snapshot cannot be read: {error}")))?;
    law!(decoded == *before, "the snapshot comes back as another state");
    let mut twin = Some(decoded);
    let twin_applied = apply(&mut twin, entry);
    law!(twin_applied == *applied, "a state from a snapshot takes the entry otherwise");
    let twin = twin.ok_or_else(|| LawBroken("the meeting vanished".to_owned()))?;
    law!(bytes(&twin) == after, "a state from a snapshot goes another way");
    let text = serde_json::to_string(entry).expect("an entry has a JSON form");
    let read: Entry = serde_json::from_str(&text)
        .map_err(|error| LawBroken(format!("the entry cannot be read back: {error}: {text}")))?;
    law!(read == *entry, "the entry comes back as another: {text}");
    for emission in &applied.emissions {
        if let Emission::Event { event, .. } = emission {
            let text = serde_json::to_string(event).expect("an event has a JSON form");
            let read: Event = serde_json::from_str(&text)
                .map_err(|error| LawBroken(format!("the event cannot be read back: {error}: {text}")))?;
            law!(read == *event, "the event comes back as another: {text}");
        }
    }
    Ok(())
}

/// Whoever's class changed was regrouped.
fn check_regrouped(before: &Meeting, after: &Meeting, applied: &Applied) -> Result<(), LawBroken> {
    let viewers: BTreeSet<Viewer> = all_viewers(before).into_iter().chain(all_viewers(after)).collect();
    for viewer in viewers {
        let (was, is) = (class_of(before, viewer), class_of(after, viewer));
        if let Viewer::Person(person) = viewer
            && was != is
            && was.is_some()
        {
            law!(
                applied.regrouped.contains(&person),
                "person {person} went from {was:?} to {is:?} and was not regrouped"
            );
        }
    }
    Ok(())
}
