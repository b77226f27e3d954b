//! The fuzz targets of `fuzz/`: built with coverage instrumentation, started from the files of the tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::turn::Turn;
use crate::{Outcome, beside, command, packages, workspace};

static COMPILING: Turn = Turn::new("every fuzz target");

/// Each target, and the folders of test files it starts from.
const TARGETS: [(&str, &[&str]); 9] = [
    ("odata_query", &["crates/odata/tests/corpus/accepted", "crates/odata/tests/corpus/refused"]),
    ("jwt", &["crates/oauth/tests/corpus/jwt/readable", "crates/oauth/tests/corpus/jwt/refused"]),
    (
        "redirect_address",
        &[
            "crates/oauth/tests/corpus/redirect_address/matching",
            "crates/oauth/tests/corpus/redirect_address/different",
        ],
    ),
    (
        "authorization_request",
        &[
            "crates/oauth/tests/corpus/authorization_request/accepted",
            "crates/oauth/tests/corpus/authorization_request/refused",
        ],
    ),
    (
        "token_request",
        &[
            "crates/oauth/tests/corpus/token_request/accepted",
            "crates/oauth/tests/corpus/token_request/refused",
            "crates/oauth/tests/corpus/presented_token/accepted",
            "crates/oauth/tests/corpus/presented_token/refused",
        ],
    ),
    ("mail_address", &["crates/mail-address/tests/corpus/accepted", "crates/mail-address/tests/corpus/refused"]),
    (
        "membership_rule",
        &["crates/membership-rule/tests/corpus/accepted", "crates/membership-rule/tests/corpus/refused"],
    ),
    ("bulk_file", &["crates/bulk-file/tests/corpus"]),
    (
        "landing_address",
        &["crates/landing-address/tests/corpus/accepted", "crates/landing-address/tests/corpus/refused"],
    ),
];

/// What the compiler is told, as `cargo fuzz run --sanitizer none` does it: libFuzzer is told which parts of a target an input
/// reached and what was compared there, and debug assertions are findings. One unit each, because between several nothing that is
/// watched is inlined. There is no sanitizer: our own crates have no `unsafe`, and sanitizers need a nightly compiler.
const WATCHED: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-sanitizer-coverage-stack-depth",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "--cfg",
    "fuzzing",
    "-Cdebug-assertions",
    "-Ccodegen-units=1",
];

/// The variable for it.
const FLAGS_VARIABLE: &str = "RUSTFLAGS";

/// Seconds for each target in `cargo xtask test`, where others leave it most of a processor.
const BRIEFLY: u32 = 15;

/// Seconds for each target of `cargo xtask fuzz`, unless it says another number.
const AT_LENGTH: u32 = 60;

/// One input may take this long, in seconds; a parser that needs more is a finding.
const SLOWEST_INPUT: u32 = 2;

/// What the tier does, with one target at a time.
pub fn all_briefly() -> Outcome {
    run(&TARGETS.map(|(name, _)| name), BRIEFLY, 1)
}

/// `cargo xtask fuzz [--seconds N] [TARGET ..]`
pub fn command(options: &[String]) -> Outcome {
    let (seconds, names) = match options {
        [flag, number, names @ ..] if flag == "--seconds" => {
            (number.parse().map_err(|_| format!("--seconds takes a whole number, not {number:?}"))?, names)
        }
        names => (AT_LENGTH, names),
    };
    if names.is_empty() {
        return run(&TARGETS.map(|(name, _)| name), seconds, beside::lanes());
    }
    run(&names.iter().map(String::as_str).collect::<Vec<_>>(), seconds, beside::lanes())
}

/// Compiles every target, which takes about as long as running them briefly.
pub fn compile() -> Outcome {
    Fuzzer::ready()?.compile(&TARGETS.map(|(name, _)| name))
}

/// A target keeps one processor busy. A finding in one does not keep the others from running.
fn run(names: &[&str], seconds: u32, lanes: usize) -> Outcome {
    let seeds: Vec<_> = names.iter().map(|name| seeds(name)).collect::<Outcome<_>>()?;
    let fuzzer = Fuzzer::ready()?;
    fuzzer.compile(names)?;
    let work = |index: usize| fuzzer.run(names[index], seeds[index], seconds);
    let outcomes = beside::run(names, lanes, work, |news| beside::say_end(names, &news));
    let failures: Vec<String> = outcomes.into_iter().filter_map(|(outcome, _)| outcome.err()).collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("; ")) }
}

fn seeds(name: &str) -> Outcome<&'static [&'static str]> {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    target.map(|(_, folders)| *folders).ok_or_else(|| {
        format!("no fuzz target is named {name:?}; there are {}", TARGETS.map(|(name, _)| name).join(", "))
    })
}

struct Fuzzer {
    /// Cargo's target folder for it: nothing else is compiled with these flags.
    target: PathBuf,
    /// The machine to compile for, which is this one. Named, the flags are not for build scripts and macros.
    machine: String,
}

impl Fuzzer {
    fn ready() -> Outcome<Self> {
        packages::ensure(&[packages::CXX])?;
        let told =
            command::output(Command::new("rustc").args(["--version", "--verbose"]).current_dir(workspace::root()))?;
        let machine = machine(&told).ok_or_else(|| format!("rustc does not say what it compiles for: {told}"))?;
        Ok(Self { target: workspace::target_directory()?.join("fuzz"), machine: machine.to_owned() })
    }

    /// All of these in one go, because one after the other they use one processor only.
    fn compile(&self, names: &[&str]) -> Outcome {
        let _turn = COMPILING.take();
        let mut cargo = command::cargo();
        cargo.args(["build", "--manifest-path", "fuzz/Cargo.toml", "--locked", "--release"]);
        cargo.args(["--target", &self.machine]).arg("--target-dir").arg(&self.target);
        cargo.args(names.iter().flat_map(|name| ["--bin", name]));
        command::run(cargo.env(FLAGS_VARIABLE, flags(&std::env::var(FLAGS_VARIABLE).unwrap_or_default())))
    }

    /// New inputs are kept in the target folder, so that the next run goes on where this one stopped. A finding is
    /// written beside them and its path printed; the program takes it as its argument and fails again.
    fn run(&self, name: &str, folders: &[&str], seconds: u32) -> Outcome {
        let found = self.folder("corpus", name)?;
        let artifacts = self.folder("artifacts", name)?;
        let mut fuzz = Command::new(self.target.join(&self.machine).join("release").join(name));
        fuzz.current_dir(workspace::root()).arg(found).args(folders);
        fuzz.arg(format!("-max_total_time={seconds}")).arg(format!("-timeout={SLOWEST_INPUT}"));
        fuzz.arg(format!("-artifact_prefix={}/", artifacts.display())).args(["-verbosity=0", "-print_final_stats=1"]);
        command::run(&mut fuzz)
    }

    fn folder(&self, kind: &str, name: &str) -> Outcome<PathBuf> {
        let folder = self.target.join(kind).join(name);
        create(&folder)?;
        Ok(folder)
    }
}

/// The machine that the compiler compiles for when it is told nothing, as it says itself.
fn machine(told: &str) -> Option<&str> {
    told.lines().find_map(|line| line.strip_prefix("host: "))
}

/// What the compiler is told, and what somebody told it already.
fn flags(own: &str) -> String {
    format!("{} {own}", WATCHED.join(" ")).trim_end().to_owned()
}

fn create(folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x11_every_target_is_listed_and_has_seeds() {
        let sources = std::fs::read_dir(workspace::root().join("fuzz/fuzz_targets")).unwrap();
        let mut names: Vec<_> =
            sources.map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
        let mut listed = TARGETS.map(|(name, _)| name.to_owned()).to_vec();
        names.sort();
        listed.sort();
        assert_eq!(names, listed);
        for folder in TARGETS.iter().flat_map(|(_, folders)| *folders) {
            assert!(workspace::root().join(folder).read_dir().unwrap().next().is_some(), "{folder}");
        }
    }

    #[test]
    fn the_compiler_says_what_it_compiles_for() {
        let told =
            "rustc 1.95.0 (59807616e 2026-04-14)\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0\n";
        assert_eq!(machine(told), Some("x86_64-unknown-linux-gnu"));
        assert_eq!(machine("rustc 1.95.0\n"), None);
    }

    #[test]
    fn flags_of_somebody_else_come_last() {
        assert!(flags("").ends_with("-Ccodegen-units=1"));
        assert!(flags("-Ctarget-cpu=native").ends_with(" -Ctarget-cpu=native"));
    }

    #[test]
    fn an_unknown_target_is_refused_by_name() {
        assert!(command(&["nothing".to_owned()]).unwrap_err().contains("jwt"));
        assert!(command(&["--seconds".to_owned(), "soon".to_owned()]).unwrap_err().contains("soon"));
    }
}
