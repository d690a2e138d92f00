//! The fields of commands, area by area: mostly such that they can be taken.

use engawa_protocol::view::{AuthorView, VotePhase};
use engawa_protocol::{PersonId, Role};
use serde_json::{Value, json};

use super::dice::Dice;
use super::scene::Scene;

impl Scene<'_> {
    pub(super) fn of_meeting(&self, name: &str, dice: &mut Dice) -> Value {
        match name {
            "edit_meeting" => {
                let title = dice.percent(80).then(|| self.text("会", dice));
                json!({"title": title, "language": dice.one(&[None, Some("ja"), Some("en")]).flatten()})
            }
            "set_join_rule" => {
                json!({"rule": {"pick_name": dice.percent(75), "join_with_name": dice.percent(75)}})
            }
            "set_keep_until" => {
                let at = self.now.0 + 1_000 * dice.below(100_000) as u64;
                json!({"keep_until": dice.percent(80).then_some(at)})
            }
            "revoke_links" => {
                let targets = [
                    json!({"of": "person", "person": dice.id(&self.everybody)}),
                    json!({"of": "shared", "role": dice.one(&Role::ALL)}),
                    json!({"of": "everyone"}),
                ];
                json!({"target": targets[dice.below(3)]})
            }
            _ => json!({}),
        }
    }

    pub(super) fn of_roster(&self, name: &str, dice: &mut Dice) -> Value {
        let teams = self.teams();
        let region = dice.one(&[None, Some("青森県"), Some("山梨県")]).flatten();
        match name {
            "import_roster" => {
                let rows: Vec<Value> = (0..dice.below(4))
                    .map(|_| {
                        let role = dice.one(&["participant", "participant", "facilitator", "observer"]);
                        json!({
                            "team": dice.one(&["", "弘前市", "甲府市", "北上市", "府中市"]), "region": region,
                            "name": format!("担当{}", dice.below(12)), "role": role,
                        })
                    })
                    .collect();
                json!({"rows": rows})
            }
            "follow_meeting" => self.follow(dice),
            "add_team" => json!({"name": format!("市{}", dice.below(10)), "region": region}),
            "edit_team" => {
                json!({"team": dice.id(&teams), "name": format!("市{}", dice.below(10)), "region": region})
            }
            "remove_team" => {
                let has_people = |team: &u32| {
                    self.view
                        .people
                        .values()
                        .any(|person| !person.removed && person.team.map(|id| id.0) == Some(*team))
                };
                let empty: Vec<u32> = teams.iter().copied().filter(|team| !has_people(team)).collect();
                json!({"team": dice.id(&empty)})
            }
            "release_person" => json!({"person": dice.id(&self.claimed)}),
            "add_person" => self.person(dice),
            "edit_person" => {
                let id = dice.id(&self.everybody);
                let mut person = self.person(dice);
                // Often only one thing changes, as from a form.
                if let Some(now) = self.view.people.get(&PersonId(id)) {
                    let fields = person.as_object_mut().expect("an object");
                    for (key, value) in
                        [("name", json!(now.name)), ("team", json!(now.team)), ("role", json!(now.role))]
                    {
                        if dice.percent(60) {
                            fields.insert(key.to_owned(), value);
                        }
                    }
                }
                person.as_object_mut().expect("an object").insert("person".to_owned(), json!(id));
                person
            }
            "erase_person" => {
                let texts = dice.one(&["kept", "removed"]);
                json!({"person": dice.id(&self.everybody), "texts": texts})
            }
            "restore_person" => {
                let removed: Vec<u32> = self
                    .view
                    .people
                    .values()
                    .filter(|person| person.removed)
                    .map(|person| person.id.0)
                    .collect();
                json!({"person": dice.id(&removed)})
            }
            _ => json!({"person": dice.id(&self.everybody)}),
        }
    }

    /// Pieces of a few earlier meetings, some of them again and again.
    fn follow(&self, dice: &mut Dice) -> Value {
        let earlier = |dice: &mut Dice| {
            let number = 1 + dice.below(4);
            let rooms: Vec<Value> = (1..=dice.below(3))
                .map(|room| json!({"number": room, "people": dice.sample(&self.everybody, 5)}))
                .collect();
            let mut distribution = [0_u32; 11];
            distribution[dice.below(11)] = dice.below(5) as u32;
            let count: u32 = distribution.iter().sum();
            json!({
                "meeting": format!("00000000-0000-4000-8000-00000000000{number}"),
                "title": self.text("前の会", dice), "held_at": 1_000_000 * (10 - number),
                "pulses": [{"round": dice.below(3), "title": "", "distribution": distribution, "sum": 60 * count}],
                "sittings": [{"round": dice.below(9), "rooms": rooms}],
            })
        };
        let meetings: Vec<Value> = (0..1 + dice.below(2)).map(|_| earlier(dice)).collect();
        json!({"meetings": meetings})
    }

    pub(super) fn of_agenda(&self, name: &str, dice: &mut Dice) -> Value {
        let waiting = self.waiting();
        match name {
            "set_agenda" => {
                json!({"rounds": (0..dice.below(4)).map(|_| self.plan(dice)).collect::<Vec<_>>()})
            }
            "add_round" => json!({"plan": self.plan(dice), "before": dice.id_or_none(&waiting)}),
            "edit_round" => json!({"round": dice.id(&waiting), "plan": self.plan(dice)}),
            "remove_round" | "open_round" => json!({"round": dice.id(&waiting)}),
            "move_round" => json!({"round": dice.id(&waiting), "before": dice.id_or_none(&waiting)}),
            "reopen_round" => json!({"round": dice.id(&self.ended())}),
            "add_time" => {
                let delta_ms = dice.one(&[60_000, 300_000, -60_000, -600_000, 0]);
                json!({"round": dice.id(&self.running()), "delta_ms": delta_ms})
            }
            "close_round" => {
                let countdown_ms = dice.one(&[None, Some(0), Some(30_000)]).flatten();
                json!({"round": dice.id(&self.running()), "countdown_ms": countdown_ms})
            }
            _ => json!({"round": dice.id(&self.running())}),
        }
    }

    pub(super) fn of_groupings(&self, name: &str, dice: &mut Dice) -> Value {
        let proposed: Vec<u32> = self.view.groupings.keys().map(|id| id.0).collect();
        match name {
            "propose_grouping" => {
                let rule = dice.percent(30).then(|| self.plan(dice)["grouping"].clone());
                json!({
                    "round": dice.id(&self.dialogues()), "rule": rule,
                    "seed": dice.percent(50).then(|| dice.below(1_000)), "include_absent": dice.percent(30),
                })
            }
            "adjust_grouping" => {
                let placements: Vec<Value> = dice
                    .sample(&self.everybody, 3)
                    .into_iter()
                    .map(|person| {
                        json!({"person": person, "room_index": dice.percent(80).then(|| dice.below(5))})
                    })
                    .collect();
                json!({"round": dice.id(&proposed), "placements": placements})
            }
            "set_grouping" => {
                let mut people = dice.sample(&self.everybody, 12);
                let rooms: Vec<Value> = (0..1 + dice.below(3))
                    .map(|_| {
                        let members = people.split_off(people.len() - people.len().min(dice.below(5)));
                        json!({"name": "", "facilitator": null, "members": members})
                    })
                    .collect();
                json!({"round": dice.id(&self.dialogues()), "rooms": rooms})
            }
            _ => json!({"round": dice.id(&proposed)}),
        }
    }

    pub(super) fn of_rooms(&self, name: &str, dice: &mut Dice) -> Value {
        let rooms = self.rooms();
        let calling = |claimed: bool| -> Vec<u32> {
            let fits = |help: &engawa_protocol::view::HelpState| match help {
                engawa_protocol::view::HelpState::Quiet {} => false,
                engawa_protocol::view::HelpState::Called { .. } => true,
                engawa_protocol::view::HelpState::Claimed { .. } => claimed,
            };
            self.view.rooms.values().filter(|room| fits(&room.help)).map(|room| room.id.0).collect()
        };
        match name {
            "move_people" => {
                json!({"people": dice.sample(&self.everybody, 3), "to": dice.id_or_none(&rooms)})
            }
            "choose_room" => {
                let choices: Vec<u32> = self.view.room_choices.keys().map(|id| id.0).collect();
                json!({"room": dice.id(&choices)})
            }
            "leave_room" => json!({}),
            "visit_room" => json!({"room": dice.id_or_none(&rooms)}),
            "add_room" => json!({"round": dice.id(&self.running()), "name": self.text("部屋", dice)}),
            "rename_room" => json!({"room": self.room(dice), "name": self.text("部屋", dice)}),
            "set_facilitator" => {
                let guides: Vec<u32> = self
                    .view
                    .people
                    .values()
                    .filter(|person| person.role.guides())
                    .map(|person| person.id.0)
                    .collect();
                json!({"room": self.room(dice), "person": dice.id_or_none(&guides)})
            }
            "start_turns" => json!({"room": self.room(dice), "first": dice.id_or_none(&self.seated())}),
            "pass_turn" => {
                let from = self.view.seat.as_ref().and_then(|seat| match seat.turns.state {
                    engawa_protocol::view::TurnState::Idle {} => None,
                    engawa_protocol::view::TurnState::Speaking { person, .. }
                    | engawa_protocol::view::TurnState::Paused { person, .. } => Some(person.0),
                });
                let from = from.unwrap_or_else(|| dice.id(&self.seated()));
                let to = if dice.percent(60) { None } else { Some(dice.id(&self.seated())) };
                json!({"room": self.room(dice), "from": from, "to": to})
            }
            "set_turn_order" => {
                let mut order: Vec<u32> = self
                    .view
                    .seat
                    .as_ref()
                    .map(|seat| seat.turns.order.iter().map(|id| id.0).collect())
                    .unwrap_or_default();
                let turned = dice.below(order.len());
                order.rotate_left(turned);
                json!({"room": self.room(dice), "order": order})
            }
            "claim_help" => json!({"room": dice.id(&calling(false))}),
            "clear_help" if self.view.me.role.guides() => json!({"room": dice.id(&calling(true))}),
            "remove_room" => json!({"room": dice.id(&rooms)}),
            _ => json!({"room": self.room(dice)}),
        }
    }

    pub(super) fn of_boards(&self, name: &str, dice: &mut Dice) -> Value {
        let (shown, board, notes, clusters) = self.board(dice);
        let note = dice.id(&notes);
        let own: Vec<u32> = shown
            .notes
            .values()
            .filter(|note| match &note.author {
                AuthorView::Me {} => true,
                AuthorView::Hidden {} => false,
                AuthorView::Shown { author } => Some(author.person) == self.view.me.person,
            })
            .map(|note| note.id.0)
            .collect();
        let note = if dice.percent(60) { dice.one(&own).unwrap_or(note) } else { note };
        let color = dice.one(&["yellow", "blue", "green"]);
        let areas = shown.template.area_count().min(4) as usize + usize::from(dice.percent(5));
        let area = dice.below(areas);
        match name {
            "add_note" => {
                json!({"board": board, "area": area, "text": self.text("付箋", dice), "color": color})
            }
            "edit_note" => {
                let version = [&self.view.plenary]
                    .into_iter()
                    .chain(self.view.seat.as_ref().map(|seat| &seat.board))
                    .find_map(|board| board.notes.get(&engawa_protocol::NoteId(note)))
                    .map_or(1, |note| note.version);
                let base = version.saturating_sub(u32::from(dice.percent(20)));
                json!({
                    "board": board, "note": note, "base_version": base, "text": self.text("直し", dice),
                    "color": color,
                })
            }
            "move_note" => {
                json!({"board": board, "note": note, "area": area, "before": dice.id_or_none(&notes)})
            }
            "restore_note" => {
                let (board, note) = self.deleted.unwrap_or((board, note));
                json!({"board": board, "note": note})
            }
            "create_cluster" => {
                json!({"board": board, "name": self.text("束", dice), "notes": dice.some(&notes, 4)})
            }
            "rename_cluster" => {
                json!({"board": board, "cluster": dice.id(&clusters), "name": self.text("束", dice)})
            }
            "dissolve_cluster" => json!({"board": board, "cluster": dice.id(&clusters)}),
            "set_cluster" => json!({"board": board, "note": note, "cluster": dice.id_or_none(&clusters)}),
            "start_silent_writing" | "reveal_board" => {
                let boards = if dice.percent(50) { vec![] } else { vec![board] };
                json!({"boards": boards})
            }
            "harvest_note" => json!({"board": board, "note": note, "area": null}),
            _ => json!({"board": board, "note": note}),
        }
    }

    pub(super) fn of_posters(&self, name: &str, dice: &mut Dice) -> Value {
        let posters = self.posters();
        let file = dice.percent(30).then(
            || json!({"hash": "0123456789abcdef".repeat(4), "kind": "png", "width": 800, "height": 600}),
        );
        match name {
            "add_poster" => {
                let title = self.text("題名", dice);
                json!({"team": dice.id(&self.teams()), "title": title, "summary": "", "file": file})
            }
            "edit_poster" => {
                let title = self.text("題名", dice);
                json!({"poster": dice.id(&posters), "title": title, "summary": "要約", "file": file})
            }
            "set_interest" => json!({"poster": dice.id(&posters), "interested": dice.percent(65)}),
            "add_comment" => json!({"poster": dice.id(&posters), "text": self.text("感想", dice)}),
            "delete_comment" => {
                let comments: Vec<(u32, u32)> = self
                    .view
                    .posters
                    .values()
                    .flat_map(|poster| poster.comments.keys().map(|id| (poster.id.0, id.0)))
                    .collect();
                let (poster, comment) = dice.one(&comments).unwrap_or((1, 1));
                json!({"poster": poster, "comment": comment})
            }
            "share_feedback" => json!({}),
            "restore_poster" => {
                let withdrawn = self.view.posters.values().filter(|poster| poster.withdrawn);
                json!({"poster": dice.id(&withdrawn.map(|poster| poster.id.0).collect::<Vec<_>>())})
            }
            _ => json!({"poster": dice.id(&posters)}),
        }
    }

    pub(super) fn of_vote(&self, name: &str, dice: &mut Dice) -> Value {
        match name {
            "set_vote_rules" => {
                let opens_at = dice.percent(30).then(|| self.now.0 + 1_000 * dice.below(600) as u64);
                let closes_at = dice
                    .percent(30)
                    .then(|| opens_at.unwrap_or(self.now.0) + 1_000 * (1 + dice.below(600)) as u64);
                json!({"rules": {
                    "voters": dice.one(&["persons", "teams"]), "choices_max": 1 + dice.below(3),
                    "own_team_allowed": dice.percent(30),
                    "tally_display": dice.one(&["secretariat", "staff", "everyone"]),
                    "opens_at": opens_at, "closes_at": closes_at,
                }})
            }
            "cast_ballot" => {
                let candidates: Vec<u32> = match self.view.vote.phase {
                    VotePhase::Drafted {} => self.posters(),
                    VotePhase::Open { .. } | VotePhase::Closed { .. } => {
                        self.view.vote.candidates.iter().map(|id| id.0).collect()
                    }
                };
                let choices =
                    if dice.percent(90) { dice.sample(&candidates, 2) } else { dice.some(&candidates, 5) };
                json!({"choices": choices})
            }
            "start_reveal" => {
                let order = if dice.percent(50) {
                    json!({"order": "top_three_last"})
                } else {
                    json!({"order": "bottom_up", "from_place": dice.below(5)})
                };
                json!({"order": order})
            }
            "reveal_next" => {
                let next = self.view.vote.reveal.as_ref().and_then(|reveal| reveal.next_place);
                if dice.percent(70) { json!({"place": next}) } else { json!({"place": dice.below(5)}) }
            }
            "publish_standings" => json!({"scope": dice.one(&["own_place", "everyone"])}),
            _ => json!({}),
        }
    }

    pub(super) fn of_voices(&self, name: &str, dice: &mut Dice) -> Value {
        let announcements: Vec<u32> = self.view.announcements.keys().map(|id| id.0).collect();
        match name {
            "give_pulse" => {
                let word = dice.one(&[None, Some("もやもや"), Some("すっきり"), Some("ﾓﾔﾓﾔ"), Some(" ")]);
                json!({"value": dice.below(103), "word": word.flatten()})
            }
            "set_questionnaire" => {
                let kinds = [
                    json!({"kind": "scale", "steps": 5}),
                    json!({"kind": "choice", "options": ["はい", "いいえ"]}),
                    json!({"kind": "text"}),
                ];
                let questions: Vec<Value> = (0..1 + dice.below(3))
                    .map(|_| json!({"text": self.text("問", dice), "kind": kinds[dice.below(3)]}))
                    .collect();
                json!({"questions": questions})
            }
            "answer_questionnaire" => {
                let mut answers = serde_json::Map::new();
                for question in &self.view.questionnaire.questions {
                    if dice.percent(20) {
                        continue;
                    }
                    let answer = match &question.kind {
                        engawa_protocol::view::QuestionKind::Scale { steps } => {
                            json!({"kind": "scale", "value": 1 + dice.below(usize::from(*steps))})
                        }
                        engawa_protocol::view::QuestionKind::Choice { options } => {
                            json!({"kind": "choice", "option": dice.below(options.len())})
                        }
                        engawa_protocol::view::QuestionKind::Text {} => {
                            json!({"kind": "text", "text": self.text("回答", dice)})
                        }
                    };
                    let id = if dice.percent(5) { dice.below(9) as u32 } else { question.id.0 };
                    answers.insert(id.to_string(), answer);
                }
                json!({"answers": answers})
            }
            "announce" => json!({"text": self.text("お知らせ", dice)}),
            "withdraw_announcement" | "read_announcement" => json!({"announcement": dice.id(&announcements)}),
            _ => json!({}),
        }
    }
}
