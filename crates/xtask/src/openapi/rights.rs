//! Which permissions are enough for a route, from the table that the tests of every route and every caller go by.

use super::text;
use crate::Outcome;
use crate::source::File;
use std::collections::BTreeMap;

/// The folder of the table: lists of permissions, and rows by area.
pub const TABLE: &str = "crates/server/src/testing/matrix/table/";
pub const PERMISSIONS: &str = "crates/server/src/graph/permission.rs";

/// Ways of being allowed, each a list of permissions that are enough together. The role of a person comes on top.
pub type Ways = Vec<Vec<String>>;

/// The ways for each `METHOD /path` of the API; an error where the sources do not hold them.
pub fn of(files: &[File]) -> Outcome<BTreeMap<String, Ways>> {
    let names = names(text(files, PERMISSIONS)?);
    let parts: Vec<&str> =
        files.iter().filter(|file| file.path.starts_with(TABLE)).map(|file| file.text.as_str()).collect();
    if parts.is_empty() {
        return Err(format!("{TABLE} holds no table"));
    }
    let lists: BTreeMap<String, Vec<String>> = parts.iter().flat_map(|part| lists(part, &names)).collect();
    let assigning: Ways =
        parts.iter().flat_map(|part| together(between(part, "const fn assigning(", "\n}"), &names)).collect();
    let mut ways = BTreeMap::new();
    for row in parts.iter().flat_map(|part| entries(between(part, "pub const API: &[Row] = &[", "\n];"))) {
        let Some(route) = row.split('"').nth(1) else { continue };
        let enough = row.rsplit(|c: char| !c.is_alphanumeric() && c != '_').find(|word| lists.contains_key(*word));
        let mut of_row: Ways = match enough {
            Some(list) => lists[list].iter().map(|name| vec![name.clone()]).collect(),
            // Where every permission is enough, the resource that is named decides.
            None => Vec::new(),
        };
        of_row.extend(together(row, &names));
        if row.trim_start().starts_with("assigning(") {
            of_row.extend(assigning.clone());
        }
        ways.insert(route.to_owned(), of_row);
    }
    Ok(ways)
}

/// The rows between the brackets: what ends with a comma at the outermost level.
fn entries(rows: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0_i32, 0, Vec::new());
    for (at, c) in rows.char_indices() {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&rows[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// `UserReadAll` and `User.Read.All`, in the order of the source.
fn names(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let (ident, rest) = line.trim().split_once(" = \"")?;
            let (name, rest) = rest.split_once('"')?;
            rest.starts_with(", scope").then(|| (ident.to_owned(), name.to_owned()))
        })
        .collect()
}

/// The named lists of permissions.
fn lists(table: &str, names: &BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
    table
        .split("const ")
        .filter_map(|part| {
            let (name, rest) = part.split_once(": Enough =")?;
            Some((name.to_owned(), idents(rest.split(';').next()?, names)))
        })
        .collect()
}

fn together(text: &str, names: &BTreeMap<String, String>) -> Ways {
    let after = ["together: &[", "together = &["].iter().find_map(|start| text.split_once(start));
    let held = after.and_then(|(_, rest)| rest.split(']').next()).map(|list| idents(list, names)).unwrap_or_default();
    if held.is_empty() { Vec::new() } else { vec![held] }
}

fn idents(text: &str, names: &BTreeMap<String, String>) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter_map(|word| names.get(word).cloned()).collect()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map_or("", |(inside, _)| inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_are_those_of_the_table() {
        let permissions = "    UserReadAll = \"User.Read.All\", scope None, role None;\n    AppAll = \"App.All\", scope None, role None;\n";
        let lists = "pub(super) const READ: Enough =\n    &[UserReadAll, AppAll];\n\
            pub const ONE: Enough = &[AppAll];\n";
        let forms = "const fn assigning(route: &'static str) -> Row {\n    \
            let together = &[AppAll, UserReadAll];\n}\n";
        let users = "pub const API: &[Row] = &[\n    row(\"GET /a\", MEMBERS, READ),\n    Row {\n        \
            together: &[UserReadAll, AppAll],\n        ..row(\"GET /b\", MEMBERS, ONE)\n    },\n];\n";
        let apps = "pub const API: &[Row] = &[\n    Row { people: MEMBERS, ..own(\"GET /d\", ONE) },\n    \
            assigning(\"POST /c\", GLOBAL),\n];\n";
        let portal = "pub const PORTAL: &[Row] = &[\n    person(\"GET /e\", MEMBERS),\n];\n";
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let part = |name: &str, text: &str| file(&format!("{TABLE}{name}.rs"), text);
        let ways = of(&[
            file(PERMISSIONS, permissions),
            part("applications", apps),
            part("enough", lists),
            part("mod", forms),
            part("portal", portal),
            part("users", users),
        ])
        .expect("the ways");
        let both = vec!["User.Read.All".to_owned(), "App.All".to_owned()];
        assert_eq!(ways["GET /a"], [vec![both[0].clone()], vec![both[1].clone()]]);
        assert_eq!(ways["GET /b"], [vec![both[1].clone()], both.clone()]);
        assert_eq!(ways["POST /c"], [vec![both[1].clone(), both[0].clone()]]);
        assert_eq!(ways["GET /d"], [vec![both[1].clone()]]);
        assert_eq!(ways.len(), 4, "a page of the portal asks for no permission: {ways:?}");
        assert!(of(&[file(PERMISSIONS, permissions)]).is_err() && of(&[part("users", users)]).is_err());
    }
}
