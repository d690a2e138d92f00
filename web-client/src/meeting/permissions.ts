/**
 * Which role may ask for what, so that a screen offers nothing that would be refused. The server decides; this table
 * only keeps buttons away, and a test compares it with the one in the protocol's SPEC.
 */
import type { Command, Role } from "../protocol/protocol";

type Roles = readonly Role[];
const EVERYONE: Roles = ["coordinator", "facilitator", "secretariat", "participant", "observer"];
const ACTIVE: Roles = ["coordinator", "facilitator", "secretariat", "participant"];
const ROOMS: Roles = ["coordinator", "facilitator", "participant"];
const GUIDES: Roles = ["coordinator", "facilitator"];
const STAFF: Roles = ["coordinator", "facilitator", "secretariat"];
const OFFICE: Roles = ["coordinator", "secretariat"];
const COORDINATORS: Roles = ["coordinator"];
const SECRETARIAT: Roles = ["secretariat"];

export const ROLES_BY_COMMAND: Record<Command["type"], Roles> = {
  read_announcement: EVERYONE,
  leave_meeting: EVERYONE,
  edit_meeting: COORDINATORS,
  set_join_rule: COORDINATORS,
  set_keep_until: COORDINATORS,
  end_meeting: COORDINATORS,
  revoke_links: COORDINATORS,
  join_meeting: [],
  import_roster: COORDINATORS,
  follow_meeting: COORDINATORS,
  add_team: COORDINATORS,
  edit_team: COORDINATORS,
  remove_team: COORDINATORS,
  add_person: COORDINATORS,
  edit_person: COORDINATORS,
  remove_person: COORDINATORS,
  restore_person: COORDINATORS,
  erase_person: COORDINATORS,
  release_person: STAFF,
  set_agenda: COORDINATORS,
  add_round: COORDINATORS,
  edit_round: COORDINATORS,
  remove_round: COORDINATORS,
  move_round: COORDINATORS,
  open_round: COORDINATORS,
  pause_round: COORDINATORS,
  resume_round: COORDINATORS,
  add_time: GUIDES,
  close_round: COORDINATORS,
  end_round: COORDINATORS,
  reopen_round: COORDINATORS,
  propose_grouping: COORDINATORS,
  adjust_grouping: COORDINATORS,
  set_grouping: COORDINATORS,
  discard_grouping: COORDINATORS,
  move_people: GUIDES,
  choose_room: ROOMS,
  leave_room: ROOMS,
  visit_room: GUIDES,
  add_room: GUIDES,
  rename_room: GUIDES,
  remove_room: COORDINATORS,
  set_facilitator: GUIDES,
  start_turns: ROOMS,
  pass_turn: ROOMS,
  stop_turns: ROOMS,
  set_turn_order: ROOMS,
  call_help: ROOMS,
  claim_help: GUIDES,
  clear_help: ROOMS,
  add_note: ROOMS,
  edit_note: ROOMS,
  move_note: ROOMS,
  delete_note: ROOMS,
  restore_note: ROOMS,
  mark_note: ROOMS,
  unmark_note: ROOMS,
  create_cluster: ROOMS,
  rename_cluster: ROOMS,
  dissolve_cluster: ROOMS,
  set_cluster: ROOMS,
  harvest_note: ROOMS,
  start_silent_writing: ROOMS,
  reveal_board: ROOMS,
  add_poster: OFFICE,
  // Participants: the words of their own team's poster.
  edit_poster: [...OFFICE, "participant"],
  withdraw_poster: OFFICE,
  restore_poster: OFFICE,
  share_feedback: OFFICE,
  set_interest: ACTIVE,
  add_comment: ACTIVE,
  delete_comment: ACTIVE,
  set_vote_rules: SECRETARIAT,
  open_vote: SECRETARIAT,
  close_vote: SECRETARIAT,
  recount_vote: SECRETARIAT,
  start_reveal: SECRETARIAT,
  reveal_next: SECRETARIAT,
  publish_standings: SECRETARIAT,
  cast_ballot: ["participant"],
  withdraw_ballot: ["participant"],
  give_pulse: ACTIVE,
  answer_questionnaire: ACTIVE,
  set_questionnaire: COORDINATORS,
  open_questionnaire: COORDINATORS,
  close_questionnaire: COORDINATORS,
  announce: STAFF,
  withdraw_announcement: STAFF,
};

export function may(role: Role, command: Command["type"]): boolean {
  return ROLES_BY_COMMAND[command].includes(role);
}
