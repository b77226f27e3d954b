//! What the program is delivered as, tried out: its unit, its Debian package, its container image.

mod debian;
mod image;
mod installed;
mod serving;
mod unit;
mod unpacked;

use std::path::Path;
use std::process::Command;

use crate::packages::{BUILDAH, DEBOOTSTRAP, Requirement, SYSTEMD};
use crate::tiers::Note;
use crate::{Outcome, command};

/// What the superuser needs to try everything out.
const AS_ROOT: &[Requirement] = &[SYSTEMD, DEBOOTSTRAP, BUILDAH];

/// What everybody else needs.
const AS_OTHERS: &[Requirement] = &[SYSTEMD];

/// What [`try_out`] needs from the system.
pub fn requirements() -> &'static [Requirement] {
    if command::is_root() { AS_ROOT } else { AS_OTHERS }
}

/// Fetches the Debian that [`try_out`] installs into; who is not root installs nothing.
pub fn fetch() -> Outcome {
    if command::is_root() { debian::pristine().map(drop) } else { Ok(()) }
}

/// Tries out everything that this program is delivered in. A package is installed, and an image built and run, in roots
/// of their own, which only the superuser can make; others get a note instead.
pub fn try_out(program: &Path) -> Outcome<Note> {
    let program = program.canonicalize().map_err(|error| format!("{}: {error}", program.display()))?;
    unit::examine(&program)?;
    let package = unpacked::try_out(&program)?;
    if !command::is_root() {
        return Ok(Some("not root: no package was installed and no image was built".to_owned()));
    }
    let root = debian::pristine()?;
    installed::try_out(&root, &package)?;
    image::try_out(&root, &program)?;
    Ok(None)
}

/// Removes a folder and everything in it, if it is there.
fn remove(folder: &Path) -> Outcome {
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(())
}

/// A program inside a root, run by this user of it. Nothing of our environment is known there.
fn inside(root: &Path, user: &str, program: &str) -> Command {
    let mut command = Command::new("chroot");
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command.arg(format!("--userspec={user}:{user}")).arg(root).arg(program);
    command
}
