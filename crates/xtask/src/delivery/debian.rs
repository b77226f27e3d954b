//! A Debian in a folder, as a machine or an image has it that was just set up.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::remove;
use crate::turn::Turn;
use crate::{Outcome, command, workspace};

static MAKING: Turn = Turn::new("the Debian in a folder");

/// The oldest release that the program runs on.
const RELEASE: &str = "bookworm";

/// What is in it besides the essential packages: all that ours depends on.
const INCLUDED: &str = "--include=adduser,ca-certificates";

/// The folder, made at first use and kept in `target/tools`; nothing in it is changed.
pub fn pristine() -> Outcome<PathBuf> {
    let _turn = MAKING.take();
    let root = workspace::tools()?.join("debian");
    if root.is_dir() {
        return Ok(root);
    }
    let begun = root.with_extension("begun");
    remove(&begun)?;
    command::run(Command::new("debootstrap").args(["--variant=minbase", INCLUDED, RELEASE]).arg(&begun))?;
    std::fs::rename(&begun, &root).map_err(|error| format!("{}: {error}", root.display()))?;
    Ok(root)
}

/// A copy to work in.
pub fn copy(root: &Path, to: &Path) -> Outcome {
    remove(to)?;
    command::run(Command::new("cp").args(["--archive", "--reflink=auto"]).arg(root).arg(to))
}
