//! Where the server's time goes in one scenario: perf records beside it, and names the heaviest functions.

use crate::Outcome;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Functions that are named.
const HEAVIEST: usize = 25;

/// How perf records: 499 times in a second, so that no clock of the server keeps step with it, and with 16 KiB of the stack,
/// from which it finds the callers, because the program keeps no frame pointers.
const RECORD: [&str; 6] = ["record", "-q", "-F", "499", "--call-graph", "dwarf,16384"];

/// How perf tells what it recorded; which callers there were is in the figures, but not listed.
const REPORT: [&str; 4] = ["report", "--stdio", "--no-inline", "--call-graph=none"];

/// The time of functions by themselves, and with all that they call.
const WAYS: [(&str, [&str; 3]); 2] = [
    ("by themselves", ["--no-children", "-F", "overhead,symbol"]),
    ("with what they call", ["--children", "-F", "overhead_children,symbol"]),
];

/// Fails unless perf is there.
pub fn require() -> Outcome {
    let found = Command::new("perf").arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).status();
    match found {
        Ok(status) if status.success() => Ok(()),
        _ => Err("--profile needs perf, which cannot be started (on Debian, the package linux-perf)".into()),
    }
}

/// A recording that goes on.
pub struct Recording {
    perf: Child,
    file: PathBuf,
    /// Removed with the value.
    _directory: TempDir,
}

impl Recording {
    /// Begins to record a process, with threads that it will start.
    pub fn start(process: u32) -> Outcome<Self> {
        let directory = TempDir::with_prefix("vestibule-profile-")?;
        let file = directory.path().join("perf.data");
        let mut perf = Command::new("perf");
        perf.args(RECORD).args(["-p", &process.to_string(), "-o"]).arg(&file);
        let perf = perf.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let perf = perf.map_err(|error| format!("cannot start perf: {error}"))?;
        Ok(Self { perf, file, _directory: directory })
    }

    /// Ends it; the heaviest functions, and what part of the processor's time each of them had.
    pub fn finish(mut self) -> Outcome<String> {
        // It writes the rest and ends by the signal, so its status says nothing.
        let told = Command::new("kill").args(["-INT", &self.perf.id().to_string()]).status();
        told.map_err(|error| format!("cannot start kill: {error}"))?;
        self.perf.wait()?;
        let mut text = String::new();
        for (way, options) in WAYS {
            let output = Command::new("perf").args(REPORT).args(options).arg("-i").arg(&self.file).output()?;
            if !output.status.success() {
                return Err(format!("perf report: {}", String::from_utf8_lossy(&output.stderr)).into());
            }
            let lines = heaviest(&String::from_utf8_lossy(&output.stdout)).join("\n");
            if lines.is_empty() {
                return Err("perf has recorded nothing: it may not be allowed to (kernel.perf_event_paranoid)".into());
            }
            // Writing to a text does not fail.
            let _ = writeln!(text, "the heaviest functions {way}\n{lines}");
        }
        Ok(text)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        drop(self.perf.kill());
        drop(self.perf.wait());
    }
}

/// The first lines of a report, without its head.
fn heaviest(report: &str) -> Vec<&str> {
    let lines = report.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.take(HEAVIEST).collect()
}

#[cfg(test)]
mod tests {
    use super::{HEAVIEST, heaviest};

    #[test]
    fn a_report_begins_behind_its_head() {
        let report = "# Samples: 22  of event 'cpu-clock'\n#\n# Overhead  Symbol\n\n    18.18%  [.] malloc  \n     9.09%  [k] f\n\n";
        assert_eq!(heaviest(report), ["    18.18%  [.] malloc", "     9.09%  [k] f"]);
        let long = "     1.00%  [.] f\n".repeat(HEAVIEST + 5);
        assert_eq!(heaviest(&long).len(), HEAVIEST);
        assert!(heaviest("# Samples: 0\n#\n").is_empty());
    }
}
