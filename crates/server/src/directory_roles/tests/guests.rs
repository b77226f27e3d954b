//! Guests and roles that administer (security check T4).

use super::groups::group;
use super::{get, give, holder, holders, take};
use crate::graph::{Caller, Permission, Role};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use crate::users::{self, ExternalUserState, User};
use axum::http::Method;
use serde_json::{Value, json};

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

/// Makes somebody a member or a guest.
async fn turn(server: &TestServer, caller: &Caller, user: &User, kind: &str) -> Answer {
    server.api_as(caller, Method::PATCH, &format!("/v1.0/users/{}", user.id), &json!({ "userType": kind })).await
}

#[tokio::test]
async fn t4_a_role_that_sleeps_in_a_guest_is_woken_only_by_who_could_give_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (deputy, uma) = holder(&server, &tenant, "uma", &[Role::UserAdministrator]).await;
        let giver = person(&deputy, vec![Role::UserAdministrator, Role::PrivilegedRoleAdministrator]);
        let app = server.application(tenant.id, &[Permission::UserReadWriteAll]);
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let desk = group(&server, &ada, true, &sam).await;
        // It holds nothing yet, or what guests hold too: nothing sleeps.
        for role in [None, Some(Role::GuestInviter)] {
            if let Some(role) = role {
                assert_eq!(give(&server, &ada, role, desk).await.status, 204);
            }
            assert_eq!(turn(&server, &uma, &sam, "Member").await.status, 204, "{role:?}");
            assert_eq!(turn(&server, &uma, &sam, "Guest").await.status, 204, "{role:?}");
        }
        assert_eq!(give(&server, &ada, Role::UserAdministrator, desk).await.status, 204);
        let (path, item) = (format!("/v1.0/groups/{desk}"), format!("/v1.0/directory/deletedItems/{desk}"));
        for caller in [&uma, &app] {
            assert_eq!(turn(&server, caller, &sam, "Member").await.status, 403, "{}", caller.display_name());
        }
        // Brought back, the group would give the role to whoever is a member by then.
        assert_eq!(server.api_as(&ada, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(turn(&server, &uma, &sam, "Member").await.status, 403);
        assert_eq!(server.api_as(&ada, Method::POST, &format!("{item}/restore"), &json!({})).await.status, 200);
        let mut tx = server.read().await.expect("a connection");
        let now = users::store::find(&mut tx, tenant.id, sam.id).await.expect("an answer").expect("sam");
        drop(tx);
        assert!(now.is_guest());
        for caller in [&giver, &ada] {
            assert_eq!(turn(&server, caller, &sam, "Member").await.status, 204, "{}", caller.display_name());
            assert_eq!(turn(&server, &ada, &sam, "Guest").await.status, 204);
        }
        // Where guests hold such roles nothing sleeps either.
        let allowed = json!({ "privilegedRolesForGuests": "allowed" });
        assert_eq!(server.api_as(&ada, Method::PATCH, SETTINGS, &allowed).await.status, 204);
        assert_eq!(turn(&server, &uma, &sam, "Member").await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn t4_a_role_of_their_own_is_not_woken_either_nor_one_above_put_to_sleep() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (_, uma) = holder(&server, &tenant, "uma", &[Role::UserAdministrator]).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let allow = async |word| {
            let body = json!({ "privilegedRolesForGuests": word });
            assert_eq!(server.api_as(&ada, Method::PATCH, SETTINGS, &body).await.status, 204, "{word}");
        };
        allow("allowed").await;
        assert_eq!(give(&server, &ada, Role::ReportsReader, sam.id).await.status, 204);
        allow("never").await;
        assert_eq!(turn(&server, &uma, &sam, "Member").await.status, 403);
        assert_eq!(turn(&server, &ada, &sam, "Member").await.status, 204);
        // By a group, somebody of the house looks after the apps: a User Administrator neither makes them a guest, who would
        // have the role no longer, nor calls them otherwise.
        let (bob, _) = holder(&server, &tenant, "bob", &[]).await;
        let desk = group(&server, &ada, true, &bob).await;
        assert_eq!(give(&server, &ada, Role::ApplicationAdministrator, desk).await.status, 204);
        assert_eq!(turn(&server, &uma, &bob, "Guest").await.status, 403);
        let path = format!("/v1.0/users/{}", bob.id);
        for body in [json!({ "displayName": "Support" }), json!({ "userPrincipalName": "support@contoso.example" })] {
            assert_eq!(server.api_as(&uma, Method::PATCH, &path, &body).await.status, 403, "{body}");
        }
        assert_eq!(server.api_as(&uma, Method::PATCH, &path, &json!({ "jobTitle": "x" })).await.status, 204);
        assert_eq!(turn(&server, &ada, &bob, "Guest").await.status, 204);
    })
    .await;
}
