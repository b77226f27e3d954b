//! The fuzz targets of `fuzz/`: built with coverage instrumentation, started from the files of the tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tool::Tool;
use crate::turn::Turn;
use crate::{Outcome, beside, command, packages, workspace};

static CARGO_FUZZ: Tool = Tool::new("cargo-fuzz", "0.13.2");

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

/// Seconds for each target in `cargo xtask test`.
const BRIEFLY: u32 = 10;

/// Seconds for each target of `cargo xtask fuzz`, unless it says another number.
const AT_LENGTH: u32 = 60;

/// One input may take this long, in seconds; a parser that needs more is a finding.
const SLOWEST_INPUT: u32 = 2;

/// What the tier does.
pub fn all_briefly() -> Outcome {
    run(&TARGETS.map(|(name, _)| name), BRIEFLY)
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
        return run(&TARGETS.map(|(name, _)| name), seconds);
    }
    run(&names.iter().map(String::as_str).collect::<Vec<_>>(), seconds)
}

/// Compiles every target, which takes about as long as running them briefly.
pub fn compile() -> Outcome {
    Fuzzer::ready()?.compile()
}

/// A target keeps one processor busy, so as many run at a time as there are lanes. A finding in one does not keep the
/// others from running.
fn run(names: &[&str], seconds: u32) -> Outcome {
    let seeds: Vec<_> = names.iter().map(|name| seeds(name)).collect::<Outcome<_>>()?;
    let fuzzer = Fuzzer::ready()?;
    if names.len() > 1 {
        fuzzer.compile()?;
    }
    let work = |index: usize| fuzzer.run(names[index], seeds[index], seconds);
    let outcomes = beside::run(names, beside::lanes(), work, |news| beside::say_end(names, &news));
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
    program: PathBuf,
    target: PathBuf,
}

impl Fuzzer {
    fn ready() -> Outcome<Self> {
        packages::ensure(&[packages::CXX])?;
        Ok(Self { program: CARGO_FUZZ.program()?, target: workspace::target_directory()?.join("fuzz") })
    }

    /// All targets in one go, because one after the other they use one processor only.
    fn compile(&self) -> Outcome {
        let _turn = COMPILING.take();
        command::run(&mut self.command("build"))
    }

    /// New inputs are kept in the target folder, so that the next run goes on where this one stopped. A finding is
    /// written beside them and its path printed.
    fn run(&self, name: &str, folders: &[&str], seconds: u32) -> Outcome {
        let found = self.folder("corpus", name)?;
        let artifacts = self.folder("artifacts", name)?;
        let mut fuzz = self.command("run");
        fuzz.arg(name).arg(found).args(folders).arg("--");
        fuzz.arg(format!("-max_total_time={seconds}")).arg(format!("-timeout={SLOWEST_INPUT}"));
        fuzz.arg(format!("-artifact_prefix={}/", artifacts.display())).args(["-verbosity=0", "-print_final_stats=1"]);
        command::run(&mut fuzz)
    }

    /// No sanitizer: our own crates have no `unsafe`, and sanitizers need a nightly compiler.
    fn command(&self, word: &str) -> Command {
        let mut fuzz = Command::new(&self.program);
        fuzz.current_dir(workspace::root()).arg(word).args(["--sanitizer", "none", "--fuzz-dir", "fuzz"]);
        fuzz.arg("--target-dir").arg(&self.target);
        fuzz
    }

    fn folder(&self, kind: &str, name: &str) -> Outcome<PathBuf> {
        let folder = self.target.join(kind).join(name);
        create(&folder)?;
        Ok(folder)
    }
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
    fn an_unknown_target_is_refused_by_name() {
        assert!(command(&["nothing".to_owned()]).unwrap_err().contains("jwt"));
        assert!(command(&["--seconds".to_owned(), "soon".to_owned()]).unwrap_err().contains("soon"));
    }
}
