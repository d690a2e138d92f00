//! Files out: the record in every form, the vote's file, files for Zoom; as functions, over HTTP and from the command line.

mod files;
mod http;
mod office;
mod scale;
mod stage;
mod vote;
