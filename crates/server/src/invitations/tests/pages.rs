//! The pages of the portal.

use super::{change, list};
use crate::graph::Role;
use crate::sign_in::session::{self, Method};
use crate::testing::{Browser, TestServer, on_both_engines, person};
use crate::users::User;
use axum::http::HeaderMap;

const NEW: &str = "/portal/contoso.example/invitations/new";

/// A browser in which somebody is signed in.
async fn signed_in<'s>(server: &'s TestServer, user: &User) -> Browser<'s> {
    let mut tx = server.write().await.expect("a transaction");
    let started = session::start(&mut tx, server, &HeaderMap::new(), user, Method::Password, None).await;
    tx.commit().await.expect("a commit");
    let browser = server.browser();
    for cookie in started.expect("a session").set_cookies {
        let pair = cookie.to_str().expect("ASCII").split(';').next().unwrap_or_default().to_owned();
        let (name, value) = pair.split_once('=').expect("a cookie");
        browser.set_cookie(name, value);
    }
    browser
}

#[tokio::test]
async fn an_administrator_invites_by_the_form_sends_again_and_revokes() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        let browser = signed_in(&server, &user).await;
        assert_eq!(browser.get("/portal/contoso.example/invitations").await.status, 200);
        assert!(browser.page().contains("No invitation here"));
        assert_eq!(browser.get(NEW).await.status, 200, "{}", browser.page());
        let fields = [
            ("email", "sam@partner.example"),
            ("display_name", "Sam Reyes"),
            ("message", "Hello Sam."),
            ("send", "yes"),
        ];
        let answer = browser.submit_to("/invitations/new", &fields).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(browser.location().contains("?done=sent"), "{}", browser.location());
        assert!(
            answer.text.contains("Sam Reyes") && answer.text.contains("Mail waits") && !answer.text.contains("vsi_")
        );
        server.run_due_jobs().await;
        assert!(server.mailbox()[0].text.contains("Hello Sam."));

        let here = browser.location().split('?').next().expect("a path").to_owned();
        browser.get(&format!("{here}?ask=resend")).await;
        assert_eq!(browser.submit_to("/resend", &[]).await.status, 200);
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 2);
        let (revoking, resending) = (signed_in(&server, &user).await, signed_in(&server, &user).await);
        revoking.get(&format!("{here}?ask=revoke")).await;
        resending.get(&format!("{here}?ask=resend")).await;
        browser.get(&format!("{here}?ask=revoke")).await;
        let answer = browser.submit_to("/revoke", &[]).await;
        assert!(answer.text.contains("The invitation is revoked."), "{}", answer.text);
        for (late, action) in [(&revoking, "/revoke"), (&resending, "/resend")] {
            let answer = late.submit_to(action, &[]).await;
            assert_eq!(answer.status, 409, "{}", answer.text);
            assert!(answer.text.contains("This invitation is revoked already"), "{}", answer.text);
        }
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 2, "nothing more is sent");
        let revoked = browser.get(&here).await.text;
        assert!(revoked.contains(">Revoked</dt>") && !revoked.contains("Replaced"), "{revoked}");
        browser.get("/portal/contoso.example/invitations?state=revoked").await;
        assert!(browser.page().contains("sam@partner.example"));
        browser.get("/portal/contoso.example/invitations?state=opened").await;
        assert!(!browser.page().contains("sam@partner.example"));
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_taken_once_and_leads_to_what_came_of_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        let browser = signed_in(&server, &user).await;
        browser.get(NEW).await;
        let twice = || browser.prepare("/invitations/new", &[("email", "sam@partner.example"), ("send", "yes")]);
        let (first, second, late) = (twice(), twice(), twice());
        assert_eq!(browser.send(first).await.status, 303);
        let answer = browser.send(second).await;
        assert_eq!(answer.status, 409, "{}", answer.text);
        assert!(answer.text.contains("This was sent already"), "{}", answer.text);
        assert!(answer.text.contains("href=\"/portal/contoso.example/invitations\""), "{}", answer.text);
        assert_eq!(list(&server, &person(&user, Vec::new()), "").await.len(), 1);
        server.clock.advance(crate::web::csrf::LIFETIME);
        let answer = browser.send(late).await;
        assert!(answer.status == 403 || answer.status == 303, "too old, or signed out meanwhile: {}", answer.status);
        assert_eq!(list(&server, &person(&user, Vec::new()), "").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn without_a_mail_the_form_answers_with_the_link_once() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "max", &[]).await;
        let browser = signed_in(&server, &user).await;
        browser.get(NEW).await;
        let answer = browser.submit_to("/invitations/new", &[("email", "sam@partner.example")]).await;
        assert_eq!(answer.text.matches("vsi_").count(), 1, "{}", answer.text);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(list(&server, &person(&user, Vec::new()), "").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_error_stands_at_its_field_and_what_was_written_stays() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        let browser = signed_in(&server, &user).await;
        let long = "x".repeat(2001);
        for (field, value) in [
            ("email", "sam@"),
            ("email", "sam+x@partner.example"),
            ("email", "sam@contoso.example"),
            ("redirect_url", "https://evil.test"),
            ("cc", "a@b.example, c@d.example"),
            ("message", long.as_str()),
        ] {
            browser.get(NEW).await;
            let mut fields = vec![("display_name", "<i>Sam</i>"), ("send", "yes")];
            if field != "email" {
                fields.push(("email", "sam@partner.example"));
            }
            fields.push((field, value));
            let answer = browser.submit_to("/invitations/new", &fields).await;
            assert_eq!(answer.status, 400, "{field}");
            assert!(answer.text.contains("<title>Error:"), "{field}");
            assert!(
                answer.text.contains("role=\"alert\"") && answer.text.contains(&format!("href=\"#{field}\"")),
                "{field}"
            );
            assert!(answer.text.contains(&format!("id=\"{field}-e\"")), "{field}: {}", answer.text);
            assert!(answer.text.contains(value) && !answer.text.contains("<i>Sam"), "{field}");
        }
        assert!(list(&server, &person(&user, vec![Role::GlobalAdministrator]), "").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_form_is_for_those_who_may_invite_and_not_for_other_sites() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "max", &[]).await;
        let browser = signed_in(&server, &user).await;
        browser.get(NEW).await;
        let answer =
            browser.submit_to("/invitations/new", &[("email", "sam@partner.example"), ("csrf", "forged")]).await;
        assert_eq!(answer.status, 403);
        change(&server, &tenant, |settings| {
            settings.allow_invites_from = crate::tenants::InvitersPolicy::AdminsAndGuestInviters;
        })
        .await;
        assert_eq!(browser.get(NEW).await.status, 403);
        let stranger = server.browser();
        stranger.get(NEW).await;
        assert!(stranger.location().contains("/sign-in/"), "{}", stranger.location());
    })
    .await;
}

#[tokio::test]
async fn where_nobody_may_invite_the_form_says_so_and_leads_an_administrator_to_the_settings() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        let inviter = server.member(&tenant, "ida", &[Role::GuestInviter]).await;
        let browser = signed_in(&server, &admin).await;
        browser.get(NEW).await;
        change(&server, &tenant, |settings| settings.allow_invites_from = crate::tenants::InvitersPolicy::None).await;
        let link = "class=\"btn\" href=\"/portal/contoso.example/settings\"";
        for answer in [browser.submit_to("/invitations/new", &[("email", "s@p.example")]).await, browser.get(NEW).await]
        {
            assert_eq!(answer.status, 403);
            assert!(answer.text.contains("Inviting is switched off") && answer.text.contains(link), "{}", answer.text);
        }
        let answer = signed_in(&server, &inviter).await.get(NEW).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text.contains("Inviting is switched off") && !answer.text.contains(link), "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn i6_sending_again_too_often_is_refused_with_the_time_it_is_possible_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        let browser = signed_in(&server, &user).await;
        browser.get(NEW).await;
        browser.submit_to("/invitations/new", &[("email", "sam@partner.example"), ("send", "yes")]).await;
        let here = browser.location().split('?').next().expect("a path").to_owned();
        let mut answers = Vec::new();
        for _ in 0..5 {
            server.run_due_jobs().await;
            browser.get(&format!("{here}?ask=resend")).await;
            answers.push(browser.submit_to("/resend", &[]).await);
        }
        let last = answers.pop().expect("an answer");
        assert!(answers.iter().all(|answer| answer.status == 200));
        assert_eq!((last.status.as_u16(), last.header("retry-after")), (429, "86400"));
        assert!(last.text.contains("No new mail was sent.") && last.text.contains("after "), "{}", last.text);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_beyond_the_limit_of_the_mailbox_is_made_and_says_when_its_mail_goes() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        let browser = signed_in(&server, &user).await;
        let fields = [("email", "sam@partner.example"), ("send", "yes")];
        for _ in 0..5 {
            browser.get(NEW).await;
            let answer = browser.submit_to("/invitations/new", &fields).await;
            assert!(!answer.text.contains("vsi_") && !answer.text.contains("The mail waits"), "{}", answer.text);
            server.run_due_jobs().await;
        }
        browser.get(NEW).await;
        let answer = browser.submit_to("/invitations/new", &fields).await;
        assert!(answer.text.contains("The mail waits") && answer.text.contains("It goes after"), "{}", answer.text);
        assert_eq!(answer.text.matches("vsi_").count(), 1, "the inviter can hand the link over");
        let waiting = list(&server, &person(&user, vec![Role::GlobalAdministrator]), "?state=queued").await;
        let id = waiting[0]["id"].as_str().expect("an id");
        let page = browser.get(&format!("/portal/contoso.example/invitations/{id}")).await;
        assert!(page.text.contains("The mail goes after"), "{}", page.text);
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 5);
        server.clock.advance(std::time::Duration::from_hours(24));
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 6);
    })
    .await;
}
