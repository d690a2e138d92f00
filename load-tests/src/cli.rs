//! Arguments in, exit code out.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::client::Transport;
use crate::console::Console;
use crate::cores::Cores;
use crate::http::{Address, Api};
use crate::scenario::{Scenario, Stage};
use crate::server::{Fleet, FleetPlan, ProcessUse, binary_beside};
use crate::sheet::page;
use crate::trouble::{Findings, Promise, Trouble};

/// Simulated people hold a meeting on a real server, over real sockets, and an oracle checks every screen.
///
/// Unless told otherwise it starts the server binary that lies beside it, on free loopback ports with a data folder that
/// is deleted afterwards; several nodes share a `redis-server` that it starts, too (found on PATH). The report goes to standard output, progress to standard error.
///
/// Exit codes: 0 when every promise was kept, 1 when one was broken or the scenario could not be finished, 2 when
/// nothing could be started.
#[derive(Debug, Parser)]
#[command(name = "engawa-load", version)]
struct Arguments {
    /// The server binary to start instead of the one beside this program.
    #[arg(long, value_name = "PATH", global = true, conflicts_with = "url")]
    server: Option<PathBuf>,

    /// A server that runs already, such as http://127.0.0.1:8787. The operator's key is taken from ENGAWA_ADMIN_KEY.
    #[arg(long, value_name = "URL", global = true)]
    url: Option<String>,

    /// Chance for everything simulated people do; the same seed gives the same intentions.
    #[arg(long, value_name = "NUMBER", global = true, default_value_t = 1)]
    seed: u64,

    /// Writes the report to this file too, as JSON.
    #[arg(long, value_name = "FILE", global = true)]
    json: Option<PathBuf>,

    /// Writes the report of a measuring scenario to this file too, as one page of HTML with curves that needs no other file.
    #[arg(long, value_name = "FILE", global = true)]
    html: Option<PathBuf>,

    /// How people are connected.
    #[arg(long, value_name = "KIND", global = true, default_value = "ws")]
    transport: Transport,

    /// Tells numbers that were not reached and does not fail because of them: on a machine that has other things to do.
    #[arg(long, global = true)]
    no_budgets: bool,

    /// Lets server and generator of a measuring scenario share cores.
    #[arg(long, global = true)]
    unpinned: bool,

    /// Writes the log as it was read to this file, one entry a line. It holds everybody's notes and ballots.
    #[arg(long, value_name = "FILE", global = true)]
    keep_log: Option<PathBuf>,

    /// Says nothing while running.
    #[arg(long, short, global = true)]
    quiet: bool,

    #[command(subcommand)]
    scenario: Scenario,
}

/// The program.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let mut builder = if arguments.scenario.is_measured() {
        // One core, one thread: nothing is passed from one to the other.
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    let runtime = match builder.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("engawa-load: {error}");
            return ExitCode::from(2);
        }
    };
    match runtime.block_on(play(arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("engawa-load: {trouble}");
            ExitCode::from(2)
        }
    }
}

async fn play(arguments: Arguments) -> Result<bool, Trouble> {
    let console = Console::new(arguments.quiet);
    let findings = Findings::default();
    let divides = arguments.scenario.is_measured() && !arguments.unpinned && arguments.url.is_none();
    let cores = if divides { Cores::divide() } else { None };
    let (mut fleet, api) = match (&arguments.url, arguments.scenario.fleet()) {
        (Some(url), Some(_)) => (None, running_server(url)?),
        (Some(_), None) => return Err(Trouble::Server("this scenario starts its own servers".into())),
        (None, Some(plan)) => {
            let fleet = start_fleet(&arguments, plan, cores, &console).await?;
            let api = fleet.api();
            (Some(fleet), api)
        }
        (None, None) => (None, Api::nowhere()),
    };
    let stage = Stage {
        api,
        seed: arguments.seed,
        console: console.clone(),
        findings: findings.clone(),
        keep_log: arguments.keep_log.clone(),
        transport: arguments.transport,
        judges_budgets: !arguments.no_budgets,
    };
    console.say(format!("{} with seed {}", arguments.scenario.name(), arguments.seed));
    let run = arguments.scenario.run(stage, fleet.as_mut(), arguments.server.as_deref(), cores);
    let mut report = run.await?;
    arguments.scenario.name().clone_into(&mut report.scenario);
    if let Some(fleet) = fleet {
        report.nodes = fleet.size();
        report.server = fleet.usage();
        report.load = report.load.or_else(|| ProcessUse::of(std::process::id()));
        report.redis = fleet.redis_usage();
        report.server_data_bytes = Some(fleet.data_bytes());
        let output = fleet.output();
        if !output.trim().is_empty() {
            console.say(format!("the server said:\n{}", output.trim_end()));
        }
        console.say("stopping the server");
        if let Err(trouble) = fleet.stop().await {
            findings.add(Promise::Progress, trouble.to_string());
        }
    }
    report.finish(&findings, console.elapsed_s());
    print!("{report}");
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&report)
            .map_err(|error| Trouble::Answer(format!("the report is no JSON: {error}")))?;
        std::fs::write(path, text + "\n").map_err(Trouble::io(format!("writing {}", path.display())))?;
    }
    if let (Some(path), Some(sheet)) = (&arguments.html, &report.sheet) {
        std::fs::write(path, page(&report, sheet))
            .map_err(Trouble::io(format!("writing {}", path.display())))?;
    }
    Ok(report.passed)
}

fn running_server(url: &str) -> Result<Api, Trouble> {
    let address = Address::parse(url).map_err(|why| Trouble::Server(format!("--url {url}: {why}")))?;
    let admin_key = std::env::var("ENGAWA_ADMIN_KEY").map_err(|_| {
        Trouble::Server("ENGAWA_ADMIN_KEY must hold the operator's key of that server".into())
    })?;
    Ok(Api::single(address, admin_key))
}

async fn start_fleet(
    arguments: &Arguments,
    plan: FleetPlan,
    cores: Option<Cores>,
    console: &Console,
) -> Result<Fleet, Trouble> {
    let binary = match &arguments.server {
        Some(path) => path.clone(),
        None => binary_beside()?,
    };
    let fleet = Fleet::start(&binary, plan, cores).await?;
    console.say(format!("{} serves with {} nodes, {}", binary.display(), plan.nodes, plan.keep));
    Ok(fleet)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        Arguments::command().debug_assert();
        let arguments =
            Arguments::try_parse_from(["engawa-load", "workshop", "--short", "--seed", "7"]).unwrap();
        assert_eq!(arguments.seed, 7);
        assert!(matches!(arguments.scenario, Scenario::Workshop(_)));
        assert!(
            Arguments::try_parse_from(["engawa-load", "workshop", "--server", "a", "--url", "b"]).is_err()
        );
    }
}
