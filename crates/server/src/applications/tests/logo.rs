//! The logo of an app: set, shown everywhere the app is used, and removed with it.

use crate::graph::{Caller, Permission};
use crate::tenants::Tenant;
use crate::testing::{ADDRESS, Answer, TestServer, on_both_engines, person, png_of};
use axum::http::Method;
use serde_json::{Value, json};

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    server.api_as(caller, method, path, body).await
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Value {
    let answer = call(server, caller, Method::GET, path, &Value::Null).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

/// Sends a file as the logo of an application.
async fn put(server: &TestServer, caller: &Caller, application: &str, content: Vec<u8>) -> Answer {
    let body: Value = content.into_iter().map(Value::from).collect();
    call(server, caller, Method::PUT, &format!("{application}/logo"), &body).await
}

/// Whoever manages the apps of a tenant.
fn manager(server: &TestServer, tenant: &Tenant) -> Caller {
    server.application(tenant.id, &[Permission::ApplicationReadWriteAll, Permission::AuditLogReadAll])
}

/// Registers an app; its address, its client id, and the address of its service principal.
async fn app(server: &TestServer, caller: &Caller, body: &Value) -> [String; 3] {
    let made = call(server, caller, Method::POST, "/v1.0/applications", body).await.json();
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let principal = let_in(server, caller, &text(&made["appId"])).await;
    [format!("/v1.0/applications/{}", text(&made["id"])), text(&made["appId"]), principal]
}

/// Adds the service principal of an app; its address.
async fn let_in(server: &TestServer, caller: &Caller, client: &str) -> String {
    let added = call(server, caller, Method::POST, "/v1.0/servicePrincipals", &json!({ "appId": client })).await;
    assert_eq!(added.status, 201, "{}", added.text);
    format!("/v1.0/servicePrincipals/{}", added.json()["id"].as_str().expect("an id"))
}

/// Where the logo of an object stands, below the public address.
async fn shown_at(server: &TestServer, caller: &Caller, object: &str) -> Option<String> {
    let info = get(server, caller, &format!("{object}?$select=info")).await["info"].clone();
    let address = info["logoUrl"].as_str()?;
    Some(address.strip_prefix(ADDRESS).expect("an address of ours").to_owned())
}

#[tokio::test]
async fn a_logo_is_set_read_shown_and_removed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = manager(&server, &tenant);
        let [path, client, principal] = app(&server, &program, &json!({ "displayName": "Expenses" })).await;
        let logo = format!("{path}/logo");
        assert_eq!(call(&server, &program, Method::GET, &logo, &Value::Null).await.status, 404);
        assert_eq!(call(&server, &program, Method::DELETE, &logo, &Value::Null).await.status, 404);
        assert_eq!(shown_at(&server, &program, &path).await, None);

        assert_eq!(put(&server, &program, &path, png_of(48, 48)).await.status, 204);
        let read = call(&server, &program, Method::GET, &logo, &Value::Null).await;
        assert_eq!((read.status.as_u16(), read.header("content-type")), (200, "image/png"));
        assert_eq!((read.header("x-content-type-options"), read.header("cache-control")), ("nosniff", "no-store"));
        let by_client = format!("/v1.0/applications(appId='{client}')/logo");
        assert_eq!(call(&server, &program, Method::GET, &by_client, &Value::Null).await.text, read.text);

        let shown = shown_at(&server, &program, &path).await.expect("an address");
        assert!(shown.starts_with(&format!("/{}/logos/{client}?v=", tenant.id)), "{shown}");
        assert_eq!(shown_at(&server, &program, &principal).await.as_ref(), Some(&shown));
        let objects = get(&server, &program, "/v1.0/applications?$select=info").await;
        assert_eq!(objects["value"][0]["info"]["logoUrl"], format!("{ADDRESS}{shown}"));
        let file = server.get(&shown).await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "image/png"));
        assert_eq!(file.text, read.text);
        assert!(file.header("cache-control").contains("immutable"));
        assert_eq!(file.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        let stale = server.get(&format!("/a.example/logos/{client}")).await;
        assert_eq!((stale.status.as_u16(), stale.header("cache-control")), (200, "no-cache"));

        let version = get(&server, &program, &path).await["@odata.etag"].clone();
        assert_eq!(put(&server, &program, &path, png_of(48, 48)).await.status, 204);
        assert_eq!(get(&server, &program, &path).await["@odata.etag"], version, "the same file is no change");
        assert_eq!(put(&server, &program, &path, png_of(64, 48)).await.status, 204);
        assert_ne!(get(&server, &program, &path).await["@odata.etag"], version);
        let other = shown_at(&server, &program, &path).await.expect("an address");
        assert_ne!(other, shown, "browsers fetch it anew");
        assert_eq!(server.get(&shown).await.header("cache-control"), "no-cache", "the address of before is old");
        let audits = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Update%20application'";
        let told = get(&server, &program, audits).await["value"][0]["targetResources"][0].clone();
        assert_eq!(told["modifiedProperties"][0]["displayName"], "Logo", "{told}");

        assert_eq!(call(&server, &program, Method::DELETE, &logo, &Value::Null).await.status, 204);
        assert_eq!(call(&server, &program, Method::GET, &logo, &Value::Null).await.status, 404);
        assert_eq!(shown_at(&server, &program, &principal).await, None);
        assert_eq!(server.get(&other).await.status, 404);
    })
    .await;
}

/// What was read is sent back whole; where the logo stands is not decided by it.
#[tokio::test]
async fn the_address_of_the_logo_comes_back_as_it_was_read_and_no_other() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = manager(&server, &tenant);
        let [path, ..] = app(&server, &program, &json!({ "displayName": "Expenses" })).await;
        assert_eq!(put(&server, &program, &path, png_of(48, 48)).await.status, 204);
        let mut info = get(&server, &program, &path).await["info"].clone();
        info["supportUrl"] = json!("https://a.example/help");
        let back = call(&server, &program, Method::PATCH, &path, &json!({ "info": info })).await;
        assert_eq!(back.status, 204, "{}", back.text);
        assert_eq!(get(&server, &program, &path).await["info"], info);
        for foreign in ["https://evil.example/logo.png", "/logo.png", ""] {
            let other = json!({ "info": { "logoUrl": foreign } });
            let refused = call(&server, &program, Method::PATCH, &path, &other).await;
            assert_eq!(
                (refused.status.as_u16(), &refused.json()["error"]["target"]),
                (400, &json!("info")),
                "{foreign}"
            );
        }
        let new = json!({ "displayName": "Travel", "info": { "logoUrl": info["logoUrl"] } });
        assert_eq!(call(&server, &program, Method::POST, "/v1.0/applications", &new).await.status, 400);
        // Null leaves the logo: it is the picture that is removed.
        let cleared = call(&server, &program, Method::PATCH, &path, &json!({ "info": null })).await;
        assert_eq!(cleared.status, 204, "{}", cleared.text);
        let read = get(&server, &program, &path).await["info"].clone();
        assert_eq!((&read["logoUrl"], &read["supportUrl"]), (&info["logoUrl"], &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn x4_what_is_no_small_picture_is_refused_and_whoever_may_not_learns_nothing_of_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = manager(&server, &tenant);
        let [path, ..] = app(&server, &program, &json!({ "displayName": "Expenses" })).await;
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
        for content in [
            svg.clone(),
            b"<script>alert(1)</script>".to_vec(),
            b"GIF89a".to_vec(),
            Vec::new(),
            png_of(257, 8),
            [png_of(8, 8), vec![0; 32 * 1024]].concat(),
        ] {
            let refused = put(&server, &program, &path, content).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!("logo")));
        }
        assert_eq!(put(&server, &program, &path, vec![0; 300_000]).await.status, 413);
        assert_eq!(shown_at(&server, &program, &path).await, None, "nothing was stored");
        let member = person(&server.member(&tenant, "kim", &[]).await, Vec::new());
        for content in [svg.clone(), png_of(48, 48)] {
            assert_eq!(put(&server, &member, &path, content).await.status, 403);
        }
        let nowhere = format!("/v1.0/applications/{}", tenant.id);
        assert_eq!(put(&server, &program, &nowhere, svg).await.status, 404);
        let remove = call(&server, &member, Method::DELETE, &format!("{path}/logo"), &Value::Null).await;
        assert_eq!(remove.status, 403, "{}", remove.text);
    })
    .await;
}

#[tokio::test]
async fn owners_of_an_app_set_its_logo() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = manager(&server, &tenant);
        let [path, ..] = app(&server, &program, &json!({ "displayName": "Expenses" })).await;
        let mia = server.member(&tenant, "mia", &[]).await;
        let owner = json!({ "@odata.id": format!("{ADDRESS}/v1.0/users/{}", mia.id) });
        let mia = person(&mia, Vec::new());
        assert_eq!(put(&server, &mia, &path, png_of(48, 48)).await.status, 403);
        let named = call(&server, &program, Method::POST, &format!("{path}/owners/$ref"), &owner).await;
        assert_eq!(named.status, 204, "{}", named.text);
        assert_eq!(put(&server, &mia, &path, png_of(48, 48)).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn a_logo_is_shown_in_every_organisation_that_uses_the_app_and_in_no_other() {
    on_both_engines(async |server| {
        let home = server.tenant("Home", "home.example").await;
        let here = server.tenant("Here", "here.example").await;
        let (owner, program) = (manager(&server, &home), manager(&server, &here));
        let several = json!({ "displayName": "Harvester", "signInAudience": "AzureADMultipleOrgs" });
        let [path, client, _] = app(&server, &owner, &several).await;
        assert_eq!(put(&server, &owner, &path, png_of(48, 48)).await.status, 204);
        let principal = let_in(&server, &program, &client).await;
        let shown = shown_at(&server, &program, &principal).await.expect("an address");
        assert!(shown.starts_with(&format!("/{}/logos/{client}?v=", here.id)), "nothing of its home: {shown}");
        assert!(server.get(&shown).await.header("cache-control").contains("immutable"));
        assert_eq!(put(&server, &owner, &path, png_of(64, 64)).await.status, 204);
        let other = shown_at(&server, &program, &principal).await.expect("an address");
        assert_ne!(other, shown, "what its home changes is seen here");
        assert!(server.get(&other).await.header("cache-control").contains("immutable"));
        // The picture of a registration is changed at home alone.
        let foreign = put(&server, &program, &path, png_of(8, 8)).await;
        assert_eq!(foreign.status, 404, "{}", foreign.text);

        let alone = json!({ "signInAudience": "AzureADMyOrg" });
        assert_eq!(call(&server, &owner, Method::PATCH, &path, &alone).await.status, 204);
        assert_eq!(server.get(&other).await.status, 404, "it is for its own organisation alone");
        assert_eq!(server.get(&format!("/home.example/logos/{client}")).await.status, 200);
        for nowhere in [
            format!("/nowhere.example/logos/{client}"),
            "/home.example/logos/harvester".to_owned(),
            format!("/home.example/logos/{}", home.id),
        ] {
            assert_eq!(server.get(&nowhere).await.status, 404, "{nowhere}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_logo_comes_back_with_its_app_and_goes_with_it_for_good() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = manager(&server, &tenant);
        let [path, client, _] = app(&server, &program, &json!({ "displayName": "Expenses" })).await;
        assert_eq!(put(&server, &program, &path, png_of(48, 48)).await.status, 204);
        let kept = path.replace("applications", "directory/deletedItems");
        let shown = format!("/a.example/logos/{client}");
        assert_eq!(call(&server, &program, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(server.get(&shown).await.status, 404);
        let restored = call(&server, &program, Method::POST, &format!("{kept}/restore"), &Value::Null).await;
        assert_eq!(restored.status, 200, "{}", restored.text);
        assert_eq!(server.get(&shown).await.status, 200);
        assert_eq!(server.contents().await["application_logo"].len(), 1);
        for gone in [&path, &kept] {
            let removed = call(&server, &program, Method::DELETE, gone, &Value::Null).await;
            assert_eq!(removed.status, 204, "{}", removed.text);
        }
        assert!(server.contents().await["application_logo"].is_empty());
    })
    .await;
}
