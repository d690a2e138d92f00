//! What the tests of this crate share: a world that checks every law after every entry, and the language of the
//! scripts. Knows the crate's public face only.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "shared by several test programs, none of which uses all of it; a failed expectation is a failed test"
)]

pub(crate) mod generate;
pub(crate) mod json;
pub(crate) mod script;
pub(crate) mod secrecy;
pub(crate) mod words;
pub(crate) mod world;
