//! Who may see and change whom.

use super::{delegated, get, get_eventual, guest, guest_caller, holder, patch, program, refusal, stored};
use crate::directory_roles;
use crate::graph::role::guest_level;
use crate::graph::{Permission, Role};
use crate::testing::{is_blank, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn t2_a_guest_enumerates_nobody() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let (limited, restricted) =
            (guest_caller(&sam, guest_level::LIMITED), guest_caller(&sam, guest_level::RESTRICTED));
        for caller in [&limited, &restricted] {
            for path in [
                "/v1.0/users",
                "/v1.0/users?$filter=displayName%20eq%20'anna'",
                "/v1.0/users?$search=%22displayName:anna%22",
                "/v1.0/users/$count",
            ] {
                assert_eq!(refusal(&get_eventual(&server, caller, path).await).0, 403, "{path}");
            }
            let own = get(&server, caller, &format!("/v1.0/users/{}?$select=id,accountEnabled", sam.id)).await;
            assert_eq!(own.json()["accountEnabled"], true);
        }
        // By id or name a limited guest reads public properties; whatever else is selected tells nothing.
        for key in [anna.id.to_string(), anna.user_principal_name.clone()] {
            let path = format!("/v1.0/users/{key}?$select=id,displayName,userType,accountEnabled,identities,jobTitle");
            let body = get(&server, &limited, &path).await.json();
            assert_eq!(body["displayName"], "anna");
            assert_eq!(body["userType"], "Member");
            for hidden in ["accountEnabled", "identities", "jobTitle"] {
                assert!(is_blank(&body, hidden), "{hidden}: {body}");
            }
            // To a restricted guest somebody else looks like nobody.
            let hidden = refusal(&get(&server, &restricted, &path).await);
            let nobody = refusal(&get(&server, &restricted, "/v1.0/users/nobody@contoso.example").await);
            assert_eq!((hidden.0, hidden.1), (nobody.0, nobody.1));
            assert_eq!(nobody.0, 404);
        }
        // A level made equal to members lists like one.
        let equal = guest_caller(&sam, guest_level::MEMBER);
        assert_eq!(get(&server, &equal, "/v1.0/users").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn t3_nobody_raises_themselves() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let bodies =
            [json!({ "userType": "Member" }), json!({ "mail": "ceo@contoso.example" }), json!({ "jobTitle": "x" })];
        for caller in [
            guest_caller(&sam, guest_level::LIMITED),
            guest_caller(&sam, guest_level::MEMBER),
            person(&anna, Vec::new()),
            person(&anna, vec![Role::GuestInviter]),
            delegated(person(&anna, vec![Role::UserAdministrator]), &[Permission::UserReadAll]),
            server.application(tenant.id, &[Permission::UserReadAll, Permission::UserInviteAll]),
        ] {
            for (user, body) in [&sam, &anna].into_iter().flat_map(|user| bodies.iter().map(move |body| (user, body))) {
                assert_eq!(refusal(&patch(&server, &caller, user.id, body.clone()).await).0, 403);
                let path = format!("/v1.0/users/{}", user.id);
                assert_eq!(refusal(&server.api_as(&caller, Method::DELETE, &path, &Value::Null).await).0, 403);
            }
        }
        assert_eq!(stored(&server, &sam).await.map(|user| user.version), Some(sam.version));
    })
    .await;
}

#[tokio::test]
async fn t3_no_property_is_assigned_by_the_way() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let caller = program(&server, &tenant);
        let settable = [
            "accountEnabled",
            "displayName",
            "givenName",
            "surname",
            "jobTitle",
            "companyName",
            "department",
            "officeLocation",
            "mobilePhone",
            "businessPhones",
            "preferredLanguage",
            "usageLocation",
            "userType",
            "mail",
            "otherMails",
            "ageGroup",
            "city",
            "consentProvidedForMinor",
            "country",
            "employeeHireDate",
            "employeeId",
            "employeeOrgData",
            "employeeType",
            "faxNumber",
            "mailNickname",
            "onPremisesExtensionAttributes",
            "passwordProfile",
            "postalCode",
            "showInAddressList",
            "state",
            "streetAddress",
            "userPrincipalName",
        ];
        let schema = crate::testing::graph_type("user");
        let names = schema.keys().map(String::as_str).chain(["id", "tenantId", "password_hash", "version", "sponsors"]);
        for name in names.filter(|name| !settable.contains(name)) {
            let answer = patch(&server, &caller, sam.id, json!({ "jobTitle": "Boss", name: "x" })).await;
            let (status, _, text) = refusal(&answer);
            assert_eq!(status, 400, "{name}");
            assert!(text.contains(name), "{name}: {text}");
        }
        assert_eq!(stored(&server, &sam).await.map(|user| user.version), Some(sam.version), "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_is_changed_only_by_who_stands_as_high() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (global, first) = holder(&server, &tenant, "global", &[Role::GlobalAdministrator]).await;
        let (_, second) = holder(&server, &tenant, "second", &[Role::GlobalAdministrator]).await;
        let (deputy, user_administrator) = holder(&server, &tenant, "deputy", &[Role::UserAdministrator]).await;
        let app = server.application(tenant.id, &[Permission::UserReadWriteAll]);
        for (caller, user, status) in [
            (&user_administrator, &global, 403),
            (&app, &global, 403),
            (&app, &deputy, 204),
            (&user_administrator, &deputy, 204),
            (&second, &global, 204),
            (&first, &deputy, 204),
        ] {
            let answer =
                patch(&server, caller, user.id, json!({ "jobTitle": format!("{status}{}", caller.display_name()) }));
            assert_eq!(answer.await.status, status, "{} changes {}", caller.display_name(), user.display_name);
        }
        let path = format!("/v1.0/users/{}", global.id);
        let delete = server.api_as(&user_administrator, Method::DELETE, &path, &Value::Null).await;
        assert_eq!(refusal(&delete).0, 403);
        let revoke = format!("{path}/revokeSignInSessions");
        assert_eq!(refusal(&server.api_as(&app, Method::POST, &revoke, &Value::Null).await).0, 403);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_set_a_password_gives_a_pending_administrator_no_other_address() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, deputy) = holder(&server, &tenant, "deputy", &[Role::UserAdministrator]).await;
        let plain = server.guest(&tenant, "plain@partner.example").await;
        let keeper = server.guest(&tenant, "keeper@partner.example").await;
        let mut tx = server.write().await.expect("a transaction");
        let role = Role::PrivilegedRoleAdministrator;
        let at = server.clock.now();
        directory_roles::store::insert(&mut tx, tenant.id, keeper.id.into(), role, at).await.expect("a role");
        tx.commit().await.expect("a commit");
        let body = json!({ "mail": "elsewhere@evil.example" });
        let refused = patch(&server, &deputy, keeper.id, body.clone()).await;
        assert_eq!(refused.status, 403, "{}", refused.text);
        assert_eq!(stored(&server, &keeper).await.and_then(|user| user.mail), keeper.mail);
        assert_eq!(patch(&server, &deputy, plain.id, body).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn the_last_global_administrator_stays() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (first, caller) = holder(&server, &tenant, "first", &[Role::GlobalAdministrator]).await;
        let (second, _) = holder(&server, &tenant, "second", &[Role::GlobalAdministrator]).await;
        assert_eq!(patch(&server, &caller, second.id, json!({ "accountEnabled": false })).await.status, 204);
        let blocked = refusal(&patch(&server, &caller, first.id, json!({ "accountEnabled": false })).await);
        assert_eq!(blocked.0, 400);
        assert!(blocked.2.contains("last Global Administrator"));
        let path = format!("/v1.0/users/{}", first.id);
        assert_eq!(refusal(&server.api_as(&caller, Method::DELETE, &path, &Value::Null).await).0, 400);
        // One who is blocked anyway can go.
        let path = format!("/v1.0/users/{}", second.id);
        assert_eq!(server.api_as(&caller, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert!(stored(&server, &first).await.is_some_and(|user| user.account_enabled));
    })
    .await;
}

#[tokio::test]
async fn two_administrators_cannot_block_each_other_at_once() {
    on_both_engines(async |server| {
        for round in 0..5 {
            let tenant = server.tenant("Contoso", &format!("contoso{round}.example")).await;
            let (first, one) = holder(&server, &tenant, "first", &[Role::GlobalAdministrator]).await;
            let (second, two) = holder(&server, &tenant, "second", &[Role::GlobalAdministrator]).await;
            let block = json!({ "accountEnabled": false });
            let (a, b) = futures_util::future::join(
                patch(&server, &one, second.id, block.clone()),
                patch(&server, &two, first.id, block.clone()),
            )
            .await;
            let mut outcomes = [a.status.as_u16(), b.status.as_u16()];
            outcomes.sort_unstable();
            assert_eq!(outcomes, [204, 400]);
        }
    })
    .await;
}

#[tokio::test]
async fn i5_a5_users_of_another_tenant_do_not_exist() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let path = format!("/v1.0/users/{}", sam.id);
        for stranger in [program(&server, &other), server.administrator(&other).await] {
            for (method, path) in [
                (Method::GET, path.clone()),
                (Method::GET, "/v1.0/users/sam_partner.example%23EXT%23@contoso.example".to_owned()),
                (Method::GET, format!("{path}/sponsors")),
                (Method::PATCH, path.clone()),
                (Method::DELETE, path.clone()),
                (Method::POST, format!("{path}/revokeSignInSessions")),
            ] {
                let body = if method == Method::PATCH { json!({ "jobTitle": "x" }) } else { Value::Null };
                let answer = server.api_as(&stranger, method.clone(), &path, &body).await;
                assert_eq!(refusal(&answer).0, 404, "{method} {path}");
            }
            let list = get(&server, &stranger, "/v1.0/users").await;
            assert!(!list.text.contains(&sam.id.to_string()));
        }
        let now = stored(&server, &sam).await.expect("the guest");
        assert_eq!((now.version, now.sessions_valid_from), (sam.version, sam.sessions_valid_from));
    })
    .await;
}
