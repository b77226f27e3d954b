//! Running other programs: streaming their output, or collecting it.

use std::cell::Cell;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Outcome, output, workspace};

thread_local! {
    /// Whether the programs of this thread let all others go first.
    static IS_BEHIND: Cell<bool> = const { Cell::new(false) };
}

/// The cargo that runs us, in the repository root.
pub fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    command
}

/// Runs with output streaming to the terminal, or to where [`crate::output`] has it; a non-zero exit is an error that
/// shows the command line.
pub fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    output::say(&format!("    $ {shown}"));
    let mut behind = IS_BEHIND.get().then(|| behind(command));
    let command = behind.as_mut().unwrap_or(command);
    output::redirect(command)?;
    let status = command.stdin(Stdio::null()).status().map_err(|error| format!("cannot start {shown}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown} ended with {status}")) }
}

/// Does some work whose programs, as far as [`run`] starts them, get only the processors that nobody else wants.
pub fn behind_others<T>(work: impl FnOnce() -> T) -> T {
    let before = IS_BEHIND.replace(true);
    let done = work();
    IS_BEHIND.set(before);
    done
}

fn behind(command: &Command) -> Command {
    let mut nice = Command::new("nice");
    nice.args(["-n", "19"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => nice.env(name, value),
            None => nice.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        nice.current_dir(folder);
    }
    nice
}

/// Runs quietly and returns standard output; on failure the error carries standard error.
pub fn output(command: &mut Command) -> Outcome<String> {
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("cannot start {}: {error}", shown(command)))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(format!("{} ended with {}: {}", shown(command), output.status, complaint.trim()))
    }
}

/// Whether the command starts and succeeds; its output is thrown away.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether a program of this name is on the `PATH`.
pub fn exists(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|paths| std::env::split_paths(&paths).any(|folder| Path::new(&folder).join(program).is_file()))
}

/// Whether we are the superuser, who may install packages but may not run PostgreSQL.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut words = vec![name.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy().into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_behind_others_is_the_same_program() {
        let mut command = Command::new("sh");
        command.args(["-c", "test \"$WORD\" = yes && test -z \"$HOME\" && test -d etc"]);
        command.env("WORD", "yes").env_remove("HOME").current_dir("/");
        assert_eq!(behind_others(|| run(&mut command)), Ok(()));
        assert_eq!(behind(&command).get_program(), "nice");
        assert!(!IS_BEHIND.get(), "only for as long as it is asked for");
    }
}
