//! A meeting of 20,000 notes with its log, for what is measured with a large one.

#![allow(dead_code, reason = "each measurement takes what it needs of it")]

use bytes::Bytes;
use engawa_domain::{
    CreateMeeting, Entropy, Entry, Input, Meeting, Origin, Outcome, RULES_VERSION, SystemInput, apply,
    digest, encode_snapshot,
};
use engawa_protocol::command::{AddNote, AddRound, OpenRound, VisitRoom};
use engawa_protocol::{
    AreaId, AuthorDisplay, BoardId, BoardTemplate, ClientSeq, Command as Asked, DeviceId, GroupingRule,
    Language, MeetingId, NoteColor, PersonId, RoomId, RoundId, RoundKind, RoundPlan, Seq, Timestamp,
};
use engawa_server::packed::pack;
use engawa_server::store::{Epoch, Position, Snapshot, StateDigest, Store};
use uuid::Uuid;

pub(crate) const ROOMS: u32 = 100;
pub(crate) const NOTES_PER_ROOM: u32 = 200;
/// What a node applies behind the newest snapshot: one less than makes the next one due in a small meeting.
pub(crate) const TAIL: usize = 499;

/// A meeting as its log makes it.
pub(crate) struct Builder {
    meeting: Option<Meeting>,
    pub(crate) payloads: Vec<Bytes>,
    number: u64,
}

impl Builder {
    fn take(&mut self, origin: Origin) {
        let input = Input { entropy: Entropy([7, self.payloads.len() as u64]), origin };
        self.payloads.push(engawa_protocol::codec::to_vec(&input).unwrap().into());
        let (seq, at) = (Seq(self.payloads.len() as u64), Timestamp(1_790_000_000_000));
        let applied = apply(&mut self.meeting, &Entry { seq, at, input });
        assert!(matches!(applied.outcome, Outcome::Accepted { .. }), "{:?}", applied.outcome);
    }

    fn ask(&mut self, command: impl Into<Asked>) {
        self.number += 1;
        let (device, client_seq) = (DeviceId(Uuid::from_u128(5)), ClientSeq(self.number));
        self.take(Origin::Person { person: PersonId(1), device, client_seq, command: command.into() });
    }
}

/// All of it.
pub(crate) fn build(id: MeetingId) -> Builder {
    let mut builder = Builder { meeting: None, payloads: Vec::new(), number: 0 };
    let create = CreateMeeting {
        meeting: id,
        rules_version: RULES_VERSION,
        title: "第5回研究会".into(),
        language: Language::Ja,
        coordinator: "進行 1".into(),
        keep_until: None,
    };
    builder.take(Origin::System { input: SystemInput::CreateMeeting(create) });
    let plan = RoundPlan {
        kind: RoundKind::Dialogue,
        title: "対話 1".into(),
        question: String::new(),
        duration_ms: None,
        grouping: GroupingRule::Open { rooms: ROOMS },
        turn_ms: None,
        template: BoardTemplate::Free,
        authors: AuthorDisplay::Shown,
        countdown_ms: 0,
    };
    builder.ask(AddRound { plan, before: None });
    builder.ask(OpenRound { round: RoundId(1) });
    for room in 1..=ROOMS {
        builder.ask(VisitRoom { room: Some(RoomId(room)) });
        for note in 0..NOTES_PER_ROOM {
            let text = format!("{room}-{note} 評価の面談が形だけになっていて、次の年につながらない");
            builder.ask(AddNote { board: BoardId(room), area: AreaId(0), text, color: NoteColor::Yellow });
        }
    }
    builder
}

/// Puts the log into a store, with the snapshot that a node would have left. Answers with the snapshot's size in bytes.
pub(crate) async fn keep(store: &dyn Store, id: MeetingId, built: &Builder) -> usize {
    store.create(id, built.payloads[0].clone()).await.unwrap();
    for batch in built.payloads[1..].chunks(1000) {
        store.append(id, Epoch(1), batch.to_vec()).await.unwrap();
    }
    let covered = built.payloads.len() - TAIL;
    let mut meeting = None;
    for (payload, seq) in built.payloads[..covered].iter().zip(1..) {
        let input = engawa_protocol::codec::from_slice(payload).unwrap();
        // Times do not matter for what is measured.
        apply(&mut meeting, &Entry { seq: Seq(seq), at: Timestamp(1_790_000_000_000), input });
    }
    let meeting = meeting.unwrap();
    let bytes = pack(encode_snapshot(&meeting).unwrap());
    let position = Position { epoch: Epoch(1), seq: Seq(covered as u64) };
    let state = StateDigest(digest(&meeting).unwrap());
    let size = bytes.len();
    store.put_snapshot(id, Snapshot { position, digest: state, bytes }).await.unwrap();
    size
}
