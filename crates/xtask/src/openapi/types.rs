//! Types as JSON Schema: those of Graph's schema, and those of our own in the same form.

use crate::Outcome;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Before the names of Graph's types, which have no dot of their own.
const GRAPH: &str = "microsoft.graph.";

/// Every declared type, and which of them the document has named so far.
pub struct Types {
    types: BTreeMap<String, Value>,
    enums: BTreeMap<String, Value>,
    sets: BTreeMap<String, String>,
    /// Relations that `$expand` includes, by the type they start from.
    expanded: BTreeMap<String, Vec<String>>,
    /// Relations that are included without being asked for.
    embedded: BTreeMap<String, Vec<String>>,
    reached: BTreeSet<String>,
}

/// A property or relation of a type.
#[derive(Clone, Copy)]
pub struct Member<'a>(&'a Value);

impl<'a> Member<'a> {
    /// The name of its type: `Edm.String`, `user`, `vestibule.mail`.
    pub fn type_name(self) -> &'a str {
        self.0["t"].as_str().unwrap_or_default()
    }

    /// Whether it holds many.
    pub fn is_collection(self) -> bool {
        self.0["c"] == 1
    }

    fn is_nullable(self) -> bool {
        self.0["n"] != 0
    }
}

impl Types {
    /// Reads Graph's schema and our own types.
    pub fn read(graph: &str, own: &str) -> Outcome<Self> {
        let [graph, own] = [("Graph's schema", graph), ("our types", own)]
            .map(|(name, text)| serde_json::from_str::<Value>(text).map_err(|error| format!("{name}: {error}")));
        let (graph, own) = (graph?, own?);
        let entries = |value: &Value| value.as_object().cloned().unwrap_or_default().into_iter();
        let sets = entries(&graph["sets"]);
        let names = |value: Value| value.as_array().into_iter().flatten().filter_map(text).collect::<Vec<_>>();
        let relations =
            |group: &Value| entries(group).map(|(name, value)| (name, names(value))).collect::<BTreeMap<_, _>>();
        Ok(Self {
            types: entries(&graph["types"]).chain(entries(&own["types"])).collect(),
            enums: entries(&graph["enums"]).collect(),
            sets: sets.filter_map(|(name, of)| Some((name, text(&of)?))).collect(),
            expanded: relations(&own["expanded"]),
            embedded: relations(&own["embedded"]),
            reached: BTreeSet::new(),
        })
    }

    /// The type behind the first segment of a path.
    pub fn of_set(&self, name: &str) -> Option<&str> {
        self.sets.get(name).map(String::as_str)
    }

    /// Whether there is such a type.
    pub fn knows(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    /// Whether it is written without a context, as OAuth's answers are.
    pub fn is_plain(&self, name: &str) -> bool {
        self.types.get(name).is_some_and(|declared| declared["plain"] == 1)
    }

    /// The relations that `$expand` includes.
    pub fn expanded(&self, name: &str) -> &[String] {
        self.expanded.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// A property or relation of a type or of what it is derived from.
    pub fn member(&self, type_name: &str, name: &str) -> Option<Member<'_>> {
        self.bases(type_name)
            .into_iter()
            .find_map(|declared| ["props", "nav"].iter().find_map(|group| declared[group].get(name)).map(Member))
    }

    /// A reference to a type, which the document then holds.
    pub fn reference(&mut self, name: &str) -> Value {
        self.reached.insert(name.to_owned());
        json!({ "$ref": format!("#/components/schemas/{}", component(name)) })
    }

    /// The schema of one value of a type.
    pub fn value(&mut self, name: &str) -> Value {
        match name {
            _ if name.starts_with("Edm.") => primitive(name),
            _ if self.enums.contains_key(name) => json!({ "type": "string", "enum": self.enums[name] }),
            _ if self.types.contains_key(name) => self.reference(name),
            // The extract of the schema leaves out what the server never writes.
            _ => json!({}),
        }
    }

    /// The schema of a property.
    fn property(&mut self, type_name: &str, name: &str) -> Outcome<Value> {
        let (schema, nullable) = self.not_null(type_name, name)?;
        Ok(if nullable { or_null(schema) } else { schema })
    }

    /// The schema of a property that has a value, and whether it may have none.
    fn not_null(&mut self, type_name: &str, name: &str) -> Outcome<(Value, bool)> {
        let member = self.member(type_name, name).ok_or_else(|| format!("{type_name} has no property {name}"))?;
        let (of, many, nullable) = (member.type_name().to_owned(), member.is_collection(), member.is_nullable());
        let words = member.0.get("v").cloned();
        let mut one = self.value(&of);
        if let Some(words) = words {
            one["enum"] = words;
        }
        let whole = if many { json!({ "type": "array", "items": one }) } else { one };
        Ok((whole, nullable))
    }

    /// What a request sends: these properties of a type, those with `!` at least.
    pub fn part(&mut self, type_name: &str, names: &[&str]) -> Outcome<Value> {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for name in names {
            let plain = name.trim_end_matches('!');
            let schema = match plain.strip_suffix("@odata.bind") {
                None if plain == *name => self.property(type_name, plain)?,
                None => self.not_null(type_name, plain)?.0,
                Some(relation) => bound(self.member(type_name, relation).is_some_and(Member::is_collection)),
            };
            properties.insert(plain.to_owned(), schema);
            if plain != *name {
                required.push(plain);
            }
        }
        let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        Ok(schema)
    }

    /// Every type that was referred to, and what those refer to.
    pub fn components(mut self) -> Outcome<Map<String, Value>> {
        let mut written = BTreeMap::new();
        while let Some(name) = self.reached.iter().find(|name| !written.contains_key(*name)).cloned() {
            let schema = self.schema(&name)?;
            written.insert(name, schema);
        }
        Ok(written.into_iter().map(|(name, schema)| (component(&name), schema)).collect())
    }

    /// A type with everything it inherits. Where others are derived from it, a value may be one of those.
    fn schema(&mut self, name: &str) -> Outcome<Value> {
        let own = self.object(name)?;
        let derived: Vec<String> =
            self.types.iter().filter(|(_, declared)| declared["base"] == name).map(|(name, _)| name.clone()).collect();
        if derived.is_empty() {
            return Ok(own);
        }
        let mut any = vec![own];
        any.extend(derived.iter().map(|name| self.reference(name)));
        Ok(json!({ "anyOf": any }))
    }

    fn object(&mut self, name: &str) -> Outcome<Value> {
        let bases = self.bases(name);
        let is_graph = !name.contains('.');
        let is_open = bases.iter().any(|declared| declared["open"] == 1);
        let members = bases.iter().filter_map(|declared| declared["props"].as_object()).flatten();
        let required: Vec<String> =
            members.clone().filter(|(_, member)| member["r"] == 1).map(|(name, _)| name.clone()).collect();
        let mut names: BTreeSet<String> = members.map(|(name, _)| name.clone()).collect();
        names.extend([&self.expanded, &self.embedded].into_iter().filter_map(|of| of.get(name)).flatten().cloned());
        let mut properties = Map::new();
        for property in names {
            let schema = self.property(name, &property)?;
            properties.insert(property, schema);
        }
        let mut schema = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        if !self.is_plain(name) {
            // Control information (OData JSON format 4.01, section 4.6).
            schema["patternProperties"] = json!({ "@": {} });
        }
        if is_graph && is_open {
            // Properties of extensions have a prefix.
            schema["patternProperties"]["^[A-Za-z0-9]+_"] = json!({});
        }
        schema["additionalProperties"] = json!(self.types.get(name).is_some_and(|declared| declared["free"] == 1));
        Ok(schema)
    }

    /// A type and what it is derived from.
    fn bases(&self, name: &str) -> Vec<&Value> {
        let mut chain = Vec::new();
        let mut next = self.types.get(name);
        while let Some(declared) = next {
            chain.push(declared);
            next = declared["base"].as_str().and_then(|base| self.types.get(base));
        }
        chain
    }
}

/// The name of a type among the components.
fn component(name: &str) -> String {
    if name.contains('.') { name.to_owned() } else { format!("{GRAPH}{name}") }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The addresses of objects that a new one is to be related to.
fn bound(many: bool) -> Value {
    let one = json!({ "type": "string" });
    if many { json!({ "type": "array", "items": one }) } else { one }
}

fn or_null(mut schema: Value) -> Value {
    match schema["type"].as_str().map(str::to_owned) {
        Some(kind) => {
            schema["type"] = json!([kind, "null"]);
            if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
                words.push(Value::Null);
            }
            schema
        }
        None if schema.get("$ref").is_some() => json!({ "anyOf": [schema, { "type": "null" }] }),
        None => schema,
    }
}

/// OData's primitive types (`OData` JSON format 4.01, section 7.1).
fn primitive(name: &str) -> Value {
    match name {
        "Edm.Boolean" => json!({ "type": "boolean" }),
        "Edm.Int16" | "Edm.Int32" => json!({ "type": "integer", "format": "int32" }),
        "Edm.Int64" => json!({ "type": "integer", "format": "int64" }),
        "Edm.Double" | "Edm.Single" | "Edm.Decimal" => json!({ "type": "number" }),
        "Edm.DateTimeOffset" => json!({ "type": "string", "format": "date-time" }),
        "Edm.Guid" => json!({ "type": "string", "format": "uuid" }),
        "Edm.Date" => json!({ "type": "string", "format": "date" }),
        "Edm.Untyped" => json!({}),
        _ => json!({ "type": "string" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types() -> Types {
        let graph = r#"{"sets":{"users":"user"},"enums":{"hue":["red"]},"types":{
            "thing":{"props":{"id":{"t":"Edm.String","n":0}}},
            "user":{"base":"thing","open":1,"props":{"hue":{"t":"hue"},"names":{"t":"name","c":1,"n":0}},
                    "nav":{"manager":{"t":"thing"},"friends":{"t":"thing","c":1}}},
            "name":{"props":{"text":{"t":"Edm.String"}}}}}"#;
        let own =
            r#"{"expanded":{"user":["manager"]},"types":{"oauth.x":{"props":{"a":{"t":"Edm.String","r":1,"n":0}}}}}"#;
        Types::read(graph, own).expect("types")
    }

    #[test]
    fn a_type_is_written_with_what_it_inherits_and_what_it_refers_to() {
        let mut types = types();
        types.reference("user");
        let components = types.components().expect("components");
        let names: Vec<&str> = components.keys().map(String::as_str).collect();
        assert_eq!(names, ["microsoft.graph.name", "microsoft.graph.thing", "microsoft.graph.user"]);
        let user = &components["microsoft.graph.user"];
        assert_eq!(user["properties"]["id"], json!({ "type": "string" }));
        assert_eq!(user["properties"]["hue"], json!({ "type": ["string", "null"], "enum": ["red", null] }));
        let items = json!({ "$ref": "#/components/schemas/microsoft.graph.name" });
        assert_eq!(user["properties"]["names"], json!({ "type": "array", "items": items }));
        assert!(user["properties"]["manager"]["anyOf"].is_array(), "{user}");
        assert!(user["properties"].get("friends").is_none(), "{user}");
        assert_eq!(user["additionalProperties"], false);
        assert!(components["microsoft.graph.thing"]["anyOf"].is_array(), "a thing may be a user");
    }

    #[test]
    fn a_part_of_a_type_has_what_is_named() {
        let mut types = types();
        let part = types.part("user", &["hue!", "manager@odata.bind", "friends@odata.bind"]).expect("a part");
        assert_eq!(part["required"], json!(["hue"]));
        assert_eq!(part["properties"]["hue"], json!({ "type": "string", "enum": ["red"] }));
        assert_eq!(part["properties"]["manager@odata.bind"], json!({ "type": "string" }));
        assert_eq!(part["properties"]["friends@odata.bind"]["type"], "array");
        assert!(types.part("user", &["shoeSize"]).is_err());
    }
}
