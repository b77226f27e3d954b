//! Answers of our own API and of OAuth against the document at `/openapi.json`: what does not stand there fails the test that
//! asked. The calls of Graph are compared with Graph's own schema instead, in [`super::schema`].

use super::Answer;
use axum::http::Method;
use serde_json::Value;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../web/openapi.json")).expect("the document"));

/// Checks an answer to a request for `path`; nothing is known of pages and of methods that are not served.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    if path.starts_with("/v1.0/") {
        return;
    }
    let Some(operation) = operation(method, path) else { return };
    let place = format!("{method} {path}: {}", answer.status);
    let kind = answer.header("content-type").split(';').next().unwrap_or_default();
    let is_error = answer.status.is_client_error() || answer.status.is_server_error();
    // What is refused before it reaches its handler is answered as plain text.
    if is_error && kind != "application/json" {
        return;
    }
    let status = answer.status.as_str();
    let range = format!("{}XX", &status[..1]);
    let response = operation["responses"].get(status).or_else(|| operation["responses"].get(&range));
    let response = resolved(response.unwrap_or_else(|| panic!("{place} is not in the document")));
    if answer.text.is_empty() {
        return;
    }
    let content = &response["content"];
    let described = content.get(kind).unwrap_or_else(|| panic!("{place}: {kind} is not in the document: {content}"));
    if kind == "application/json"
        && let Err(problem) = fits(&described["schema"], &answer.json())
    {
        panic!("{place}: {problem}: {}", answer.text);
    }
}

/// A query option of a route that reads, as the document describes it; nothing where the route does not take it.
#[cfg(test)]
pub fn option(path: &str, name: &str) -> Option<&'static Value> {
    let parameters = DOCUMENT["paths"][path]["get"]["parameters"].as_array()?;
    parameters.iter().find(|parameter| parameter["name"] == name)
}

/// The operation whose path has these segments.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let name = method.as_str().to_lowercase();
    let segments: Vec<&str> = path.split('/').collect();
    let is_of = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        template.len() == segments.len()
            && template.iter().zip(&segments).all(|(known, asked)| known.starts_with('{') || known == asked)
    };
    let paths = DOCUMENT["paths"].as_object()?;
    // A segment that is named goes before one that is not.
    let found = paths.iter().filter(|(template, _)| is_of(template));
    found.min_by_key(|(template, _)| template.matches('{').count())?.1.get(name)
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
    use super::*;
    use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
    use serde_json::json;

    fn passes(method: &Method, path: &str, status: u16, body: &Value) -> bool {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let status = StatusCode::from_u16(status).expect("a status");
        let answer = Answer { status, headers, text: body.to_string() };
        std::panic::catch_unwind(|| check(method, path, &answer)).is_ok()
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
}
