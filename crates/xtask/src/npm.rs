//! What the tests take from npm: axe-core, the accessibility checker, and Microsoft's client library for browsers.

use std::path::PathBuf;
use std::process::Command;

use crate::turn::Turn;
use crate::{Outcome, command, packages, workspace};

static INSTALLING: Turn = Turn::new("what comes from npm");

/// The pinned version: a new one may know new rules and then belongs in a change of its own.
const AXE: &str = "axe-core@4.14.1";

/// Two majors of MSAL.js, which bring the answer from the popup to the app in different ways: the app of today, and
/// most of those that exist.
const MSAL: &[&str] =
    &["msal-browser-5@npm:@azure/msal-browser@5.30.0", "msal-browser-4@npm:@azure/msal-browser@4.30.0"];

/// The script of axe to run in a page.
pub fn axe() -> Outcome<PathBuf> {
    Ok(modules("axe", &[AXE])?.join("axe-core/axe.min.js"))
}

/// The folder that holds `msal-browser-5` and `msal-browser-4`.
pub fn msal() -> Outcome<PathBuf> {
    modules("msal", MSAL)
}

/// The `node_modules` of a folder in `target/tools` with these packages, installed at first use and when they change.
fn modules(name: &str, wanted: &[&str]) -> Outcome<PathBuf> {
    let _turn = INSTALLING.take();
    let folder = workspace::tools()?.join(name);
    let modules = folder.join("node_modules");
    let stamp = folder.join("installed");
    let wished = wanted.join("\n");
    if modules.is_dir() && std::fs::read_to_string(&stamp).is_ok_and(|text| text == wished) {
        return Ok(modules);
    }
    packages::ensure(&[packages::NPM])?;
    std::fs::create_dir_all(&folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).arg("--prefix").arg(&folder).args(wanted);
    command::run(&mut npm)?;
    std::fs::write(&stamp, wished).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
    Ok(modules)
}
