//! cargo-deny over the dependency tree: licences, banned crates, sources, and known vulnerabilities.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tiers::Note;
use crate::{Outcome, command, workspace};

/// The pinned version, built from source at first use (about four minutes on two cores).
const VERSION: &str = "0.20.2";

/// Licences, bans and sources need no network. The vulnerability database does: when it cannot be fetched
/// and no copy is on disk, the result says so instead of failing a change that has nothing to do with it.
pub fn run() -> Outcome<Note> {
    let program = program()?;
    command::run(deny(&program).args(["licenses", "bans", "sources"]))?;
    match command::output(deny(&program).arg("advisories")) {
        Ok(_) => Ok(None),
        Err(error) if cannot_fetch(&error) => Ok(Some("advisories NOT checked: database unreachable".to_owned())),
        Err(error) => Err(error),
    }
}

fn cannot_fetch(error: &str) -> bool {
    error.contains("failed to fetch advisory database")
}

fn deny(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root()).args([
        "--locked",
        "--log-level",
        "error",
        "check",
        "--hide-inclusion-graph",
    ]);
    command
}

/// The developer's own cargo-deny, or ours below `target/tools`.
fn program() -> Outcome<PathBuf> {
    if command::exists("cargo-deny") {
        return Ok(PathBuf::from("cargo-deny"));
    }
    let tools = workspace::tools()?;
    let program = tools.join("bin/cargo-deny");
    if !program.is_file() {
        println!("    building cargo-deny {VERSION} once; this takes some minutes");
        let mut install = command::cargo();
        install.args(["install", "cargo-deny", "--locked", "--version", VERSION]).arg("--root").arg(&tools);
        command::run(&mut install)?;
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unreachable_database_is_forgiven() {
        assert!(cannot_fetch("[ERROR] failed to fetch advisory database x with cli"));
        assert!(!cannot_fetch("error[vulnerability]: Marvin Attack"));
    }
}
