//! Every maximum of the wire and the domain, in one place; exported to the web client so that both sides
//! enforce the same numbers. Limits that only the server's inside knows are the server's.

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident = $value:expr;)*) => {
        $($(#[$doc])* pub const $name: u64 = $value;)*
        /// All limits by name, for the generated TypeScript and the tests.
        pub const ALL: &[(&str, u64)] = &[$((stringify!($name), $name)),*];
    };
}

limits! {
    /// Bytes of one frame from a client.
    CLIENT_FRAME_BYTES_MAX = 16 * 1024;
    /// Bytes of a command that comes by HTTP (a roster, an agenda), and of one log entry.
    LARGE_COMMAND_BYTES_MAX = 4 * 1024 * 1024;
    /// Bytes of a roster's file, or of a list of posters.
    ROSTER_FILE_BYTES_MAX = 8 * 1024 * 1024;
    /// Bytes of an agenda's file.
    AGENDA_FILE_BYTES_MAX = 256 * 1024;
    /// Bytes of a poster's file.
    POSTER_FILE_BYTES_MAX = 25 * 1024 * 1024;
    /// Bytes of an archive of posters: 97 posters of 5 MB.
    POSTER_ZIP_BYTES_MAX = 512 * 1024 * 1024;
    /// Files looked at in an archive of posters.
    POSTER_ZIP_FILES_MAX = 2_000;
    /// Bytes that all files of a meeting's posters may take together.
    MEETING_FILES_BYTES_MAX = 2 * 1024 * 1024 * 1024;
    /// Bytes a connection may send before its hello is accepted.
    HELLO_BYTES_MAX = 4 * 1024;
    /// Time a connection has for its hello.
    HELLO_TIMEOUT_MS = 10_000;
    /// How often the server shows that the line lives.
    HEARTBEAT_MS = 20_000;
    /// A connection silent for this long is closed.
    SILENCE_TIMEOUT_MS = 60_000;
    /// A streamed response is ended by the server after this time; the client goes on with another one.
    STREAM_LIFE_MS = 180_000;
    /// A long poll's line that nobody asks is given up after this time.
    POLL_PARK_MS = 15_000;
    /// Frames in one request to `/api/frames`.
    FRAMES_PER_REQUEST_MAX = 64;
    /// Bytes of one request to `/api/frames`.
    FRAMES_REQUEST_BYTES_MAX = 64 * 1024;
    /// Commands a person may send in a second, on average.
    COMMANDS_PER_SECOND = 10;
    /// Commands a person may send at once.
    COMMANDS_BURST = 30;
    /// Commands of one device that may be unacknowledged at a time, and outcomes remembered per device.
    COMMANDS_PENDING_MAX = 64;
    /// Devices remembered per person.
    DEVICES_PER_PERSON_MAX = 8;
    /// Connections per person at a time.
    CONNECTIONS_PER_PERSON_MAX = 8;

    /// People of a meeting, all roles.
    PEOPLE_MAX = 30_000;
    /// Teams of a meeting.
    TEAMS_MAX = 10_000;
    /// Rounds of an agenda.
    ROUNDS_MAX = 100;
    /// Rooms of one round.
    ROOMS_PER_ROUND_MAX = 10_000;
    /// People in one room, visitors aside.
    ROOM_MEMBERS_MAX = 500;
    /// Notes of one room's board, deleted ones included.
    NOTES_PER_BOARD_MAX = 2_000;
    /// Notes of the plenary board.
    PLENARY_NOTES_MAX = 5_000;
    /// Notes of one meeting.
    NOTES_MAX = 200_000;
    /// Clusters of one board.
    CLUSTERS_PER_BOARD_MAX = 200;
    /// Posters of a meeting.
    POSTERS_MAX = 1_000;
    /// Comments on one poster.
    COMMENTS_PER_POSTER_MAX = 2_000;
    /// Announcements of a meeting.
    ANNOUNCEMENTS_MAX = 500;
    /// Questions of a questionnaire.
    QUESTIONS_MAX = 30;
    /// Options of a choice question.
    OPTIONS_MAX = 20;
    /// Different pulse words counted per round.
    PULSE_WORDS_MAX = 1_000;
    /// People moved by one command.
    MOVE_PEOPLE_MAX = 1_000;
    /// Earlier meetings of which a meeting keeps something; of more the oldest go.
    EARLIER_MEETINGS_MAX = 24;
    /// Rounds of earlier meetings for which it is kept who sat together; of more the oldest go.
    EARLIER_ROUNDS_MAX = 64;
    /// Choices of a ballot that the rules may allow.
    CHOICES_MAX = 20;

    /// Characters (as a person counts) of a note.
    NOTE_GRAPHEMES_MAX = 500;
    /// Characters of a title: meeting, round, poster, cluster, room name.
    TITLE_GRAPHEMES_MAX = 100;
    /// Characters of a person's or team's name.
    NAME_GRAPHEMES_MAX = 60;
    /// Characters of a round's question.
    QUESTION_GRAPHEMES_MAX = 300;
    /// Characters of a poster's summary.
    SUMMARY_GRAPHEMES_MAX = 1_000;
    /// Characters of a comment on a poster.
    COMMENT_GRAPHEMES_MAX = 500;
    /// Characters of an announcement.
    ANNOUNCEMENT_GRAPHEMES_MAX = 500;
    /// Characters of a pulse's word.
    WORD_GRAPHEMES_MAX = 20;
    /// Characters of a free answer.
    ANSWER_GRAPHEMES_MAX = 2_000;
    /// Characters of an e-mail address (RFC 5321).
    EMAIL_GRAPHEMES_MAX = 254;
    /// UTF-8 bytes that one character may take on average before a text counts as too long: a family emoji
    /// takes 18 to 25, a stack of combining marks can take thousands.
    BYTES_PER_GRAPHEME_MAX = 32;

    /// Duration of a round.
    ROUND_MS_MAX = 7 * 24 * 3_600_000;
    /// Duration of a turn.
    TURN_MS_MAX = 3_600_000;
    /// Countdown before a round ends.
    COUNTDOWN_MS_MAX = 600_000;
    /// Countdown unless a round sets another.
    COUNTDOWN_MS_DEFAULT = 60_000;
    /// Time in which the end of a round can be undone.
    UNDO_MS = 60_000;
    /// Time after the last connection of a person has gone until they count as away.
    DEPARTURE_MS = 60_000;
    /// Least time between two samples of the turnout (SPEC VT10).
    TURNOUT_SAMPLE_MS = 10_000;
    /// Samples of the turnout of a vote.
    TURNOUT_SAMPLES_MAX = 1_000;
    /// The largest integer that every JSON reader keeps exact: 2^53 - 1.
    SAFE_INTEGER_MAX = 9_007_199_254_740_991;
}
