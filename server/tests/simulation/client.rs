//! A simulated person at a device: comes, does what the plan says, loses the line, comes back to any node, sends again what
//! has no outcome, and remembers everything for the oracle.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use engawa_protocol::http::CommandReply;
use engawa_protocol::view::MeetingView;
use engawa_protocol::{
    BoardId, CloseCode, Command, Doing, Gesture, NoteId, Position, ServerFrame, Submit, Timestamp,
};
use rand::Rng as _;
use rand::rngs::StdRng;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::cast;
use crate::deeds::Doer;
use crate::dice::{falls, stream};
use crate::history::Operation;
use crate::nodes::{Down, Hello, Line, Nodes, Up};
use crate::plan::{ClientPlan, Focus, Plan};
use crate::screen::{Screen, Settled};
use crate::world::{BEGINNING, World, lock};

/// CM4: the pause before a command that was refused for now is sent again.
const AGAIN_MS: u64 = 1_000;
/// Views kept for comparison, at most.
const SAMPLES_MAX: usize = 12;

/// What happens to a client from outside.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Blow {
    Cut,
    Freeze(u64),
}

/// What somebody remembers at the end.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) screen: Screen,
    pub(crate) samples: Vec<(Position, MeetingView)>,
    pub(crate) operations: Vec<Operation>,
    /// A close code after which nobody comes back.
    pub(crate) shut_out: Option<CloseCode>,
    /// Connected, and nothing is owed.
    pub(crate) is_settled: bool,
}

/// A client from outside.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) person: u32,
    pub(crate) device: u32,
    pub(crate) memory: Arc<Mutex<Memory>>,
    pub(crate) blows: mpsc::UnboundedSender<Blow>,
}

/// A client from inside.
struct Client {
    world: Arc<World>,
    nodes: Arc<Nodes>,
    plan: ClientPlan,
    focus: Focus,
    name: String,
    memory: Arc<Mutex<Memory>>,
    line: Option<Line>,
    /// Chance that belongs to the line, not to what is done.
    dice: StdRng,
    come_at: Instant,
    again_at: Option<Instant>,
    frozen_until: Instant,
    deleted: Vec<(BoardId, NoteId)>,
}

/// Lets somebody begin.
pub(crate) fn begin(world: &Arc<World>, nodes: &Arc<Nodes>, plan: &Plan, index: usize) -> Person {
    let client = plan.clients[index].clone();
    let (blows, hit) = mpsc::unbounded_channel();
    let memory = Arc::<Mutex<Memory>>::default();
    let person = Person { person: client.person, device: client.device, memory: Arc::clone(&memory), blows };
    let numbers = [u64::from(client.person), u64::from(client.device)];
    let mut dice = stream(plan.seed, "client", &numbers);
    let now = Instant::now();
    let come_at = now + Duration::from_millis(dice.random_range(0..500));
    let client = Client {
        world: Arc::clone(world),
        nodes: Arc::clone(nodes),
        focus: plan.focus,
        name: format!("p{}d{}", client.person, client.device),
        plan: client,
        memory,
        line: None,
        dice,
        come_at,
        again_at: None,
        frozen_until: now,
        deleted: Vec::new(),
    };
    let length_ms = plan.length_ms;
    tokio::spawn(client.run(hit, length_ms));
    person
}

impl Client {
    async fn run(mut self, mut hit: mpsc::UnboundedReceiver<Blow>, length_ms: u64) {
        let mut steps = self.steps(length_ms);
        loop {
            let now = Instant::now();
            self.note_settled(steps.is_empty());
            let next_step = steps.last().map(|(at, ..)| *at);
            let frozen = self.frozen_until > now;
            let timers = [
                self.line.is_none().then_some(self.come_at),
                self.again_at,
                next_step,
                frozen.then_some(self.frozen_until),
            ];
            let due = timers.into_iter().flatten().min().unwrap_or(now + Duration::from_secs(600));
            tokio::select! {
                biased;
                blow = hit.recv() => match blow {
                    Some(Blow::Cut) => self.lose_line(),
                    Some(Blow::Freeze(ms)) => self.frozen_until = now + Duration::from_millis(ms),
                    None => return,
                },
                down = receive(&mut self.line), if !frozen => self.take(down),
                () = tokio::time::sleep_until(due) => {}
            }
            let now = Instant::now();
            if self.line.is_none() && self.come_at <= now && !self.is_shut_out() {
                self.come();
            }
            if self.again_at.is_some_and(|at| at <= now) {
                self.send_again();
            }
            while steps.last().is_some_and(|(at, ..)| *at <= now) {
                if let Some((_, step, dice)) = steps.pop() {
                    self.step(step, dice);
                }
            }
        }
    }

    /// All steps, the last first.
    fn steps(&self, length_ms: u64) -> Vec<(Instant, u16, StdRng)> {
        let numbers = [u64::from(self.plan.person), u64::from(self.plan.device)];
        let drawn = self.plan.steps.iter().map(|step| {
            let mut dice = stream(self.world.seed, "step", &[numbers[0], numbers[1], u64::from(*step)]);
            (self.world.at(dice.random_range(300..length_ms)), *step, dice)
        });
        let mut steps: Vec<_> = drawn.collect();
        steps.sort_by_key(|(at, step, _)| std::cmp::Reverse((*at, *step)));
        steps
    }

    fn is_shut_out(&self) -> bool {
        lock(&self.memory).shut_out.is_some()
    }

    fn note_settled(&self, is_done: bool) {
        let mut memory = lock(&self.memory);
        let owes_nothing = memory.screen.pending.is_empty() && memory.screen.position.is_some();
        memory.is_settled =
            is_done && owes_nothing && self.line.is_some() && self.frozen_until <= Instant::now();
    }

    fn step(&mut self, step: u16, mut dice: StdRng) {
        match dice.random_range(0..100) {
            0..6 => self.lose_line(),
            6..9 => self.gesture(),
            _ => self.act(step, &mut dice),
        }
    }

    fn act(&mut self, step: u16, dice: &mut StdRng) {
        let mark = format!("{}s{step}", self.name);
        let submit = {
            let mut memory = lock(&self.memory);
            let Some(view) = &memory.screen.view else { return };
            let now = Timestamp(BEGINNING.0 + self.world.elapsed_ms());
            let doer = Doer { view, now, mark: &mark, focus: self.focus, deleted: &self.deleted };
            let Some(command) = doer.choose(dice) else { return };
            let submit = memory.screen.put(command);
            let operation = Operation::invoked(self.plan.person, &submit, self.world.moment());
            memory.operations.push(operation);
            submit
        };
        self.world.note(format_args!("{}: {} {:?}", self.name, submit.client_seq, submit.command));
        self.send(Up::Submit(submit));
    }

    fn gesture(&mut self) {
        let seat =
            lock(&self.memory).screen.view.as_ref().and_then(|view| view.seat.as_ref()?.board.id.into());
        let gesture = Gesture { board: seat.unwrap_or(BoardId::PLENARY), doing: Doing::Typing {} };
        self.send(Up::Gesture(gesture));
    }

    fn send(&mut self, up: Up) {
        // A line without room is one that has been lost: what is on it is sent again on the next.
        if self.line.as_mut().is_some_and(|line| !line.up.offer(up)) {
            self.lose_line();
        }
    }

    fn send_again(&mut self) {
        self.again_at = None;
        let again: Vec<Submit> = {
            let mut memory = lock(&self.memory);
            let numbers = std::mem::take(&mut memory.screen.again);
            let pending = &memory.screen.pending;
            let known =
                numbers.into_iter().filter_map(|number| Some((number, pending.get(&number)?.clone())));
            known.map(|(client_seq, command)| Submit { client_seq, command }).collect()
        };
        again.into_iter().for_each(|submit| self.send(Up::Submit(submit)));
    }

    /// The line is gone without a word; the node's side of it notices later.
    fn lose_line(&mut self) {
        let Some(line) = self.line.take() else { return };
        self.world.note(format_args!("{}: loses the line to node {}", self.name, line.node));
        let linger = Duration::from_millis(if falls(&mut self.dice, 500) {
            0
        } else {
            self.dice.random_range(0..3_000)
        });
        tokio::spawn(async move {
            tokio::time::sleep(linger).await;
            drop(line);
        });
        let pause = self.dice.random_range(50..700);
        self.come_back_after(pause);
    }

    fn come_back_after(&mut self, ms: u64) {
        self.come_at = Instant::now() + Duration::from_millis(ms);
        self.again_at = None;
    }

    /// Comes to any node, with the position held.
    fn come(&mut self) {
        let node = self.dice.random_range(0..self.nodes.count());
        let resume = lock(&self.memory).screen.position.filter(|_| !falls(&mut self.dice, 100));
        let device = cast::device(self.plan.person, self.plan.device);
        let hello = Hello { grant: cast::grant(self.plan.person), device, resume };
        match self.nodes.dial(node, hello) {
            Some(line) => {
                self.world.note(format_args!("{}: comes to node {node} with {resume:?}", self.name));
                self.line = Some(line);
            }
            None => {
                let pause = self.dice.random_range(50..300);
                self.come_back_after(pause);
            }
        }
    }

    fn take(&mut self, down: Option<Down>) {
        match down {
            Some(Down::Frames(frames)) => {
                for text in frames {
                    self.world.note(format_args!("{} < {text}", self.name));
                    if !self.take_frame(&text) {
                        return self.lose_line();
                    }
                }
            }
            Some(Down::Goodbye(goodbye)) => self.end(goodbye.code, goodbye.retry_after_ms),
            Some(Down::Refused(code)) => self.end(code, 300),
            None => self.lose_line(),
        }
    }

    fn end(&mut self, code: CloseCode, retry_after_ms: u64) {
        self.world.note(format_args!("{} < goodbye {code:?}", self.name));
        self.line = None;
        if code == CloseCode::EpochChanged {
            // RS4.
            lock(&self.memory).screen.position = None;
        }
        let more = self.dice.random_range(0..200);
        self.come_back_after(retry_after_ms + more);
        if !code.is_retryable() {
            lock(&self.memory).shut_out = Some(code);
            self.world.find(format!("{} is shut out: {code:?}", self.name));
        }
    }

    fn take_frame(&mut self, text: &str) -> bool {
        let frame: ServerFrame = match serde_json::from_str(text) {
            Ok(frame) => frame,
            Err(error) => {
                self.world.find(format!("{}: a frame that is none: {error}", self.name));
                return false;
            }
        };
        let is_welcome = matches!(frame, ServerFrame::Welcome(_));
        let mut settled = Vec::new();
        let taken = lock(&self.memory).screen.take(frame, &mut settled);
        for one in settled {
            self.learn(one);
        }
        if let Err(broken) = taken {
            self.world.find(format!("{}: {broken}", self.name));
            lock(&self.memory).screen.position = None;
            return false;
        }
        self.sample(is_welcome);
        if is_welcome {
            let again = lock(&self.memory).screen.all_again();
            again.into_iter().for_each(|submit| self.send(Up::Submit(submit)));
        }
        if !lock(&self.memory).screen.again.is_empty() && self.again_at.is_none() {
            self.again_at = Some(Instant::now() + Duration::from_millis(AGAIN_MS));
        }
        true
    }

    /// Keeps what the screen shows now and then.
    fn sample(&mut self, is_welcome: bool) {
        let mut memory = lock(&self.memory);
        let Memory { screen, samples, .. } = &mut *memory;
        let chance = if is_welcome { 500 } else { 80 };
        if samples.len() < SAMPLES_MAX
            && falls(&mut self.dice, chance)
            && let (Some(position), Some(view)) = (screen.position, &screen.view)
        {
            samples.push((position, view.clone()));
        }
    }

    fn learn(&mut self, one: Settled) {
        let moment = self.world.moment();
        let mut memory = lock(&self.memory);
        let Memory { screen, operations, .. } = &mut *memory;
        let command = screen.commands.get(&one.number).cloned();
        if let (Some(Command::DeleteNote(delete)), CommandReply::Accepted { .. }) = (command, &one.reply) {
            self.deleted.push((delete.board, delete.note));
        }
        if let Some(operation) = operations.iter_mut().find(|operation| operation.number == one.number) {
            let view = screen.view.as_ref().filter(|_| one.is_seen);
            operation.returned(one.reply, view, moment);
        }
    }
}

async fn receive(line: &mut Option<Line>) -> Option<Down> {
    match line {
        Some(line) => line.down.recv().await,
        None => std::future::pending().await,
    }
}
