//! Deleted users: found, brought back, gone for good.

use super::{activities, column, get, guest, guest_caller, holder, patch, program, refusal, stored};
use crate::graph::role::guest_level;
use crate::graph::{Caller, Permission, Role};
use crate::platform::ids::{PrincipalId, TenantId};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use crate::users::{User, store};
use crate::{changes, deleted, deleted_items, directory_roles};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const LIST: &str = "/v1.0/directory/deletedItems/microsoft.graph.user";

async fn delete(server: &TestServer, caller: &Caller, user: &User) {
    let path = format!("/v1.0/users/{}", user.id);
    assert_eq!(server.api_as(caller, Method::DELETE, &path, &Value::Null).await.status, 204);
}

fn item(user: &User) -> String {
    format!("/v1.0/directory/deletedItems/{}", user.id)
}

async fn restore(server: &TestServer, caller: &Caller, user: &User, body: &Value) -> Answer {
    server.api_as(caller, Method::POST, &format!("{}/restore", item(user)), body).await
}

/// How many rows of all tables name this user.
async fn rows_naming(server: &TestServer, user: &User) -> Vec<&'static str> {
    let id = user.id.to_string();
    let bare = user.id.0.simple().to_string();
    let contents = server.contents().await;
    let names = |row: &String| {
        let row = row.to_lowercase();
        row.contains(&id) || row.contains(&bare)
    };
    // What happened stays told.
    let logs = ["directory_audit", "sign_in", "directory_change", "directory_read"];
    contents
        .into_iter()
        .filter(|(table, rows)| !logs.contains(table) && rows.iter().any(names))
        .map(|(table, _)| table)
        .collect()
}

#[tokio::test]
async fn a_deleted_user_comes_back_with_what_hung_on_them() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let mut tx = server.write().await.expect("a transaction");
        let principal = PrincipalId::from(sam.id);
        let now = server.clock.now();
        directory_roles::store::insert(&mut tx, tenant.id, principal, Role::GuestInviter, now).await.expect("a role");
        tx.commit().await.expect("a commit");
        server.clock.advance(Duration::from_secs(60));
        let now = server.clock.now();
        delete(&server, &caller, &sam).await;

        let listed = get(&server, &caller, &format!("{LIST}?$select=id,userPrincipalName,deletedDateTime")).await;
        assert_eq!(column(&listed, "id"), [sam.id.to_string()]);
        let shown = format!("{}{}", sam.id.0.simple(), sam.user_principal_name);
        assert_eq!(listed.json()["value"][0]["userPrincipalName"], json!(shown));
        let one = get(&server, &caller, &format!("{}?$select=deletedDateTime,mail", item(&sam))).await.json();
        assert_eq!(
            (&one["@odata.type"], &one["mail"]),
            (&json!("#microsoft.graph.user"), &json!("sam@partner.example"))
        );
        assert_eq!(one["deletedDateTime"], json!(crate::platform::clock::rfc3339(now)));

        server.clock.advance(Duration::from_secs(60));
        let back = restore(&server, &caller, &sam, &Value::Null).await;
        assert_eq!(back.status, 200, "{}", back.text);
        assert_eq!(back.json()["userPrincipalName"], json!(sam.user_principal_name));
        let now = stored(&server, &sam).await.expect("sam");
        assert!(now.deleted_at.is_none() && now.sessions_valid_from > sam.sessions_valid_from, "sessions stay ended");
        let mut tx = server.read().await.expect("a connection");
        let roles = directory_roles::store::list(&mut tx, tenant.id, principal).await.expect("roles");
        assert_eq!(roles, [Role::GuestInviter]);
        assert_eq!(store::list_identities(&mut tx, tenant.id, sam.id).await.expect("identities").len(), 1);
        drop(tx);
        assert_eq!(refusal(&get(&server, &caller, &item(&sam)).await).0, 404);
        assert_eq!(refusal(&restore(&server, &caller, &sam, &Value::Null).await).0, 404);
        let mut found = activities(&server, &tenant).await;
        found.sort();
        assert_eq!(found, ["Delete external user", "Delete user", "Restore user"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_came_in_between_keeps_what_they_have() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let anna = server.member(&tenant, "anna", &[]).await;
        delete(&server, &caller, &anna).await;
        server.member(&tenant, "anna", &[]).await;
        let (status, code, text) = refusal(&restore(&server, &caller, &anna, &Value::Null).await);
        assert_eq!((status, code.as_str()), (400, "Request_BadRequest"));
        assert_eq!(text, "Another object with the same value for property userPrincipalName already exists.");
        for (name, status) in [("anna", 400), ("anna@elsewhere.example", 400), ("anna@contoso.example", 400)] {
            let body = json!({ "newUserPrincipalName": name });
            assert_eq!(restore(&server, &caller, &anna, &body).await.status, status, "{name}");
        }
        assert_eq!(restore(&server, &caller, &anna, &json!({ "surprise": 1 })).await.status, 400);
        let back = restore(&server, &caller, &anna, &json!({ "newUserPrincipalName": "anna2@contoso.example" })).await;
        assert_eq!(back.status, 200, "{}", back.text);
        let path = format!("/v1.0/users/{}?$select=identities", anna.id);
        let identities = get(&server, &caller, &path).await.json()["identities"].clone();
        assert_eq!(identities[0]["issuerAssignedId"], "anna2@contoso.example");

        // A guest who was invited anew in between has the mailbox.
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        delete(&server, &caller, &sam).await;
        guest(&server, &tenant, "Sam", "sam@partner.example").await;
        assert_eq!(restore(&server, &caller, &sam, &Value::Null).await.status, 400);
        let body = json!({ "newUserPrincipalName": "sam@contoso.example" });
        assert_eq!(restore(&server, &caller, &sam, &body).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn an_address_that_somebody_else_has_is_left_out_on_demand() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let give = async |user: &User, address: &str| {
            let mut user = stored(&server, user).await.expect("the user");
            user.proxy_addresses = sqlx::types::Json(vec![address.to_owned()]);
            let mut tx = server.write().await.expect("a transaction");
            assert!(store::update(&mut tx, &user, server.clock.now()).await.expect("an answer"));
            tx.commit().await.expect("a commit");
        };
        let anna = server.member(&tenant, "anna", &[]).await;
        give(&anna, "SMTP:desk@contoso.example").await;
        delete(&server, &caller, &anna).await;
        let bert = server.member(&tenant, "bert", &[]).await;
        give(&bert, "smtp:Desk@contoso.example").await;
        let (status, _, text) = refusal(&restore(&server, &caller, &anna, &Value::Null).await);
        assert_eq!(status, 400);
        assert!(text.contains("proxyAddresses"), "{text}");
        let body = json!({ "autoReconcileProxyConflict": true });
        assert_eq!(restore(&server, &caller, &anna, &body).await.status, 200);
        assert!(stored(&server, &anna).await.expect("anna").proxy_addresses.is_empty());
    })
    .await;
}

#[tokio::test]
async fn nothing_is_left_of_a_user_who_is_gone_for_good() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let body = json!({
            "invitedUserEmailAddress": "sam@partner.example", "inviteRedirectUrl": "https://myapps.microsoft.com",
            "sendInvitationMessage": true,
        });
        let invited = server.api_as(&caller, Method::POST, "/v1.0/invitations", &body).await.json();
        let id = invited["invitedUser"]["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let mut tx = server.read().await.expect("a connection");
        let sam = store::find(&mut tx, tenant.id, id).await.expect("an answer").expect("sam");
        drop(tx);
        server.browser().sign_in_as(&server, &sam, crate::sign_in::session::Method::Passcode).await;
        assert_eq!(patch(&server, &caller, id, json!({ "city": "Jena", "jobTitle": "x" })).await.status, 204);
        // Nobody is removed for good at one blow.
        assert_eq!(server.api_as(&caller, Method::DELETE, &item(&sam), &Value::Null).await.status, 404);
        delete(&server, &caller, &sam).await;
        assert!(rows_naming(&server, &sam).await.contains(&"invitation"));
        assert_eq!(server.api_as(&caller, Method::DELETE, &item(&sam), &Value::Null).await.status, 204);
        assert!(rows_naming(&server, &sam).await.is_empty(), "{:?}", rows_naming(&server, &sam).await);
        assert_eq!(refusal(&get(&server, &caller, &item(&sam)).await).0, 404);
        assert!(activities(&server, &tenant).await.contains(&"Hard Delete user".to_owned()));
        assert_eq!(last_change(&server, tenant.id).await, changes::What::Purged);
    })
    .await;
}

async fn last_change(server: &TestServer, tenant: TenantId) -> changes::What {
    let mut tx = server.read().await.expect("a connection");
    let (last, _) = changes::store::bounds(&mut tx, tenant).await.expect("bounds");
    let rows = changes::store::list(&mut tx, tenant, changes::Kind::User, last - 1, last, 1).await.expect("changes");
    rows.last().expect("a change of a user").what
}

#[tokio::test]
async fn after_thirty_days_they_are_gone_by_themselves() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let (early, late) = (server.member(&tenant, "early", &[]).await, server.member(&tenant, "late", &[]).await);
        delete(&server, &caller, &early).await;
        server.clock.advance(Duration::from_secs(3600));
        delete(&server, &caller, &late).await;
        server.clock.advance(deleted_items::KEPT.saturating_sub(Duration::from_secs(1800)));
        // Whether somebody tidied up already or not.
        assert_eq!(column(&get(&server, &caller, LIST).await, "id"), [late.id.to_string()]);
        assert_eq!(refusal(&get(&server, &caller, &item(&early)).await).0, 404);
        assert_eq!(refusal(&restore(&server, &caller, &early, &Value::Null).await).0, 404);
        assert_eq!(server.api_as(&caller, Method::DELETE, &item(&early), &Value::Null).await.status, 404);
        assert_eq!(deleted_items::purge(&server, deleted::OWNERS).await.expect("a purge"), 1);
        assert_eq!(column(&get(&server, &caller, LIST).await, "id"), [late.id.to_string()]);
        assert!(rows_naming(&server, &early).await.is_empty());
        assert_eq!(deleted_items::purge(&server, deleted::OWNERS).await.expect("a purge"), 0);
    })
    .await;
}

#[tokio::test]
async fn deleted_users_are_for_who_administers_users() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (boss, _) = holder(&server, &tenant, "boss", &[Role::GlobalAdministrator]).await;
        let (_, second) = holder(&server, &tenant, "second", &[Role::GlobalAdministrator]).await;
        let (_, deputy) = holder(&server, &tenant, "deputy", &[Role::UserAdministrator]).await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        for user in [&boss, &sam] {
            delete(&server, &second, user).await;
        }
        let member = person(&anna, Vec::new());
        for stranger in [
            member,
            guest_caller(&sam, guest_level::MEMBER),
            server.application(tenant.id, &[Permission::UserInviteAll]),
        ] {
            for (method, path) in
                [(Method::GET, LIST.to_owned()), (Method::GET, item(&sam)), (Method::DELETE, item(&sam))]
            {
                assert_eq!(refusal(&server.api_as(&stranger, method, &path, &Value::Null).await).0, 403, "{path}");
            }
        }
        // A deputy brings back and purges nobody who stands above them.
        assert_eq!(refusal(&restore(&server, &deputy, &boss, &Value::Null).await).0, 403);
        assert_eq!(server.api_as(&deputy, Method::DELETE, &item(&boss), &Value::Null).await.status, 403);
        assert_eq!(restore(&server, &deputy, &sam, &Value::Null).await.status, 200);
        let restorer = server.application(tenant.id, &[Permission::UserDeleteRestoreAll]);
        delete(&server, &restorer, &sam).await;
        assert_eq!(get(&server, &restorer, &item(&sam)).await.status, 200);
        // Without an answer it would seem that they never signed in.
        let when = format!("{}?$select=id,signInActivity", item(&sam));
        assert_eq!(refusal(&get(&server, &restorer, &when).await).0, 403);
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = program(&server, &other);
        assert_eq!(refusal(&get(&server, &stranger, &item(&sam)).await).0, 404);
        assert_eq!(refusal(&restore(&server, &stranger, &sam, &Value::Null).await).0, 404);
    })
    .await;
}
