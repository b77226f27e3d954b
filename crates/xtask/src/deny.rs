//! cargo-deny over the dependency tree: licences, banned crates, sources, and known vulnerabilities.

use std::path::Path;
use std::process::Command;

use crate::tiers::Note;
use crate::tool::Tool;
use crate::{Outcome, command, workspace};

/// About four minutes on two cores when it is built.
const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

/// Licences, bans and sources need no network. The vulnerability database does: when it cannot be fetched
/// and no copy is on disk, the result says so instead of failing a change that has nothing to do with it.
pub fn run() -> Outcome<Note> {
    let program = CARGO_DENY.program()?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unreachable_database_is_forgiven() {
        assert!(cannot_fetch("[ERROR] failed to fetch advisory database x with cli"));
        assert!(!cannot_fetch("error[vulnerability]: Marvin Attack"));
    }
}
