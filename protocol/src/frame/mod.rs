//! What travels on a link: client frames one way, server frames the other. JSON text, one frame a message.

mod client;
mod server;

pub use client::*;
pub use server::*;
