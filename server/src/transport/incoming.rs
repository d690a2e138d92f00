//! From a frame's text to what a client wants; what cannot be read, but has a number, is refused under that number.

use engawa_protocol::{ClientFrame, ClientSeq, Rejected, Rejection, codec};
use serde::Deserialize;

/// What a text says.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A frame.
    Frame(Box<ClientFrame>),
    /// A command without a form that this server knows.
    Malformed(Rejected),
    /// No frame at all.
    Garbage,
}

/// As much of a command as is needed to refuse it.
#[derive(Deserialize)]
struct Numbered {
    r#type: Submitting,
    client_seq: ClientSeq,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Submitting {
    Submit,
}

/// Reads a text.
#[must_use]
pub(crate) fn read(text: &str) -> Incoming {
    let error = match codec::from_slice::<ClientFrame>(text.as_bytes()) {
        Ok(frame) => return Incoming::Frame(Box::new(frame)),
        Err(error) => error,
    };
    match codec::from_slice::<Numbered>(text.as_bytes()) {
        Ok(Numbered { r#type: Submitting::Submit, client_seq }) => {
            // The error may quote what was sent, so it goes back to whoever sent it and nowhere else.
            let detail = error.to_string().chars().take(DETAIL_CHARS_MAX).collect();
            Incoming::Malformed(Rejected { client_seq, rejection: Rejection::Malformed { detail } })
        }
        Err(_) => Incoming::Garbage,
    }
}

/// Characters of what is told about a command that cannot be read.
const DETAIL_CHARS_MAX: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_and_unknown_fields_tolerated() {
        let text =
            r#"{"type":"submit","client_seq":3,"later":1,"command":{"type":"end_meeting","more":true}}"#;
        assert!(matches!(read(text), Incoming::Frame(frame) if matches!(*frame, ClientFrame::Submit(_))));
    }

    #[test]
    fn a_command_of_no_known_form_keeps_its_number() {
        for command in [r#"{"type":"fly"}"#, r#"{"type":"add_note","board":"x"}"#, "7"] {
            let text = format!(r#"{{"type":"submit","client_seq":9,"command":{command}}}"#);
            assert!(
                matches!(read(&text), Incoming::Malformed(rejected) if rejected.client_seq == ClientSeq(9)),
                "{command}"
            );
        }
    }

    #[test]
    fn everything_else_is_garbage() {
        let deep = "[".repeat(10_000);
        for text in ["", "{}", "null", r#"{"type":"submit"}"#, r#"{"type":"fly","client_seq":1}"#, &deep] {
            assert!(matches!(read(text), Incoming::Garbage), "{text:.20}");
        }
    }
}
