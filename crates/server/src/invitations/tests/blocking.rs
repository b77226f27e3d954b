//! A mailbox that wants no further invitations.

use super::{activities, invite, list, with};
use crate::testing::{ADDRESS, on_both_engines, on_sqlite};
use serde_json::json;
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

#[tokio::test]
async fn a_link_of_somebody_else_or_of_another_organisation_opens_nothing() {
    on_sqlite(async |server| {
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
    on_sqlite(async |server| {
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
