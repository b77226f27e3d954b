//! Parameters: those of the path, OData's options, and the headers that belong to them.

use crate::Outcome;
use crate::coverage::properties::Served;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Types that a cast in a path may name.
const CASTS: [&str; 5] = [
    "microsoft.graph.user",
    "microsoft.graph.group",
    "microsoft.graph.servicePrincipal",
    "microsoft.graph.application",
    "microsoft.graph.directoryRole",
];

/// A segment of a path.
pub fn in_path(name: &str) -> Value {
    match name {
        "cast" => json!({ "type": "string", "enum": CASTS }),
        "format" => json!({ "type": "string", "enum": ["csv", "jsonl"] }),
        _ => json!({ "type": "string", "minLength": 1 }),
    }
}

/// A query parameter of our own; `!` at its end makes it required.
pub fn named(name: &str, schema: &Value) -> Value {
    let plain = name.trim_end_matches('!');
    json!({ "name": plain, "in": "query", "required": plain != name, "schema": schema })
}

/// An option of OData. Nothing for one that has nothing to name here.
pub fn odata(name: &str, served: Option<&Served>, expanded: &[String]) -> Outcome<Option<Value>> {
    let text = || json!({ "type": "string" });
    let schema = match name {
        "$select" => match served {
            // Members of a complex property are filtered, but selected with it.
            Some(served) => list(&served.read.iter().filter(|name| !name.contains('/')).cloned().collect()),
            None => text(),
        },
        "$expand" if expanded.is_empty() => return Ok(None),
        "$expand" => list(&expanded.iter().cloned().collect()),
        "$filter" | "$search" | "$skiptoken" | "$deltatoken" => text(),
        "$orderby" => text(),
        "$top" => json!({ "type": "integer", "minimum": 1, "maximum": 999 }),
        "$count" => json!({ "type": "boolean" }),
        _ => return Err(format!("{name} is no option of OData; write name:Type")),
    };
    let mut parameter = json!({ "name": name, "in": "query", "schema": schema });
    if let Some(served) = served.filter(|served| name == "$filter" && !served.filtered.is_empty()) {
        let names: Vec<&str> = served.filtered.iter().map(String::as_str).collect();
        parameter["description"] = format!("By {}.", names.join(", ")).into();
    }
    if parameter["schema"]["type"] == "array" {
        parameter["style"] = "form".into();
        parameter["explode"] = false.into();
    }
    Ok(Some(parameter))
}

fn list(names: &BTreeSet<String>) -> Value {
    json!({ "type": "array", "minItems": 1, "uniqueItems": true, "items": { "type": "string", "enum": names } })
}

/// The header that advanced queries need (Graph: advanced query capabilities).
pub fn consistency() -> Value {
    json!({ "name": "ConsistencyLevel", "in": "header", "schema": { "type": "string", "enum": ["eventual"] } })
}

/// The version that a change is meant for (RFC 9110 section 13.1.1).
pub fn if_match() -> Value {
    json!({ "name": "If-Match", "in": "header", "schema": { "type": "string" }, "example": "*" })
}

/// Whether the object that was made or changed is to be answered (RFC 7240 section 4.2).
pub fn prefer() -> Value {
    let known = ["return=minimal", "return=representation"];
    json!({ "name": "Prefer", "in": "header", "schema": { "type": "string", "enum": known } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_selected_is_named() {
        let (read, filtered) = (["id", "mail"].map(str::to_owned).into(), ["id".to_owned()].into());
        let served = Served { read, filtered, ..Served::default() };
        let select = odata("$select", Some(&served), &[]).expect("an option").expect("something");
        assert_eq!(select["schema"]["items"]["enum"], json!(["id", "mail"]));
        assert_eq!(select["explode"], false);
        let filter = odata("$filter", Some(&served), &[]).expect("an option").expect("something");
        assert_eq!(filter["description"], "By id.");
        assert_eq!(odata("$expand", Some(&served), &[]).expect("an option"), None);
        assert!(odata("$bottom", None, &[]).is_err());
        assert_eq!(named("since!", &json!({}))["required"], true);
    }
}
