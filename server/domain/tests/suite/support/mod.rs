//! What the tests of this crate share: a world that checks every law after every entry, and the language of the
//! scripts. Knows the crate's public face only.

pub(crate) mod erased;
pub(crate) mod generate;
pub(crate) mod json;
pub(crate) mod script;
pub(crate) mod secrecy;
pub(crate) mod words;
pub(crate) mod world;
