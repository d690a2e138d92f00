//! Every "no" the domain can say. A rejection is a value, the same on every node, and goes to the person who
//! asked, as a sentence in their language (the screens own the sentences).

use alloc::string::String;

use crate::ids::PersonId;

wire_value! {
    /// What a command spoke of.
    #[serde(rename_all = "snake_case")]
    pub enum Entity {
        /// The meeting.
        Meeting,
        /// A team.
        Team,
        /// A person.
        Person,
        /// A round.
        Round,
        /// A room.
        Room,
        /// A board.
        Board,
        /// An area of a board.
        Area,
        /// A note.
        Note,
        /// A cluster.
        Cluster,
        /// A poster.
        Poster,
        /// A comment.
        Comment,
        /// An announcement.
        Announcement,
        /// A question.
        Question,
        /// A grouping proposed for a round.
        Grouping,
        /// The vote.
        Vote,
        /// The questionnaire.
        Questionnaire,
    }

    /// A field of a command.
    #[serde(rename_all = "snake_case")]
    pub enum Field {
        /// A title.
        Title,
        /// A name.
        Name,
        /// The text of a note, comment or announcement.
        Text,
        /// A round's question, or a question of the questionnaire.
        Question,
        /// A poster's summary.
        Summary,
        /// A pulse's word.
        Word,
        /// A pulse's value.
        Value,
        /// An answer.
        Answer,
        /// An e-mail address.
        Email,
        /// A duration or countdown.
        Duration,
        /// Time per turn.
        Turn,
        /// A grouping's number: teams to a room, room size, number of rooms.
        GroupingSize,
        /// The number of choices.
        Choices,
        /// A point in time.
        Time,
        /// The number a device gave its command.
        ClientSeq,
        /// A seed.
        Seed,
        /// A place of the standings.
        Place,
        /// A region, prefecture or government code of a team.
        Region,
        /// A poster's file.
        File,
    }

    /// What there can be too many of.
    #[serde(rename_all = "snake_case")]
    pub enum Resource {
        /// People of the meeting.
        People,
        /// Teams.
        Teams,
        /// Rounds.
        Rounds,
        /// Rooms.
        Rooms,
        /// Members of a room.
        RoomMembers,
        /// Notes.
        Notes,
        /// Clusters.
        Clusters,
        /// Posters.
        Posters,
        /// Comments.
        Comments,
        /// Announcements.
        Announcements,
        /// Questions.
        Questions,
        /// Options of a question.
        Options,
        /// People moved at once.
        MovedPeople,
        /// Different words of a pulse.
        Words,
    }
}

wire! {
    /// Why a command was not taken. Nothing has changed; the same number may not be used again for another command.
    #[serde(tag = "code", rename_all = "snake_case")]
    pub enum Rejection {
        /// The role may not ask for this, or not for this thing.
        NotPermitted {},
        /// The thing does not exist, has been removed, or may not be seen by the asker.
        NotFound {
            /// What was asked for.
            entity: Entity,
        },
        /// The command has no form this server knows.
        Malformed {
            /// What the reader stumbled over, in English, for whoever writes the client; never shown to people.
            detail: String,
        },
        /// A text that must say something is empty.
        TextEmpty {
            /// Which.
            field: Field,
        },
        /// A text is longer than allowed.
        TextTooLong {
            /// Which.
            field: Field,
            /// Characters allowed.
            max: u32,
            /// Characters it has; when it has too many bytes for its characters, a number above `max` all the same.
            actual: u32,
        },
        /// A text carries control characters.
        TextUnreadable {
            /// Which.
            field: Field,
        },
        /// A number is outside its range.
        OutOfRange {
            /// Which.
            field: Field,
            /// The least allowed.
            min: u64,
            /// The most allowed.
            max: u64,
        },
        /// There would be too many.
        TooMany {
            /// Of what.
            resource: Resource,
            /// How many are allowed.
            max: u64,
        },
        /// The number of this command is so old that its outcome is no longer known.
        OutcomeForgotten {},
        /// The server cannot store anything just now; try again shortly.
        Unavailable {},
        /// More commands than one person may send in the time; try again shortly.
        TooFast {},

        /// The meeting has ended; nothing changes any more.
        MeetingEnded {},
        /// This way of joining is not allowed in this meeting.
        JoinNotAllowed {},
        /// Another device has taken this name; staff can release it.
        NameTaken {},
        /// Someone of that name is in that team already.
        NameExists {},
        /// The team still has people, or a poster.
        TeamNotEmpty {},
        /// The last coordinator cannot be removed or given another role.
        LastCoordinator {},

        /// The round has begun; what it was planned to be cannot change any more.
        RoundBegun {},
        /// The round is not running.
        RoundNotRunning {},
        /// The round is paused already, or not paused.
        RoundNotInPhase {},
        /// Another round is running; end it first.
        AnotherRoundRunning {},
        /// The time to undo this is over.
        UndoTooLate {},
        /// The round has no clock.
        RoundHasNoClock {},
        /// The round has no rooms.
        RoundHasNoRooms {},
        /// A person stands twice in the rooms given.
        PersonTwice {
            /// Who.
            person: PersonId,
        },
        /// The room still has people.
        RoomNotEmpty {},
        /// Rooms cannot be chosen in this round.
        RoomsNotOpen {},
        /// The asker is in no room.
        NotInRoom {},

        /// The round has no turn order.
        NoTurnOrder {},
        /// The turn has been passed on already.
        TurnAlreadyPassed {},
        /// Nobody is speaking in turn.
        NoTurnRunning {},
        /// The room has called already.
        HelpAlreadyCalled {},
        /// The room is not calling.
        HelpNotCalled {},
        /// Somebody else has taken the call.
        HelpAlreadyClaimed {
            /// Who.
            by: PersonId,
        },

        /// The board takes no more changes.
        BoardClosed {},
        /// Somebody else has changed the note in the meantime. Both texts come back; nothing is lost.
        NoteConflict {
            /// The text the note has now.
            current_text: String,
            /// Its version now: the base for the next attempt.
            current_version: u32,
            /// The text that was not taken.
            your_text: String,
        },
        /// Somebody else's note.
        NotYourNote {},
        /// The note is not deleted.
        NoteNotDeleted {},
        /// The note is on the plenary board already.
        AlreadyHarvested {},
        /// This cannot be done while writing in silence.
        SilentWriting {},
        /// The board is in that state already.
        AlreadySo {},

        /// The team has a poster already.
        TeamHasPoster {},
        /// The vote has opened: posters and rules are frozen.
        VoteFrozen {},
        /// There is no poster to vote on.
        NoPosters {},
        /// The vote is not open.
        VoteNotOpen {},
        /// The vote is not closed.
        VoteNotClosed {},
        /// The asker has no ballot in this vote.
        NotAVoter {},
        /// More choices than allowed.
        TooManyChoices {
            /// How many are allowed.
            max: u32,
        },
        /// A poster stands twice on the ballot.
        ChoiceTwice {},
        /// One's own team's poster.
        OwnTeamChosen {},
        /// There is no ballot to take back.
        NoBallot {},
        /// The reveal has not begun.
        RevealNotStarted {},
        /// Everything has been revealed.
        RevealFinished {},
        /// Somebody else has revealed the place already, or begun anew.
        AlreadyRevealed {},

        /// No round to which a pulse could belong has begun.
        NoRoundYet {},
        /// The questionnaire is not open.
        QuestionnaireNotOpen {},
        /// The questionnaire has been opened; its questions cannot change any more.
        QuestionnaireOpened {},
        /// The answer does not fit its question.
        AnswerDoesNotFit {},
    }
}

impl Rejection {
    /// Whether the same command may succeed a little later without anyone doing anything. Such a refusal is
    /// never in the log: the client sends the same number again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable {} | Self::TooFast {})
    }
}
