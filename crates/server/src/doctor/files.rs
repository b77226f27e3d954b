//! Files that hold secrets: who can read them.

use super::Finding;
use crate::config::{Settings, Tls};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const ABOUT: &str = "files";

/// Read by everybody on the machine.
const OTHERS: u32 = 0o007;
/// Folders that everybody may pass through.
const OTHERS_ENTER: u32 = 0o001;
/// Written by the group.
const GROUP_WRITES: u32 = 0o020;

pub(super) fn examine(settings: &Settings) -> Vec<Finding> {
    secrets(settings).into_iter().filter_map(|(setting, file)| judge(setting, &file)).collect()
}

/// The files that hold something secret, by the setting that names them.
fn secrets(settings: &Settings) -> Vec<(&'static str, PathBuf)> {
    let database = match settings.database_settings() {
        Ok(database::Settings::Sqlite { file, .. }) => Some(file),
        _ => None,
    };
    [
        ("keys.master_key_file", settings.keys.master_key_file.clone()),
        ("mail.password_file", settings.mail.password_file.clone()),
        ("database.url_file", settings.database.url_file.clone()),
        ("database.url", database),
        ("tls.key_file", tls_key(settings)),
        ("tls.acme.external_account.key_file", external_account(settings)),
    ]
    .into_iter()
    .filter_map(|(setting, file)| file.map(|file| (setting, file)))
    .collect()
}

fn tls_key(settings: &Settings) -> Option<PathBuf> {
    match settings.tls.as_ref()? {
        Tls::Files(files) => Some(files.key_file.clone()),
        Tls::Acme(_) => None,
    }
}

fn external_account(settings: &Settings) -> Option<PathBuf> {
    match settings.tls.as_ref()? {
        Tls::Files(_) => None,
        Tls::Acme(acme) => acme.external_account.as_ref().map(|account| account.key_file.clone()),
    }
}

/// A file that is not there is reported by whoever needs it.
fn judge(setting: &'static str, file: &Path) -> Option<Finding> {
    let mode = mode(file)?;
    let name = file.display();
    let told = format!("{name} ({setting}) has the mode {mode:04o}");
    Some(if mode & OTHERS == 0 && mode & GROUP_WRITES != 0 {
        let means = format!("{told}: its group can exchange what is in it.");
        Finding::warning(ABOUT, means, format!("chmod g-w {name}"))
    } else if mode & OTHERS == 0 {
        Finding::ok(ABOUT, format!("{told}; others cannot read it."))
    } else if is_within_reach(file) {
        let means = format!("{told}: every user of this machine gets at what is secret in it.");
        let advice = format!("chmod 0600 {name}, and exchange what it holds if others use this machine.");
        Finding::failure(ABOUT, means, advice)
    } else {
        Finding::ok(ABOUT, format!("{told}; others cannot read it, because they cannot enter its folder."))
    })
}

/// Whether others may enter every folder above; yes where that cannot be seen, because a doubt is told.
fn is_within_reach(file: &Path) -> bool {
    let Ok(whole) = file.canonicalize() else { return true };
    whole.ancestors().skip(1).all(|folder| mode(folder).is_none_or(|mode| mode & OTHERS_ENTER != 0))
}

/// The rights of a file or folder; nothing for what cannot be looked at, of which is said elsewhere that it cannot be read.
fn mode(file: &Path) -> Option<u32> {
    Some(std::fs::metadata(file).ok()?.permissions().mode() & 0o777)
}
