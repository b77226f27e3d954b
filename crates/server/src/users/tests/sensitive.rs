//! Who changes what about people who hold roles (Graph: users, who can perform sensitive actions).

use super::{holder, patch, stored};
use crate::graph::{Permission, Role};
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::{Value, json};

/// The roles whose holders a User Administrator may do everything to.
const BELOW: [Role; 3] = [Role::UserAdministrator, Role::GuestInviter, Role::ReportsReader];

/// A change of each sensitive property of somebody with this name, but of `userType`.
fn sensitive(name: &str) -> [Value; 7] {
    [
        json!({ "displayName": "Somebody else" }),
        json!({ "mail": format!("{name}@partner.example") }),
        json!({ "otherMails": [format!("{name}@elsewhere.example")] }),
        json!({ "businessPhones": ["+49 1"] }),
        json!({ "mobilePhone": "+49 2" }),
        json!({ "userPrincipalName": format!("new-{name}@contoso.example") }),
        json!({ "accountEnabled": false }),
    ]
}

#[tokio::test]
async fn t3_who_holds_a_role_is_renamed_and_shut_out_only_by_who_may_do_as_much() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let (_, uma) = holder(&server, &tenant, "uma", &[Role::UserAdministrator]).await;
        let app = server.application(tenant.id, &[Permission::UserReadWriteAll]);
        for role in Role::ALL.iter().copied() {
            let (name, is_below) = (role.slug(), BELOW.contains(&role));
            let user = server.member(&tenant, &name, &[role]).await;
            let status = if is_below { 204 } else { 403 };
            for body in sensitive(&name) {
                assert_eq!(patch(&server, &app, user.id, body.clone()).await.status, 403, "{name} {body}");
                assert_eq!(patch(&server, &uma, user.id, body.clone()).await.status, status, "{name} {body}");
            }
            let now = stored(&server, &user).await.expect("the holder");
            assert_eq!((now.version == user.version, now.account_enabled), (!is_below, !is_below), "{name}");
            // What decides nothing is changed of everybody who is no Global Administrator and makes none, by programs too.
            let is_highest = [Role::GlobalAdministrator, Role::PrivilegedRoleAdministrator].contains(&role);
            let status = if is_highest { 403 } else { 204 };
            for (caller, department) in [(&uma, "Sales"), (&app, "Audit")] {
                let body = json!({ "department": department, "jobTitle": "x" });
                assert_eq!(patch(&server, caller, user.id, body).await.status, status, "{name} {department}");
            }
            // One sensitive property among others is enough to refuse all of them.
            let both = json!({ "jobTitle": "y", "displayName": "Another one" });
            assert_eq!(patch(&server, &app, user.id, both.clone()).await.status, 403, "{name}");
            let status = if is_below { 204 } else { 403 };
            assert_eq!(patch(&server, &uma, user.id, both).await.status, status, "{name}");
            assert_eq!(patch(&server, &ada, user.id, json!({ "displayName": "By ada" })).await.status, 204, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_holds_a_role_is_removed_and_brought_back_only_by_who_may_do_as_much() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let (_, uma) = holder(&server, &tenant, "uma", &[Role::UserAdministrator]).await;
        for role in [
            Role::ApplicationAdministrator,
            Role::GroupsAdministrator,
            Role::AuthenticationAdministrator,
            Role::SecurityReader,
            Role::ReportsReader,
        ] {
            let (name, is_below) = (role.slug(), BELOW.contains(&role));
            let user = server.member(&tenant, &name, &[role]).await;
            let path = format!("/v1.0/users/{}", user.id);
            let item = format!("/v1.0/directory/deletedItems/{}", user.id);
            let restore = format!("{item}/restore");
            let revoke = format!("{path}/revokeSignInSessions");
            // Ending sessions takes nothing away for good.
            assert_eq!(server.api_as(&uma, Method::POST, &revoke, &Value::Null).await.status, 200, "{name}");
            for (method, path, done) in
                [(Method::DELETE, &path, 204), (Method::POST, &restore, 200), (Method::DELETE, &path, 204)]
            {
                let tried = server.api_as(&uma, method.clone(), path, &Value::Null).await;
                assert_eq!(tried.status, if is_below { done } else { 403 }, "{name}: {method} {path}");
                if !is_below {
                    assert_eq!(server.api_as(&ada, method, path, &Value::Null).await.status, done, "{name}: {path}");
                }
            }
            let purged = server.api_as(&uma, Method::DELETE, &item, &Value::Null).await;
            assert_eq!(purged.status, if is_below { 204 } else { 403 }, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn administrators_change_their_own_telephone_whatever_they_hold() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let both = [Role::UserAdministrator, Role::PrivilegedRoleAdministrator];
        let (bob, caller) = holder(&server, &tenant, "bob", &both).await;
        for key in [bob.id.to_string(), bob.user_principal_name.clone()] {
            let path = format!("/v1.0/users/{key}");
            let own = json!({ "mobilePhone": key, "city": "Jena" });
            assert_eq!(server.api_as(&caller, Method::PATCH, &path, &own).await.status, 204, "{key}");
        }
        assert_eq!(patch(&server, &caller, bob.id, json!({ "displayName": "Boss" })).await.status, 403);
        let (eve, own) = holder(&server, &tenant, "eve", &[Role::UserAdministrator]).await;
        assert_eq!(patch(&server, &own, eve.id, json!({ "displayName": "Eve Moss" })).await.status, 204);
        let other = json!({ "mobilePhone": "+49 3" });
        assert_eq!(patch(&server, &own, bob.id, other).await.status, 403, "another one's is a way to them");
    })
    .await;
}
