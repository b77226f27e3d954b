//! A sign-in with a password begins a session whole or not at all, whenever the request is cut off.

use super::{PASSWORD, begin, has_arrived, member};
use crate::sign_in;
use crate::testing::interruption::{Attempt, cut_off_anywhere};
use crate::testing::on_both_engines;
use crate::users;
use std::time::Duration;
use tokio::sync::Mutex;

#[tokio::test]
async fn a_password_that_is_cut_off_anywhere_signs_in_whole_or_can_be_typed_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = member(&server, &tenant, "mara").await;
        let typing = Mutex::new(None);
        let attempt = async |_| {
            // Tries that were cut off count as tries; in the next quarter of an hour there are new ones.
            server.clock.advance(Duration::from_mins(15));
            let browser = server.browser();
            let step = begin(&server, &tenant, &browser).await;
            browser.get(&step.sign_in_path()).await;
            browser.submit(&[("address", "mara@contoso.example")]).await;
            let request = browser.prepare("", &[("password", PASSWORD)]);
            *typing.lock().await = Some(browser);
            Attempt::new(&server, sign_in::routes(), request)
        };
        let afterwards = async |round, is_written: bool| {
            let browser = typing.lock().await.take().expect("the one of this round");
            let mut tx = server.read().await.expect("a connection");
            let found = users::store::find(&mut tx, tenant.id, user.id).await.expect("an answer").expect("the user");
            drop(tx);
            let is_noted = found.last_sign_in_at == Some(server.clock.now());
            assert_eq!(is_noted, is_written, "round {round}");
            if !is_written {
                browser.get(&browser.location()).await;
                browser.submit(&[("password", PASSWORD)]).await;
                assert!(has_arrived(&browser), "round {round}: {}", browser.page());
            }
        };
        cut_off_anywhere(&server, tenant.id, attempt, afterwards).await;
    })
    .await;
}
