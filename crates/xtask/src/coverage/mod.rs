//! `cargo xtask coverage`: which calls and properties of Microsoft Graph are served, written to `docs/graph-coverage.md` from
//! the sources, so that the page cannot promise what no route keeps.

pub mod properties;

use crate::source::File;
use crate::{Outcome, routes, source, workspace};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The page.
const PAGE: &str = "docs/graph-coverage.md";

/// Every call that was decided about. The server answers those that it refuses from the same list.
const SURFACE: &str = include_str!("../../../server/src/graph/surface.txt");

/// One path of the surface.
struct Call<'a> {
    path: &'a str,
    methods: Vec<&'a str>,
    reason: Option<&'a str>,
}

/// Runs the command.
pub fn command(options: &[String]) -> Outcome {
    let page = page(&source::files()?)?;
    match options {
        [] => {
            print!("{page}");
            Ok(())
        }
        [write] if write == "--write" => {
            std::fs::write(workspace::root().join(PAGE), page).map_err(|error| format!("{PAGE}: {error}"))
        }
        _ => Err("usage: cargo xtask coverage [--write]".to_owned()),
    }
}

/// Whether the page is what the sources say.
pub fn is_current(files: &[File]) -> Outcome<bool> {
    let page = page(files)?;
    Ok(files.iter().find(|file| file.path == PAGE).is_some_and(|file| file.text == page))
}

fn page(files: &[File]) -> Outcome<String> {
    let served = routes::without_names(files);
    let mut page = String::from(
        "# Microsoft Graph, call by call\n\n\
         Written by `cargo xtask coverage --write` from the routes and the tables of properties; `cargo xtask check` fails when it is\n\
         out of date. The list of calls is that of collaboration with people from outside; `{}` stands for an id or another key, and\n\
         calls are those of v1.0 unless they begin with `/beta`.\n",
    );
    let mut counts = [0_usize; 3];
    let mut known = BTreeSet::new();
    for line in SURFACE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(title) = line.strip_prefix("= ") {
            _ = write!(
                page,
                "\n## {title}\n\n| call | served | refused on purpose | missing |\n| --- | --- | --- | --- |\n"
            );
            continue;
        }
        let call = read(line);
        let paths = paths(call.path);
        let mut routes =
            paths.iter().flat_map(|path| call.methods.iter().map(move |method| format!("{method} {}", routed(path))));
        if let Some(route) = routes.find(|route| paths.len() > 1 && served.contains(route)) {
            return Err(format!("{route} is served: it needs a line of its own in surface.txt"));
        }
        let is_served = |method: &&&str| served.contains(&format!("{method} {}", routed(call.path)));
        let (there, absent): (Vec<&&str>, Vec<&&str>) = call.methods.iter().partition(is_served);
        known.extend(call.methods.iter().map(|method| format!("{method} {}", routed(call.path))));
        let join = |methods: &[&&str]| methods.iter().map(|method| **method).collect::<Vec<_>>().join(" ");
        let (refused, missing) = match call.reason {
            Some(reason) if !absent.is_empty() => (format!("{}: {reason}", join(&absent)), String::new()),
            _ => (String::new(), join(&absent)),
        };
        counts[0] += there.len();
        counts[if call.reason.is_some() { 1 } else { 2 }] += absent.len() * paths.len();
        _ = writeln!(page, "| `{}` | {} | {refused} | {missing} |", call.path, join(&there));
    }
    let is_of_graph = |route: &String| [" /v1.0/", " /beta/"].iter().any(|version| route.contains(version));
    let besides: Vec<&String> = served.iter().filter(|route| is_of_graph(route) && !known.contains(*route)).collect();
    if !besides.is_empty() {
        page.push_str("\n## Served besides\n\n");
        for route in besides {
            _ = writeln!(page, "- `{}`", route.replace("/v1.0", ""));
        }
    }
    let [there, refused, missing] = counts;
    _ = write!(page, "\n{there} calls are served, {refused} are refused on purpose, {missing} are missing.\n");
    page.push_str(&properties::page(files)?);
    Ok(page)
}

fn read(line: &str) -> Call<'_> {
    let (call, reason) = line.split_once(" - ").map_or((line, None), |(call, reason)| (call, Some(reason)));
    let mut words = call.split_whitespace();
    Call { path: words.next().unwrap_or_default(), methods: words.collect(), reason }
}

/// The path of a line as the router has it: one of v1.0, unless it says otherwise.
fn routed(path: &str) -> String {
    if path.starts_with("/beta/") { path.to_owned() } else { format!("/v1.0{path}") }
}

/// The paths a line stands for: one for each name in braces with commas between them, otherwise the one that is written.
fn paths(path: &str) -> Vec<String> {
    let is_group = |segment: &&str| segment.starts_with('{') && segment.contains(',');
    match path.split('/').find(is_group) {
        Some(group) => group.trim_matches(['{', '}']).split(',').map(|name| path.replace(group, name)).collect(),
        None => vec![path.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The types that are served and have relations or operations, and where their objects stand.
    const OBJECTS: [(&str, &str); 17] = [
        ("appConsentRequest", "/identityGovernance/appConsent/appConsentRequests/{}"),
        ("application", "/applications/{}"),
        ("directoryObject", "/directoryObjects/{}"),
        ("directoryRole", "/directoryRoles/{}"),
        ("domain", "/domains/{}"),
        ("group", "/groups/{}"),
        ("oAuth2PermissionGrant", "/oauth2PermissionGrants/{}"),
        ("organization", "/organization/{}"),
        ("permissionGrantPolicy", "/policies/permissionGrantPolicies/{}"),
        ("policyRoot", "/policies"),
        ("servicePrincipal", "/servicePrincipals/{}"),
        ("subscription", "/subscriptions/{}"),
        ("tokenLifetimePolicy", "/policies/tokenLifetimePolicies/{}"),
        ("unifiedRoleAssignment", "/roleManagement/directory/roleAssignments/{}"),
        ("unifiedRoleDefinition", "/roleManagement/directory/roleDefinitions/{}"),
        ("user", "/users/{}"),
        ("userConsentRequest", "/identityGovernance/appConsent/appConsentRequests/{}/userConsentRequests/{}"),
    ];

    #[test]
    fn every_relation_and_operation_of_a_served_type_has_a_line() {
        let schema = std::fs::read_to_string(workspace::root().join(properties::SCHEMA)).expect("the schema");
        let schema: Value = serde_json::from_str(&schema).expect("JSON");
        let lines = SURFACE.lines().filter(|line| line.starts_with('/'));
        let listed: BTreeSet<String> = lines.flat_map(|line| paths(read(line).path)).collect();
        let declares = schema["declares"].as_object().expect("what Graph declares");
        let kinds: BTreeSet<&str> = declares.keys().map(String::as_str).collect();
        assert_eq!(kinds, BTreeSet::from(OBJECTS.map(|(kind, _)| kind)));
        let (mut missing, mut seen) = (Vec::new(), 0);
        for (kind, place) in OBJECTS {
            let of_set = place.strip_suffix("/{}").unwrap_or(place);
            for (group, at) in [("nav", place), ("ops", place), ("of_set", of_set)] {
                let names = declares[kind][group].as_array().expect("names");
                seen += names.len();
                let names = names.iter().filter_map(Value::as_str).map(|name| format!("{at}/{name}"));
                missing.extend(names.filter(|path| {
                    let below = format!("{path}/");
                    !listed.iter().any(|line| line == path || line.starts_with(&below))
                }));
            }
        }
        assert!(missing.is_empty(), "nobody decided about {missing:#?}");
        assert!(seen > 150, "{seen}");
    }

    #[test]
    fn names_in_braces_are_a_path_each() {
        assert_eq!(paths("/users/{}/{drive,drives}"), ["/users/{}/drive", "/users/{}/drives"]);
        assert_eq!(paths("/users/{}/photo"), ["/users/{}/photo"]);
    }

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_line_is_a_path_its_methods_and_perhaps_a_reason() {
        let call = read("/users/{}/photo GET PUT - no pictures");
        assert_eq!(
            (call.path, call.methods, call.reason),
            ("/users/{}/photo", vec!["GET", "PUT"], Some("no pictures"))
        );
    }

    #[test]
    fn what_has_a_route_is_served_and_what_has_neither_route_nor_reason_is_missing() {
        let schema = r#"{"types":{}}"#;
        let files = [
            file("crates/server/src/users/graph/mod.rs", r#".route("/v1.0/users", get(read::list))"#),
            file("crates/server/src/testing/graph_schema.json", schema),
        ];
        let page = page(&files).expect("a page");
        assert!(page.contains("| `/users` | GET |  | POST |"), "{page}");
        assert!(page.contains("| `/groupLifecyclePolicies` |  | GET: groups do not expire here |  |"), "{page}");
        assert!(page.contains("1 calls are served"), "{page}");
    }

    #[test]
    fn what_is_served_of_beta_has_its_row() {
        let routes = r#"
            .route("/beta/policies/b2bManagementPolicies", get(list).post(add))
            .route("/beta/somethingElse", get(show))
        "#;
        let files = [
            file("crates/server/src/tenants/graph.rs", routes),
            file("crates/server/src/testing/graph_schema.json", r#"{"types":{}}"#),
        ];
        let page = page(&files).expect("a page");
        assert!(page.contains("| `/beta/policies/b2bManagementPolicies` | GET POST |  |  |"), "{page}");
        assert!(page.contains("\n- `GET /beta/somethingElse`\n"), "{page}");
        assert!(page.contains("2 calls are served"), "{page}");
    }

    #[test]
    fn pictures_that_no_page_shows_are_refused_on_purpose() {
        let lines: Vec<Call<'_>> = SURFACE.lines().map(read).collect();
        for place in ["/organization/{}/branding", "/organization/{}/branding/localizations/{}"] {
            for name in ["backgroundImage", "headerLogo", "customCSS"] {
                let path = format!("{place}/{name}");
                let line = lines.iter().find(|line| paths(line.path).contains(&path)).expect(&path);
                assert!(line.reason.is_some(), "{path}");
                assert_eq!(line.methods, ["GET", "PUT", "DELETE"], "{path}");
            }
        }
    }
}
