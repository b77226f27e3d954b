//! `POST /users`, passwords, `PATCH /me`.

use super::{activities, delegated, get, guest, holder, patch, program, refusal, stored};
use crate::graph::{Permission, Role};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use crate::users::{self, User, password};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const PASSWORD: &str = "correct horse battery";

fn lena() -> Value {
    json!({
        "accountEnabled": true, "displayName": "Lena Roth", "mailNickname": "lena",
        "userPrincipalName": "Lena@contoso.example", "passwordProfile": { "password": PASSWORD },
        "givenName": "Lena", "city": "Jena", "employeeId": "4711", "mail": "lena@contoso.example",
    })
}

async fn post(server: &TestServer, caller: &crate::graph::Caller, body: &Value) -> Answer {
    server.api_as(caller, Method::POST, "/v1.0/users", body).await
}

#[tokio::test]
async fn a_member_is_added_with_everything_that_was_said() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let answer = post(&server, &caller, &lena()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let body = answer.json();
        assert_eq!((&body["displayName"], &body["givenName"]), (&json!("Lena Roth"), &json!("Lena")));
        assert!(!answer.text.contains(PASSWORD) && !answer.text.contains("argon2"));
        let path = format!(
            "/v1.0/users/{}?$select=userType,city,employeeId,mail,identities,creationType",
            body["id"].as_str().expect("an id")
        );
        let read = get(&server, &caller, &path).await.json();
        assert_eq!(
            (&read["userType"], &read["city"], &read["employeeId"]),
            (&json!("Member"), &json!("Jena"), &json!("4711"))
        );
        assert_eq!(read["identities"][0]["issuerAssignedId"], "Lena@contoso.example");
        assert_eq!(activities(&server, &tenant).await, ["Add user"]);
        let mut tx = server.read().await.expect("a connection");
        let user = users::store::find_by_principal_name(&mut tx, tenant.id, "lena@contoso.example").await;
        drop(tx);
        let user = user.expect("an answer").expect("lena");
        assert!(password::verify(user.password_hash.as_deref(), PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn a_new_user_is_bound_to_others_by_their_address() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let anna = server.member(&tenant, "anna", &[]).await;
        let address = format!("{}/v1.0/users/{}", crate::testing::ADDRESS, anna.id);
        for (name, value) in [
            ("manager@odata.bind", json!("nobody")),
            ("manager@odata.bind", json!("https://x.example/v1.0/users/2a6f0b9e-7d44-4cf0-8d0c-0a9d3f6c1b11")),
            ("sponsors@odata.bind", json!(["https://x.example/v1.0/groups/2a6f0b9e-7d44-4cf0-8d0c-0a9d3f6c1b11"])),
            ("sponsors@odata.bind", json!("x")),
        ] {
            let mut body = lena();
            body[name] = value;
            assert_eq!(refusal(&post(&server, &caller, &body).await).0, 400, "{body}");
        }
        let mut body = lena();
        body["manager@odata.bind"] = json!(address);
        body["sponsors@odata.bind"] = json!([address]);
        let made = post(&server, &caller, &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("/v1.0/users/{}?$expand=manager,sponsors", made.json()["id"].as_str().expect("an id"));
        let read = get(&server, &caller, &path).await.json();
        assert_eq!((&read["manager"]["id"], &read["sponsors"][0]["id"]), (&json!(anna.id), &json!(anna.id)));
    })
    .await;
}

#[tokio::test]
async fn what_a_new_user_cannot_be_is_refused_by_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        server.tenant("Fabrikam", "fabrikam.example").await;
        guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let caller = program(&server, &tenant);
        for (name, value) in [
            ("accountEnabled", Value::Null),
            ("displayName", Value::Null),
            ("displayName", json!(" ")),
            ("mailNickname", Value::Null),
            ("mailNickname", json!("le na")),
            ("userPrincipalName", Value::Null),
            ("userPrincipalName", json!("lena")),
            ("userPrincipalName", json!("lena@fabrikam.example")),
            ("userPrincipalName", json!("lena@elsewhere.example")),
            ("passwordProfile", Value::Null),
            ("passwordProfile", json!({})),
            ("passwordProfile", json!({ "password": "short" })),
            ("passwordProfile", json!({ "password": PASSWORD, "forceChangePasswordNextSignInWithMfa": true })),
            ("hint", json!({ "password": PASSWORD, "hint": "horse" })),
            ("id", json!("2a6f0b9e-7d44-4cf0-8d0c-0a9d3f6c1b11")),
            ("ageGroup", json!("Old")),
            ("employeeHireDate", json!("yesterday")),
            ("employeeOrgData", json!({ "floor": "4" })),
            ("proxyAddresses", json!(["SMTP:boss@contoso.example"])),
        ] {
            let mut body = lena();
            body[if name == "hint" { "passwordProfile" } else { name }] = value.clone();
            let (status, _, text) = refusal(&post(&server, &caller, &body).await);
            assert_eq!(status, 400, "{name} {value}");
            assert!(text.contains(name), "{name}: {text}");
        }
        let mut stranger = lena();
        stranger["userType"] = json!("Guest");
        stranger["mail"] = json!("sam@partner.example");
        assert_eq!(refusal(&post(&server, &caller, &stranger).await).0, 400, "the address of another guest");
        assert_eq!(post(&server, &caller, &lena()).await.status, 201);
        let (status, code, text) = refusal(&post(&server, &caller, &lena()).await);
        assert_eq!((status, code.as_str()), (400, "Request_BadRequest"));
        assert_eq!(text, "Another object with the same value for property userPrincipalName already exists.");
        assert_eq!(activities(&server, &tenant).await, ["Add user"]);
    })
    .await;
}

#[tokio::test]
async fn only_who_administers_users_adds_one() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (anna, deputy) = holder(&server, &tenant, "deputy", &[Role::UserAdministrator]).await;
        for caller in [
            person(&anna, vec![Role::AuthenticationAdministrator]),
            delegated(deputy.clone(), &[Permission::UserReadAll, Permission::UserReadWrite]),
            server.application(tenant.id, &[Permission::UserInviteAll, Permission::UserDeleteRestoreAll]),
        ] {
            assert_eq!(refusal(&post(&server, &caller, &lena()).await).0, 403);
        }
        assert_eq!(post(&server, &deputy, &lena()).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn a_password_is_set_for_those_who_stand_no_higher() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, deputy) = holder(&server, &tenant, "deputy", &[Role::UserAdministrator]).await;
        let (_, helper) = holder(&server, &tenant, "helper", &[Role::AuthenticationAdministrator]).await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let (inviter, _) = holder(&server, &tenant, "inviter", &[Role::GuestInviter]).await;
        let (keeper, _) = holder(&server, &tenant, "keeper", &[Role::PrivilegedRoleAdministrator]).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let body = json!({ "passwordProfile": { "password": PASSWORD } });
        for (caller, user, status) in [
            (&helper, &anna, 204),
            (&helper, &inviter, 403),
            (&deputy, &inviter, 204),
            (&deputy, &keeper, 403),
            (&deputy, &sam, 400),
        ] {
            let answer = patch(&server, caller, user.id, body.clone()).await;
            assert_eq!(answer.status, status, "{} {}", caller.display_name(), user.display_name);
        }
        let now = stored(&server, &anna).await.expect("anna");
        assert!(password::verify(now.password_hash.as_deref(), PASSWORD).await);
        assert_eq!(now.sessions_valid_from, server.clock.now());
        assert_eq!(activities(&server, &tenant).await, ["Reset user password"; 2]);
        // The helper changes nothing else, and neither does one refused part leave the other behind.
        let both = json!({ "passwordProfile": { "password": "another horse battery" }, "jobTitle": "x" });
        assert_eq!(refusal(&patch(&server, &helper, anna.id, both).await).0, 403);
        assert_eq!(stored(&server, &anna).await.map(|user| user.version), Some(now.version));
    })
    .await;
}

#[tokio::test]
async fn a_password_and_whether_it_must_be_changed_are_set_one_by_one() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, helper) = holder(&server, &tenant, "helper", &[Role::AuthenticationAdministrator]).await;
        let (inviter, _) = holder(&server, &tenant, "inviter", &[Role::GuestInviter]).await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let set = async |user: &User, profile: Value| {
            let answer = patch(&server, &helper, user.id, json!({ "passwordProfile": profile })).await;
            (answer.status.as_u16(), stored(&server, user).await.expect("the user"))
        };
        let before = stored(&server, &anna).await.expect("anna");
        let must = json!({ "forceChangePasswordNextSignIn": true });
        server.clock.advance(Duration::from_secs(1));
        let (status, forced) = set(&anna, must.clone()).await;
        assert_eq!((status, forced.profile.0.must_change_password), (204, true));
        assert_eq!(forced.password_hash, before.password_hash);
        assert_eq!(forced.sessions_valid_from, before.sessions_valid_from, "nobody is signed out");
        for same in [must.clone(), json!({}), json!({ "forceChangePasswordNextSignInWithMfa": false })] {
            let (status, now) = set(&anna, same.clone()).await;
            assert_eq!((status, now.version), (204, forced.version), "{same}");
        }
        let (status, now) = set(&anna, json!({ "password": PASSWORD })).await;
        assert_eq!((status, now.profile.0.must_change_password), (204, true), "it was not named");
        assert!(password::verify(now.password_hash.as_deref(), PASSWORD).await);
        assert_eq!(now.sessions_valid_from, server.clock.now());
        let (status, now) = set(&anna, json!({ "forceChangePasswordNextSignIn": false })).await;
        assert_eq!((status, now.profile.0.must_change_password), (204, false));
        for (user, profile, refused) in [
            (&anna, json!({ "password": null }), 400),
            (&anna, json!({ "forceChangePasswordNextSignInWithMfa": true }), 400),
            (&sam, must.clone(), 400),
            (&inviter, must, 403),
        ] {
            let version = stored(&server, user).await.map(|user| user.version);
            let (status, now) = set(user, profile.clone()).await;
            assert_eq!((status, Some(now.version)), (refused, version), "{} {profile}", user.display_name);
        }
        let mut told = activities(&server, &tenant).await;
        told.sort_unstable();
        let force = "Set force change user password";
        assert_eq!(told, ["Reset user password", force, force]);
    })
    .await;
}

#[tokio::test]
async fn people_of_the_house_change_a_little_about_themselves() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let bert = server.member(&tenant, "bert", &[]).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let own = delegated(person(&anna, Vec::new()), &[Permission::UserReadWrite]);
        let body = json!({ "mobilePhone": "+49 1", "city": "Jena", "preferredLanguage": "de" });
        let me = async |caller, body: &Value| server.api_as(caller, Method::PATCH, "/v1.0/me", body).await;
        assert_eq!(me(&own, &body).await.status, 204);
        assert_eq!(patch(&server, &own, anna.id, json!({ "state": "Thuringia" })).await.status, 204);
        let now = stored(&server, &anna).await.expect("anna");
        assert_eq!(now.profile.0.city.as_deref(), Some("Jena"));
        assert_eq!(now.profile.0.state.as_deref(), Some("Thuringia"));
        for refused in [
            json!({ "displayName": "Boss" }),
            json!({ "jobTitle": "Boss" }),
            json!({ "accountEnabled": true }),
            json!({ "city": "Erfurt", "userType": "Guest" }),
            json!({ "passwordProfile": { "password": PASSWORD } }),
        ] {
            assert_eq!(refusal(&me(&own, &refused).await).0, 403, "{refused}");
        }
        assert_eq!(refusal(&patch(&server, &own, bert.id, body.clone()).await).0, 403);
        let reader = delegated(person(&anna, Vec::new()), &[Permission::UserRead, Permission::UserReadAll]);
        assert_eq!(refusal(&me(&reader, &body).await).0, 403);
        let stranger = delegated(person(&sam, Vec::new()), &[Permission::UserReadWrite]);
        assert_eq!(refusal(&me(&stranger, &body).await).0, 403, "a guest reads");
        assert_eq!(stored(&server, &anna).await.map(|user| user.version), Some(now.version));
    })
    .await;
}

#[tokio::test]
async fn the_permission_to_block_changes_nothing_else() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let block = Permission::UserEnableDisableAccountAll;
        let caller = server.application(tenant.id, &[block, Permission::UserReadAll]);
        let blind = server.application(tenant.id, &[block]);
        let body = json!({ "accountEnabled": false });
        assert_eq!(refusal(&patch(&server, &blind, sam.id, body.clone()).await).0, 403);
        for more in [json!({ "accountEnabled": false, "jobTitle": "x" }), json!({ "jobTitle": "x" })] {
            assert_eq!(refusal(&patch(&server, &caller, sam.id, more).await).0, 403);
        }
        assert_eq!(patch(&server, &caller, sam.id, body).await.status, 204);
        assert!(!stored(&server, &sam).await.expect("sam").account_enabled);
    })
    .await;
}
