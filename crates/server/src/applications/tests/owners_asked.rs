//! Who answers for an app, by a condition, in an order, counted, and taken away by address.

use crate::graph::{Caller, Permission};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> Answer {
    server.api_as(caller, method, path, &body).await
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    call(server, caller, Method::GET, path, Value::Null).await
}

/// GET with `ConsistencyLevel: eventual`.
async fn get_eventual(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_with(caller, Method::GET, path, &[("consistencylevel", "eventual")], &Value::Null).await
}

fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let values = answer.json()["value"].as_array().expect("a collection").clone();
    values.iter().map(|object| object["displayName"].as_str().expect("a name").to_owned()).collect()
}

/// Registers an app and adds it to the tenant: the paths of both.
async fn app(server: &TestServer, caller: &Caller, name: &str) -> [String; 2] {
    let made = call(server, caller, Method::POST, "/v1.0/applications", json!({ "displayName": name })).await.json();
    let added = json!({ "appId": made["appId"] });
    let added = call(server, caller, Method::POST, "/v1.0/servicePrincipals", added).await.json();
    let path = |set: &str, object: &Value| format!("/v1.0/{set}/{}", object["id"].as_str().expect("an id"));
    [path("applications", &made), path("servicePrincipals", &added)]
}

/// The two paths of an app that two people and a program answer for.
async fn owned(server: &TestServer, admin: &Caller, people: [&str; 2]) -> [String; 2] {
    let paths = app(server, admin, "Expenses").await;
    let [_, robot] = app(server, admin, "Berta's robot").await;
    let robot = robot.rsplit('/').next().expect("an id").to_owned();
    for path in &paths {
        for owner in [people[0], people[1], robot.as_str()] {
            let body = json!({ "@odata.id": format!("http://localhost:8080/v1.0/directoryObjects/{owner}") });
            let added = call(server, admin, Method::POST, &format!("{path}/owners/$ref"), body).await;
            assert_eq!(added.status, 204, "{}", added.text);
        }
    }
    paths
}

#[tokio::test]
async fn owners_of_apps_are_asked_as_owners_of_groups_are() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (carl, anna) = (server.member(&tenant, "carl", &[]).await, server.member(&tenant, "anna", &[]).await);
        server.member(&tenant, "anna2", &[]).await;
        let (first, second) = (carl.id.to_string(), anna.id.to_string());
        for path in owned(&server, &admin, [&first, &second]).await {
            let owners = format!("{path}/owners");
            let ask = async |query: &str| get_eventual(&server, &admin, &format!("{owners}{query}")).await;
            let all = ask("?$count=true&$orderby=displayName").await;
            assert_eq!(names(&all), ["anna", "Berta's robot", "carl"], "one order over both kinds");
            assert_eq!(all.json()["@odata.count"], 3);
            let backwards = ask("?$count=true&$orderby=displayName%20desc").await;
            assert_eq!(names(&backwards), ["carl", "Berta's robot", "anna"]);
            let found = ask("?$filter=startsWith(displayName,'ANN')&$count=true").await;
            assert_eq!((names(&found), &found.json()["@odata.count"]), (vec!["anna".to_owned()], &json!(1)));
            assert_eq!(names(&ask(&format!("?$filter=id%20eq%20'{first}'")).await), ["carl"]);
            assert_eq!(names(&ask("?$search=%22displayName:robot%22").await), ["Berta's robot"]);
            let nobody = ask("?$filter=displayName%20eq%20'anna2'").await;
            assert!(names(&nobody).is_empty(), "somebody of that name who answers for something else");

            let of_users = "/microsoft.graph.user?$filter=userPrincipalName%20eq%20'carl@contoso.example'";
            assert_eq!(names(&ask(of_users).await), ["carl"]);
            let ordered = "/microsoft.graph.user?$orderby=userPrincipalName%20desc&$count=true";
            assert_eq!(names(&ask(ordered).await), ["carl", "anna"]);
            let programs = "/microsoft.graph.servicePrincipal?$filter=startsWith(displayName,'b')";
            assert_eq!(names(&ask(programs).await), ["Berta's robot"]);
            assert!(names(&ask("/microsoft.graph.group?$filter=displayName%20eq%20'carl'").await).is_empty());

            let page = ask("?$top=2&$orderby=displayName&$count=true").await;
            let next = page.json()["@odata.nextLink"].as_str().expect("a further page").to_owned();
            let next = next.strip_prefix("http://localhost:8080").expect("our address");
            assert_eq!(names(&page).len(), 2);
            assert_eq!(names(&get_eventual(&server, &admin, next).await), ["carl"]);

            for (count, number) in [
                ("/$count", "3"),
                ("/$count?$filter=startsWith(displayName,'b')", "1"),
                ("/$count?$search=%22displayName:anna%22", "1"),
                ("/microsoft.graph.user/$count", "2"),
                ("/microsoft.graph.user/$count?$filter=displayName%20eq%20'carl'", "1"),
                ("/microsoft.graph.group/$count", "0"),
            ] {
                assert_eq!(ask(count).await.text, number, "{count}");
            }
            let plain = get(&server, &admin, &format!("{owners}/$count")).await;
            assert_eq!(plain.status, 400, "the number is an advanced query: {}", plain.text);
            let plain = get(&server, &admin, &format!("{owners}?$search=%22displayName:anna%22")).await;
            assert_eq!(plain.status, 400, "{}", plain.text);
            assert_eq!(ask("?$filter=jobTitle%20eq%20'x'").await.status, 400, "it is no property of every kind");
        }
    })
    .await;
}

#[tokio::test]
async fn t2_owners_are_not_asked_by_what_is_not_shown() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (carl, anna) = (server.member(&tenant, "carl", &[]).await, server.member(&tenant, "anna", &[]).await);
        let paths = owned(&server, &admin, [&carl.id.to_string(), &anna.id.to_string()]).await;
        let apps_only = server.application(tenant.id, &[Permission::ApplicationReadAll]);
        let guest = person(&server.guest(&tenant, "sam@partner.example").await, Vec::new());
        for owners in paths.map(|path| format!("{path}/owners")) {
            assert_eq!(get(&server, &apps_only, &owners).await.status, 200, "that they are there");
            for cast in ["", "/microsoft.graph.user"] {
                let path = format!("{cast}?$filter=displayName%20eq%20'anna'");
                assert_eq!(get(&server, &apps_only, &format!("{owners}{path}")).await.status, 403, "{path}");
            }
            let count = format!("{owners}/$count?$filter=displayName%20eq%20'anna'");
            assert_eq!(get_eventual(&server, &apps_only, &count).await.status, 403);
            let ordered = format!("{owners}?$orderby=displayName");
            assert_eq!(get(&server, &apps_only, &ordered).await.status, 403, "an order tells of names too");
            for path in ["", "/$count", "?$filter=displayName%20eq%20'anna'"] {
                assert_eq!(get_eventual(&server, &guest, &format!("{owners}{path}")).await.status, 403, "{path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_owner_is_taken_away_by_address() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (carl, anna) = (server.member(&tenant, "carl", &[]).await, server.member(&tenant, "anna", &[]).await);
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.administrator(&other).await;
        for path in owned(&server, &admin, [&carl.id.to_string(), &anna.id.to_string()]).await {
            let gone = |address: String| format!("{path}/owners/$ref?@id={address}");
            let address = |of: &str| format!("http://localhost:8080/v1.0/directoryObjects/{of}");
            let delete = async |caller: &Caller, path: String| {
                call(&server, caller, Method::DELETE, &path, Value::Null).await.status.as_u16()
            };
            let member = person(&server.member(&tenant, &format!("m{}", path.len()), &[]).await, Vec::new());
            assert_eq!(delete(&member, gone(address(&carl.id.to_string()))).await, 403);
            assert_eq!(delete(&stranger, gone(address(&carl.id.to_string()))).await, 404);
            assert_eq!(delete(&admin, format!("{path}/owners/$ref")).await, 400, "it says of whom");
            assert_eq!(delete(&admin, gone("nobody".to_owned())).await, 400);
            assert_eq!(delete(&admin, gone(address(&member_id(&member)))).await, 404, "they are no owner");
            let owner = person(&anna, Vec::new());
            assert_eq!(delete(&owner, gone(address(&carl.id.to_string()))).await, 204, "an owner may");
            let left = get(&server, &admin, &format!("{path}/owners?$select=displayName")).await;
            assert_eq!(names(&left), ["Berta's robot", "anna"]);
            assert_eq!(delete(&admin, gone(address(&carl.id.to_string()))).await, 404, "they are gone already");
        }
    })
    .await;
}

fn member_id(caller: &Caller) -> String {
    caller.user().expect("a person").id.to_string()
}
