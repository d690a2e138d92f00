//! The `engawa` binary: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    engawa_server::cli::run(std::env::args_os())
}
