//! What the files of one feature may name: the entity knows no HTTP and no SQL, the store no HTTP, the surface no SQL.

use super::Violation;
use super::feature_order::{FEATURES, SERVER, module, without_test_modules};
use super::paths::crate_paths;
use crate::source::{File, Rust, line_of, words};

/// The part a file plays in its feature.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Layer {
    /// `invitations/invitation.rs`: types and rules.
    Entity,
    /// `store.rs`, `deleted_store.rs` or below `store/`: SQL.
    Store,
    /// `graph.rs`, `pages.rs`, `policy_graph.rs` or below their folders: HTTP.
    Surface,
}

impl Layer {
    /// Words that may not stand in the file's code, and what to say about them.
    fn banned(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Entity => &[
                ("axum", "types and rules know no HTTP"),
                ("tokio", "types and rules know no runtime"),
                ("async", "types and rules wait for nothing"),
                ("sql", "types and rules know no SQL; it belongs in store.rs"),
                ("sql_across", "types and rules know no SQL; it belongs in store.rs"),
            ],
            Self::Store => &[("axum", "a store knows no HTTP")],
            Self::Surface => &[
                ("sql", "handlers issue no SQL; call an operation or a store function"),
                ("sql_across", "handlers issue no SQL; call an operation or a store function"),
            ],
        }
    }
}

/// Checks the feature folders of the server.
pub fn check(files: &[File]) -> Vec<Violation> {
    files
        .iter()
        .filter(|file| file.path.starts_with(SERVER) && file.has_extension("rs"))
        .filter(|file| !file.is_test())
        .filter_map(|file| Some((file, layer(&module(&file.path))?)))
        .flat_map(|(file, layer)| check_file(file, layer))
        .collect()
}

fn layer(module: &[String]) -> Option<Layer> {
    let (feature, inside) = module.split_first()?;
    if !FEATURES.contains(&feature.as_str()) {
        return None;
    }
    // A feature with sub-features (`entitlement/catalogs/store.rs`) repeats the pattern one level down.
    let parts = inside.iter().map(String::as_str);
    let folders = std::iter::once(feature.as_str()).chain(parts.clone());
    for (folder, part) in folders.zip(parts) {
        match part {
            name if is_named(name, "store") => return Some(Layer::Store),
            name if is_named(name, "graph") || is_named(name, "pages") => return Some(Layer::Surface),
            name if is_singular_of(name, folder) => return Some(Layer::Entity),
            _ => {}
        }
    }
    None
}

/// Whether a file plays the part alone, or the part of some of the feature: `store`, `deleted_store`.
fn is_named(name: &str, part: &str) -> bool {
    name.strip_suffix(part).is_some_and(|of| of.is_empty() || of.ends_with('_'))
}

fn is_singular_of(name: &str, folder: &str) -> bool {
    folder.strip_suffix('s') == Some(name)
        || (folder.strip_suffix("ies").is_some() && folder.strip_suffix("ies") == name.strip_suffix('y'))
}

fn check_file(file: &File, layer: Layer) -> Vec<Violation> {
    let code = without_test_modules(&Rust::parse(&file.text).code);
    let mut violations = Vec::new();
    for (word, reason) in layer.banned() {
        for at in words(&code, word) {
            let is_macro = code[at + word.len()..].starts_with('!');
            if word.starts_with("sql") && !is_macro {
                continue;
            }
            violations.push(Violation::at_line(file, line_of(&code, at), format!("names {word}: {reason}")));
        }
    }
    if layer == Layer::Entity {
        violations.extend(foreign_stores(file, &code));
    }
    violations
}

fn foreign_stores(file: &File, code: &str) -> Vec<Violation> {
    let own = module(&file.path);
    crate_paths(code, &own)
        .iter()
        .filter(|path| {
            path.segments.first() != own.first() && path.segments.iter().skip(1).any(|segment| segment == "store")
        })
        .map(|path| {
            Violation::at_line(
                file,
                line_of(code, path.offset),
                format!("names another feature's store: {}", path.segments.join("::")),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&[File { path: format!("{SERVER}{path}"), text: text.to_owned() }]).len()
    }

    #[test]
    fn the_entity_knows_no_world() {
        for bad in [
            "use axum::Json;",
            "use tokio::time;",
            "pub async fn invite() {}",
            "const Q: &str = sql!(\"SELECT 1\");",
            "use crate::users::store;",
            "use crate::{users::{store::find, User}};",
        ] {
            assert_eq!(found("invitations/invitation.rs", bad), 1, "{bad}");
        }
        let good = "/// Not axum.\nuse crate::users::User; use super::store; fn sql() {}";
        assert_eq!(found("invitations/invitation.rs", good), 0);
    }

    #[test]
    fn the_store_knows_no_http() {
        assert_eq!(found("users/store.rs", "use axum::Json;"), 1);
        assert_eq!(found("users/store/find.rs", "use axum::Json;"), 1);
        assert_eq!(found("users/store.rs", "sql!(\"SELECT 1\"); use tokio::x;"), 0);
        assert_eq!(found("users/deleted_store.rs", "use axum::Json;"), 1);
        assert_eq!(found("users/restore.rs", "use axum::Json;"), 0);
    }

    #[test]
    fn handlers_issue_no_sql() {
        for path in
            ["users/graph.rs", "users/pages.rs", "users/graph/list.rs", "users/pages/list.rs", "users/policy_graph.rs"]
        {
            assert_eq!(found(path, "sql!(\"SELECT 1\")"), 1, "{path}");
            assert_eq!(found(path, "sql_across!(\"r\", \"SELECT 1\")"), 1, "{path}");
            assert_eq!(found(path, "use axum::Json; super::store::find(sql)"), 0, "{path}");
        }
    }

    #[test]
    fn sub_features_and_plurals() {
        assert_eq!(found("entitlement/catalogs/catalog.rs", "use axum::Json;"), 1);
        assert_eq!(found("entitlement/assignment_policies/assignment_policy.rs", "use axum::x;"), 1);
        assert_eq!(found("users/operations.rs", "use axum::Json;"), 0);
        assert_eq!(found("graph/page.rs", "sql!(\"\")"), 0);
    }
}
