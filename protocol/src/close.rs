//! Close codes. The range alone tells a client whether to come back: 4000–4499 and 1012 yes, 4500–4999 no.

macro_rules! close_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        wire_value! {
            /// Why the server closed a connection.
            #[serde(rename_all = "snake_case")]
            pub enum CloseCode {
                $($(#[$doc])* $name,)*
            }
        }
        impl CloseCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The number sent in the WebSocket close frame.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$name => $code),* }
            }
            /// The code of a number, if it is one of ours.
            #[must_use]
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $($code => Some(Self::$name),)* _ => None }
            }
        }
    };
}

close_codes! {
    /// The server stops or restarts (RFC 6455 registry: service restart). Come back after the delay of the goodbye.
    Restarting = 1012;
    /// The reader was too slow and its outbox full. Come back and resume.
    Slow = 4000;
    /// History may have been lost; come back for a fresh view.
    EpochChanged = 4001;
    /// What this connection may see has changed in a way that needs a fresh view.
    ViewChanged = 4002;
    /// Nothing was heard from the client for too long.
    Silent = 4003;
    /// No hello in time.
    HelloTimeout = 4004;
    /// The server has too much to do.
    Overloaded = 4005;
    /// The server stumbled over this meeting and loads it again.
    Faulted = 4006;
    /// Too many commands although they were refused.
    TooFast = 4007;
    /// The meeting cannot be read from the store just now, which may be restarting. Come back after the delay of the goodbye.
    Unavailable = 4008;
    /// A frame that is no frame.
    BadFrame = 4500;
    /// A frame larger than allowed.
    FrameTooLarge = 4501;
    /// No protocol version in common.
    VersionUnsupported = 4502;
    /// The token is not one of this server's.
    LinkInvalid = 4503;
    /// The link has been revoked.
    LinkRevoked = 4504;
    /// There is no such meeting (any more).
    MeetingGone = 4505;
    /// The link is a shared one; join with a name first.
    JoinFirst = 4506;
    /// The page comes from another site.
    OriginRefused = 4507;
    /// This person has more connections than allowed, and this one was the oldest. Coming back by itself would only
    /// push out the next.
    Replaced = 4508;
    /// This person's data have been taken out of the meeting. What the client itself keeps of it is to go, too.
    PersonErased = 4509;
}

impl CloseCode {
    /// Whether the client should come back.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        let number = self.number();
        number == 1012 || (number >= 4000 && number < 4500)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_come_back() {
        for code in CloseCode::ALL {
            assert_eq!(CloseCode::from_number(code.number()), Some(*code));
        }
    }
}
