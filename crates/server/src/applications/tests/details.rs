//! What programs write about apps and read back, and what they find apps by.

use crate::graph::{Caller, Permission};
use crate::testing::{Answer, TestServer, on_both_engines};
use crate::words;
use axum::http::Method;
use database::sql;
use serde_json::{Value, json};

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    server.api_as(caller, method, path, body).await
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Value {
    let answer = call(server, caller, Method::GET, path, &Value::Null).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

/// Changes something.
async fn change(server: &TestServer, caller: &Caller, path: &str, body: &Value) {
    let changed = call(server, caller, Method::PATCH, path, body).await;
    assert_eq!(changed.status, 204, "{path}: {}", changed.text);
}

/// Adds a registration and its service principal; their addresses, and the registration as it was answered.
async fn app(server: &TestServer, caller: &Caller, body: &Value) -> (String, String, Value) {
    let made = call(server, caller, Method::POST, "/v1.0/applications", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    let body = json!({ "appId": made["appId"] });
    let added = call(server, caller, Method::POST, "/v1.0/servicePrincipals", &body).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let path = |set: &str, id: &Value| format!("/v1.0/{set}/{}", id.as_str().expect("an id"));
    (path("applications", &made["id"]), path("servicePrincipals", &added.json()["id"]), made)
}

/// The names of what a filter finds.
async fn found(server: &TestServer, caller: &Caller, set: &str, filter: &str) -> Vec<String> {
    let path = format!("/v1.0/{set}?$count=true&$filter={}", filter.replace(' ', "%20"));
    let answer = server.api_with(caller, Method::GET, &path, &[("consistencylevel", "eventual")], &Value::Null).await;
    assert_eq!(answer.status, 200, "{filter}: {}", answer.text);
    let body = answer.json();
    let items = body["value"].as_array().expect("a collection");
    assert_eq!(body["@odata.count"], items.len(), "{filter}");
    let mut names: Vec<String> =
        items.iter().map(|item| item["displayName"].as_str().expect("a name").to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn details_are_kept_answered_and_taken_back() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program =
            server.application(tenant.id, &[Permission::ApplicationReadWriteAll, Permission::AuditLogReadAll]);
        let sent = json!({
            "displayName": "Expenses",
            "tags": ["finance", "HideApp"],
            "notes": "Ask Anna.",
            "info": {
                "logoUrl": null, "marketingUrl": "https://a.example/", "supportUrl": "https://a.example/help",
                "privacyStatementUrl": null, "termsOfServiceUrl": "https://a.example/terms",
            },
            "serviceManagementReference": "CMDB-7",
            "addIns": [{ "id": null, "type": "FileHandler", "properties": [{ "key": "version", "value": "2" }] }],
            "isDeviceOnlyAuthSupported": false,
            "oauth2RequirePostResponse": false,
        });
        let (path, principal, made) = app(&server, &program, &sent).await;
        for (name, value) in sent.as_object().expect("an object") {
            assert_eq!(made[name], *value, "{name}");
        }
        assert_eq!(made["publisherDomain"], "a.example");
        assert_eq!(made["verifiedPublisher"]["displayName"], Value::Null);
        for name in ["applicationTemplateId", "certification", "samlMetadataUrl", "tokenEncryptionKeyId"] {
            assert_eq!(made.get(name), Some(&Value::Null), "{name}");
        }
        let selected = get(&server, &program, &format!("{path}?$select=tags,publisherDomain")).await;
        assert_eq!((&selected["tags"], &selected["publisherDomain"]), (&sent["tags"], &json!("a.example")));
        let listed = get(&server, &program, "/v1.0/applications?$select=publisherDomain").await;
        assert_eq!(listed["value"][0]["publisherDomain"], "a.example");

        // What the registration says is shown with its service principal; its notes are not.
        let shown = get(&server, &program, &principal).await;
        assert_eq!((&shown["tags"], &shown["info"], &shown["addIns"]), (&sent["tags"], &sent["info"], &sent["addIns"]));
        assert_eq!((&shown["notes"], &shown["signInAudience"]), (&Value::Null, &json!("AzureADMyOrg")));
        assert_eq!(shown["servicePrincipalNames"], json!([made["appId"]]));

        let part = json!({ "info": { "supportUrl": "https://a.example/desk" }, "tags": ["travel"], "notes": null });
        change(&server, &program, &path, &part).await;
        let read = get(&server, &program, &path).await;
        assert_eq!((&read["tags"], &read["notes"]), (&json!(["travel"]), &Value::Null));
        assert_eq!(read["info"]["supportUrl"], "https://a.example/desk");
        assert_eq!(read["info"]["termsOfServiceUrl"], "https://a.example/terms", "what is left out stays");
        assert_eq!(get(&server, &program, &principal).await["tags"], json!(["travel"]));
        let audits = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Update%20application'";
        let audits = get(&server, &program, audits).await.to_string();
        for name in ["Tags", "Notes", "InformationalUrls"] {
            assert!(audits.contains(&format!("\"{name}\"")), "{name}: {audits}");
        }
        let cleared = json!({ "info": null, "tags": null, "addIns": null, "serviceManagementReference": null });
        change(&server, &program, &path, &cleared).await;
        let read = get(&server, &program, &path).await;
        assert_eq!((&read["tags"], &read["addIns"]), (&json!([]), &json!([])));
        assert_eq!((&read["info"]["supportUrl"], &read["serviceManagementReference"]), (&Value::Null, &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn details_that_make_no_sense_are_refused_by_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
        let (path, principal, _) = app(&server, &program, &json!({ "displayName": "Expenses" })).await;
        for (path, change, target) in [
            (&path, json!({ "tags": [""] }), "tags"),
            (&path, json!({ "tags": "finance" }), "tags"),
            (&path, json!({ "notes": "x".repeat(1025) }), "notes"),
            (&path, json!({ "info": { "supportUrl": "javascript:alert(1)" } }), "info.supportUrl"),
            (&path, json!({ "info": { "logoUrl": "https://a.example/logo.png" } }), "info"),
            (&path, json!({ "info": { "faxUrl": "https://a.example" } }), "info"),
            (&path, json!({ "addIns": [{ "properties": [] }] }), "addIns"),
            (&path, json!({ "publisherDomain": "b.example" }), "publisherDomain"),
            (&principal, json!({ "tags": ["x".repeat(257)] }), "tags"),
            (&principal, json!({ "loginUrl": "http://a.example/" }), "loginUrl"),
            (&principal, json!({ "preferredSingleSignOnMode": "saml" }), "preferredSingleSignOnMode"),
            (&principal, json!({ "samlSingleSignOnSettings": { "relayState": "x" } }), "samlSingleSignOnSettings"),
            (&principal, json!({ "notificationEmailAddresses": ["nobody"] }), "notificationEmailAddresses"),
            (&principal, json!({ "logoutUrl": "https://a.example/bye" }), "logoutUrl"),
            (&principal, json!({ "servicePrincipalNames": [] }), "servicePrincipalNames"),
        ] {
            let before = get(&server, &program, path).await;
            let refused = call(&server, &program, Method::PATCH, path, &change).await;
            assert_eq!(
                (refused.status.as_u16(), &refused.json()["error"]["target"]),
                (400, &json!(target)),
                "{change}"
            );
            assert_eq!(get(&server, &program, path).await, before, "{change}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_organisation_says_more_of_an_app_than_its_registration() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &[Permission::ApplicationReadWriteAll, Permission::AuditLogReadAll]);
        let new = json!({
            "displayName": "Expenses", "description": "Pays back", "tags": ["finance"],
            "web": { "logoutUrl": "https://a.example/out", "redirectUris": ["https://a.example/cb"] },
        });
        let (path, principal, made) = app(&server, &program, &new).await;
        let sent = json!({
            "alternativeNames": ["costs"], "description": "Money back", "loginUrl": "https://a.example/start",
            "logoutUrl": "https://a.example/out", "notes": "Ask Bert.", "notificationEmailAddresses": ["bert@a.example"],
            "preferredSingleSignOnMode": "oidc", "samlSingleSignOnSettings": null, "tags": ["finance", "travel"],
        });
        change(&server, &program, &principal, &sent).await;
        let read = get(&server, &program, &principal).await;
        for (name, value) in sent.as_object().expect("an object") {
            assert_eq!(read[name], *value, "{name}");
        }
        assert_eq!(read["appDescription"], "Pays back");
        assert_eq!(get(&server, &program, &path).await["tags"], json!(["finance"]), "the registration says what it said");
        // What a program read is written back, and the registration goes on speaking for itself.
        change(&server, &program, &path, &json!({ "tags": ["money"] })).await;
        assert_eq!(get(&server, &program, &principal).await["tags"], json!(["money", "finance", "travel"]));
        change(&server, &program, &principal, &json!({ "tags": [], "alternativeNames": null })).await;
        let read = get(&server, &program, &principal).await;
        assert_eq!((&read["tags"], &read["alternativeNames"]), (&json!(["money"]), &json!([])));
        assert_eq!(read["notes"], "Ask Bert.", "what is left out stays");
        let audits = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Update%20service%20principal'";
        let audits = get(&server, &program, audits).await.to_string();
        for name in ["Tags", "Notes", "LoginUrl"] {
            assert!(audits.contains(&format!("\"{name}\"")), "{name}: {audits}");
        }
        // It can be said when the app is added.
        let gone = call(&server, &program, Method::DELETE, &principal, &Value::Null).await;
        assert_eq!(gone.status, 204, "{}", gone.text);
        let again = json!({ "appId": made["appId"], "notes": "Again.", "tags": ["new"], "alternativeNames": [] });
        let again = call(&server, &program, Method::POST, "/v1.0/servicePrincipals", &again).await;
        assert_eq!(again.status, 201, "{}", again.text);
        assert_eq!((&again.json()["notes"], &again.json()["tags"]), (&json!("Again."), &json!(["money", "new"])));
        assert_eq!(found(&server, &program, "servicePrincipals", "tags/any(t:t eq 'new')").await, ["Expenses"]);
    })
    .await;
}

#[tokio::test]
async fn apps_are_found_by_identifiers_addresses_tags_and_audience() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
        let expenses = json!({
            "displayName": "Expenses", "identifierUris": ["https://a.example/Expenses"], "tags": ["Finance"],
            "web": { "redirectUris": ["https://a.example/cb"] }, "spa": { "redirectUris": ["https://a.example/spa"] },
        });
        let (path, principal, made) = app(&server, &program, &expenses).await;
        let travel =
            json!({ "displayName": "Travel", "signInAudience": "AzureADMultipleOrgs", "tags": ["finance", "trips"] });
        app(&server, &program, &travel).await;
        change(&server, &program, &principal, &json!({ "alternativeNames": ["costs"], "tags": ["internal"] })).await;
        let client = made["appId"].as_str().expect("an id");
        for (set, filter, expected) in [
            ("applications", "identifierUris/any(u:u eq 'https://a.example/expenses')", vec!["Expenses"]),
            ("applications", "identifierUris/any(u:startsWith(u,'https://a.example'))", vec!["Expenses"]),
            ("applications", "not identifierUris/any(u:u eq 'https://a.example/expenses')", vec!["Travel"]),
            ("applications", "identifierUris/$count eq 0", vec!["Travel"]),
            ("applications", "tags/any(t:t eq 'finance')", vec!["Expenses", "Travel"]),
            ("applications", "tags/any(t:t eq 'internal')", vec![]),
            ("applications", "signInAudience eq 'AzureADMultipleOrgs'", vec!["Travel"]),
            ("applications", "signInAudience in ('AzureADMyOrg','PersonalMicrosoftAccount')", vec!["Expenses"]),
            ("servicePrincipals", "servicePrincipalNames/any(n:n eq 'https://a.example/Expenses')", vec!["Expenses"]),
            ("servicePrincipals", &format!("servicePrincipalNames/any(n:n eq '{client}')"), vec!["Expenses"]),
            ("servicePrincipals", "replyUrls/any(u:u eq 'https://a.example/spa')", vec!["Expenses"]),
            ("servicePrincipals", "alternativeNames/any(n:n eq 'Costs')", vec!["Expenses"]),
            ("servicePrincipals", "tags/any(t:t eq 'finance')", vec!["Expenses", "Travel"]),
            ("servicePrincipals", "tags/any(t:t eq 'internal')", vec!["Expenses"]),
            ("servicePrincipals", "signInAudience eq 'AzureADMyOrg'", vec!["Expenses"]),
            (
                "servicePrincipals",
                "startsWith(displayName,'e') and servicePrincipalType eq 'Application'",
                vec!["Expenses"],
            ),
            ("servicePrincipals", "servicePrincipalType eq 'ManagedIdentity'", vec![]),
            ("servicePrincipals", "appOwnerOrganizationId eq null", vec!["Directory API"]),
            (
                "servicePrincipals",
                &format!("appOwnerOrganizationId eq {} and tags/any(t:t eq 'trips')", tenant.id),
                vec!["Travel"],
            ),
        ] {
            // The programs of the test stand here too.
            let mut names = found(&server, &program, set, filter).await;
            names.retain(|name| ["Expenses", "Travel", "Directory API"].contains(&name.as_str()));
            assert_eq!(names, expected, "{set} {filter}");
        }
        // What is taken back leads nowhere any more, for the registration and for its service principal.
        let other = json!({ "identifierUris": [format!("api://{client}")], "web": { "redirectUris": [] }, "tags": [] });
        change(&server, &program, &path, &other).await;
        for (set, filter, expected) in [
            ("applications", "identifierUris/any(u:u eq 'https://a.example/expenses')", vec![]),
            ("applications", "tags/any(t:t eq 'finance')", vec!["Travel"]),
            ("servicePrincipals", "servicePrincipalNames/any(n:n eq 'https://a.example/expenses')", vec![]),
            ("servicePrincipals", &format!("servicePrincipalNames/any(n:n eq 'api://{client}')"), vec!["Expenses"]),
            ("servicePrincipals", "replyUrls/any(u:u eq 'https://a.example/cb')", vec![]),
            ("servicePrincipals", "tags/any(t:t eq 'finance')", vec!["Travel"]),
            ("servicePrincipals", "tags/any(t:t eq 'internal')", vec!["Expenses"]),
        ] {
            assert_eq!(found(&server, &program, set, filter).await, expected, "{set} {filter}");
        }
        // Apps of an older version get their rows in the background.
        let mut tx = server.write().await.expect("a transaction");
        for statement in [
            sql!("DELETE FROM object_word WHERE tenant_id = $1"),
            sql!("UPDATE application SET words_kept = FALSE WHERE tenant_id = $1"),
            sql!("UPDATE service_principal SET words_kept = FALSE WHERE tenant_id = $1"),
        ] {
            tx.query(statement).bind(tenant.id).execute().await.expect("an older database");
        }
        tx.commit().await.expect("a commit");
        assert!(found(&server, &program, "applications", "tags/any(t:t eq 'trips')").await.is_empty());
        assert!(words::settle(&server, tenant.id).await.expect("rows") >= 4);
        assert_eq!(found(&server, &program, "applications", "tags/any(t:t eq 'trips')").await, ["Travel"]);
        assert_eq!(found(&server, &program, "servicePrincipals", "tags/any(t:t eq 'internal')").await, ["Expenses"]);
    })
    .await;
}

#[tokio::test]
async fn an_app_of_another_organisation_shows_what_it_says_to_all_and_no_notes() {
    on_both_engines(async |server| {
        let home = server.tenant("Home", "home.example").await;
        let here = server.tenant("Here", "here.example").await;
        let owner = server.application(home.id, &[Permission::ApplicationReadWriteAll]);
        let program = server.application(here.id, &[Permission::ApplicationReadWriteAll]);
        let new = json!({
            "displayName": "Harvester", "signInAudience": "AzureADMultipleOrgs", "description": "Reaps",
            "tags": ["farming"], "notes": "Internal.", "serviceManagementReference": "CMDB-1",
            "info": { "termsOfServiceUrl": "https://home.example/terms" },
            "web": { "redirectUris": ["https://home.example/cb"], "logoutUrl": "https://home.example/out" },
        });
        let (path, _, made) = app(&server, &owner, &new).await;
        let let_in = json!({ "appId": made["appId"], "tags": ["tools"] });
        let added = call(&server, &program, Method::POST, "/v1.0/servicePrincipals", &let_in).await;
        assert_eq!(added.status, 201, "{}", added.text);
        let principal = format!("/v1.0/servicePrincipals/{}", added.json()["id"].as_str().expect("an id"));
        let read = get(&server, &program, &principal).await;
        assert_eq!((&read["tags"], &read["notes"]), (&json!(["farming", "tools"]), &Value::Null));
        assert_eq!(
            (&read["appDescription"], &read["logoutUrl"]),
            (&json!("Reaps"), &json!("https://home.example/out"))
        );
        assert_eq!(read["info"]["termsOfServiceUrl"], "https://home.example/terms");
        assert!(!read.to_string().contains("Internal.") && !read.to_string().contains("CMDB-1"), "{read}");
        let filter = format!("appOwnerOrganizationId eq {} and signInAudience eq 'AzureADMultipleOrgs'", home.id);
        assert_eq!(found(&server, &program, "servicePrincipals", &filter).await, ["Harvester"]);

        let other = json!({
            "tags": ["fields"], "notes": "Still internal.", "description": null,
            "identifierUris": ["https://home.example/harvester"],
        });
        change(&server, &owner, &path, &other).await;
        let read = get(&server, &program, &principal).await;
        assert_eq!((&read["tags"], &read["appDescription"]), (&json!(["fields", "tools"]), &Value::Null));
        assert_eq!(read["servicePrincipalNames"], json!([made["appId"], "https://home.example/harvester"]));
        assert!(!read.to_string().contains("internal"), "{read}");
        for (filter, expected) in [
            ("tags/any(t:t eq 'farming')", vec![]),
            ("tags/any(t:t eq 'fields')", vec!["Harvester"]),
            ("tags/any(t:t eq 'tools')", vec!["Harvester"]),
            ("servicePrincipalNames/any(n:n eq 'https://home.example/harvester')", vec!["Harvester"]),
        ] {
            assert_eq!(found(&server, &program, "servicePrincipals", filter).await, expected, "{filter}");
        }
        // What is said of it here is said of it here alone.
        let at_home = found(&server, &owner, "servicePrincipals", "tags/any(t:t eq 'tools')").await;
        assert!(at_home.is_empty(), "{at_home:?}");
    })
    .await;
}
