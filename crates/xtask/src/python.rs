//! The virtual environment with the independent clients and the mail server of the tests.

use std::path::PathBuf;
use std::process::Command;

use crate::turn::Turn;
use crate::{Outcome, command, packages, workspace};

static INSTALLING: Turn = Turn::new("what comes from the Python Package Index");

/// The environment's interpreter, installed into `target/tools/venv`; again when the requirements change.
pub fn interpreter() -> Outcome<PathBuf> {
    let _turn = INSTALLING.take();
    let requirements = workspace::root().join("e2e/clients/requirements.txt");
    let wanted = std::fs::read_to_string(&requirements)
        .map_err(|error| format!("cannot read {}: {error}", requirements.display()))?;
    let folder = workspace::tools()?.join("venv");
    let python = folder.join("bin/python");
    let stamp = folder.join("installed-requirements.txt");
    if python.exists() && std::fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) {
        return Ok(python);
    }
    packages::ensure(&[packages::PYTHON_VENV])?;
    command::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .arg("--requirement")
        .arg(&requirements);
    command::run(&mut pip)?;
    std::fs::write(&stamp, wanted).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
    Ok(python)
}
