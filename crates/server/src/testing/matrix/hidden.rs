//! Nobody asks by what is hidden from them: every property, at every collection where objects with it stand, alone, in a batch and
//! inside of an answer, for guests of every level (Graph: authorizationPolicy.guestUserRoleId; security checks T1 and T2).
//!
//! The collections come from the table of routes, the properties from the tables of the types: none of either is forgotten.

use super::levels::guest_at;
use super::roles::{Reply, reply};
use super::table::api;
use super::world::World;
use crate::graph::query::{Column, Property, Relation, Written};
use crate::graph::role::guest_level::{LIMITED, MEMBER, RESTRICTED};
use crate::graph::{Caller, Role};
use crate::groups::GROUP;
use crate::service_principals::SERVICE_PRINCIPAL;
use crate::testing::{ADDRESS, Answer, TestServer, on_both_engines, person, told};
use crate::users::USER;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What guests below the level of members see of others (default user permissions of guests).
const PUBLIC: [&str; 5] = ["displayName", "id", "mail", "userPrincipalName", "userType"];

/// The ways to what somebody belongs to or answers for: groups, roles and apps, and nobody.
const ABOVE: [&str; 3] = ["memberOf", "transitiveMemberOf", "ownedObjects"];

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Whether a property of others is shown to guests of a level. When somebody signed in last takes a role.
fn is_shown(level: Uuid, name: &str) -> bool {
    if level == MEMBER { !name.starts_with("signInActivity") } else { PUBLIC.contains(&name) }
}

/// A property, and a test that can be asked of it.
struct Asked {
    name: String,
    test: String,
}

impl Asked {
    fn of(property: &Property) -> Self {
        Self { name: property.name.to_owned(), test: test(property.name, property.column) }
    }

    /// The options by which it is asked. What stands beside it hides it from nobody.
    fn questions(&self, is_number: bool) -> Vec<String> {
        let Self { name, test } = self;
        let mut questions = vec![
            format!("$count=true&$filter={test}"),
            format!("$count=true&$filter=id eq '{NOBODY}' or not ({name} eq null)"),
            format!("$search=\"{name}:x\""),
        ];
        // A number has no order.
        if !is_number {
            questions.push(format!("$count=true&$orderby={name} desc"));
        }
        questions
    }
}

/// A test that a column takes; a property without one is compared with nothing.
fn test(path: &str, column: Option<Column>) -> String {
    match column {
        None => format!("{path} eq null"),
        Some(Column::Text { .. }) => format!("{path} eq 'x'"),
        Some(Column::Word { words, .. }) => format!("{path} eq '{}'", words[0]),
        Some(Column::Boolean(_)) => format!("{path} eq true"),
        Some(Column::Instant(_)) => format!("{path} ge 2020-01-01T00:00:00Z"),
        Some(Column::Id(_)) => format!("{path} eq '{NOBODY}'"),
        Some(Column::Counted(_)) => format!("{path} eq 1"),
        Some(Column::Elsewhere(related)) => test(path, related.properties[0].column),
        Some(Column::Related(related)) => {
            let item = &related.properties[0];
            let inside = if item.name.is_empty() { "x".to_owned() } else { format!("x/{}", item.name) };
            format!("{path}/any(x:{})", test(&inside, item.column))
        }
    }
}

/// A tenant whose guest has a sponsor of whom more is known than guests see, and who reports to the guest.
async fn peopled(server: &TestServer) -> World {
    let world = World::new(server, "Contoso", "contoso.example").await;
    let (guest, holder) = (world.guest.id.to_string(), world.people_known()[1]);
    let named = |id: &str| json!({ "@odata.id": format!("{ADDRESS}/v1.0/users/{id}") });
    let known = json!({ "department": "Sales", "jobTitle": "Auditor", "city": "Lisbon" });
    for (method, path, body) in [
        (Method::POST, format!("/v1.0/users/{guest}/sponsors/$ref"), named(holder)),
        (Method::PUT, format!("/v1.0/users/{holder}/manager/$ref"), named(&guest)),
        (Method::PATCH, format!("/v1.0/users/{holder}"), known),
    ] {
        let answer = server.api_as(&world.administrator, method, &path, &body).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{path}: {}", answer.text);
    }
    world
}

/// The guest with every role: somebody who sees everything, and of whom the same is asked.
fn everything(world: &World) -> Caller {
    person(&world.guest, Role::ALL.to_vec())
}

/// Every property of users, and one that the organisation added.
async fn of_users(server: &TestServer, world: &World) -> Vec<Asked> {
    let mut asked: Vec<Asked> = USER.properties.iter().map(Asked::of).collect();
    let path = world.path("/v1.0/applications/{application}/extensionProperties");
    let added = server.api_as(&world.administrator, Method::GET, &path, &Value::Null).await.json();
    let name = added["value"][0]["name"].as_str().unwrap_or_else(|| panic!("no property: {added}")).to_owned();
    asked.push(Asked { test: format!("{name} eq 'x'"), name });
    asked
}

/// Those of them that are hidden from guests of a level.
fn hidden(asked: &[Asked], level: Uuid) -> Vec<&Asked> {
    asked.iter().filter(|one| !is_shown(level, &one.name)).collect()
}

fn encoded(address: &str) -> String {
    address.replace(' ', "%20").replace('"', "%22")
}

async fn ask(server: &TestServer, caller: &Caller, path: &str, options: &str) -> Answer {
    let asked = if options.is_empty() { path.to_owned() } else { encoded(&format!("{path}?{options}")) };
    server.api_with(caller, Method::GET, &asked, &[("consistencylevel", "eventual")], &Value::Null).await
}

fn is_refused(answer: &Answer) -> bool {
    matches!(reply(answer), Ok(Reply::Denied | Reply::Hidden))
}

/// The collections whose answer to somebody who sees everything is one of these sets, and the numbers of the same. Where a path
/// takes a type it has this one.
async fn collections(server: &TestServer, world: &World, cast: &str, sets: &[&str]) -> Vec<String> {
    let all = everything(world);
    let (mut found, mut numbers) = (BTreeSet::new(), Vec::new());
    for row in api() {
        let Some(template) = row.route.strip_prefix("GET ").filter(|path| path.starts_with("/v1.0/")) else { continue };
        let path = world.path(&template.replace("{cast}", cast));
        if template.ends_with("/$count") {
            numbers.push(path);
            continue;
        }
        let answer = ask(server, &all, &path, "").await;
        // Pictures are no JSON.
        let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        let set = body["@odata.context"].as_str().and_then(|context| context.rsplit_once('#')).map(|(_, set)| set);
        if answer.status.is_success() && body["value"].is_array() && set.is_some_and(|set| sets.contains(&set)) {
            found.insert(path);
        }
    }
    numbers.retain(|number| number.strip_suffix("/$count").is_some_and(|of| found.contains(of)));
    found.into_iter().chain(numbers).collect()
}

/// Whether a path leads to what somebody belongs to or answers for.
fn leads_above(path: &str) -> bool {
    path.split('/').any(|segment| ABOVE.contains(&segment))
}

/// Every collection where users stand, by themselves or among others.
async fn collections_of_users(server: &TestServer, world: &World) -> Vec<String> {
    let mut paths = collections(server, world, "microsoft.graph.user", &["users", "directoryObjects"]).await;
    paths.retain(|path| !leads_above(path));
    assert!(paths.len() >= 30, "{paths:#?}");
    paths
}

/// What is wrong with the answers to a guest: what is asked by something hidden is refused, if it is no mistake whoever asks, and
/// everything else is answered as to somebody who sees everything.
async fn wrong_answers(
    server: &TestServer,
    (guest, all): (&Caller, &Caller),
    path: &str,
    asked: &[&Asked],
    is_shown: impl Fn(&str) -> bool,
) -> Vec<String> {
    let is_closed = is_refused(&ask(server, guest, path, "").await);
    let mut wrong = Vec::new();
    for one in asked {
        let may = !is_closed && is_shown(&one.name);
        let questions = one.questions(path.ends_with("/$count"));
        // Where nothing is told anyway, one question is enough.
        let most = if is_closed { 1 } else { questions.len() };
        for question in questions.iter().take(most) {
            let answer = ask(server, guest, path, question).await;
            let is_right = if is_refused(&answer) {
                !may
            } else {
                (may || answer.status == StatusCode::BAD_REQUEST)
                    && ask(server, all, path, question).await.status == answer.status
            };
            if !is_right {
                wrong.push(format!("{path}?{question}: {} {}", answer.status, answer.text));
            }
        }
    }
    wrong
}

#[tokio::test]
async fn t2_no_guest_asks_for_users_by_what_is_hidden_of_them() {
    on_both_engines(async |server| {
        let world = peopled(&server).await;
        let (all, asked) = (everything(&world), of_users(&server, &world).await);
        // Whoever sees everything is answered, so that a refusal is about what is seen.
        for property in USER.properties.iter().filter(|property| property.column.is_some()) {
            let question = Asked::of(property).questions(false).remove(0);
            let answer = ask(&server, &all, "/v1.0/me/directReports", &question).await;
            assert_eq!(answer.status, StatusCode::OK, "{question}: {}", answer.text);
        }
        let paths = collections_of_users(&server, &world).await;
        let mut wrong = Vec::new();
        for level in [MEMBER, LIMITED, RESTRICTED] {
            let guest = guest_at(&world, level);
            // Guests who are equal to members are shown nearly everything.
            let asked = if level == MEMBER { hidden(&asked, level) } else { asked.iter().collect() };
            for path in &paths {
                let is_shown = |name: &str| is_shown(level, name);
                let found = wrong_answers(&server, (&guest, &all), path, &asked, is_shown).await;
                wrong.extend(found.into_iter().map(|answer| format!("{level} {answer}")));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}

#[tokio::test]
async fn t2_no_collection_shows_guests_what_is_hidden_of_users() {
    on_both_engines(async |server| {
        let world = peopled(&server).await;
        let selectable = |property: &&Property| !matches!(property.written, Written::ByName | Written::Never);
        let names: Vec<&str> = USER.properties.iter().filter(selectable).map(|property| property.name).collect();
        let options = format!("$select={}", names.join(","));
        let paths = collections_of_users(&server, &world).await;
        for (level, least) in [(LIMITED, 5), (RESTRICTED, 1)] {
            let guest = guest_at(&world, level);
            let mut seen = 0;
            for path in &paths {
                let answer = ask(&server, &guest, path, &options).await;
                let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
                let users = body["value"].as_array().into_iter().flatten();
                for user in users.filter(|object| object["@odata.type"] == "#microsoft.graph.user") {
                    let shown = told(user).into_iter().filter(|name| !name.starts_with('@'));
                    let wrong: Vec<_> = shown.filter(|name| !PUBLIC.contains(name)).collect();
                    assert!(wrong.is_empty(), "{level} {path}: {wrong:?}");
                    seen += 1;
                }
            }
            assert!(seen >= least, "{level}: {seen}");
        }
    })
    .await;
}

#[tokio::test]
async fn t2_no_guest_asks_for_users_by_what_is_hidden_of_them_in_a_batch() {
    const AT_ONCE: usize = 20;
    on_both_engines(async |server| {
        let world = peopled(&server).await;
        let asked = of_users(&server, &world).await;
        let paths = collections_of_users(&server, &world).await;
        let (mut wrong, mut refused) = (Vec::new(), 0);
        for level in [LIMITED, RESTRICTED] {
            let guest = guest_at(&world, level);
            for path in &paths {
                if is_refused(&ask(&server, &guest, path, "").await) {
                    continue;
                }
                let path = path.strip_prefix("/v1.0").expect("an address of the API");
                for some in hidden(&asked, level).chunks(AT_ONCE) {
                    let request = |(at, one): (usize, &&Asked)| {
                        let url = encoded(&format!("{path}?$count=true&$filter={}", one.test));
                        let headers = json!({ "ConsistencyLevel": "eventual" });
                        json!({ "id": at.to_string(), "method": "GET", "url": url, "headers": headers })
                    };
                    let requests: Vec<Value> = some.iter().enumerate().map(request).collect();
                    let body = json!({ "requests": requests });
                    let answer = server.api_as(&guest, Method::POST, "/v1.0/$batch", &body).await;
                    let responses = answer.json()["responses"].as_array().expect("responses").clone();
                    assert_eq!(responses.len(), some.len(), "{}", answer.text);
                    refused += responses.iter().filter(|response| response["status"] == 403).count();
                    let is_answer = |response: &Value| ![json!(400), json!(403)].contains(&response["status"]);
                    wrong.extend(
                        responses.into_iter().filter(is_answer).map(|answer| format!("{level} {path}: {answer}")),
                    );
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(refused >= 100, "{refused}");
    })
    .await;
}

/// Where the relations of a type are read from.
fn origins(type_name: &str) -> &'static [&'static str] {
    match type_name {
        "user" => &["/v1.0/me", "/v1.0/users/{user}"],
        "group" => &["/v1.0/groups/{group}"],
        "application" => &["/v1.0/applications/{application}"],
        "servicePrincipal" => &["/v1.0/servicePrincipals/{principal}"],
        "directoryRole" => &["/v1.0/directoryRoles/{role}"],
        "unifiedRoleAssignment" => &["/v1.0/roleManagement/directory/roleAssignments/{assigned}"],
        other => panic!("say where a {other} is read"),
    }
}

#[tokio::test]
async fn t2_no_guest_asks_for_related_users_by_what_is_hidden_of_them_inside_of_an_answer() {
    on_both_engines(async |server| {
        let world = peopled(&server).await;
        let all = everything(&world);
        let (limited, restricted) = (guest_at(&world, LIMITED), guest_at(&world, RESTRICTED));
        let asked = of_users(&server, &world).await;
        let (mut wrong, mut seen) = (Vec::new(), 0);
        for relation in inventory::iter::<Relation> {
            if !["user", "directoryObject"].contains(&(relation.target)().type_name) {
                continue;
            }
            for path in origins(relation.of).iter().map(|template| world.path(template)) {
                seen += 1;
                let plain = ask(&server, &all, &path, &format!("$expand={}", relation.name)).await;
                assert_eq!(plain.status, 200, "{path} {}: {}", relation.name, plain.text);
                // Nobody filters inside of an answer, so that one question for each level is enough.
                for (caller, level) in [(&all, LIMITED), (&limited, LIMITED), (&restricted, RESTRICTED)] {
                    let one = hidden(&asked, level)[0];
                    let options = format!("$expand={}($filter={})", relation.name, one.test);
                    let answer = ask(&server, caller, &path, &options).await;
                    // Whoever may not read the relation is refused for that.
                    if ![400, 403].contains(&answer.status.as_u16()) {
                        wrong.push(format!("{level} {path}?{options}: {} {}", answer.status, answer.text));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(seen >= 12, "{seen}");
    })
    .await;
}

#[tokio::test]
async fn t2_a_guest_who_is_told_ids_of_groups_asks_for_them_by_nothing_else() {
    on_both_engines(async |server| {
        let world = peopled(&server).await;
        let (all, guest) = (everything(&world), guest_at(&world, RESTRICTED));
        let asked: Vec<Asked> = GROUP.properties.iter().map(Asked::of).collect();
        let asked: Vec<&Asked> = asked.iter().collect();
        let mut paths = collections(&server, &world, "microsoft.graph.group", &["groups", "directoryObjects"]).await;
        paths.retain(|path| leads_above(path));
        assert!(paths.len() >= 20, "{paths:#?}");
        let mut wrong = Vec::new();
        for path in &paths {
            wrong.extend(wrong_answers(&server, (&guest, &all), path, &asked, |name| name == "id").await);
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}

#[tokio::test]
async fn t2_no_guest_asks_for_apps_by_how_many_answer_for_them() {
    on_both_engines(async |server| {
        let world = peopled(&server).await;
        let all = everything(&world);
        let owners = SERVICE_PRINCIPAL.properties.iter().find(|property| property.name == "owners/$count");
        let owners = Asked::of(owners.expect("a number of owners"));
        let sets = ["applications", "servicePrincipals"];
        let mut paths = collections(&server, &world, "microsoft.graph.servicePrincipal", &sets).await;
        paths.retain(|path| !leads_above(path));
        assert!(paths.iter().any(|path| path.contains("/members/")) && paths.len() >= 10, "{paths:#?}");
        let mut wrong = Vec::new();
        for level in [LIMITED, RESTRICTED] {
            let guest = guest_at(&world, level);
            for path in &paths {
                wrong.extend(wrong_answers(&server, (&guest, &all), path, &[&owners], |_| false).await);
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}
