//! PATCH, DELETE, revokeSignInSessions.

use super::{activities, get, guest, nothing, patch, program, refusal, stored};
use crate::testing::{on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_change_is_stored_versioned_and_audited() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let caller = program(&server, &tenant);
        let body = json!({
            "displayName": "Sam Taylor", "givenName": "Sam", "surname": "Taylor", "jobTitle": "Auditor",
            "companyName": "Partner", "department": "Audit", "officeLocation": "12", "mobilePhone": "+49 1",
            "businessPhones": ["+49 2"], "preferredLanguage": "de-DE", "usageLocation": "DE",
            "mail": "Sam.Taylor@partner.example", "otherMails": ["sam@home.example"], "userType": "Member",
        });
        let answer = patch(&server, &caller, sam.id, body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
        let names: Vec<&str> = body.as_object().expect("an object").keys().map(String::as_str).collect();
        let path = format!("/v1.0/users/{}?$select={}", sam.id, names.join(","));
        let read = get(&server, &caller, &path).await.json();
        for (name, value) in body.as_object().expect("an object") {
            assert_eq!(&read[name], value, "{name}");
        }
        assert_eq!(read["@odata.etag"], "W/\"2\"");
        // Once more changes nothing and says nothing; null clears.
        assert_eq!(patch(&server, &caller, sam.id, body).await.status, 204);
        assert_eq!(patch(&server, &caller, sam.id, nothing()).await.status, 204);
        assert_eq!(activities(&server, &tenant).await, ["Update user"]);
        assert_eq!(patch(&server, &caller, sam.id, json!({ "jobTitle": null, "mail": null })).await.status, 204);
        let now = stored(&server, &sam).await.expect("the guest");
        assert_eq!((now.job_title, now.mail, now.version), (None, None, 3));
    })
    .await;
}

#[tokio::test]
async fn an_id_may_be_sent_along_if_it_is_the_users_own() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (anna, bert) = (server.member(&tenant, "anna", &[]).await, server.member(&tenant, "bert", &[]).await);
        let caller = program(&server, &tenant);
        let by_name = "/v1.0/users/ANNA@contoso.example".to_owned();
        let own = person(&anna, Vec::new());
        for (caller, path) in
            [(&caller, format!("/v1.0/users/{}", anna.id)), (&caller, by_name.clone()), (&own, "/v1.0/me".to_owned())]
        {
            let sent = json!({ "id": anna.id, "mobilePhone": path });
            let answer = server.api_as(caller, Method::PATCH, &path, &sent).await;
            assert_eq!(answer.status, 204, "{path}: {}", answer.text);
            assert_eq!(stored(&server, &anna).await.expect("anna").mobile_phone.as_ref(), Some(&path));
            for other in [json!(bert.id), json!("anna"), json!(null), json!(7)] {
                let sent = json!({ "id": other, "mobilePhone": "+49 3" });
                let answer = server.api_as(caller, Method::PATCH, &path, &sent).await;
                assert_eq!((refusal(&answer).0, &answer.json()["error"]["target"]), (400, &json!("id")), "{path}");
            }
            assert_eq!(stored(&server, &anna).await.expect("anna").mobile_phone.as_ref(), Some(&path));
        }
        let password = json!({ "id": anna.id, "passwordProfile": { "password": "correct horse battery" } });
        assert_eq!(server.api_as(&caller, Method::PATCH, &by_name, &password).await.status, 204);
        // Who may not make the change does not learn by it who is behind a name.
        let stranger = person(&bert, Vec::new());
        let answer = server.api_as(&stranger, Method::PATCH, &by_name, &json!({ "id": bert.id, "city": "X" })).await;
        assert_eq!(refusal(&answer).0, 403);
        assert_eq!(patch(&server, &caller, anna.id, json!({ "id": anna.id })).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn blocking_ends_sessions_and_has_a_row_of_its_own() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let caller = server.administrator(&tenant).await;
        server.clock.advance(Duration::from_secs(5));
        let answer = patch(&server, &caller, sam.id, json!({ "accountEnabled": false, "jobTitle": "x" })).await;
        assert_eq!(answer.status, 204);
        let blocked = stored(&server, &sam).await.expect("the guest");
        assert!(!blocked.account_enabled);
        assert_eq!(blocked.sessions_valid_from, server.clock.now());
        server.clock.advance(Duration::from_secs(5));
        assert_eq!(patch(&server, &caller, sam.id, json!({ "accountEnabled": true })).await.status, 204);
        let unblocked = stored(&server, &sam).await.expect("the guest");
        assert_eq!(unblocked.sessions_valid_from, blocked.sessions_valid_from);
        let mut found = activities(&server, &tenant).await;
        found.sort();
        assert_eq!(found, ["Disable account", "Enable account", "Update user"]);
    })
    .await;
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_refused_by_name_and_changes_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let caller = program(&server, &tenant);
        for (name, value) in [
            ("displayName", json!("")),
            ("displayName", json!(null)),
            ("displayName", json!("x".repeat(257))),
            ("displayName", json!("a\u{202e}b")),
            ("displayName", json!("a\u{200b}b")),
            ("surname", json!("a\u{2028}b")),
            ("givenName", json!("x".repeat(65))),
            ("jobTitle", json!("a\r\nBcc: b@x.example")),
            ("jobTitle", json!("x".repeat(129))),
            ("jobTitle", json!(7)),
            ("companyName", json!("x".repeat(65))),
            ("businessPhones", json!(["1", "2"])),
            ("businessPhones", json!(null)),
            ("preferredLanguage", json!("de_DE")),
            ("usageLocation", json!("Germany")),
            ("usageLocation", json!("de")),
            ("userType", json!("Admin")),
            ("userType", json!(null)),
            ("mail", json!("nobody")),
            ("mail", json!("a@x.example\u{0}")),
            ("otherMails", json!(["a@x.example", "b"])),
            ("accountEnabled", json!("false")),
            ("accountEnabled", json!(null)),
        ] {
            let (status, code, text) =
                refusal(&patch(&server, &caller, sam.id, json!({ "department": "T", name: value })).await);
            assert_eq!((status, code.as_str()), (400, "Request_BadRequest"), "{name} {value}");
            assert!(text.contains(name), "{name}: {text}");
        }
        assert_eq!(stored(&server, &sam).await.map(|user| user.version), Some(1));
    })
    .await;
}

#[tokio::test]
async fn t3_a_guest_is_given_no_address_of_the_house_or_of_somebody_else() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        guest(&server, &tenant, "Ben", "ben@partner.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let caller = program(&server, &tenant);
        let body = json!({ "mail": "anna@elsewhere.example" });
        assert_eq!(patch(&server, &caller, anna.id, body).await.status, 204);
        for address in ["Boss@Contoso.example", "anna@contoso.example", "anna@elsewhere.example", "BEN@partner.example"]
        {
            for (name, value) in [("mail", json!(address)), ("otherMails", json!([address]))] {
                let (status, _, text) = refusal(&patch(&server, &caller, sam.id, json!({ name: value })).await);
                assert_eq!(status, 400, "{name} {address}");
                assert!(text.contains(name), "{text}");
            }
        }
        assert_eq!(stored(&server, &sam).await.map(|user| user.version), Some(1));
        let own = json!({ "mail": "SAM@partner.example", "otherMails": ["sam@home.example"] });
        assert_eq!(patch(&server, &caller, sam.id, own).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn a_change_for_an_older_version_is_refused() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let caller = program(&server, &tenant);
        let path = format!("/v1.0/users/{}", sam.id);
        let send = |tag: &'static str, title: &'static str| {
            let (server, caller, path) = (&server, &caller, &path);
            async move {
                let headers = [("if-match", tag), ("prefer", "return=representation")];
                server.api_with(caller, Method::PATCH, path, &headers, &json!({ "jobTitle": title })).await
            }
        };
        let answer = send("W/\"1\"", "one").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("preference-applied"), "return=representation");
        assert_eq!((&answer.json()["jobTitle"], &answer.json()["@odata.etag"]), (&json!("one"), &json!("W/\"2\"")));
        for tag in ["W/\"1\"", "\"x\""] {
            let stale = refusal(&send(tag, "two").await);
            assert_eq!((stale.0, stale.1.as_str()), (412, "PreconditionFailed"));
        }
        assert_eq!(send("*", "three").await.status, 200);
        let stale = server.api_with(&caller, Method::DELETE, &path, &[("if-match", "W/\"1\"")], &Value::Null).await;
        assert_eq!(refusal(&stale).0, 412);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_user_is_gone_and_their_name_is_free() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let caller = server.administrator(&tenant).await;
        let path = format!("/v1.0/users/{}", sam.id);
        assert_eq!(server.api_as(&caller, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(refusal(&get(&server, &caller, &path).await).0, 404);
        assert_eq!(refusal(&server.api_as(&caller, Method::DELETE, &path, &Value::Null).await).0, 404);
        assert!(!get(&server, &caller, "/v1.0/users").await.text.contains("sam_partner"));
        let mut found = activities(&server, &tenant).await;
        found.sort();
        assert_eq!(found, ["Delete external user", "Delete user"]);
        let again = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        assert!(stored(&server, &again).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn sessions_are_revoked_by_an_administrator_and_by_oneself() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let administrator = server.administrator(&tenant).await;
        let path = format!("/v1.0/users/{}/revokeSignInSessions", sam.id);
        for (caller, path) in
            [(&administrator, path.as_str()), (&person(&sam, Vec::new()), "/v1.0/me/revokeSignInSessions")]
        {
            server.clock.advance(Duration::from_mins(1));
            let answer = server.api_as(caller, Method::POST, path, &Value::Null).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["value"]), (200, &json!(true)));
            let now = stored(&server, &sam).await.expect("the guest");
            assert_eq!(now.sessions_valid_from, server.clock.now());
        }
        let other = server.api_as(&person(&anna, Vec::new()), Method::POST, &path, &Value::Null).await;
        assert_eq!(refusal(&other).0, 403);
        assert_eq!(activities(&server, &tenant).await, ["Update StsRefreshTokenValidFrom Timestamp"; 2]);
    })
    .await;
}
