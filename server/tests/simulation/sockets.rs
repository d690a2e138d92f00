//! Linearizability over real sockets, on real time: people contend for the same notes, turn, call and ballots while their
//! lines break and the store loses answers; the recorded histories go through the same checker.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use engawa_protocol::{ClientSeq, PersonId, Submit, Timestamp};
use engawa_server::auth::LinkGrant;
use engawa_server::clock::SystemClock;
use engawa_server::hub::HubLimits;
use engawa_server::store::memory::MemoryStore;
use engawa_server::store::{Epoch, Store};
use rand::Rng as _;

use crate::cast;
use crate::deeds::Doer;
use crate::dice::{falls, stream};
use crate::history::Operation;
use crate::linear;
use crate::oracle::voter;
use crate::plan::{Focus, Network, Plan};
use crate::support::{Person, Venue};

/// Deeds of each.
const DEEDS: u64 = 20;
/// Who contends: two people and two devices of one of one team, somebody of another, and the facilitator.
const PEOPLE: [(u32, u32); 5] = [(4, 1), (4, 2), (5, 1), (7, 1), (2, 1)];

/// The pause before a command that could not be stored is sent again.
const AGAIN: Duration = Duration::from_millis(50);

/// One who contends, and what they did.
pub(crate) struct Contender {
    person: Person,
    who: u32,
    /// Where they may connect; another place each time.
    urls: Arc<[String]>,
    turn: usize,
    /// A moment before each deed, so that they last.
    pause: Duration,
    deeds: u64,
    moments: Arc<AtomicU64>,
    operations: Vec<Operation>,
}

/// All who contend, at these places, each with so many deeds and a pause before each.
pub(crate) fn contenders(
    sign: impl Fn(&LinkGrant) -> String,
    urls: &Arc<[String]>,
    (deeds, pause): (u64, Duration),
) -> Vec<(u64, Contender)> {
    let moments = Arc::new(AtomicU64::new(0));
    let contender = |(who, device): (u32, u32)| {
        let grant = LinkGrant::personal(cast::MEETING, cast::role(who), PersonId(who), 0);
        let mut person = Person::outside_of(&sign(&grant), grant.meeting);
        person.device = cast::device(who, device);
        let (urls, moments, turn) = (Arc::clone(urls), Arc::clone(&moments), who as usize);
        let operations = Vec::new();
        (u64::from(device), Contender { person, who, urls, turn, pause, deeds, moments, operations })
    };
    PEOPLE.into_iter().map(contender).collect()
}

/// The plan of a meeting in which all contend.
pub(crate) fn contention() -> Plan {
    Plan {
        seed: 1,
        focus: Focus::Contention,
        nodes: 1,
        tiny: false,
        length_ms: 0,
        network: Network::default(),
        clients: Vec::new(),
        faults: Vec::new(),
    }
}

/// Whether there is an order that explains what all contenders saw.
pub(crate) fn have_an_order(operations: &[Operation]) {
    let checked = linear::check(operations, |person| voter(false, person), true).expect("an order");
    assert!(checked.objects > 5 && checked.operations > 100, "{checked:?}");
    let answered = operations.iter().filter(|operation| operation.outcome.is_some()).count();
    assert_eq!(answered, operations.len(), "everybody has their answers");
    println!("{checked:?}");
}

impl Contender {
    fn moment(&self) -> u64 {
        self.moments.fetch_add(1, Ordering::SeqCst)
    }

    async fn come(&mut self) {
        loop {
            self.turn += 1;
            match self.person.come_to(&self.urls[self.turn % self.urls.len()]).await {
                Ok(()) => break,
                // A place that is closed; the next one may be open.
                Err(code) => assert!(code.is_retryable(), "{code:?}"),
            }
            tokio::time::sleep(AGAIN).await;
        }
        self.learn();
    }

    /// Notes the outcomes that have become known. One that stands for "again later" is none.
    fn learn(&mut self) {
        let moment = self.moment();
        for operation in self.operations.iter_mut().filter(|operation| operation.outcome.is_none()) {
            if self.person.pending.contains_key(&operation.number) {
                continue;
            }
            if let Some(reply) = self.person.outcomes.get(&operation.number) {
                operation.returned(reply.clone(), self.person.view.as_ref(), moment);
            }
        }
    }

    async fn step(&mut self) {
        if !self.person.step().await {
            return self.come().await;
        }
        self.learn();
        // CM4: what could not be stored just now is sent again after a moment, here on a new line.
        let numbers: Vec<ClientSeq> = self.person.pending.keys().copied().collect();
        if numbers.iter().any(|number| self.person.outcomes.contains_key(number)) {
            self.person.outcomes.retain(|number, _| !numbers.contains(number));
            self.person.vanish().await;
            tokio::time::sleep(AGAIN).await;
            self.come().await;
        }
    }

    pub(crate) async fn contend(mut self, seed: u64) -> Vec<Operation> {
        self.come().await;
        for deed in 0..self.deeds {
            tokio::time::sleep(self.pause).await;
            let mut dice = stream(seed, "sockets", &[u64::from(self.who), deed]);
            let mark = format!("{}-{}-{deed}", self.who, self.person.device);
            let doer = Doer {
                view: self.person.view(),
                now: Timestamp(0),
                mark: &mark,
                focus: Focus::Contention,
                deleted: &[],
            };
            let Some(command) = doer.choose(&mut dice) else { continue };
            let client_seq = ClientSeq(self.person.last_number.0 + 1);
            let submit = Submit { client_seq, command: command.clone() };
            self.operations.push(Operation::invoked(self.who, &submit, self.moment()));
            self.person.submit(command).await;
            if falls(&mut dice, 150) {
                self.person.vanish().await;
                self.come().await;
            }
            // Now and then several are under way.
            while self.person.pending.len() >= dice.random_range(1..4) {
                self.step().await;
            }
        }
        while !self.person.pending.is_empty() {
            self.step().await;
        }
        self.operations
    }
}

/// A venue with sockets over a store that holds the prepared meeting.
async fn open(plan: &Plan) -> Venue {
    let inner = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    let mut payloads = cast::log(plan);
    inner.create(cast::MEETING, payloads.remove(0)).await.expect("memory takes it");
    inner.append(cast::MEETING, Epoch(1), payloads).await.expect("memory takes it");
    let mut venue = Venue::over(inner, HubLimits { commands_burst: 1_000, ..HubLimits::default() }).await;
    venue.meeting = cast::MEETING;
    venue.listen().await;
    venue
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn histories_over_sockets_have_an_order() {
    let venue = open(&contention()).await;
    let urls: Arc<[String]> = Arc::new([format!("ws://{}/ws", venue.address.expect("sockets"))]);
    let sign = |grant: &LinkGrant| venue.state.keys.sign(grant).expose().to_owned();
    let contending: Vec<_> = contenders(sign, &urls, (DEEDS, Duration::ZERO))
        .into_iter()
        .map(|(seed, contender)| tokio::spawn(contender.contend(seed)))
        .collect();
    let faults = Arc::clone(&venue.faults);
    let rough = tokio::spawn(async move {
        loop {
            faults.lose_next_answers(1);
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    });
    let mut operations = Vec::new();
    for one in contending {
        operations.extend(one.await.expect("nobody stumbles"));
    }
    rough.abort();
    have_an_order(&operations);
}
