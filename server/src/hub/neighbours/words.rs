//! What nodes say to each other: small JSON texts. A node of another release may say something else; that is not heard.

use bytes::Bytes;
use engawa_protocol::{Gesture, PersonId, codec};
use serde::{Deserialize, Serialize};

use super::NodeId;
use crate::hub::frame::json;
use crate::hub::members::ConnectionId;

/// What one node says about one meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Words {
    /// Who speaks.
    pub(super) node: NodeId,
    /// What they say.
    pub(super) saying: Saying,
}

/// What is said. People are numbers, never names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Saying {
    /// Who is connected here, all of them. True for the time in which a node counts as there.
    Here {
        /// Everybody.
        people: Vec<PersonId>,
        /// The speaker has just come and wants to hear the same of the others.
        asks: bool,
    },
    /// Who came and who went since the speaker last spoke of people.
    Moved {
        /// First connection here.
        came: Vec<PersonId>,
        /// Last connection here.
        went: Vec<PersonId>,
    },
    /// What somebody is about to do.
    Gestured {
        /// The speaker's number for the connection.
        connection: ConnectionId,
        /// Who.
        person: PersonId,
        /// What.
        gesture: Gesture,
    },
    /// The speaker serves the meeting no more.
    Gone,
}

impl Words {
    /// As bytes.
    pub(super) fn encode(&self) -> Bytes {
        json(self).into_bytes().into()
    }

    /// From bytes, if they are words of this kind.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        codec::from_slice(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use engawa_protocol::{BoardId, Doing, NoteId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn words_arrive_as_they_were_said_and_others_are_not_heard() {
        let node = NodeId(Uuid::from_u128(7));
        let gesture = Gesture { board: BoardId(3), doing: Doing::Dragging { note: NoteId(2) } };
        for saying in [
            Saying::Here { people: vec![PersonId(1), PersonId(9)], asks: true },
            Saying::Moved { came: vec![], went: vec![PersonId(4)] },
            Saying::Gestured { connection: ConnectionId(5), person: PersonId(1), gesture },
            Saying::Gone,
        ] {
            let words = Words { node, saying };
            assert_eq!(Words::decode(&words.encode()), Some(words));
        }
        for other in ["", "{}", r#"{"node":"x","saying":{"type":"gone"}}"#, r#"{"saying":{"type":"sang"}}"#] {
            assert_eq!(Words::decode(other.as_bytes()), None);
        }
    }
}
