//! The last Global Administrator where guests hold the role (security check T4).

use super::{get, give, holder, take};
use crate::graph::Role;
use crate::tenants::{PrivilegedRolesForGuests, administrators, store as tenant_store};
use crate::testing::on_both_engines;
use crate::users::{self, ExternalUserState};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const SETTINGS: &str = "/vestibule/v1/collaborationSettings";

#[tokio::test]
async fn t4_a_guest_is_the_last_administrator_only_where_their_role_has_an_effect() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let role = Role::GlobalAdministrator;
        let (ada, caller) = holder(&server, &tenant, "ada", &[role]).await;
        let mut sam = server.guest(&tenant, "sam@partner.example").await;
        sam.external_user_state = Some(ExternalUserState::Accepted);
        let mut tx = server.write().await.expect("a transaction");
        assert!(users::store::update(&mut tx, &sam, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let allow = async |word| {
            server.api_as(&caller, Method::PATCH, SETTINGS, &json!({ "privilegedRolesForGuests": word })).await
        };
        assert_eq!(allow("allowed").await.status, 204);
        assert_eq!(give(&server, &caller, role, sam.id).await.status, 204);
        assert_eq!(allow("never").await.status, 204, "a member is left");
        // The role of the guest has no effect now, so that they are nobody who could look after the organisation.
        let path = format!("/v1.0/users/{}", ada.id);
        let refused = take(&server, &caller, role, ada.id).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.text.contains("last Global Administrator"), "{}", refused.text);
        let block = json!({ "accountEnabled": false });
        assert_eq!(server.api_as(&caller, Method::PATCH, &path, &block).await.status, 400);
        assert_eq!(server.api_as(&caller, Method::DELETE, &path, &Value::Null).await.status, 400);
        // Where it has one they are, and the organisation does not change its mind before a member holds the role again.
        assert_eq!(allow("allowed").await.status, 204);
        assert_eq!(take(&server, &caller, role, ada.id).await.status, 204);
        assert_eq!(take(&server, &caller, role, sam.id).await.status, 400);
        let refused = allow("never").await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.text.contains("last Global Administrator"), "{}", refused.text);
        assert!(refused.text.contains("privilegedRolesForGuests"), "{}", refused.text);
        assert_eq!(get(&server, &caller, SETTINGS).await.json()["privilegedRolesForGuests"], "allowed");
        assert_eq!(give(&server, &caller, role, ada.id).await.status, 204);
        assert_eq!(allow("never").await.status, 204);
    })
    .await;
}

/// Each alone leaves an administrator; both together would leave none.
#[tokio::test]
async fn t4_a_member_is_made_no_guest_while_the_organisation_takes_their_effect_from_the_roles_of_guests() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let role = Role::GlobalAdministrator;
        let (_, caller) = holder(&server, &tenant, "ada", &[role]).await;
        let (ben, _) = holder(&server, &tenant, "ben", &[role]).await;
        let allowed = json!({ "privilegedRolesForGuests": "allowed" });
        assert_eq!(server.api_as(&caller, Method::PATCH, SETTINGS, &allowed).await.status, 204);
        let mut tx = server.write().await.expect("a transaction");
        let mut settings = tenant_store::get_settings(&mut tx, tenant.id).await.expect("settings");
        assert!(!administrators::has_only_guests(&mut tx, tenant.id).await.expect("an answer"));
        settings.privileged_roles_for_guests = PrivilegedRolesForGuests::Never;
        assert!(tenant_store::update_settings(&mut tx, tenant.id, &settings).await.expect("an answer"));
        let (path, body) = (format!("/v1.0/users/{}", ben.id), json!({ "userType": "Guest" }));
        let turn = server.api_as(&caller, Method::PATCH, &path, &body);
        let decide = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            tx.commit().await.expect("a commit");
        };
        let (refused, ()) = tokio::join!(turn, decide);
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.text.contains("cannot hold the role"), "{}", refused.text);
    })
    .await;
}
