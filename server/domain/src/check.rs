//! Texts and numbers of commands against the limits: what can never be valid, whatever the meeting's state.

use alloc::borrow::ToOwned;

use engawa_protocol::command::{EarlierMeeting, PlannedRoom, QuestionPlan};
use engawa_protocol::limits::{
    ANNOUNCEMENT_GRAPHEMES_MAX, ANSWER_GRAPHEMES_MAX, BYTES_PER_GRAPHEME_MAX, CHOICES_MAX,
    COMMENT_GRAPHEMES_MAX, COUNTDOWN_MS_MAX, EARLIER_MEETINGS_MAX, EMAIL_GRAPHEMES_MAX, MOVE_PEOPLE_MAX,
    NAME_GRAPHEMES_MAX, NOTE_GRAPHEMES_MAX, OPTIONS_MAX, PEOPLE_MAX, PLENARY_NOTES_MAX, POSTERS_MAX,
    QUESTION_GRAPHEMES_MAX, QUESTIONS_MAX, ROOM_MEMBERS_MAX, ROOMS_PER_ROUND_MAX, ROUND_MS_MAX, ROUNDS_MAX,
    SAFE_INTEGER_MAX, SUMMARY_GRAPHEMES_MAX, TITLE_GRAPHEMES_MAX, TURN_MS_MAX, WORD_GRAPHEMES_MAX,
};
use engawa_protocol::text::{graphemes, has_control, is_blank};
use engawa_protocol::view::{Answer, PosterFile, QuestionKind};
use engawa_protocol::{
    ClientSeq, Command, Field, GroupingRule, Rejection, Resource, RevealOrder, Role, RoundPlan, VoteRules,
};

use engawa_protocol::command::JoinAs;

type Checked = Result<(), Rejection>;

/// Steps that a scale may have.
const SCALE_STEPS: (u64, u64) = (2, 10);
/// Teams that may share a room.
const TEAMS_PER_ROOM: (u64, u64) = (2, 10);
/// People in a room that is made by a rule.
const ROOM_SIZE: (u64, u64) = (2, 50);
/// Numbers of rooms that the memory of past rooms can hold.
const ROOM_NUMBER_MAX: u64 = (u32::MAX / 2) as u64;
/// Rooms to choose from.
const OPEN_ROOMS: (u64, u64) = (1, 500);

/// Checks the number a device gave its command.
pub(crate) fn check_number(client_seq: ClientSeq) -> Checked {
    within(client_seq.0, (1, SAFE_INTEGER_MAX), Field::ClientSeq)
}

/// Checks every text and number of a command.
#[expect(clippy::too_many_lines, reason = "one arm per command, each a line or two")]
pub(crate) fn check(command: &Command) -> Checked {
    match command {
        Command::EditMeeting(c) => {
            c.title.as_deref().map_or(Ok(()), |title| line(title, TITLE))?;
            moment(c.starts_at.map(|at| at.0))
        }
        Command::SetKeepUntil(c) => moment(c.keep_until.map(|at| at.0)),
        Command::JoinMeeting(c) => match &c.join {
            JoinAs::Listed { .. } => Ok(()),
            JoinAs::Named { name, .. } => line(name, NAME),
        },
        Command::ImportRoster(c) => {
            at_most(c.rows.len(), PEOPLE_MAX, Resource::People)?;
            c.rows.iter().try_for_each(|row| {
                line_or_none(&row.team, NAME)?;
                region(row.region.as_deref())?;
                person(&row.name, row.role, row.email.as_deref())
            })
        }
        Command::FollowMeeting(c) if c.meetings.len() as u64 > EARLIER_MEETINGS_MAX => {
            Err(Rejection::Malformed { detail: "more earlier meetings than are kept".to_owned() })
        }
        Command::FollowMeeting(c) => c.meetings.iter().try_for_each(earlier),
        Command::AddTeam(c) => line(&c.name, NAME).and_then(|()| region(c.region.as_deref())),
        Command::EditTeam(c) => line(&c.name, NAME).and_then(|()| region(c.region.as_deref())),
        Command::AddPerson(c) => person(&c.name, c.role, c.email.as_deref()),
        Command::EditPerson(c) => person(&c.name, c.role, c.email.as_deref()),

        Command::SetAgenda(c) => {
            at_most(c.rounds.len(), ROUNDS_MAX, Resource::Rounds)?;
            c.rounds.iter().try_for_each(plan)
        }
        Command::AddRound(c) => plan(&c.plan),
        Command::EditRound(c) => plan(&c.plan),
        Command::AddTime(c) => within(c.delta_ms.unsigned_abs(), (0, ROUND_MS_MAX), Field::Duration),
        Command::CloseRound(c) => {
            within(c.countdown_ms.unwrap_or_default(), (0, COUNTDOWN_MS_MAX), Field::Duration)
        }
        Command::ProposeGrouping(c) => {
            within(c.seed.unwrap_or_default(), (0, SAFE_INTEGER_MAX), Field::Seed)?;
            c.rule.map_or(Ok(()), rule)
        }
        Command::AdjustGrouping(c) => at_most(c.placements.len(), PEOPLE_MAX, Resource::MovedPeople),
        Command::SetGrouping(c) => {
            at_most(c.rooms.len(), ROOMS_PER_ROUND_MAX, Resource::Rooms)?;
            c.rooms.iter().try_for_each(planned_room)
        }

        Command::MovePeople(c) => at_most(c.people.len(), MOVE_PEOPLE_MAX, Resource::MovedPeople),
        Command::AddRoom(c) => line_or_none(&c.name, ROOM_NAME),
        Command::RenameRoom(c) => line_or_none(&c.name, ROOM_NAME),
        Command::SetTurnOrder(c) => at_most(c.order.len(), ROOM_MEMBERS_MAX, Resource::RoomMembers),

        Command::AddNote(c) => lines(&c.text, NOTE),
        Command::EditNote(c) => lines(&c.text, NOTE),
        Command::CreateCluster(c) => {
            at_most(c.notes.len(), PLENARY_NOTES_MAX, Resource::Notes)?;
            line_or_none(&c.name, ROOM_NAME)
        }
        Command::RenameCluster(c) => line_or_none(&c.name, ROOM_NAME),
        Command::StartSilentWriting(c) => at_most(c.boards.len(), ROOMS_PER_ROUND_MAX, Resource::Rooms),
        Command::RevealBoard(c) => at_most(c.boards.len(), ROOMS_PER_ROUND_MAX, Resource::Rooms),

        Command::AddPoster(c) => poster(&c.title, &c.summary, c.file.as_ref()),
        Command::EditPoster(c) => poster(&c.title, &c.summary, c.file.as_ref()),
        Command::AddComment(c) => lines(&c.text, COMMENT),

        Command::SetVoteRules(c) => vote_rules(&c.rules),
        Command::CastBallot(c) => match c.choices.len() as u64 {
            0 => within(0, (1, CHOICES_MAX), Field::Choices),
            chosen if chosen > CHOICES_MAX => Err(Rejection::TooManyChoices { max: CHOICES_MAX as u32 }),
            _ => Ok(()),
        },
        Command::StartReveal(c) => match c.order {
            RevealOrder::BottomUp { from_place } => within(from_place.into(), (1, POSTERS_MAX), Field::Place),
            RevealOrder::TopThreeLast {} => Ok(()),
        },

        Command::GivePulse(c) => {
            within(c.value.into(), (0, 100), Field::Value)?;
            c.word.as_deref().map_or(Ok(()), |word| line_or_none(word, WORD))
        }
        Command::SetQuestionnaire(c) => {
            at_most(c.questions.len(), QUESTIONS_MAX, Resource::Questions)?;
            c.questions.iter().try_for_each(question)
        }
        Command::AnswerQuestionnaire(c) => {
            at_most(c.answers.len(), QUESTIONS_MAX, Resource::Questions)?;
            c.answers.values().try_for_each(answer)
        }
        Command::Announce(c) => lines(&c.text, ANNOUNCEMENT),

        // These carry ids and choices among few only.
        Command::SetJoinRule(_)
        | Command::EndMeeting(_)
        | Command::RevokeLinks(_)
        | Command::LeaveMeeting(_)
        | Command::RemoveTeam(_)
        | Command::RemovePerson(_)
        | Command::RestorePerson(_)
        | Command::ErasePerson(_)
        | Command::ReleasePerson(_)
        | Command::RemoveRound(_)
        | Command::MoveRound(_)
        | Command::OpenRound(_)
        | Command::PauseRound(_)
        | Command::ResumeRound(_)
        | Command::EndRound(_)
        | Command::ReopenRound(_)
        | Command::DiscardGrouping(_)
        | Command::ChooseRoom(_)
        | Command::LeaveRoom(_)
        | Command::VisitRoom(_)
        | Command::RemoveRoom(_)
        | Command::SetFacilitator(_)
        | Command::StartTurns(_)
        | Command::PassTurn(_)
        | Command::StopTurns(_)
        | Command::CallHelp(_)
        | Command::ClaimHelp(_)
        | Command::ClearHelp(_)
        | Command::MoveNote(_)
        | Command::DeleteNote(_)
        | Command::RestoreNote(_)
        | Command::MarkNote(_)
        | Command::UnmarkNote(_)
        | Command::DissolveCluster(_)
        | Command::SetCluster(_)
        | Command::HarvestNote(_)
        | Command::WithdrawPoster(_)
        | Command::RestorePoster(_)
        | Command::SetInterest(_)
        | Command::DeleteComment(_)
        | Command::ShareFeedback(_)
        | Command::OpenVote(_)
        | Command::CloseVote(_)
        | Command::WithdrawBallot(_)
        | Command::RecountVote(_)
        | Command::RevealNext(_)
        | Command::PublishStandings(_)
        | Command::OpenQuestionnaire(_)
        | Command::CloseQuestionnaire(_)
        | Command::WithdrawAnnouncement(_)
        | Command::ReadAnnouncement(_) => Ok(()),
    }
}

/// Checks how a meeting begins, as far as a log can be trusted with it.
pub(crate) fn check_beginning(title: &str, coordinator: &str) -> Checked {
    line(title, TITLE)?;
    line(coordinator, NAME)
}

/// A text's field and the most characters it may have.
type Bound = (Field, u64);

const TITLE: Bound = (Field::Title, TITLE_GRAPHEMES_MAX);
const NAME: Bound = (Field::Name, NAME_GRAPHEMES_MAX);
const REGION: Bound = (Field::Region, NAME_GRAPHEMES_MAX);
const EMAIL: Bound = (Field::Email, EMAIL_GRAPHEMES_MAX);
const ROOM_NAME: Bound = (Field::Name, TITLE_GRAPHEMES_MAX);
const QUESTION: Bound = (Field::Question, QUESTION_GRAPHEMES_MAX);
const NOTE: Bound = (Field::Text, NOTE_GRAPHEMES_MAX);
const COMMENT: Bound = (Field::Text, COMMENT_GRAPHEMES_MAX);
const ANNOUNCEMENT: Bound = (Field::Text, ANNOUNCEMENT_GRAPHEMES_MAX);
const SUMMARY: Bound = (Field::Summary, SUMMARY_GRAPHEMES_MAX);
const WORD: Bound = (Field::Word, WORD_GRAPHEMES_MAX);
const OPTION: Bound = (Field::Answer, TITLE_GRAPHEMES_MAX);
const ANSWER: Bound = (Field::Answer, ANSWER_GRAPHEMES_MAX);

/// A text on one line that must say something.
fn line(text: &str, bound: Bound) -> Checked {
    says_something(text, bound)?;
    fits(text, bound, false)
}

/// A text on one line that may be empty.
fn line_or_none(text: &str, bound: Bound) -> Checked {
    fits(text, bound, false)
}

/// A text of several lines that must say something.
fn lines(text: &str, bound: Bound) -> Checked {
    says_something(text, bound)?;
    fits(text, bound, true)
}

fn says_something(text: &str, (field, _): Bound) -> Checked {
    if is_blank(text) { Err(Rejection::TextEmpty { field }) } else { Ok(()) }
}

fn fits(text: &str, (field, max): Bound, lines_allowed: bool) -> Checked {
    // No text has more graphemes than code points, which are quickly counted: most need no more than that.
    if text.chars().count() as u64 > max {
        let count = graphemes(text) as u64;
        let bytes_max = max * BYTES_PER_GRAPHEME_MAX;
        let actual = if text.len() as u64 > bytes_max { count.max(max + 1) } else { count };
        if actual > max {
            return Err(Rejection::TextTooLong { field, max: saturated(max), actual: saturated(actual) });
        }
    }
    if has_control(text, lines_allowed) {
        return Err(Rejection::TextUnreadable { field });
    }
    Ok(())
}

fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn within(value: u64, (min, max): (u64, u64), field: Field) -> Checked {
    if (min..=max).contains(&value) { Ok(()) } else { Err(Rejection::OutOfRange { field, min, max }) }
}

fn at_most(count: usize, max: u64, resource: Resource) -> Checked {
    if count as u64 <= max { Ok(()) } else { Err(Rejection::TooMany { resource, max }) }
}

fn moment(at: Option<u64>) -> Checked {
    within(at.unwrap_or_default(), (0, SAFE_INTEGER_MAX), Field::Time)
}

fn region(region: Option<&str>) -> Checked {
    region.map_or(Ok(()), |region| line_or_none(region, REGION))
}

fn person(name: &str, role: Role, email: Option<&str>) -> Checked {
    line(name, NAME)?;
    email.map_or(Ok(()), |email| line_or_none(email, EMAIL))?;
    match role {
        Role::Screen => Err(Rejection::Malformed { detail: "a person cannot be a screen".to_owned() }),
        Role::Coordinator | Role::Facilitator | Role::Secretariat | Role::Participant | Role::Observer => {
            Ok(())
        }
    }
}

fn plan(plan: &RoundPlan) -> Checked {
    line_or_none(&plan.title, TITLE)?;
    fits(&plan.question, QUESTION, true)?;
    within(plan.duration_ms.unwrap_or(1), (1, ROUND_MS_MAX), Field::Duration)?;
    within(plan.turn_ms.unwrap_or(1), (1, TURN_MS_MAX), Field::Turn)?;
    within(plan.countdown_ms, (0, COUNTDOWN_MS_MAX), Field::Duration)?;
    rule(plan.grouping)
}

fn rule(rule: GroupingRule) -> Checked {
    match rule {
        GroupingRule::Team {} | GroupingRule::Manual {} => Ok(()),
        GroupingRule::Partners { teams_per_room } => {
            within(teams_per_room.into(), TEAMS_PER_ROOM, Field::GroupingSize)
        }
        GroupingRule::Mixed { room_size } => within(room_size.into(), ROOM_SIZE, Field::GroupingSize),
        GroupingRule::WorldCafe { table_size } => within(table_size.into(), ROOM_SIZE, Field::GroupingSize),
        GroupingRule::Open { rooms } => within(rooms.into(), OPEN_ROOMS, Field::GroupingSize),
    }
}

fn planned_room(room: &PlannedRoom) -> Checked {
    line_or_none(&room.name, ROOM_NAME)?;
    at_most(room.members.len(), ROOM_MEMBERS_MAX, Resource::RoomMembers)
}

/// What is handed on of an earlier meeting: sent by programs, so what does not fit together is malformed.
fn earlier(c: &EarlierMeeting) -> Checked {
    line(&c.title, TITLE)?;
    moment(Some(c.held_at.0))?;
    at_most(c.pulses.len(), ROUNDS_MAX, Resource::Rounds)?;
    at_most(c.sittings.len(), ROUNDS_MAX, Resource::Rounds)?;
    for pulse in &c.pulses {
        line_or_none(&pulse.title, TITLE)?;
        let count: u64 = pulse.distribution.iter().map(|count| u64::from(*count)).sum();
        if pulse.distribution.len() != 11 || count > PEOPLE_MAX || u64::from(pulse.sum) > count * 100 {
            return Err(Rejection::Malformed { detail: "a pulse that nobody can have given".to_owned() });
        }
    }
    c.sittings.iter().try_for_each(|sitting| {
        at_most(sitting.rooms.len(), ROOMS_PER_ROUND_MAX, Resource::Rooms)?;
        sitting.rooms.iter().try_for_each(|room| {
            at_most(room.people.len(), ROOM_MEMBERS_MAX, Resource::RoomMembers)?;
            let counted = u64::from(room.number) <= ROOM_NUMBER_MAX;
            let malformed = || Rejection::Malformed { detail: "a room of too high a number".to_owned() };
            if counted { Ok(()) } else { Err(malformed()) }
        })
    })
}

fn poster(title: &str, summary: &str, file: Option<&PosterFile>) -> Checked {
    line(title, TITLE)?;
    fits(summary, SUMMARY, true)?;
    file.map_or(Ok(()), |file| {
        let named =
            file.hash.len() == 64 && file.hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if named {
            Ok(())
        } else {
            Err(Rejection::Malformed { detail: "a file is named by 64 lower-case hex digits".to_owned() })
        }
    })
}

fn vote_rules(rules: &VoteRules) -> Checked {
    within(rules.choices_max.into(), (1, CHOICES_MAX), Field::Choices)?;
    moment(rules.opens_at.map(|at| at.0))?;
    moment(rules.closes_at.map(|at| at.0))?;
    match (rules.opens_at, rules.closes_at) {
        (Some(opens), Some(closes)) => within(closes.0, (opens.0 + 1, SAFE_INTEGER_MAX), Field::Time),
        (Some(_) | None, None) | (None, Some(_)) => Ok(()),
    }
}

fn question(question: &QuestionPlan) -> Checked {
    lines(&question.text, QUESTION)?;
    match &question.kind {
        QuestionKind::Scale { steps } => within((*steps).into(), SCALE_STEPS, Field::Answer),
        QuestionKind::Choice { options } => {
            at_most(options.len(), OPTIONS_MAX, Resource::Options)?;
            within(options.len() as u64, (2, OPTIONS_MAX), Field::Answer)?;
            options.iter().try_for_each(|option| line(option, OPTION))
        }
        QuestionKind::Text {} => Ok(()),
    }
}

fn answer(answer: &Answer) -> Checked {
    match answer {
        Answer::Scale { .. } | Answer::Choice { .. } => Ok(()),
        Answer::Text { text } => fits(text, ANSWER, true),
    }
}
