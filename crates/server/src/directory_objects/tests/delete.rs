//! Deleting by the id alone.

use super::{get, group, post};
use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, Permission};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

async fn delete(server: &TestServer, caller: &Caller, id: &str) -> Answer {
    server.api_as(caller, Method::DELETE, &format!("/v1.0/directoryObjects/{id}"), &Value::Null).await
}

/// An application and its service principal, by their ids.
async fn app(server: &TestServer, caller: &Caller, name: &str) -> [String; 2] {
    let made = post(server, caller, "/v1.0/applications", json!({ "displayName": name })).await.json();
    let added = post(server, caller, "/v1.0/servicePrincipals", json!({ "appId": made["appId"] })).await.json();
    [made, added].map(|object| object["id"].as_str().expect("an id").to_owned())
}

#[tokio::test]
async fn an_object_is_deleted_as_its_own_kind_is() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await.id.to_string();
        let inner = group(&server, &admin, "inner", &ada).await;
        let [_, program] = app(&server, &admin, "Expenses").await;
        let [registration, _] = app(&server, &admin, "Travel").await;
        for (set, id) in
            [("users", &ada), ("groups", &inner), ("servicePrincipals", &program), ("applications", &registration)]
        {
            let path = format!("/v1.0/{set}/{id}");
            assert_eq!(get(&server, &admin, &path).await.status, 200, "{set}");
            let gone = delete(&server, &admin, id).await;
            assert_eq!(gone.status, 204, "{set}: {}", gone.text);
            assert_eq!(get(&server, &admin, &path).await.status, 404, "{set}");
            assert_eq!(delete(&server, &admin, id).await.status, 404, "{set}");
        }
        for id in [&ada, &inner, &registration] {
            let kept = get(&server, &admin, &format!("/v1.0/directory/deletedItems/{id}")).await;
            assert_eq!(kept.status, 200, "it can be brought back: {}", kept.text);
        }
        for id in ["x", &server.entropy.random_uuid().to_string()] {
            assert_eq!(delete(&server, &admin, id).await.status, 404, "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_rights_are_those_of_the_kind_and_nothing_is_told_beyond_them() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (ada, bea) = (server.member(&tenant, "ada", &[]).await, server.member(&tenant, "bea", &[]).await);
        let ada_id = ada.id.to_string();
        let theirs = group(&server, &admin, "theirs", &ada_id).await;
        let unknown = server.entropy.random_uuid().to_string();
        let member = person(&bea, Vec::new());
        for id in [&ada_id, &theirs] {
            assert_eq!(delete(&server, &member, id).await.status, 403);
        }
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", bea.id) });
        let path = format!("/v1.0/groups/{theirs}/owners/$ref");
        assert_eq!(post(&server, &admin, &path, owner).await.status, 204);
        assert_eq!(delete(&server, &member, &theirs).await.status, 204, "whoever answers for a group deletes it");
        let narrow = server.application(tenant.id, &[Permission::GroupReadWriteAll]);
        for id in [&ada_id, &unknown] {
            assert_eq!(delete(&server, &narrow, id).await.status, 403, "neither of them is told to be there");
        }
        let mut guest = person(&server.guest(&tenant, "g@partner.example").await, Vec::new());
        if let Actor::User(person) = &mut guest.actor {
            person.level = guest_level::RESTRICTED;
        }
        for id in [&ada_id, &unknown] {
            assert_eq!(delete(&server, &guest, id).await.status, 404, "neither of them is told to be there");
        }
        let stale = [("if-match", "W/\"7\"")];
        let path = format!("/v1.0/directoryObjects/{ada_id}");
        let refused = server.api_with(&admin, Method::DELETE, &path, &stale, &Value::Null).await;
        assert_eq!(refused.status, 412);
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        assert_eq!(delete(&server, &server.administrator(&other).await, &ada_id).await.status, 404);
        assert_eq!(get(&server, &admin, &format!("/v1.0/users/{ada_id}")).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn deleted_objects_are_counted_by_their_kind() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let count = async |caller: &Caller, path: &str| {
            let path = format!("/v1.0/directory/deletedItems/{path}");
            server.api_with(caller, Method::GET, &path, &[("ConsistencyLevel", "eventual")], &Value::Null).await
        };
        let (ada, bea) = (server.member(&tenant, "ada", &[]).await, server.member(&tenant, "bea", &[]).await);
        let inner = group(&server, &admin, "inner", &ada.id.to_string()).await;
        let [registration, _] = app(&server, &admin, "Travel").await;
        for id in [&ada.id.to_string(), &bea.id.to_string(), &inner, &registration] {
            assert_eq!(delete(&server, &admin, id).await.status, 204);
        }
        for (path, number) in [
            ("microsoft.graph.user/$count", "2"),
            ("graph.user/$count", "2"),
            ("graph.user/$count?$filter=startsWith(displayName,'ad')", "1"),
            ("microsoft.graph.group/$count", "1"),
            ("graph.group/$count", "1"),
            ("microsoft.graph.application/$count", "1"),
            ("graph.application/$count?$filter=displayName%20eq%20'Expenses'", "0"),
        ] {
            let answer = count(&admin, path).await;
            assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, number), "{path}");
            assert_eq!(answer.header("content-type"), "text/plain;charset=utf-8");
        }
        let member = person(&server.member(&tenant, "carl", &[]).await, Vec::new());
        for path in ["graph.user/$count", "graph.group/$count", "graph.application/$count"] {
            assert_eq!(count(&member, path).await.status, 403, "{path}");
        }
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        assert_eq!(count(&server.administrator(&other).await, "graph.user/$count").await.text, "0");
    })
    .await;
}
