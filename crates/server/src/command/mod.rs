//! The command line: one file for each command.
//!
//! What a command has to say goes to standard output; what went wrong is one line on standard error and exit code 1
//! (2 when the command line itself was not understood).

/// Says a line on standard output. In place of `println!`, which panics where nobody reads any more, in the middle of what a command
/// does perhaps.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::command::say(format_args!($($words)*))
    };
}

mod backup;
mod check_config;
mod confirmation;
mod doctor;
mod error;
mod keys;
mod migrate;
mod move_to;
mod restore;
mod serve;
pub mod tenant;
pub mod user;

pub use error::Error;

use crate::config::Settings;
#[cfg(feature = "demo")]
use crate::demo;
use crate::platform::request::Request;
use crate::platform::{Clock, Entropy, tls};
use crate::{Server, StartError};
use clap::{Args, Parser, Subcommand};
use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Guests of other organisations in your apps, under your rules.
#[derive(Debug, Parser)]
#[command(name = "vestibule", version, about)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests until told to stop.
    Serve(Configured),
    /// Bring the database to the schema this version needs.
    Migrate(Configured),
    /// Read the configuration and every file it names, and say what is wrong with them.
    CheckConfig(Configured),
    /// Examine everything around the server, from the keys to the sender's DNS records, and say what to do.
    Doctor(doctor::Options),
    /// Write everything but the master key into a new file, while the server serves.
    Backup(backup::Options),
    /// Put a backup in place, while no server runs. What was open then is void; asks first.
    Restore(restore::Options),
    /// Copy everything into an empty database of either engine, while no server runs.
    Move(move_to::Options),
    /// The master key, and the keys that tokens are signed with.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Organisations.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Members of an organisation.
    #[command(subcommand)]
    User(user::Command),
    /// Try everything: two organisations, people, apps and a mailbox, in one process and one directory.
    #[cfg(feature = "demo")]
    Demo(demo::Options),
}

/// A command that needs the configuration.
#[derive(Debug, Args)]
struct Configured {
    /// The configuration file; every setting may also come from the environment (`VESTIBULE_MAIL__RELAY`).
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Configured {
    fn settings(&self) -> Result<Settings, Error> {
        Ok(Settings::load(&self.config).map_err(StartError::from)?)
    }

    /// The server of this configuration, with nothing listening yet.
    async fn open(&self) -> Result<Arc<Server>, Error> {
        Ok(Server::open(self.settings()?, Clock::system(), Entropy::system()).await?)
    }
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    tls::install_provider();
    let command = CommandLine::parse().command;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&Error::Runtime(error)),
    };
    let work = Request::of_our_own(&Entropy::system()).scope(command.run());
    match runtime.block_on(work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

impl Command {
    async fn run(self) -> Result<(), Error> {
        match self {
            Self::Serve(configured) => serve::run(&configured).await,
            Self::Migrate(configured) => migrate::run(&configured).await,
            Self::CheckConfig(configured) => check_config::run(&configured).await,
            Self::Doctor(options) => doctor::run(&options).await,
            Self::Backup(options) => backup::run(&options).await,
            Self::Restore(options) => restore::run(&options).await,
            Self::Move(options) => move_to::run(&options).await,
            Self::Keys(command) => keys::run(&command).await,
            Self::Tenant(command) => tenant::run(&command).await,
            Self::User(command) => user::run(&command).await,
            #[cfg(feature = "demo")]
            Self::Demo(options) => demo::run(&options).await,
        }
    }
}

fn fail(error: &Error) -> ExitCode {
    // Some drivers explain themselves over several lines; a log that is read line by line gets one.
    let line = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    complain(&line);
    ExitCode::FAILURE
}

/// Says a line on standard output; what cannot be said ends nothing that is being done.
pub(crate) fn say(line: fmt::Arguments<'_>) {
    let said = writeln!(io::stdout(), "{line}");
    if let Some(complaint) = said.err().as_ref().and_then(complaint) {
        complain(&complaint);
    }
}

/// What is wrong with standard output; nothing where only nobody reads any more, as behind `| head`.
fn complaint(problem: &io::Error) -> Option<String> {
    (problem.kind() != io::ErrorKind::BrokenPipe).then(|| format!("standard output: {problem}"))
}

fn complain(line: &str) {
    // Where this cannot be written either, nobody is left to be told.
    let _ = writeln!(io::stderr(), "vestibule: {line}");
}

#[cfg(test)]
mod tests {
    use super::{CommandLine, complaint};
    use clap::CommandFactory as _;
    use std::io;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn that_nobody_reads_any_more_is_no_complaint() {
        assert_eq!(complaint(&io::ErrorKind::BrokenPipe.into()), None);
        let full = complaint(&io::ErrorKind::StorageFull.into()).expect("a complaint");
        assert!(full.starts_with("standard output: "), "{full}");
    }
}
