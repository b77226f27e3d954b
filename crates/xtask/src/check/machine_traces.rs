//! Nothing in the repository may know the machine it was written on: no home folders, no private package sources.

use super::Violation;
use crate::source::File;

/// Folders that exist on one machine only, written in two pieces so that this file does not accuse itself.
const FOLDERS: &[&str] = &[concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];

/// Settings that point a package manager somewhere else.
const PACKAGE_SOURCES: &[&str] = &[
    concat!("index-", "url"),
    concat!("--find-", "links"),
    concat!("replace-", "with"),
    concat!("CARGO_", "REGISTRIES"),
    concat!("npm_config_", "registry"),
];

/// The only source of crates.
const CRATE_SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Checks every tracked file.
pub fn check(files: &[File]) -> Vec<Violation> {
    files.iter().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Violation> {
    let is_lock = file.path.ends_with("Cargo.lock");
    file.text
        .lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let message = if is_lock { foreign_source(line)? } else { trace(line)? };
            Some(Violation::at_line(file, index + 1, message))
        })
        .collect()
}

fn trace(line: &str) -> Option<String> {
    if let Some(folder) = FOLDERS.iter().find(|folder| starts_a_path(line, folder)) {
        return Some(format!("a path of one machine: {folder}"));
    }
    PACKAGE_SOURCES
        .iter()
        .find(|setting| line.contains(**setting))
        .map(|setting| format!("a package source of one machine: {setting}"))
}

/// `https://host/home/` is a page and `{dir}/work/` a folder of the program; a machine's path begins the word.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let goes_on = line[at + folder.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '.');
        let begins = !line[..at].ends_with(|before: char| {
            before.is_alphanumeric() || matches!(before, '.' | '-' | '_' | '}' | '/' | ']' | ')' | '>' | '~')
        });
        goes_on && begins
    })
}

fn foreign_source(line: &str) -> Option<String> {
    let source = line.strip_prefix("source = ")?.trim_matches('"');
    (source != CRATE_SOURCE).then(|| format!("a crate from {source}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&[File { path: path.to_owned(), text: text.to_owned() }]).len()
    }

    #[test]
    fn folders_of_one_machine() {
        let bad = format!("see {}ann/notes\nDIR={}x", FOLDERS[1], FOLDERS[0]);
        assert_eq!(found("docs/a.md", &bad), 2);
        let good = format!("https://host.example{}page and {{dir}}{}x", FOLDERS[1], FOLDERS[3]);
        assert_eq!(found("docs/a.md", &good), 0);
    }

    #[test]
    fn package_sources() {
        assert_eq!(found("pip.conf", &format!("{} = x", PACKAGE_SOURCES[0])), 1);
    }

    #[test]
    fn crates_come_from_one_place() {
        let good = format!("name = \"serde\"\nsource = \"{CRATE_SOURCE}\"\n");
        assert_eq!(found("Cargo.lock", &good), 0);
        assert_eq!(found("Cargo.lock", "source = \"git+https://host.example/x\"\n"), 1);
    }
}
