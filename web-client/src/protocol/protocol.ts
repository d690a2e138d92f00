// Generated from the crate engawa-protocol. Do not edit: `make bindings` writes it anew.

/**
 * A command was taken: it is durable, and its effect is in the view at `to` of this frame at the latest.
 */
export type Ack = { 
/**
 * The number the device gave it.
 */
client_seq: ClientSeq, 
/**
 * Its entry in the log.
 */
seq: Seq, 
/**
 * The id of what it made (team, person, round, room, note, cluster, poster, comment, announcement).
 */
created: number | null, };

/**
 * A coordinator or facilitator did something. Fold: `last_action`.
 */
export type ActionTaken = { 
/**
 * What.
 */
action: ActionView, };

/**
 * What was done last, so that another coordinator can carry on.
 */
export type ActionView = { 
/**
 * Who did it.
 */
by: PersonId, 
/**
 * The command's stable name.
 */
action: string, 
/**
 * When.
 */
at: Timestamp, };

/**
 * Leaves a comment for the team.
 */
export type AddComment = { 
/**
 * The poster.
 */
poster: PosterId, 
/**
 * The text, 1 to `COMMENT_GRAPHEMES_MAX`.
 */
text: string, };

/**
 * Adds a note at the end of an area.
 */
export type AddNote = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The area.
 */
area: AreaId, 
/**
 * The text, 1 to `NOTE_GRAPHEMES_MAX`, line breaks allowed.
 */
text: string, 
/**
 * The colour.
 */
color: NoteColor, };

/**
 * Adds a person.
 */
export type AddPerson = { 
/**
 * The name.
 */
name: string, 
/**
 * The team, if any.
 */
team: TeamId | null, 
/**
 * The role; not `screen`.
 */
role: Role, 
/**
 * The e-mail address.
 */
email: string | null, };

/**
 * Adds a team's poster; a team has one.
 */
export type AddPoster = { 
/**
 * The team.
 */
team: TeamId, 
/**
 * The title.
 */
title: string, 
/**
 * The summary; may be empty.
 */
summary: string, 
/**
 * The picture or PDF, once it has been stored.
 */
file: PosterFile | null, };

/**
 * Adds a room to the running round.
 */
export type AddRoom = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * Its name; empty: none but its number.
 */
name: string, };

/**
 * Adds a round.
 */
export type AddRound = { 
/**
 * What it is to be.
 */
plan: RoundPlan, 
/**
 * The round it comes before; none: at the end.
 */
before: RoundId | null, };

/**
 * Adds a team.
 */
export type AddTeam = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its prefecture or region.
 */
region: string | null, };

/**
 * Adds time, or takes it away when negative. A round in its closing countdown opens again when time is added.
 */
export type AddTime = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * Milliseconds to add.
 */
delta_ms: number, };

/**
 * Changes a proposal by hand.
 */
export type AdjustGrouping = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * Who goes where.
 */
placements: Array<Placement>, };

/**
 * Something wrong in an agenda's file.
 */
export type AgendaProblem = { 
/**
 * The line, from 1.
 */
line: number, 
/**
 * The character in the line, from 1.
 */
column: number, 
/**
 * What.
 */
what: AgendaProblemKind, };

/**
 * What is wrong in an agenda's file.
 */
export type AgendaProblemKind = { "code": "file_too_large", 
/**
 * The largest size in bytes.
 */
max_bytes: number, } | { "code": "file_not_text", } | { "code": "not_toml", 
/**
 * What the reader says, in English.
 */
detail: string, } | { "code": "key_unknown", 
/**
 * The key.
 */
key: string, } | { "code": "key_missing", 
/**
 * The key.
 */
key: string, } | { "code": "wrong_type", 
/**
 * The key.
 */
key: string, 
/**
 * What it should be: `text`, `number`, `duration`, `table`, `list`.
 */
wanted: string, } | { "code": "word_unknown", 
/**
 * The key.
 */
key: string, 
/**
 * The words that may.
 */
words: Array<string>, } | { "code": "out_of_range", 
/**
 * The key.
 */
key: string, 
/**
 * The least.
 */
min: number, 
/**
 * The most.
 */
max: number, } | { "code": "too_long", 
/**
 * The key.
 */
key: string, 
/**
 * The most characters.
 */
max: number, } | { "code": "empty", 
/**
 * The key.
 */
key: string, } | { "code": "round_count", 
/**
 * The most.
 */
max: number, };

/**
 * `POST /api/agenda/preview`, with a coordinator's token and the file (TOML) as the body.
 */
export type AgendaReading = { "outcome": "read", 
/**
 * The rounds, ready for `set_agenda`.
 */
rounds: Array<RoundPlan>, } | { "outcome": "refused", 
/**
 * Everything that is wrong with it.
 */
problems: Array<AgendaProblem>, };

/**
 * An agenda to begin with.
 */
export type AgendaTemplate = { 
/**
 * Its stable name.
 */
name: string, 
/**
 * Its title in the language asked for.
 */
title: string, 
/**
 * The rounds.
 */
rounds: Array<RoundPlan>, };

/**
 * `GET /api/agenda/templates`: agendas to begin with.
 */
export type AgendaTemplates = { 
/**
 * The templates.
 */
templates: Array<AgendaTemplate>, };

/**
 * Speaks to all rooms. It stays with everyone until they have read it.
 */
export type Announce = { 
/**
 * The text, 1 to `ANNOUNCEMENT_GRAPHEMES_MAX`.
 */
text: string, };

/**
 * An announcement.
 */
export type AnnouncementId = number;

/**
 * Somebody spoke to all rooms. Fold: into `announcements`.
 */
export type AnnouncementMade = { 
/**
 * The announcement.
 */
announcement: AnnouncementView, };

/**
 * The viewer has read it. Fold: `read`.
 */
export type AnnouncementRead = { 
/**
 * The announcement.
 */
announcement: AnnouncementId, };

/**
 * More people have read it. Coordinators and facilitators only. Fold: `readers`.
 */
export type AnnouncementReadersCounted = { 
/**
 * The announcement.
 */
announcement: AnnouncementId, 
/**
 * How many.
 */
readers: number, };

/**
 * An announcement.
 */
export type AnnouncementView = { 
/**
 * Which.
 */
id: AnnouncementId, 
/**
 * Who speaks.
 */
by: PersonId, 
/**
 * The text.
 */
text: string, 
/**
 * When.
 */
at: Timestamp, 
/**
 * Whether the viewer has read it.
 */
read: boolean, 
/**
 * How many have read it. Coordinators and facilitators only.
 */
readers: number | null, };

/**
 * An announcement was taken back. Fold: out of `announcements`.
 */
export type AnnouncementWithdrawn = { 
/**
 * The announcement.
 */
announcement: AnnouncementId, };

/**
 * An answer.
 */
export type Answer = { "kind": "scale", 
/**
 * From 1.
 */
value: number, } | { "kind": "choice", 
/**
 * The index of the option, from 0.
 */
option: number, } | { "kind": "text", 
/**
 * Up to `ANSWER_GRAPHEMES_MAX` characters.
 */
text: string, };

/**
 * Gives one's answers, all at once; replaces those given before.
 */
export type AnswerQuestionnaire = { 
/**
 * The answers; questions may be left out.
 */
answers: { [key in QuestionId]: Answer }, };

/**
 * Answers were counted. Coordinators and the secretariat only. Fold: `questionnaire.results`.
 */
export type AnswersCounted = { 
/**
 * The counts.
 */
results: QuestionnaireResults, };

/**
 * The viewer answered. Fold: `questionnaire.own` is replaced.
 */
export type AnswersGiven = { 
/**
 * The answers.
 */
answers: { [key in QuestionId]: Answer }, };

/**
 * An area of a board: the index into its template's areas, counted from 0.
 */
export type AreaId = number;

/**
 * Whether a person has come. Kept in the log; who is connected at this second is presence, and is not.
 */
export type Attendance = "expected" | "present" | "away";

/**
 * A person came, left or was cut off. Fold: in `people` and `seat.people`, where they are found.
 */
export type AttendanceChanged = { 
/**
 * The person.
 */
person: PersonId, 
/**
 * Where they stand now.
 */
attendance: Attendance, };

/**
 * Whether a board shows who wrote a note. Fixed when the board is made, because people wrote under it.
 */
export type AuthorDisplay = "shown" | "hidden";

/**
 * A name beside a note or comment. It is carried along because the author may not be among the people seen.
 */
export type AuthorName = { 
/**
 * Who.
 */
person: PersonId, 
/**
 * Their name.
 */
name: string, };

/**
 * Who wrote something, as far as the viewer may know.
 */
export type AuthorView = { "is": "me", } | { "is": "hidden", } | { "is": "shown", 
/**
 * Who.
 */
author: AuthorName, };

/**
 * The viewer's ballot (or their team's) is in. Fold: `vote.ballot`, `vote.voted`.
 */
export type BallotTaken = { 
/**
 * The ballot.
 */
ballot: BallotView, };

/**
 * One's own ballot.
 */
export type BallotView = { 
/**
 * The posters chosen, ascending.
 */
choices: Array<PosterId>, 
/**
 * The receipt under which the ballot stands in the ledger. It stays the same when the ballot is changed.
 */
receipt: string, };

/**
 * The viewer's ballot (or their team's) was taken back. Fold: the reverse.
 */
export type BallotWithdrawn = Record<symbol, never>;

/**
 * A board: 0 is the plenary board, every other board carries the number of its room.
 */
export type BoardId = number;

/**
 * Silent writing ended. Fold: `silent` is off; notes that are not there yet and all clusters come in. Of the
 * notes that are there (one's own), only `cluster` is taken over.
 */
export type BoardRevealed = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * What appears.
 */
revealed: RevealedBoard, };

/**
 * How a board is laid out. Each template has a fixed number of areas; their labels belong to the screens.
 */
export type BoardTemplate = "free" | "four_steps" | "kpt" | "now_ideal_step" | "nine_squares" | "affinity";

/**
 * A board.
 */
export type BoardView = { 
/**
 * Which.
 */
id: BoardId, 
/**
 * Its template, which says how many areas it has.
 */
template: BoardTemplate, 
/**
 * Whether it shows authors.
 */
authors: AuthorDisplay, 
/**
 * Silent writing: while on, only one's own notes are here.
 */
silent: boolean, 
/**
 * Its notes. Within an area they stand by rank, then by id.
 */
notes: { [key in NoteId]: NoteView }, 
/**
 * Its clusters; none while writing in silence.
 */
clusters: { [key in ClusterId]: ClusterView }, };

/**
 * Calls for help from one's room.
 */
export type CallHelp = { 
/**
 * The room.
 */
room: RoomId, };

/**
 * Casts or replaces one's ballot (or one's team's), as a whole.
 */
export type CastBallot = { 
/**
 * The posters chosen: at least one, at most as the rules say, none twice.
 */
choices: Array<PosterId>, };

/**
 * Goes into a room of one's choice, in a round where rooms are chosen.
 */
export type ChooseRoom = { 
/**
 * The room.
 */
room: RoomId, };

/**
 * Takes a room's call: one takes it, everybody sees who.
 */
export type ClaimHelp = { 
/**
 * The room.
 */
room: RoomId, };

/**
 * Ends a call: by whoever took it, by any coordinator, or by the room itself.
 */
export type ClearHelp = { 
/**
 * The room.
 */
room: RoomId, };

/**
 * A frame from a client.
 */
export type ClientFrame = { "type": "hello" } & Hello | { "type": "submit" } & Submit | { "type": "ping" } & Ping | { "type": "gesture" } & Gesture;

/**
 * The number a device gives its command: from 1, every new command a higher one. At most 2^53 - 1.
 */
export type ClientSeq = number;

/**
 * Why the server closed a connection.
 */
export type CloseCode = "restarting" | "slow" | "epoch_changed" | "view_changed" | "silent" | "hello_timeout" | "overloaded" | "faulted" | "too_fast" | "unavailable" | "bad_frame" | "frame_too_large" | "version_unsupported" | "link_invalid" | "link_revoked" | "meeting_gone" | "join_first" | "origin_refused" | "replaced" | "person_erased";

/**
 * Ends answering.
 */
export type CloseQuestionnaire = Record<symbol, never>;

/**
 * Begins the closing countdown now.
 */
export type CloseRound = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * The countdown; none: the round's own.
 */
countdown_ms: number | null, };

/**
 * Closes the vote for good.
 */
export type CloseVote = Record<symbol, never>;

/**
 * A cluster was made. Fold: into `clusters`, and `cluster` of its notes.
 */
export type ClusterCreated = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The cluster.
 */
cluster: ClusterView, 
/**
 * Its notes.
 */
notes: Array<NoteId>, };

/**
 * A cluster was dissolved. Fold: out of `clusters`; its notes are in no cluster.
 */
export type ClusterDissolved = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The cluster.
 */
cluster: ClusterId, };

/**
 * A cluster of notes.
 */
export type ClusterId = number;

/**
 * A cluster was named. Fold: its `name`.
 */
export type ClusterRenamed = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The cluster.
 */
cluster: ClusterId, 
/**
 * The name.
 */
name: string, };

/**
 * A cluster of notes.
 */
export type ClusterView = { 
/**
 * Which.
 */
id: ClusterId, 
/**
 * Its name; may be empty.
 */
name: string, };

/**
 * Everything a person can ask for. Who may ask for what is the domain's table.
 */
export type Command = { "type": "edit_meeting" } & EditMeeting | { "type": "set_join_rule" } & SetJoinRule | { "type": "set_keep_until" } & SetKeepUntil | { "type": "end_meeting" } & EndMeeting | { "type": "revoke_links" } & RevokeLinks | { "type": "join_meeting" } & JoinMeeting | { "type": "leave_meeting" } & LeaveMeeting | { "type": "import_roster" } & ImportRoster | { "type": "follow_meeting" } & FollowMeeting | { "type": "add_team" } & AddTeam | { "type": "edit_team" } & EditTeam | { "type": "remove_team" } & RemoveTeam | { "type": "add_person" } & AddPerson | { "type": "edit_person" } & EditPerson | { "type": "remove_person" } & RemovePerson | { "type": "restore_person" } & RestorePerson | { "type": "erase_person" } & ErasePerson | { "type": "release_person" } & ReleasePerson | { "type": "set_agenda" } & SetAgenda | { "type": "add_round" } & AddRound | { "type": "edit_round" } & EditRound | { "type": "remove_round" } & RemoveRound | { "type": "move_round" } & MoveRound | { "type": "open_round" } & OpenRound | { "type": "pause_round" } & PauseRound | { "type": "resume_round" } & ResumeRound | { "type": "add_time" } & AddTime | { "type": "close_round" } & CloseRound | { "type": "end_round" } & EndRound | { "type": "reopen_round" } & ReopenRound | { "type": "propose_grouping" } & ProposeGrouping | { "type": "adjust_grouping" } & AdjustGrouping | { "type": "set_grouping" } & SetGrouping | { "type": "discard_grouping" } & DiscardGrouping | { "type": "move_people" } & MovePeople | { "type": "choose_room" } & ChooseRoom | { "type": "leave_room" } & LeaveRoom | { "type": "visit_room" } & VisitRoom | { "type": "add_room" } & AddRoom | { "type": "rename_room" } & RenameRoom | { "type": "remove_room" } & RemoveRoom | { "type": "set_facilitator" } & SetFacilitator | { "type": "start_turns" } & StartTurns | { "type": "pass_turn" } & PassTurn | { "type": "stop_turns" } & StopTurns | { "type": "set_turn_order" } & SetTurnOrder | { "type": "call_help" } & CallHelp | { "type": "claim_help" } & ClaimHelp | { "type": "clear_help" } & ClearHelp | { "type": "add_note" } & AddNote | { "type": "edit_note" } & EditNote | { "type": "move_note" } & MoveNote | { "type": "delete_note" } & DeleteNote | { "type": "restore_note" } & RestoreNote | { "type": "mark_note" } & MarkNote | { "type": "unmark_note" } & UnmarkNote | { "type": "create_cluster" } & CreateCluster | { "type": "rename_cluster" } & RenameCluster | { "type": "dissolve_cluster" } & DissolveCluster | { "type": "set_cluster" } & SetCluster | { "type": "start_silent_writing" } & StartSilentWriting | { "type": "reveal_board" } & RevealBoard | { "type": "harvest_note" } & HarvestNote | { "type": "add_poster" } & AddPoster | { "type": "edit_poster" } & EditPoster | { "type": "withdraw_poster" } & WithdrawPoster | { "type": "restore_poster" } & RestorePoster | { "type": "set_interest" } & SetInterest | { "type": "add_comment" } & AddComment | { "type": "delete_comment" } & DeleteComment | { "type": "share_feedback" } & ShareFeedback | { "type": "set_vote_rules" } & SetVoteRules | { "type": "open_vote" } & OpenVote | { "type": "close_vote" } & CloseVote | { "type": "cast_ballot" } & CastBallot | { "type": "withdraw_ballot" } & WithdrawBallot | { "type": "recount_vote" } & RecountVote | { "type": "start_reveal" } & StartReveal | { "type": "reveal_next" } & RevealNext | { "type": "publish_standings" } & PublishStandings | { "type": "give_pulse" } & GivePulse | { "type": "set_questionnaire" } & SetQuestionnaire | { "type": "open_questionnaire" } & OpenQuestionnaire | { "type": "close_questionnaire" } & CloseQuestionnaire | { "type": "answer_questionnaire" } & AnswerQuestionnaire | { "type": "announce" } & Announce | { "type": "withdraw_announcement" } & WithdrawAnnouncement | { "type": "read_announcement" } & ReadAnnouncement;

/**
 * What became of a command.
 */
export type CommandOutcome = { 
/**
 * The number.
 */
client_seq: ClientSeq, 
/**
 * The outcome.
 */
reply: CommandReply, };

/**
 * The answer.
 */
export type CommandReply = { "outcome": "accepted", 
/**
 * Its entry in the log.
 */
seq: Seq, 
/**
 * The id of what it made.
 */
created: number | null, } | { "outcome": "rejected", 
/**
 * Why.
 */
rejection: Rejection, };

/**
 * `POST /api/commands`, with a personal token: a command that is too large for a frame, or from a program
 * without a connection.
 */
export type CommandRequest = { 
/**
 * The device.
 */
device: DeviceId, 
/**
 * The number.
 */
client_seq: ClientSeq, 
/**
 * The command.
 */
command: Command, };

/**
 * A comment was left. Fold: into its poster's `comments`.
 */
export type CommentAdded = { 
/**
 * The poster.
 */
poster: PosterId, 
/**
 * The comment.
 */
comment: CommentView, };

/**
 * A comment was deleted. Fold: out of its poster's `comments`.
 */
export type CommentDeleted = { 
/**
 * The poster.
 */
poster: PosterId, 
/**
 * The comment.
 */
comment: CommentId, };

/**
 * A comment on a poster.
 */
export type CommentId = number;

/**
 * A comment on a poster.
 */
export type CommentView = { 
/**
 * Which.
 */
id: CommentId, 
/**
 * Who wrote it.
 */
author: AuthorName, 
/**
 * The text.
 */
text: string, 
/**
 * When.
 */
at: Timestamp, };

/**
 * Puts notes together.
 */
export type CreateCluster = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The name; may be empty at first.
 */
name: string, 
/**
 * The notes, at least one; they leave the clusters they were in.
 */
notes: Array<NoteId>, };

/**
 * `POST /api/meetings`, with the operator's key: makes a meeting.
 */
export type CreateMeeting = { 
/**
 * Its title.
 */
title: string, 
/**
 * Its language.
 */
language: Language, 
/**
 * The name of the first coordinator.
 */
coordinator: string, 
/**
 * Until when it is kept; without it, as long as the host's settings say.
 */
keep_until?: Timestamp, };

/**
 * Deletes a comment of one's own; coordinators and the secretariat may delete any.
 */
export type DeleteComment = { 
/**
 * The poster.
 */
poster: PosterId, 
/**
 * The comment.
 */
comment: CommentId, };

/**
 * Deletes a note; [`RestoreNote`] brings it back.
 */
export type DeleteNote = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, };

/**
 * What was in a meeting.
 */
export type DeletedTotals = { 
/**
 * People, staff among them.
 */
people: number, 
/**
 * Teams.
 */
teams: number, 
/**
 * Notes on all boards, deleted ones among them.
 */
notes: number, 
/**
 * Posters, withdrawn ones among them.
 */
posters: number, 
/**
 * Comments on them.
 */
comments: number, 
/**
 * People who had answered the questionnaire.
 */
answers: number, };

/**
 * What remains of a deleted meeting (HT40): counts, times and hashes, nothing that people wrote but its title.
 */
export type DeletionCertificate = { 
/**
 * Which meeting.
 */
meeting: MeetingId, 
/**
 * Its title; none if its state could not be read any more.
 */
title: string | null, 
/**
 * When its deletion began.
 */
deleted_at: Timestamp, 
/**
 * Why.
 */
reason: DeletionReason, 
/**
 * What was in it; none if its state could not be read any more.
 */
totals: DeletedTotals | null, 
/**
 * Entries its log had taken since it was made.
 */
log_entries: Seq | null, 
/**
 * Files of posters that went with it.
 */
poster_files: number, 
/**
 * Their bytes.
 */
poster_files_bytes: number, 
/**
 * SHA-256 of the state as it last was, in hexadecimal: the same as in its last record and its log.
 */
state_hash: string | null, 
/**
 * The certificates of people whose data had been taken out of it before, oldest first.
 */
erasures?: Array<ErasureCertificate>, 
/**
 * SHA-256, in hexadecimal, of this body in its compact form with an empty text in this place.
 */
certificate_hash: string, };

/**
 * `GET /api/certificates` with the operator's key (HT40), the newest first.
 */
export type DeletionCertificates = { 
/**
 * All that this host has.
 */
certificates: Array<DeletionCertificate>, };

/**
 * Why a meeting was deleted.
 */
export type DeletionReason = "asked" | "keep_until";

/**
 * A browser or program of a person, made by itself at random and kept for good (UUID). It numbers its
 * commands, so it must never be shared by two programs that run at the same time.
 */
export type DeviceId = string;

/**
 * Drops a proposal.
 */
export type DiscardGrouping = { 
/**
 * The round.
 */
round: RoundId, };

/**
 * Dissolves a cluster; its notes stay. A cluster that loses its last note dissolves by itself.
 */
export type DissolveCluster = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The cluster.
 */
cluster: ClusterId, };

/**
 * What somebody is about to do.
 */
export type Doing = { "is": "typing", } | { "is": "editing", 
/**
 * The note.
 */
note: NoteId, } | { "is": "dragging", 
/**
 * The note.
 */
note: NoteId, } | { "is": "nothing", };

/**
 * What is handed on of an earlier meeting, or a piece of it.
 */
export type EarlierMeeting = { 
/**
 * Which: the same one again adds to what is kept of it.
 */
meeting: MeetingId, 
/**
 * Its title.
 */
title: string, 
/**
 * When it was held: its first round's opening, else when it was to begin, else when it was made.
 */
held_at: Timestamp, 
/**
 * The pulse of its rounds, in the order of its agenda; a round that is kept already is replaced.
 */
pulses: Array<EarlierPulse>, 
/**
 * Who sat together, round by round, oldest first.
 */
sittings: Array<EarlierSitting>, };

/**
 * An earlier meeting and what its pulse came to, over all of its rounds.
 */
export type EarlierMeetingView = { 
/**
 * Its title.
 */
title: string, 
/**
 * When it was held.
 */
held_at: Timestamp, 
/**
 * How many pulses were given in it; one person's in several rounds count each.
 */
count: number, 
/**
 * The sum of their values; the mean is `sum / count`.
 */
sum: number, };

/**
 * The pulse of a round of an earlier meeting: what it came to, nobody's own.
 */
export type EarlierPulse = { 
/**
 * The round, by the earlier meeting's own number.
 */
round: RoundId, 
/**
 * Its title; may be empty.
 */
title: string, 
/**
 * How many gave each value, in steps of ten: 0–4, 5–14, …, 95–100. Eleven numbers.
 */
distribution: Array<number>, 
/**
 * The sum of all values.
 */
sum: number, };

/**
 * Who sat in a room of an earlier meeting.
 */
export type EarlierRoom = { 
/**
 * Its number within the round.
 */
number: number, 
/**
 * Who, as they are numbered in this meeting; whoever is not on its roster is left out.
 */
people: Array<PersonId>, };

/**
 * The rooms of a round of an earlier meeting, or some of them.
 */
export type EarlierSitting = { 
/**
 * The round, by the earlier meeting's own number.
 */
round: RoundId, 
/**
 * Its rooms.
 */
rooms: Array<EarlierRoom>, };

/**
 * Changes the meeting's title, language or date; what is left out stays.
 */
export type EditMeeting = { 
/**
 * The new title.
 */
title: string | null, 
/**
 * The new language.
 */
language: Language | null, 
/**
 * When it is to begin.
 */
starts_at?: Timestamp, };

/**
 * Changes a note's text and colour.
 */
export type EditNote = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, 
/**
 * The version the edit began with. When the note has another by now, both texts come back.
 */
base_version: number, 
/**
 * The new text.
 */
text: string, 
/**
 * The new colour.
 */
color: NoteColor, };

/**
 * Changes a person, all fields at once.
 */
export type EditPerson = { 
/**
 * The person.
 */
person: PersonId, 
/**
 * The name.
 */
name: string, 
/**
 * The team, if any.
 */
team: TeamId | null, 
/**
 * The role; not `screen`.
 */
role: Role, 
/**
 * The e-mail address.
 */
email: string | null, };

/**
 * Changes a poster.
 */
export type EditPoster = { 
/**
 * The poster.
 */
poster: PosterId, 
/**
 * The title.
 */
title: string, 
/**
 * The summary.
 */
summary: string, 
/**
 * The picture or PDF.
 */
file: PosterFile | null, };

/**
 * Changes a round that has not begun. A grouping proposed for it is dropped when its rule changes.
 */
export type EditRound = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * What it is to be.
 */
plan: RoundPlan, };

/**
 * Changes a team's name and region.
 */
export type EditTeam = { 
/**
 * The team.
 */
team: TeamId, 
/**
 * The new name.
 */
name: string, 
/**
 * The new region.
 */
region: string | null, };

/**
 * Ends the meeting for good; it can still be read and taken out as files.
 */
export type EndMeeting = Record<symbol, never>;

/**
 * Ends the round at once, without a countdown.
 */
export type EndRound = { 
/**
 * The round.
 */
round: RoundId, };

/**
 * What a command spoke of.
 */
export type Entity = "meeting" | "team" | "person" | "round" | "room" | "board" | "area" | "note" | "cluster" | "poster" | "comment" | "announcement" | "question" | "grouping" | "vote" | "questionnaire";

/**
 * The incarnation of a log. It changes when history may have been lost; whoever holds another epoch
 * starts from a fresh view.
 */
export type Epoch = number;

/**
 * Takes all data of a person out of the meeting for good, its log included (SPEC ER1 to ER9). Cannot be undone.
 */
export type ErasePerson = { 
/**
 * The person, be they on the roster or removed from it.
 */
person: PersonId, 
/**
 * What becomes of what they wrote.
 */
texts: ErasedTexts, };

/**
 * What becomes of the texts of somebody whose data are taken out.
 */
export type ErasedTexts = "kept" | "removed";

/**
 * What remains of somebody whose data were taken out of a meeting (HT42): counts and times, no name and nothing that
 * they wrote.
 */
export type ErasureCertificate = { 
/**
 * Out of which meeting.
 */
meeting: MeetingId, 
/**
 * Its title at that time.
 */
title: string, 
/**
 * The number they had in it; it is nobody's any more, and never will be anybody's.
 */
person: PersonId, 
/**
 * When.
 */
erased_at: Timestamp, 
/**
 * With which entry of the log. It and all before it are gone from the log.
 */
seq: Seq, 
/**
 * What was asked for with regard to what they wrote.
 */
texts: ErasedTexts, 
/**
 * What stays without an author: texts as they stood, pulses and answers in counts and among the answers of all.
 */
kept: WrittenTotals, 
/**
 * What went: with `kept` what they had taken back themselves.
 */
removed: WrittenTotals, 
/**
 * Marks of empathy and interest that went.
 */
marks: number, 
/**
 * Stays in rooms, with their times, that went.
 */
stays: number, 
/**
 * Ballots taken out of a vote that was open: 1 or 0. Nothing leads to one that is counted.
 */
ballots: number, 
/**
 * SHA-256, in hexadecimal, of this body in its compact form with an empty text in this place.
 */
certificate_hash: string, };

/**
 * `GET /api/meetings/{meeting}/erasures` (HT42), oldest first.
 */
export type ErasureCertificates = { 
/**
 * All of the meeting.
 */
certificates: Array<ErasureCertificate>, };

/**
 * Every error body of the HTTP API.
 */
export type ErrorBody = { 
/**
 * The error.
 */
error: ErrorDetail, };

/**
 * An error in words.
 */
export type ErrorDetail = { 
/**
 * A stable name.
 */
code: string, 
/**
 * A sentence in the language asked for (`Accept-Language`), saying what to do.
 */
message: string, };

/**
 * Everything that can happen, as far as viewers are told.
 */
export type Event = { "type": "view_replaced" } & ViewReplaced | { "type": "meeting_edited" } & MeetingEdited | { "type": "team_added" } & TeamAdded | { "type": "team_edited" } & TeamEdited | { "type": "team_removed" } & TeamRemoved | { "type": "person_added" } & PersonAdded | { "type": "person_renamed" } & PersonRenamed | { "type": "attendance_changed" } & AttendanceChanged | { "type": "action_taken" } & ActionTaken | { "type": "round_added" } & RoundAdded | { "type": "round_edited" } & RoundEdited | { "type": "round_removed" } & RoundRemoved | { "type": "round_moved" } & RoundMoved | { "type": "round_phase_changed" } & RoundPhaseChanged | { "type": "grouping_proposed" } & GroupingProposed | { "type": "grouping_discarded" } & GroupingDiscarded | { "type": "rooms_opened" } & RoomsOpened | { "type": "room_added" } & RoomAdded | { "type": "room_renamed" } & RoomRenamed | { "type": "room_removed" } & RoomRemoved | { "type": "facilitator_set" } & FacilitatorSet | { "type": "member_added" } & MemberAdded | { "type": "member_removed" } & MemberRemoved | { "type": "visitor_entered" } & VisitorEntered | { "type": "visitor_left" } & VisitorLeft | { "type": "seat_taken" } & SeatTaken | { "type": "seat_left" } & SeatLeft | { "type": "room_choices_offered" } & RoomChoicesOffered | { "type": "room_choice_changed" } & RoomChoiceChanged | { "type": "room_activity_changed" } & RoomActivityChanged | { "type": "turns_changed" } & TurnsChanged | { "type": "help_changed" } & HelpChanged | { "type": "note_added" } & NoteAdded | { "type": "note_edited" } & NoteEdited | { "type": "note_moved" } & NoteMoved | { "type": "notes_ranked" } & NotesRanked | { "type": "note_deleted" } & NoteDeleted | { "type": "note_marks_changed" } & NoteMarksChanged | { "type": "note_mark_set" } & NoteMarkSet | { "type": "note_harvested" } & NoteHarvested | { "type": "note_clustered" } & NoteClustered | { "type": "cluster_created" } & ClusterCreated | { "type": "cluster_renamed" } & ClusterRenamed | { "type": "cluster_dissolved" } & ClusterDissolved | { "type": "silent_writing_started" } & SilentWritingStarted | { "type": "board_revealed" } & BoardRevealed | { "type": "poster_added" } & PosterAdded | { "type": "poster_edited" } & PosterEdited | { "type": "poster_withdrawn" } & PosterWithdrawn | { "type": "interest_set" } & InterestSet | { "type": "interest_counted" } & InterestCounted | { "type": "comment_added" } & CommentAdded | { "type": "comment_deleted" } & CommentDeleted | { "type": "feedback_shared" } & FeedbackShared | { "type": "vote_rules_set" } & VoteRulesSet | { "type": "vote_opened" } & VoteOpened | { "type": "vote_closed" } & VoteClosed | { "type": "ballot_taken" } & BallotTaken | { "type": "ballot_withdrawn" } & BallotWithdrawn | { "type": "turnout_changed" } & TurnoutChanged | { "type": "team_turnout_changed" } & TeamTurnoutChanged | { "type": "turnout_sampled" } & TurnoutSampled | { "type": "tally_changed" } & TallyChanged | { "type": "vote_recounted" } & VoteRecounted | { "type": "standings_counted" } & StandingsCounted | { "type": "own_standing_told" } & OwnStandingTold | { "type": "reveal_changed" } & RevealChanged | { "type": "announcement_made" } & AnnouncementMade | { "type": "announcement_withdrawn" } & AnnouncementWithdrawn | { "type": "announcement_read" } & AnnouncementRead | { "type": "announcement_readers_counted" } & AnnouncementReadersCounted | { "type": "pulse_given" } & PulseGiven | { "type": "pulse_counted" } & PulseCounted | { "type": "pulse_word_counted" } & PulseWordCounted | { "type": "questionnaire_changed" } & QuestionnaireChanged | { "type": "answers_given" } & AnswersGiven | { "type": "answers_counted" } & AnswersCounted;

/**
 * A room has another facilitator. Fold: in `rooms` and `seat.room`; the person into `seat.people`. A former
 * facilitator who is neither member nor visitor goes out of `seat.people`.
 */
export type FacilitatorSet = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Who.
 */
person: PersonView | null, };

/**
 * The viewer's team can read what was left for it. Fold: the poster's `comments` are replaced and
 * `interested_count` is set.
 */
export type FeedbackShared = { 
/**
 * The team's poster.
 */
poster: PosterId, 
/**
 * All comments.
 */
comments: Array<CommentView>, 
/**
 * How many marked it as interesting.
 */
interested_count: number, };

/**
 * A field of a command.
 */
export type Field = "title" | "name" | "text" | "question" | "summary" | "word" | "value" | "answer" | "email" | "duration" | "turn" | "grouping_size" | "choices" | "time" | "client_seq" | "seed" | "place" | "region" | "file";

/**
 * What a column of a roster, a list of posters or a list of rooms holds.
 */
export type FileColumn = "team" | "region" | "municipality_code" | "name" | "family_name" | "given_name" | "role" | "email" | "title" | "summary" | "file_name" | "room";

/**
 * How a text file was written.
 */
export type FileForm = "utf8" | "utf16" | "cp932" | "xlsx";

/**
 * Why a file is not read at all.
 */
export type FileProblem = { "code": "file_empty", } | { "code": "file_too_large", 
/**
 * The largest size in bytes.
 */
max_bytes: number, } | { "code": "file_not_text", 
/**
 * The first line that cannot be read.
 */
line: number, } | { "code": "file_old_excel", } | { "code": "file_broken", } | { "code": "file_too_many_rows", 
/**
 * The most.
 */
max: number, } | { "code": "file_too_many_columns", 
/**
 * The line.
 */
line: number, 
/**
 * The most.
 */
max: number, } | { "code": "file_cell_too_long", 
/**
 * The line.
 */
line: number, 
/**
 * The most characters.
 */
max: number, } | { "code": "file_no_names", } | { "code": "file_no_rows", } | { "code": "file_no_rooms", };

/**
 * Something found in a line.
 */
export type Finding = { 
/**
 * The line as the file's program counts it, from 1.
 */
line: number, 
/**
 * How much it matters.
 */
grade: FindingGrade, 
/**
 * What.
 */
what: FindingKind, };

/**
 * How much a finding matters.
 */
export type FindingGrade = "repaired" | "doubtful" | "left_out";

/**
 * What was found in a line.
 */
export type FindingKind = { "code": "code_zero_restored", 
/**
 * As it stands in the file.
 */
written: string, 
/**
 * As it is.
 */
municipality_code: string, } | { "code": "check_digit_added", 
/**
 * As it stands in the file.
 */
written: string, 
/**
 * As it is.
 */
municipality_code: string, } | { "code": "check_digit_wrong", 
/**
 * As it stands in the file.
 */
written: string, } | { "code": "region_from_code", 
/**
 * The prefecture.
 */
region: string, } | { "code": "region_contradicts_code", 
/**
 * As written.
 */
region: string, 
/**
 * By the code.
 */
region_of_code: string, } | { "code": "code_of_another", 
/**
 * The code.
 */
municipality_code: string, 
/**
 * The other name.
 */
team: string, 
/**
 * Where.
 */
line: number, } | { "code": "region_missing", 
/**
 * The team.
 */
team: string, } | { "code": "merged_filled", 
/**
 * Which column.
 */
column: FileColumn, 
/**
 * The value.
 */
value: string, } | { "code": "spaces_trimmed", 
/**
 * Which column.
 */
column: FileColumn, } | { "code": "unseen_removed", 
/**
 * Which column.
 */
column: FileColumn, } | { "code": "private_character", 
/**
 * Which column.
 */
column: FileColumn, 
/**
 * Its number, such as `U+E000`.
 */
character: string, 
/**
 * Which character of the text it is, from 1.
 */
place: number, } | { "code": "lost_character", 
/**
 * Which column.
 */
column: FileColumn, } | { "code": "duplicate_row", 
/**
 * Where.
 */
line: number, } | { "code": "similar_name", 
/**
 * The other name.
 */
name: string, 
/**
 * Where; none: on the roster already.
 */
line: number | null, } | { "code": "team_missing", } | { "code": "role_unknown", 
/**
 * As written.
 */
written: string, } | { "code": "email_odd", 
/**
 * As written.
 */
written: string, } | { "code": "name_missing", } | { "code": "too_long", 
/**
 * Which column.
 */
column: FileColumn, 
/**
 * The most characters.
 */
max: number, } | { "code": "team_unknown", 
/**
 * As written.
 */
team: string, } | { "code": "team_twice", 
/**
 * Where.
 */
line: number, } | { "code": "person_unknown", 
/**
 * As written.
 */
name: string, } | { "code": "person_not_clear", 
/**
 * As written.
 */
name: string, } | { "code": "room_missing", } | { "code": "room_has_facilitator", 
/**
 * Where.
 */
line: number, } | { "code": "no_member", };

/**
 * What somebody should look at before, or after, it is taken over.
 */
export type FollowDoubt = { "code": "region_missing", 
/**
 * The team.
 */
team: string, } | { "code": "similar_name", 
/**
 * The team; empty: none.
 */
team: string, 
/**
 * The name that comes.
 */
name: string, 
/**
 * The name that is there.
 */
present: string, } | { "code": "stays_coordinator", 
/**
 * The name.
 */
name: string, } | { "code": "poster_file_missing", 
/**
 * The team.
 */
team: string, } | { "code": "poster_files_full", 
/**
 * The most bytes of all together.
 */
max_bytes: number, } | { "code": "posters_frozen", };

/**
 * Keeps what is handed on of earlier meetings: their pulse, and who sat with whom. Sent by the server (HTTP
 * `/api/meetings/{meeting}/follow`), in pieces if it is much: what is kept already is added to and changed, and
 * nothing is taken away. The roster and the posters come by commands of their own.
 */
export type FollowMeeting = { 
/**
 * The earlier meetings.
 */
meetings: Array<EarlierMeeting>, };

/**
 * What is taken over.
 */
export type FollowParts = { 
/**
 * Teams and people, with prefecture, role and e-mail address.
 */
roster: boolean, 
/**
 * Posters with their files.
 */
posters: boolean, 
/**
 * Posters that the meeting has already become those of the earlier one.
 */
replace_posters: boolean, 
/**
 * Who sat with whom, in the earlier meeting and in those that it has followed itself.
 */
sittings: boolean, 
/**
 * The pulse of these meetings.
 */
pulses: boolean, };

/**
 * What would come.
 */
export type FollowPreview = { 
/**
 * The meetings of which something would be kept, oldest first; the last one is the earlier meeting.
 */
meetings: Array<FollowedMeeting>, 
/**
 * Teams that the roster would have anew.
 */
teams_added: number, 
/**
 * The rows of the roster, with what each would do; their lines are counted from 1. Empty if the roster is not
 * asked for.
 */
rows: Array<PreviewedRow>, 
/**
 * The posters, in the order of the earlier meeting. Empty if they are not asked for.
 */
posters: Array<FollowedPoster>, 
/**
 * Rounds in which people sat together.
 */
rounds: number, 
/**
 * Different pairs of people, both on the roster then, who sat together in any of them; team-mates count.
 */
pairs: number, 
/**
 * People who sat with somebody and would not be on the roster: nothing is kept of them.
 */
people_unknown: number, 
/**
 * What somebody should look at.
 */
doubts: Array<FollowDoubt>, };

/**
 * `POST /api/meetings/{meeting}/follow/preview` and `…/follow`: from where, and what. With a coordinator's token of the
 * meeting that takes over, or the operator's key.
 */
export type FollowRequest = { 
/**
 * A coordinator's link of the earlier meeting, or the token in it. May be left out by the operator, who names
 * the meeting.
 */
earlier_link: string | null, 
/**
 * The earlier meeting; for the operator's key only.
 */
earlier_meeting: MeetingId | null, 
/**
 * What is to come; left out: all of it.
 */
parts: FollowParts, };

/**
 * What came. Whatever has come stays, also where something else did not.
 */
export type Followed = { 
/**
 * People who are on the roster anew, or again.
 */
people_added: number, 
/**
 * People who have changed.
 */
people_changed: number, 
/**
 * Posters that are there anew.
 */
posters_added: number, 
/**
 * Posters that have changed.
 */
posters_changed: number, 
/**
 * Earlier meetings of which something is kept.
 */
meetings: number, 
/**
 * Different pairs of people who sat together in them.
 */
pairs: number, 
/**
 * People who sat with somebody and are not on the roster.
 */
people_unknown: number, 
/**
 * What somebody should look at.
 */
doubts: Array<FollowDoubt>, 
/**
 * The first thing that was refused, after which nothing more was tried; left out: all of it came.
 */
refused?: Rejection, };

/**
 * A meeting of which something would be kept.
 */
export type FollowedMeeting = { 
/**
 * Its title.
 */
title: string, 
/**
 * When it was held.
 */
held_at: Timestamp, 
/**
 * Rounds that have a pulse.
 */
pulses: number, };

/**
 * A poster of the earlier meeting.
 */
export type FollowedPoster = { 
/**
 * The team.
 */
team: string, 
/**
 * Its prefecture or region.
 */
region: string | null, 
/**
 * The title.
 */
title: string, 
/**
 * What would become of it.
 */
effect: PosterEffect, };

/**
 * A contiguous range of the log, as far as this viewer may know it.
 */
export type Frame = { 
/**
 * The position before: must equal the last `to` (or the welcome's position), else the client reconnects.
 */
from: Seq, 
/**
 * The position after.
 */
to: Seq, 
/**
 * The events in order. Among events of one coalescing kind only the last is sent.
 */
events: Array<Event>, 
/**
 * Commands of this device that were taken.
 */
acks: Array<Ack>, 
/**
 * Commands of this device that were not.
 */
rejections: Array<Rejected>, };

/**
 * The answer.
 */
export type FramesReply = { 
/**
 * What became of the commands.
 */
outcomes: Array<CommandOutcome>, 
/**
 * Answers to pings.
 */
pongs: Array<Pong>, };

/**
 * `POST /api/frames`, with a personal or screen token: frames of a client whose line carries nothing upwards (TR4).
 */
export type FramesRequest = { 
/**
 * The device.
 */
device: DeviceId, 
/**
 * The frames, in order; no hello.
 */
frames: Array<ClientFrame>, };

/**
 * What one is about to do on a board.
 */
export type Gesture = { 
/**
 * The board: the one of one's seat, or the plenary's.
 */
board: BoardId, 
/**
 * What.
 */
doing: Doing, };

/**
 * What somebody in the same room is about to do. Forget it after five seconds.
 */
export type Gestured = { 
/**
 * Who; none on a board that hides authors.
 */
person: PersonId | null, 
/**
 * The board.
 */
board: BoardId, 
/**
 * What.
 */
doing: Doing, };

/**
 * モヤモヤ指数: how foggy one feels. Belongs to the running round, else to the one that began last.
 */
export type GivePulse = { 
/**
 * 0 to 100.
 */
value: number, 
/**
 * One word, if one likes.
 */
word: string | null, };

/**
 * The server is about to close the connection.
 */
export type Goodbye = { 
/**
 * Why.
 */
code: CloseCode, 
/**
 * Its number, as in the WebSocket close frame.
 */
number: number, 
/**
 * Whether to come back.
 */
retry: boolean, 
/**
 * When to come back at the earliest, in milliseconds from now; spread out so that not all come at once.
 */
retry_after_ms: number, 
/**
 * More in English, for whoever writes the client; never shown to people.
 */
detail: string, };

/**
 * A proposal was dropped or used. Fold: out of `groupings`.
 */
export type GroupingDiscarded = { 
/**
 * The round.
 */
round: RoundId, };

/**
 * Rooms were proposed or adjusted. Fold: into `groupings` under its round.
 */
export type GroupingProposed = { 
/**
 * The proposal.
 */
grouping: GroupingView, };

/**
 * How good a grouping is.
 */
export type GroupingQuality = { 
/**
 * Pairs of people who have been in a room together before, in this meeting or in those that it follows; teammates
 * left out.
 */
repeated_pairs: number, 
/**
 * Those of them who have been in the meetings that it follows; left out: it follows none.
 */
earlier_pairs?: number, 
/**
 * Pairs of teammates in one room.
 */
teammate_pairs: number, 
/**
 * Teams whose people are in more than one room.
 */
split_teams: number, 
/**
 * Pairs of teams that have met in a room before, in this meeting or in those that it follows, and meet again.
 */
repeated_team_pairs: number, 
/**
 * Number of rooms.
 */
rooms: number, 
/**
 * People in the smallest room.
 */
smallest: number, 
/**
 * People in the largest room.
 */
largest: number, 
/**
 * People who were to be placed and are in no room.
 */
unplaced: number, };

/**
 * A proposed room.
 */
export type GroupingRoom = { 
/**
 * Its name; empty: none but its number.
 */
name: string, 
/**
 * Its facilitator, if it has one of its own.
 */
facilitator: PersonId | null, 
/**
 * Who is to be in it, in the order of speaking.
 */
members: Array<PersonId>, };

/**
 * How the rooms of a dialogue round are made.
 */
export type GroupingRule = { "by": "team", } | { "by": "partners", 
/**
 * Teams to a room, 2 to 10.
 */
teams_per_room: number, } | { "by": "mixed", 
/**
 * The largest room, 2 to 50 people.
 */
room_size: number, } | { "by": "world_cafe", 
/**
 * The largest table, host included, 2 to 50 people.
 */
table_size: number, } | { "by": "open", 
/**
 * How many rooms there are to choose from, 1 to 500.
 */
rooms: number, } | { "by": "manual", };

/**
 * Rooms proposed for a round, with their quality.
 */
export type GroupingView = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * The rule they were made by.
 */
rule: GroupingRule, 
/**
 * The seed they were made from; none when given by hand or file.
 */
seed: number | null, 
/**
 * Whether they have been changed by hand since.
 */
adjusted: boolean, 
/**
 * The rooms.
 */
rooms: Array<GroupingRoom>, 
/**
 * How good they are.
 */
quality: GroupingQuality, };

/**
 * Pins a note to the plenary board, with its room as its source.
 */
export type HarvestNote = { 
/**
 * The room's board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, 
/**
 * The area of the plenary board; none: the first.
 */
area: AreaId | null, };

/**
 * Who is there, and from where they go on.
 */
export type Hello = { 
/**
 * The protocol versions the client can speak.
 */
protocol: VersionRange, 
/**
 * The token of a personal link or of a screen.
 */
token: string, 
/**
 * The device.
 */
device: DeviceId, 
/**
 * The position of the view the client holds, if it holds one.
 */
resume: Position | null, };

/**
 * A room called for help, somebody takes it, or it is over. Fold: `help` in `rooms` and `seat.room`.
 */
export type HelpChanged = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Its call now.
 */
help: HelpState, };

/**
 * A room's call for help.
 */
export type HelpState = { "state": "quiet", } | { "state": "called", 
/**
 * By whom.
 */
by: PersonId, 
/**
 * When.
 */
at: Timestamp, } | { "state": "claimed", 
/**
 * When it was called.
 */
called_at: Timestamp, 
/**
 * Who is coming.
 */
by: PersonId, 
/**
 * When they took it.
 */
at: Timestamp, };

/**
 * Adds and changes teams and people from a file's rows. Who is there already keeps id, link and place;
 * nobody is removed. Teams are matched by name and region, people by name within their team.
 */
export type ImportRoster = { 
/**
 * The rows.
 */
rows: Array<RosterRow>, };

/**
 * `GET /api/information` (HT41): what a municipality files about this host.
 */
export type Information = { 
/**
 * The host's name, as links begin with it.
 */
host: string, 
/**
 * The port that has to be open.
 */
port: number, 
/**
 * Where it stands, if the settings say so.
 */
place: string | null, 
/**
 * Who runs it and is to be asked, if the settings say so.
 */
contact: string | null, 
/**
 * For how many days a meeting is kept unless somebody says another day; none if there is no such rule.
 */
keep_days: number | null, 
/**
 * Whether meetings are kept in memory alone, and go with the program.
 */
in_memory: boolean, 
/**
 * The version of the program.
 */
version: string, };

/**
 * The marks of a poster were counted. Fold: `interested_count`.
 */
export type InterestCounted = { 
/**
 * The poster.
 */
poster: PosterId, 
/**
 * How many.
 */
count: number, };

/**
 * The viewer marked a poster as interesting or took the mark back. Fold: `interested`.
 */
export type InterestSet = { 
/**
 * The poster.
 */
poster: PosterId, 
/**
 * Whether it is marked.
 */
interested: boolean, };

/**
 * How someone with a shared link comes in.
 */
export type JoinAs = { "by": "listed", 
/**
 * The person picked.
 */
person: PersonId, } | { "by": "named", 
/**
 * The name.
 */
name: string, 
/**
 * The team, if they have one.
 */
team: TeamId | null, };

/**
 * A name that may be picked.
 */
export type JoinCandidate = { 
/**
 * The person.
 */
person: PersonId, 
/**
 * The name.
 */
name: string, 
/**
 * The team, if any.
 */
team: TeamId | null, 
/**
 * Another device has it already; staff can release it.
 */
taken: boolean, };

/**
 * Comes in over a shared link. Sent by the server on behalf of a joining device (HTTP `/api/join`), never
 * taken from a connection.
 */
export type JoinMeeting = { 
/**
 * As whom.
 */
join: JoinAs, };

/**
 * The answer.
 */
export type JoinOptions = { 
/**
 * The meeting.
 */
meeting: MeetingId, 
/**
 * Its title.
 */
title: string, 
/**
 * Its language.
 */
language: Language, 
/**
 * The shared token to join with.
 */
token: string, 
/**
 * The role the link gives.
 */
role: Role, 
/**
 * The rule.
 */
rule: JoinRule, 
/**
 * The teams.
 */
teams: Array<TeamView>, 
/**
 * The names that may be picked.
 */
people: Array<JoinCandidate>, };

/**
 * `POST /api/join/options`, with a shared token, or with a short code in the body: what one can join as.
 */
export type JoinOptionsRequest = { 
/**
 * The short code, when there is no token.
 */
short_code: string | null, };

/**
 * `POST /api/join`, with a shared token: comes in.
 */
export type JoinRequest = { 
/**
 * The device, which numbers this like any command.
 */
device: DeviceId, 
/**
 * The number.
 */
client_seq: ClientSeq, 
/**
 * As whom.
 */
join: JoinAs, };

/**
 * How people without a personal link may come in over the shared link of their role.
 */
export type JoinRule = { 
/**
 * A name of the roster may be picked. The first device that picks it has it, until it is released.
 */
pick_name: boolean, 
/**
 * Someone who is not on the roster may join with a name.
 */
join_with_name: boolean, };

/**
 * The answer: a personal token for this device.
 */
export type Joined = { 
/**
 * Who one is.
 */
person: PersonId, 
/**
 * The token for the hello.
 */
token: string, };

/**
 * The language a meeting is held in; each screen may still show another.
 */
export type Language = "ja" | "en";

/**
 * Leaves for now; the place is kept.
 */
export type LeaveMeeting = Record<symbol, never>;

/**
 * Goes back to the plenary, in a round where rooms are chosen.
 */
export type LeaveRoom = Record<symbol, never>;

/**
 * All ballots of a closed vote.
 */
export type Ledger = { 
/**
 * Hash of the header: lower-case hex of SHA-256 over the UTF-8 text
 * `{rules as JSON}\n{candidates, ascending, joined by ','}\n{closed_at in ms}`; the JSON is that of `rules` here
 * without white space (SPEC VT9).
 */
header_hash: string, 
/**
 * The rules.
 */
rules: VoteRules, 
/**
 * The posters that could be chosen, ascending.
 */
candidates: Array<PosterId>, 
/**
 * When the vote closed.
 */
closed_at: Timestamp, 
/**
 * The ballots.
 */
lines: Array<LedgerLine>, };

/**
 * One line of the ledger: one ballot, under a pseudonym that only its voter knows.
 *
 * `hash` = lower-case hex of SHA-256 over the UTF-8 text
 * `{previous hash}\n{number}\n{receipt}\n{choices, ascending, joined by ','}`; the previous hash of the first
 * line is that of the ledger's header (SPEC VT9).
 */
export type LedgerLine = { 
/**
 * Its number, dense from 1, in the order of receipts (not of casting).
 */
number: number, 
/**
 * The voter's receipt.
 */
receipt: string, 
/**
 * The posters chosen, ascending.
 */
choices: Array<PosterId>, 
/**
 * The hash that chains this line to all before it.
 */
hash: string, };

/**
 * A long poll's line, made by the server at random (UUID). Whoever knows it reads what its person may see: it
 * travels in bodies only.
 */
export type LineId = string;

/**
 * Whom a revocation concerns.
 */
export type LinkTarget = { "of": "person", 
/**
 * The person.
 */
person: PersonId, } | { "of": "shared", 
/**
 * The role.
 */
role: Role, } | { "of": "everyone", };

/**
 * `GET /api/links`, with a coordinator's token: every way into the meeting, to hand out.
 */
export type Links = { 
/**
 * The code to read out.
 */
short_code: string, 
/**
 * Links for everyone of a role.
 */
shared: Array<SharedLink>, 
/**
 * Links for one person each.
 */
personal: Array<PersonalLink>, };

/**
 * 共感: marks a note, one mark a person. Marking twice is the same as once.
 */
export type MarkNote = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, };

/**
 * Who is looking.
 */
export type MeView = { 
/**
 * In what role.
 */
role: Role, 
/**
 * As whom; none on a projector screen.
 */
person: PersonId | null, 
/**
 * The team, if any.
 */
team: TeamId | null, };

/**
 * The answer: the meeting and the way in for its first coordinator.
 */
export type MeetingCreated = { 
/**
 * The meeting.
 */
meeting: MeetingId, 
/**
 * The code to read out, which leads to the participants' shared link.
 */
short_code: string, 
/**
 * The first coordinator's own link.
 */
link: string, 
/**
 * Its token.
 */
token: string, };

/**
 * The meeting's title, language, joining rule, end or keeping changed. Fold: `meeting` is replaced.
 */
export type MeetingEdited = { 
/**
 * The meeting now.
 */
meeting: MeetingInfo, };

/**
 * A meeting, world-wide (UUID, 36 characters on the wire).
 */
export type MeetingId = string;

/**
 * The meeting as a whole.
 */
export type MeetingInfo = { 
/**
 * Which.
 */
id: MeetingId, 
/**
 * Its title.
 */
title: string, 
/**
 * Its language.
 */
language: Language, 
/**
 * When it is to begin; left out: nobody has said so.
 */
starts_at?: Timestamp, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it ended; none: it goes on.
 */
ended_at: Timestamp | null, 
/**
 * When it is deleted by itself.
 */
keep_until: Timestamp | null, 
/**
 * How people come in without a personal link.
 */
join_rule: JoinRule, 
/**
 * Whether teams can read the comments on their posters.
 */
feedback_shared: boolean, };

/**
 * Everything one viewer may see.
 */
export type MeetingView = { 
/**
 * The meeting as a whole.
 */
meeting: MeetingInfo, 
/**
 * Who is looking.
 */
me: MeView, 
/**
 * All teams.
 */
teams: { [key in TeamId]: TeamView }, 
/**
 * Staff see everybody; others see themselves, their team and the staff. Who is in one's room stands in `seat`.
 */
people: { [key in PersonId]: PersonView }, 
/**
 * The agenda, in order.
 */
rounds: Array<RoundView>, 
/**
 * Groupings proposed for rounds that have not begun. Coordinators and facilitators only.
 */
groupings: { [key in RoundId]: GroupingView }, 
/**
 * All rooms of all rounds. Coordinators and facilitators only.
 */
rooms: { [key in RoomId]: RoomView }, 
/**
 * The rooms one may choose from in the running round, if rooms are chosen.
 */
room_choices: { [key in RoomId]: RoomChoice }, 
/**
 * The room one is in (or visits), with its board; none in the plenary.
 */
seat: SeatView | null, 
/**
 * The plenary's board.
 */
plenary: BoardView, 
/**
 * Announcements that have not been withdrawn.
 */
announcements: { [key in AnnouncementId]: AnnouncementView }, 
/**
 * Posters. Withdrawn ones are seen by coordinators and the secretariat only.
 */
posters: { [key in PosterId]: PosterView }, 
/**
 * The vote.
 */
vote: VoteView, 
/**
 * The pulse by round; a round without a pulse is not in it.
 */
pulses: { [key in RoundId]: PulseView }, 
/**
 * Earlier meetings of the study group, oldest first; left out: the meeting follows none.
 */
earlier?: Array<EarlierMeetingView>, 
/**
 * The questionnaire.
 */
questionnaire: QuestionnaireView, 
/**
 * What was done last and by whom. Coordinators and facilitators only.
 */
last_action: ActionView | null, };

/**
 * Somebody was put into a room. Fold: to the end of `members` in `rooms` and `seat.room`, and into `seat.people`.
 */
export type MemberAdded = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Who.
 */
person: PersonView, };

/**
 * Somebody was taken out of a room. Fold: the reverse of [`MemberAdded`]; they stay in `seat.people` while
 * they are its facilitator or visit it.
 */
export type MemberRemoved = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Who.
 */
person: PersonId, };

/**
 * Moves a note within its board.
 */
export type MoveNote = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, 
/**
 * The area it goes to.
 */
area: AreaId, 
/**
 * The note it comes before; none, or one that is not in that area (any more): at the end.
 */
before: NoteId | null, };

/**
 * Moves people while rooms are open.
 */
export type MovePeople = { 
/**
 * Who, at most `MOVE_PEOPLE_MAX`.
 */
people: Array<PersonId>, 
/**
 * Where to; none: out of their rooms, into the plenary.
 */
to: RoomId | null, };

/**
 * Moves a round that has not begun to another place behind those that have.
 */
export type MoveRound = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * The round it comes before; none: at the end.
 */
before: RoundId | null, };

/**
 * A note was added, or a deleted one came back. Fold: into `notes`.
 */
export type NoteAdded = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteView, };

/**
 * A note went into a cluster or out of one. Fold: `cluster`.
 */
export type NoteClustered = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, 
/**
 * Its cluster now.
 */
cluster: ClusterId | null, };

/**
 * The colour of a note.
 */
export type NoteColor = "yellow" | "blue" | "green" | "pink" | "white";

/**
 * A note was deleted. Fold: out of `notes`.
 */
export type NoteDeleted = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, };

/**
 * A note's text or colour changed. Fold: those fields.
 */
export type NoteEdited = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, 
/**
 * The text.
 */
text: string, 
/**
 * The colour.
 */
color: NoteColor, 
/**
 * Its version now.
 */
version: number, 
/**
 * Who edited it, if it was not the author and authors are shown.
 */
edited_by: AuthorName | null, };

/**
 * A note was pinned to the plenary board, or its pin taken off. Fold: `harvested`.
 */
export type NoteHarvested = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, 
/**
 * Whether it is pinned.
 */
harvested: boolean, };

/**
 * A note.
 */
export type NoteId = number;

/**
 * The viewer marked a note or took the mark back, on whatever device. Fold: `marked`.
 */
export type NoteMarkSet = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, 
/**
 * Whether it is marked.
 */
marked: boolean, };

/**
 * A note has more or fewer marks. Fold: `marks`.
 */
export type NoteMarksChanged = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, 
/**
 * Marks now.
 */
marks: number, };

/**
 * A note was moved. Fold: `area` and `rank`.
 */
export type NoteMoved = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, 
/**
 * The area.
 */
area: AreaId, 
/**
 * The rank.
 */
rank: number, };

/**
 * A note's new rank, when an area had to be numbered afresh.
 */
export type NoteRank = { 
/**
 * The note.
 */
note: NoteId, 
/**
 * Its rank.
 */
rank: number, };

/**
 * Where a harvested note comes from.
 */
export type NoteSource = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Its number.
 */
number: number, 
/**
 * Its name.
 */
name: string, 
/**
 * The note there.
 */
note: NoteId, };

/**
 * A note.
 */
export type NoteView = { 
/**
 * Which.
 */
id: NoteId, 
/**
 * The text.
 */
text: string, 
/**
 * The colour.
 */
color: NoteColor, 
/**
 * The area it lies in.
 */
area: AreaId, 
/**
 * Where in the area: ascending; only the order counts.
 */
rank: number, 
/**
 * Rises with every edit of text or colour; the base of the next edit.
 */
version: number, 
/**
 * Who wrote it, as far as the viewer may know.
 */
author: AuthorView, 
/**
 * When it was added.
 */
added_at: Timestamp, 
/**
 * Who edited it last, if it was not the author and authors are shown.
 */
edited_by: AuthorName | null, 
/**
 * Marks (共感).
 */
marks: number, 
/**
 * Whether the viewer's mark is among them.
 */
marked: boolean, 
/**
 * Its cluster.
 */
cluster: ClusterId | null, 
/**
 * Pinned to the plenary board.
 */
harvested: boolean, 
/**
 * On the plenary board: the room it comes from.
 */
source: NoteSource | null, };

/**
 * An area was numbered afresh. Fold: `rank` of each note that is in the view.
 */
export type NotesRanked = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The ranks.
 */
ranks: Array<NoteRank>, };

/**
 * Lets people answer.
 */
export type OpenQuestionnaire = Record<symbol, never>;

/**
 * Opens a round; a dialogue round's rooms open with it, by the grouping that is proposed, or by one made
 * from its rule now.
 */
export type OpenRound = { 
/**
 * The round.
 */
round: RoundId, };

/**
 * Opens the vote over all posters that are not withdrawn. Rules and posters are frozen from here on.
 */
export type OpenVote = Record<symbol, never>;

/**
 * A team's own place.
 */
export type OwnStanding = { 
/**
 * The place and the votes.
 */
standing: Standing, 
/**
 * Of how many posters.
 */
of: number, };

/**
 * The viewer's team's place. Fold: `vote.own_standing`.
 */
export type OwnStandingTold = { 
/**
 * The place.
 */
own: OwnStanding, };

/**
 * Passes the turn on.
 */
export type PassTurn = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Who is speaking, as the asker sees it; so that two people who press at once pass it on once.
 */
from: PersonId, 
/**
 * Who speaks next; none: the next of the order who has not spoken, or nobody when all have.
 */
to: PersonId | null, };

/**
 * Stops every clock of the round.
 */
export type PauseRound = { 
/**
 * The round.
 */
round: RoundId, };

/**
 * A person was added to those one sees. Fold: into `people`.
 */
export type PersonAdded = { 
/**
 * The person.
 */
person: PersonView, };

/**
 * A person of the roster, of whatever role.
 */
export type PersonId = number;

/**
 * A person has another name. Fold: in `people` and `seat.people`, and with every note and comment that names
 * them, wherever they are found.
 */
export type PersonRenamed = { 
/**
 * The person.
 */
person: PersonId, 
/**
 * The name.
 */
name: string, };

/**
 * A person.
 */
export type PersonView = { 
/**
 * Which.
 */
id: PersonId, 
/**
 * The name, as written in the roster.
 */
name: string, 
/**
 * The team, if any.
 */
team: TeamId | null, 
/**
 * The role.
 */
role: Role, 
/**
 * Whether they have come.
 */
attendance: Attendance, 
/**
 * Taken off the roster. Such people are seen by coordinators only.
 */
removed: boolean, };

/**
 * A link for one person.
 */
export type PersonalLink = { 
/**
 * The person.
 */
person: PersonId, 
/**
 * The name.
 */
name: string, 
/**
 * The team's name, if any.
 */
team: string | null, 
/**
 * Its prefecture or region, to tell teams of one name apart.
 */
region: string | null, 
/**
 * The role.
 */
role: Role, 
/**
 * The address.
 */
link: string, };

/**
 * Asks for the server's time.
 */
export type Ping = { 
/**
 * The client's clock, given back as it is.
 */
client_time: Timestamp, };

/**
 * Where one person goes in a proposal.
 */
export type Placement = { 
/**
 * The person.
 */
person: PersonId, 
/**
 * The index of the room in the proposal, from 0; one past the last makes a new room; none: no room.
 */
room_index: number | null, };

/**
 * A room as planned by hand or by file.
 */
export type PlannedRoom = { 
/**
 * Its name; empty: none but its number.
 */
name: string, 
/**
 * Its facilitator, if it has one of its own.
 */
facilitator: PersonId | null, 
/**
 * Who is in it.
 */
members: Array<PersonId>, };

/**
 * `POST /api/poll/next`: asks for what comes next on a line that a hello has opened (TR6).
 */
export type PollNext = { 
/**
 * The line.
 */
line: LineId, 
/**
 * The turn of the last answer.
 */
turn: number, };

/**
 * The answer to a poll, the first one included.
 */
export type PollReply = { 
/**
 * The line.
 */
line: LineId, 
/**
 * Says which answer this is; goes into the next request.
 */
turn: number, 
/**
 * What the server says, in order.
 */
frames: Array<ServerFrame>, };

/**
 * The server's time.
 */
export type Pong = { 
/**
 * The ping's clock; none in a heartbeat.
 */
client_time: Timestamp | null, 
/**
 * The server's clock.
 */
server_time: Timestamp, };

/**
 * A place in a meeting's log.
 */
export type Position = { 
/**
 * The incarnation of the log.
 */
epoch: Epoch, 
/**
 * The last entry that is included.
 */
seq: Seq, };

/**
 * A poster was added, or a withdrawn one came back. Fold: into `posters`.
 */
export type PosterAdded = { 
/**
 * The poster.
 */
poster: PosterView, };

/**
 * A poster was changed. Fold: those fields.
 */
export type PosterEdited = { 
/**
 * The poster.
 */
poster: PosterId, 
/**
 * The title.
 */
title: string, 
/**
 * The summary.
 */
summary: string, 
/**
 * The file.
 */
file: PosterFile | null, };

/**
 * What would become of an earlier meeting's poster.
 */
export type PosterEffect = "adds" | "replaces" | "stays" | "nothing" | "team_unknown" | "frozen";

/**
 * A stored file, named by its content.
 */
export type PosterFile = { 
/**
 * Lower-case hex SHA-256 of its bytes: 64 characters.
 */
hash: string, 
/**
 * What it is.
 */
kind: PosterFileKind, 
/**
 * Width in pixels, 0 when unknown.
 */
width: number, 
/**
 * Height in pixels, 0 when unknown.
 */
height: number, };

/**
 * What a poster's file is.
 */
export type PosterFileKind = "png" | "jpeg" | "webp" | "pdf";

/**
 * Why a poster's file is not taken.
 */
export type PosterFileProblem = { "code": "file_empty", } | { "code": "file_too_large", 
/**
 * The largest size in bytes.
 */
max_bytes: number, } | { "code": "file_unknown_type", } | { "code": "file_too_many_pixels", } | { "code": "file_broken", } | { "code": "files_full", 
/**
 * The most bytes of all together.
 */
max_bytes: number, } | { "code": "file_locked", } | { "code": "too_many_files", 
/**
 * The most files of an archive.
 */
max: number, };

/**
 * `POST /api/posters/files`, with the token of a coordinator or the secretariat and the file as the body: keeps a
 * poster's file. It is shown once a poster names it (`add_poster`, `edit_poster`).
 */
export type PosterFileReply = { "outcome": "kept", 
/**
 * What a poster carries to name it.
 */
file: PosterFile, } | { "outcome": "refused", 
/**
 * Why.
 */
problem: PosterFileProblem, };

/**
 * A poster.
 */
export type PosterId = number;

/**
 * A line of a list of posters.
 */
export type PosterListEntry = { 
/**
 * Its line.
 */
line: number, 
/**
 * The team.
 */
team: TeamId, 
/**
 * The title; empty: the list has none.
 */
title: string, 
/**
 * The summary.
 */
summary: string, 
/**
 * The file's name, as written; empty: it is found by the team's name.
 */
file_name: string, };

/**
 * `POST /api/posters/list`, with the same token and a CSV file or workbook as the body: which file is which team's.
 */
export type PosterListReading = { "outcome": "read", 
/**
 * The posters named in it.
 */
entries: Array<PosterListEntry>, 
/**
 * What was found, by line.
 */
findings: Array<Finding>, } | { "outcome": "refused", 
/**
 * Why.
 */
problem: FileProblem, };

/**
 * A line of the answer to `POST /api/posters/zip` (JSON lines, each when it has come to pass).
 */
export type PosterUnpacking = { "is": "opened", 
/**
 * Files, the list aside.
 */
files: number, } | { "is": "list", 
/**
 * Its name in the archive.
 */
name: string, 
/**
 * What it says.
 */
reading: PosterListReading, } | { "is": "file", 
/**
 * Its name in the archive.
 */
name: string, 
/**
 * What became of it.
 */
reply: PosterFileReply, } | { "is": "broken", 
/**
 * Why.
 */
problem: PosterFileProblem, } | { "is": "end", };

/**
 * A poster.
 */
export type PosterView = { 
/**
 * Which.
 */
id: PosterId, 
/**
 * Whose.
 */
team: TeamId, 
/**
 * The title.
 */
title: string, 
/**
 * The summary.
 */
summary: string, 
/**
 * The picture or PDF.
 */
file: PosterFile | null, 
/**
 * Taken out of the gallery.
 */
withdrawn: boolean, 
/**
 * Whether the viewer marked it as interesting.
 */
interested: boolean, 
/**
 * How many did; coordinators and the secretariat always, its own team once feedback is shared.
 */
interested_count: number | null, 
/**
 * The comments the viewer may read: their own; all of them for coordinators and the secretariat, and for
 * its own team once feedback is shared.
 */
comments: { [key in CommentId]: CommentView }, };

/**
 * A poster was withdrawn. Fold: for coordinators and the secretariat `withdrawn`; for others out of `posters`.
 */
export type PosterWithdrawn = { 
/**
 * The poster.
 */
poster: PosterId, };

/**
 * Who is connected at this moment, among the people the viewer sees. Not part of any position.
 */
export type Presence = { 
/**
 * True: `online` is the whole set; false: changes since the last.
 */
full: boolean, 
/**
 * People connected (since).
 */
online: Array<PersonId>, 
/**
 * People no longer connected.
 */
offline: Array<PersonId>, };

/**
 * A row that would be taken.
 */
export type PreviewedRow = { 
/**
 * Its line.
 */
line: number, 
/**
 * The row, ready for `import_roster`.
 */
row: RosterRow, 
/**
 * What it would do.
 */
effect: RowEffect, };

/**
 * Has rooms proposed for a dialogue round that has not begun, for the people present (or, before anybody
 * has come, for everybody expected).
 */
export type ProposeGrouping = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * The rule to use; none: the round's own. A rule given becomes the round's.
 */
rule: GroupingRule | null, 
/**
 * The seed, up to 2^53 - 1; none: chance. The same seed and people give the same rooms.
 */
seed: number | null, 
/**
 * Whether people who are expected but not here are placed too.
 */
include_absent: boolean, };

/**
 * Tells teams their places, or everyone all places.
 */
export type PublishStandings = { 
/**
 * What is told.
 */
scope: StandingsScope, };

/**
 * One person's pulse.
 */
export type PulseAnswer = { 
/**
 * 0 to 100.
 */
value: number, 
/**
 * One word.
 */
word: string | null, };

/**
 * The pulse of a round changed. Fold: those fields; a round without a pulse gets one (for coordinators and
 * facilitators with an empty map of words).
 */
export type PulseCounted = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * Eleven numbers.
 */
distribution: Array<number>, 
/**
 * How many gave one.
 */
count: number, 
/**
 * The sum of their values.
 */
sum: number, };

/**
 * The viewer gave a pulse. Fold: `own` of that round's pulse.
 */
export type PulseGiven = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * The pulse.
 */
own: PulseAnswer, };

/**
 * The pulse of a round.
 */
export type PulseView = { 
/**
 * How many gave each value, in steps of ten: 0–4, 5–14, …, 95–100. Eleven numbers.
 */
distribution: Array<number>, 
/**
 * How many gave one.
 */
count: number, 
/**
 * The sum of their values; the mean is `sum / count`.
 */
sum: number, 
/**
 * The viewer's own.
 */
own: PulseAnswer | null, 
/**
 * The words given and how often, nobody named. Coordinators and facilitators only.
 */
words: { [key in string]: number } | null, };

/**
 * How often a word was given. Coordinators and facilitators only. Fold: in `words`; 0 takes it out.
 */
export type PulseWordCounted = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * The word.
 */
word: string, 
/**
 * How often.
 */
count: number, };

/**
 * A question of the questionnaire.
 */
export type QuestionId = number;

/**
 * What kind of answer a question takes.
 */
export type QuestionKind = { "kind": "scale", 
/**
 * 2 to 10.
 */
steps: number, } | { "kind": "choice", 
/**
 * The options, 2 to `OPTIONS_MAX`.
 */
options: Array<string>, } | { "kind": "text", };

/**
 * A question as it is set.
 */
export type QuestionPlan = { 
/**
 * What is asked.
 */
text: string, 
/**
 * What kind of answer it takes.
 */
kind: QuestionKind, };

/**
 * A question.
 */
export type QuestionView = { 
/**
 * Which.
 */
id: QuestionId, 
/**
 * What is asked.
 */
text: string, 
/**
 * What kind of answer it takes.
 */
kind: QuestionKind, };

/**
 * The questionnaire was set, opened or closed. Fold: those fields.
 */
export type QuestionnaireChanged = { 
/**
 * The questions.
 */
questions: Array<QuestionView>, 
/**
 * Where it stands.
 */
phase: QuestionnairePhase, };

/**
 * Where the questionnaire stands.
 */
export type QuestionnairePhase = "drafted" | "open" | "closed";

/**
 * Answers counted.
 */
export type QuestionnaireResults = { 
/**
 * How many people have answered.
 */
people: number, 
/**
 * Per question: how often each step or option was chosen; for free questions one number, the texts given.
 */
counts: { [key in QuestionId]: Array<number> }, };

/**
 * The questionnaire.
 */
export type QuestionnaireView = { 
/**
 * The questions, in order; for others than coordinators empty until it is opened.
 */
questions: Array<QuestionView>, 
/**
 * Where it stands.
 */
phase: QuestionnairePhase, 
/**
 * The viewer's own answers.
 */
own: { [key in QuestionId]: Answer }, 
/**
 * What has come in. Coordinators and the secretariat only.
 */
results: QuestionnaireResults | null, };

/**
 * Says that one has read it. Reading twice is the same as once.
 */
export type ReadAnnouncement = { 
/**
 * The announcement.
 */
announcement: AnnouncementId, };

/**
 * What a recount found.
 */
export type Recount = { 
/**
 * When it was made.
 */
at: Timestamp, 
/**
 * Ballots counted.
 */
ballots: number, 
/**
 * Choices counted.
 */
choices: number, 
/**
 * Whether the tally that is shown equals the one counted anew.
 */
matches: boolean, };

/**
 * Counts all ballots anew and compares.
 */
export type RecountVote = Record<symbol, never>;

/**
 * Commands refused before the log was asked (no role, no form, too fast, nothing can be stored).
 */
export type Refused = { 
/**
 * The refusals.
 */
rejections: Array<Rejected>, };

/**
 * A command was not taken.
 */
export type Rejected = { 
/**
 * The number the device gave it.
 */
client_seq: ClientSeq, 
/**
 * Why.
 */
rejection: Rejection, };

/**
 * Why a command was not taken. Nothing has changed; the same number may not be used again for another command.
 */
export type Rejection = { "code": "not_permitted", } | { "code": "not_found", 
/**
 * What was asked for.
 */
entity: Entity, } | { "code": "malformed", 
/**
 * What the reader stumbled over, in English, for whoever writes the client; never shown to people.
 */
detail: string, } | { "code": "text_empty", 
/**
 * Which.
 */
field: Field, } | { "code": "text_too_long", 
/**
 * Which.
 */
field: Field, 
/**
 * Characters allowed.
 */
max: number, 
/**
 * Characters it has; when it has too many bytes for its characters, a number above `max` all the same.
 */
actual: number, } | { "code": "text_unreadable", 
/**
 * Which.
 */
field: Field, } | { "code": "out_of_range", 
/**
 * Which.
 */
field: Field, 
/**
 * The least allowed.
 */
min: number, 
/**
 * The most allowed.
 */
max: number, } | { "code": "too_many", 
/**
 * Of what.
 */
resource: Resource, 
/**
 * How many are allowed.
 */
max: number, } | { "code": "outcome_forgotten", } | { "code": "unavailable", } | { "code": "too_fast", } | { "code": "meeting_ended", } | { "code": "join_not_allowed", } | { "code": "name_taken", } | { "code": "name_exists", } | { "code": "team_not_empty", } | { "code": "last_coordinator", } | { "code": "round_begun", } | { "code": "round_not_running", } | { "code": "round_not_in_phase", } | { "code": "another_round_running", } | { "code": "undo_too_late", } | { "code": "round_has_no_clock", } | { "code": "round_has_no_rooms", } | { "code": "person_twice", 
/**
 * Who.
 */
person: PersonId, } | { "code": "room_not_empty", } | { "code": "rooms_not_open", } | { "code": "not_in_room", } | { "code": "no_turn_order", } | { "code": "turn_already_passed", } | { "code": "no_turn_running", } | { "code": "help_already_called", } | { "code": "help_not_called", } | { "code": "help_already_claimed", 
/**
 * Who.
 */
by: PersonId, } | { "code": "board_closed", } | { "code": "note_conflict", 
/**
 * The text the note has now.
 */
current_text: string, 
/**
 * Its version now: the base for the next attempt.
 */
current_version: number, 
/**
 * The text that was not taken.
 */
your_text: string, } | { "code": "not_your_note", } | { "code": "note_not_deleted", } | { "code": "already_harvested", } | { "code": "silent_writing", } | { "code": "already_so", } | { "code": "team_has_poster", } | { "code": "vote_frozen", } | { "code": "no_posters", } | { "code": "vote_not_open", } | { "code": "vote_not_closed", } | { "code": "not_a_voter", } | { "code": "too_many_choices", 
/**
 * How many are allowed.
 */
max: number, } | { "code": "choice_twice", } | { "code": "own_team_chosen", } | { "code": "no_ballot", } | { "code": "reveal_not_started", } | { "code": "reveal_finished", } | { "code": "already_revealed", } | { "code": "no_round_yet", } | { "code": "questionnaire_not_open", } | { "code": "questionnaire_opened", } | { "code": "answer_does_not_fit", };

/**
 * Lets another device pick this name. The devices that have it now lose it.
 */
export type ReleasePerson = { 
/**
 * The person.
 */
person: PersonId, };

/**
 * Takes a person off the roster; what they wrote stays. Their links stop working.
 */
export type RemovePerson = { 
/**
 * The person.
 */
person: PersonId, };

/**
 * Removes a room that has no members and no notes.
 */
export type RemoveRoom = { 
/**
 * The room.
 */
room: RoomId, };

/**
 * Removes a round that has not begun.
 */
export type RemoveRound = { 
/**
 * The round.
 */
round: RoundId, };

/**
 * Removes a team that has no people.
 */
export type RemoveTeam = { 
/**
 * The team.
 */
team: TeamId, };

/**
 * Names a cluster.
 */
export type RenameCluster = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The cluster.
 */
cluster: ClusterId, 
/**
 * The name.
 */
name: string, };

/**
 * Names a room.
 */
export type RenameRoom = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Its name; empty: none but its number.
 */
name: string, };

/**
 * Undoes the end of the last round within `UNDO_MS`: it is open again, with one minute on its clock if it has one.
 */
export type ReopenRound = { 
/**
 * The round.
 */
round: RoundId, };

/**
 * What there can be too many of.
 */
export type Resource = "people" | "teams" | "rounds" | "rooms" | "room_members" | "notes" | "clusters" | "posters" | "comments" | "announcements" | "questions" | "options" | "moved_people" | "words";

/**
 * Brings a deleted note back to where it was, with its marks.
 */
export type RestoreNote = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, };

/**
 * Puts a removed person back, with the old links.
 */
export type RestorePerson = { 
/**
 * The person.
 */
person: PersonId, };

/**
 * Puts a withdrawn poster back.
 */
export type RestorePoster = { 
/**
 * The poster.
 */
poster: PosterId, };

/**
 * Lets the clocks go on.
 */
export type ResumeRound = { 
/**
 * The round.
 */
round: RoundId, };

/**
 * Ends silent writing: all notes appear at once.
 */
export type RevealBoard = { 
/**
 * The boards; empty: those of all rooms of the running round that write in silence.
 */
boards: Array<BoardId>, };

/**
 * The reveal began or went on. Fold: `vote.reveal`.
 */
export type RevealChanged = { 
/**
 * What is revealed so far.
 */
reveal: RevealView, };

/**
 * Reveals the next place, or places.
 */
export type RevealNext = { 
/**
 * The place that comes next as the asker sees it (`reveal.next_place`), so that two people who press at once
 * reveal one place; none: whatever comes next.
 */
place: number | null, };

/**
 * The order in which places are revealed.
 */
export type RevealOrder = { "order": "bottom_up", 
/**
 * The place to begin with, from 1.
 */
from_place: number, } | { "order": "top_three_last", };

/**
 * The reveal so far.
 */
export type RevealView = { 
/**
 * Its order.
 */
order: RevealOrder, 
/**
 * What has been revealed, in the order of revealing.
 */
revealed: Array<Standing>, 
/**
 * The place that comes next; none: all is revealed. With `top_three_last` the first step shows every place
 * below the third and this is the best of them.
 */
next_place: number | null, 
/**
 * How many of the posters revealed came with the last step.
 */
last_step: number, };

/**
 * Notes and clusters that appear at once when silent writing ends.
 */
export type RevealedBoard = { 
/**
 * All notes. One's own, which one has already, stay as they are.
 */
notes: Array<NoteView>, 
/**
 * All clusters.
 */
clusters: Array<ClusterView>, };

/**
 * Makes links invalid; new ones of the same kind can be made at once.
 */
export type RevokeLinks = { 
/**
 * Whose.
 */
target: LinkTarget, };

/**
 * What a link lets its holder do. The domain's table says what each role may ask for.
 */
export type Role = "coordinator" | "facilitator" | "secretariat" | "participant" | "observer" | "screen";

/**
 * What goes on in a room, for those who watch over all.
 */
export type RoomActivity = { 
/**
 * Notes on its board.
 */
notes: number, 
/**
 * When the last one was added.
 */
last_note_at: Timestamp | null, 
/**
 * Who speaks in turn.
 */
speaker: PersonId | null, 
/**
 * Whether it writes in silence.
 */
silent: boolean, };

/**
 * Something went on in a room. For coordinators and facilitators. Fold: `activity` in `rooms` and, when it is
 * theirs, `seat.room`.
 */
export type RoomActivityChanged = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * What goes on.
 */
activity: RoomActivity, };

/**
 * A room was added. For coordinators and facilitators. Fold: into `rooms`.
 */
export type RoomAdded = { 
/**
 * The room.
 */
room: RoomView, };

/**
 * A room one may choose.
 */
export type RoomChoice = { 
/**
 * Which.
 */
id: RoomId, 
/**
 * Its number.
 */
number: number, 
/**
 * Its name.
 */
name: string, 
/**
 * Its facilitator.
 */
facilitator: PersonId | null, 
/**
 * How many members it has.
 */
members: number, };

/**
 * A room that can be chosen has changed. Fold: into `room_choices`.
 */
export type RoomChoiceChanged = { 
/**
 * The room.
 */
choice: RoomChoice, };

/**
 * Rooms can be chosen, or no more when empty. Fold: `room_choices` is replaced.
 */
export type RoomChoicesOffered = { 
/**
 * The rooms.
 */
choices: Array<RoomChoice>, };

/**
 * A room of a round. Rooms of different rounds never share an id.
 */
export type RoomId = number;

/**
 * A room was removed. Fold: out of `rooms`.
 */
export type RoomRemoved = { 
/**
 * The room.
 */
room: RoomId, };

/**
 * A room has another name. Fold: in `rooms` and `seat.room`, and in the `source` of plenary notes from it.
 */
export type RoomRenamed = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Its name.
 */
name: string, };

/**
 * A room as coordinators, facilitators and its own people see it.
 */
export type RoomView = { 
/**
 * Which.
 */
id: RoomId, 
/**
 * The round it belongs to.
 */
round: RoundId, 
/**
 * Its number within the round, from 1: the name of the Zoom room.
 */
number: number, 
/**
 * Its name; empty: none but its number.
 */
name: string, 
/**
 * Its facilitator, if it has one of its own.
 */
facilitator: PersonId | null, 
/**
 * Its members, present or not, in the order in which they were placed.
 */
members: Array<PersonId>, 
/**
 * Who visits it now.
 */
visitors: Array<PersonId>, 
/**
 * Its call for help.
 */
help: HelpState, 
/**
 * What goes on in it. Coordinators and facilitators only.
 */
activity: RoomActivity | null, };

/**
 * A dialogue round's rooms opened. For coordinators and facilitators. Fold: into `rooms`.
 */
export type RoomsOpened = { 
/**
 * All rooms of the round.
 */
rooms: Array<RoomView>, };

/**
 * `POST /api/rooms/preview`, with a coordinator's token and a CSV file or workbook as the body: who would be in which
 * room. Nothing is taken by it.
 */
export type RoomsReading = { "outcome": "read", 
/**
 * How it was written.
 */
form: FileForm, 
/**
 * The rooms, ready for `set_grouping`.
 */
rooms: Array<PlannedRoom>, 
/**
 * What was found, by line.
 */
findings: Array<Finding>, } | { "outcome": "refused", 
/**
 * Why.
 */
problem: FileProblem, };

/**
 * `POST /api/roster/preview`, with a coordinator's token and the file as the body: what would be taken. Nothing
 * is taken by it.
 */
export type RosterReading = { "outcome": "read", 
/**
 * How it was written.
 */
form: FileForm, 
/**
 * The line with the columns' names; none: there was none, and the columns were told by their contents.
 */
header_line: number | null, 
/**
 * What each column holds, from the left; none: something that is not taken.
 */
columns: Array<FileColumn | null>, 
/**
 * The rows that would be taken.
 */
rows: Array<PreviewedRow>, 
/**
 * What was found, by line.
 */
findings: Array<Finding>, } | { "outcome": "refused", 
/**
 * Why.
 */
problem: FileProblem, };

/**
 * One line of a roster.
 */
export type RosterRow = { 
/**
 * The team's name; empty for people without a team.
 */
team: string, 
/**
 * The team's prefecture or region, shown to tell teams of the same name apart.
 */
region: string | null, 
/**
 * The person's name.
 */
name: string, 
/**
 * The person's role.
 */
role: Role, 
/**
 * The person's e-mail address, for Zoom's file only; never shown to others.
 */
email: string | null, };

/**
 * A round was added. Fold: into `rounds` before the one given, else at the end.
 */
export type RoundAdded = { 
/**
 * The round.
 */
round: RoundView, 
/**
 * The round it comes before.
 */
before: RoundId | null, };

/**
 * A round was changed. Fold: its `plan`.
 */
export type RoundEdited = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * What it is now.
 */
plan: RoundPlan, };

/**
 * A round of the agenda.
 */
export type RoundId = number;

/**
 * What kind of round it is.
 */
export type RoundKind = "plenary" | "dialogue" | "posters" | "break";

/**
 * A round was moved. Fold: in `rounds`, before the one given, else to the end.
 */
export type RoundMoved = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * The round it comes before.
 */
before: RoundId | null, };

/**
 * Where a round stands. Times are the server's.
 */
export type RoundPhase = { "phase": "waiting", } | { "phase": "open", 
/**
 * When it opened.
 */
opened_at: Timestamp, 
/**
 * When its time is over; none without a duration.
 */
ends_at: Timestamp | null, } | { "phase": "paused", 
/**
 * When it opened.
 */
opened_at: Timestamp, 
/**
 * When it was paused.
 */
paused_at: Timestamp, 
/**
 * What is left on the clock; none without a duration.
 */
remaining_ms: number | null, } | { "phase": "closing", 
/**
 * When it opened.
 */
opened_at: Timestamp, 
/**
 * When the round ends.
 */
ends_at: Timestamp, } | { "phase": "ended", 
/**
 * When it opened.
 */
opened_at: Timestamp, 
/**
 * When it ended.
 */
ended_at: Timestamp, };

/**
 * A round opened, was paused, went on, got time, is closing or ended. Fold: its `phase`.
 */
export type RoundPhaseChanged = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * Where it stands now.
 */
phase: RoundPhase, };

/**
 * A round as it is planned; editable until it opens.
 */
export type RoundPlan = { 
/**
 * What kind of round.
 */
kind: RoundKind, 
/**
 * Its title, up to `TITLE_GRAPHEMES_MAX`.
 */
title: string, 
/**
 * The question people talk about, up to `QUESTION_GRAPHEMES_MAX`; may be empty.
 */
question: string, 
/**
 * How long, up to `ROUND_MS_MAX`; none: until it is closed by hand.
 */
duration_ms: number | null, 
/**
 * How rooms are made. Only dialogue rounds have rooms.
 */
grouping: GroupingRule, 
/**
 * Time to speak in the turn order, up to `TURN_MS_MAX`; none: no turn order.
 */
turn_ms: number | null, 
/**
 * What the rooms' boards look like.
 */
template: BoardTemplate, 
/**
 * Whether notes show their authors.
 */
authors: AuthorDisplay, 
/**
 * The countdown between the end of the time and the end of the round, up to `COUNTDOWN_MS_MAX`.
 */
countdown_ms: number, };

/**
 * A round was removed. Fold: out of `rounds`.
 */
export type RoundRemoved = { 
/**
 * The round.
 */
round: RoundId, };

/**
 * A round.
 */
export type RoundView = { 
/**
 * Which.
 */
id: RoundId, 
/**
 * What it is.
 */
plan: RoundPlan, 
/**
 * Where it stands.
 */
phase: RoundPhase, };

/**
 * What a row would do to the roster.
 */
export type RowEffect = "adds" | "changes" | "returns" | "nothing";

/**
 * The viewer is in no room any more. Fold: `seat` is empty.
 */
export type SeatLeft = Record<symbol, never>;

/**
 * The viewer is in a room now. Fold: `seat` is replaced.
 */
export type SeatTaken = { 
/**
 * The seat.
 */
seat: SeatView, };

/**
 * The room one is in: its people, its turns and its board.
 */
export type SeatView = { 
/**
 * The room.
 */
room: RoomView, 
/**
 * Its members, visitors and facilitator.
 */
people: { [key in PersonId]: PersonView }, 
/**
 * Speaking in turn; for the room alone.
 */
turns: TurnsView, 
/**
 * Its board.
 */
board: BoardView, };

/**
 * The number of an entry in the log: dense, from 1; 0 stands for "before the first".
 */
export type Seq = number;

/**
 * A frame from the server.
 */
export type ServerFrame = { "type": "welcome" } & Welcome | { "type": "frame" } & Frame | { "type": "refused" } & Refused | { "type": "presence" } & Presence | { "type": "gestured" } & Gestured | { "type": "pong" } & Pong | { "type": "goodbye" } & Goodbye;

/**
 * Replaces all rounds that have not begun.
 */
export type SetAgenda = { 
/**
 * The new rounds, in order, behind those that have begun.
 */
rounds: Array<RoundPlan>, };

/**
 * Puts a note into a cluster or takes it out.
 */
export type SetCluster = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, 
/**
 * The cluster; none: out of any.
 */
cluster: ClusterId | null, };

/**
 * Gives a room its facilitator.
 */
export type SetFacilitator = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Who; none: nobody.
 */
person: PersonId | null, };

/**
 * Gives the rooms of a round that has not begun, by hand or by file. It becomes the round's proposal.
 */
export type SetGrouping = { 
/**
 * The round.
 */
round: RoundId, 
/**
 * The rooms.
 */
rooms: Array<PlannedRoom>, };

/**
 * 「持ち帰りたい」: marks a poster as interesting, or takes the mark back.
 */
export type SetInterest = { 
/**
 * The poster.
 */
poster: PosterId, 
/**
 * Whether it is of interest.
 */
interested: boolean, };

/**
 * Says how people without a personal link may come in.
 */
export type SetJoinRule = { 
/**
 * The rule.
 */
rule: JoinRule, };

/**
 * Says when the meeting is to be deleted by itself.
 */
export type SetKeepUntil = { 
/**
 * The moment; none: kept until deleted by hand.
 */
keep_until: Timestamp | null, };

/**
 * Sets the questions, before the questionnaire is opened for the first time.
 */
export type SetQuestionnaire = { 
/**
 * The questions, in order.
 */
questions: Array<QuestionPlan>, };

/**
 * Changes the order of speaking.
 */
export type SetTurnOrder = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * All members, in order.
 */
order: Array<PersonId>, };

/**
 * Sets the rules, before the vote opens.
 */
export type SetVoteRules = { 
/**
 * The rules.
 */
rules: VoteRules, };

/**
 * Lets each team read its own comments and marks. Happens by itself when a round of posters ends.
 */
export type ShareFeedback = Record<symbol, never>;

/**
 * A link for everyone of a role.
 */
export type SharedLink = { 
/**
 * The role.
 */
role: Role, 
/**
 * The address.
 */
link: string, };

/**
 * Silent writing began. Fold: `silent`; all notes that are not the viewer's own and all clusters go out, and
 * the viewer's own notes are in no cluster.
 */
export type SilentWritingStarted = { 
/**
 * The board.
 */
board: BoardId, };

/**
 * One poster's place.
 */
export type Standing = { 
/**
 * The poster.
 */
poster: PosterId, 
/**
 * The team whose poster it is.
 */
team: TeamId, 
/**
 * Its place by competition ranking (1, 2, 2, 4).
 */
place: number, 
/**
 * Whether it shares the place.
 */
tied: boolean, 
/**
 * Ballots that chose it.
 */
votes: number, };

/**
 * The standings are known to the viewer. Fold: `vote.standings`.
 */
export type StandingsCounted = { 
/**
 * Best first.
 */
standings: Array<Standing>, };

/**
 * What publishing the standings tells.
 */
export type StandingsScope = "own_place" | "everyone";

/**
 * What a client starts from.
 */
export type Start = { "from": "view", 
/**
 * The view.
 */
view: MeetingView, } | { "from": "resumed", };

/**
 * Begins the reveal; nothing is shown yet (except, with `top_three_last`, nothing either). May begin anew.
 */
export type StartReveal = { 
/**
 * In which order.
 */
order: RevealOrder, };

/**
 * From now on each sees only their own notes.
 */
export type StartSilentWriting = { 
/**
 * The boards; empty: those of all rooms of the running round.
 */
boards: Array<BoardId>, };

/**
 * Starts speaking in turn.
 */
export type StartTurns = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Who begins; none: the first of the order.
 */
first: PersonId | null, };

/**
 * Ends speaking in turn; the talk is free.
 */
export type StopTurns = { 
/**
 * The room.
 */
room: RoomId, };

/**
 * A command with the number the device gave it.
 */
export type Submit = { 
/**
 * The number: higher than that of every command sent before, the same when it is sent again.
 */
client_seq: ClientSeq, 
/**
 * The command.
 */
command: Command, };

/**
 * The tally changed. Only for those who may see it at this moment. Fold: `vote.tally`.
 */
export type TallyChanged = { 
/**
 * The tally.
 */
tally: { [key in PosterId]: number }, };

/**
 * Who sees the tally while the vote runs. Turnout is for everyone.
 */
export type TallyDisplay = "secretariat" | "staff" | "everyone";

/**
 * A team was added. Fold: into `teams`.
 */
export type TeamAdded = { 
/**
 * The team.
 */
team: TeamView, };

/**
 * A team was changed. Fold: replaced in `teams`.
 */
export type TeamEdited = { 
/**
 * The team.
 */
team: TeamView, };

/**
 * A team of the roster (a municipality's group of people).
 */
export type TeamId = number;

/**
 * A team was removed. Fold: out of `teams`.
 */
export type TeamRemoved = { 
/**
 * The team.
 */
team: TeamId, };

/**
 * Turnout of a team.
 */
export type TeamTurnout = { 
/**
 * People whose ballot is in.
 */
voted: number, 
/**
 * People who may vote.
 */
eligible: number, };

/**
 * A team's turnout changed. Coordinators and the secretariat only. Fold: into `vote.team_turnout`; out of
 * it when nobody of the team may vote (`eligible` is 0).
 */
export type TeamTurnoutChanged = { 
/**
 * The team.
 */
team: TeamId, 
/**
 * Its turnout.
 */
turnout: TeamTurnout, };

/**
 * A team.
 */
export type TeamView = { 
/**
 * Which.
 */
id: TeamId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its prefecture or region.
 */
region: string | null, };

/**
 * Milliseconds since 1970-01-01T00:00:00Z by the server's clock.
 */
export type Timestamp = number;

/**
 * Where speaking in turn stands.
 */
export type TurnState = { "state": "idle", } | { "state": "speaking", 
/**
 * Who.
 */
person: PersonId, 
/**
 * Since when, moved on by pauses so that `now - started_at` is the time spoken.
 */
started_at: Timestamp, 
/**
 * When their time is over; nobody is cut off.
 */
ends_at: Timestamp, } | { "state": "paused", 
/**
 * Who.
 */
person: PersonId, 
/**
 * What they have spoken so far.
 */
spoken_ms: number, 
/**
 * What is left of their time; negative when over.
 */
remaining_ms: number, };

/**
 * How many have voted so far.
 */
export type Turnout = { 
/**
 * People whose ballot is in (or whose team's ballot is in).
 */
persons_voted: number, 
/**
 * People who may vote.
 */
persons_eligible: number, 
/**
 * Teams with at least one ballot in.
 */
teams_voted: number, 
/**
 * Teams that may vote.
 */
teams_eligible: number, };

/**
 * Turnout changed. Fold: `vote.turnout`.
 */
export type TurnoutChanged = { 
/**
 * Turnout.
 */
turnout: Turnout, };

/**
 * Turnout at a moment.
 */
export type TurnoutSample = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * People whose ballot was in (or whose team's ballot was in).
 */
persons_voted: number, 
/**
 * Teams with at least one ballot in.
 */
teams_voted: number, };

/**
 * Turnout at a moment was recorded. Coordinators and the secretariat only. Fold: to the end of
 * `vote.turnout_samples`.
 */
export type TurnoutSampled = { 
/**
 * The turnout and the moment.
 */
sample: TurnoutSample, };

/**
 * The turn went on, or the order changed. For the room alone. Fold: `seat.turns` when it is that room's.
 */
export type TurnsChanged = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * The turns now.
 */
turns: TurnsView, };

/**
 * Speaking in turn.
 */
export type TurnsView = { 
/**
 * The order.
 */
order: Array<PersonId>, 
/**
 * Where it stands.
 */
state: TurnState, 
/**
 * How long each has spoken in turn, finished turns only, in milliseconds: the balance of the room.
 */
spoken_ms: { [key in PersonId]: number }, 
/**
 * Who has had a turn since it was started.
 */
had_turn: Array<PersonId>, };

/**
 * Takes the mark back.
 */
export type UnmarkNote = { 
/**
 * The board.
 */
board: BoardId, 
/**
 * The note.
 */
note: NoteId, };

/**
 * The versions a client can speak, both ends included.
 */
export type VersionRange = { 
/**
 * The oldest version it can speak.
 */
oldest: number, 
/**
 * The newest version it can speak.
 */
newest: number, };

/**
 * Something changed that touches much of what the viewer sees (a roster import, another role or team): here
 * is the whole view anew. Fold: it replaces the view.
 */
export type ViewReplaced = { 
/**
 * The view.
 */
view: MeetingView, };

/**
 * A coordinator or facilitator goes into a room to see its board; the room sees who visits.
 */
export type VisitRoom = { 
/**
 * The room, of any round; none: back to the plenary.
 */
room: RoomId | null, };

/**
 * Somebody visits a room. Fold: to the end of `visitors` in `rooms` and `seat.room`, and into `seat.people`.
 */
export type VisitorEntered = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Who.
 */
person: PersonView, };

/**
 * Somebody visits it no more. Fold: the reverse of [`VisitorEntered`]; they stay in `seat.people` while they
 * are its facilitator or a member.
 */
export type VisitorLeft = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Who.
 */
person: PersonId, };

/**
 * The vote closed. Fold: `vote.phase`; `vote.ballot` goes, `vote.voted` stays.
 */
export type VoteClosed = { 
/**
 * When it opened.
 */
opened_at: Timestamp, 
/**
 * When it closed.
 */
closed_at: Timestamp, 
/**
 * The hash of the ledger's last line.
 */
ledger_hash: string, };

/**
 * The vote opened. Fold: `vote.phase`, `vote.candidates`.
 */
export type VoteOpened = { 
/**
 * When.
 */
opened_at: Timestamp, 
/**
 * The posters that can be chosen.
 */
candidates: Array<PosterId>, };

/**
 * Where the vote stands.
 */
export type VotePhase = { "phase": "drafted", } | { "phase": "open", 
/**
 * Since when.
 */
opened_at: Timestamp, } | { "phase": "closed", 
/**
 * When it opened.
 */
opened_at: Timestamp, 
/**
 * When it closed.
 */
closed_at: Timestamp, 
/**
 * The hash of the ledger's last line, by which a published file can be checked.
 */
ledger_hash: string, };

/**
 * The ballots were counted anew. Secretariat only. Fold: `vote.recount`.
 */
export type VoteRecounted = { 
/**
 * What was found.
 */
recount: Recount, };

/**
 * The rules of the vote, frozen when it opens.
 */
export type VoteRules = { 
/**
 * Who has a ballot.
 */
voters: Voters, 
/**
 * How many choices a ballot may hold, 1 to `CHOICES_MAX`.
 */
choices_max: number, 
/**
 * Whether one's own team's poster may be chosen.
 */
own_team_allowed: boolean, 
/**
 * Who sees the tally while the vote runs.
 */
tally_display: TallyDisplay, 
/**
 * When it opens by itself; none: by hand.
 */
opens_at: Timestamp | null, 
/**
 * When it closes by itself; none: by hand.
 */
closes_at: Timestamp | null, };

/**
 * The rules were set. Fold: `vote.rules`; `vote.may_vote` is true for a participant when `voters` is `persons`, or
 * `teams` and the participant has a team.
 */
export type VoteRulesSet = { 
/**
 * The rules.
 */
rules: VoteRules, };

/**
 * The vote.
 */
export type VoteView = { 
/**
 * Its rules.
 */
rules: VoteRules, 
/**
 * Where it stands.
 */
phase: VotePhase, 
/**
 * The posters that can be chosen, ascending; empty until it opens.
 */
candidates: Array<PosterId>, 
/**
 * Whether the viewer has a ballot in this vote.
 */
may_vote: boolean, 
/**
 * The viewer's ballot (or their team's), while the vote is open. After it has closed nobody, the server
 * included, knows any more whose ballot was which.
 */
ballot: BallotView | null, 
/**
 * Whether the viewer's ballot (or their team's) is in; stays after the vote has closed.
 */
voted: boolean, 
/**
 * Turnout.
 */
turnout: Turnout, 
/**
 * Who has voted, by team: people whose ballot is in, and people who may vote. Coordinators and the
 * secretariat only.
 */
team_turnout: { [key in TeamId]: TeamTurnout } | null, 
/**
 * Turnout over time, oldest first, from the opening (none voted) to the close (SPEC VT10). Coordinators and
 * the secretariat only.
 */
turnout_samples: Array<TurnoutSample> | null, 
/**
 * The tally, for those who may see it at this moment.
 */
tally: { [key in PosterId]: number } | null, 
/**
 * The last recount. Secretariat only.
 */
recount: Recount | null, 
/**
 * The standings, best first: the secretariat's from the close on, everyone's once published to everyone.
 */
standings: Array<Standing> | null, 
/**
 * The viewer's own team's place, once places are published.
 */
own_standing: OwnStanding | null, 
/**
 * The reveal.
 */
reveal: RevealView | null, };

/**
 * Who has a ballot.
 */
export type Voters = "persons" | "teams";

/**
 * `GET /api/way-in`, with the token of a screen or of staff: how participants come in, to be shown to the hall.
 */
export type WayIn = { 
/**
 * The code to read out.
 */
short_code: string, 
/**
 * The participants' shared link, for a QR code.
 */
link: string, };

/**
 * The hello is accepted.
 */
export type Welcome = { 
/**
 * The protocol version spoken from here on.
 */
protocol: number, 
/**
 * The meeting.
 */
meeting: MeetingId, 
/**
 * Where the client is after this frame.
 */
position: Position, 
/**
 * A fresh view, or word that the one the client holds goes on from the position it named.
 */
start: Start, 
/**
 * The server's clock.
 */
server_time: Timestamp, 
/**
 * How often a heartbeat comes; after two without any the client should reconnect.
 */
heartbeat_ms: number, };

/**
 * Takes an announcement back.
 */
export type WithdrawAnnouncement = { 
/**
 * The announcement.
 */
announcement: AnnouncementId, };

/**
 * Takes one's ballot back.
 */
export type WithdrawBallot = Record<symbol, never>;

/**
 * Takes a poster out of the gallery.
 */
export type WithdrawPoster = { 
/**
 * The poster.
 */
poster: PosterId, };

/**
 * How much somebody had written.
 */
export type WrittenTotals = { 
/**
 * Notes on all boards, copies on the plenary board among them.
 */
notes: number, 
/**
 * Comments on posters.
 */
comments: number, 
/**
 * Announcements.
 */
announcements: number, 
/**
 * Pulses, one for each round in which they gave one.
 */
pulses: number, 
/**
 * Answers to questions of the questionnaire.
 */
answers: number, };

/**
 * Somebody and their room.
 */
export type ZoomPerson = { 
/**
 * The room's number.
 */
room: number, 
/**
 * The name.
 */
name: string, 
/**
 * The team; empty: none.
 */
team: string, };

/**
 * Why Zoom would not take a file.
 */
export type ZoomProblem = { "code": "no_rooms", } | { "code": "no_email", } | { "code": "too_many_rooms", 
/**
 * How many.
 */
count: number, 
/**
 * At most.
 */
max: number, } | { "code": "too_many_people", 
/**
 * How many.
 */
count: number, 
/**
 * At most.
 */
max: number, } | { "code": "same_email", 
/**
 * Who.
 */
people: Array<ZoomPerson>, } | { "code": "unfit_email", 
/**
 * Whose.
 */
person: ZoomPerson, };

/**
 * `GET /api/rounds/{round}/zoom`, with a coordinator's token: what Zoom's file of a round holds, and whom it leaves
 * out (SPEC HT22). Addresses stand in the file alone.
 */
export type ZoomReport = { 
/**
 * Rooms of the round.
 */
rooms: number, 
/**
 * People in the file: those whose address is known.
 */
people: number, 
/**
 * Who is not in the file and has to be placed by hand.
 */
without_email: Array<ZoomPerson>, 
/**
 * Why there is no file; empty: there is one.
 */
problems: Array<ZoomProblem>, };
