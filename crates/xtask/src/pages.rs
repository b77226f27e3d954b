//! Whether axe has seen every page: what can be shown on one side, what the journeys wrote down on the other.
//!
//! Each page says in `data-page` of its `<body>` which template it was made from, and the journeys note it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::{Outcome, output, workspace};

/// Where the journeys note the pages that axe has seen, one on each line.
pub const NOTES_VARIABLE: &str = "VESTIBULE_PAGES_SEEN";

/// Templates that are no pages, and why.
const NO_PAGES: &[(&str, &str)] = &[
    ("web/templates/components", "parts, all of them on the style page"),
    ("web/templates/inside", "stands around the pages of the portal"),
    ("web/templates/outside", "stands around the pages of guests"),
    ("web/templates/hall", "stands around My Apps"),
    ("portals/logs/list", "stands around the two logs"),
    ("portals/policy_page", "stands around the pages of policies"),
    ("portals/consent_rules/fields", "a part of the pages of rules"),
    ("portals/token_lifetimes/fields", "a part of the pages of policies"),
    ("service_principals/pages/parts/access", "a part of the pages of an app"),
    ("service_principals/pages/parts/end", "a part of the pages of an app"),
    ("service_principals/pages/parts/granted", "a part of the pages of an app"),
    ("service_principals/pages/parts/owners", "a part of the pages of an app"),
    ("service_principals/pages/parts/removing", "a part of the pages of an app"),
    ("web/templates/mail", "stands around mails, which are no pages"),
    ("invitations/mail/invitation", "a mail"),
    ("sign_in/mail/passcode", "a mail"),
    ("consent_requests/mail/answer", "a mail"),
    ("consent_requests/mail/digest", "a mail"),
];

/// Where the journeys of this name write their notes.
pub fn notes(name: &str) -> Outcome<PathBuf> {
    Ok(workspace::target_directory()?.join(format!("pages-seen-{name}")))
}

/// An empty list of notes for the journeys of this name to fill.
pub fn begin_notes(name: &str) -> Outcome<PathBuf> {
    let file = notes(name)?;
    std::fs::write(&file, "").map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    Ok(file)
}

/// Refuses when axe has missed a page: what it has seen stands in these notes.
pub fn accept(notes: &[PathBuf]) -> Outcome {
    let mut seen = BTreeSet::new();
    for file in notes {
        seen.extend(read(file)?.lines().map(str::to_owned));
    }
    let missed: Vec<String> = all()?.difference(&seen).cloned().collect();
    if missed.is_empty() {
        output::say(&format!("axe has seen all {} pages", seen.len()));
        return Ok(());
    }
    Err(format!("axe has not seen: {}", missed.join(", ")))
}

/// The names of all pages, from their sources.
fn all() -> Outcome<BTreeSet<String>> {
    let root = workspace::root();
    let mut pages = BTreeSet::new();
    templates(&root.join("crates/server/src"), "", &mut pages)?;
    pages.retain(|name| NO_PAGES.iter().all(|(other, _)| name != other));
    let sample_app = read(&root.join("crates/sample-app/src/pages.rs"))?;
    pages.extend(written(&sample_app).map(|name| format!("sample-app/{name}")));
    Ok(pages)
}

/// Adds every `.html` file below a folder, by its path without the ending.
fn templates(folder: &Path, prefix: &str, pages: &mut BTreeSet<String>) -> Outcome {
    let told = |error| format!("cannot read {}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(told)? {
        let path = entry.map_err(told)?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            templates(&path, &format!("{prefix}{name}/"), pages)?;
        } else if path.extension().is_some_and(|extension| extension == "html") {
            pages.insert(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

/// The pages of the sample app, which are written in Rust.
fn written(source: &str) -> impl Iterator<Item = &str> {
    source.split("document(page, \"").skip(1).filter_map(|rest| rest.split('"').next())
}

fn read(file: &Path) -> Outcome<String> {
    std::fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_says_its_name_and_every_exception_exists() {
        let root = workspace::root().join("crates/server/src");
        let mut templates_found = BTreeSet::new();
        templates(&root, "", &mut templates_found).expect("templates");
        for (name, _) in NO_PAGES {
            assert!(templates_found.contains(*name), "{name} is gone");
        }
        let pages = all().expect("pages");
        assert!(pages.len() > 40, "{pages:?}");
        for page in pages.iter().filter(|page| !page.starts_with("sample-app/")) {
            let text = read(&root.join(format!("{page}.html"))).expect("a template");
            let says = [format!("{{% block page %}}{page}{{% endblock %}}"), format!("data-page=\"{page}\"")];
            assert!(says.iter().any(|says| text.contains(says)), "{page} does not say its name");
        }
    }

    #[test]
    fn a_page_that_was_missed_is_named() {
        let seen: Vec<String> =
            all().expect("pages").into_iter().filter(|name| name != "web/templates/error").collect();
        let (some, others) = seen.split_at(seen.len() / 2);
        let notes = [("some", some), ("others", others)].map(|(name, seen)| {
            let file = begin_notes(&format!("of-a-test-{name}")).expect("a file");
            std::fs::write(&file, seen.join("\n")).expect("its notes");
            file
        });
        assert_eq!(accept(&notes), Err("axe has not seen: web/templates/error".to_owned()));
        assert!(accept(&notes[..1]).is_err_and(|missed| missed.contains(&others[0])), "one part is not enough");
    }
}
