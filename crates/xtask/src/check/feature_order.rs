//! Inside the server a feature uses only what stands above it in this list.

use super::Violation;
use super::paths::{CratePath, crate_paths};
use crate::source::{File, Rust, line_of};

/// The server's sources, from the repository root.
pub const SERVER: &str = "crates/server/src/";

/// Rules common to everything; they know no feature and may know each other.
const GROUND: &[&str] =
    &["audit", "changes", "config", "graph", "jobs", "outbox", "platform", "server", "translations", "web", "words"];

/// The features, lowest first. The order is that of the tree in `docs/architecture.md`; change both together.
pub const FEATURES: &[&str] = &[
    "tenants",
    "directory_roles",
    "deleted_items",
    "extensions",
    "users",
    "groups",
    "identity_providers",
    "cross_tenant_access",
    "token_lifetimes",
    "applications",
    "service_principals",
    "directory_objects",
    "conditional_access",
    "terms_of_use",
    "sign_in",
    "invitations",
    "bulk_invitations",
    "redemption",
    "consent_requests",
    "authorization",
    "notifications",
    "entitlement",
    "access_reviews",
    "provisioning",
    "backups",
    "doctor",
    "portals",
];

/// The one thing from above that the ground holds: the list of what features keep of what they read. It is values without any
/// rule, and the shared state is where they live.
const HELD: (&str, &str) = ("server", "caches");

/// What puts the features together: it may use all of them, none of them may use it.
const ROOF: &[&str] =
    &["caches", "command", "deleted", "demo", "dispatch", "entrance", "lib", "main", "router", "serve", "testing"];

/// Checks every path that a file of the server names; tests may look anywhere.
pub fn check(files: &[File]) -> Vec<Violation> {
    files
        .iter()
        .filter(|file| file.path.starts_with(SERVER) && file.has_extension("rs"))
        .filter(|file| !file.is_test())
        .flat_map(check_file)
        .collect()
}

fn check_file(file: &File) -> Vec<Violation> {
    let module = module(&file.path);
    let Some(own) = module.first() else {
        return Vec::new();
    };
    let Some(own_height) = height(own) else {
        return vec![Violation::at_line(
            file,
            1,
            format!("{own} is no known room: give it a place in xtask's list of features"),
        )];
    };
    let code = without_test_modules(&Rust::parse(&file.text).code);
    crate_paths(&code, &module)
        .iter()
        .filter_map(|path| {
            let used = path.segments.first()?;
            let too_high = height(used)? > own_height && used != own && (own.as_str(), used.as_str()) != HELD;
            too_high.then(|| too_high_message(file, path, own))
        })
        .collect()
}

fn too_high_message(file: &File, path: &CratePath, own: &str) -> Violation {
    Violation::at_line(
        file,
        line_of(&file.text, path.offset),
        format!(
            "{own} uses {}, which stands above it; let the lower write an event row or move the rule down",
            path.segments.join("::")
        ),
    )
}

/// Items of the crate root (`crate::Server`) have no height: everybody may use them.
fn height(room: &str) -> Option<usize> {
    if GROUND.contains(&room) {
        return Some(0);
    }
    if ROOF.contains(&room) {
        return Some(FEATURES.len() + 1);
    }
    FEATURES.iter().position(|feature| *feature == room).map(|index| index + 1)
}

/// The module path of a source file: `crates/server/src/users/store.rs` is `users::store`.
pub fn module(path: &str) -> Vec<String> {
    let inside = path.strip_prefix(SERVER).unwrap_or(path);
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let inside = inside.strip_suffix("/mod").unwrap_or(inside);
    inside.split('/').map(str::to_owned).collect()
}

/// Cuts the text at the first inline test module; by the house rules it is the last item of a file.
pub fn without_test_modules(code: &str) -> String {
    let end = code
        .match_indices("#[cfg(test)]")
        .map(|(at, _)| at)
        .find(|&at| {
            let item = code[at + "#[cfg(test)]".len()..].trim_start();
            item.starts_with("mod ") && item.find(['{', ';']).is_some_and(|end| item[end..].starts_with('{'))
        })
        .unwrap_or(code.len());
    code[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<Violation> {
        check(&[File { path: format!("{SERVER}{path}"), text: text.to_owned() }])
    }

    #[test]
    fn what_stands_lower_may_be_used() {
        let text = "use crate::{Server, users::User, web::Page};\nuse crate::graph;";
        assert!(found("invitations/operations.rs", text).is_empty());
    }

    #[test]
    fn what_stands_higher_may_not() {
        let found = found("users/store.rs", "\nuse crate::invitations::Invitation;");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place, "crates/server/src/users/store.rs:2");
    }

    #[test]
    fn paths_in_expressions_count_and_those_in_comments_do_not() {
        assert_eq!(found("users/mod.rs", "fn f() { crate::portals::overview::page(); }").len(), 1);
        assert!(found("users/mod.rs", "//! Not `crate::portals`.").is_empty());
    }

    #[test]
    fn the_ground_knows_no_feature_and_nobody_knows_the_roof() {
        assert_eq!(found("web/layout.rs", "use crate::users::User;").len(), 1);
        assert!(found("web/layout.rs", "use crate::{jobs, audit};").is_empty());
        assert_eq!(found("portals/mod.rs", "use crate::router::routes;").len(), 1);
        assert!(found("router.rs", "use crate::portals;").is_empty());
    }

    #[test]
    fn tests_may_look_anywhere() {
        assert!(found("users/tests/rules.rs", "use crate::portals::x;").is_empty());
        let inline = "#[cfg(test)]\nmod tests { use crate::testing::server; }";
        assert!(found("users/mod.rs", inline).is_empty());
    }

    #[test]
    fn a_test_module_in_a_file_of_its_own_hides_nothing() {
        let text = "#[cfg(test)]\nmod tests;\nfn f() { crate::portals::x(); }";
        assert_eq!(found("users/mod.rs", text).len(), 1);
    }

    #[test]
    fn an_unknown_room_needs_a_place() {
        assert_eq!(found("helpers/mod.rs", "").len(), 1);
    }
}
