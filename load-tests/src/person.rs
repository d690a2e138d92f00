//! A simulated person: somebody with one device or two, a pace of their own, and chance drawn from the run's seed, so
//! that the same seed gives the same intentions.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use engawa_protocol::command::{AddNote, Command};
use engawa_protocol::view::MeetingView;
use engawa_protocol::{AreaId, BoardId, NoteColor, PersonId, PosterId, Rejection, Role, TeamId};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use crate::client::{Client, Pace, Reply, Taken};
use crate::marker::{MarkedText, Marker};
use crate::measure::{Measure, NoteTimes};
use crate::trouble::{Findings, Promise, Trouble};

/// Beginnings of what people write.
const PHRASES: [&str; 12] = [
    "評価の面談が形だけになっている",
    "若手が異動の理由を知らされない",
    "係長になりたい人が少ない",
    "研修を受けても職場で使う場がない",
    "人事課と現場の言葉が違う",
    "良い前例を話せる場が欲しい",
    "基本方針を読んだことがある人が半分もいない",
    "忙しさが言い訳になっている",
    "まず自分の係で朝の5分から始める",
    "退職する人に理由を聞けていない",
    "髙橋課長の「まずやってみて」が効いた",
    "対話の時間を業務として認める",
];

/// What everyone in a run shares.
#[derive(Debug, Clone)]
pub(crate) struct Common {
    /// What is measured.
    pub(crate) measure: Arc<Measure>,
    /// What is found.
    pub(crate) findings: Findings,
    /// The run's seed.
    pub(crate) seed: u64,
}

/// Somebody.
#[derive(Debug)]
pub(crate) struct Person {
    /// Who they are in the meeting.
    pub(crate) id: PersonId,
    /// Their role.
    pub(crate) role: Role,
    /// Their team.
    pub(crate) team: Option<TeamId>,
    /// Their token.
    pub(crate) token: String,
    /// Their device.
    pub(crate) client: Client,
    /// A second device that runs at the same time.
    pub(crate) second: Option<Client>,
    pace: Pace,
    texts: AtomicU32,
    /// Whether they mean to be connected.
    here: AtomicBool,
    /// The ballot they mean to have in, as far as it was acknowledged.
    ballot: Mutex<Option<BTreeSet<PosterId>>>,
    common: Common,
}

impl Person {
    /// Somebody who has done nothing yet.
    pub(crate) fn new(
        (id, role, team): (PersonId, Role, Option<TeamId>),
        token: String,
        (client, second): (Client, Option<Client>),
        common: Common,
    ) -> Self {
        Self {
            id,
            role,
            team,
            token,
            client,
            second,
            pace: Pace::new(),
            texts: AtomicU32::new(0),
            here: AtomicBool::new(false),
            ballot: Mutex::new(None),
            common,
        }
    }

    /// Chance of their own for one part of the meeting.
    pub(crate) fn chance(&self, part: &str) -> SmallRng {
        chance(self.common.seed, self.id, part)
    }

    /// Both devices, or the one.
    pub(crate) fn clients(&self) -> impl Iterator<Item = &Client> {
        [&self.client].into_iter().chain(self.second.as_ref())
    }

    /// Comes in, with all devices.
    pub(crate) async fn come(&self, limit: Duration) -> Result<(), Trouble> {
        self.here.store(true, Ordering::Relaxed);
        for client in self.clients() {
            client.connect(limit).await?;
        }
        Ok(())
    }

    /// Closes all devices.
    pub(crate) async fn go(&self, limit: Duration) -> Result<(), Trouble> {
        self.here.store(false, Ordering::Relaxed);
        for client in self.clients() {
            client.stay_away(limit).await?;
        }
        Ok(())
    }

    /// Whether they mean to be connected.
    pub(crate) fn is_here(&self) -> bool {
        self.here.load(Ordering::Relaxed)
    }

    /// Waits until the view of the first device fulfils a condition.
    pub(crate) async fn until(
        &self,
        what: &str,
        limit: Duration,
        condition: impl Fn(&MeetingView) -> bool,
    ) -> Result<(), Trouble> {
        self.client.until(what, limit, condition).await
    }

    /// Reads the view of the first device.
    pub(crate) fn look<T>(&self, read: impl FnOnce(&MeetingView) -> T) -> Option<T> {
        self.client.look(read)
    }

    /// Asks for something and waits for the answer.
    pub(crate) async fn ask(&self, command: impl Into<Command>) -> Result<Reply, Trouble> {
        self.ask_on(&self.client, command).await
    }

    /// As [`Self::ask`], on one of the devices.
    pub(crate) async fn ask_on(
        &self,
        client: &Client,
        command: impl Into<Command>,
    ) -> Result<Reply, Trouble> {
        let command = command.into();
        self.pace.wait().await;
        let reply = client.ask(&command).await?;
        match &reply {
            Ok(taken) => self.common.measure.taken(command.name(), taken),
            Err(rejection) => self.common.measure.rejected(code(rejection)),
        }
        Ok(reply)
    }

    /// Asks for something that must be taken.
    pub(crate) async fn must(&self, command: impl Into<Command>) -> Result<Taken, Trouble> {
        let command = command.into();
        let name = command.name();
        self.ask(command).await?.map_err(|rejection| self.rejected(name, rejection))
    }

    /// Asks for something that others may have made impossible meanwhile; only these codes are an answer then.
    pub(crate) async fn may(
        &self,
        command: impl Into<Command>,
        codes: &[&str],
    ) -> Result<Option<Taken>, Trouble> {
        let command = command.into();
        let name = command.name();
        match self.ask(command).await? {
            Ok(taken) => Ok(Some(taken)),
            Err(rejection) if codes.contains(&code(&rejection).as_str()) => Ok(None),
            Err(rejection) => Err(self.rejected(name, rejection)),
        }
    }

    /// Asks for something that must be refused with this code. Being taken is a finding.
    pub(crate) async fn must_not(&self, command: impl Into<Command>, expected: &str) -> Result<(), Trouble> {
        let command = command.into();
        let name = command.name();
        match self.ask(command).await? {
            Err(rejection) if code(&rejection) == expected => {}
            Err(rejection) => {
                let what = format!("{}: {name} was refused with {rejection:?}, not {expected}", self.who());
                self.common.findings.add(Promise::Cheating, what);
            }
            Ok(taken) => {
                let what = format!("{}: {name} was TAKEN (entry {}), not {expected}", self.who(), taken.seq);
                self.common.findings.add(Promise::Cheating, what);
            }
        }
        Ok(())
    }

    fn rejected(&self, command: &'static str, rejection: Rejection) -> Trouble {
        Trouble::Rejected { who: self.who().to_owned(), command, rejection }
    }

    /// For messages.
    pub(crate) fn who(&self) -> &str {
        self.client.who()
    }

    /// A new marker.
    pub(crate) fn marker(&self, kind: MarkedText) -> Marker {
        let number = self.texts.fetch_add(1, Ordering::Relaxed) + 1;
        Marker { kind, author: self.id, number }
    }

    /// A text as this person would write it, with a marker.
    pub(crate) fn text(&self, kind: MarkedText, chance: &mut SmallRng) -> (Marker, String) {
        let marker = self.marker(kind);
        let phrase = PHRASES.choose(chance).copied().unwrap_or_default();
        let line_break = if chance.random_ratio(1, 8) { "\n" } else { "" };
        (marker, format!("{phrase}{line_break}{marker}"))
    }

    /// Writes a note; none when the board was closed meanwhile, if that may be.
    pub(crate) async fn add_note(
        &self,
        (board, area): (BoardId, AreaId),
        silent: bool,
        chance: &mut SmallRng,
        codes: &[&str],
    ) -> Result<Option<Taken>, Trouble> {
        let (marker, text) = self.text(MarkedText::Note, chance);
        let color = *[NoteColor::Yellow, NoteColor::Blue, NoteColor::Green, NoteColor::Pink]
            .choose(chance)
            .unwrap_or(&NoteColor::Yellow);
        let taken = self.may(AddNote { board, area, text, color }, codes).await?;
        if let Some(Taken { seq, sent, acked, straight, .. }) = taken {
            self.common.measure.note(NoteTimes { marker, entry: seq, sent, acked, straight, silent });
        }
        Ok(taken)
    }

    /// What they mean to have voted.
    pub(crate) fn ballot(&self) -> Option<BTreeSet<PosterId>> {
        self.ballot.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers what they mean to have voted.
    pub(crate) fn remember_ballot(&self, ballot: Option<BTreeSet<PosterId>>) {
        *self.ballot.lock().unwrap_or_else(PoisonError::into_inner) = ballot;
    }
}

/// Chance for one part of the meeting, from the run's seed and a person.
fn chance(seed: u64, person: PersonId, part: &str) -> SmallRng {
    // FNV-1a over the part's name: a small well-known mix, only to keep parts from sharing their chance.
    let part = part.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    SmallRng::seed_from_u64(seed ^ part ^ (u64::from(person.0) << 32))
}

/// A time to think, around a mean, from half to one and a half of it.
pub(crate) async fn think(mean: Duration, chance: &mut SmallRng) {
    let mean_us = u64::try_from(mean.as_micros()).unwrap_or(u64::MAX).max(1);
    tokio::time::sleep(Duration::from_micros(chance.random_range(mean_us / 2..=mean_us * 3 / 2))).await;
}

/// A rejection's code.
pub(crate) fn code(rejection: &Rejection) -> String {
    let value = serde_json::to_value(rejection).unwrap_or_default();
    value.get("code").and_then(|code| code.as_str()).unwrap_or("?").to_owned()
}

#[cfg(test)]
mod tests {
    use rand::RngCore as _;

    use super::*;

    fn draws(seed: u64, person: u32, part: &str) -> Vec<u64> {
        let mut chance = chance(seed, PersonId(person), part);
        (0..8).map(|_| chance.next_u64()).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_person() {
        assert_eq!(draws(7, 12, "vote"), draws(7, 12, "vote"));
        assert_ne!(draws(7, 12, "vote"), draws(8, 12, "vote"), "another seed");
        assert_ne!(draws(7, 12, "vote"), draws(7, 13, "vote"), "another person");
        assert_ne!(draws(7, 12, "vote"), draws(7, 12, "mixed 1"), "another part");
    }

    #[test]
    fn codes_are_those_of_the_wire() {
        assert_eq!(code(&Rejection::TooManyChoices { max: 3 }), "too_many_choices");
    }
}
