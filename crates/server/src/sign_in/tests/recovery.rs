//! A locked-out administrator gets back in by a link that works once.

use super::{PASSWORD, has_arrived, headers_of, is_signed_in, member, sign_in};
use crate::sign_in::recovery;
use crate::testing::on_both_engines;
use axum::http::StatusCode;
use database::sql;
use std::time::Duration;

#[tokio::test]
async fn a_recovery_link_sets_a_password_once_and_ends_every_session() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = member(&server, &tenant, "mara").await;
        let thief = server.browser();
        sign_in(&server, &tenant, &thief, "mara@contoso.example", PASSWORD).await;
        assert!(is_signed_in(&server, &headers_of(&thief), &user).await);

        let issue = async || recovery::issue(&server, &tenant, "MARA@contoso.example").await.expect("an answer");
        let (link, second) = (issue().await.expect("a link").address, issue().await.expect("a link").address);
        assert!(recovery::issue(&server, &tenant, "nobody@contoso.example").await.expect("an answer").is_none());
        let browser = server.browser();
        assert_eq!(browser.get(&link).await.status, StatusCode::OK);
        assert_eq!(browser.submit(&[("password", "too short")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        browser.submit(&[("password", "a longer new password")]).await;
        // The portal is next, and it asks for the new password first.
        assert!(browser.location().starts_with(&format!("/{}/sign-in/", tenant.id)), "{}", browser.location());

        assert!(!is_signed_in(&server, &headers_of(&thief), &user).await);
        for dead in [link.as_str(), second.as_str(), &link.replace("vsl_", "vsl_x")] {
            assert_eq!(browser.get(dead).await.status, StatusCode::GONE);
        }
        sign_in(&server, &tenant, &browser, "mara@contoso.example", PASSWORD).await;
        assert!(!has_arrived(&browser));
        sign_in(&server, &tenant, &browser, "mara@contoso.example", "a longer new password").await;
        assert!(has_arrived(&browser));

        let mut tx = server.read().await.expect("a connection");
        let rows: Vec<(String, String)> = tx
            .query(sql!(
                "SELECT activity, result FROM directory_audit WHERE tenant_id = $1 AND target_id = $2
                 ORDER BY activity, result"
            ))
            .bind(tenant.id)
            .bind(user.id)
            .fetch_all()
            .await
            .expect("the audit");
        let rows: Vec<_> = rows.iter().map(|(activity, result)| (activity.as_str(), result.as_str())).collect();
        let expected = [
            ("Issue recovery link", "success"),
            ("Issue recovery link", "success"),
            ("Reset user password", "success"),
            ("Use recovery link", "failure"),
            ("Use recovery link", "failure"),
            ("Use recovery link", "success"),
        ];
        assert_eq!(rows, expected);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_link_works_for_one_hour_at_its_own_organisation() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        member(&server, &tenant, "mara").await;
        let issued = recovery::issue(&server, &tenant, "mara@contoso.example").await.expect("an answer");
        let link = issued.expect("a link").address;
        let browser = server.browser();
        let elsewhere = link.replace(&tenant.id.to_string(), &other.id.to_string());
        assert_eq!(browser.get(&elsewhere).await.status, StatusCode::GONE);
        assert_eq!(browser.get(&link).await.status, StatusCode::OK);
        server.clock.advance(Duration::from_hours(1));
        assert_eq!(browser.submit(&[("password", "a longer new password")]).await.status, StatusCode::GONE);
        assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
    })
    .await;
}

#[tokio::test]
async fn a_dead_recovery_link_is_told_twenty_times_an_hour_and_why_it_is_dead() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = member(&server, &tenant, "mara").await;
        let issued = recovery::issue(&server, &tenant, "mara@contoso.example").await.expect("an answer");
        let link = issued.expect("a link").address;
        let reasons = async || {
            let mut tx = server.read().await.expect("a connection");
            let rows: Vec<(Option<String>,)> = tx
                .query(sql!(
                    "SELECT reason FROM directory_audit
                     WHERE tenant_id = $1 AND target_id = $2 AND activity = 'Use recovery link' ORDER BY id"
                ))
                .bind(tenant.id)
                .bind(user.id)
                .fetch_all()
                .await
                .expect("the audit");
            rows.into_iter().map(|(reason,)| reason.unwrap_or_default()).collect::<Vec<_>>()
        };
        server.clock.advance(Duration::from_hours(1));
        let browser = server.browser();
        for _ in 0..25 {
            server.clock.advance(Duration::from_secs(1));
            assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
        }
        let told = reasons().await;
        assert_eq!(told.len(), 20);
        assert_eq!(told[0], "The time of the link is over.");
        assert_eq!(told[19], "The time of the link is over. More of this hour are not listed.");
        server.clock.advance(Duration::from_hours(1));
        browser.get(&link).await;
        assert_eq!(reasons().await.len(), 21);
    })
    .await;
}
