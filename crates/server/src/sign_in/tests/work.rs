//! What a sign-in with a password asks of the database.

use super::{PASSWORD, begin, member};
use crate::testing::{Recorder, on_both_engines};

#[tokio::test]
async fn a_sign_in_with_a_password_asks_for_what_may_have_changed() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let tenant = server.tenant("Contoso", "contoso.example").await;
        member(&server, &tenant, "mara").await;
        let other = server.browser();
        let step = begin(&server, &tenant, &other).await;
        other.get(&step.sign_in_path()).await;
        other.submit(&[("address", "mara@contoso.example")]).await;
        let recorder = Recorder::start();
        let browser = server.browser();
        let step = begin(&server, &tenant, &browser).await;
        browser.get(&step.sign_in_path()).await;
        recorder.take();
        browser.submit(&[("address", "mara@contoso.example")]).await;
        let address = recorder.work();
        let transactions = server.database.statistics().writes.count;
        let page = browser.prepare("", &[("password", PASSWORD)]);
        let answer = browser.send(page).await;
        assert!(answer.status.is_redirection(), "{}", answer.text);
        let transactions = server.database.statistics().writes.count - transactions;
        let password = recorder.work();
        assert_eq!([address.count(), password.count()], [(3, 4), (5, 12)], "{transactions} {address:#?} {password:#?}");
        assert_eq!(transactions, 3, "the form, the try, the outcome");
    })
    .await;
}
