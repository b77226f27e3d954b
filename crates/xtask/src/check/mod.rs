//! `cargo xtask check`: what needs no running server. Our own rules come first, because they take a second.

mod arrows;
mod banned_text;
mod feature_order;
mod layers;
mod machine_traces;
mod paths;
mod sizes;

use std::fmt;

use crate::source::{self, File};
use crate::{Outcome, command, coverage, openapi};

/// One breach of a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Violation {
    /// File and line, or the crate.
    pub place: String,
    /// What is wrong, and what to do instead where that is not plain.
    pub message: String,
}

impl Violation {
    fn at_line(file: &File, line: usize, message: impl Into<String>) -> Self {
        Self { place: format!("{}:{line}", file.path), message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.message)
    }
}

/// `cargo xtask check`, with everything that clippy has to say.
pub fn command() -> Outcome {
    run(&[])
}

/// What the tier does: the same but for clippy's pedantic lints. They are warnings and fail nothing.
pub fn tier() -> Outcome {
    run(&["--", "--allow", "clippy::pedantic"])
}

/// Runs every rule even when one fails: a developer wants the whole list.
fn run(of_clippy: &[&str]) -> Outcome {
    let files = source::files()?;
    let mut failed = Vec::new();
    let rules: [(&str, Outcome<Vec<Violation>>); 5] = [
        ("crate arrows", arrows::check()),
        ("feature order", Ok(feature_order::check(&files))),
        ("layers inside a feature", Ok(layers::check(&files))),
        ("banned text", Ok(banned_text::check(&files))),
        ("machine traces", Ok(machine_traces::check(&files))),
    ];
    for (name, result) in rules {
        if !report(name, result) {
            failed.push(name);
        }
    }
    if !coverage::is_current(&files)? {
        println!("  FAILED docs/graph-coverage.md is out of date: cargo xtask coverage --write");
        failed.push("coverage of Graph");
    }
    if !openapi::is_current(&files)? {
        println!("  FAILED crates/server/src/web/openapi.json is out of date: cargo xtask openapi --write");
        failed.push("description of the API");
    }
    sizes::report(&files);
    for (name, steps) in cargo_steps() {
        println!("  {name}");
        let mut cargo = command::cargo();
        cargo.args(steps);
        if steps[0] == "clippy" {
            cargo.args(of_clippy);
        }
        cargo.env("RUSTDOCFLAGS", "-D rustdoc::broken_intra_doc_links");
        if let Err(error) = command::run(&mut cargo) {
            println!("  FAILED {error}");
            failed.push(name);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("check: {}", failed.join(", "))) }
}

/// Lint levels come from the workspace's table: clippy `all` denied, `pedantic` shown without failing.
///
/// As most build it, everything is looked at; as it is packaged, with ACME and without the demo, the program. The tier `unit` compiles
/// it with both. One test of others is named along with the second, because tests bring features of dependencies; without any, those
/// would be other ones and be read a second time.
fn cargo_steps() -> [(&'static str, &'static [&'static str]); 4] {
    [
        ("format", &["fmt", "--all", "--check"]),
        ("lints", &["clippy", "--workspace", "--all-targets", "--locked"]),
        (
            "lints as packaged",
            &[
                "clippy",
                "--workspace",
                "--lib",
                "--bins",
                "--test",
                "instruments",
                "--locked",
                "--no-default-features",
                "--features",
                "vestibule/acme",
            ],
        ),
        (
            "documentation links",
            &[
                "doc",
                "--workspace",
                "--no-deps",
                "--document-private-items",
                "--locked",
                "--features",
                "vestibule/acme",
            ],
        ),
    ]
}

fn report(name: &str, result: Outcome<Vec<Violation>>) -> bool {
    match result {
        Ok(violations) if violations.is_empty() => {
            println!("  {name}: ok");
            true
        }
        Ok(violations) => {
            println!("  {name}: {} found", violations.len());
            for violation in &violations {
                println!("    {violation}");
            }
            false
        }
        Err(error) => {
            println!("  {name}: {error}");
            false
        }
    }
}
