//! The rows that users are found by, as they are written.

use crate::platform::ids::UserId;
use crate::testing::{Recorder, on_both_engines};
use crate::users::terms;
use database::sql;
use std::collections::BTreeSet;

/// An engine plans and keeps a statement for each text.
#[tokio::test]
async fn a_few_statements_write_however_many_rows_there_are() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let recorder = Recorder::start();
        let mut tx = server.write().await.expect("a transaction");
        for number in (0..=20).chain([64, 65, 256, 257, 300, 600]) {
            let user = UserId(server.entropy.random_uuid());
            let expected: BTreeSet<String> = (0..number).map(|row| format!("{row}@partner.example")).collect();
            for _ in 0..2 {
                let rows = expected.iter().map(|address| ("otherMails", address.clone())).collect();
                terms::add(&mut tx, tenant, user, rows).await.expect("rows");
            }
            let query = tx.query(sql!(
                "SELECT folded FROM user_term WHERE tenant_id = $1 AND property = 'otherMails' AND user_id = $2"
            ));
            let kept: Vec<(String,)> = query.bind(tenant).bind(user).fetch_all().await.expect("rows");
            assert_eq!(kept.len(), number, "each once");
            assert_eq!(kept.into_iter().map(|(address,)| address).collect::<BTreeSet<_>>(), expected);
        }
        tx.commit().await.expect("a commit");
        let texts: BTreeSet<String> =
            recorder.take().into_iter().filter(|line| line.contains("users/terms.rs")).collect();
        assert_eq!(texts.len(), 9, "one for each power of two up to 256: {texts:#?}");
    })
    .await;
}
