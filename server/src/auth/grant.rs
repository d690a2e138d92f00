//! What a link grants. It must not know how a link is signed or written down.

use uuid::Uuid;

/// What somebody is in a meeting. The numbers are part of the token format and never change meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Role {
    /// 進行・事務局
    Coordinator = 1,
    /// 幹事
    Facilitator = 2,
    /// 集計担当
    Secretariat = 3,
    /// 参加者・研究生
    Participant = 4,
    /// オブザーバー・マネ友
    Observer = 5,
    /// 投影画面
    Screen = 6,
}

impl Role {
    /// Every role, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Coordinator,
        Self::Facilitator,
        Self::Secretariat,
        Self::Participant,
        Self::Observer,
        Self::Screen,
    ];

    /// The number that stands for this role in a token: 1 to 6.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Coordinator => 1,
            Self::Facilitator => 2,
            Self::Secretariat => 3,
            Self::Participant => 4,
            Self::Observer => 5,
            Self::Screen => 6,
        }
    }

    /// The role for a token's number; `None` for a number no release has given out.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.number() == number)
    }
}

/// What a valid link says: this role, in this meeting, as this person if it is a personal link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grant {
    /// The one meeting that the link opens.
    pub meeting: Uuid,
    /// What its holder is there.
    pub role: Role,
    /// The person on the roster; `None` for a shared link ("pick your name").
    pub person: Option<u32>,
    /// Links of an older generation than the meeting's state asks for are revoked.
    pub generation: u32,
}
