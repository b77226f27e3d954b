//! Answers of the API against the published schema of Microsoft Graph: a property nobody declared, a value of another
//! type, a word outside its enumeration, an entity without its key or without what was selected, or what it carries where nothing
//! was, fails the test that asked. What is only missing is told at the end of the test, all of it at once.

mod asked;
mod defaults;

use super::{Answer, watch};
use asked::Asked;
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
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
    /// The properties that name an entity; what is derived from it has them too.
    #[serde(default)]
    key: Vec<String>,
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

impl Member {
    /// Whether nothing may be written so: null, none of several, or no.
    pub fn may_be(&self, nothing: &Value) -> bool {
        match nothing {
            Value::Null => self.nullable == 1 && self.is_collection == 0,
            Value::Array(_) => self.is_collection == 1,
            Value::Bool(_) => self.type_name == "Edm.Boolean" && self.is_collection == 0,
            _ => false,
        }
    }
}

/// The properties Graph declares for a type and its bases.
pub fn graph_type(name: &str) -> BTreeMap<String, &'static Member> {
    let chain = bases(name);
    chain.into_iter().flat_map(|declared| declared.props.iter().map(|(name, member)| (name.clone(), member))).collect()
}

/// Whether a property stands in an object and tells nothing, as one does that its reader may not read.
pub fn is_blank(object: &Value, name: &str) -> bool {
    object.get(name).is_some_and(|value| !tells(value))
}

/// The members of an object that tell something, in the order of their names.
pub fn told(object: &Value) -> Vec<&str> {
    let members = object.as_object().unwrap_or_else(|| panic!("{object} is no object"));
    let telling = members.iter().filter(|(_, value)| tells(value));
    let mut names: Vec<&str> = telling.map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}

fn tells(value: &Value) -> bool {
    !value.is_null() && *value != json!([])
}

/// Checks a JSON answer to a request for `path`, which may have a query; `sent` is its body where that is known. Answers of
/// our own routes share only the envelope of errors.
pub fn check(method: &Method, path: &str, sent: &Value, answer: &Answer) {
    let bare = path.split('?').next().unwrap_or_default();
    let place = format!("{method} {path}");
    if answer.status.is_client_error() || answer.status.is_server_error() {
        check_error(&place, &answer.json());
    } else if let Some(root) = bare.strip_suffix("/$batch") {
        check_batch(root, sent, &answer.json());
    } else {
        let root = if bare.starts_with("/beta/") { "/beta" } else { "/v1.0" };
        if let Some(url) = path.strip_prefix(root) {
            check_answer(&place, (root, Some(url)), &answer.json());
        }
    }
}

/// Checks what was answered to a request for `url` below `root`; nothing is known of what was asked where there is none.
fn check_answer(place: &str, (root, url): (&str, Option<&str>), body: &Value) {
    let fragment = fragment(place, root, body);
    if root == "/v1.0" || !BETA_ALONE.iter().any(|set| fragment.starts_with(set)) {
        check_body(place, url.map_or_else(Asked::unknown, Asked::of), fragment, body);
    }
}

/// The sets that only `/beta` has, of which the published schema of `/v1.0` knows nothing.
const BETA_ALONE: [&str; 2] = ["policies/b2bManagementPolicies", "policies/externalIdentitiesPolicy"];

/// The part of the context behind `$metadata#`; `root` is the version that was asked.
fn fragment<'a>(place: &str, root: &str, body: &'a Value) -> &'a str {
    let context = body["@odata.context"].as_str().unwrap_or_else(|| panic!("{place}: no @odata.context: {body}"));
    let found = context.split_once(&format!("{root}/$metadata#"));
    found.unwrap_or_else(|| panic!("{place}: {context} is not of {root}")).1
}

/// Each answer of a batch has a context of its own, of the version that was asked, and each refusal the envelope of errors.
fn check_batch(root: &str, sent: &Value, batch: &Value) {
    let responses = batch["responses"].as_array().unwrap_or_else(|| panic!("no responses: {batch}"));
    assert_eq!(batch.as_object().map(Map::len), Some(1), "{batch}");
    for response in responses {
        let id = response["id"].as_str().unwrap_or_else(|| panic!("no id: {response}"));
        assert!(response["headers"].is_object(), "{response}");
        let status = response["status"].as_u64().unwrap_or_else(|| panic!("no status: {response}"));
        let (body, mut requests) = (&response["body"], sent["requests"].as_array().into_iter().flatten());
        let request = requests.find(|request| request["id"] == response["id"]);
        let url = request.and_then(|request| request["url"].as_str());
        let method = request.and_then(|request| request["method"].as_str()).unwrap_or("?");
        let place = format!("{root}/$batch: {method} {}", url.unwrap_or(id));
        if status >= 400 {
            check_error(&place, body);
        } else if body.is_object() {
            check_answer(&place, (root, url), body);
        }
    }
}

fn check_error(path: &str, body: &Value) {
    let error = &body["error"];
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

fn check_body(path: &str, asked: Asked, fragment: &str, body: &Value) {
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
    let asked = asked.with_context(selected(fragment));
    let check_item = |item: &Value| check_object(path, &type_name, &asked, item);
    match (fragment.ends_with("/$entity"), &body["value"]) {
        (false, Value::Array(items)) => {
            let members = ["@odata.context", "@odata.count", "@odata.nextLink", "@odata.deltaLink", "value"];
            for name in body.as_object().expect("an object").keys() {
                assert!(members.contains(&name.as_str()), "{path}: unknown member {name} of a collection");
            }
            items.iter().for_each(check_item);
        }
        _ => check_item(body),
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

/// What a context says was selected: `id` and `mail` of `users(id,mail)/$entity`. A key stands in quotation marks.
fn selected(fragment: &str) -> Option<Vec<&str>> {
    let last = fragment.trim_end_matches("/$entity");
    let names = last.strip_suffix(')')?.rsplit_once('(')?.1;
    if names.starts_with('\'') { None } else { Some(names.split(',').collect()) }
}

/// What an app proves itself with is shown at the app itself and nowhere else.
const SECRETS: [&str; 2] = ["keyCredentials", "passwordCredentials"];

/// What an object leaves out of what it owes, as far as its type has it. Whoever may not read a property finds it there all the same,
/// without its value (Graph: limited information returned for inaccessible member objects).
fn missing<'n>(chain: &[&Type], owed: &[&'n str], object: &Map<String, Value>) -> Vec<&'n str> {
    let is_key = |name: &str| chain.iter().any(|declared| declared.key.iter().any(|key| key == name));
    let is_declared = |name: &str| chain.iter().any(|declared| declared.props.contains_key(name));
    let is_owed = |name: &str| is_key(name) || (is_declared(name) && !SECRETS.contains(&name));
    let missing: BTreeSet<&str> =
        owed.iter().copied().filter(|name| is_owed(name) && !object.contains_key(*name)).collect();
    missing.into_iter().collect()
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

/// What there is one of in each organisation, so that Graph names it by its address and writes no id (Graph: Get
/// adminConsentRequestPolicy).
const WITHOUT_KEY: [&str; 1] = ["adminConsentRequestPolicy"];

fn check_object(path: &str, type_name: &str, asked: &Asked, value: &Value) {
    let object: &Map<String, Value> = value.as_object().unwrap_or_else(|| panic!("{path}: {value} is no {type_name}"));
    let declared_type = object.get("@odata.type").and_then(Value::as_str);
    let is_removed = object.contains_key("@removed");
    // An address and nothing else stands for the object (OData 4.01 JSON, section 14).
    let is_address = object.keys().eq(["@odata.id"]);
    let is_typed = declared_type.is_some() || type_name != "directoryObject" || is_removed || is_address;
    assert!(is_typed, "{path}: which kind of object is {value}?");
    let type_name = declared_type.map_or(type_name, |text| text.trim_start_matches("#microsoft.graph."));
    let chain = bases(type_name);
    if (!asked.may_lack_key() || is_removed) && !is_address && !WITHOUT_KEY.contains(&type_name) {
        for key in chain.iter().flat_map(|declared| &declared.key) {
            assert!(object.contains_key(key), "{path}: {type_name} without its {key}: {value}");
        }
    }
    if is_removed {
        let is_known = |name: &String| ["id", "@removed", "@odata.type"].contains(&name.as_str());
        assert!(object.keys().all(is_known), "{path}: what is gone has an id and nothing else: {value}");
    } else if !is_address {
        let missing = missing(&chain, &asked.owed(type_name), object);
        if !missing.is_empty() {
            watch::left_out(&format!("{path}: {type_name} without {}", missing.join(", ")));
        }
    }
    check_members(path, type_name, (chain.as_slice(), asked), object);
}

fn check_members(path: &str, type_name: &str, (chain, asked): (&[&'static Type], &Asked), object: &Map<String, Value>) {
    for (name, value) in object {
        if name.ends_with("@delta") {
            let items = value.as_array().unwrap_or_else(|| panic!("{path}: {name} is no collection: {value}"));
            items.iter().for_each(|item| check_object(path, "directoryObject", asked.within(name), item));
        }
    }
    for (name, value) in object.iter().filter(|(name, _)| !name.contains('@')) {
        let member = chain.iter().find_map(|declared| declared.props.get(name).or_else(|| declared.nav.get(name)));
        if let Some(member) = member {
            check_member(&format!("{path}: {type_name}/{name}"), member, asked.within(name), value);
        } else {
            // An open type takes further properties, but those of extensions only, which have a prefix.
            let is_extension = chain.iter().any(|declared| declared.open == 1) && name.contains('_');
            assert!(is_extension, "{path}: {type_name} has no property {name}");
        }
    }
}

fn check_member(place: &str, member: &Member, asked: &Asked, value: &Value) {
    match value {
        Value::Null => assert!(member.nullable == 1, "{place} may not be null"),
        Value::Array(items) if member.is_collection == 1 => {
            for item in items {
                check_value(place, &member.type_name, asked, item);
            }
        }
        _ => {
            assert!(member.is_collection == 0, "{place} must be a collection: {value}");
            check_value(place, &member.type_name, asked, value);
        }
    }
}

fn check_value(place: &str, type_name: &str, asked: &Asked, value: &Value) {
    if let Some(primitive) = type_name.strip_prefix("Edm.") {
        check_primitive(place, primitive, value);
    } else if let Some(words) = SCHEMA.enums.get(type_name) {
        let known =
            value.as_str().is_some_and(|text| text.split(',').all(|word| words.iter().any(|known| known == word)));
        assert!(known, "{place}: {value} is no {type_name}");
    } else {
        check_object(place, type_name, asked, value);
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
mod tests;
