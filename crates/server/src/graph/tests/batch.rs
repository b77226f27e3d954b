//! Several requests in one.

use crate::graph::{Caller, Permission};
use crate::testing::{ADDRESS, Answer, TestServer, on_both_engines};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

async fn send(server: &TestServer, caller: &Caller, requests: Value) -> Answer {
    server.api_as(caller, Method::POST, "/v1.0/$batch", &json!({ "requests": requests })).await
}

fn response<'a>(batch: &'a Value, id: &str) -> &'a Value {
    let responses = batch["responses"].as_array().expect("responses");
    responses.iter().find(|response| response["id"] == id).unwrap_or_else(|| panic!("no answer to {id}: {batch}"))
}

#[tokio::test]
async fn each_request_is_answered_as_if_it_had_come_alone() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let requests = json!([
            { "id": "1", "method": "GET", "url": "/me?$select=id" },
            { "id": "2", "method": "GET", "url": "users?$count=true&$filter=endsWith(mail,'contoso.example')&$select=id",
              "headers": { "ConsistencyLevel": "eventual" } },
            { "id": "3", "method": "PATCH", "url": format!("/users/{}", ada.id), "body": { "jobTitle": "Auditor" },
              "headers": { "Content-Type": "application/json" } },
            { "id": "4", "method": "GET", "url": "/users/nobody@contoso.example" },
            { "id": "5", "method": "GET", "url": "/users/$count", "headers": { "consistencylevel": "eventual" } },
        ]);
        let answer = send(&server, &administrator, requests).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let batch = answer.json();
        assert_eq!(response(&batch, "1")["body"]["id"], json!(administrator.user().expect("a person").id));
        assert_eq!(response(&batch, "2")["body"]["@odata.count"], 2);
        assert_eq!(response(&batch, "3")["status"], 204);
        assert!(response(&batch, "3").get("body").is_none());
        assert_eq!(response(&batch, "4")["status"], 404);
        assert_eq!(response(&batch, "4")["body"]["error"]["code"], "Request_ResourceNotFound");
        assert_eq!(response(&batch, "5")["body"], "Mg==", "a text travels in base64");
    })
    .await;
}

#[tokio::test]
async fn each_answer_has_the_headers_it_would_have_alone() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let group = json!({ "displayName": "G", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true });
        let made = json!({ "Content-Type": "application/json", "Prefer": "return=minimal" });
        let requests = json!([
            { "id": "read", "method": "GET", "url": format!("/users/{}", ada.id) },
            { "id": "made", "method": "POST", "url": "/groups", "body": group, "headers": made },
            { "id": "wrong", "method": "GET", "url": "/users", "headers": { "a b": "c" } },
            { "id": "after", "method": "GET", "url": "/users", "dependsOn": ["wrong"] },
        ]);
        let batch = send(&server, &administrator, requests).await.json();
        let read = response(&batch, "read");
        assert_eq!(read["headers"]["OData-Version"], "4.0", "{read}");
        assert_eq!(read["headers"]["ETag"], read["body"]["@odata.etag"], "{read}");
        assert!(read["headers"]["request-id"].is_string(), "{read}");
        let made = response(&batch, "made");
        assert_eq!((&made["status"], &made["headers"]["Preference-Applied"]), (&json!(204), &json!("return=minimal")));
        assert_eq!(made["headers"]["Location"], made["headers"]["OData-EntityId"], "{made}");
        assert!(made["headers"]["Location"].as_str().is_some_and(|address| address.starts_with(ADDRESS)), "{made}");
        for (id, status) in [("wrong", 400), ("after", 424)] {
            let refused = response(&batch, id);
            assert_eq!(refused["status"], status, "{refused}");
            assert!(refused["body"]["error"]["innerError"]["request-id"].is_string(), "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_batch_over_http_2_names_the_host_in_its_address() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let body = json!({ "requests": [{ "id": "1", "method": "GET", "url": "/me" }] });
        let request = Request::post(format!("{ADDRESS}/v1.0/$batch")).header(header::CONTENT_TYPE, "application/json");
        let mut request = request.body(Body::from(body.to_string())).expect("a request");
        request.extensions_mut().insert(administrator.clone());
        let answer = server.send(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(response(&answer.json(), "1")["status"], 200, "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn a_url_may_hold_what_an_address_may_not() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let named = json!({ "displayName": "Ada Byron" });
        let path = format!("/v1.0/users/{}", ada.id);
        assert_eq!(server.api_as(&administrator, Method::PATCH, &path, &named).await.status, 204);
        let eventual = json!({ "ConsistencyLevel": "eventual" });
        let requests = json!([
            { "id": "blank", "method": "GET",
              "url": "/users?$filter=startswith(displayName,'Ada B')&$select=id, displayName" },
            { "id": "encoded", "method": "GET",
              "url": "/users?$filter=startswith(displayName,'Ada%20B')&$select=id,%20displayName" },
            { "id": "quoted", "method": "GET", "headers": eventual,
              "url": "/users?$search=\"displayName:byron\"&$select=id,displayName" },
            { "id": "nobody", "method": "GET", "url": "/users?$filter=displayName eq '<\"Ada\">'" },
            { "id": "path", "method": "GET", "url": "/users/ada byron@contoso.example" },
            { "id": "line", "method": "GET", "url": "/users?$filter=displayName eq 'Ada\nByron'" },
            { "id": "long", "method": "GET", "url": format!("/users?$search={}", "<".repeat(30_000)) },
        ]);
        let batch = send(&server, &administrator, requests).await.json();
        for id in ["blank", "encoded", "quoted"] {
            let found = response(&batch, id);
            let people = found["body"]["value"].as_array().unwrap_or_else(|| panic!("no collection: {found}"));
            let names: Vec<&str> = people.iter().filter_map(|person| person["displayName"].as_str()).collect();
            assert_eq!(names, ["Ada Byron"], "{found}");
        }
        let nobody = response(&batch, "nobody");
        assert_eq!((&nobody["status"], &nobody["body"]["value"]), (&json!(200), &json!([])), "{nobody}");
        assert_eq!(response(&batch, "path")["status"], 404);
        for id in ["line", "long"] {
            let refused = response(&batch, id);
            assert_eq!(refused["status"], 400, "{refused}");
            assert_eq!(refused["body"]["error"]["message"], "The url is not valid.", "by itself");
        }
    })
    .await;
}

#[tokio::test]
async fn a_hash_belongs_to_a_name_or_a_value() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let guest = server.guest(&tenant, "sam@partner.example").await;
        let name = &guest.user_principal_name;
        assert!(name.contains("#EXT#"), "{name}");
        let encoded = name.replace('#', "%23");
        let requests = json!([
            { "id": "list", "method": "GET", "url": format!("/users?$filter=userPrincipalName eq '{name}'&$select=id") },
            { "id": "again", "method": "GET",
              "url": format!("/users?$filter=userPrincipalName%20eq%20'{encoded}'&$select=id") },
            { "id": "one", "method": "GET", "url": format!("/users/{name}?$select=id") },
            { "id": "absolute", "method": "GET", "url": format!("{ADDRESS}/v1.0/users/{name}?$select=id") },
        ]);
        let batch = send(&server, &administrator, requests).await.json();
        for id in ["list", "again"] {
            let found = response(&batch, id);
            let ids: Vec<_> = found["body"]["value"].as_array().into_iter().flatten().map(|one| &one["id"]).collect();
            assert_eq!(ids, [&json!(guest.id)], "{found}");
        }
        for id in ["one", "absolute"] {
            let found = response(&batch, id);
            assert_eq!((&found["status"], &found["body"]["id"]), (&json!(200), &json!(guest.id)), "{found}");
            assert!(found["body"].get("displayName").is_none(), "what stands behind is read too: {found}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_relative_url_may_hold_other_addresses() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let app = json!({ "displayName": "Expenses", "identifierUris": ["https://contoso.example/expenses"] });
        let made = server.api_as(&administrator, Method::POST, "/v1.0/applications", &app).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let sponsors = format!("/users/{}/sponsors/$ref", sam.id);
        let taken = format!("{sponsors}?@id=https://graph.microsoft.com/v1.0/users/{}", ada.id);
        let requests = json!([
            { "id": "found", "method": "GET", "headers": { "ConsistencyLevel": "eventual" },
              "url": "/applications?$count=true&$filter=identifierUris/any(x:x eq 'https://contoso.example/expenses')" },
            { "id": "named", "method": "POST", "url": sponsors, "headers": { "Content-Type": "application/json" },
              "body": { "@odata.id": format!("{ADDRESS}/v1.0/users/{}", ada.id) } },
            { "id": "taken", "method": "DELETE", "url": taken, "dependsOn": ["named"] },
            { "id": "again", "method": "DELETE", "url": taken, "dependsOn": ["taken"] },
        ]);
        let answer = send(&server, &administrator, requests).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let batch = answer.json();
        let found = response(&batch, "found");
        assert_eq!((&found["status"], &found["body"]["@odata.count"]), (&json!(200), &json!(1)), "{found}");
        assert_eq!(found["body"]["value"][0]["displayName"], "Expenses");
        for (id, status) in [("named", 204), ("taken", 204), ("again", 404)] {
            assert_eq!(response(&batch, id)["status"], status, "{}", response(&batch, id));
        }
    })
    .await;
}

#[tokio::test]
async fn an_absolute_url_leads_to_this_server_and_to_the_version_of_its_batch() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let policies = "/policies/b2bManagementPolicies";
        for (root, path, other) in [("/v1.0", "/me?$select=id", "/beta"), ("/beta", policies, "/v1.0")] {
            let ask = async |url: String| {
                let body = json!({ "requests": [{ "id": "1", "method": "GET", "url": url }] });
                server.api_as(&administrator, Method::POST, &format!("{root}/$batch"), &body).await
            };
            for origin in [ADDRESS, "HTTP://LocalHost:8080"] {
                let answer = ask(format!("{origin}{root}{path}")).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
                assert_eq!(response(&answer.json(), "1")["status"], 200, "{}", answer.text);
            }
            for url in [
                format!("{ADDRESS}{other}{path}"),
                format!("{ADDRESS}{path}"),
                format!("{ADDRESS}{root}"),
                format!("{ADDRESS}0{root}{path}"),
                format!("https://localhost:8080{root}{path}"),
                format!("https://graph.microsoft.com{root}{path}"),
            ] {
                let answer = ask(url.clone()).await;
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{url}: {}", answer.text);
                let message = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
                assert!(message.contains(&format!("{ADDRESS}{root}/")), "{url}: {message}");
            }
            let within = ask(format!("{ADDRESS}{root}/$batch")).await;
            assert_eq!(within.status, StatusCode::BAD_REQUEST, "{}", within.text);
            assert!(within.text.contains("no batch"), "{}", within.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_waits_for_those_it_depends_on_and_fails_with_them() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let path = format!("/users/{}", ada.id);
        let json_type = json!({ "Content-Type": "application/json" });
        let requests = json!([
            { "id": "read", "method": "GET", "url": format!("{path}?$select=jobTitle"), "dependsOn": ["write"] },
            { "id": "write", "method": "PATCH", "url": path, "body": { "jobTitle": "Auditor" }, "headers": json_type },
            { "id": "wrong", "method": "PATCH", "url": path, "body": { "colour": "red" }, "headers": json_type },
            { "id": "after", "method": "DELETE", "url": path, "dependsOn": ["wrong"] },
            { "id": "later", "method": "DELETE", "url": path, "depends_on": ["after"] },
        ]);
        let batch = send(&server, &administrator, requests).await.json();
        assert_eq!(response(&batch, "read")["body"]["jobTitle"], "Auditor");
        assert_eq!(response(&batch, "wrong")["status"], 400);
        assert_eq!(response(&batch, "after")["status"], 424);
        assert_eq!(response(&batch, "later")["status"], 424);
        let still = server.api_as(&administrator, Method::GET, &format!("/v1.0{path}"), &Value::Null).await;
        assert_eq!(still.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_batch_that_makes_no_sense_is_refused_whole() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let get = |id: &str, url: &str| json!({ "id": id, "method": "GET", "url": url });
        let many: Vec<Value> = (0..21).map(|at| get(&at.to_string(), "/me")).collect();
        let headers: Value = (0..40_000).map(|at| (format!("x-{at}"), json!(""))).collect();
        for (requests, said) in [
            (json!([]), "1 to 20"),
            (json!(many), "1 to 20"),
            (json!([get("1", "/me"), get("1", "/me")]), "twice"),
            (json!([get("", "/me")]), "characters"),
            (json!([get("1", "https://id.example/v1.0/me")]), "relative"),
            (json!([get("1", "//elsewhere.example/me")]), "relative"),
            (json!([get("1", "")]), "relative"),
            (json!([get("1", "/$batch")]), "no batch"),
            (json!([{ "id": "1", "method": "TRACE", "url": "/me" }]), "method"),
            (json!([{ "id": "1", "method": "POST", "url": "/me", "body": {} }]), "Content-Type"),
            (json!([{ "id": "1", "method": "GET", "url": "/me", "headers": headers }]), "100 headers"),
            (json!([{ "id": "1", "method": "GET", "url": "/me", "colour": 1 }]), "colour"),
            (json!([{ "id": "1", "method": "GET", "url": "/me", "dependsOn": ["2"] }]), "not there"),
            (json!([{ "id": "1", "method": "GET", "url": "/me", "dependsOn": ["1"] }]), "circle"),
        ] {
            let answer = send(&server, &administrator, requests.clone()).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{requests}: {}", answer.text);
            let message = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
            assert!(message.contains(said) && message.contains("requests"), "{requests}: {message}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_batch_lets_nobody_do_what_they_may_not_do_alone() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.member(&other, "eve", &[]).await;
        let administrator = server.administrator(&tenant).await;
        let program = server.application(tenant.id, &[Permission::UserReadAll]);
        let foreign = "Bearer e30.e30.e30";
        let requests = json!([
            { "id": "write", "method": "DELETE", "url": format!("/users/{}", administrator.user().expect("a person").id) },
            { "id": "foreign", "method": "GET", "url": format!("/users/{}", stranger.id) },
            { "id": "token", "method": "GET", "url": "/users?$top=1", "headers": { "Authorization": foreign, "Host": "evil.example" } },
        ]);
        let batch = send(&server, &program, requests).await.json();
        assert_eq!(response(&batch, "write")["status"], 403);
        assert_eq!(response(&batch, "foreign")["status"], 404);
        assert_eq!(response(&batch, "token")["status"], 200, "the token of the batch counts, and its host");
    })
    .await;
}
