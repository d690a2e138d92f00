//! The command line: from arguments to one of the program's actions, from its outcome to an exit code.
//! It must not know how an action is done.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::fs::File;
use std::io::{BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use clap::{Args as _, Parser, Subcommand};
use engawa_domain::record::Edition;
use engawa_protocol::command::ErasedTexts;
use tokio_util::sync::CancellationToken;

use crate::auth::{KeyRing, KeySource};
use crate::backup::run::{export_log, export_record, import_log, list_meetings};
use crate::certificates::run::{delete_meeting, erase_person, list_certificates, list_people};
use crate::config::{Config, RawConfig, SECRET_FIELDS, example_toml, print_toml, unknown_env_names};
use crate::net::{Certificate, Drained};
use crate::observe::init_logging;
use crate::rehearsal::{RehearsalLinks, rehearse};
use crate::replay::{ReplayError, replay};
use crate::run::{Ready, RunError};
use crate::series::run::{FollowArgs, follow_meeting};
use crate::serve::shut_down_on_signal;
use crate::store::{StoreError, StoreMeasurement, StoreSpeed, measure_store};
use crate::vote_file::{self, VOTE_FILE_BYTES_MAX};
use crate::ways_in::{self, WaysInAction};

const FILE_ENV: &str = "ENGAWA_CONFIG_FILE";

/// Exit code for something that failed while running.
const FAILED: u8 = 1;
/// Exit code for arguments or settings that cannot be used; the same that clap uses.
const UNUSABLE: u8 = 2;

/// Engawa (縁側): a real-time server for facilitated dialogue.
#[derive(Debug, Parser)]
#[command(name = "engawa", version, max_term_width = 100)]
struct Cli {
    /// A TOML file with settings. Command line and environment go before it.
    #[arg(long, env = FILE_ENV, value_name = "FILE", global = true)]
    config_file: Option<OsString>,
    #[command(flatten)]
    settings: RawConfig,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Run the server (what happens if no action is named).
    Serve,
    /// Run the server with a meeting that is ready to be tried, and print a link per role.
    Rehearse,
    /// Apply a log of JSON lines and print the digest of the state after each entry.
    Replay {
        /// The log, as `GET /api/meetings/{meeting}/log` gives it.
        log: PathBuf,
    },
    /// List the meetings of the store: id, last entry, time of it (UTC, milliseconds since 1970).
    ListMeetings,
    /// Write a meeting to a file, for a backup or to move it to another store.
    ///
    /// The file is readable by its owner alone and holds everything: names, notes, and, while a vote is open, who voted for
    /// what. Once the vote has closed nothing of that is in it. With `store = "redis"` this works while servers run. The
    /// store of a single server that runs is locked: ask that server instead (`GET /api/meetings/MEETING/backup` with the
    /// operator's key).
    ExportLog {
        /// The meeting's id.
        meeting: uuid::Uuid,
        /// The file to write; it must not be there yet.
        file: PathBuf,
    },
    /// Take a meeting from a file that `export-log` wrote, from whichever store.
    ///
    /// Everything is checked before anything is changed. Whoever has the meeting open loads it anew; links keep working where
    /// the servers have the same token key. With `store = "redis"` this works while servers run; a single server has to be
    /// stopped for it.
    ImportLog {
        /// The file.
        file: PathBuf,
        /// If the meeting is there already, put it back to what the file holds. Everything since is lost.
        #[arg(long)]
        replace: bool,
    },
    /// Delete a meeting and everything in it for good, and print the certificate that remains.
    ///
    /// With `store = "redis"` this works while servers run, and people are sent away. The store of a single server that runs is
    /// locked: ask that server instead (`DELETE /api/meetings/MEETING` with the operator's key).
    DeleteMeeting {
        /// The meeting's id.
        meeting: uuid::Uuid,
    },
    /// List the people of a meeting: number, role, team, name.
    ListPeople {
        /// The meeting's id.
        meeting: uuid::Uuid,
    },
    /// Take one person's data out of a meeting for good, its log included, and print the certificate.
    ///
    /// Name, address, links, places, marks and all that tells who did what go in any case; what they wrote goes too, or with
    /// `--keep-texts` stays without an author. It cannot be undone, and does not reach files that were taken from the meeting
    /// before, or backups. With `store = "redis"` this works while servers run. The store of a single server that runs is
    /// locked: ask that server instead (`DELETE /api/meetings/MEETING/people/NUMBER?texts=removed` with the operator's key).
    ErasePerson {
        /// The meeting's id.
        meeting: uuid::Uuid,
        /// The person's number, as `list-people` prints it.
        person: u32,
        /// Leave what they wrote, without an author.
        #[arg(long)]
        keep_texts: bool,
    },
    /// Print the certificates of deleted meetings that are kept in the data folder.
    ListCertificates,
    /// Write the record of a meeting to a file: notes, rooms, posters, the vote, everything that its coordinator may read.
    ///
    /// The file's ending says which: `.zip` (everything), `.xlsx`, `.md` or `.html`. Without `--named` no name of the roster is
    /// in it. With `store = "redis"` this works while servers run; from a single server that runs, coordinators take it in
    /// the browser.
    ExportRecord {
        /// The meeting's id.
        meeting: uuid::Uuid,
        /// The file to write; it must not be there yet.
        file: PathBuf,
        /// With people's names.
        #[arg(long)]
        named: bool,
    },
    #[command(flatten)]
    WaysIn(WaysInAction),
    /// Let a meeting take over from an earlier one of its study group: roster, posters, who sat with whom, the pulse.
    ///
    /// Prints what came as JSON, or with `--preview` what would come. Nobody is removed, posters that are there stay unless
    /// `--replace-posters` is given, and taking over again adds what is missing. With `store = "redis"` this works while
    /// servers run. The store of a single server that runs is locked: ask that server instead
    /// (`POST /api/meetings/MEETING/follow` with the operator's key).
    FollowMeeting(FollowArgs),
    /// Check a vote's file and count it again: exit code 0 if it is as it was written, 1 if it was altered, 2 if it cannot
    /// be read. Needs no server and no settings.
    VerifyVote {
        /// The file.
        file: PathBuf,
        /// The hash that was shown when the vote closed: with it even a file that was written anew is found.
        #[arg(long, value_name = "HASH")]
        published_hash: Option<String>,
    },
    /// Measure how fast the data folder's disk makes batches durable, and print entries per second and times as JSON.
    ///
    /// It writes into a scratch folder in there, which is gone afterwards, as the embedded store does. A disk on which a
    /// batch takes longer than 20 ms will be felt.
    MeasureStore {
        /// Logs that are written at the same time.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
        logs: u16,
        /// Entries in a batch.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
        batch: u16,
        /// Bytes of an entry.
        #[arg(long, default_value_t = 350, value_parser = clap::value_parser!(u32).range(1..=65_536))]
        bytes: u32,
        /// Seconds.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=600))]
        seconds: u16,
    },
    /// Check the settings and say what is wrong with them; changes nothing.
    CheckConfig,
    /// Print the settings in effect, with secrets masked.
    PrintConfig,
    /// Print an example file with every setting.
    ExampleConfig,
    /// Make a new key for signing links; links of the key before it keep working until the next time.
    /// Takes effect when the server starts again.
    RotateKeys,
}

/// Something that ends the program: a sentence for the operator and the exit code.
struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    fn unusable(message: impl Display) -> Self {
        Self { code: UNUSABLE, message: message.to_string() }
    }

    fn failed(message: impl Display) -> Self {
        Self { code: FAILED, message: message.to_string() }
    }
}

/// Runs the program: 0 if all went well, 1 if something failed, 2 if arguments or settings cannot be used.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too, with exit code 0.
            let _closed_pipe = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(UNUSABLE));
        }
    };
    // Variables that are not Unicode are none of ours.
    let env = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    match act(cli, &env.collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            for line in failure.message.lines() {
                eprintln!("engawa: {line}");
            }
            ExitCode::from(failure.code)
        }
    }
}

fn act(cli: Cli, env: &BTreeMap<String, String>) -> Result<(), Failure> {
    let action = cli.action.unwrap_or(Action::Serve);
    if matches!(action, Action::ExampleConfig) {
        return print(&example_toml());
    }
    if let Action::VerifyVote { file, published_hash } = &action {
        return verify_vote(file, published_hash.as_deref());
    }
    if let Action::Replay { log } = &action {
        return replay_file(log);
    }
    let (config, warnings) = load_config(cli.settings, cli.config_file, env)?;
    match action {
        Action::Serve => serve(config, &warnings, false),
        Action::Rehearse => serve(config, &warnings, true),
        Action::CheckConfig => {
            let mut warnings = warnings;
            if let Some(files) = &config.tls {
                let certificate = Certificate::read(files).map_err(Failure::unusable)?;
                warnings.extend(certificate.warnings(config.public_url.host(), SystemTime::now()));
            }
            let text: String = warnings.iter().map(|warning| format!("warning: {warning}\n")).collect();
            print(&format!("{text}the settings are good\n"))
        }
        Action::MeasureStore { logs, batch, bytes, seconds } => {
            let wanted = StoreMeasurement {
                logs,
                batch: usize::from(batch),
                entry_bytes: bytes as usize,
                time: Duration::from_secs(u64::from(seconds)),
            };
            print(&measured(measure_store(&config.data_dir, wanted))?)
        }
        Action::PrintConfig => print(&print_toml(&config)),
        Action::RotateKeys => rotate_keys(&config),
        Action::ListMeetings => print(&run_on_store(list_meetings(&config))?),
        Action::DeleteMeeting { meeting } => {
            print(&run_on_store(delete_meeting(&config, engawa_protocol::MeetingId(meeting)))?)
        }
        Action::ListPeople { meeting } => {
            print(&run_on_store(list_people(&config, engawa_protocol::MeetingId(meeting)))?)
        }
        Action::ErasePerson { meeting, person, keep_texts } => {
            let texts = if keep_texts { ErasedTexts::Kept } else { ErasedTexts::Removed };
            let (meeting, person) = (engawa_protocol::MeetingId(meeting), engawa_protocol::PersonId(person));
            print(&run_on_store(erase_person(&config, meeting, person, texts))?)
        }
        Action::FollowMeeting(args) => print(&run_on_store(follow_meeting(&config, &args))?),
        Action::ListCertificates => print(&run_on_store(list_certificates(&config))?),
        Action::ExportLog { meeting, file } => {
            print(&run_on_store(export_log(&config, engawa_protocol::MeetingId(meeting), &file))?)
        }
        Action::ImportLog { file, replace } => print(&run_on_store(import_log(&config, &file, replace))?),
        Action::ExportRecord { meeting, file, named } => {
            let edition = if named { Edition::Named } else { Edition::Nameless };
            let meeting = engawa_protocol::MeetingId(meeting);
            print(&run_on_store(export_record(&config, meeting, &file, edition))?)
        }
        Action::WaysIn(action) => print(&run_on_store(ways_in::act(&config, action))?),
        Action::ExampleConfig | Action::Replay { .. } | Action::VerifyVote { .. } => Ok(()),
    }
}

/// The settings from all three places, and what is to be said about them.
fn load_config(
    flags_and_env: RawConfig,
    file: Option<OsString>,
    env: &BTreeMap<String, String>,
) -> Result<(Config, Vec<String>), Failure> {
    let raw = flags_and_env.without_empty().with_secrets_from(env);
    let raw = match file.filter(|path| !path.is_empty()).map(PathBuf::from) {
        Some(path) => raw.over(RawConfig::from_file(&path).map_err(Failure::unusable)?),
        None => raw,
    };
    let config = raw.validate().map_err(Failure::unusable)?;
    let mut warnings = config.warnings();
    for name in unknown_env_names(env, &known_env_names()) {
        warnings.push(format!("{name}: no setting has this name, so it is not used"));
    }
    Ok((config, warnings))
}

fn known_env_names() -> Vec<String> {
    let command = RawConfig::augment_args(clap::Command::new("engawa"));
    let flags = command.get_arguments().filter_map(|arg| Some(arg.get_env()?.to_str()?.to_owned()));
    let secrets = SECRET_FIELDS.iter().map(|field| field.env.to_owned());
    flags.chain(secrets).chain([FILE_ENV.to_owned()]).collect()
}

fn rotate_keys(config: &Config) -> Result<(), Failure> {
    match &config.token_keys {
        KeySource::DataFolder(folder) => {
            KeyRing::rotate(folder).map_err(Failure::failed)?;
            print("a new key signs links from the next start on; links of the key before it keep working\n")
        }
        KeySource::Given(_) => Err(Failure::unusable(
            "token_key: is given by the settings; change it there and put the old one into token_key_previous",
        )),
    }
}

/// Runs a measurement; its outcome as a line of JSON.
fn measured(work: impl Future<Output = Result<StoreSpeed, StoreError>>) -> Result<String, Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::failed)?;
    let speed = runtime.block_on(work).map_err(Failure::failed)?;
    Ok(serde_json::to_string(&speed).map_err(Failure::failed)? + "\n")
}

/// Runs what needs a store and no server.
fn run_on_store<E: Display>(work: impl Future<Output = Result<String, E>>) -> Result<String, Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::failed)?;
    runtime.block_on(work).map_err(Failure::failed)
}

fn serve(config: Config, warnings: &[String], rehearsing: bool) -> Result<(), Failure> {
    init_logging(config.log_format, &config.log_filter).map_err(Failure::unusable)?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::failed)?;
    runtime.block_on(async {
        let shutdown = CancellationToken::new();
        shut_down_on_signal(shutdown.clone()).map_err(Failure::failed)?;
        let ready = Ready::prepare(config).await.map_err(Failure::failed)?;
        let node = ready.node();
        let address = node.address().map_err(Failure::failed)?;
        let public_url = node.config().public_url.clone();
        let internal_address = node.internal_address().map_err(Failure::failed)?;
        tracing::info!(%public_url, %address, %internal_address, version = env!("CARGO_PKG_VERSION"), "serving");
        if rehearsing {
            let (state, data_dir) = (ready.state().clone(), node.config().data_dir.clone());
            let served = tokio::spawn(ready.serve(shutdown.clone()));
            match rehearse(&state, &data_dir).await {
                Ok(links) => print(&rehearsal_text(&links))?,
                Err(error) => {
                    shutdown.cancel();
                    let _first_failure_counts = served.await;
                    return Err(Failure::failed(error));
                }
            }
            return ended(served.await.map_err(Failure::failed)?);
        }
        ended(ready.serve(shutdown).await)
    })
}

fn ended(outcome: Result<Drained, RunError>) -> Result<(), Failure> {
    let drained = outcome.map_err(Failure::failed)?;
    tracing::info!(left_open = drained.left_open, "stopped");
    Ok(())
}

fn rehearsal_text(rehearsal: &RehearsalLinks) -> String {
    let mut text =
        String::from("\nリハーサル用のミーティングができました。A meeting is ready to be tried:\n\n");
    for (whose, link) in &rehearsal.links {
        text.push_str(&format!("  {whose}\n    {link}\n"));
    }
    text.push_str(&format!("\n  参加コード (code to read out): {}\n\n", rehearsal.short_code));
    text
}

fn replay_file(path: &Path) -> Result<(), Failure> {
    let file = File::open(path).map_err(|error| Failure::unusable(format!("{}: {error}", path.display())))?;
    match replay(BufReader::new(file), &mut std::io::stdout().lock()) {
        Err(ReplayError::Io(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(Failure::failed),
    }
}

/// Counts a vote's file and prints what it comes to.
fn verify_vote(path: &Path, published_hash: Option<&str>) -> Result<(), Failure> {
    let unusable = |problem: &dyn Display| Failure::unusable(format!("{}: {problem}", path.display()));
    let mut text = String::new();
    let file = File::open(path).map_err(|error| unusable(&error))?;
    file.take(VOTE_FILE_BYTES_MAX).read_to_string(&mut text).map_err(|error| unusable(&error))?;
    let file = vote_file::read(&text).map_err(|error| unusable(&error))?;
    let count = vote_file::verify(&file, published_hash)
        .map_err(|fault| Failure::failed(format!("ALTERED: {fault}")))?;
    let mut told =
        format!("the file is as it was written: {} ballots, {} choices\n", count.ballots, count.choices);
    for (place, votes, poster) in &file.places {
        told.push_str(&format!("  place {place}: poster {poster}, {votes} votes\n"));
    }
    told.push_str(&format!("last hash: {}\n", file.last_hash));
    if published_hash.is_none() {
        told.push_str("compare it with the hash that was shown when the vote closed, or give that as --published-hash\n");
    }
    print(&told)
}

fn print(text: &str) -> Result<(), Failure> {
    // A reader that went away (`| head`) is no failure.
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::failed(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
