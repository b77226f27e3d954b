//! The properties that the tables of resources hold, beside those that Graph declares.

use crate::Outcome;
use crate::source::File;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The extract of Graph's schema that tests check answers against.
pub const SCHEMA: &str = "crates/server/src/testing/graph_schema.json";

/// What a table says of its properties.
#[derive(Default)]
pub struct Served {
    /// What can be selected.
    pub read: BTreeSet<String>,
    /// What `$filter` knows.
    pub filtered: BTreeSet<String>,
    /// What is read or filtered at its own type alone.
    pub own: BTreeSet<String>,
}

/// The type of what may be of any kind, and the kinds whose properties are selected of it.
const ANY: (&str, [&str; 3]) = ("directoryObject", ["user", "group", "servicePrincipal"]);

/// The part of the page about properties.
pub fn page(files: &[File]) -> Outcome<String> {
    let schema = files.iter().find(|file| file.path == SCHEMA).ok_or_else(|| format!("{SCHEMA} is not there"))?;
    let schema: Value = serde_json::from_str(&schema.text).map_err(|error| format!("{SCHEMA}: {error}"))?;
    let mut page = String::from("\n## Properties\n");
    for (name, served) in tables(files) {
        let declared = declared(&schema, &name);
        if declared.is_empty() {
            continue;
        }
        let missing: Vec<&str> =
            declared.iter().filter(|property| !served.read.contains(*property)).map(String::as_str).collect();
        _ = write!(page, "\n### {name}\n\n- read: {}\n", list(served.read.iter().map(String::as_str)));
        if !served.filtered.is_empty() {
            _ = writeln!(page, "- filtered: {}", list(served.filtered.iter().map(String::as_str)));
        }
        if !missing.is_empty() {
            _ = writeln!(page, "- not there: {}", list(missing.into_iter()));
        }
    }
    Ok(page)
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The tables in the server's sources, by the type they describe.
pub fn tables(files: &[File]) -> BTreeMap<String, Served> {
    let mut tables: BTreeMap<String, Served> = BTreeMap::new();
    for file in files.iter().filter(|file| file.path.starts_with("crates/server/src/") && !file.is_test()) {
        for table in file.text.split(": Resource =").skip(1) {
            let Some(name) = quoted(table, "type_name: ") else { continue };
            let end = table.find("\n};").unwrap_or(table.len());
            let served = tables.entry(name.to_owned()).or_default();
            for property in table[..end].split("Property::new(").skip(1) {
                let Some(name) = property.strip_prefix('"').and_then(|rest| rest.split('"').next()) else { continue };
                served.read.insert(name.to_owned());
                if property.contains(".filtered") {
                    served.filtered.insert(name.to_owned());
                }
                if property.contains(".by_name()") || property.contains(".never()") {
                    served.own.insert(name.to_owned());
                }
            }
        }
    }
    let (any, kinds) = ANY;
    let of_kinds = kinds.into_iter().filter_map(|kind| tables.get(kind));
    let selected: BTreeSet<String> = of_kinds.flat_map(|served| served.read.difference(&served.own)).cloned().collect();
    if let Some(served) = tables.get_mut(any) {
        served.read.extend(selected);
    }
    tables
}

fn quoted<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    text.split_once(before)?.1.strip_prefix('"')?.split('"').next()
}

/// What Graph declares for a type and those it is derived from.
fn declared(schema: &Value, name: &str) -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    let mut next = Some(name.to_owned());
    while let Some(name) = next {
        let of_type = &schema["types"][&name];
        declared.extend(of_type["props"].as_object().into_iter().flat_map(|props| props.keys().cloned()));
        next = of_type["base"].as_str().map(str::to_owned);
    }
    declared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_read_filtered_or_not_there() {
        let table = "pub static THING: Resource = Resource {\n    type_name: \"thing\",\n    properties: &[\n        \
                     Property::new(\"id\").by_default().filtered(Column::Id(\"t.id\")),\n        Property::new(\"name\"),\n    ],\n};\n";
        let schema =
            r#"{"types":{"thing":{"base":"entity","props":{"name":{},"colour":{}}},"entity":{"props":{"id":{}}}}}"#;
        let files = [
            File { path: "crates/server/src/things/resource.rs".to_owned(), text: table.to_owned() },
            File { path: SCHEMA.to_owned(), text: schema.to_owned() },
        ];
        let page = page(&files).expect("a page");
        assert!(
            page.contains("### thing\n\n- read: `id`, `name`\n- filtered: `id`\n- not there: `colour`\n"),
            "{page}"
        );
    }

    #[test]
    fn of_any_object_is_read_what_some_kind_has_and_not_by_its_name_alone() {
        let table = |kind: &str, properties: &str| {
            let text = format!(
                "static T: Resource = Resource {{\n    type_name: \"{kind}\",\n    properties: &[{properties}],\n}};\n"
            );
            File { path: format!("crates/server/src/{kind}s/resource.rs"), text }
        };
        let files = [
            table("directoryObject", "Property::new(\"id\")"),
            table("user", "Property::new(\"mail\"), Property::new(\"a\").by_name(), Property::new(\"a/b\").never()"),
            table("application", "Property::new(\"web\")"),
        ];
        let tables = tables(&files);
        assert_eq!(tables["directoryObject"].read, BTreeSet::from(["id", "mail"].map(str::to_owned)));
    }
}
