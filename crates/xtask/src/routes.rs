//! The routes in the server's sources.

use crate::source::File;
use std::collections::BTreeSet;

/// One method of one path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// As the router writes it: `/v1.0/users/{user}`.
    pub path: String,
    /// In capitals.
    pub method: &'static str,
}

/// Every route of the server.
pub fn of(files: &[File]) -> BTreeSet<Route> {
    files
        .iter()
        .filter(|file| file.path.starts_with("crates/server/src/") && file.has_extension("rs") && !file.is_test())
        .flat_map(|file| in_text(&file.text))
        .collect()
}

/// Every `METHOD /path` of the server, with `{}` for each parameter.
pub fn without_names(files: &[File]) -> BTreeSet<String> {
    of(files).iter().map(|route| format!("{} {}", route.method, nameless(&route.path))).collect()
}

fn in_text(text: &str) -> Vec<Route> {
    let mut routes = Vec::new();
    for (at, _) in text.match_indices(".route(") {
        let call = argument(&text[at + ".route(".len()..]);
        let Some((path, handlers)) = call.split_once(',') else { continue };
        let Some(path) = literal(path.trim(), text) else { continue };
        for (method, name) in
            [("get", "GET"), ("post", "POST"), ("patch", "PATCH"), ("put", "PUT"), ("delete", "DELETE")]
        {
            let called = format!("{method}(");
            let is_called = handlers.match_indices(&called).any(|(at, _)| {
                let before = handlers[..at].chars().next_back().unwrap_or(' ');
                !before.is_alphanumeric() && before != '_' && before != ':'
            });
            if is_called {
                routes.push(Route { path: path.clone(), method: name });
            }
        }
    }
    routes
}

/// A string literal, or the constant of the same file that is named instead of one.
fn literal(expression: &str, text: &str) -> Option<String> {
    let written = match expression.strip_prefix('"') {
        Some(rest) => rest,
        None => text.split_once(&format!("const {expression}: &str ="))?.1.trim_start().strip_prefix('"')?,
    };
    written.split('"').next().map(str::to_owned)
}

/// The path without the names of its parameters.
fn nameless(path: &str) -> String {
    let is_parameter = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
    path.split('/').map(|segment| if is_parameter(segment) { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}

/// The text up to the parenthesis that closes the call.
fn argument(text: &str) -> &str {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_read_with_all_their_methods() {
        let text = r#"
            .route("/v1.0/users/{user}", get(read::one).patch(write::change).delete(write::delete))
            .route("/v1.0/users/{user}/sponsors/{sponsor}/$ref", delete(write::take))
        "#;
        let file = File { path: "crates/server/src/users/graph.rs".to_owned(), text: text.to_owned() };
        let found = in_text(&file.text);
        let written: Vec<String> = found.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
        assert_eq!(
            written,
            [
                "GET /v1.0/users/{user}",
                "PATCH /v1.0/users/{user}",
                "DELETE /v1.0/users/{user}",
                "DELETE /v1.0/users/{user}/sponsors/{sponsor}/$ref"
            ]
        );
        assert!(without_names(&[file]).contains("DELETE /v1.0/users/{}/sponsors/{}/$ref"));
    }
}
