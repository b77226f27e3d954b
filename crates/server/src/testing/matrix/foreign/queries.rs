//! Every option of a query with what belongs to another tenant (security check T1).

use super::super::table::api;
use super::super::world::World;
use super::{Two, found, get, told};
use crate::graph::query::Relation;
use crate::testing::described::option;
use crate::testing::on_both_engines;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Filters by the id of an object where the description does not say which there are: logs, deleted objects, roles.
const OTHERS: [&str; 12] = [
    "id eq '{id}'",
    "appId eq '{id}'",
    "userId eq '{id}'",
    "correlationId eq '{id}'",
    "principalId eq '{id}'",
    "roleDefinitionId eq '{id}'",
    "userPrincipalName eq '{id}'",
    "initiatedBy/user/id eq '{id}'",
    "initiatedBy/app/appId eq '{id}'",
    "targetResources/any(t:t/id eq '{id}')",
    "state eq '{id}'",
    "kind eq '{id}'",
];

/// The paths that are read, as the table has them.
fn reading() -> impl Iterator<Item = &'static str> {
    api().filter_map(|row| row.route.strip_prefix("GET "))
}

/// The filters by an id that a collection takes; none where it takes no filter.
fn filters(path: &str) -> Vec<String> {
    let Some(filter) = option(path, "$filter") else { return Vec::new() };
    let Some(names) = filter["description"].as_str() else { return OTHERS.map(str::to_owned).to_vec() };
    let names = names.trim_start_matches("By ").trim_end_matches('.').split(", ");
    names.filter(|name| *name == "id" || name.ends_with("Id")).map(|name| format!("{name} eq '{{id}}'")).collect()
}

/// How a name is written: with every letter and digit the same.
fn form(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { 'x' } else { c }).collect()
}

/// A path with a filter, and the number of what it finds where the collection tells it.
fn filtered(world: &World, path: &str, filter: &str, id: &str) -> String {
    let filter = filter.replace("{id}", id).replace(' ', "%20");
    let count = if option(path, "$count").is_some() { "$count=true&" } else { "" };
    format!("{}?{count}$filter={filter}", world.path(path))
}

#[tokio::test]
async fn t1_no_filter_finds_anything_by_an_id_of_another_tenant() {
    on_both_engines(async |server| {
        let two = Two::new(&server).await;
        let (stranger, owner) = (&two.ours.administrator, &two.theirs.administrator);
        let (mut wrong, mut served, mut own) = (Vec::new(), 0, 0);
        for (path, filter) in reading().flat_map(|path| filters(path).into_iter().map(move |filter| (path, filter))) {
            // One name of nothing is as good as another that is written like it.
            let mut absent = BTreeMap::new();
            for (id, unknown) in two.theirs.ids().into_iter().zip(two.nowhere.ids()) {
                let answer = get(&server, stranger, &filtered(&two.ours, path, &filter, id)).await;
                let absent = match absent.entry(form(unknown)) {
                    Entry::Occupied(told) => told.into_mut(),
                    Entry::Vacant(place) => {
                        let answer = get(&server, stranger, &filtered(&two.ours, path, &filter, unknown)).await;
                        place.insert(told(&answer))
                    }
                };
                let shown = two.theirs.shown_in(&found(&answer)).filter(|_| answer.status.is_success());
                if told(&answer) != *absent || shown.is_some() {
                    wrong.push(format!("{path} by {filter} of {id}: {}", told(&answer)));
                }
                if !answer.status.is_success() && id == two.theirs.ids()[0] {
                    // Nothing is filtered by this here, whatever the id.
                    break;
                }
                served += u32::from(answer.status.is_success());
                // The same filter finds what it names where that belongs.
                let answer = get(&server, owner, &filtered(&two.theirs, path, &filter, id)).await;
                own += u32::from(answer.status.is_success() && found(&answer).contains(id));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(served > 500 && own > 10, "the filters ask and find something: {served}, {own}");
    })
    .await;
}

#[tokio::test]
async fn t1_no_search_finds_a_name_of_another_tenant() {
    on_both_engines(async |server| {
        let two = Two::new(&server).await;
        let (mut wrong, mut served, mut own) = (Vec::new(), 0, 0);
        for path in reading().filter(|path| option(path, "$search").is_some()) {
            for word in ["displayName:Contoso", "mail:guest", "appDisplayName:App of Contoso", "Contoso"] {
                let search = format!("$search=%22{}%22", word.replace(' ', "%20"));
                let count = if option(path, "$count").is_some() { "&$count=true" } else { "" };
                for stranger in two.strangers(&server) {
                    let answer = get(&server, &stranger, &format!("{}?{search}{count}", two.ours.path(path))).await;
                    served += u32::from(answer.status.is_success());
                    let shown = two.theirs.shown_in(&found(&answer)).filter(|_| answer.status.is_success());
                    wrong.extend(shown.map(|shown| format!("{path} for {word} shows {shown}")));
                }
                let path = format!("{}?{search}{count}", two.theirs.path(path));
                let answer = get(&server, &two.theirs.administrator, &path).await;
                own += u32::from(answer.status.is_success() && two.theirs.shown_in(&found(&answer)).is_some());
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(served > 50 && own > 3, "the searches ask and find something: {served}, {own}");
    })
    .await;
}

/// The collection of the objects that a relation starts from, and one of them.
fn set(relation: &Relation) -> (&'static str, &'static str) {
    match relation.of {
        "user" => ("/v1.0/users", "/v1.0/users/{user}"),
        "group" => ("/v1.0/groups", "/v1.0/groups/{group}"),
        "application" => ("/v1.0/applications", "/v1.0/applications/{application}"),
        "servicePrincipal" => ("/v1.0/servicePrincipals", "/v1.0/servicePrincipals/{principal}"),
        "directoryRole" => ("/v1.0/directoryRoles", "/v1.0/directoryRoles/{role}"),
        "unifiedRoleAssignment" => (
            "/v1.0/roleManagement/directory/roleAssignments",
            "/v1.0/roleManagement/directory/roleAssignments/{assigned}",
        ),
        other => panic!("{} starts from a {other}, and nobody said where those are", relation.name),
    }
}

#[tokio::test]
async fn t1_no_expansion_leads_into_another_tenant() {
    on_both_engines(async |server| {
        let two = Two::new(&server).await;
        let (mut wrong, mut led) = (Vec::new(), 0);
        for relation in inventory::iter::<Relation> {
            let (collection, one) = set(relation);
            let expand = format!("?$expand={}", relation.name);
            for stranger in two.strangers(&server) {
                let ours = get(&server, &stranger, &two.ours.path(&format!("{one}{expand}"))).await;
                let all = get(&server, &stranger, &format!("{collection}{expand}")).await;
                for answer in [&ours, &all] {
                    let shown = two.theirs.shown_in(&answer.text).filter(|_| answer.status.is_success());
                    wrong.extend(shown.map(|shown| format!("{one} with {}: {shown}", relation.name)));
                }
                if !ours.status.is_success() {
                    wrong.push(format!("{one} with {}: {} {}", relation.name, ours.status, ours.text));
                }
                let theirs = get(&server, &stranger, &two.theirs.path(&format!("{one}{expand}"))).await;
                let absent = get(&server, &stranger, &two.nowhere.path(&format!("{one}{expand}"))).await;
                if told(&theirs) != told(&absent) || theirs.status != 404 {
                    wrong.push(format!("{one} of theirs with {}: {}", relation.name, told(&theirs)));
                }
            }
            let own = get(&server, &two.theirs.administrator, &two.theirs.path(&format!("{one}{expand}"))).await.json();
            let related = &own[relation.name];
            led += u32::from(related.is_object() || related.as_array().is_some_and(|related| !related.is_empty()));
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(led > 3, "the expansions lead somewhere: {led}");
    })
    .await;
}

#[tokio::test]
async fn t1_counts_count_nothing_of_another_tenant() {
    on_both_engines(async |server| {
        let two = Two::new(&server).await;
        let (mut wrong, mut lengths) = (Vec::new(), BTreeMap::new());
        for path in reading().filter(|path| option(path, "$count").is_some() && !path.ends_with("/delta")) {
            let counted = format!("{}?$count=true&$top=999", two.ours.path(path));
            let answer = get(&server, &two.ours.administrator, &counted).await;
            let body = answer.json();
            let Some(items) = body["value"].as_array() else {
                wrong.push(format!("{path}: {} {}", answer.status, answer.text));
                continue;
            };
            if body["@odata.count"] != items.len() {
                wrong.push(format!("{path}: {} of {}", body["@odata.count"], items.len()));
            }
            lengths.insert(path, items.len());
        }
        let mut compared = 0;
        for path in reading() {
            let Some(length) = path.strip_suffix("/$count").and_then(|collection| lengths.get(collection)) else {
                continue;
            };
            let answer = get(&server, &two.ours.administrator, &two.ours.path(path)).await;
            compared += 1;
            if answer.text.trim_start_matches('\u{feff}') != length.to_string() {
                wrong.push(format!("{path}: {} of {length}", answer.text));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(lengths.len() > 20 && compared > 5, "the counts count something: {}, {compared}", lengths.len());
    })
    .await;
}
