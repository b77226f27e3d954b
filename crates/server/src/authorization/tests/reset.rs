//! A guest proves themselves anew: the object stays, whoever proved it before has nothing left (security check I18).

use super::flow::{Flow, guest, text, web};
use crate::directory_roles;
use crate::graph::{Caller, Permission, Role};
use crate::sign_in::session::Method;
use crate::tenants::Tenant;
use crate::testing::{ADDRESS, Answer, TestServer, on_both_engines, person};
use crate::users::{self, ExternalUserState, User};
use serde_json::{Value, json};
use std::time::Duration;

const OLD: &str = "sam@fabrikam.example";
const NEW: &str = "sam@northwind.example";

async fn invite(server: &TestServer, caller: &Caller, user: &User, address: &str, more: &Value) -> Answer {
    let mut body = json!({
        "invitedUserEmailAddress": address, "inviteRedirectUrl": "https://myapps.microsoft.com",
        "invitedUser": { "id": user.id },
    });
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    server.api_as(caller, axum::http::Method::POST, "/v1.0/invitations", &body).await
}

async fn reset(server: &TestServer, caller: &Caller, user: &User, address: &str) -> Answer {
    invite(server, caller, user, address, &json!({ "resetRedemption": true })).await
}

async fn add_address(server: &TestServer, caller: &Caller, user: &User, address: &str) {
    let path = format!("/v1.0/users/{}", user.id);
    let body = json!({ "otherMails": [address] });
    assert_eq!(server.api_as(caller, axum::http::Method::PATCH, &path, &body).await.status, 204);
}

async fn stored(server: &TestServer, user: &User) -> User {
    let mut tx = server.read().await.expect("a connection");
    users::store::find(&mut tx, user.tenant_id, user.id).await.expect("an answer").expect("the user")
}

/// Mails with a code that reached a mailbox.
async fn codes(server: &TestServer, address: &str) -> Vec<String> {
    server.run_due_jobs().await;
    let digits = |text: &str| text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 8).map(str::to_owned);
    let mails = server.mailbox();
    let arrived = mails.iter().filter(|mail| mail.to.iter().any(|to| to == address) && mail.subject.contains("code"));
    arrived.filter_map(|mail| digits(&mail.text)).collect()
}

/// Goes the whole way of a link.
async fn accept(server: &TestServer, link: &str, address: &str) {
    let browser = server.browser();
    browser.get(link.strip_prefix(ADDRESS).expect("our own address")).await;
    browser.submit(&[]).await;
    let code = codes(server, address).await.first().expect("a code").clone();
    browser.submit_to("/code", &[("code", &code)]).await;
    assert!(!browser.page().contains("name=\"code\""), "{}", browser.page());
}

async fn activities(server: &TestServer, tenant: &Tenant, name: &'static str) -> usize {
    let mut tx = server.read().await.expect("a connection");
    let rows: Vec<(String,)> = tx
        .query(database::sql!("SELECT activity FROM directory_audit WHERE tenant_id = $1 AND activity = $2"))
        .bind(tenant.id)
        .bind(name.to_owned())
        .fetch_all()
        .await
        .expect("rows");
    rows.len()
}

#[tokio::test]
async fn i18_a_reset_ends_the_old_identity_at_once_and_keeps_the_object() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        // Sam has accepted by a link that he still holds.
        let sam = server.guest(&tenant, OLD).await;
        let body = json!({ "invitedUserEmailAddress": OLD, "inviteRedirectUrl": "https://myapps.microsoft.com" });
        let first = server.api_as(&caller, axum::http::Method::POST, "/v1.0/invitations", &body).await.json();
        let old_link = first["inviteRedeemUrl"].as_str().expect("a link").to_owned();
        accept(&server, &old_link, OLD).await;
        let sam = stored(&server, &sam).await;
        assert_eq!(sam.external_user_state, Some(ExternalUserState::Accepted));
        let flow = Flow::with(&server, tenant.clone(), sam.clone(), Method::Passcode, web()).await;
        let tokens = flow.tokens().await;
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 200);

        add_address(&server, &caller, &sam, NEW).await;
        server.clock.advance(Duration::from_secs(1));
        let answer = reset(&server, &caller, &sam, NEW).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let answer = answer.json();
        assert_eq!((&answer["status"], &answer["resetRedemption"]), (&json!("PendingAcceptance"), &json!(true)));
        assert_eq!(answer["invitedUser"]["id"], json!(sam.id));

        let pending = stored(&server, &sam).await;
        assert_eq!(pending.external_user_state, Some(ExternalUserState::PendingAcceptance));
        assert_eq!(pending.user_principal_name, sam.user_principal_name);
        // Token, session and link of before are worth nothing.
        assert_ne!(flow.refresh(text(&tokens, "refresh_token"), &[]).await.status, 200);
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 401);
        let asked = flow.browser.get(&flow.address(&[("prompt", "none")])).await;
        assert!(flow.browser.location().contains("error="), "{} {}", flow.browser.location(), asked.text);
        let visitor = server.browser();
        visitor.get(old_link.strip_prefix(ADDRESS).expect("ours")).await;
        assert!(!visitor.page().contains(NEW), "the old link does not tell the new address");
        // The old mailbox is asked for no code any more.
        let before = codes(&server, OLD).await.len();
        let step = server.browser();
        step.get(&format!("/portal/{}", tenant.initial_domain)).await;
        step.submit(&[("address", OLD)]).await;
        assert_eq!(codes(&server, OLD).await.len(), before);

        // The new mailbox is proved by a code of its own.
        let link = answer["inviteRedeemUrl"].as_str().expect("a link").to_owned();
        accept(&server, &link, NEW).await;
        let now = stored(&server, &sam).await;
        assert_eq!((now.id, now.external_user_state), (sam.id, Some(ExternalUserState::Accepted)));
        let mut tx = server.read().await.expect("a connection");
        let identities = users::store::list_identities(&mut tx, tenant.id, sam.id).await.expect("identities");
        drop(tx);
        let proved: Vec<_> = identities.iter().filter(|one| one.issuer == "mail").collect();
        assert_eq!(proved.len(), 1);
        assert_eq!(proved[0].issuer_assigned_id.as_deref(), Some(NEW));
        assert_eq!(activities(&server, &tenant, "Invite external user with reset invitation status").await, 1);
    })
    .await;
}

#[tokio::test]
async fn i18_only_the_roles_for_it_reset_and_no_guest_an_administrator() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, OLD, ExternalUserState::Accepted).await;
        let holder = async |name: &str, role: Role| {
            let user = server.member(&tenant, name, &[role]).await;
            person(&user, vec![role])
        };
        let deputy = holder("deputy", Role::UserAdministrator).await;
        let helper = holder("helper", Role::AuthenticationAdministrator).await;
        let inviter = holder("inviter", Role::GuestInviter).await;
        let other = guest(&server, &tenant, "eve@fabrikam.example", ExternalUserState::Accepted).await;
        let member = server.member(&tenant, "anna", &[]).await;
        let inviting = server.application(tenant.id, &[Permission::UserInviteAll]);
        for stranger in [inviter, person(&other, Vec::new()), person(&member, Vec::new()), inviting] {
            let answer = reset(&server, &stranger, &sam, OLD).await;
            assert_eq!(answer.status, 403, "{}", answer.text);
            assert_eq!(answer.json()["error"]["code"], "Authorization_RequestDenied");
        }
        for caller in [&deputy, &helper, &server.application(tenant.id, &[Permission::UserReadWriteAll])] {
            assert_eq!(reset(&server, caller, &sam, OLD).await.status, 201);
        }
        // Sam gets a role: a program and a helper of the roleless reach him no more.
        let mut tx = server.write().await.expect("a transaction");
        let now = server.clock.now();
        directory_roles::store::insert(&mut tx, tenant.id, sam.id.into(), Role::GuestInviter, now)
            .await
            .expect("a role");
        tx.commit().await.expect("a commit");
        for caller in [&helper, &server.application(tenant.id, &[Permission::UserReadWriteAll])] {
            assert_eq!(reset(&server, caller, &sam, OLD).await.status, 403);
        }
        assert_eq!(reset(&server, &deputy, &sam, OLD).await.status, 201);
        let boss = server.member(&tenant, "boss", &[Role::GlobalAdministrator]).await;
        assert_eq!(invite(&server, &deputy, &boss, "boss@elsewhere.example", &json!({})).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn i18_an_address_must_be_the_guests_own_and_nobody_elses() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let sam = guest(&server, &tenant, OLD, ExternalUserState::Accepted).await;
        guest(&server, &tenant, "eve@fabrikam.example", ExternalUserState::Accepted).await;
        let version = stored(&server, &sam).await.version;
        for address in [NEW, "eve@fabrikam.example", "boss@contoso.example", "nobody"] {
            let answer = reset(&server, &caller, &sam, address).await;
            assert_eq!(answer.status, 400, "{address}");
            assert_eq!(answer.json()["error"]["target"], "invitedUserEmailAddress", "{address} {}", answer.text);
        }
        let plain = invite(&server, &caller, &sam, OLD, &json!({})).await;
        assert_eq!(plain.json()["error"]["target"], "resetRedemption", "{}", plain.text);
        let now = stored(&server, &sam).await;
        assert_eq!((now.version, now.external_user_state), (version, Some(ExternalUserState::Accepted)));
        // Another organisation's guest is nobody here.
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.administrator(&other).await;
        let answer = reset(&server, &stranger, &sam, OLD).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn a_member_who_is_invited_signs_in_from_outside_and_stays_the_same() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let mara = server.member(&tenant, "mara", &[Role::GuestInviter]).await;
        let outside = "mara@northwind.example";
        let refused = invite(&server, &caller, &mara, outside, &json!({})).await;
        assert_eq!(refused.json()["error"]["target"], "invitedUserEmailAddress", "{}", refused.text);
        let path = format!("/v1.0/users/{}", mara.id);
        let patch = json!({ "mail": outside });
        assert_eq!(server.api_as(&caller, axum::http::Method::PATCH, &path, &patch).await.status, 204);
        let flow = Flow::with(&server, tenant.clone(), mara.clone(), Method::Password, web()).await;
        let tokens = flow.tokens().await;
        server.clock.advance(Duration::from_secs(1));
        let answer = invite(&server, &caller, &mara, outside, &json!({})).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let answer = answer.json();
        assert_eq!((&answer["resetRedemption"], &answer["invitedUserType"]), (&json!(false), &json!("Member")));
        assert_ne!(flow.refresh(text(&tokens, "refresh_token"), &[]).await.status, 200);
        accept(&server, answer["inviteRedeemUrl"].as_str().expect("a link"), outside).await;
        let now = stored(&server, &mara).await;
        assert_eq!((now.user_type.as_str(), now.password_hash), ("Member", None));
        assert_eq!(now.user_principal_name, mara.user_principal_name);
        assert_eq!(now.external_user_state, Some(ExternalUserState::Accepted));
        let mut tx = server.read().await.expect("a connection");
        let roles = directory_roles::store::list(&mut tx, tenant.id, mara.id.into()).await.expect("roles");
        assert_eq!(roles, [Role::GuestInviter]);
        drop(tx);
        assert_eq!(activities(&server, &tenant, "Invite internal user to B2B collaboration").await, 1);
        // There is no way back, and nothing to convert a second time.
        assert_eq!(invite(&server, &caller, &mara, outside, &json!({})).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_keeps_the_way_they_sign_in() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let boss = server.member(&tenant, "boss", &[Role::GlobalAdministrator]).await;
        let caller = person(&boss, vec![Role::GlobalAdministrator]);
        let path = format!("/v1.0/users/{}", boss.id);
        let patch = json!({ "mail": "boss@elsewhere.example" });
        assert_eq!(server.api_as(&caller, axum::http::Method::PATCH, &path, &patch).await.status, 204);
        let answer = invite(&server, &caller, &boss, "boss@elsewhere.example", &json!({})).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["error"]["target"], "invitedUser", "{}", answer.text);
    })
    .await;
}
