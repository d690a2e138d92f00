//! What is said over a WebSocket to each of the other servers: how one takes a seat in a room, how a message is wrapped, and what
//! has to be answered.

use tokio_tungstenite::tungstenite::Message;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// The room is in the address, a message is a text.
    Bare,
    /// Engine.IO 4 and Socket.IO 5, WebSocket from the beginning.
    SocketIo,
    /// MQTT 3.1.1, quality of service 0, a topic a room.
    Mqtt,
}

/// What to do with what has come while taking a seat.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Wait on.
    Wait,
    /// Send this and wait on.
    Say(Message),
    /// The seat is taken.
    Seated,
    /// It was refused.
    Refused,
}

impl Dialect {
    /// Path of the upgrade.
    pub(super) fn path(self, room: usize) -> String {
        match self {
            Self::Bare => format!("/ws?room={room}"),
            Self::SocketIo => "/socket.io/?EIO=4&transport=websocket".into(),
            Self::Mqtt => "/mqtt".into(),
        }
    }

    /// The subprotocol of the upgrade.
    pub(super) const fn subprotocol(self) -> Option<&'static str> {
        match self {
            Self::Bare | Self::SocketIo => None,
            Self::Mqtt => Some("mqtt"),
        }
    }

    /// What is said first.
    pub(super) fn greeting(self, viewer: usize) -> Option<Message> {
        match self {
            Self::Bare | Self::SocketIo => None,
            Self::Mqtt => Some(Message::Binary(mqtt::connect(&format!("viewer-{viewer}")))),
        }
    }

    /// Goes on taking a seat.
    pub(super) fn take_seat(self, room: usize, heard: &Message) -> Step {
        match (self, heard) {
            (Self::Bare, Message::Text(text)) if text.as_str() == "seated" => Step::Seated,
            (Self::SocketIo, Message::Text(text)) => match text.as_bytes() {
                [b'0', ..] => Step::Say(Message::text("40")),
                [b'4', b'0', ..] => Step::Say(Message::text(format!(r#"42["join",{room}]"#))),
                [b'4', b'2', ..] => Step::Seated,
                [b'2', ..] => Step::Say(Message::text("3")),
                _ => Step::Refused,
            },
            (Self::Mqtt, Message::Binary(bytes)) => match bytes.first() {
                Some(&mqtt::CONNACK) if bytes.get(3) == Some(&0) => {
                    Step::Say(Message::Binary(mqtt::subscribe(&topic(room))))
                }
                Some(&mqtt::SUBACK) if bytes.get(4) == Some(&0) => Step::Seated,
                _ => Step::Refused,
            },
            _ => Step::Wait,
        }
    }

    /// A message to the room.
    pub(super) fn message(self, room: usize, text: &str) -> Message {
        match self {
            Self::Bare => Message::text(text),
            Self::SocketIo => Message::text(format!(r#"42["note",{text}]"#)),
            Self::Mqtt => Message::Binary(mqtt::publish(&topic(room), text.as_bytes())),
        }
    }

    /// What has to be answered while one sits.
    pub(super) fn answer(self, heard: &Message) -> Option<Message> {
        match (self, heard) {
            (Self::SocketIo, Message::Text(text)) if text.as_str() == "2" => Some(Message::text("3")),
            _ => None,
        }
    }
}

fn topic(room: usize) -> String {
    format!("rooms/{room}")
}

/// As much of MQTT 3.1.1 as is spoken here.
mod mqtt {
    use bytes::{BufMut as _, Bytes, BytesMut};

    pub(super) const CONNACK: u8 = 0x20;
    pub(super) const SUBACK: u8 = 0x90;

    fn packet(kind: u8, body: &[u8]) -> Bytes {
        let mut bytes = BytesMut::with_capacity(body.len() + 5);
        bytes.put_u8(kind);
        // Lengths go in groups of seven bits, the lowest first (2.2.3).
        let mut left = body.len();
        loop {
            let low = u8::try_from(left % 128).unwrap_or_default();
            left /= 128;
            bytes.put_u8(if left > 0 { low | 0x80 } else { low });
            if left == 0 {
                break;
            }
        }
        bytes.put_slice(body);
        bytes.freeze()
    }

    fn text(body: &mut BytesMut, text: &str) {
        body.put_u16(u16::try_from(text.len()).unwrap_or_default());
        body.put_slice(text.as_bytes());
    }

    pub(super) fn connect(client: &str) -> Bytes {
        let mut body = BytesMut::new();
        text(&mut body, "MQTT");
        // Version 4, a clean start, no keep-alive.
        body.put_slice(&[4, 2, 0, 0]);
        text(&mut body, client);
        packet(0x10, &body)
    }

    pub(super) fn subscribe(topic: &str) -> Bytes {
        let mut body = BytesMut::new();
        body.put_u16(1);
        text(&mut body, topic);
        body.put_u8(0);
        packet(0x82, &body)
    }

    pub(super) fn publish(topic: &str, payload: &[u8]) -> Bytes {
        let mut body = BytesMut::new();
        text(&mut body, topic);
        body.put_slice(payload);
        packet(0x30, &body)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn packets_are_those_of_the_standard() {
        assert_eq!(&mqtt::connect("a")[..], b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01a");
        assert_eq!(&mqtt::subscribe("t")[..], b"\x82\x06\x00\x01\x00\x01t\x00");
        let long = mqtt::publish("t", &[7; 200]);
        assert_eq!(long[..3], [0x30, 0xCB, 0x01], "203 bytes in two groups of seven bits");
    }

    #[test]
    fn a_seat_is_taken_step_by_step() {
        let socket = Dialect::SocketIo;
        let hears = |text: &'static str| socket.take_seat(4, &Message::text(text));
        assert_eq!(hears(r#"0{"sid":"x"}"#), Step::Say(Message::text("40")));
        assert_eq!(hears(r#"40{"sid":"y"}"#), Step::Say(Message::text(r#"42["join",4]"#)));
        assert_eq!(hears(r#"42["seated"]"#), Step::Seated);
        assert_eq!(hears(r#"44{"message":"no"}"#), Step::Refused);
        let connack = Message::Binary(Bytes::from_static(&[0x20, 2, 0, 5]));
        assert_eq!(Dialect::Mqtt.take_seat(1, &connack), Step::Refused);
    }
}
