//! Who may invite, and who sees which invitations.

use super::{activities, change, invite, list, post, refusal, wish, with};
use crate::graph::role::guest_level;
use crate::graph::{Caller, Permission, Role};
use crate::tenants::InvitersPolicy;
use crate::testing::{on_both_engines, person};
use crate::users::UserType;
use axum::http::Method;
use serde_json::{Value, json};

const SENTENCE: &str =
    "Guest invitations not allowed for your company. Contact your company administrator for more details.";

/// Security check I14: what an inviter may do ends where the tenant says.
#[tokio::test]
async fn i14_who_may_invite_is_what_the_tenant_says() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let role = async |name: &str, role: Role| person(&server.member(&tenant, name, &[role]).await, vec![role]);
        let callers: [(&str, Caller); 6] = [
            ("administrator", admin.clone()),
            ("user administrator", role("uma", Role::UserAdministrator).await),
            ("inviter", role("ida", Role::GuestInviter).await),
            ("member", person(&server.member(&tenant, "max", &[]).await, Vec::new())),
            ("guest", {
                let mut guest = server.member(&tenant, "gus", &[]).await;
                guest.user_type = UserType::Guest;
                person(&guest, Vec::new())
            }),
            ("program", server.application(tenant.id, &[Permission::UserInviteAll])),
        ];
        for (policy, allowed) in [
            (InvitersPolicy::None, &[][..]),
            (InvitersPolicy::AdminsAndGuestInviters, &["administrator", "user administrator", "inviter"]),
            (
                InvitersPolicy::AdminsGuestInvitersAndAllMembers,
                &["administrator", "user administrator", "inviter", "member", "program"],
            ),
            (
                InvitersPolicy::Everyone,
                &["administrator", "user administrator", "inviter", "member", "guest", "program"],
            ),
        ] {
            change(&server, &tenant, |settings| settings.allow_invites_from = policy).await;
            for (name, caller) in &callers {
                let answer = post(&server, caller, &wish("sam@fabrikam.example")).await;
                if allowed.contains(name) {
                    assert_eq!(answer.status, 201, "{name} under {policy}: {}", answer.text);
                } else {
                    let expected = (403, "Forbidden".to_owned(), SENTENCE.to_owned());
                    assert_eq!(refusal(&answer), expected, "{name} under {policy}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn i14_a_guest_with_the_rights_of_a_member_invites_like_one() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mut guest = server.member(&tenant, "gus", &[]).await;
        guest.user_type = UserType::Guest;
        let mut caller = person(&guest, Vec::new());
        let crate::graph::Actor::User(user) = &mut caller.actor else { panic!("a person") };
        user.level = guest_level::MEMBER;
        change(&server, &tenant, |settings| {
            settings.allow_invites_from = InvitersPolicy::AdminsGuestInvitersAndAllMembers;
        })
        .await;
        assert_eq!(post(&server, &caller, &wish("sam@fabrikam.example")).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn i14_an_inviter_makes_no_members_and_nothing_is_sent() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let inviter = server.member(&tenant, "ida", &[Role::GuestInviter]).await;
        let callers = [
            person(&inviter, vec![Role::GuestInviter]),
            server.application(tenant.id, &[Permission::UserInviteAll]),
            server.application(tenant.id, &[Permission::UserReadAll]),
        ];
        for caller in callers {
            let body =
                with("sam@fabrikam.example", &json!({ "invitedUserType": "Member", "sendInvitationMessage": true }));
            let (status, code, _) = refusal(&post(&server, &caller, &body).await);
            assert_eq!((status, code.as_str()), (403, "Authorization_RequestDenied"));
        }
        assert!(activities(&server, &tenant).await.is_empty());
        assert_eq!(server.run_due_jobs().await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_invite_learns_nothing_about_the_request() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let program = server.application(tenant.id, &[Permission::UserReadAll]);
        assert_eq!(post(&server, &program, &json!({ "nonsense": 1 })).await.status, 403);
        assert_eq!(server.api(Method::POST, "/v1.0/invitations", "", &wish("a@b.example")).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn an_inviter_sees_own_invitations_and_an_administrator_all_of_the_tenant() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let admin = server.administrator(&tenant).await;
        let stranger = server.administrator(&other).await;
        let max = person(&server.member(&tenant, "max", &[]).await, Vec::new());
        let program = server.application(tenant.id, &[Permission::UserInviteAll]);
        invite(&server, &max, &wish("a@partner.example")).await;
        let of_program = invite(&server, &program, &wish("b@partner.example")).await;
        assert_eq!(list(&server, &admin, "").await.len(), 2);
        assert_eq!(list(&server, &max, "").await.len(), 1);
        assert_eq!(list(&server, &program, "").await[0]["invitedUserEmailAddress"], "b@partner.example");
        assert!(list(&server, &stranger, "").await.is_empty());

        let id = of_program["id"].as_str().expect("an id");
        for (caller, status) in [(&admin, 200), (&program, 200), (&max, 404), (&stranger, 404)] {
            let path = format!("/vestibule/v1/invitations/{id}");
            assert_eq!(server.api_as(caller, Method::GET, &path, &Value::Null).await.status, status);
        }
        for action in ["resend", "revoke"] {
            let path = format!("/vestibule/v1/invitations/{id}/{action}");
            for caller in [&max, &stranger] {
                assert_eq!(server.api_as(caller, Method::POST, &path, &Value::Null).await.status, 404);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_settings_are_changed_by_administrators_and_checked() {
    on_both_engines(async |server| {
        const POLICY: &str = "/v1.0/policies/authorizationPolicy";
        const OURS: &str = "/vestibule/v1/collaborationSettings";
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let patch =
            async |path: &str, body: Value| server.api_as(&admin, Method::PATCH, path, &body).await.status.as_u16();
        let read = async |path: &str| server.api_as(&admin, Method::GET, path, &Value::Null).await.json();
        assert_eq!(read(POLICY).await["allowInvitesFrom"], "everyone");
        assert_eq!(patch(POLICY, json!({ "allowInvitesFrom": "adminsAndGuestInviters" })).await, 204);
        assert_eq!(read(POLICY).await["allowInvitesFrom"], "adminsAndGuestInviters");
        for body in [
            json!({ "allowInvitesFrom": "friends" }),
            json!({ "guestUserRoleId": tenant.id }),
            json!({ "allowedToUseSSPR": "yes" }),
        ] {
            assert_eq!(patch(POLICY, body.clone()).await, 400, "{body}");
        }
        let list =
            json!({ "domainList": { "kind": "deny", "domains": ["B\u{fc}cher.example.", "x.example", "X.example"] } });
        assert_eq!(patch(OURS, list).await, 204);
        assert_eq!(read(OURS).await["domainList"]["domains"], json!(["xn--bcher-kva.example", "x.example"]));
        assert_eq!(patch(OURS, json!({ "domainList": { "kind": "allow" } })).await, 400, "an empty list allows nobody");
        assert_eq!(patch(OURS, json!({ "domainList": { "kind": "any" } })).await, 204);
        assert_eq!(read(OURS).await["domainList"], json!({ "kind": "any", "domains": [] }), "another kind empties it");
        assert_eq!(patch(OURS, json!({ "invitationLifetimeDays": 30, "notificationLanguage": "de-AT" })).await, 204);
        assert_eq!(patch(OURS, json!({ "extraLandingAddresses": ["https://Wiki.test:443/"] })).await, 204);
        let ours = read(OURS).await;
        assert_eq!((&ours["invitationLifetimeDays"], &ours["notificationLanguage"]), (&json!(30), &json!("de")));
        assert_eq!(ours["extraLandingAddresses"], json!(["https://wiki.test"]));
        for body in [
            json!({ "extraLandingAddresses": ["https://wiki.test/path"] }),
            json!({ "extraLandingAddresses": ["http://wiki.test"] }),
            json!({ "domainList": { "domains": ["no domain"] } }),
            json!({ "invitationLifetimeDays": 0 }),
            json!({ "notificationLanguage": "tlh" }),
            json!({ "landingAddresses": "some" }),
        ] {
            assert_eq!(patch(OURS, body.clone()).await, 400, "{body}");
        }
        let member = person(&server.member(&tenant, "max", &[]).await, Vec::new());
        let inviter = person(&server.member(&tenant, "ida", &[Role::GuestInviter]).await, vec![Role::GuestInviter]);
        for (caller, path) in [(&member, POLICY), (&inviter, POLICY), (&inviter, OURS)] {
            let answer = server.api_as(caller, Method::PATCH, path, &json!({})).await;
            assert_eq!(answer.status, 403, "{path}");
        }
        let audited = activities(&server, &tenant).await;
        assert_eq!(audited.iter().filter(|name| *name == "Update authorization policy").count(), 1);
        for (activity, count) in [("Add policy", 1), ("Delete policy", 1), ("Update policy", 2)] {
            assert_eq!(audited.iter().filter(|name| *name == activity).count(), count, "{activity}");
        }
    })
    .await;
}
