//! axe-core, the accessibility checker that the browser tier runs on every page.

use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, command, packages, workspace};

/// The pinned version: a new one may know new rules and then belongs in a change of its own.
const PACKAGE: &str = "axe-core@4.14.1";

/// The script to run in a page, installed into `target/tools/axe` at first use.
pub fn script() -> Outcome<PathBuf> {
    let folder = workspace::tools()?.join("axe");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    let stamp = folder.join("installed");
    if script.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|text| text == PACKAGE) {
        return Ok(script);
    }
    packages::ensure(&[packages::NPM])?;
    std::fs::create_dir_all(&folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).arg("--prefix").arg(&folder).arg(PACKAGE);
    command::run(&mut npm)?;
    std::fs::write(&stamp, PACKAGE).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
    Ok(script)
}
