//! Commands about teams and people.

use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{PersonId, TeamId};
use crate::role::Role;

wire! {
    /// How someone with a shared link comes in.
    #[serde(tag = "by", rename_all = "snake_case")]
    pub enum JoinAs {
        /// By picking a name of the roster.
        Listed {
            /// The person picked.
            person: PersonId,
        },
        /// With a name of their own.
        Named {
            /// The name.
            name: String,
            /// The team, if they have one.
            team: Option<TeamId>,
        },
    }

    /// Comes in over a shared link. Sent by the server on behalf of a joining device (HTTP `/api/join`), never
    /// taken from a connection.
    pub struct JoinMeeting {
        /// As whom.
        pub join: JoinAs,
    }

    /// Leaves for now; the place is kept.
    pub struct LeaveMeeting {}

    /// One line of a roster.
    pub struct RosterRow {
        /// The team's name; empty for people without a team.
        pub team: String,
        /// The team's prefecture or region, shown to tell teams of the same name apart.
        #[serde(default)]
        pub region: Option<String>,
        /// The person's name.
        pub name: String,
        /// The person's role.
        pub role: Role,
        /// The person's e-mail address, for Zoom's file only; never shown to others.
        #[serde(default)]
        pub email: Option<String>,
    }

    /// Adds and changes teams and people from a file's rows. Who is there already keeps id, link and place;
    /// nobody is removed. Teams are matched by name and region, people by name within their team.
    pub struct ImportRoster {
        /// The rows.
        pub rows: Vec<RosterRow>,
    }

    /// Adds a team.
    pub struct AddTeam {
        /// Its name.
        pub name: String,
        /// Its prefecture or region.
        #[serde(default)]
        pub region: Option<String>,
    }

    /// Changes a team's name and region.
    pub struct EditTeam {
        /// The team.
        pub team: TeamId,
        /// The new name.
        pub name: String,
        /// The new region.
        #[serde(default)]
        pub region: Option<String>,
    }

    /// Removes a team that has no people.
    pub struct RemoveTeam {
        /// The team.
        pub team: TeamId,
    }

    /// Adds a person.
    pub struct AddPerson {
        /// The name.
        pub name: String,
        /// The team, if any.
        pub team: Option<TeamId>,
        /// The role; not `screen`.
        pub role: Role,
        /// The e-mail address.
        #[serde(default)]
        pub email: Option<String>,
    }

    /// Changes a person, all fields at once.
    pub struct EditPerson {
        /// The person.
        pub person: PersonId,
        /// The name.
        pub name: String,
        /// The team, if any.
        pub team: Option<TeamId>,
        /// The role; not `screen`.
        pub role: Role,
        /// The e-mail address.
        #[serde(default)]
        pub email: Option<String>,
    }

    /// Takes a person off the roster; what they wrote stays. Their links stop working.
    pub struct RemovePerson {
        /// The person.
        pub person: PersonId,
    }

    /// Puts a removed person back, with the old links.
    pub struct RestorePerson {
        /// The person.
        pub person: PersonId,
    }

    /// What becomes of the texts of somebody whose data are taken out.
    #[derive(Copy)]
    #[serde(rename_all = "snake_case")]
    pub enum ErasedTexts {
        /// What others could read stays, without an author; counts stay as they are.
        Kept,
        /// They go, too, and counts follow.
        Removed,
    }

    /// Takes all data of a person out of the meeting for good, its log included (SPEC ER1 to ER9). Cannot be undone.
    #[derive(Copy)]
    pub struct ErasePerson {
        /// The person, be they on the roster or removed from it.
        pub person: PersonId,
        /// What becomes of what they wrote.
        pub texts: ErasedTexts,
    }

    /// Lets another device pick this name. The devices that have it now lose it.
    pub struct ReleasePerson {
        /// The person.
        pub person: PersonId,
    }
}
