//! Cargo subcommands of others, at a pinned version: the developer's own, or built once below `target/tools`.

use std::path::PathBuf;

use crate::{Outcome, command, workspace};

/// A program on crates.io.
pub struct Tool {
    /// The package, and the program it brings.
    pub name: &'static str,
    /// The pinned version.
    pub version: &'static str,
}

impl Tool {
    /// The program, built from source at first use; that takes some minutes.
    pub fn program(&self) -> Outcome<PathBuf> {
        let Self { name, version } = self;
        if command::exists(name) {
            return Ok(PathBuf::from(name));
        }
        let tools = workspace::tools()?;
        let program = tools.join("bin").join(name);
        if !program.is_file() {
            println!("    building {name} {version} once; this takes some minutes");
            let mut install = command::cargo();
            install.args(["install", name, "--locked", "--version", version]).arg("--root").arg(&tools);
            command::run(&mut install)?;
        }
        Ok(program)
    }
}
