//! Names of things. Small integers counted per kind inside one meeting, in log order, so that every node
//! gives the same thing the same id; they mean nothing outside their meeting.

use core::fmt;

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
            #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(export_to = "protocol.ts"))]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            #[serde(transparent)]
            pub struct $name(pub u32);

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_any(IdVisitor).map(Self)
                }
            }
            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.fmt(f)
                }
            }
        )*
    };
}

ids! {
    /// A team of the roster (a municipality's group of people).
    TeamId;
    /// A person of the roster, of whatever role.
    PersonId;
    /// A round of the agenda.
    RoundId;
    /// A room of a round. Rooms of different rounds never share an id.
    RoomId;
    /// A board: 0 is the plenary board, every other board carries the number of its room.
    BoardId;
    /// An area of a board: the index into its template's areas, counted from 0.
    AreaId;
    /// A note.
    NoteId;
    /// A cluster of notes.
    ClusterId;
    /// A poster.
    PosterId;
    /// A comment on a poster.
    CommentId;
    /// An announcement.
    AnnouncementId;
    /// A question of the questionnaire.
    QuestionId;
}

impl BoardId {
    /// The board of the plenary, which always exists.
    pub const PLENARY: Self = Self(0);

    /// The board of a room.
    #[must_use]
    pub const fn of_room(room: RoomId) -> Self {
        Self(room.0)
    }

    /// The room whose board this is; none for the plenary board.
    #[must_use]
    pub const fn room(self) -> Option<RoomId> {
        if self.0 == 0 { None } else { Some(RoomId(self.0)) }
    }
}

/// Reads an id from a number or from its decimal text: as a key of a JSON object it can only be text, and serde
/// forgets that it was a key when the object lies inside a variant told apart by a tag.
struct IdVisitor;

impl serde::de::Visitor<'_> for IdVisitor {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id: an integer from 0 to 4294967295")
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<u32, E> {
        u32::try_from(value).map_err(|_| E::invalid_value(serde::de::Unexpected::Unsigned(value), &self))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<u32, E> {
        value.parse().map_err(|_| E::invalid_value(serde::de::Unexpected::Str(value), &self))
    }
}

macro_rules! uuids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            wire_value! {
                $(#[$doc])*
                #[serde(transparent)]
                pub struct $name(#[cfg_attr(feature = "typescript", ts(type = "string"))] pub Uuid);
            }
            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.fmt(f)
                }
            }
        )*
    };
}

uuids! {
    /// A meeting, world-wide (UUID, 36 characters on the wire).
    MeetingId;
    /// A browser or program of a person, made by itself at random and kept for good (UUID). It numbers its
    /// commands, so it must never be shared by two programs that run at the same time.
    DeviceId;
    /// A long poll's line, made by the server at random (UUID). Whoever knows it reads what its person may see: it
    /// travels in bodies only.
    LineId;
}
