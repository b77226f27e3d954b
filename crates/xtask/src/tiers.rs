//! The tiers of `cargo xtask test`, run one after the other, and the table at the end.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::selection::Choice;
use crate::{Outcome, check, command, delivery, deny, fuzz, npm, packages, pages, postgres, python, workspace};

/// Hands the program under test to the journeys. Set by hand, nothing is built.
const BINARY_VARIABLE: &str = "VESTIBULE_BIN";

/// What is tested besides the default features.
const FEATURES: &str = "vestibule/acme";

/// Something a successful tier still has to tell the reader.
pub type Note = Option<String>;

/// One part of the whole test, in the order in which they run: the quick ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Format, lints, links, architecture rules.
    Check,
    /// Dependencies: licences, sources, vulnerabilities.
    Deny,
    /// Every test in the workspace, on SQLite and PostgreSQL.
    Unit,
    /// Every parser of hostile input under libFuzzer, for a short time.
    Fuzz,
    /// The promises of the demo command.
    Demo,
    /// The program as its operator meets it, on both engines.
    Operator,
    /// Journeys in a real browser, with axe on every page.
    Browser,
    /// Mail through a real SMTP server.
    Mail,
    /// Clients written by others.
    Clients,
    /// The server killed again and again, on both engines, and two processes on one database.
    Crash,
}

impl Tier {
    /// All of them, in running order.
    pub const ALL: [Self; 10] = [
        Self::Check,
        Self::Deny,
        Self::Unit,
        Self::Fuzz,
        Self::Demo,
        Self::Operator,
        Self::Browser,
        Self::Mail,
        Self::Clients,
        Self::Crash,
    ];

    /// The name for `--only`, `--skip` and `VESTIBULE_SKIP`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Deny => "deny",
            Self::Unit => "unit",
            Self::Fuzz => "fuzz",
            Self::Demo => "demo",
            Self::Operator => "operator",
            Self::Browser => "browser",
            Self::Mail => "mail",
            Self::Clients => "clients",
            Self::Crash => "crash",
        }
    }

    fn run(self) -> Outcome<Note> {
        match self {
            Self::Check => check::run().map(|()| None),
            Self::Deny => deny::run(),
            Self::Unit => unit().map(|()| None),
            Self::Fuzz => fuzz::all_briefly().map(|()| None),
            Self::Demo => journeys(&["demo"], &[]).map(|()| None),
            Self::Operator => operator(),
            Self::Browser => browser().map(|()| None),
            Self::Mail => mail().map(|()| None),
            Self::Clients => clients().map(|()| None),
            Self::Crash => crash(&["crash", "processes"], &[]).map(|()| None),
        }
    }
}

enum End {
    Passed(Note),
    Failed(String),
    Skipped,
}

/// Runs what was chosen; a failing tier does not keep the next from running. Fails when any tier failed.
pub fn run(choices: &[Choice]) -> Outcome {
    if let Some(complaint) = postgres::complaint() {
        println!("{complaint}");
    }
    let mut rows = Vec::new();
    for (index, choice) in choices.iter().enumerate() {
        let name = choice.tier.name();
        let position = format!("[{}/{}]", index + 1, choices.len());
        if choice.skipped {
            println!("\n{position} {name}: skipped by name");
            rows.push((name, End::Skipped, Duration::ZERO));
            continue;
        }
        println!("\n{position} {name} ...");
        let started = Instant::now();
        let end = match choice.tier.run() {
            Ok(note) => End::Passed(note),
            Err(error) => End::Failed(error),
        };
        let took = started.elapsed();
        println!("{position} {name}: {} in {}", end.word(), seconds(took));
        rows.push((name, end, took));
    }
    print!("{}", table(&rows));
    let failed: Vec<&str> =
        rows.iter().filter(|(_, end, _)| matches!(end, End::Failed(_))).map(|(name, ..)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

impl End {
    fn word(&self) -> &'static str {
        match self {
            Self::Passed(_) => "passed",
            Self::Failed(_) => "FAILED",
            Self::Skipped => "skipped",
        }
    }

    fn remark(&self) -> &str {
        match self {
            Self::Passed(note) => note.as_deref().unwrap_or_default(),
            Self::Failed(error) => error.lines().next().unwrap_or_default(),
            Self::Skipped => "switched off by name",
        }
    }
}

fn table(rows: &[(&str, End, Duration)]) -> String {
    let mut text = String::from("\ntier      result   time\n");
    for (name, end, took) in rows {
        let line = format!("{name:<9} {:<8} {:>8}  {}", end.word(), seconds(*took), end.remark());
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn unit() -> Outcome {
    let mut cargo = command::cargo();
    cargo.args(["test", "--workspace", "--exclude", "e2e", "--locked", "--features", FEATURES]);
    let postgres = postgres::ForTests::find_or_start()?;
    command::run(cargo.env(postgres::URL_VARIABLE, postgres.url()))
}

fn operator() -> Outcome<Note> {
    packages::ensure(&[
        packages::POSTGRESQL_CLIENT,
        packages::DNSMASQ,
        packages::NGINX,
        packages::CADDY,
        packages::PROMETHEUS,
        packages::PEBBLE,
    ])?;
    delivery::prepare()?;
    let postgres = postgres::ForTests::find_or_start()?;
    let environment = [(postgres::URL_VARIABLE, postgres.url().into()), ("VESTIBULE_PYTHON", python::interpreter()?)];
    let programs = ["operator", "surroundings", "proxies", "acme"];
    let server = server()?;
    // What is delivered keeps the disk busy, compiling the processor. The journeys come after both: they measure time.
    let (compiled, delivered) = std::thread::scope(|scope| {
        let delivering = scope.spawn(|| delivery::try_out(&server));
        let compiled = command::run(tests_of(&programs).arg("--no-run"));
        let delivered = delivering.join().unwrap_or_else(|_| Err("trying out what is delivered panicked".to_owned()));
        (compiled, delivered)
    });
    compiled?;
    let note = delivered?;
    journeys(&programs, &environment)?;
    Ok(note)
}

fn browser() -> Outcome {
    packages::ensure(&[packages::CHROMIUM, packages::NPM])?;
    let notes = pages::notes()?;
    let environment = [("VESTIBULE_AXE", npm::axe()?), (pages::NOTES_VARIABLE, notes.clone())];
    let names =
        ["harness", "journey", "pages", "detours", "forms", "people", "editing", "consent", "inviting", "keyboard"];
    journeys(&names, &environment)?;
    pages::accept(&notes)
}

fn mail() -> Outcome {
    packages::ensure(&[packages::CHROMIUM, packages::NPM])?;
    let environment = [("VESTIBULE_PYTHON", python::interpreter()?), ("VESTIBULE_AXE", npm::axe()?)];
    journeys(&["mail"], &environment)
}

fn clients() -> Outcome {
    packages::ensure(&[packages::CHROMIUM, packages::NPM])?;
    let environment = [("VESTIBULE_PYTHON", python::interpreter()?), ("VESTIBULE_MSAL", npm::msal()?)];
    journeys(&["clients", "msal", "openapi"], &environment)
}

/// The crash test: these test programs of it, with these settings.
pub fn crash(programs: &[&str], settings: &[(&str, PathBuf)]) -> Outcome {
    packages::ensure(&[packages::POSTGRESQL_CLIENT])?;
    let postgres = postgres::ForTests::find_or_start()?;
    let own = [("VESTIBULE_PYTHON", python::interpreter()?), (postgres::URL_VARIABLE, postgres.url().into())];
    journeys(programs, &[&own, settings].concat())
}

/// The server under test: the one of `VESTIBULE_BIN`, or built here.
///
/// The packages, targets and features are those of the unit tier. Any other selection unifies features differently,
/// and the server with half of its dependencies would be compiled a second time.
fn server() -> Outcome<PathBuf> {
    if let Some(program) = std::env::var_os(BINARY_VARIABLE) {
        return Ok(program.into());
    }
    let mut cargo = command::cargo();
    cargo.args(["build", "--workspace", "--exclude", "e2e", "--all-targets", "--locked", "--features", FEATURES]);
    command::run(&mut cargo)?;
    Ok(workspace::target_directory()?.join("debug/vestibule"))
}

/// Runs test programs of `e2e`, and the tests of its own parts, against the server. One test at a time: a browser
/// and two servers are enough for two cores.
fn journeys(programs: &[&str], environment: &[(&str, PathBuf)]) -> Outcome {
    let server = server()?;
    let target = workspace::target_directory()?;
    let mut cargo = tests_of(programs);
    cargo
        .args(["--", "--test-threads=1", "--nocapture"])
        .env("VESTIBULE_SCREENSHOTS", target.join("screenshots"))
        .env(BINARY_VARIABLE, server);
    run_with(&mut cargo, environment)
}

/// Compiles test programs of `e2e` and runs them.
fn tests_of(programs: &[&str]) -> Command {
    let mut cargo = command::cargo();
    cargo
        .args(["test", "--locked", "--no-fail-fast", "--package", "e2e", "--lib"])
        .args(programs.iter().flat_map(|program| ["--test", program]));
    cargo
}

fn run_with(command: &mut Command, environment: &[(&str, PathBuf)]) -> Outcome {
    for (name, value) in environment {
        command.env(name, value);
    }
    command::run(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_tier_and_why() {
        let rows = [
            ("check", End::Passed(None), Duration::from_millis(1500)),
            ("mail", End::Failed("no chromium\nmore".to_owned()), Duration::ZERO),
            ("demo", End::Skipped, Duration::ZERO),
        ];
        let table = table(&rows);
        assert!(table.contains("check     passed      1.5 s\n"), "{table}");
        assert!(table.contains("no chromium\n"), "{table}");
        assert!(table.contains("demo      skipped"), "{table}");
    }
}
