//! What a path of Graph says by itself: each segment is a set, a key, a relation, a cast or one of OData's own.

use super::described::{Answer, Body, Described};
use super::types::Types;

/// Sets of Graph that are one object.
const SINGLE: [&str; 5] = ["me", "policies", "roleManagement", "auditLogs", "identityGovernance"];

/// The options of a collection.
const OF_MANY: [&str; 8] = ["$select", "$filter", "$orderby", "$search", "$top", "$count", "$expand", "$skiptoken"];
/// The options of one object.
const OF_ONE: [&str; 2] = ["$select", "$expand"];
const OF_COUNT: [&str; 2] = ["$filter", "$search"];
const OF_DELTA: [&str; 4] = ["$select", "$filter", "$deltatoken", "$skiptoken"];
const OF_REFERENCES: [&str; 2] = ["$top", "$skiptoken"];

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Root,
    Many(String),
    One(String),
    Count(String),
    Delta(String),
    Reference { many: bool },
}

/// What the route does, if its path says so.
pub fn of(types: &Types, method: &str, path: &str) -> Option<Described> {
    let segments: Vec<&str> = path.strip_prefix("/v1.0/").or_else(|| path.strip_prefix("/beta/"))?.split('/').collect();
    let mut place = Place::Root;
    for segment in &segments {
        place = step(types, &place, segment)?;
    }
    let what = what(&segments);
    let described = |summary: String, query: &[&str], body: Option<&str>, answers: &[(u16, String)]| {
        let query = (method == "GET").then(|| query.iter().map(|name| (*name).to_owned()).collect());
        let body = body.map(|of| Body { of: of.to_owned(), names: Vec::new(), is_optional: false });
        let answers =
            answers.iter().map(|(status, of)| Answer { status: status.to_string(), of: of.clone() }).collect();
        Some(Described { summary, query, body, answers })
    };
    match (method, place) {
        ("GET", Place::Many(of)) => described(format!("List {what}"), &OF_MANY, None, &[(200, format!("[{of}]"))]),
        ("POST", Place::Many(of)) => described(format!("Add to {what}"), &[], Some(&of), &[(201, of.clone())]),
        ("GET", Place::One(of)) => described(format!("Read {what}"), &OF_ONE, None, &[(200, of)]),
        ("PATCH", Place::One(of)) => described(format!("Change {what}"), &[], Some(&of), &[(204, String::new())]),
        ("DELETE", Place::One(_)) => described(format!("Delete {what}"), &[], None, &[(204, String::new())]),
        ("GET", Place::Count(_)) => {
            described(format!("Count {what}"), &OF_COUNT, None, &[(200, "text/plain".to_owned())])
        }
        ("GET", Place::Delta(of)) => {
            described(format!("What has changed of {what}"), &OF_DELTA, None, &[(200, format!("[{of}]"))])
        }
        ("GET", Place::Reference { many: true }) => described(
            format!("Addresses of {what}"),
            &OF_REFERENCES,
            None,
            &[(200, "[vestibule.reference]".to_owned())],
        ),
        ("POST" | "PUT", Place::Reference { .. }) => {
            described(format!("Relate an object: {what}"), &[], Some("vestibule.reference"), &[(204, String::new())])
        }
        ("DELETE", Place::Reference { .. }) => {
            described(format!("Take a relation away: {what}"), &[], None, &[(204, String::new())])
        }
        _ => None,
    }
}

/// The type of the objects a path leads to, for what can be selected of them.
pub fn type_at(types: &Types, path: &str) -> Option<String> {
    let mut place = Place::Root;
    for segment in path.strip_prefix("/v1.0/")?.split('/') {
        place = step(types, &place, segment)?;
    }
    match place {
        Place::Many(of) | Place::One(of) | Place::Count(of) | Place::Delta(of) => Some(of),
        Place::Root | Place::Reference { .. } => None,
    }
}

fn step(types: &Types, place: &Place, segment: &str) -> Option<Place> {
    let cast = segment.strip_prefix("microsoft.graph.").filter(|name| types.knows(name)).map(str::to_owned);
    match (place, segment) {
        (Place::Root, _) => {
            let of = types.of_set(segment)?.to_owned();
            Some(if SINGLE.contains(&segment) { Place::One(of) } else { Place::Many(of) })
        }
        (Place::Many(of), "$count") => Some(Place::Count(of.clone())),
        (Place::Many(of), "delta") => Some(Place::Delta(of.clone())),
        (Place::Many(_), "$ref") => Some(Place::Reference { many: true }),
        (Place::One(_), "$ref") => Some(Place::Reference { many: false }),
        // Which type a cast leads to is the caller's choice.
        (Place::Many(of), "{cast}") => Some(Place::Many(of.clone())),
        (Place::Many(_), _) if cast.is_some() => cast.map(Place::Many),
        (Place::Many(of), key) if key.starts_with('{') => Some(Place::One(of.clone())),
        (Place::One(_), _) if cast.is_some() => cast.map(Place::One),
        (Place::One(of), name) => {
            let member = types.member(of, name)?;
            let target = member.type_name().to_owned();
            types.knows(&target).then(|| if member.is_collection() { Place::Many(target) } else { Place::One(target) })
        }
        _ => None,
    }
}

/// The path in words: `users/{user}/sponsors` is "sponsors of a user".
fn what(segments: &[&str]) -> String {
    let mut words: Vec<String> = Vec::new();
    for segment in segments.iter().filter(|segment| !segment.starts_with('$') && **segment != "delta") {
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some("cast") => words.push("those of a type".to_owned()),
            Some(name) => {
                let set = words.pop().unwrap_or_default();
                let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
                let is_named = set.to_lowercase().contains(name);
                words.push(if is_named { format!("{article} {name}") } else { format!("one of {set}") });
            }
            None => words.push(segment.trim_start_matches("microsoft.graph.").to_owned()),
        }
    }
    words.reverse();
    words.join(" of ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types() -> Types {
        let graph = r#"{"sets":{"users":"user","me":"user"},"types":{
            "user":{"props":{"id":{"t":"Edm.String"}},"nav":{"manager":{"t":"thing"},"friends":{"t":"thing","c":1}}},
            "thing":{"props":{}}}}"#;
        Types::read(graph, "{}").expect("types")
    }

    fn answer(method: &str, path: &str) -> Option<(String, String, String)> {
        let mut described = of(&types(), method, path)?;
        let answer = described.answers.remove(0);
        Some((described.summary, answer.status, answer.of))
    }

    #[test]
    fn a_path_says_what_it_leads_to() {
        let cases = [
            ("GET", "/v1.0/users", "List users", 200, "[user]"),
            ("POST", "/v1.0/users", "Add to users", 201, "user"),
            ("GET", "/v1.0/users/$count", "Count users", 200, "text/plain"),
            ("GET", "/v1.0/users/delta", "What has changed of users", 200, "[user]"),
            ("PATCH", "/v1.0/users/{user}", "Change a user", 204, ""),
            ("GET", "/v1.0/users/{user}/friends", "List friends of a user", 200, "[thing]"),
            ("GET", "/v1.0/users/{user}/friends/microsoft.graph.user", "List user of friends of a user", 200, "[user]"),
            ("GET", "/v1.0/me/manager", "Read manager of me", 200, "thing"),
            (
                "DELETE",
                "/v1.0/users/{user}/friends/{other}/$ref",
                "Take a relation away: one of friends of a user",
                204,
                "",
            ),
            ("PUT", "/v1.0/users/{user}/manager/$ref", "Relate an object: manager of a user", 204, ""),
        ];
        for (method, path, summary, status, of) in cases {
            let expected = (summary.to_owned(), status.to_string(), of.to_owned());
            assert_eq!(answer(method, path), Some(expected), "{method} {path}");
        }
        assert_eq!(answer("POST", "/v1.0/me/doSomething"), None);
        assert_eq!(answer("GET", "/vestibule/v1/users"), None);
    }
}
