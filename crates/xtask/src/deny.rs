//! cargo-deny over the dependency tree: licences, banned crates, sources, and known vulnerabilities.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tiers::Note;
use crate::tool::Tool;
use crate::{Outcome, command, workspace};

static CARGO_DENY: Tool = Tool::new("cargo-deny", "0.20.2");

/// The program that checks.
pub fn program() -> Outcome<PathBuf> {
    CARGO_DENY.program()
}

/// The dependency trees: that of everything that ships or tests, and that of the fuzz targets, which are a workspace of their own.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "fuzz/Cargo.toml"];

/// Set to `1` for a release: then vulnerabilities that cannot be looked up fail the tier.
const DEMANDED: &str = "VESTIBULE_REQUIRE_ADVISORIES";

/// Licences, bans and sources need no network. The vulnerability database does: when it cannot be fetched
/// and no copy is on disk, the result says so instead of failing a change that has nothing to do with it, unless it is
/// demanded.
pub fn run() -> Outcome<Note> {
    let program = program()?;
    for manifest in MANIFESTS {
        command::run(deny(&program, manifest).args(["licenses", "bans", "sources"]))?;
    }
    for manifest in MANIFESTS {
        if let Err(error) = command::output(deny(&program, manifest).arg("advisories")) {
            // A database that is away for one tree is away for the other.
            return unchecked(error, std::env::var(DEMANDED).is_ok_and(|value| value == "1"));
        }
    }
    Ok(None)
}

/// What it means that the advisories could not be checked, or were and told of something.
fn unchecked(error: String, is_demanded: bool) -> Outcome<Note> {
    match (cannot_fetch(&error), is_demanded) {
        (true, false) => Ok(Some("advisories NOT checked: database unreachable".to_owned())),
        (true, true) => Err(format!("advisories not checked, and {DEMANDED} demands it: {error}")),
        (false, _) => Err(error),
    }
}

fn cannot_fetch(error: &str) -> bool {
    error.contains("failed to fetch advisory database")
}

/// cargo-deny for one dependency tree; what it may contain stands in `deny.toml` for all of them.
fn deny(program: &Path, manifest: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root()).args([
        "--locked",
        "--log-level",
        "error",
        "--manifest-path",
        manifest,
        "check",
        "--hide-inclusion-graph",
    ]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x11_no_crate_of_ours_may_hold_unsafe_code() {
        let root = workspace::root();
        let manifest = |path: &str| std::fs::read_to_string(root.join(path).join("Cargo.toml")).unwrap();
        // Forbidden and not denied: what is denied can be expected in one place.
        assert!(manifest(".").contains("[workspace.lints.rust]\nunsafe_code = \"forbid\""));
        assert!(manifest("fuzz").contains("[lints.rust]\nunsafe_code = \"forbid\""));
        let crates = std::fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
        let crates: Vec<_> = crates.map(|path| path.display().to_string()).collect();
        assert!(crates.len() > 5);
        for member in crates.iter().map(String::as_str).chain(["bench", "e2e"]) {
            assert!(manifest(member).contains("[lints]\nworkspace = true"), "{member} is held to no lint");
        }
    }

    #[test]
    fn only_an_unreachable_database_is_forgiven() {
        assert!(cannot_fetch("[ERROR] failed to fetch advisory database x with cli"));
        assert!(!cannot_fetch("error[vulnerability]: Marvin Attack"));
    }

    #[test]
    fn x11_a_release_does_without_no_advisory() {
        let (away, found) = ("failed to fetch advisory database", "error[vulnerability]: Marvin Attack");
        assert!(unchecked(away.to_owned(), false).is_ok_and(|note| note.is_some()));
        assert!(unchecked(away.to_owned(), true).is_err());
        assert!(unchecked(found.to_owned(), false).is_err());
    }
}
