//! Cargo subcommands of others, at a pinned version: the developer's own, or built once below `target/tools`.

use std::path::PathBuf;

use crate::turn::Turn;
use crate::{Outcome, command, output, workspace};

/// They run for seconds, and compiling them takes minutes with their own profiles.
const PROFILE: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
];

/// A program on crates.io. It is built once, so it is a `static`.
pub struct Tool {
    /// The package, and the program it brings.
    name: &'static str,
    /// The pinned version.
    version: &'static str,
    building: Turn,
}

impl Tool {
    /// The package by this name, which brings a program by the same, at this version.
    pub const fn new(name: &'static str, version: &'static str) -> Self {
        Self { name, version, building: Turn::new(name) }
    }

    /// The program, built from source at first use; that takes a minute or two.
    pub fn program(&self) -> Outcome<PathBuf> {
        let Self { name, version, building } = self;
        if command::exists(name) {
            return Ok(PathBuf::from(name));
        }
        let _turn = building.take();
        let tools = workspace::tools()?;
        let program = tools.join("bin").join(name);
        if !program.is_file() {
            output::say(&format!("    building {name} {version} once; this takes a minute or two"));
            let mut install = command::cargo();
            install.args(["install", name, "--locked", "--version", version]).arg("--root").arg(&tools).envs(PROFILE);
            command::run(&mut install)?;
        }
        Ok(program)
    }
}
