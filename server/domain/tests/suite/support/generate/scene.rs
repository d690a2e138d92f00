//! What an asker sees, and how they choose from it.

use engawa_protocol::view::{BoardView, MeetingView};
use engawa_protocol::{RoundKind, RoundPhase, Timestamp};
use serde_json::{Value, json};

use super::super::script::plan;
use super::dice::Dice;

/// What the asker sees, from which they choose what to ask for.
pub(super) struct Scene<'a> {
    pub(super) view: &'a MeetingView,
    pub(super) now: Timestamp,
    pub(super) entries: usize,
    pub(super) everybody: Vec<u32>,
    pub(super) deleted: Option<(u32, u32)>,
    pub(super) claimed: Vec<u32>,
}

impl Scene<'_> {
    pub(super) fn rounds(&self, fits: impl Fn(&engawa_protocol::view::RoundView) -> bool) -> Vec<u32> {
        self.view.rounds.iter().filter(|round| fits(round)).map(|round| round.id.0).collect()
    }

    pub(super) fn waiting(&self) -> Vec<u32> {
        self.rounds(|round| round.phase.is_waiting())
    }

    pub(super) fn dialogues(&self) -> Vec<u32> {
        self.rounds(|round| round.phase.is_waiting() && round.plan.kind == RoundKind::Dialogue)
    }

    pub(super) fn running(&self) -> Vec<u32> {
        self.rounds(|round| round.phase.is_running())
    }

    /// The round that ended last: rounds stand in the order in which they ran.
    pub(super) fn ended(&self) -> Vec<u32> {
        let ended = self.rounds(|round| matches!(round.phase, RoundPhase::Ended { .. }));
        ended.last().copied().into_iter().collect()
    }

    pub(super) fn teams(&self) -> Vec<u32> {
        self.view.teams.keys().map(|id| id.0).collect()
    }

    pub(super) fn posters(&self) -> Vec<u32> {
        self.view.posters.keys().map(|id| id.0).collect()
    }

    pub(super) fn rooms(&self) -> Vec<u32> {
        let running = self.running();
        let now: Vec<u32> = self
            .view
            .rooms
            .values()
            .filter(|room| running.contains(&room.round.0))
            .map(|room| room.id.0)
            .collect();
        if now.is_empty() { self.view.rooms.keys().map(|id| id.0).collect() } else { now }
    }

    /// The room one is in, mostly.
    pub(super) fn room(&self, dice: &mut Dice) -> u32 {
        match &self.view.seat {
            Some(seat) if dice.percent(85) => seat.room.id.0,
            Some(_) | None => dice.id(&self.rooms()),
        }
    }

    pub(super) fn seated(&self) -> Vec<u32> {
        self.view.seat.as_ref().map(|seat| seat.people.keys().map(|id| id.0).collect()).unwrap_or_default()
    }

    /// A board one sees, with its notes and clusters; sometimes another.
    pub(super) fn board(&self, dice: &mut Dice) -> (&BoardView, u32, Vec<u32>, Vec<u32>) {
        let running = self.running();
        let board = match &self.view.seat {
            Some(seat) if dice.percent(if running.contains(&seat.room.round.0) { 85 } else { 20 }) => {
                &seat.board
            }
            Some(_) | None => &self.view.plenary,
        };
        let id = if dice.percent(4) { dice.below(20) as u32 } else { board.id.0 };
        let notes = board.notes.keys().map(|id| id.0).collect();
        (board, id, notes, board.clusters.keys().map(|id| id.0).collect())
    }

    pub(super) fn text(&self, what: &str, dice: &mut Dice) -> String {
        match dice.below(80) {
            0 => String::new(),
            1 => "　\u{200B}".to_owned(),
            2 => "長".repeat(501),
            3 => "制御\u{7}".to_owned(),
            _ => format!("{what}{}-{}", self.entries, dice.below(1_000)),
        }
    }

    pub(super) fn plan(&self, dice: &mut Dice) -> Value {
        let kind = dice.one(&["plenary", "dialogue", "dialogue", "dialogue", "posters", "break"]);
        let rules = [
            json!({"by": "team"}),
            json!({"by": "partners", "teams_per_room": 2 + dice.below(2)}),
            json!({"by": "mixed", "room_size": 1 + dice.below(5)}),
            json!({"by": "world_cafe", "table_size": 3 + dice.below(3)}),
            json!({"by": "open", "rooms": dice.below(4)}),
            json!({"by": "manual"}),
        ];
        let rule = rules[dice.below(rules.len())].clone();
        let template = dice.one(&["free", "kpt", "affinity", "nine_squares"]);
        let authors = dice.one(&["shown", "hidden"]);
        let turn_ms = dice.one(&[Some(30_000), Some(60_000), Some(90_000), None]);
        let countdown_ms = dice.one(&[0, 60_000]);
        let duration_ms = dice.one(&[None, Some(300_000), Some(600_000)]).flatten();
        plan(
            kind.unwrap_or("plenary"),
            duration_ms,
            json!({
                "title": self.text("回", dice), "question": "問い", "grouping": rule, "turn_ms": turn_ms.flatten(),
                "template": template, "authors": authors, "countdown_ms": countdown_ms,
            }),
        )
        .expect("a plan")
    }

    pub(super) fn person(&self, dice: &mut Dice) -> Value {
        let teams = self.teams();
        let role = if dice.percent(70) {
            Some("participant")
        } else {
            dice.one(&["coordinator", "facilitator", "secretariat", "observer", "screen"])
        };
        json!({
            "name": format!("担当{}", dice.below(12)),
            "team": dice.id_or_none(&teams),
            "role": role,
            "email": dice.percent(50).then(|| format!("{}@example.jp", self.entries)),
        })
    }

    /// The fields of a command.
    pub(super) fn fields(&self, name: &str, dice: &mut Dice) -> Value {
        match name {
            "edit_meeting" | "set_join_rule" | "set_keep_until" | "end_meeting" | "revoke_links"
            | "leave_meeting" => self.of_meeting(name, dice),
            "import_roster" | "follow_meeting" | "add_team" | "edit_team" | "remove_team" | "add_person"
            | "edit_person" | "remove_person" | "restore_person" | "erase_person" | "release_person" => {
                self.of_roster(name, dice)
            }
            "set_agenda" | "add_round" | "edit_round" | "remove_round" | "move_round" | "open_round"
            | "pause_round" | "resume_round" | "add_time" | "close_round" | "end_round" | "reopen_round" => {
                self.of_agenda(name, dice)
            }
            "propose_grouping" | "adjust_grouping" | "set_grouping" | "discard_grouping" => {
                self.of_groupings(name, dice)
            }
            "move_people" | "choose_room" | "leave_room" | "visit_room" | "add_room" | "rename_room"
            | "remove_room" | "set_facilitator" | "start_turns" | "pass_turn" | "stop_turns"
            | "set_turn_order" | "call_help" | "claim_help" | "clear_help" => self.of_rooms(name, dice),
            "add_poster" | "edit_poster" | "withdraw_poster" | "restore_poster" | "set_interest"
            | "add_comment" | "delete_comment" | "share_feedback" => self.of_posters(name, dice),
            "set_vote_rules" | "open_vote" | "close_vote" | "cast_ballot" | "withdraw_ballot"
            | "recount_vote" | "start_reveal" | "reveal_next" | "publish_standings" => {
                self.of_vote(name, dice)
            }
            "give_pulse"
            | "set_questionnaire"
            | "open_questionnaire"
            | "close_questionnaire"
            | "answer_questionnaire"
            | "announce"
            | "withdraw_announcement"
            | "read_announcement" => self.of_voices(name, dice),
            _ => self.of_boards(name, dice),
        }
    }
}
