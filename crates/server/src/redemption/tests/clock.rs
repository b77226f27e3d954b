//! The clock is set back while the server is stopped.

use super::Journey;
use crate::testing::on_both_engines;
use std::time::Duration;

#[tokio::test]
async fn a_guest_comes_in_with_the_code_they_have_and_again_after_the_clock_was_set_back() {
    on_both_engines(async |server| {
        for hours in [1_u64, 24, 24 * 30] {
            let tenant = server.tenant("Contoso", &format!("contoso{hours}.example")).await;
            let administrator = server.administrator(&tenant).await;
            let address = format!("guest{hours}@fabrikam.example");
            let landing = format!("https://app.contoso{hours}.example/");
            let journey = Journey::invite(&server, tenant, administrator, &address, &landing).await;
            let browser = server.browser();
            journey.ask(&browser).await;
            let code = journey.code().await;
            server.clock.set_back(Duration::from_hours(hours));
            let inside = browser.submit_to("/code", &[("code", &code)]).await;
            assert_eq!(inside.header("location"), landing, "{hours} h");
            assert!(!journey.guest().await.is_pending());

            // Accepting has made older sessions void; a clock set back must not make new ones look older.
            server.clock.set_back(Duration::from_hours(hours));
            let elsewhere = server.browser();
            let page = journey.open(&elsewhere).await;
            let hrefs = page.text.split("href=\"").map(|rest| rest.split('"').next().unwrap_or_default());
            let sign_in = hrefs.filter(|href| href.contains("/sign-in/")).last().expect("a way to sign in").to_owned();
            elsewhere.get(&sign_in).await;
            elsewhere.submit(&[("address", &address)]).await;
            let again = elsewhere.submit_to("/code", &[("code", &journey.code().await)]).await;
            assert_eq!(again.header("location"), landing, "{hours} h");
            let stays = journey.open(&elsewhere).await;
            assert_eq!(stays.header("location"), landing, "the session is good");
            server.clock.advance(Duration::from_hours(2 * hours + 25));
            assert_eq!(journey.open(&elsewhere).await.status, 200, "and ends");
        }
    })
    .await;
}
