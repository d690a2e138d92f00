//! The scripts that Redis runs: each one atomic step. Their texts explain themselves.

use std::sync::LazyLock;

use redis::Cmd;

/// A script, known to the server by its digest once it has seen it.
#[derive(Debug)]
pub(super) struct Script {
    text: &'static str,
    digest: LazyLock<String>,
}

macro_rules! script {
    ($(#[$doc:meta])* $name:ident, $file:literal) => {
        $(#[$doc])*
        pub(super) static $name: Script = Script {
            text: include_str!(concat!("scripts/", $file)),
            digest: LazyLock::new(|| {
                redis::Script::new(include_str!(concat!("scripts/", $file))).get_hash().to_owned()
            }),
        };
    };
}

script!(CREATE, "create.lua");
script!(APPEND, "append.lua");
script!(READ, "read.lua");
script!(PUT_SNAPSHOT, "put_snapshot.lua");
script!(RAISE_FLOOR, "raise_floor.lua");
script!(START_EPOCH, "start_epoch.lua");
script!(RAISE_EPOCH, "raise_epoch.lua");
script!(DELETE, "delete.lua");
script!(CLAIM_SNAPSHOT, "claim_snapshot.lua");
script!(BID, "bid.lua");
script!(REFOUND, "refound.lua");
script!(COMPARE_DIGEST, "compare_digest.lua");

/// A script with its keys and arguments.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) script: &'static Script,
    pub(super) keys: Vec<String>,
    pub(super) args: Vec<&'a [u8]>,
}

impl Call<'_> {
    /// The command that names the script by its digest.
    pub(super) fn by_digest(&self) -> Cmd {
        self.command("EVALSHA", &self.script.digest)
    }

    /// The command that brings the script along; the server keeps it.
    pub(super) fn by_text(&self) -> Cmd {
        self.command("EVAL", self.script.text)
    }

    fn command(&self, verb: &str, script: &str) -> Cmd {
        let mut command = redis::cmd(verb);
        command.arg(script).arg(self.keys.len()).arg(&self.keys);
        for arg in &self.args {
            command.arg(*arg);
        }
        command
    }
}
