//! Tests write what is thrown away into memory, where there is room. On a disk every commit of SQLite waits until the disk has
//! it; there are tens of thousands, and no test can tell whether a power cut would spare them.

use std::path::PathBuf;
use std::process::Command;

use crate::command;

/// Tells programs where to put files that are thrown away.
const VARIABLE: &str = "TMPDIR";

/// The folder that Linux keeps in memory.
const FOLDER: &str = "/dev/shm";

/// The room that it must have, in MiB: several times what tests leave there at a time. Containers often have 64.
const LEAST: u64 = 4_096;

/// The setting with which a program puts such files into memory. There is none where somebody has said where they go, where
/// there is too little room, and where no program may be started: examples in documentation are compiled there and run.
pub fn setting() -> Option<(&'static str, PathBuf)> {
    if std::env::var_os(VARIABLE).is_some() || !runs_programs(&std::fs::read_to_string("/proc/mounts").ok()?) {
        return None;
    }
    let told = command::output(Command::new("df").args(["--output=avail", "--block-size=1M", FOLDER])).ok()?;
    has_room(&told).then(|| (VARIABLE, FOLDER.into()))
}

/// Where we put such files ourselves: the same place, or else where the system has them.
pub fn folder() -> PathBuf {
    setting().map_or_else(std::env::temp_dir, |(_, folder)| folder)
}

/// Whether the folder is kept in memory and programs may be started in it, by the kernel's list of what is mounted where:
/// what, where, how, and the options.
fn runs_programs(mounts: &str) -> bool {
    let mut mounts = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    mounts.any(|words| match words.as_slice() {
        [_, FOLDER, "tmpfs", options, ..] => options.split(',').all(|option| option != "noexec" && option != "ro"),
        _ => false,
    })
}

/// Reads the answer of `df`, whose first line is a heading.
fn has_room(told: &str) -> bool {
    let free = told.lines().nth(1).and_then(|line| line.trim().parse::<u64>().ok());
    free.is_some_and(|free| free >= LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_memory_that_runs_programs_is_written_to() {
        let disk = "/dev/vda / ext4 rw,relatime 0 0\n";
        assert!(runs_programs(&format!("{disk}tmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0\n")));
        assert!(!runs_programs(&format!("{disk}shm /dev/shm tmpfs rw,nosuid,nodev,noexec,size=65536k 0 0\n")));
        assert!(!runs_programs(&format!("{disk}tmpfs /dev/shm tmpfs ro,nosuid 0 0\n")));
        assert!(!runs_programs(disk), "a folder of the disk, or none");
    }

    #[test]
    fn a_little_memory_is_left_alone() {
        assert!(has_room("Avail\n24152\n") && has_room("  Avail\n   4096\n"));
        for told in ["Avail\n64\n", "Avail\n4095\n", "Avail\n", "", "Avail\n-\n"] {
            assert!(!has_room(told), "{told:?}");
        }
    }
}
