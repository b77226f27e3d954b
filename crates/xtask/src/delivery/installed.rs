//! The Debian package, installed by `dpkg` into a Debian of its own, upgraded, removed and purged there.

use std::path::Path;

use super::serving::Serving;
use super::{debian, inside, remove};
use crate::{Outcome, command};

const PROGRAM: &str = "/usr/bin/vestibule";
const SETTINGS: &str = "/etc/vestibule/vestibule.toml";
const KEY: &str = "/etc/vestibule/master.key";
const DATABASE: &str = "/var/lib/vestibule/vestibule.db";

/// Installs it in a copy of this root, which has no systemd that runs, and takes it away again.
pub fn try_out(root: &Path, package: &Path) -> Outcome {
    let folder = package.with_file_name("installed");
    debian::copy(root, &folder)?;
    let outcome = live(&folder, package);
    remove(&folder)?;
    outcome
}

fn live(root: &Path, package: &Path) -> Outcome {
    let place = root.join("vestibule.deb");
    std::fs::copy(package, &place).map_err(|error| format!("{}: {error}", place.display()))?;
    dpkg(root, &["--install", "/vestibule.deb"])?;
    belongs(root, "/etc/vestibule", "vestibule:vestibule 700")?;
    belongs(root, "/var/lib/vestibule", "vestibule:vestibule 700")?;
    belongs(root, SETTINGS, "vestibule:vestibule 600")?;
    belongs(root, PROGRAM, "root:root 755")?;

    // As the manual goes on, with the settings of the example.
    command::run(inside(root, "vestibule", PROGRAM).args(["keys", "generate", KEY]))?;
    command::run(inside(root, "vestibule", PROGRAM).args(["migrate", "--config", SETTINGS]))?;
    drop(Serving::start(inside(root, "vestibule", PROGRAM).args(["serve", "--config", SETTINGS]))?);

    dpkg(root, &["--install", "/vestibule.deb"])?;
    belongs(root, KEY, "vestibule:vestibule 600")?;
    belongs(root, DATABASE, "vestibule:vestibule 600")?;
    dpkg(root, &["--remove", "vestibule"])?;
    there(root, &[SETTINGS, KEY, DATABASE], &[PROGRAM])?;
    dpkg(root, &["--purge", "vestibule"])?;
    // What cannot be had again is left to the operator.
    there(root, &[KEY, DATABASE], &[PROGRAM, SETTINGS])
}

fn dpkg(root: &Path, words: &[&str]) -> Outcome {
    command::run(inside(root, "root", "dpkg").args(words).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Whose it is, and its mode.
fn belongs(root: &Path, path: &str, wanted: &str) -> Outcome {
    let found = command::output(inside(root, "root", "stat").args(["--format=%U:%G %a", path]))?;
    if found.trim() == wanted { Ok(()) } else { Err(format!("{path} is {}, and should be {wanted}", found.trim())) }
}

fn there(root: &Path, present: &[&str], absent: &[&str]) -> Outcome {
    let exists = |path: &str| root.join(path.trim_start_matches('/')).exists();
    let gone: Vec<&str> = present.iter().copied().filter(|path| !exists(path)).collect();
    let left: Vec<&str> = absent.iter().copied().filter(|path| exists(path)).collect();
    if gone.is_empty() && left.is_empty() { Ok(()) } else { Err(format!("gone: {gone:?}, left: {left:?}")) }
}
