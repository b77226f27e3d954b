//! Processes held to one processor, ended with the value.

use crate::Outcome;
use std::fmt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The processor of whatever is measured; the load runs on the other one.
const PROCESSOR: &str = "0";

/// The process that was started last; one at a time is measured.
static MEASURED: AtomicU32 = AtomicU32::new(0);

/// Ticks of the kernel's clock in a second, on every architecture Linux runs us on.
const TICKS: u64 = 100;

/// The time that the measured process has had on its processor so far, in its own code and in the kernel. What else runs on
/// the machine hardly changes it.
pub fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", MEASURED.load(Ordering::Relaxed))).ok()?;
    ticks(&stat).map(|ticks| Duration::from_millis(ticks * 1000 / TICKS))
}

/// Fields 14 and 15 of `proc(5)`; the second field is a name in brackets, in which anything may stand.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

/// What a process holds in memory, in MiB.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Memory {
    /// All of it.
    pub all: f64,
    /// What stands in no file: heap, stacks, and what a database keeps of its pages.
    pub anonymous: f64,
    /// What stands in files: the pages of the program, and of files that it maps.
    pub of_files: f64,
    /// The most that was ever held.
    pub most: f64,
}

impl Memory {
    /// Of the process with this id. The kernel goes through all of its pages for this, which takes about a millisecond: not to
    /// be asked many times in a second beside a measurement.
    pub fn of(process: u32) -> Outcome<Self> {
        let read = |name: &str| {
            let file = format!("/proc/{process}/{name}");
            std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))
        };
        Self::read(&read("smaps_rollup")?, &read("status")?)
    }

    /// From the texts of `proc_pid_smaps(5)` and `proc_pid_status(5)`.
    fn read(rollup: &str, status: &str) -> Outcome<Self> {
        let (all, anonymous) = (mebibytes(rollup, "Rss:")?, mebibytes(rollup, "Anonymous:")?);
        let most = mebibytes(status, "VmHWM:")?.max(all);
        Ok(Self { all, anonymous, of_files: (all - anonymous).max(0.0), most })
    }

    /// Whichever of two looks saw more.
    pub fn larger(self, other: Self) -> Self {
        if other.all > self.all { other } else { self }
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { all, anonymous, of_files, most } = self;
        write!(out, "{all:.1} MiB (anonymous {anonymous:.1}, of files {of_files:.1}), at most {most:.1}")
    }
}

/// A running process.
pub struct Process(Child);

impl Process {
    /// Starts a program that `taskset` holds to the processor under test. What it says on standard error is shown.
    pub fn start(program: &std::path::Path, arguments: &[&str]) -> Outcome<Self> {
        let mut command = Command::new("taskset");
        command.args(["-c", PROCESSOR]).arg(program).args(arguments);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let child = child.map_err(|error| format!("cannot start taskset: {error}"))?;
        MEASURED.store(child.id(), Ordering::Relaxed);
        Ok(Self(child))
    }

    /// The id, under which `/proc` knows it.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Memory in MiB: held now, and the most that was ever held.
    pub fn memory(&self) -> Outcome<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        Ok((mebibytes(&status, "VmRSS:")?, mebibytes(&status, "VmHWM:")?))
    }

    /// Asks it to end, and waits.
    pub fn stop(mut self) -> Outcome {
        let told = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        told.map_err(|error| format!("cannot start kill: {error}"))?;
        let status = self.0.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn mebibytes(status: &str, name: &str) -> Outcome<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or_else(|| format!("no figure {name}"))?;
    let kibibytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::{Memory, mebibytes, ticks};

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 9 0 0 0 120 30 0 0 20 0 4 0";
        assert_eq!(ticks(stat), Some(150));
    }

    #[test]
    fn memory_is_read_in_kibibytes() {
        let found = mebibytes("Name:\tx\nVmHWM:\t  2048 kB\n", "VmHWM:").expect("a figure");
        assert!((found - 2.0).abs() < f64::EPSILON);
    }

    #[test]
    fn memory_is_divided_into_what_stands_in_files_and_what_does_not() {
        let rollup = "561613cfe000-7ffdfa02d000 ---p 00000000 00:00 0      [rollup]\nRss:   4096 kB\nPss_Anon:   1 kB\n\
                      Anonymous:   1024 kB\nAnonHugePages:   0 kB\n";
        let memory = Memory::read(rollup, "Name:\tx\nVmHWM:\t  8192 kB\n").expect("figures");
        assert_eq!(memory, Memory { all: 4.0, anonymous: 1.0, of_files: 3.0, most: 8.0 });
        assert_eq!(memory.to_string(), "4.0 MiB (anonymous 1.0, of files 3.0), at most 8.0");
        assert_eq!(Memory::default().larger(memory), memory);
        assert_eq!(memory.larger(Memory::default()), memory);
        assert!(Memory::read("Rss: 1 kB", "VmHWM: 1 kB").is_err(), "it does not say what is anonymous");
    }
}
