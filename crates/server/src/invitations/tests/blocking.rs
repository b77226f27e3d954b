//! A mailbox that wants no further invitations.

use super::{activities, invite, list, refusal, with};
use crate::graph::Role;
use crate::testing::{ADDRESS, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

fn asked(address: &str) -> serde_json::Value {
    with(address, &json!({ "sendInvitationMessage": true }))
}

#[tokio::test]
async fn i12_a_mailbox_can_refuse_further_mail_and_take_that_back() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        invite(&server, &admin, &asked("sam@fabrikam.example")).await;
        server.run_due_jobs().await;
        let link = server.mailbox()[0].header("List-Unsubscribe").expect("the header");
        let path = link.trim_matches(['<', '>']).strip_prefix(ADDRESS).expect("our address").to_owned();

        let browser = server.browser();
        assert_eq!(browser.get(&path).await.status, 200);
        assert!(browser.page().contains("sam@fabrikam.example"));
        assert!(!activities(&server, &tenant).await.contains(&"Email unsubscribed".to_owned()), "opening does nothing");
        assert_eq!(browser.submit(&[]).await.status, 200);
        server.clock.advance(Duration::from_secs(1));
        invite(&server, &admin, &asked("Sam@fabrikam.example")).await;
        assert_eq!(server.run_due_jobs().await, 0);
        let refused = list(&server, &admin, "").await[0].clone();
        assert_eq!(refused["state"], "notSent", "the guest is invited all the same");
        assert_eq!(refused["mailError"], "The recipient wants no invitations from this organisation.");

        assert_eq!(browser.submit_to("", &[]).await.status, 200);
        invite(&server, &admin, &asked("sam@fabrikam.example")).await;
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 2);
        assert!(list(&server, &admin, "").await[0]["mailError"].is_null(), "the mailbox takes mail again");
        let audited = activities(&server, &tenant).await;
        for activity in ["Email unsubscribed", "Email not sent, user unsubscribed", "Email subscribed"] {
            assert_eq!(audited.iter().filter(|name| *name == activity).count(), 1, "{activity}");
        }
    })
    .await;
}

/// A mail that will not be sent must cost nobody the link they have.
#[tokio::test]
async fn i12_an_invitation_is_not_sent_again_to_a_mailbox_that_wants_none_and_its_link_lives() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        let admin = person(&user, vec![Role::GlobalAdministrator]);
        let invited = invite(&server, &admin, &asked("sam@fabrikam.example")).await;
        server.run_due_jobs().await;
        let page = server.signed_in(&user).await;
        let here = format!("/portal/contoso.example/invitations/{}", invited["id"].as_str().expect("an id"));
        page.get(&format!("{here}?ask=resend")).await;
        crate::invitations::block::set(&server, tenant.id, "sam@fabrikam.example", true).await.expect("a block");
        let before = list(&server, &admin, "").await;
        let done = activities(&server, &tenant).await;

        let path = format!("/vestibule/v1/invitations/{}/resend", invited["id"].as_str().expect("an id"));
        let answer = server.api_as(&admin, Method::POST, &path, &Value::Null).await;
        let (status, code, sentence) = refusal(&answer);
        assert_eq!((status, code.as_str()), (409, "ObjectConflict"));
        assert!(sentence.contains("wants no further invitations"), "{sentence}");
        let answer = page.submit_to("/resend", &[]).await;
        assert_eq!(answer.status, 409);
        assert!(answer.text.contains("No new mail was sent.") && answer.text.contains("wants no further invitations"));
        let shown = page.get(&here).await;
        assert!(shown.text.contains("wants no further invitations") && !shown.text.contains("ask=resend"));
        let guest = invited["invitedUser"]["id"].as_str().expect("an id");
        let shown = page.get(&format!("/portal/contoso.example/users/{guest}")).await;
        assert!(!shown.text.contains("/resend"), "the page of the guest offers it neither");
        let id = invited["id"].as_str().expect("an id").parse().expect("an id");
        let system = crate::graph::Caller::system(tenant.id);
        assert!(crate::invitations::operations::resend(&server, &system, id).await.is_err(), "a fresh link neither");

        assert_eq!(server.run_due_jobs().await, 0);
        assert_eq!(list(&server, &admin, "").await, before, "nothing is changed");
        assert_eq!(activities(&server, &tenant).await, done);
        let link = invited["inviteRedeemUrl"].as_str().expect("a link").strip_prefix(ADDRESS).expect("ours").to_owned();
        let page = server.browser().get(&link).await;
        assert!(page.text.contains("Accept and continue"), "the link lives: {}", page.text);
    })
    .await;
}

#[tokio::test]
async fn a_link_of_somebody_else_or_of_another_organisation_opens_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let address = "sam@partner.example";
        let url = crate::invitations::block::url(&server, tenant.id, address);
        let path = url.strip_prefix(ADDRESS).expect("our address").to_owned();
        assert_eq!(server.get(&path).await.status, 200);
        let moved = path.replace(&tenant.id.to_string(), &other.id.to_string());
        for wrong in [moved, path.replace("token=", "token=A"), path.split('?').next().expect("a path").to_owned()] {
            assert_eq!(server.get(&wrong).await.status, 404, "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_from_elsewhere_or_from_long_ago_blocks_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let url = crate::invitations::block::url(&server, tenant.id, "sam@partner.example");
        let path = url.strip_prefix(ADDRESS).expect("our address").to_owned();
        let answer = server.post_form(&path, &[("csrf", "x")], None).await;
        assert_eq!(answer.status, 403);
        let browser = server.browser();
        browser.get(&path).await;
        server.clock.advance(Duration::from_hours(13));
        assert_eq!(browser.submit(&[]).await.status, 403);
        let blocked = crate::invitations::block::is_blocked(&server, tenant.id, "sam@partner.example").await;
        assert!(!blocked.expect("an answer"));
    })
    .await;
}
