//! The unit, read by systemd itself.

use std::path::Path;
use std::process::Command;

use crate::{Outcome, command, output, workspace};

/// The most that `systemd-analyze security` may find exposed, in tenths of its scale from 0 to 10. What is left is what
/// a server needs, the network first of all.
const EXPOSURE: &str = "--threshold=20";

/// Refuses a unit of which systemd understands a line not at all, or that leaves more open than it must.
pub fn examine(program: &Path) -> Outcome {
    let unit = workspace::root().join("packaging/vestibule.service");
    let text = std::fs::read_to_string(&unit).map_err(|error| format!("{}: {error}", unit.display()))?;
    let folder = workspace::target_directory()?.join("debian/unit");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let file = folder.join("vestibule.service");
    // systemd looks for the program, which is not installed on this machine.
    let here = text.replace("/usr/bin/vestibule", &program.display().to_string());
    std::fs::write(&file, here).map_err(|error| format!("{}: {error}", file.display()))?;
    verify(&file)?;
    let told = command::output(
        Command::new("systemd-analyze").args(["security", "--offline=true", "--no-pager", EXPOSURE]).arg(&file),
    )?;
    output::say(&format!("    {}", told.lines().last().unwrap_or_default()));
    Ok(())
}

/// What systemd does not understand it passes over with a warning, and a success.
fn verify(file: &Path) -> Outcome {
    let mut command = Command::new("systemd-analyze");
    let output = command.args(["verify", "--man=no"]).arg(file).output().map_err(|error| error.to_string())?;
    let told = String::from_utf8_lossy(&output.stderr);
    if output.status.success() && told.trim().is_empty() {
        return Ok(());
    }
    Err(format!("systemd-analyze verify: {}: {}", output.status, told.trim()))
}
