//! Files that only their owner can read: keys, backups, passwords of the demonstration.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Writes a new file with mode 0600. Fails if there is one already.
pub fn create(file: &Path, content: &[u8]) -> io::Result<()> {
    let mut made = options().create_new(true).open(file)?;
    write(&mut made, content)
}

/// Replaces a file, or makes it: written aside and renamed, so that a reader sees the old content or the new, never half
/// of either.
pub fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let aside = file.with_extension("new");
    remove(&aside)?;
    let mut made = options().create_new(true).open(&aside)?;
    write(&mut made, content)?;
    fs::rename(&aside, file)
}

/// Gives a finished file its name, durably: the folder is written out too.
pub fn publish(aside: &Path, file: &Path) -> io::Result<()> {
    fs::rename(aside, file)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Removes a file; that it is not there is as good.
pub fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn write(file: &mut File, content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    file.sync_all()
}
