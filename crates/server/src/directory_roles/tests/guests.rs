//! Guests and roles that administer (security check T4).

use super::{get, give, holder, holders, take};
use crate::graph::Role;
use crate::testing::on_both_engines;
use crate::users::{self, ExternalUserState};
use axum::http::Method;
use serde_json::json;

const SETTINGS: &str = "/vestibule/v1/collaborationSettings";

#[tokio::test]
async fn t4_guests_hold_roles_that_administer_only_while_the_organisation_allows_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (_, petra) = holder(&server, &tenant, "petra", &[Role::PrivilegedRoleAdministrator]).await;
        let mut sam = server.guest(&tenant, "sam@partner.example").await;
        sam.external_user_state = Some(ExternalUserState::Accepted);
        let mut tx = server.write().await.expect("a transaction");
        assert!(users::store::update(&mut tx, &sam, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let role = Role::UserAdministrator;
        assert_eq!(give(&server, &ada, role, sam.id).await.status, 400);
        let allow = async |caller, word| {
            server.api_as(caller, Method::PATCH, SETTINGS, &json!({ "privilegedRolesForGuests": word })).await.status
        };
        assert_eq!(allow(&petra, "allowed").await, 403, "whoever gives roles does not decide about guests");
        assert_eq!(allow(&ada, "sometimes").await, 400);
        assert_eq!(allow(&ada, "allowed").await, 204);
        assert_eq!(get(&server, &ada, SETTINGS).await.json()["privilegedRolesForGuests"], "allowed");
        assert_eq!(give(&server, &ada, role, sam.id).await.status, 204);
        let browser = server.signed_in(&sam).await;
        assert_eq!(browser.get("/portal/contoso.example/users").await.status, 200);
        // The organisation changes its mind: the role stays visible, to be taken, and has no effect from now on.
        assert_eq!(allow(&ada, "never").await, 204);
        assert_eq!(browser.get("/portal/contoso.example/users").await.status, 403);
        assert_eq!(holders(&server, &ada, role).await, ["sam@partner.example"]);
        assert_eq!(take(&server, &ada, role, sam.id).await.status, 204);
    })
    .await;
}
