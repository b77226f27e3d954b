//! The data directory. A file in it says that a demo made it; without that file nothing in it is touched.

use super::contract::Tenant;
use crate::command::Error;
use crate::platform::{Entropy, MasterKey, private_file};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file that marks a directory as made by a demo.
const MARKER: &str = ".vestibule-demo";
const MARKER_TEXT: &[u8] = b"This directory was made by `vestibule demo`; `--fresh` empties it.\n";
/// What was made at the first start; written last, so that it stands for a complete one.
const STATE: &str = "tenants.json";
const DATABASE: &str = "vestibule.db";

/// A directory of a demo.
pub(super) struct Directory(PathBuf);

impl Directory {
    /// Opens it, or makes it. `fresh` empties it first. A directory with anything in it that no demo made is refused.
    pub(super) fn open(path: &Path, fresh: bool) -> Result<Self, Error> {
        make(path).map_err(Error::file(path))?;
        let path = path.canonicalize().map_err(Error::file(path))?;
        let directory = Self(path);
        let is_ours = directory.file(MARKER).is_file();
        if !is_ours && directory.entries()?.next().is_some() {
            let reason = "is not empty and was not made by a demo: name another directory with --data-dir";
            return Err(Error::refused(format!("{} {reason}", directory.0.display())));
        }
        if !is_ours {
            directory.write(MARKER, MARKER_TEXT)?;
        } else if fresh {
            directory.empty()?;
        }
        private_file::remove(&directory.contract()).map_err(Error::file(directory.contract()))?;
        Ok(directory)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// A file in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn contract(&self) -> PathBuf {
        self.file("demo.json")
    }

    pub(super) fn database(&self) -> PathBuf {
        self.file(DATABASE)
    }

    pub(super) fn master_key(&self) -> PathBuf {
        self.file("master.key")
    }

    pub(super) fn certificate_authority(&self) -> PathBuf {
        self.file("ca.pem")
    }

    /// Writes a file that only its owner can read.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), Error> {
        let file = self.file(name);
        private_file::replace(&file, content).map_err(Error::file(file))
    }

    /// The text of a file; `None` if there is none.
    pub(super) fn read(&self, name: &str) -> Result<Option<String>, Error> {
        let file = self.file(name);
        match fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file(file)(error)),
        }
    }

    /// Makes the master key if there is none yet.
    pub(super) fn provide_master_key(&self) -> Result<(), Error> {
        if self.master_key().exists() {
            return Ok(());
        }
        let key = MasterKey::generate(&Entropy::system());
        private_file::create(&self.master_key(), key.as_bytes()).map_err(Error::file(self.master_key()))
    }

    /// What the first start made; `None` before it is complete.
    pub(super) fn tenants(&self) -> Result<Option<Vec<Tenant>>, Error> {
        let Some(text) = self.read(STATE)? else { return Ok(None) };
        let tenants = serde_json::from_str(&text);
        tenants.map(Some).map_err(|error| Error::refused(format!("{}: {error}", self.file(STATE).display())))
    }

    /// Keeps what was made, with the passwords and secrets that are shown again at the next start.
    pub(super) fn keep_tenants(&self, tenants: &[Tenant]) -> Result<(), Error> {
        self.write(STATE, serde_json::json!(tenants).to_string().as_bytes())
    }

    /// Removes a database whose first start was interrupted: its passwords were never told to anybody.
    pub(super) fn discard_unfinished(&self) -> Result<(), Error> {
        if self.file(STATE).exists() {
            return Ok(());
        }
        for suffix in ["", "-wal", "-shm"] {
            let file = self.file(&format!("{DATABASE}{suffix}"));
            private_file::remove(&file).map_err(Error::file(file))?;
        }
        Ok(())
    }

    fn entries(&self) -> Result<fs::ReadDir, Error> {
        fs::read_dir(&self.0).map_err(Error::file(&self.0))
    }

    /// Removes everything but the marker, so that an interrupted emptying can be repeated.
    fn empty(&self) -> Result<(), Error> {
        for entry in self.entries()? {
            let entry = entry.map_err(Error::file(&self.0))?;
            if entry.file_name() == MARKER {
                continue;
            }
            let path = entry.path();
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let removed = if is_directory { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(Error::file(path))?;
        }
        Ok(())
    }
}

/// Only its owner looks into it: it holds passwords.
fn make(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_directory_of_a_demo_is_emptied() {
        let parent = tempfile::tempdir().expect("a directory");
        let ours = parent.path().join("ours");
        let directory = Directory::open(&ours, true).expect("a new directory");
        directory.write("some.db", b"data").expect("a file");
        fs::create_dir(ours.join("below")).expect("a directory");
        directory.write("below/deeper", b"data").expect("a file");
        Directory::open(&ours, false).expect("the same directory");
        assert!(ours.join("some.db").exists());
        Directory::open(&ours, true).expect("the same directory");
        let left: Vec<_> =
            fs::read_dir(&ours).expect("the directory").flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(left, [MARKER]);

        let theirs = parent.path().join("theirs");
        fs::create_dir(&theirs).expect("a directory");
        fs::write(theirs.join("precious.txt"), "keep me").expect("a file");
        for fresh in [false, true] {
            let Err(error) = Directory::open(&theirs, fresh) else { panic!("it is not ours") };
            assert!(error.to_string().contains("was not made by a demo"), "{error}");
        }
        assert_eq!(fs::read_to_string(theirs.join("precious.txt")).expect("the file"), "keep me");
    }
}
