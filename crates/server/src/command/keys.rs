//! `vestibule keys generate FILE`

use super::Error;
use crate::platform::{Entropy, MasterKey, private_file};
use clap::Subcommand;
use std::path::PathBuf;

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a new master key into a file that only its owner can read. A file that exists is left alone.
    Generate {
        /// Where the key is written.
        file: PathBuf,
    },
}

pub(super) fn run(command: &Command) -> Result<(), Error> {
    let Command::Generate { file } = command;
    let key = MasterKey::generate(&Entropy::system());
    private_file::create(file, format!("{}\n", *key).as_bytes()).map_err(Error::file(file))?;
    println!(
        "The master key is in {}. Name it in the configuration (keys.master_key_file) and keep a copy apart from the \
         database: without it, signing keys and queued mails cannot be read.",
        file.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_key_is_private_and_never_overwritten() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("master.key");
        let command = Command::Generate { file: file.clone() };
        run(&command).expect("a new key");
        let text = std::fs::read_to_string(&file).expect("the key");
        MasterKey::parse(&text).expect("a usable key");
        assert_eq!(std::fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);

        let error = run(&command).expect_err("the file is there already");
        assert!(error.to_string().contains("master.key"), "{error}");
        assert_eq!(std::fs::read_to_string(&file).expect("the key"), text);
    }
}
