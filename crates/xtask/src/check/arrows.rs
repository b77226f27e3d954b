//! Which crate may depend on which, and what must never sit below a pure crate.

use serde_json::Value;

use super::Violation;
use crate::{Outcome, command, workspace};

/// A crate of the workspace, the workspace crates it may use, and whether it is pure:
/// no runtime, no HTTP, no database anywhere below it.
struct Room {
    name: &'static str,
    may_use: &'static [&'static str],
    pure: bool,
}

const ROOMS: &[Room] = &[
    Room {
        name: "vestibule",
        may_use: &[
            "bulk-file",
            "conditional-access",
            "database",
            // Its tests only: what is filled in must be what the product writes.
            "directory-fill",
            "landing-address",
            "mail-address",
            "membership-rule",
            "oauth",
            "odata",
            "saml",
            "sample-app",
        ],
        pure: false,
    },
    leaf("database", false),
    leaf("sample-app", false),
    leaf("bulk-file", true),
    leaf("conditional-access", true),
    leaf("landing-address", true),
    leaf("mail-address", true),
    leaf("membership-rule", true),
    leaf("oauth", true),
    leaf("odata", true),
    leaf("saml", true),
    // Drives the finished program from outside, as a stranger would.
    leaf("e2e", false),
    Room { name: "directory-fill", may_use: &["database"], pure: false },
    // Loads it from outside; fills a database by its own statements.
    Room { name: "bench", may_use: &["database", "directory-fill"], pure: false },
    leaf("xtask", false),
];

const fn leaf(name: &'static str, pure: bool) -> Room {
    Room { name, may_use: &[], pure }
}

/// What makes a crate impure.
const IMPURE: &[&str] = &["tokio", "axum", "sqlx"];

/// Reads `cargo metadata` for the arrows and `cargo tree` for what lies below the pure crates.
pub fn check() -> Outcome<Vec<Violation>> {
    let metadata = workspace::metadata(&["--no-deps"])?;
    let packages = packages(&metadata);
    let mut violations = arrows(&packages);
    for room in ROOMS.iter().filter(|room| room.pure) {
        if packages.iter().any(|package| package.name == room.name) {
            violations.extend(impurities(room.name, &tree_below(room.name)?));
        }
    }
    Ok(violations)
}

struct Package {
    name: String,
    uses: Vec<String>,
}

/// Every kind of dependency counts, those of tests too: a leaf that needs another leaf to be tested is no leaf.
fn packages(metadata: &Value) -> Vec<Package> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    list(&metadata["packages"])
        .iter()
        .map(|package| Package {
            name: text(&package["name"]),
            uses: list(&package["dependencies"]).iter().map(|dependency| text(&dependency["name"])).collect(),
        })
        .collect()
}

fn arrows(packages: &[Package]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in packages {
        let Some(room) = ROOMS.iter().find(|room| room.name == package.name) else {
            violations.push(Violation {
                place: package.name.clone(),
                message: "unknown crate: give it a place in xtask's table of rooms".to_owned(),
            });
            continue;
        };
        for used in &package.uses {
            let ours = packages.iter().any(|other| other.name == *used);
            let allowed = room.may_use.contains(&used.as_str()) || *used == package.name;
            if ours && !allowed {
                violations
                    .push(Violation { place: package.name.clone(), message: format!("may not depend on {used}") });
            }
        }
    }
    violations
}

/// One crate name per line. `cargo tree -p` resolves features for this package alone,
/// where the workspace's own resolution would mix in those that other crates switch on.
fn tree_below(name: &str) -> Outcome<String> {
    let mut cargo = command::cargo();
    cargo
        .args(["tree", "--locked", "--package", name])
        .args(["--edges", "normal,build", "--prefix", "none"])
        .args(["--format", "{p}"]);
    command::output(&mut cargo)
}

fn impurities(name: &str, tree: &str) -> Vec<Violation> {
    IMPURE
        .iter()
        .filter(|impure| tree.lines().any(|line| line.split(' ').next() == Some(**impure)))
        .map(|impure| Violation { place: name.to_owned(), message: format!("a pure crate, but {impure} is below it") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, uses: &[&str]) -> Package {
        Package { name: name.to_owned(), uses: uses.iter().map(|&used| used.to_owned()).collect() }
    }

    #[test]
    fn the_server_uses_the_leaves() {
        let packages = [package("vestibule", &["oauth", "axum"]), package("oauth", &["serde"])];
        assert!(arrows(&packages).is_empty());
    }

    #[test]
    fn leaves_do_not_use_each_other() {
        let packages = [package("oauth", &["odata"]), package("odata", &[])];
        let found = arrows(&packages);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "may not depend on odata");
    }

    #[test]
    fn a_new_crate_needs_a_place() {
        assert_eq!(arrows(&[package("helpers", &[])]).len(), 1);
    }

    #[test]
    fn tokio_below_a_pure_crate_is_found() {
        let tree = "oauth v0.1.0 (path)\nserde v1.0.0\ntokio v1.50.0\n";
        assert_eq!(impurities("oauth", tree).len(), 1);
        assert!(impurities("oauth", "oauth v0.1.0\ntokio-macros v2.0.0\n").is_empty());
    }

    #[test]
    fn metadata_is_read() {
        let metadata = serde_json::json!({
            "packages": [{"name": "odata", "dependencies": [{"name": "oauth"}]}]
        });
        let packages = packages(&metadata);
        assert_eq!(packages[0].uses, ["oauth"]);
    }
}
