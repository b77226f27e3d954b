//! The Debian package, unpacked into a folder and run as its unit runs it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::remove;
use super::serving::{Serving, place};
use crate::{Outcome, command, package, workspace};

/// Makes a package of this program, unpacks it, and runs the lines of its unit. Where the package is.
pub fn try_out(program: &Path) -> Outcome<PathBuf> {
    let made = package::assemble(program)?;
    let folder = made.with_file_name("unpacked");
    remove(&folder)?;
    command::run(Command::new("dpkg-deb").arg("-x").arg(&made).arg(&folder))?;
    let key = folder.join("etc/vestibule/master.key");
    command::run(Command::new(folder.join("usr/bin/vestibule")).args(["keys", "generate"]).arg(&key))?;
    let unit = std::fs::read_to_string(folder.join("usr/lib/systemd/system/vestibule.service"))
        .map_err(|error| error.to_string())?;
    command::run(&mut line(&unit, "ExecStartPre=", &folder)?)?;
    drop(Serving::start(&mut line(&unit, "ExecStart=", &folder)?)?);
    Ok(made)
}

/// The words of a line of the unit, with the unpacked folder for the root of the machine.
fn line(unit: &str, name: &str, folder: &Path) -> Outcome<Command> {
    let words =
        unit.lines().find_map(|line| line.strip_prefix(name)).ok_or_else(|| format!("no {name} in the unit"))?;
    let inside = |word: &str| word.strip_prefix('/').map_or_else(|| word.into(), |path| folder.join(path));
    let mut words = words.split_whitespace().map(inside);
    let mut command = Command::new(words.next().ok_or("an empty line in the unit")?);
    let (variable, value) = place();
    command
        .args(words)
        .env(variable, value)
        .env("VESTIBULE_KEYS__MASTER_KEY_FILE", folder.join("etc/vestibule/master.key"))
        .env("VESTIBULE_DATABASE__URL", format!("sqlite:{}", folder.join("vestibule.db").display()))
        .current_dir(workspace::root());
    Ok(command)
}
