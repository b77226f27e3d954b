//! `GET /users/{..}`, `/me`, sponsors.

use super::{delegated, get, guest, guest_caller, program, refusal};
use crate::graph::role::guest_level;
use crate::graph::{Permission, Role};
use crate::testing::{is_blank, on_both_engines, person};
use crate::users::store;
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_user_is_found_by_id_and_by_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let caller = program(&server, &tenant);
        let name = "SAM_partner.example%23EXT%23@contoso.example";
        for key in [sam.id.to_string().as_str(), name] {
            let answer = get(&server, &caller, &format!("/v1.0/users/{key}")).await;
            assert_eq!(answer.status, 200, "{key}: {}", answer.text);
            let body = answer.json();
            assert_eq!(body["id"], sam.id.to_string());
            assert_eq!(body["@odata.etag"], "W/\"1\"");
            assert!(body.get("userType").is_none() && body.get("identities").is_none(), "not without $select");
            assert!(body["givenName"].is_null());
        }
        let asked = "userType,externalUserState,identities,creationType,createdDateTime";
        let body = get(&server, &caller, &format!("/v1.0/users/{}?$select={asked}", sam.id)).await.json();
        assert_eq!(body["userType"], "Guest");
        assert_eq!(body["externalUserState"], "PendingAcceptance");
        assert_eq!(body["identities"][0]["issuer"], "mail");
        assert_eq!(body["createdDateTime"], "2026-11-23T09:00:00Z");
        assert!(body.get("displayName").is_none());
        let missing = refusal(&get(&server, &caller, "/v1.0/users/nobody@contoso.example").await);
        assert_eq!((missing.0, missing.1.as_str()), (404, "Request_ResourceNotFound"));
        assert!(missing.2.contains("nobody@contoso.example"));
    })
    .await;
}

#[tokio::test]
async fn me_is_the_signed_in_person() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let caller = delegated(person(&anna, Vec::new()), &[Permission::UserRead]);
        let answer = get(&server, &caller, "/v1.0/me").await;
        assert_eq!(answer.json()["userPrincipalName"], "anna@contoso.example");
        // The scope shows the person and nobody else.
        let bob = server.member(&tenant, "bob", &[]).await;
        assert_eq!(refusal(&get(&server, &caller, &format!("/v1.0/users/{}", bob.id)).await).0, 403);
        assert_eq!(refusal(&get(&server, &caller, "/v1.0/users").await).0, 403);
        assert_eq!(refusal(&get(&server, &program(&server, &tenant), "/v1.0/me").await).0, 400);
    })
    .await;
}

#[tokio::test]
async fn sponsors_are_directory_objects() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mut anna = server.member(&tenant, "anna", &[]).await;
        anna.mobile_phone = Some("+49 3641 1".to_owned());
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let mut tx = server.write().await.expect("a transaction");
        assert!(store::update(&mut tx, &anna, server.clock.now()).await.expect("an answer"));
        store::insert_sponsor(&mut tx, tenant.id, sam.id, anna.id, server.clock.now()).await.expect("a sponsor");
        tx.commit().await.expect("a commit");
        let path = format!("/v1.0/users/{}/sponsors", sam.id);
        let body = get(&server, &program(&server, &tenant), &path).await.json();
        assert_eq!(body["value"][0]["@odata.type"], "#microsoft.graph.user");
        assert_eq!(body["value"][0]["id"], anna.id.to_string());
        assert_eq!(body["value"][0]["mobilePhone"], "+49 3641 1");
        // Guests see who answers for them, by public properties, and nobody else's sponsors.
        let own = get(&server, &guest_caller(&sam, guest_level::LIMITED), &path).await.json();
        assert_eq!(own["value"][0]["displayName"], "anna");
        assert!(is_blank(&own["value"][0], "mobilePhone"), "{own}");
        let tom = guest(&server, &tenant, "Tom", "tom@partner.example").await;
        let other = get(&server, &guest_caller(&tom, guest_level::LIMITED), &path).await;
        assert_eq!(refusal(&other).0, 403);
    })
    .await;
}

#[tokio::test]
async fn when_somebody_signed_in_last_takes_its_own_permission() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let path = format!("/v1.0/users/{}?$select=id,signInActivity", anna.id);
        assert_eq!(get(&server, &program(&server, &tenant), &path).await.status, 200);
        let reader = server.application(tenant.id, &[Permission::UserReadAll]);
        assert_eq!(refusal(&get(&server, &reader, &path).await).0, 403);
        let member = person(&anna, Vec::new());
        assert_eq!(refusal(&get(&server, &member, &path).await).0, 403);
        let everything = get(&server, &reader, &format!("/v1.0/users/{}?$select=*", anna.id)).await;
        assert!(everything.json().get("signInActivity").is_none());
        assert_eq!(get(&server, &person(&anna, vec![Role::GlobalAdministrator]), &path).await.status, 200);
        let named = format!("/v1.0/users/{}?$select=id,signInActivity", anna.user_principal_name);
        let by_name = get(&server, &program(&server, &tenant), &named).await;
        assert_eq!((refusal(&by_name).0, &by_name.json()["error"]["target"]), (400, &json!("signInActivity")));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_served_is_refused_in_the_envelope() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let post = refusal(&server.api_as(&caller, Method::DELETE, "/v1.0/users", &Value::Null).await);
        assert_eq!((post.0, post.1.as_str()), (405, "Request_BadRequest"));
        assert_eq!(post.2, "Specified HTTP method is not allowed for the request target.");
        let (status, code, text) = refusal(&get(&server, &caller, "/v1.0/unicorns").await);
        assert_eq!((status, code.as_str()), (404, "Request_ResourceNotFound"));
        assert!(text.contains("unicorns"));
    })
    .await;
}
