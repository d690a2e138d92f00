//! Roles, languages and the rules of getting in.

use crate::ids::PersonId;

wire_value! {
    /// What a link lets its holder do. The domain's table says what each role may ask for.
    #[serde(rename_all = "snake_case")]
    pub enum Role {
        /// 進行・事務局: prepares the meeting and runs the breakouts.
        Coordinator,
        /// 幹事: sits with a room or walks between them.
        Facilitator,
        /// 集計担当: runs and tallies the poster vote.
        Secretariat,
        /// 参加者: writes notes, speaks in turn, votes.
        Participant,
        /// オブザーバー: reads, writes nothing.
        Observer,
        /// 投影画面: a projector page; no person stands behind it.
        Screen,
    }

    /// The language a meeting is held in; each screen may still show another.
    #[serde(rename_all = "snake_case")]
    pub enum Language {
        /// Japanese.
        Ja,
        /// English.
        En,
    }

    /// Whom a revocation concerns.
    #[serde(tag = "of", rename_all = "snake_case")]
    pub enum LinkTarget {
        /// One person's personal link.
        Person {
            /// The person.
            person: PersonId,
        },
        /// The shared link of a role.
        Shared {
            /// The role.
            role: Role,
        },
        /// Every link of the meeting, the asker's own left out.
        Everyone {},
    }

    /// How people without a personal link may come in over the shared link of their role.
    pub struct JoinRule {
        /// A name of the roster may be picked. The first device that picks it has it, until it is released.
        pub pick_name: bool,
        /// Someone who is not on the roster may join with a name.
        pub join_with_name: bool,
    }
}

impl Role {
    /// Every role, in the order of the table in the domain.
    pub const ALL: [Self; 6] = [
        Self::Coordinator,
        Self::Facilitator,
        Self::Secretariat,
        Self::Participant,
        Self::Observer,
        Self::Screen,
    ];

    /// Coordinators and facilitators: those who see all rooms.
    #[must_use]
    pub const fn guides(self) -> bool {
        matches!(self, Self::Coordinator | Self::Facilitator)
    }

    /// Coordinators, facilitators and the secretariat: those who run the meeting and see the whole roster.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Coordinator | Self::Facilitator | Self::Secretariat)
    }
}
