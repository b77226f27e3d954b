//! Developer and CI commands: `cargo xtask test`, `check`, `bench`, `crash`, `fuzz`, `postgres`.
//!
//! `test` is everything CI runs; `.ci/run` calls it and nothing else. The crate depends on `serde_json` alone, so that
//! the command starts within seconds on a machine that has built nothing yet.

mod bench;
mod beside;
mod check;
mod command;
mod coverage;
mod crash;
mod delivery;
mod deny;
mod fuzz;
mod journeys;
mod memory;
mod npm;
mod openapi;
mod output;
mod package;
mod packages;
mod pages;
mod postgres;
mod preparation;
mod python;
mod routes;
mod schedule;
mod selection;
mod source;
mod tiers;
mod tool;
mod turn;
mod workspace;

use std::process::ExitCode;

/// What every step answers: nothing, or one text that says what to repair.
type Outcome<T = ()> = Result<T, String>;

const USAGE: &str = "\
usage: cargo xtask <command>

  test [--only TIER,..] [--skip TIER,..]
            everything CI runs; VESTIBULE_SKIP=TIER,.. switches tiers off as well
  fuzz [--seconds N] [TARGET ..]
            the parsers under libFuzzer, N seconds each (60), all of them when none is named
  check     format, lints, documentation links, architecture rules, licences
  coverage [--write]
            which calls and properties of Microsoft Graph are served; --write puts it into docs/graph-coverage.md
  openapi [--write]
            the document that describes the API; --write puts it into the server's sources
  bench [timing] [--only NAME] [--engine sqlite|postgres] [--runs N] [--seconds N] [--guests N] [--samples N] [--write]
            throughput and latency under load, or whether answers about the known and the unknown take different
            times; --write puts the table into docs/performance.md, --packaged measures the program as packages hold it
  bench counts [--only NAME] [--engine ..] [--runs N] [--pieces N] [--guests N] [--functions] [--write]
            how many instructions the server executes for one piece of work, by Valgrind; --functions names the ten
            functions that execute the most
  bench soak [--minutes N] [--rate N] [--full-speed] [--engine sqlite|postgres] [--write]
            an hour of everything at once: whether memory, files, the queue or latency drift; on SQLite unless named
  bench directory [--users N ..] [--organisations N] [--seed N] [--engine ..] [--only NAME] [--runs N] [--seconds N]
                  [--write]
            what 10,000 guests cost, and a million, and one guest of 2,000 organisations
  bench fill --database URL --tenant DOMAIN --users N [--seed N]
            adds guests, groups and apps to an organisation that exists, while no server runs
  bench bulk [--rows N] [--minutes N] [--engine ..] [--runs N] [--seconds N] [--write]
            what a list of a million people to invite costs: received, checked, looked at, and invited from
  bench --only NAME --profile NAME [--engine ..] [--runs N] [--seconds N]
            where the time of one scenario goes, by perf
  crash [--minutes N] [--engine sqlite|postgres] [--seed N]
            the crash test for longer, on one engine, or with the seed of a run before
  package [--binary FILE]
            the Debian package, of a finished program or of one built for it (profile dist, without the demo, with
            ACME; takes a while)
  postgres  start a throw-away PostgreSQL, print its URL, stop when stdin closes

tiers: ";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Outcome {
    let (command, rest) = arguments.split_first().ok_or_else(usage)?;
    match (command.as_str(), rest) {
        ("test", options) => {
            let skipped_by_environment = std::env::var("VESTIBULE_SKIP").unwrap_or_default();
            schedule::run(&selection::parse(options, &skipped_by_environment)?)
        }
        ("fuzz", options) => fuzz::command(options),
        ("check", []) => check::command(),
        ("coverage", options) => coverage::command(options),
        ("openapi", options) => openapi::command(options),
        ("bench", options) => bench::run(options),
        ("crash", options) => crash::command(options),
        ("package", options) => package::run(options),
        ("postgres", []) => postgres::serve_until_stdin_closes(),
        ("help" | "--help" | "-h", _) => {
            println!("{}", usage());
            Ok(())
        }
        _ => Err(usage()),
    }
}

fn usage() -> String {
    let names: Vec<&str> = tiers::Tier::ALL.iter().map(|tier| tier.name()).collect();
    format!("{USAGE}{}", names.join(", "))
}
