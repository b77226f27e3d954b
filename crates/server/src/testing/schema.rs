//! Answers of the API against the published schema of Microsoft Graph: a property nobody declared, a value of another
//! type or a word outside its enumeration fails the test that asked.

use super::Answer;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| serde_json::from_str(include_str!("graph_schema.json")).expect("the schema extract"));

#[derive(Deserialize)]
struct Schema {
    /// Entity sets and singletons, by the type of their members.
    sets: BTreeMap<String, String>,
    types: BTreeMap<String, Type>,
    enums: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Type {
    base: Option<String>,
    #[serde(default)]
    open: u8,
    #[serde(default)]
    props: BTreeMap<String, Member>,
    #[serde(default)]
    nav: BTreeMap<String, Member>,
}

/// A property or a relation.
#[derive(Deserialize)]
pub struct Member {
    #[serde(rename = "t")]
    type_name: String,
    #[serde(rename = "c", default)]
    is_collection: u8,
    #[serde(rename = "n", default = "nullable")]
    nullable: u8,
}

const fn nullable() -> u8 {
    1
}

/// The properties Graph declares for a type and its bases.
pub fn graph_type(name: &str) -> BTreeMap<String, &'static Member> {
    let chain = bases(name);
    chain.into_iter().flat_map(|declared| declared.props.iter().map(|(name, member)| (name.clone(), member))).collect()
}

/// Checks an answer to a request for `path`. Answers of our own routes share only the envelope of errors.
pub fn check(path: &str, answer: &Answer) {
    let is_json = answer.header("content-type").starts_with("application/json");
    if answer.status.is_client_error() || answer.status.is_server_error() {
        check_error(path, answer);
    } else if path.ends_with("/$batch") {
        check_batch(&answer.json());
    } else if is_json && path.starts_with("/v1.0/") {
        let body = answer.json();
        let context = body["@odata.context"].as_str().unwrap_or_else(|| panic!("{path}: no @odata.context"));
        let (_, fragment) = context.split_once("/v1.0/$metadata#").unwrap_or_else(|| panic!("{path}: {context}"));
        check_body(path, fragment, &body);
    }
}

/// Each answer of a batch has a context of its own.
fn check_batch(batch: &Value) {
    let responses = batch["responses"].as_array().unwrap_or_else(|| panic!("no responses: {batch}"));
    assert_eq!(batch.as_object().map(Map::len), Some(1), "{batch}");
    for response in responses {
        let id = response["id"].as_str().unwrap_or_else(|| panic!("no id: {response}"));
        assert!(response["status"].is_u64() && response["headers"].is_object(), "{response}");
        let context = response["body"]["@odata.context"].as_str();
        if let Some((_, fragment)) = context.and_then(|context| context.split_once("/v1.0/$metadata#")) {
            check_body(id, fragment, &response["body"]);
        }
    }
}

fn check_error(path: &str, answer: &Answer) {
    let error = answer.json()["error"].clone();
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    assert!(is_text(&error["code"]) && is_text(&error["message"]), "{path}: {error}");
    for name in ["date", "request-id", "client-request-id"] {
        assert!(is_text(&error["innerError"][name]), "{path}: innerError without {name}: {error}");
    }
    for name in error.as_object().expect("an object").keys() {
        let known = ["code", "message", "innerError", "target", "details"].contains(&name.as_str());
        assert!(known, "{path}: unknown member {name} of an error");
    }
}

fn check_body(path: &str, fragment: &str, body: &Value) {
    if let Some(primitive) = fragment.strip_prefix("Edm.") {
        return check_primitive(path, primitive, &body["value"]);
    }
    if let Some(primitive) = fragment.strip_prefix("Collection(Edm.").and_then(|rest| rest.strip_suffix(')')) {
        let items = body["value"].as_array().unwrap_or_else(|| panic!("{path}: no collection: {body}"));
        return items.iter().for_each(|item| check_primitive(path, primitive, item));
    }
    if fragment == "$ref" {
        assert!(body["@odata.id"].is_string(), "{path}: no address: {body}");
        assert_eq!(body.as_object().map(Map::len), Some(2), "{path}: an address and nothing else: {body}");
        return;
    }
    let type_name = resolve(path, fragment);
    match (fragment.ends_with("/$entity"), &body["value"]) {
        (false, Value::Array(items)) => {
            let members = ["@odata.context", "@odata.count", "@odata.nextLink", "@odata.deltaLink", "value"];
            for name in body.as_object().expect("an object").keys() {
                assert!(members.contains(&name.as_str()), "{path}: unknown member {name} of a collection");
            }
            for item in items {
                check_object(path, &type_name, item);
            }
        }
        _ => check_object(path, &type_name, body),
    }
}

/// The type a context speaks of: `users`, `users/$entity`, `users(id,mail)`, `servicePrincipals('x')/appRoleAssignedTo`.
fn resolve(path: &str, fragment: &str) -> String {
    let mut type_name: Option<String> = None;
    for segment in fragment.split('/').filter(|segment| *segment != "$entity") {
        let name = segment.split('(').next().unwrap_or_default();
        type_name = match type_name {
            None => name.strip_prefix("microsoft.graph.").map(str::to_owned).or_else(|| SCHEMA.sets.get(name).cloned()),
            Some(owner) => {
                bases(&owner).iter().find_map(|declared| declared.nav.get(name)).map(|member| member.type_name.clone())
            }
        };
        assert!(type_name.is_some(), "{path}: the schema has nothing for {segment} in the context {fragment}");
    }
    type_name.unwrap_or_default()
}

/// A type and what it is derived from.
fn bases(name: &str) -> Vec<&'static Type> {
    let mut chain = Vec::new();
    let mut next = Some(name);
    while let Some(name) = next {
        let declared = SCHEMA.types.get(name).unwrap_or_else(|| panic!("the schema has no type {name}"));
        next = declared.base.as_deref();
        chain.push(declared);
    }
    chain
}

fn check_object(path: &str, type_name: &str, value: &Value) {
    let object: &Map<String, Value> = value.as_object().unwrap_or_else(|| panic!("{path}: {value} is no {type_name}"));
    let declared_type = object.get("@odata.type").and_then(Value::as_str);
    let type_name = declared_type.map_or(type_name, |text| text.trim_start_matches("#microsoft.graph."));
    let chain = bases(type_name);
    for (name, value) in object.iter().filter(|(name, _)| !name.contains('@')) {
        let member = chain.iter().find_map(|declared| declared.props.get(name).or_else(|| declared.nav.get(name)));
        if let Some(member) = member {
            check_member(&format!("{path}: {type_name}/{name}"), member, value);
        } else {
            // An open type takes further properties, but those of extensions only, which have a prefix.
            let is_extension = chain.iter().any(|declared| declared.open == 1) && name.contains('_');
            assert!(is_extension, "{path}: {type_name} has no property {name}");
        }
    }
}

fn check_member(place: &str, member: &Member, value: &Value) {
    match value {
        Value::Null => assert!(member.nullable == 1, "{place} may not be null"),
        Value::Array(items) if member.is_collection == 1 => {
            for item in items {
                check_value(place, &member.type_name, item);
            }
        }
        _ => {
            assert!(member.is_collection == 0, "{place} must be a collection: {value}");
            check_value(place, &member.type_name, value);
        }
    }
}

fn check_value(place: &str, type_name: &str, value: &Value) {
    if let Some(primitive) = type_name.strip_prefix("Edm.") {
        check_primitive(place, primitive, value);
    } else if let Some(words) = SCHEMA.enums.get(type_name) {
        let known =
            value.as_str().is_some_and(|text| text.split(',').all(|word| words.iter().any(|known| known == word)));
        assert!(known, "{place}: {value} is no {type_name}");
    } else {
        check_object(place, type_name, value);
    }
}

fn check_primitive(place: &str, primitive: &str, value: &Value) {
    let fits = match primitive {
        "Boolean" => value.is_boolean(),
        "Int16" | "Int32" | "Int64" => value.is_i64(),
        "Double" | "Single" | "Decimal" => value.is_number(),
        "DateTimeOffset" => value
            .as_str()
            .is_some_and(|text| text.ends_with('Z') && crate::platform::clock::parse_rfc3339(text).is_some()),
        "Guid" => value.as_str().is_some_and(|text| text.parse::<uuid::Uuid>().is_ok()),
        "String" | "Date" | "Duration" | "TimeOfDay" | "Binary" => value.is_string(),
        _ => false,
    };
    assert!(fits, "{place}: {value} is no Edm.{primitive}");
}

#[cfg(test)]
mod tests {
    use super::check_body;
    use serde_json::{Value, json};

    fn passes(fragment: &str, body: &Value) -> bool {
        std::panic::catch_unwind(|| check_body("/v1.0/x", fragment, body)).is_ok()
    }

    #[test]
    fn what_the_schema_does_not_know_fails() {
        let id = "00000000-0000-0000-0000-000000000000";
        assert!(passes("users/$entity", &json!({ "id": id, "mail": null, "extension_x": 1, "@odata.etag": "x" })));
        assert!(passes("users(id)", &json!({ "@odata.context": "x", "value": [{ "id": id }] })));
        assert!(passes("policies/authorizationPolicy/$entity", &json!({ "id": "x", "allowInvitesFrom": "everyone" })));
        assert!(passes(
            "directoryObjects",
            &json!({ "value": [{ "@odata.type": "#microsoft.graph.user", "mail": "x" }] })
        ));
        assert!(passes("Collection(Edm.String)", &json!({ "value": ["x"] })));
        for (fragment, body) in [
            ("Collection(Edm.String)", json!({ "value": [4] })),
            ("Collection(Edm.String)", json!({ "value": "x" })),
            ("users/$entity", json!({ "shoeSize": 4 })),
            ("users/$entity", json!({ "mail": 4 })),
            ("users/$entity", json!({ "businessPhones": null })),
            ("users/$entity", json!({ "businessPhones": "1" })),
            ("users/$entity", json!({ "createdDateTime": "yesterday" })),
            ("users/$entity", json!({ "identities": [{ "isser": "mail" }] })),
            ("users", json!({ "value": [{ "shoeSize": 4 }] })),
            ("users", json!({ "value": [], "total": 0 })),
            ("directoryObjects", json!({ "value": [{ "mail": "x" }] })),
            ("policies/authorizationPolicy/$entity", json!({ "allowInvitesFrom": "anybody" })),
            ("unicorns", json!({ "value": [] })),
        ] {
            assert!(!passes(fragment, &body), "{fragment} {body}");
        }
    }
}
