//! Every route of the program, read from its source: a route that is not in the table below fails the tests.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// `GET /v1.0/users`, for every `.route(..)` outside of tests.
pub fn in_source() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut routes = BTreeSet::new();
    for file in files(&root) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        routes.extend(in_text(&text));
    }
    routes
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        // The demo's mailbox and the operations listener serve no tenant.
        if ["tests", "tests.rs", "testing", "demo", "serve"].contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn in_text(text: &str) -> Vec<String> {
    let mut routes = Vec::new();
    for (at, _) in text.match_indices(".route(") {
        let call = argument(&text[at + ".route(".len()..]);
        let Some((path, handlers)) = call.split_once(',') else { continue };
        let Some(path) = literal(path.trim(), text) else { continue };
        for method in ["get", "post", "patch", "put", "delete"] {
            let called = format!("{method}(");
            let is_called = handlers.match_indices(&called).any(|(at, _)| {
                let before = handlers[..at].chars().next_back().unwrap_or(' ');
                !before.is_alphanumeric() && before != '_' && before != ':'
            });
            if is_called {
                routes.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    routes
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

/// A string literal, or the constant of the same file that is named instead of one.
fn literal(expression: &str, text: &str) -> Option<String> {
    if let Some(rest) = expression.strip_prefix('"') {
        return rest.split('"').next().map(str::to_owned);
    }
    let (_, after) = text.split_once(&format!("const {expression}: &str ="))?;
    after.trim_start().strip_prefix('"')?.split('"').next().map(str::to_owned)
}

#[test]
fn routes_are_read_from_the_source() {
    let text = r#"
        const PATH: &str = "/named";
        fn routes() { Router::new().route("/a/{id}", get(show).post(admin::post_it)).route(PATH, axum::routing::delete(gone)) }
    "#;
    assert_eq!(in_text(text), ["GET /a/{id}", "POST /a/{id}"]);
    assert_eq!(in_text(&text.replace("axum::routing::", "")), ["GET /a/{id}", "POST /a/{id}", "DELETE /named"]);
}
