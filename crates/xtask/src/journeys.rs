//! The journeys of `e2e`: the server they go through, their test programs, and the ports they may take.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

use crate::{Outcome, command, workspace};

/// Hands the program under test to the journeys. Set by hand, nothing is built.
const BINARY_VARIABLE: &str = "VESTIBULE_BIN";

/// Tells the journeys which ports they may take, from and to.
const PORTS_VARIABLE: &str = "VESTIBULE_PORTS";

/// The first port of the first journeys.
const FIRST_PORT: u16 = 20_000;

/// How many each of them may take.
const PORTS: u16 = 1_000;

/// How often that fits below the ports of clients, which begin at 32,768 on Linux.
const RANGES: u16 = 12;

/// What is tested besides the default features.
const FEATURES: &str = "vestibule/acme";

/// A command of cargo for everything in the workspace but the journeys, and with the features that are tested.
pub fn everything_else(word: &str) -> Command {
    let mut cargo = command::cargo();
    cargo.args([word, "--workspace", "--exclude", "e2e", "--locked", "--features", FEATURES]);
    cargo
}

/// The server under test: the one of `VESTIBULE_BIN`, or built here, once in a run.
///
/// The packages, targets and features are those of the unit tier, whose tests are compiled with it. Any other selection
/// unifies features differently, and the server with half of its dependencies would be compiled a second time.
pub fn server() -> Outcome<PathBuf> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if let Some(program) = std::env::var_os(BINARY_VARIABLE) {
        return Ok(program.into());
    }
    if let Some(program) = BUILT.get() {
        return Ok(program.clone());
    }
    command::run(everything_else("build").arg("--all-targets"))?;
    let program = workspace::target_directory()?.join("debug/vestibule");
    Ok(BUILT.get_or_init(|| program).clone())
}

/// Runs test programs of `e2e` against the server. One test at a time, because something else may run beside this: two
/// browsers and two servers are enough for two cores.
pub fn run(programs: &[&str], environment: &[(&str, PathBuf)]) -> Outcome {
    let server = server()?;
    let target = workspace::target_directory()?;
    let mut cargo = tests_of(programs);
    cargo
        .args(["--", "--test-threads=1", "--nocapture"])
        .env("VESTIBULE_SCREENSHOTS", target.join("screenshots"))
        .env(PORTS_VARIABLE, ports())
        .env(BINARY_VARIABLE, server)
        .envs(environment.iter().map(|(name, value)| (name, value)));
    command::run(&mut cargo)
}

/// Compiles test programs of `e2e`.
pub fn compile(programs: &[&str]) -> Outcome {
    command::run(tests_of(programs).arg("--no-run"))
}

/// Compiles test programs of `e2e` and runs them.
///
/// They are picked by their names from the whole workspace, which compiles nothing else of it. Picked from `e2e` alone, most
/// of their dependencies would lack a feature that the server's have, and be compiled a second time. The other way round,
/// the server is compiled without `e2e`: WebDriver's client has JSON keep the order of its members, and nobody else may.
fn tests_of(programs: &[&str]) -> Command {
    let mut cargo = command::cargo();
    cargo
        .args(["test", "--workspace", "--locked", "--no-fail-fast", "--features", FEATURES])
        .args(programs.iter().flat_map(|program| ["--test", program]));
    cargo
}

/// Ports that no other journeys of this run take: a port that was found to be free is taken a moment later. They lie
/// below the range from which clients get theirs.
fn ports() -> String {
    static RUNS: AtomicU16 = AtomicU16::new(0);
    let first = FIRST_PORT + (RUNS.fetch_add(1, Ordering::Relaxed) % RANGES) * PORTS;
    format!("{first}-{}", first + PORTS - 1)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::tiers::Tier;

    #[test]
    fn journeys_beside_each_other_take_different_ports() {
        let (one, other) = (ports(), ports());
        assert_ne!(one, other);
        let (first, last) = one.split_once('-').expect("from and to");
        let (first, last): (u16, u16) = (first.parse().expect("a port"), last.parse().expect("a port"));
        assert!(first >= FIRST_PORT && last < 32_768 && last - first + 1 == PORTS, "{one}");
    }

    /// The test programs in a folder: its files, and the folders in it that have a `main.rs`.
    fn programs_in(folder: &Path) -> Vec<String> {
        let paths = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
        let programs =
            paths.filter(|path| path.extension().is_some_and(|end| end == "rs") || path.join("main.rs").is_file());
        programs.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn every_journey_is_run_once_and_no_other_test_has_its_name() {
        let root = workspace::root();
        let mut journeys = programs_in(&root.join("e2e/tests"));
        let parts = Tier::ALL.into_iter().flat_map(Tier::parts);
        let mut run: Vec<String> = parts.flat_map(|part| part.programs).map(|&name| name.to_owned()).collect();
        journeys.sort();
        run.sort();
        assert_eq!(run, journeys);
        let crates =
            std::fs::read_dir(root.join("crates")).expect("the crates").map(|entry| entry.expect("one").path());
        for folder in crates.chain([root.join("bench")]) {
            let others = programs_in(&folder.join("tests"));
            assert!(others.iter().all(|other| !journeys.contains(other)), "{}: {others:?}", folder.display());
        }
    }
}
