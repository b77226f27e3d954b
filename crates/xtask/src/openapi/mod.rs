//! `cargo xtask openapi`: the document that describes every call of the API, written from the router, Graph's schema, the
//! table of rights and `operations.txt`, so that it cannot promise what no route keeps, and no route is left out.

mod described;
mod guess;
mod layout;
mod operation;
mod parameter;
mod rights;
mod types;

use crate::coverage::properties;
use crate::routes::{self, Route};
use crate::source::File;
use crate::{Outcome, source, workspace};
use described::Described;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use types::Types;

/// The document, which the server holds.
const DOCUMENT: &str = "crates/server/src/web/openapi.json";

/// What the sources do not say of the operations.
const OPERATIONS: &str = "crates/xtask/src/openapi/operations.txt";

/// Types of our own, in the form of Graph's schema; `r` is a property that is always there, `v` the words it may be, `plain`
/// a type that is written without a context, `free` one with further members.
const TYPES: &str = "crates/xtask/src/openapi/types.json";

/// Runs the command.
pub fn command(options: &[String]) -> Outcome {
    let document = document(&source::files()?)?;
    match options {
        [] => {
            print!("{document}");
            Ok(())
        }
        [write] if write == "--write" => {
            std::fs::write(workspace::root().join(DOCUMENT), document).map_err(|error| format!("{DOCUMENT}: {error}"))
        }
        _ => Err("usage: cargo xtask openapi [--write]".to_owned()),
    }
}

/// Whether the document is what the sources say.
pub fn is_current(files: &[File]) -> Outcome<bool> {
    let document = document(files)?;
    Ok(files.iter().find(|file| file.path == DOCUMENT).is_some_and(|file| file.text == document))
}

fn document(files: &[File]) -> Outcome<String> {
    let mut types = Types::read(text(files, properties::SCHEMA)?, text(files, TYPES)?)?;
    let rights = rights::of(files)?;
    let served = properties::tables(files);
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut collections = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for (route, described) in operations(files, &types)? {
        let key = format!("{} {}", route.method, route.path);
        let mut writer = operation::Writer { types: &mut types, served: &served, collections: &mut collections };
        let operation =
            writer.write(&route, &described, rights.get(&key)).map_err(|error| format!("{key}: {error}"))?;
        if !ids.insert(operation["operationId"].to_string()) {
            return Err(format!("{key}: another operation has the id {}", operation["operationId"]));
        }
        let methods = paths.entry(route.path.clone()).or_default();
        methods.insert(route.method.to_lowercase(), operation);
        let parameters = operation::path_parameters(&route.path);
        if !parameters.is_empty() {
            methods.insert("parameters".to_owned(), Value::Array(parameters));
        }
    }
    let mut schemas = types.components()?;
    schemas.extend(collections);
    let mut whole = head();
    whole["paths"] = paths.into_iter().map(|(path, methods)| (path, Value::Object(methods))).collect();
    whole["components"]["schemas"] = Value::Object(schemas);
    Ok(layout::write(&whole))
}

fn text<'a>(files: &'a [File], path: &str) -> Outcome<&'a str> {
    let file = files.iter().find(|file| file.path == path).ok_or_else(|| format!("{path} is not there"))?;
    Ok(&file.text)
}

/// Every operation of the API with what is known of it.
fn operations(files: &[File], types: &Types) -> Outcome<Vec<(Route, Described)>> {
    let mut lines: BTreeMap<String, Described> = described::read(text(files, OPERATIONS)?)?.into_iter().collect();
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for route in routes::of(files).into_iter().filter(|route| is_api(&route.path)) {
        let key = format!("{} {}", route.method, route.path);
        let said = lines.remove(&key);
        match (guess::of(types, route.method, &route.path), said) {
            (None, None) => unknown.push(key),
            (guessed, said) => known.push((route, merge(guessed.unwrap_or_default(), said.unwrap_or_default()))),
        }
    }
    let gone: Vec<&String> = lines.keys().collect();
    match (&unknown[..], &gone[..]) {
        ([], []) => Ok(known),
        ([], gone) => Err(format!("operations.txt describes what is no more: {gone:?}")),
        (unknown, _) => Err(format!("operations.txt does not say what these do: {unknown:?}")),
    }
}

/// What the line says, and where it is silent what the path says.
fn merge(guessed: Described, said: Described) -> Described {
    Described {
        summary: if said.summary.is_empty() { guessed.summary } else { said.summary },
        query: said.query.or(guessed.query),
        body: said.body.or(guessed.body),
        answers: if said.answers.is_empty() { guessed.answers } else { said.answers },
    }
}

/// Whether programs call it; the rest are pages for people.
fn is_api(path: &str) -> bool {
    let roots = [
        "/v1.0/",
        "/beta/",
        "/vestibule/v1/",
        "/oidc/",
        "/common/",
        "/openapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
    ];
    let of_tenant = ["/oauth2/", "/discovery/", "/v2.0/.well-known/"];
    roots.iter().any(|root| path.starts_with(root))
        || path.strip_prefix("/{tenant}").is_some_and(|rest| of_tenant.iter().any(|part| rest.starts_with(part)))
}

fn head() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Vestibule",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Collaboration with people from outside: the directory as Microsoft Graph speaks it, OAuth and OpenID Connect.",
        },
        "servers": [{ "url": "/" }],
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token of a tenant, from /{tenant}/oauth2/v2.0/token. The names at an operation are \
                        the permissions of which one entry is enough for a program; a person needs a role besides.",
                },
            },
            "responses": {
                "Error": {
                    "description": "Refused or failed, in the envelope of Microsoft Graph.",
                    "content": { "application/json": { "schema": operation::error() } },
                },
                "OAuthError": {
                    "description": "Refused, in the form of RFC 6749 section 5.2.",
                    "content": { "application/json": { "schema": operation::oauth_error() } },
                },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAPH: &str = r#"{"sets":{"users":"user"},"types":{"user":{"props":{"id":{"t":"Edm.String","n":0}}}}}"#;

    fn files(routes: &str, lines: &str) -> Vec<File> {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let routes = file("crates/server/src/users/graph/mod.rs", routes);
        let rights = [file(rights::PERMISSIONS, ""), file(&format!("{}mod.rs", rights::TABLE), "")];
        let described = [routes, file(properties::SCHEMA, GRAPH), file(TYPES, "{}"), file(OPERATIONS, lines)];
        described.into_iter().chain(rights).collect()
    }

    #[test]
    fn the_document_has_every_route_of_the_api() {
        let routes = r#".route("/v1.0/users/{user}", get(one).delete(remove)).route("/portal/{tenant}/x", get(page))"#;
        let lines = "GET /v1.0/users/{user} | = Somebody\n";
        let document: Value =
            serde_json::from_str(&document(&files(routes, lines)).expect("a document")).expect("JSON");
        let paths = document["paths"].as_object().expect("paths");
        assert_eq!(paths.keys().collect::<Vec<_>>(), ["/v1.0/users/{user}"]);
        let user = &paths["/v1.0/users/{user}"];
        assert_eq!(user["get"]["summary"], "Somebody");
        assert_eq!(user["delete"]["responses"]["204"]["description"], "Done.");
        assert!(document["components"]["schemas"]["microsoft.graph.user"].is_object());
    }

    #[test]
    fn a_route_that_nobody_described_is_an_error() {
        let routes = r#".route("/v1.0/users/{user}/doSomething", post(act)).route("/portal/{tenant}/x", get(page))"#;
        let types = Types::read(GRAPH, "{}").expect("types");
        let error = operations(&files(routes, ""), &types).map(|_| ()).expect_err("it is not described");
        assert!(error.contains("[\"POST /v1.0/users/{user}/doSomething\"]"), "{error}");
    }

    #[test]
    fn a_line_without_a_route_is_an_error() {
        let types = Types::read(GRAPH, "{}").expect("types");
        let error = operations(&files("", "GET /v1.0/users | = All\n"), &types)
            .map(|_| ())
            .expect_err("the routes are not there");
        assert!(error.contains("describes what is no more"), "{error}");
    }

    #[test]
    fn pages_are_no_api() {
        assert!(is_api("/v1.0/users") && is_api("/{tenant}/oauth2/v2.0/token") && is_api("/openapi.json"));
        assert!(!is_api("/portal/{tenant}") && !is_api("/{tenant}/redeem") && !is_api("/vestibule/style"));
    }
}
