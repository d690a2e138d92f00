//! Files in and out, as pure functions: bytes → rows and problems with line numbers; report → bytes. Must not know
//! requests, storage, nor the rules of a meeting.

pub mod agenda;
pub mod links;
pub mod picture;
pub mod poster_list;
pub mod rooms;
pub mod roster;
pub mod table;
pub mod text;
pub mod zoom;

mod clean;
mod columns;
pub(crate) mod csv_out;
mod municipality;
