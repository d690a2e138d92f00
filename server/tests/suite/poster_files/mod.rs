//! Where posters' files are kept: the same promises over a folder, memory and a bucket; and what people are told when a
//! bucket fails.

mod bucket;
mod contract;
mod failing;
