//! One program for all parsers, because each would link the whole server: `FUZZ_TARGET` says which one is tried.

#![no_main]

use std::sync::LazyLock;

use engawa_server::fuzzing::TARGETS;
use libfuzzer_sys::fuzz_target;

static PARSE: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    match TARGETS.iter().find(|(target, _)| *target == name) {
        Some((_, parse)) => *parse,
        None => panic!("FUZZ_TARGET must be one of {:?}", TARGETS.iter().map(|(name, _)| name).collect::<Vec<_>>()),
    }
});

fuzz_target!(|bytes: &[u8]| PARSE(bytes));
