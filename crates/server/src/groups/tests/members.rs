//! Members and owners.

use super::{add, body, call, column, get, group, reference, refusal};
use crate::graph::Role;
use crate::testing::{on_both_engines, person};
use crate::users;
use axum::http::Method;
use serde_json::{Value, json};

const LINKED: &str =
    "One or more added object references already exist for the following modified properties: 'members'.";

#[tokio::test]
async fn users_groups_and_programs_are_members_once() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let user = server.member(&tenant, "ada", &[]).await.id;
        let (outer, inner) = (group(&server, &admin, "Outer").await, group(&server, &admin, "Inner").await);
        let programs = get(&server, &admin, "/v1.0/servicePrincipals").await.json();
        let program = programs["value"][0]["id"].as_str().expect("a program").to_owned();
        for id in [user.to_string(), inner.clone(), program.clone()] {
            assert_eq!(add(&server, &admin, &outer, &id).await.status, 204);
            let again = add(&server, &admin, &outer, &id).await;
            assert_eq!(refusal(&again), (400, "Request_BadRequest".to_owned(), LINKED.to_owned()));
        }
        let members = get(&server, &admin, &format!("/v1.0/groups/{outer}/members")).await;
        assert_eq!(column(&members, "id"), [inner.clone(), program.clone(), user.to_string()]);
        let kinds = ["#microsoft.graph.group", "#microsoft.graph.servicePrincipal", "#microsoft.graph.user"];
        assert_eq!(column(&members, "@odata.type"), kinds);
        for (cast, id) in [("user", user.to_string()), ("group", inner.clone()), ("servicePrincipal", program)] {
            let path = format!("/v1.0/groups/{outer}/members/microsoft.graph.{cast}");
            assert_eq!(column(&get(&server, &admin, &path).await, "id"), [id]);
        }
        let path = format!("/v1.0/groups/{outer}/members/{user}/$ref");
        for status in [204, 404] {
            assert_eq!(call(&server, &admin, Method::DELETE, &path, Value::Null).await.status, status);
        }
    })
    .await;
}

#[tokio::test]
async fn members_and_owners_are_taken_off_by_their_address() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let user = server.member(&tenant, "ada", &[]).await;
        let outer = group(&server, &admin, "Outer").await;
        for relation in ["members", "owners"] {
            let collection = format!("/v1.0/groups/{outer}/{relation}");
            let path = format!("{collection}/$ref");
            assert_eq!(call(&server, &admin, Method::POST, &path, reference(user.id)).await.status, 204);
            let named = format!("{path}?@id=https://graph.microsoft.com/v1.0/directoryObjects/{}", user.id);
            let stranger = person(&server.member(&tenant, relation, &[]).await, Vec::new());
            assert_eq!(call(&server, &stranger, Method::DELETE, &named, Value::Null).await.status, 403);
            for option in ["", "?@id=", "?@id=ada", "?id=ada"] {
                let refused = call(&server, &admin, Method::DELETE, &format!("{path}{option}"), Value::Null).await;
                assert_eq!(refused.status, 400, "{option}: {}", refused.text);
            }
            assert_eq!(column(&get(&server, &admin, &collection).await, "id"), [user.id.to_string()]);
            for status in [204, 404] {
                let answer = call(&server, &admin, Method::DELETE, &named, Value::Null).await;
                assert_eq!(answer.status, status, "{}", answer.text);
            }
            assert!(column(&get(&server, &admin, &collection).await, "id").is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn a_reference_must_name_an_object_of_the_kind_it_says() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.member(&other, "eve", &[]).await.id;
        let user = server.member(&tenant, "ada", &[]).await.id;
        let outer = group(&server, &admin, "Outer").await;
        let path = format!("/v1.0/groups/{outer}/members/$ref");
        let unknown = server.entropy.random_uuid();
        for address in [format!("directoryObjects/{unknown}"), format!("groups/{user}"), format!("users/{stranger}")] {
            let body = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/{address}") });
            let answer = call(&server, &admin, Method::POST, &path, body).await;
            assert_eq!(refusal(&answer).1, "Request_ResourceNotFound", "{address}");
        }
        for body in [json!({}), json!({ "@odata.id": "x" }), json!({ "@odata.id": 4 })] {
            let answer = call(&server, &admin, Method::POST, &path, body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!("@odata.id")));
        }
        let owners = format!("/v1.0/groups/{outer}/owners/$ref");
        let inner = group(&server, &admin, "Inner").await;
        let answer = call(&server, &admin, Method::POST, &owners, reference(&inner)).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!("owners")));
    })
    .await;
}

#[tokio::test]
async fn twenty_are_added_at_once_and_all_or_none() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let outer = group(&server, &admin, "Outer").await;
        let path = format!("/v1.0/groups/{outer}");
        let mut people = Vec::new();
        for at in 0..20 {
            people.push(server.member(&tenant, &format!("p{at}"), &[]).await.id.to_string());
        }
        let bind = |ids: &[String]| {
            let addresses: Vec<_> =
                ids.iter().map(|id| format!("http://localhost:8080/v1.0/directoryObjects/{id}")).collect();
            json!({ "members@odata.bind": addresses })
        };
        let mut broken = people.clone();
        broken[19] = server.entropy.random_uuid().to_string();
        assert_eq!(call(&server, &admin, Method::PATCH, &path, bind(&broken)).await.status, 404);
        assert!(column(&get(&server, &admin, &format!("{path}/members")).await, "id").is_empty());
        assert_eq!(call(&server, &admin, Method::PATCH, &path, bind(&people)).await.status, 204);
        let first = get(&server, &admin, &format!("{path}/members?$top=15&$select=id,userPrincipalName")).await;
        let mut seen = column(&first, "id");
        assert_eq!(seen.len(), 15);
        let link = first.json()["@odata.nextLink"].as_str().expect("a next page").to_owned();
        let link = link.strip_prefix("http://localhost:8080").expect("our address");
        let last = get(&server, &admin, link).await;
        seen.extend(column(&last, "id"));
        people.sort();
        assert_eq!(seen, people);
        assert!(last.json().get("@odata.nextLink").is_none());
        assert_eq!(last.json()["value"][0].as_object().expect("an object").len(), 4, "{}", last.text);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_user_vanishes_from_groups_and_comes_back_with_them() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let user = server.member(&tenant, "ada", &[]).await;
        let outer = group(&server, &admin, "Outer").await;
        assert_eq!(add(&server, &admin, &outer, user.id).await.status, 204);
        let deleted = call(&server, &admin, Method::DELETE, &format!("/v1.0/users/{}", user.id), Value::Null).await;
        assert_eq!(deleted.status, 204);
        let members = format!("/v1.0/groups/{outer}/members");
        assert!(column(&get(&server, &admin, &members).await, "id").is_empty());
        let back = users::User { version: user.version + 1, ..user.clone() };
        let mut tx = server.write().await.expect("a transaction");
        assert!(users::store::update(&mut tx, &back, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        assert_eq!(column(&get(&server, &admin, &members).await, "id"), [user.id.to_string()]);
    })
    .await;
}

#[tokio::test]
async fn groups_that_roles_can_be_given_to_hold_no_groups() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let plain = group(&server, &admin, "Plain").await;
        let further = json!({ "isAssignableToRole": true });
        let made = call(&server, &admin, Method::POST, "/v1.0/groups", body("Admins", &further)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let assignable = made.json()["id"].as_str().expect("an id").to_owned();
        for (outer, inner) in [(&plain, &assignable), (&assignable, &plain)] {
            let answer = add(&server, &admin, outer, inner).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!("members")));
        }
        let holder = server.member(&tenant, "groups", &[Role::GroupsAdministrator]).await;
        let groups_admin = crate::testing::person(&holder, vec![Role::GroupsAdministrator]);
        assert_eq!(add(&server, &groups_admin, &assignable, holder.id).await.status, 403);
        assert_eq!(add(&server, &groups_admin, &plain, holder.id).await.status, 204);
        let answer = call(&server, &groups_admin, Method::POST, "/v1.0/groups", body("Admins", &further)).await;
        assert_eq!(answer.status, 403);
        let other = server.member(&tenant, "roles", &[Role::PrivilegedRoleAdministrator]).await;
        let roles_admin = crate::testing::person(&other, vec![Role::PrivilegedRoleAdministrator]);
        assert_eq!(add(&server, &roles_admin, &assignable, other.id).await.status, 204);
    })
    .await;
}
