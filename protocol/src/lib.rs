//! Engawa's wire types: commands, events, views, frames, rejections, close codes, limits and ids.
//!
//! Owns the form of everything that crosses a link or lies in the log, and nothing of how anything is
//! decided. `SPEC.md` beside this crate states the rules in words, numbered; the TypeScript types of the
//! web client are generated from here (feature `typescript`). The crate is `no_std` so that the domain,
//! which must not know a clock or a socket, can use it.
//!
//! Unknown fields are tolerated everywhere (a newer peer may send more), unknown variants are refused.

// The TypeScript export writes files and needs the standard library; nothing that ships turns it on.
#![cfg_attr(not(feature = "typescript"), no_std)]

extern crate alloc;

/// Gives wire items their derives: serde always, the TypeScript export when asked for.
macro_rules! wire {
    ($($item:item)*) => {
        $(
            #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(export_to = "protocol.ts"))]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            $item
        )*
    };
}

/// Like [`wire!`] for small values that are copied, ordered and used as keys.
macro_rules! wire_value {
    ($($item:item)*) => {
        $(
            #[derive(
                Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
            )]
            #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(export_to = "protocol.ts"))]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            $item
        )*
    };
}

pub mod agenda;
pub mod board;
pub mod close;
pub mod codec;
pub mod command;
pub mod event;
pub mod frame;
pub mod hash;
pub mod http;
pub mod ids;
pub mod keeping;
pub mod limits;
pub mod position;
pub mod preparation;
pub mod rejection;
pub mod role;
pub mod text;
pub mod time;
pub mod version;
pub mod view;
pub mod vote;

pub use agenda::*;
pub use board::*;
pub use close::CloseCode;
pub use command::Command;
pub use event::Event;
pub use frame::*;
pub use ids::*;
pub use position::{ClientSeq, Epoch, Position, Seq};
pub use rejection::{Entity, Field, Rejection, Resource};
pub use role::{JoinRule, Language, LinkTarget, Role};
pub use time::Timestamp;
pub use version::{PROTOCOL_OLDEST, PROTOCOL_VERSION, VersionRange};
pub use vote::*;
