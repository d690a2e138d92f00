//! What there is to know of a round's file for Zoom before it is taken there.

use alloc::string::String;
use alloc::vec::Vec;

wire! {
    /// `GET /api/rounds/{round}/zoom`, with a coordinator's token: what Zoom's file of a round holds, and whom it leaves
    /// out (SPEC HT22). Addresses stand in the file alone.
    pub struct ZoomReport {
        /// Rooms of the round.
        pub rooms: u32,
        /// People in the file: those whose address is known.
        pub people: u32,
        /// Who is not in the file and has to be placed by hand.
        pub without_email: Vec<ZoomPerson>,
        /// Why there is no file; empty: there is one.
        pub problems: Vec<ZoomProblem>,
    }

    /// Somebody and their room.
    pub struct ZoomPerson {
        /// The room's number.
        pub room: u32,
        /// The name.
        pub name: String,
        /// The team; empty: none.
        pub team: String,
    }

    /// Why Zoom would not take a file.
    #[serde(tag = "code", rename_all = "snake_case")]
    pub enum ZoomProblem {
        /// The round has no rooms, and none are proposed for it.
        NoRooms {},
        /// Nobody's address is known.
        NoEmail {},
        /// More rooms than Zoom takes.
        TooManyRooms {
            /// How many.
            count: u32,
            /// At most.
            max: u32,
        },
        /// More people than Zoom takes.
        TooManyPeople {
            /// How many.
            count: u32,
            /// At most.
            max: u32,
        },
        /// People with one address: Zoom takes each address once.
        SameEmail {
            /// Who.
            people: Vec<ZoomPerson>,
        },
        /// What stands in the roster is no address that can be written into the file.
        UnfitEmail {
            /// Whose.
            person: ZoomPerson,
        },
    }
}
