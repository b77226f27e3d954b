//! Starting other programs. The error of the system does not name the program that it did not find; these do.

use std::process::{Child, Command, Output};

use crate::Outcome;

/// Starts a program and leaves it running.
pub fn start(command: &mut Command) -> Outcome<Child> {
    let started = command.spawn();
    started.map_err(|error| not_started(command, &error).into())
}

/// Runs a program to its end. How it ended is for the caller to judge.
pub fn run(command: &mut Command) -> Outcome<Output> {
    let ended = command.output();
    ended.map_err(|error| not_started(command, &error).into())
}

fn not_started(command: &Command, error: &std::io::Error) -> String {
    format!("cannot start {}: {error}", command.get_program().to_string_lossy())
}
