//! Guessing gets nowhere, and locks nobody out.

use super::{PASSWORD, begin, has_arrived, member, sign_in};
use crate::testing::on_both_engines;
use axum::http::StatusCode;
use std::time::Duration;

#[tokio::test]
async fn o5_a_stranger_who_guesses_is_stopped_and_the_true_user_is_not() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        member(&server, &tenant, "mara").await;
        let own = server.browser();
        sign_in(&server, &tenant, &own, "mara@contoso.example", PASSWORD).await;
        assert!(has_arrived(&own));

        let stranger = server.browser();
        stranger.move_to("198.51.100.7");
        let mut statuses = Vec::new();
        for _ in 0..12 {
            let answer = sign_in(&server, &tenant, &stranger, "mara@contoso.example", "a wrong guess").await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                let seconds: u64 = answer.header("retry-after").parse().expect("seconds");
                let at = crate::platform::clock::calendar(server.clock.now().plus(Duration::from_secs(seconds)));
                let time = at.strftime("%H:%M").to_string();
                assert!(answer.text.contains(&time), "the header says what the page says: {time} {}", answer.text);
            }
            statuses.push(answer.status);
        }
        assert_eq!(statuses.iter().filter(|status| **status == StatusCode::UNPROCESSABLE_ENTITY).count(), 10);
        assert_eq!(statuses[10..], [StatusCode::TOO_MANY_REQUESTS; 2]);
        // The right password does not help any more where so much was guessed.
        sign_in(&server, &tenant, &stranger, "mara@contoso.example", PASSWORD).await;
        assert!(!has_arrived(&stranger));

        // In the browser she has used before, even beside the stranger; and from a device that is new.
        own.move_to("198.51.100.7");
        sign_in(&server, &tenant, &own, "mara@contoso.example", PASSWORD).await;
        assert!(has_arrived(&own));
        let fresh = server.browser();
        fresh.move_to("2001:db8::7");
        sign_in(&server, &tenant, &fresh, "mara@contoso.example", PASSWORD).await;
        assert!(has_arrived(&fresh));

        server.clock.advance(Duration::from_mins(15));
        sign_in(&server, &tenant, &stranger, "mara@contoso.example", PASSWORD).await;
        assert!(has_arrived(&stranger));
    })
    .await;
}

#[tokio::test]
async fn a_parallel_burst_of_passwords_is_limited_like_a_patient_series() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        member(&server, &tenant, "mara").await;
        let browsers: Vec<_> = (0..16).map(|_| server.browser()).collect();
        for browser in &browsers {
            let step = begin(&server, &tenant, browser).await;
            browser.get(&step.sign_in_path()).await;
            browser.submit(&[("address", "mara@contoso.example")]).await;
        }
        let tries = browsers.iter().map(|browser| browser.submit(&[("password", "a wrong guess")]));
        let fields: Vec<_> = futures_util::future::join_all(tries).await;
        let looked_at = fields.iter().filter(|answer| answer.status == StatusCode::UNPROCESSABLE_ENTITY).count();
        assert_eq!(looked_at, 10);
    })
    .await;
}
