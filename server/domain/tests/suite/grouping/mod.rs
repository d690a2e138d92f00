//! What grouping promises: the quality of real meetings, awkward numbers, and properties of every way.

mod awkward;
mod cafe;
mod common;
mod meetings;
mod properties;
mod quality;
mod replay;
