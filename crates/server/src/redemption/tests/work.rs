//! What the guest's way asks of the database.

use super::Journey;
use crate::testing::{Recorder, Work, on_both_engines};

#[tokio::test]
async fn each_page_of_a_redemption_asks_for_what_it_needs() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let journey = Journey::begin(&server).await;
        let other = server.browser();
        // Reads what hardly ever changes.
        journey.open(&other).await;
        let recorder = Recorder::start();
        let browser = server.browser();
        let mut works = Vec::new();
        journey.open(&browser).await;
        works.push(("open", recorder.work()));
        browser.submit(&[]).await;
        works.push(("ask for a code", recorder.work()));
        let code = journey.code().await;
        recorder.take();
        let transactions = server.database.statistics().writes.count;
        assert_eq!(browser.submit_to("/code", &[("code", &code)]).await.status, 303);
        let transactions = server.database.statistics().writes.count - transactions;
        works.push(("accept", recorder.work()));
        let counts: Vec<_> = works.iter().map(|(name, work)| (*name, Work::count(work))).collect();
        assert_eq!(
            counts,
            [("open", (6, 3)), ("ask for a code", (10, 9)), ("accept", (10, 14))],
            "{transactions} {works:#?}"
        );
        assert_eq!(transactions, 2, "the form is counted, then everything is done");
    })
    .await;
}
