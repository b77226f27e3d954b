//! Answers of our own API and of OAuth against the document at `/openapi.json`: what does not stand there fails the test that
//! asked, a route as well as a status, a media type and a property. What the calls of Graph answer is compared with Graph's own
//! schema instead, in [`super::schema`]; that they stand in the document, and refuse in JSON, is looked at here.

use super::Answer;
use super::matrix::table::{JOURNEY, PORTAL};
use crate::graph::alternate_key;
use crate::web::request::Surface;
use axum::http::{Method, Uri};
use serde_json::Value;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../web/openapi.json")).expect("the document"));

/// The paths of the document by their segments, those with the fewest that are not named first.
static PATHS: LazyLock<Vec<(Vec<&'static str>, &'static Value)>> = LazyLock::new(|| {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let mut paths: Vec<_> =
        paths.iter().map(|(path, methods)| (path.split('/').collect::<Vec<_>>(), methods)).collect();
    paths.sort_by_key(|(segments, _)| segments.iter().filter(|segment| segment.starts_with('{')).count());
    paths
});

/// What is no API: the pages for people in the table of routes, by method and segments.
static PAGES: LazyLock<Vec<(&'static str, Vec<&'static str>)>> = LazyLock::new(|| {
    let pages = PORTAL.iter().map(|row| row.route).chain(JOURNEY.iter().map(|(route, _)| *route));
    let pages = pages.map(|route| route.split_once(' ').expect("method and path"));
    pages.map(|(method, path)| (method, path.split('/').collect())).collect()
});

/// Where the files of pages are: their names follow from what they hold, so that no table has them.
const FILES: &str = "/assets/";

const JSON: &str = "application/json";

/// Checks an answer to a request for `path`. Nothing is known of what pages answer.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let place = format!("{method} {path}: {}", answer.status);
    let kind = answer.header("content-type").split(';').next().unwrap_or_default();
    let is_refusal = answer.status.is_client_error() || answer.status.is_server_error();
    let (path, get) = (written_out(path), Method::GET);
    let asked = if *method == Method::HEAD { &get } else { method };
    let Some(operation) = operation(asked, &path) else { return check_undescribed(&place, (asked, &path), answer) };
    if path.starts_with("/v1.0/") {
        assert!(!is_refusal || kind == JSON, "{place}: refused as {kind:?}: {}", answer.text);
        return;
    }
    let status = answer.status.as_str();
    let range = format!("{}XX", &status[..1]);
    let response = operation["responses"].get(status).or_else(|| operation["responses"].get(&range));
    let response = resolved(response.unwrap_or_else(|| panic!("{place} is not in the document")));
    if answer.text.is_empty() && !is_refusal {
        return;
    }
    let content = &response["content"];
    let described = content.get(kind).unwrap_or_else(|| panic!("{place}: {kind:?} is not in the document: {content}"));
    if kind == JSON
        && *method != Method::HEAD
        && let Err(problem) = fits(&described["schema"], &answer.json())
    {
        panic!("{place}: {problem}: {}", answer.text);
    }
}

/// Checks an answer of a route that the document does not name: it is a page, or nothing is served there, and programs are told so in
/// JSON.
fn check_undescribed(place: &str, (method, path): (&Method, &str), answer: &Answer) {
    let segments: Vec<&str> = path.split('/').collect();
    let is_page = |(of, template): &(&str, Vec<&str>)| *of == method.as_str() && is_at(template, &segments);
    if path.starts_with(FILES) || PAGES.iter().any(is_page) {
        return;
    }
    let (status, surface) = (answer.status, Surface::of(path));
    let is_refusal = status.is_client_error() || status.is_server_error();
    // People are led to the sign-in from wherever they ask, and a browser asks whether a script may (Fetch Standard, section 3.2.2).
    let is_question = *method == Method::OPTIONS || (surface == Surface::Page && status.is_redirection());
    assert!(is_refusal || is_question, "{place}: it is no page, and the document does not name it");
    let kind = answer.header("content-type");
    let is_json = kind.split(';').next() == Some(JSON);
    assert!(!is_refusal || surface == Surface::Page || is_json, "{place}: refused as {kind:?}: {}", answer.text);
}

/// The path as the router sees it, with keys as segments of their own.
fn written_out(path: &str) -> String {
    let uri: Option<Uri> = path.parse().ok();
    let rewritten = uri.as_ref().and_then(alternate_key::rewritten);
    rewritten.map_or_else(|| path.to_owned(), |uri| uri.path().to_owned())
}

/// Whether a path is one of a template, both by their segments.
fn is_at(template: &[&str], segments: &[&str]) -> bool {
    let is_open = template.last().is_some_and(|last| last.starts_with("{*"));
    (template.len() == segments.len() || (is_open && template.len() < segments.len()))
        && template.iter().zip(segments).all(|(known, asked)| known.starts_with('{') || known == asked)
}

/// A query option of a route that reads, as the document describes it; nothing where the route does not take it.
#[cfg(test)]
pub fn option(path: &str, name: &str) -> Option<&'static Value> {
    let parameters = DOCUMENT["paths"][path]["get"]["parameters"].as_array()?;
    parameters.iter().find(|parameter| parameter["name"] == name)
}

/// The operation whose path has these segments.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let segments: Vec<&str> = path.split('/').collect();
    let (_, methods) = PATHS.iter().find(|(template, _)| is_at(template, &segments))?;
    methods.get(method.as_str().to_lowercase())
}

/// What a reference leads to, within the document.
fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).expect("what is referred to"),
        None => value,
    }
}

/// Whether a value is what a schema says, of the words of JSON Schema that the document uses.
fn fits(schema: &'static Value, value: &Value) -> Result<(), String> {
    let schema = resolved(schema);
    if let Some(kinds) = schema.get("type")
        && !is_of_type(kinds, value)
    {
        return Err(format!("{value} is not of type {kinds}"));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        return Err(format!("{value} is none of {words:?}"));
    }
    if let Some(format) = schema["format"].as_str()
        && !is_of_format(format, value)
    {
        return Err(format!("{value} is no {format}"));
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fits(part, value)?;
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let problems: Vec<String> = any.iter().filter_map(|one| fits(one, value).err()).collect();
        if problems.len() == any.len() {
            return Err(problems.join("; "));
        }
    }
    for item in value.as_array().into_iter().flatten().filter(|_| schema.get("items").is_some()) {
        fits(&schema["items"], item)?;
    }
    fits_members(schema, value)
}

fn fits_members(schema: &'static Value, value: &Value) -> Result<(), String> {
    let Some(members) = value.as_object() else { return Ok(()) };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !members.contains_key(name) {
            return Err(format!("{name} is missing"));
        }
    }
    for (name, value) in members {
        if let Some(schema) = schema["properties"].get(name) {
            fits(schema, value).map_err(|problem| format!("{name}: {problem}"))?;
        } else if schema["additionalProperties"] == false && !matches_pattern(schema, name) {
            return Err(format!("{name} is not in the document"));
        }
    }
    Ok(())
}

/// The patterns are two: control information, and the names of extensions.
fn matches_pattern(schema: &Value, name: &str) -> bool {
    schema["patternProperties"].as_object().into_iter().flat_map(|patterns| patterns.keys()).any(
        |pattern| match pattern.as_str() {
            "@" => name.contains('@'),
            _ => name.contains('_'),
        },
    )
}

fn is_of_type(kinds: &Value, value: &Value) -> bool {
    let is_one = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match kinds {
        Value::String(kind) => is_one(kind),
        kinds => kinds.as_array().into_iter().flatten().filter_map(Value::as_str).any(is_one),
    }
}

fn is_of_format(format: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return true };
    match format {
        "date-time" => crate::platform::clock::parse_rfc3339(text).is_some(),
        "uuid" => text.parse::<uuid::Uuid>().is_ok(),
        "uri" => url::Url::parse(text).is_ok(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::matrix::table::{PROVIDER, api};
    use super::*;
    use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
    use serde_json::json;

    fn passes_as(kind: &'static str, (method, path): (&Method, &str), status: u16, text: &str) -> bool {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
        let status = StatusCode::from_u16(status).expect("a status");
        let answer = Answer { status, headers, text: text.to_owned() };
        std::panic::catch_unwind(|| check(method, path, &answer)).is_ok()
    }

    fn passes(method: &Method, path: &str, status: u16, body: &Value) -> bool {
        passes_as(JSON, (method, path), status, &body.to_string())
    }

    #[test]
    fn every_route_is_a_page_or_stands_in_the_document() {
        let is_described = |route: &str| {
            let (method, path) = route.split_once(' ').expect("method and path");
            operation(&method.parse().expect("a method"), path).is_some()
        };
        let of_programs = api().map(|row| row.route).chain(PROVIDER.iter().map(|(route, _)| *route));
        let missing: Vec<&str> = of_programs.filter(|route| !is_described(route)).collect();
        assert!(missing.is_empty(), "the document does not name {missing:#?}");
        let pages = PORTAL.iter().map(|row| row.route).chain(JOURNEY.iter().map(|(route, _)| *route));
        let both: Vec<&str> = pages.filter(|route| is_described(route)).collect();
        assert!(both.is_empty(), "pages that the document names: {both:#?}");
    }

    #[test]
    fn what_the_document_does_not_say_fails() {
        let organization = json!({ "@odata.context": "x", "helpUrl": null });
        let token = json!({ "token_type": "Bearer", "expires_in": 1, "ext_expires_in": 1, "access_token": "a" });
        let inner = json!({ "date": "d", "request-id": "r", "client-request-id": "c" });
        let error = json!({ "error": { "code": "x", "message": "y", "innerError": inner } });
        let (get, post, ours) = (Method::GET, Method::POST, "/vestibule/v1/organization");
        assert!(passes(&get, ours, 200, &organization));
        assert!(passes(&get, ours, 404, &error));
        assert!(passes(&post, "/x/oauth2/v2.0/token", 200, &token));
        assert!(passes(&get, "/portal/x", 200, &json!({})), "pages are not described");
        for (method, path, status, body) in [
            (&get, ours, 200, json!({ "@odata.context": "x" })),
            (&get, ours, 200, json!({ "helpUrl": null })),
            (&get, ours, 200, json!({ "@odata.context": "x", "helpUrl": 4 })),
            (&get, ours, 200, json!({ "@odata.context": "x", "helpUrl": null, "colour": "red" })),
            (&get, ours, 202, organization.clone()),
            (&get, ours, 404, json!({ "error": "x" })),
            (&get, "/vestibule/v1/jobs", 200, json!({ "@odata.context": "x", "value": [{ "id": "x" }] })),
            (&post, "/x/oauth2/v2.0/token", 200, json!({ "token_type": "MAC" })),
        ] {
            assert!(!passes(method, path, status, &body), "{method} {path} {status} {body}");
        }
    }

    #[test]
    fn a_route_that_is_no_page_and_not_in_the_document_fails() {
        let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
        for (method, path) in [
            (&get, "/v1.0/users(userPrincipalName='x')"),
            (&get, "/v1.0/groups/x/members/graph.user"),
            (&get, "/v1.0/users/delta()"),
            (&Method::HEAD, "/v1.0/users"),
            (&get, "/vestibule/style"),
            (&get, "/assets/style.0123.css"),
            (&get, "/portal/x/users/y/block"),
            (&Method::HEAD, "/x/redeem"),
            (&Method::OPTIONS, "/v1.0/users"),
        ] {
            assert!(passes(method, path, 200, &json!({})), "{method} {path}");
        }
        for (method, path) in [
            (&get, "/v1.0/unicorns"),
            (&put, "/v1.0/users"),
            (&get, "/beta/users"),
            (&get, "/vestibule/v1/unicorns"),
            (&get, "/x/oauth2/v2.0/token"),
            (&post, "/vestibule/style"),
            (&get, "/scim/v2/Users"),
        ] {
            assert!(!passes(method, path, 200, &json!({})), "{method} {path}");
        }
        assert!(passes_as("text/html", (&get, "/unicorns"), 404, "Nothing"), "a page says that there is none");
        assert!(passes_as("", (&post, "/portal/x/unicorns"), 303, ""), "people are led to the sign-in");
    }

    #[test]
    fn programs_are_refused_in_json() {
        let (get, post, authorize) = (Method::GET, Method::POST, "/x/oauth2/v2.0/authorize");
        for (method, path) in [
            (&get, "/v1.0/users"),
            (&get, "/v1.0/unicorns"),
            (&post, "/beta/invitations"),
            (&get, "/beta/unicorns"),
            (&get, "/vestibule/v1/jobs"),
            (&get, "/vestibule/unicorns"),
            (&post, "/x/oauth2/v2.0/token"),
            (&get, "/x/oauth2/unicorns"),
            (&get, "/oidc/userinfo"),
        ] {
            for (kind, text) in [("text/plain", "No.\n"), ("text/html", "No."), ("", "")] {
                assert!(!passes_as(kind, (method, path), 500, text), "{method} {path} {kind}");
            }
        }
        assert!(passes_as("text/html", (&get, authorize), 400, "No."), "people are refused by a page there");
        assert!(passes_as("text/html", (&get, authorize), 503, "Later."));
        assert!(!passes_as("text/plain", (&get, authorize), 503, "Later."));
    }
}
