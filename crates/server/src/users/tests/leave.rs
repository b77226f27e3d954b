//! A guest leaves by themselves.

use super::{delegated, get, guest, holder, patch, refusal, stored};
use crate::audit::{self, ChangeFilter};
use crate::directory_roles;
use crate::graph::{Caller, Permission, Role};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use crate::users::{ExternalUserState, User, store};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const POLICY: &str = "/beta/policies/externalIdentitiesPolicy";

async fn leave(server: &TestServer, caller: &Caller) -> Answer {
    server.api_as(caller, Method::POST, "/vestibule/v1/me/leave", &Value::Null).await
}

/// Says whether guests may leave.
async fn decide(server: &TestServer, caller: &Caller, may: bool) {
    let body = json!({ "allowExternalIdentitiesToLeave": may });
    assert_eq!(server.api_as(caller, Method::PATCH, POLICY, &body).await.status, 204);
}

/// What the audit tells that somebody did, and to whom, in alphabetical order.
async fn told(server: &TestServer, user: &User) -> Vec<String> {
    let mut tx = server.read().await.expect("a connection");
    let filter = ChangeFilter { initiator: Some(user.id.0), ..ChangeFilter::default() };
    let rows = audit::store::list_changes(&mut tx, user.tenant_id, &filter, None, 10).await.expect("the audit");
    let mut names: Vec<String> =
        rows.into_iter().map(|row| format!("{}: {}", row.activity, row.target_name())).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_guest_who_leaves_is_deleted_as_by_an_administrator_and_can_come_back() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let caller = person(&sam, Vec::new());
        server.clock.advance(Duration::from_secs(60));
        let answer = leave(&server, &caller).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
        assert!(stored(&server, &sam).await.is_none());
        assert_eq!(told(&server, &sam).await, ["Delete external user: Sam", "Delete user: Sam"]);
        assert_eq!(refusal(&leave(&server, &caller).await).0, 404, "nobody leaves twice");

        let item = format!("/v1.0/directory/deletedItems/{}", sam.id);
        assert_eq!(get(&server, &administrator, &item).await.status, 200);
        let restore = format!("{item}/restore");
        let back = server.api_as(&administrator, Method::POST, &restore, &Value::Null).await;
        assert_eq!(back.status, 200, "{}", back.text);
        let now = stored(&server, &sam).await.expect("sam");
        assert!(now.sessions_valid_from > sam.sessions_valid_from, "sessions stay ended");

        assert_eq!(leave(&server, &caller).await.status, 204);
        let body = json!({
            "invitedUserEmailAddress": "sam@partner.example", "inviteRedirectUrl": "https://myapps.microsoft.com",
        });
        let invited = server.api_as(&administrator, Method::POST, "/v1.0/invitations", &body).await;
        assert_eq!(invited.status, 201, "{}", invited.text);
        assert_ne!(invited.json()["invitedUser"]["id"], json!(sam.id), "they begin anew");
    })
    .await;
}

#[tokio::test]
async fn only_guests_from_outside_leave_and_an_app_needs_the_right_to_delete() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, administrator) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (anna, member) = holder(&server, &tenant, "anna", &[]).await;
        let program = server.application(tenant.id, &[Permission::UserReadWriteAll]);
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let through = |permission| delegated(person(&sam, Vec::new()), &[permission]);
        let weak = through(Permission::UserReadWrite);
        for (caller, status) in [(&administrator, 403), (&member, 403), (&program, 400), (&weak, 403)] {
            assert_eq!(refusal(&leave(&server, caller).await).0, status, "{}", caller.display_name());
        }
        // Neither is somebody of the house who is a guest by name, nor one from outside who is a member.
        assert_eq!(patch(&server, &administrator, anna.id, json!({ "userType": "Guest" })).await.status, 204);
        assert_eq!(refusal(&leave(&server, &member).await).0, 403);
        assert_eq!(patch(&server, &administrator, sam.id, json!({ "userType": "Member" })).await.status, 204);
        assert_eq!(refusal(&leave(&server, &person(&sam, Vec::new())).await).0, 403);
        assert_eq!(patch(&server, &administrator, sam.id, json!({ "userType": "Guest" })).await.status, 204);
        assert_eq!(leave(&server, &through(Permission::UserDeleteRestoreAll)).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn guests_stay_where_the_organisation_does_not_let_them_leave() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let caller = person(&sam, Vec::new());
        decide(&server, &administrator, false).await;
        let (status, code, text) = refusal(&leave(&server, &caller).await);
        assert_eq!((status, code.as_str()), (403, "Authorization_RequestDenied"));
        assert!(text.contains("externalIdentitiesPolicy") && text.contains("/me/sponsors"), "{text}");
        assert_eq!(stored(&server, &sam).await.map(|user| user.version), Some(sam.version));
        assert!(told(&server, &sam).await.is_empty());
        decide(&server, &administrator, true).await;
        assert_eq!(leave(&server, &caller).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn t4_the_last_global_administrator_does_not_leave() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let role = Role::GlobalAdministrator;
        let (ada, administrator) = holder(&server, &tenant, "ada", &[role]).await;
        let allowed = json!({ "privilegedRolesForGuests": "allowed" });
        let settings = "/vestibule/v1/collaborationSettings";
        assert_eq!(server.api_as(&administrator, Method::PATCH, settings, &allowed).await.status, 204);
        let mut sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        sam.external_user_state = Some(ExternalUserState::Accepted);
        let now = server.clock.now();
        let mut tx = server.write().await.expect("a transaction");
        assert!(store::update(&mut tx, &sam, now).await.expect("an answer"));
        assert!(directory_roles::store::insert(&mut tx, tenant.id, sam.id.into(), role, now).await.expect("an answer"));
        assert!(directory_roles::store::delete(&mut tx, tenant.id, ada.id.into(), role).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let caller = person(&sam, vec![role]);
        let (status, _, text) = refusal(&leave(&server, &caller).await);
        assert!(status == 400 && text.contains("last Global Administrator"), "{status} {text}");
        assert!(stored(&server, &sam).await.is_some());
        let mut tx = server.write().await.expect("a transaction");
        assert!(directory_roles::store::insert(&mut tx, tenant.id, ada.id.into(), role, now).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        assert_eq!(leave(&server, &caller).await.status, 204);
    })
    .await;
}
