//! Where words go: to the terminal, or into a file of their own while something else has the terminal.

use std::cell::RefCell;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, workspace};

thread_local! {
    /// The file for what is said on this thread; without one it goes to the terminal.
    static ASIDE: RefCell<Option<File>> = const { RefCell::new(None) };
}

/// A file for the words of one piece of work and of the programs it starts.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// An empty one by this name, in `target/tiers`.
    pub fn create(name: &str) -> Outcome<Self> {
        let folder = workspace::target_directory()?.join("tiers");
        let path = folder.join(format!("{name}.txt"));
        let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let file = File::create(&path).map_err(failed)?;
        Ok(Self { path, file })
    }

    /// Does some work, with everything in this file that is said on this thread meanwhile.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        // Where the file cannot be shared the terminal is.
        let before = ASIDE.replace(self.file.try_clone().ok());
        let done = work();
        ASIDE.set(before);
        done
    }

    /// Prints all of it; what cannot be printed still stands in the file.
    pub fn print(&self) {
        if let Ok(mut file) = File::open(&self.path) {
            drop(std::io::copy(&mut file, &mut std::io::stdout().lock()));
        }
    }
}

/// Says a line.
pub fn say(line: &str) {
    let is_said = ASIDE.with_borrow_mut(|aside| aside.as_mut().is_some_and(|file| writeln!(file, "{line}").is_ok()));
    if !is_said {
        println!("{line}");
    }
}

/// Lets a program that is about to start write where the words of this thread go.
pub fn redirect(command: &mut Command) -> Outcome {
    let file = |file: &File| file.try_clone().map_err(|error| format!("the output cannot be written aside: {error}"));
    ASIDE.with_borrow(|aside| -> Outcome {
        if let Some(aside) = aside {
            command.stdout(file(aside)?).stderr(file(aside)?);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command;

    #[test]
    fn words_and_programs_go_into_the_file_and_back_to_the_terminal() {
        let log = Log::create("of-a-test").expect("a file");
        let outcome = log.during(|| {
            say("a line");
            command::run(Command::new("sh").args(["-c", "echo out; echo wrong >&2; false"]))
        });
        say("not in the file");
        assert!(outcome.is_err());
        let text = std::fs::read_to_string(&log.path).expect("the file");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines, ["a line", "    $ sh -c echo out; echo wrong >&2; false", "out", "wrong"]);
    }
}
