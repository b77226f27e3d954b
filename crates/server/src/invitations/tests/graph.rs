//! `POST /invitations`: properties, defaults, refusals.

use super::{activities, change, guest, invite, post, refusal, wish, with};
use crate::graph::{Permission, Role};
use crate::platform::ids::UserId;
use crate::testing::{on_both_engines, person};
use crate::users::{self, ExternalUserState, UserType};
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn an_invitation_answers_as_graph_does_and_makes_the_guest_at_once() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let program = server.application(tenant.id, &[Permission::UserInviteAll]);
        let invited = invite(&server, &program, &wish("Sam@Fabrikam.example")).await;
        assert_eq!(invited["status"], "PendingAcceptance");
        assert_eq!(invited["invitedUserType"], "Guest");
        assert_eq!(invited["sendInvitationMessage"], false);
        assert_eq!(invited["resetRedemption"], false);
        assert_eq!(invited["inviteRedirectUrl"], "https://myapps.microsoft.com");
        assert_eq!(invited["invitedUserEmailAddress"], "Sam@fabrikam.example");
        let empty = json!({
            "messageLanguage": null, "customizedMessageBody": null,
            "ccRecipients": [{ "emailAddress": { "name": null, "address": null } }]
        });
        assert_eq!(invited["invitedUserMessageInfo"], empty);
        let link = format!("http://localhost:8080/{}/redeem?ticket=vsi_", tenant.id);
        assert!(invited["inviteRedeemUrl"].as_str().is_some_and(|url| url.starts_with(&link)));

        let guest = guest(&server, &tenant, &invited).await;
        assert_eq!(guest.user_principal_name, "Sam_fabrikam.example#EXT#@contoso.example");
        assert_eq!(guest.mail_nickname.as_deref(), Some("Sam_fabrikam.example#EXT#"));
        assert_eq!((guest.user_type, guest.display_name.as_str()), (UserType::Guest, "Sam"));
        assert_eq!(guest.external_user_state, Some(ExternalUserState::PendingAcceptance));
        assert_eq!(guest.mail.as_deref(), Some("Sam@fabrikam.example"));
        assert_eq!(guest.proxy_addresses.0, ["SMTP:Sam@fabrikam.example"]);
        assert_eq!(guest.other_mails.0, ["Sam@fabrikam.example"]);
        assert!(guest.account_enabled);
        let mut tx = server.read().await.expect("a connection");
        let identities = users::store::list_identities(&mut tx, tenant.id, guest.id).await.expect("identities");
        assert_eq!(identities.len(), 1);
        assert_eq!(identities[0].issuer, "contoso.example");
        assert!(users::store::list_sponsors(&mut tx, tenant.id, guest.id).await.expect("sponsors").is_empty());
        drop(tx);
        let mut audited = activities(&server, &tenant).await;
        audited.sort();
        assert_eq!(audited, ["Add user", "Invite external user"]);
    })
    .await;
}

#[tokio::test]
async fn sponsors_are_the_inviting_person_or_those_named() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let priya = server.member(&tenant, "priya", &[]).await;
        let tom = server.member(&tenant, "tom", &[]).await;
        let caller = person(&priya, Vec::new());
        let sponsors = async |invited: &Value| {
            let guest = guest(&server, &tenant, invited).await;
            let mut tx = server.read().await.expect("a connection");
            let found = users::store::list_sponsors(&mut tx, tenant.id, guest.id).await.expect("sponsors");
            found.into_iter().map(|user| user.id).collect::<Vec<_>>()
        };
        let invited = invite(&server, &caller, &wish("sam@fabrikam.example")).await;
        assert_eq!(sponsors(&invited).await, [priya.id]);
        let named = json!({ "invitedUserSponsors": [{ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", tom.id) }] });
        let invited = invite(&server, &caller, &with("kim@fabrikam.example", &named)).await;
        assert_eq!(sponsors(&invited).await, [tom.id]);
        let bound = json!({ "invitedUserSponsors@odata.bind": [format!("https://graph.microsoft.com/v1.0/directoryObjects/{}", tom.id)] });
        let invited = invite(&server, &caller, &with("lee@fabrikam.example", &bound)).await;
        assert_eq!(sponsors(&invited).await, [tom.id]);
        let written = json!({ "invitedUserSponsors": [{ "@odata.type": "#microsoft.graph.user", "id": tom.id }] });
        let invited = invite(&server, &caller, &with("max@fabrikam.example", &written)).await;
        assert_eq!(sponsors(&invited).await, [tom.id]);
    })
    .await;
}

#[tokio::test]
async fn bad_input_is_refused_with_the_name_of_its_property_and_changes_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let member = server.member(&tenant, "priya", &[]).await;
        let admin = server.administrator(&tenant).await;
        let sponsor = |path: &str| json!({ "invitedUserSponsors": [{ "@odata.id": path }] });
        let message = |info: Value| json!({ "invitedUserMessageInfo": info });
        let copies = |addresses: &[&str]| {
            let all: Vec<Value> =
                addresses.iter().map(|address| json!({ "emailAddress": { "address": address } })).collect();
            message(json!({ "ccRecipients": all }))
        };
        let user = format!("users/{}", member.id);
        for (properties, named) in [
            (json!({ "invitedUserEmailAddress": null }), "invitedUserEmailAddress"),
            (json!({ "invitedUserEmailAddress": 7 }), "invitedUserEmailAddress"),
            (json!({ "invitedUserEmailAddress": "sam+x@fabrikam.example" }), "invitedUserEmailAddress"),
            (
                json!({ "invitedUserEmailAddress": "sam@fabrikam.example\r\nBcc: x@y.example" }),
                "invitedUserEmailAddress",
            ),
            (json!({ "inviteRedirectUrl": null }), "inviteRedirectUrl"),
            (json!({ "inviteRedirectUrl": "https://evil.test" }), "inviteRedirectUrl"),
            (json!({ "invitedUserType": "Robot" }), "invitedUserType"),
            (json!({ "invitedUserDisplayName": "x".repeat(257) }), "invitedUserDisplayName"),
            (json!({ "invitedUserDisplayName": "a\nb" }), "invitedUserDisplayName"),
            (json!({ "invitedUserDisplayName": "a\u{202e}b" }), "invitedUserDisplayName"),
            (json!({ "invitedUserDisplayName": "a\u{200b}b" }), "invitedUserDisplayName"),
            (json!({ "sendInvitationMessage": "yes" }), "sendInvitationMessage"),
            (json!({ "resetRedemption": true }), "invitedUser"),
            (json!({ "invitedUser": { "id": member.id } }), "invitedUserEmailAddress"),
            (json!({ "invitedUser": { "id": member.id, "mail": "x" } }), "mail"),
            (json!({ "invitedUser": {} }), "invitedUser"),
            (json!({ "invitedUser": { "id": "5f1e7a1c-8f0e-4c55-9a53-0b9d1c7f5c11" } }), "invitedUser"),
            (json!({ "invitedUser": { "id": member.id }, "resetRedemption": true }), "resetRedemption"),
            (json!({ "status": "Completed" }), "status"),
            (json!({ "accessUntil": "2027-01-01" }), "accessUntil"),
            (message(json!({ "customizedMessageBody": "x".repeat(2001) })), "customizedMessageBody"),
            (message(json!({ "messageLanguage": "en\r\nX: y" })), "messageLanguage"),
            (message(json!({ "subject": "x" })), "subject"),
            (copies(&["a@x.example\nBcc: b@x.example"]), "ccRecipients"),
            (sponsor("groups/5f1e7a1c-8f0e-4c55-9a53-0b9d1c7f5c11"), "invitedUserSponsors"),
            (sponsor("users/5f1e7a1c-8f0e-4c55-9a53-0b9d1c7f5c11"), "invitedUserSponsors"),
            (json!({ "invitedUserSponsors": [{}] }), "invitedUserSponsors"),
            (
                json!({ "invitedUserSponsors": [{ "id": "5f1e7a1c-8f0e-4c55-9a53-0b9d1c7f5c11" }] }),
                "invitedUserSponsors",
            ),
            (
                json!({ "invitedUserSponsors": [{ "@odata.id": user, "id": "5f1e7a1c-8f0e-4c55-9a53-0b9d1c7f5c11" }] }),
                "invitedUserSponsors",
            ),
            (json!({ "invitedUserSponsors": [{ "id": member.id, "displayName": "x" }] }), "displayName"),
            (json!({ "invitedUserSponsors": vec![json!({ "@odata.id": user }); 6] }), "invitedUserSponsors"),
        ] {
            let answer = post(&server, &admin, &with("sam@fabrikam.example", &properties)).await;
            let (status, code, text) = refusal(&answer);
            assert_eq!((status, code.as_str()), (400, "Request_BadRequest"), "{properties} {text}");
            assert!(text.contains(named), "{named}: {text}");
            assert_eq!(answer.json()["error"]["target"], named, "{properties}");
        }
        assert!(activities(&server, &tenant).await.is_empty());
        assert_eq!(server.run_due_jobs().await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_house_its_people_and_blocked_domains_are_refused_in_that_order() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mut member = server.member(&tenant, "priya", &[]).await;
        member.mail = Some("Priya@home.example".to_owned());
        let mut tx = server.write().await.expect("a transaction");
        assert!(users::store::update(&mut tx, &member, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let admin = server.administrator(&tenant).await;
        let texts = async |address: &str| refusal(&post(&server, &admin, &wish(address)).await);

        let (status, code, text) = texts("priya@contoso.example").await;
        assert_eq!((status, code.as_str()), (400, "BadRequest"));
        assert!(text.starts_with("The domain of the email address belonging to the invited user is a verified domain"));
        let (status, _, text) = texts("priya@home.example").await;
        assert_eq!(status, 400);
        assert_eq!(text, "Non-external user already exists with the given mail address and can't be invited.");

        let id = UserId(server.entropy.random_uuid());
        let name = "lena@elsewhere.example";
        let mut tx = server.write().await.expect("a transaction");
        let lena = users::User::member(tenant.id, id, name.to_owned(), "Lena".to_owned(), server.clock.now());
        users::store::insert(&mut tx, &lena).await.expect("a user");
        tx.commit().await.expect("a commit");
        let (status, code, text) = texts(name).await;
        assert_eq!((status, code.as_str()), (400, "BadRequest"));
        let start = format!("The invited user already exists in the directory as object ID: {id}. ");
        assert!(text.starts_with(&start), "{text}");

        change(&server, &tenant, |settings| {
            settings.domain_list_kind = crate::tenants::DomainListKind::Deny;
            settings.listed_domains.0 = vec!["blocked.example".to_owned(), "xn--bcher-kva.example".to_owned()];
        })
        .await;
        for address in
            ["sam@blocked.example", "sam@BLOCKED.example.", "sam@b\u{fc}cher.example", "s@xn--bcher-kva.example"]
        {
            let (status, code, text) = texts(address).await;
            assert_eq!((status, code.as_str()), (400, "BadRequest"), "{address}");
            assert!(text.contains("blocked") && text.contains("policy"), "{text}");
        }
        assert_eq!(post(&server, &admin, &wish("sam@sub.blocked.example")).await.status, 201, "listed separately");
        change(&server, &tenant, |settings| settings.domain_list_kind = crate::tenants::DomainListKind::Allow).await;
        assert_eq!(post(&server, &admin, &wish("kim@blocked.example")).await.status, 201);
        assert_eq!(texts("kim@other.example").await.0, 400);
        // A member's address outweighs the list.
        assert!(texts("priya@home.example").await.2.starts_with("Non-external"));
    })
    .await;
}

#[tokio::test]
async fn a_proxy_address_of_the_house_is_refused_and_one_of_a_guest_gives_nobody_their_account() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let update = async |user: &users::User| {
            let mut tx = server.write().await.expect("a transaction");
            assert!(users::store::update(&mut tx, user, server.clock.now()).await.expect("an answer"));
            tx.commit().await.expect("a commit");
        };
        let invited = invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        let mut sam = guest(&server, &tenant, &invited).await;
        sam.user_principal_name = "sam_new.example#EXT#@contoso.example".to_owned();
        sam.mail = Some("sam@new.example".to_owned());
        update(&sam).await;
        let other = invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        assert_ne!(other["invitedUser"]["id"], invited["invitedUser"]["id"], "whoever has the address now");

        let mut priya = server.member(&tenant, "priya", &[]).await;
        let addresses = ["SMTP:priya@contoso.example", "smtp:Priya@desk.example", "smtp:sam@fabrikam.example"];
        priya.proxy_addresses.0 = addresses.map(str::to_owned).to_vec();
        update(&priya).await;
        for address in ["PRIYA@desk.example", "sam@fabrikam.example"] {
            let (status, code, text) = refusal(&post(&server, &admin, &wish(address)).await);
            assert_eq!((status, code.as_str()), (400, "BadRequest"), "{address}");
            assert_eq!(text, "Non-external user already exists with the given mail address and can't be invited.");
        }
        assert_eq!(post(&server, &admin, &wish("priya@desk.example.org")).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn the_wide_rule_is_a_switch() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        assert_eq!(post(&server, &admin, &wish("sam+x@fabrikam.example")).await.status, 400);
        change(&server, &tenant, |settings| settings.wide_addresses = true).await;
        assert_eq!(post(&server, &admin, &wish("sam+x@fabrikam.example")).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn only_post_is_served() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            let answer = server.api_as(&admin, method, "/v1.0/invitations", &Value::Null).await;
            assert_eq!(answer.status, 405);
            assert_eq!(answer.json()["error"]["code"], "Request_BadRequest");
        }
    })
    .await;
}

/// Security check I10, over the wire and with the tenant's own addresses.
#[tokio::test]
async fn i10_inviteredirecturl_leads_only_to_where_the_tenant_is() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let admin = server.administrator(&tenant).await;
        let properties = |url: &str| crate::applications::Changes {
            web_redirect_uris: Some(vec![url.to_owned()]),
            ..crate::applications::Changes::default()
        };
        server.app(&tenant, "Expenses", properties("https://expenses.test/cb")).await;
        server.app(&other, "Orders", properties("https://orders.test/cb")).await;
        let status = async |url: &str| {
            let body = with("sam@partner.example", &json!({ "inviteRedirectUrl": url }));
            post(&server, &admin, &body).await.status.as_u16()
        };
        let home = format!("http://localhost:8080/myapps/{}", tenant.id);
        for url in ["https://expenses.test/start", "https://contoso.example/", home.as_str()] {
            assert_eq!(status(url).await, 201, "{url}");
        }
        for path in
            ["contoso.example/oauth2/v2.0/authorize", "contoso.example/oauth2/v2.0/logout", "portal/fabrikam.example"]
        {
            let body =
                with("sam@partner.example", &json!({ "inviteRedirectUrl": format!("http://localhost:8080/{path}") }));
            let answer = post(&server, &admin, &body).await;
            assert_eq!(answer.status, 400, "{path}");
            assert_eq!(answer.json()["error"]["target"], "inviteRedirectUrl", "{path}");
        }
        for url in ["https://orders.test/cb", "https://fabrikam.example/", "https://evil.test", "//evil", "/\\evil"] {
            assert_eq!(status(url).await, 400, "{url}");
        }
        change(&server, &tenant, |settings| settings.landing_addresses = crate::tenants::LandingAddresses::Any).await;
        assert_eq!(status("https://evil.test").await, 201);
        assert_eq!(status("javascript:alert(1)").await, 400);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_may_invite_a_member() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "uma", &[Role::UserAdministrator]).await;
        let caller = person(&user, vec![Role::UserAdministrator]);
        let body = with("sam@fabrikam.example", &json!({ "invitedUserType": "Member" }));
        let invited = invite(&server, &caller, &body).await;
        assert_eq!(guest(&server, &tenant, &invited).await.user_type, UserType::Member);
    })
    .await;
}
