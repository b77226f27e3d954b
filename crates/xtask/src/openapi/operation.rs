//! One operation of the document.

use super::described::{Answer, Body, Described};
use super::guess;
use super::parameter;
use super::rights::Ways;
use super::types::Types;
use crate::Outcome;
use crate::coverage::properties::Served;
use crate::routes::Route;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What operations are written with.
pub struct Writer<'a> {
    /// The types; what an operation names is noted there.
    pub types: &'a mut Types,
    /// What can be selected and filtered, by type.
    pub served: &'a BTreeMap<String, Served>,
    /// Pages of collections, by the names of their schemas.
    pub collections: &'a mut BTreeMap<String, Value>,
}

/// How an operation speaks, by its path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speech {
    /// The API: a bearer token, JSON, Graph's errors.
    Graph,
    /// OAuth and `OpenID` Connect: forms, errors of RFC 6749.
    OAuth,
    /// What an operator's machines ask, and the document itself: no token.
    Open,
}

impl Writer<'_> {
    /// The operation of a route.
    pub fn write(&mut self, route: &Route, described: &Described, ways: Option<&Ways>) -> Outcome<Value> {
        let speech = speech(&route.path);
        let mut operation = json!({
            "operationId": id(route),
            "summary": described.summary,
            "tags": [tag(&route.path)],
            "responses": self.responses(&described.answers, speech)?,
        });
        if described.summary.is_empty() {
            return Err("it has no summary".to_owned());
        }
        if speech == Speech::Graph {
            operation["security"] = security(ways);
        }
        let parameters = self.parameters(route, described)?;
        if !parameters.is_empty() {
            operation["parameters"] = Value::Array(parameters);
        }
        if let Some(body) = &described.body {
            operation["requestBody"] = self.body(body, speech)?;
        }
        Ok(operation)
    }

    fn parameters(&mut self, route: &Route, described: &Described) -> Outcome<Vec<Value>> {
        let of = guess::type_at(self.types, &route.path).unwrap_or_default();
        let expanded = self.types.expanded(&of).to_vec();
        let names = described.query.as_deref().unwrap_or_default();
        let mut parameters = Vec::new();
        for name in names {
            parameters.extend(match (name.as_str(), name.split_once(':')) {
                ("If-Match", _) => Some(parameter::if_match()),
                ("Prefer", _) => Some(parameter::prefer()),
                (_, Some((name, kind))) => Some(parameter::named(name, &self.types.value(kind))),
                (name, None) => parameter::odata(name, self.served.get(&of), &expanded)?,
            });
        }
        if names.iter().any(|name| name == "$count" || name == "$search") {
            parameters.push(parameter::consistency());
        }
        Ok(parameters)
    }

    fn body(&mut self, body: &Body, speech: Speech) -> Outcome<Value> {
        if body.of.contains('/') {
            return Ok(json!({ "required": !body.is_optional, "content": files(&body.of) }));
        }
        let names: Vec<&str> = body.names.iter().map(String::as_str).collect();
        let schema = if names.is_empty() { self.known(&body.of)? } else { self.types.part(&body.of, &names)? };
        let media = match speech {
            Speech::OAuth => "application/x-www-form-urlencoded",
            Speech::Graph | Speech::Open => "application/json",
        };
        Ok(json!({ "required": !body.is_optional, "content": { media: { "schema": schema } } }))
    }

    fn responses(&mut self, answers: &[Answer], speech: Speech) -> Outcome<Value> {
        if answers.is_empty() {
            return Err("it has no answer".to_owned());
        }
        let mut responses = Map::new();
        for answer in answers.iter().filter(|answer| !answer.status.ends_with("XX")) {
            let mut response = json!({ "description": words(&answer.status) });
            if !answer.of.is_empty() {
                response["content"] = self.content(&answer.of)?;
            }
            responses.insert(answer.status.clone(), response);
        }
        for range in ["4XX", "5XX"] {
            let besides = answers.iter().find(|answer| answer.status == range);
            responses.insert(range.to_owned(), refusal(speech, besides.map(|answer| answer.of.as_str())));
        }
        Ok(Value::Object(responses))
    }

    fn content(&mut self, of: &str) -> Outcome<Value> {
        if of.contains('/') {
            return Ok(files(of));
        }
        let schema = match of.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(item) => self.page(item)?,
            None if of.starts_with("Edm.") => self.single(of),
            None if self.types.is_plain(of) => self.known(of)?,
            None => {
                let entity = self.known(of)?;
                json!({ "allOf": [entity, { "required": ["@odata.context"] }] })
            }
        };
        Ok(json!({ "application/json": { "schema": schema } }))
    }

    fn known(&mut self, of: &str) -> Outcome<Value> {
        if self.types.knows(of) { Ok(self.types.reference(of)) } else { Err(format!("there is no type {of}")) }
    }

    fn single(&mut self, of: &str) -> Value {
        let properties = json!({ "@odata.context": context(), "value": self.types.value(of) });
        closed(&properties, &["@odata.context", "value"])
    }

    /// A page of a collection.
    fn page(&mut self, item: &str) -> Outcome<Value> {
        let items = if item.starts_with("Edm.") { self.types.value(item) } else { self.known(item)? };
        let of = if item.contains('.') { item.to_owned() } else { format!("microsoft.graph.{item}") };
        let name = format!("page.{of}");
        let link = json!({ "type": "string", "format": "uri" });
        let properties = json!({
            "@odata.context": context(),
            "@odata.count": { "type": "integer" },
            "@odata.nextLink": link,
            "@odata.deltaLink": link,
            "value": { "type": "array", "items": items },
        });
        self.collections.insert(name.clone(), closed(&properties, &["@odata.context", "value"]));
        Ok(json!({ "$ref": format!("#/components/schemas/{name}") }))
    }
}

/// The parameters in the path.
pub fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": parameter::in_path(name) }))
        .collect()
}

/// The envelope of Graph's errors (Graph: error resource).
pub fn error() -> Value {
    let text = json!({ "type": "string" });
    let inner = json!({ "date": text, "request-id": text, "client-request-id": text });
    let said = json!({ "code": text, "message": text, "target": text, "details": { "type": "array" }, "innerError":
        closed(&inner, &["date", "request-id", "client-request-id"]) });
    closed(&json!({ "error": closed(&said, &["code", "message", "innerError"]) }), &["error"])
}

/// The errors of OAuth as Microsoft writes them (RFC 6749 section 5.2 and what stands beside it).
pub fn oauth_error() -> Value {
    json!({
        "type": "object",
        "required": ["error", "error_description"],
        "properties": { "error": { "type": "string" }, "error_description": { "type": "string" } },
    })
}

/// What is answered instead, in the manner of the operation and perhaps in other media types too.
fn refusal(speech: Speech, besides: Option<&str>) -> Value {
    let (name, schema) = match speech {
        Speech::OAuth => ("OAuthError", oauth_error()),
        Speech::Graph | Speech::Open => ("Error", error()),
    };
    let Some(besides) = besides else { return json!({ "$ref": format!("#/components/responses/{name}") }) };
    let mut content = files(besides);
    content["application/json"] = json!({ "schema": schema });
    json!({ "description": "Refused or failed.", "content": content })
}

fn closed(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

fn context() -> Value {
    json!({ "type": "string" })
}

/// Bodies that are no JSON.
fn files(kinds: &str) -> Value {
    let one = |kind: &str| {
        let schema = if kind.starts_with("text/") { json!({ "type": "string" }) } else { json!({}) };
        (kind.to_owned(), json!({ "schema": schema }))
    };
    kinds.split(',').map(one).collect::<Map<String, Value>>().into()
}

/// One entry for each way of being allowed; any token where none is named.
fn security(ways: Option<&Ways>) -> Value {
    match ways.filter(|ways| !ways.is_empty()) {
        None => json!([{ "bearer": [] }]),
        Some(ways) => ways.iter().map(|held| json!({ "bearer": held })).collect(),
    }
}

/// `/oidc/userinfo` takes a token of the API and answers as the API does, as Microsoft's does.
fn speech(path: &str) -> Speech {
    let begins = |roots: &[&str]| roots.iter().any(|root| path.starts_with(root));
    if begins(&["/{tenant}/", "/common/"]) {
        Speech::OAuth
    } else if begins(&["/v1.0/", "/beta/", "/vestibule/", "/oidc/"]) {
        Speech::Graph
    } else {
        Speech::Open
    }
}

/// `GET /v1.0/users/{user}/$count` is `get-v1.0-users-user-count`.
fn id(route: &Route) -> String {
    let parts = route.path.split('/').map(|segment| segment.trim_matches(['{', '}', '$', '.']));
    let parts: Vec<&str> = parts.filter(|segment| !segment.is_empty()).collect();
    format!("{}-{}", route.method.to_lowercase(), parts.join("-"))
}

/// Operations about the same thing stand together.
fn tag(path: &str) -> &str {
    let mut segments = path.trim_start_matches('/').split('/');
    match (speech(path), segments.next()) {
        (Speech::OAuth, _) => "oauth2",
        (_, Some("v1.0" | "beta")) => segments.next().unwrap_or_default(),
        (_, Some("vestibule")) => segments.nth(1).unwrap_or_default(),
        (Speech::Open, _) => "server",
        (_, other) => other.unwrap_or_default(),
    }
}

fn words(status: &str) -> &'static str {
    match status {
        "201" => "Created.",
        "302" | "303" => "On to another address.",
        "304" => "As it was.",
        "503" => "Not now.",
        _ => "Done.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_has_what_its_line_says() {
        let graph = r#"{"sets":{"users":"user"},"types":{"user":{"props":{"id":{"t":"Edm.String","n":0},"mail":{"t":"Edm.String"}}}}}"#;
        let mut types = Types::read(graph, "{}").expect("types");
        let (served, mut collections) = (BTreeMap::new(), BTreeMap::new());
        let mut writer = Writer { types: &mut types, served: &served, collections: &mut collections };
        let route = Route { path: "/v1.0/users/{user}".to_owned(), method: "PATCH" };
        let (_, described) = super::super::described::read("PATCH /x | = Change | < user(mail!) | > 200 user | > 204")
            .expect("a line")
            .remove(0);
        let ways = vec![vec!["User.ReadWrite.All".to_owned()]];
        let operation = writer.write(&route, &described, Some(&ways)).expect("an operation");
        assert_eq!(operation["operationId"], "patch-v1.0-users-user");
        assert_eq!(operation["security"], json!([{ "bearer": ["User.ReadWrite.All"] }]));
        let sent = &operation["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(sent["required"], json!(["mail"]));
        let responses = operation["responses"].as_object().expect("responses");
        assert_eq!(responses.keys().collect::<Vec<_>>(), ["200", "204", "4XX", "5XX"]);
        assert_eq!(path_parameters(&route.path)[0]["name"], "user");
    }
}
