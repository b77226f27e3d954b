//! What a body names in another tenant is not there (security check T1).

use super::super::world::World;
use super::super::writes::{WRITES, ready};
use super::{Two, told};
use crate::testing::{ADDRESS, TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// What is the same in every tenant, or is no object: roles that the server or an app defines, and credentials.
const COMMON: [&str; 3] = ["appRoleId", "roleDefinitionId", "keyId"];

/// An object of the kind that a property names; most name people.
fn named(property: &str, text: &str) -> &'static str {
    match property {
        "resourceId" | "clientId" => "{principal}",
        _ if text.contains("/tokenLifetimePolicies/") => "{lifetime_policy}",
        _ => "{member}",
    }
}

/// The id in a text, as it stands there.
fn id_in(text: &str) -> Option<&str> {
    let mut words = text.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    words.find(|word| word.len() == 36 && word.parse::<Uuid>().is_ok())
}

/// Where a body names an object (a JSON pointer), and by which property.
fn places(value: &Value, pointer: &str, property: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                places(value, &format!("{pointer}/{name}"), name, found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                places(item, &format!("{pointer}/{at}"), property, found);
            }
        }
        Value::String(text) if id_in(text).is_some() && !COMMON.contains(&property) => {
            found.push((pointer.to_owned(), property.to_owned()));
        }
        _ => {}
    }
}

/// The body with another world's object at one place.
fn with(body: &Value, (pointer, property): &(String, String), world: &World) -> Value {
    let mut changed = body.clone();
    let place = changed.pointer_mut(pointer).expect("the place is there");
    let text = place.as_str().expect("a text").to_owned();
    let id = id_in(&text).expect("an id").to_owned();
    *place = json!(text.replace(&id, &world.path(named(property, &text))));
    changed
}

/// Two answers to the same call, about something of another tenant and about nothing; what is wrong with them.
async fn compared(server: &TestServer, two: &Two, route: &str, path: &str, bodies: [&Value; 2]) -> Option<String> {
    let method: Method = route.split_once(' ').expect("method and path").0.parse().expect("a method");
    let caller = &two.ours.administrator;
    let foreign = server.api_as(caller, method.clone(), path, bodies[0]).await;
    let unknown = server.api_as(caller, method, path, bodies[1]).await;
    let shown = two.theirs.shown_in(&foreign.text).filter(|_| foreign.status.is_success());
    let is_right = told(&foreign) == told(&unknown) && shown.is_none();
    (!is_right).then(|| format!("{route} with {}: {} instead of {}", bodies[0], told(&foreign), told(&unknown)))
}

#[tokio::test]
async fn t1_no_write_takes_an_object_of_another_tenant_from_its_body() {
    on_both_engines(async |server| {
        let mut two = Two::new(&server).await;
        // What waits is done, so that nothing of it happens between the pictures.
        server.run_due_jobs().await;
        let before = two.theirs.picture(&server).await;
        let (mut wrong, mut replaced) = (Vec::new(), 0);
        for (count, (route, _)) in WRITES.iter().enumerate().filter(|(_, (route, _))| !route.starts_with("DELETE")) {
            two.ours = World::new(&server, "Fabrikam", &format!("fabrikam{count}.example")).await;
            let (path, body) = ready(&server, &two.ours, route).await;
            let mut found = Vec::new();
            places(&body, "", "", &mut found);
            for place in &found {
                replaced += 1;
                let bodies = [with(&body, place, &two.theirs), with(&body, place, &two.nowhere)];
                wrong.extend(compared(&server, &two, route, &path, [&bodies[0], &bodies[1]]).await);
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(replaced > 10, "bodies name objects: {replaced}");
        assert_eq!(two.theirs.picture(&server).await, before, "something was changed");
    })
    .await;
}

/// Calls that can name more than the valid bodies of the writes do.
fn further(world: &World) -> Vec<(&'static str, Value)> {
    let address = |kind: &str| format!("{ADDRESS}/v1.0{}", world.path(kind));
    let [user, member, group, principal] =
        ["{user}", "{member}", "{group}", "{principal}"].map(|kind| world.path(kind));
    let invited = |more: Value| {
        let mut body = json!({
            "invitedUserEmailAddress": "new@partner.example", "inviteRedirectUrl": "https://myapps.microsoft.com",
        });
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        body
    };
    let new_group = |bind: &str| {
        json!({
            "displayName": "New", "mailNickname": "new", "mailEnabled": false, "securityEnabled": true,
            bind: [address("/users/{member}")],
        })
    };
    let new_user = |bind: &str, value: Value| {
        json!({
            "accountEnabled": true, "displayName": "New", "mailNickname": "new",
            "userPrincipalName": "new@fabrikam.example", "passwordProfile": { "password": "correct horse battery" },
            bind: value,
        })
    };
    let ids = json!({ "ids": [user, member, group, principal] });
    vec![
        ("POST /v1.0/groups", new_group("members@odata.bind")),
        ("POST /v1.0/groups", new_group("owners@odata.bind")),
        ("PATCH /v1.0/groups/{group}", json!({ "members@odata.bind": [address("/directoryObjects/{member}")] })),
        ("POST /v1.0/users", new_user("manager@odata.bind", json!(address("/users/{member}")))),
        ("POST /v1.0/users", new_user("sponsors@odata.bind", json!([address("/users/{member}")]))),
        ("POST /v1.0/users", new_user("sponsors@odata.bind", json!([address("/groups/{group}")]))),
        ("POST /v1.0/users/{user}/sponsors/$ref", json!({ "@odata.id": address("/groups/{group}") })),
        ("POST /v1.0/applications", json!({ "displayName": "New", "owners@odata.bind": [address("/users/{member}")] })),
        (
            "POST /v1.0/invitations",
            invited(json!({ "invitedUserSponsors": [{ "@odata.id": address("/users/{user}") }] })),
        ),
        (
            "POST /v1.0/invitations",
            invited(json!({ "invitedUserSponsors": [{ "@odata.id": address("/groups/{group}") }] })),
        ),
        ("POST /v1.0/invitations", invited(json!({ "groups@odata.bind": [address("/groups/{group}")] }))),
        ("POST /v1.0/invitations", invited(json!({ "appRoleAssignments": [{ "resourceId": principal }] }))),
        ("POST /v1.0/invitations", invited(json!({ "invitedUser": { "id": user }, "resetRedemption": true }))),
        ("POST /v1.0/groups/{group}/members/$ref", json!({ "@odata.id": address("/groups/{group}") })),
        ("POST /v1.0/directoryObjects/getByIds", ids.clone()),
        ("POST /v1.0/me/checkMemberObjects", ids),
        ("POST /v1.0/me/checkMemberGroups", json!({ "groupIds": [group] })),
        ("POST /v1.0/users/{user}/checkMemberGroups", json!({ "groupIds": [group] })),
    ]
}

#[tokio::test]
async fn t1_no_reference_in_a_body_leads_into_another_tenant() {
    on_both_engines(async |server| {
        let two = Two::new(&server).await;
        let before = two.theirs.picture(&server).await;
        let mut wrong = Vec::new();
        for ((route, foreign), (_, unknown)) in further(&two.theirs).into_iter().zip(further(&two.nowhere)) {
            let path = two.ours.path(route.split_once(' ').expect("method and path").1);
            wrong.extend(compared(&server, &two, route, &path, [&foreign, &unknown]).await);
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(two.theirs.picture(&server).await, before, "something was changed");
    })
    .await;
}
