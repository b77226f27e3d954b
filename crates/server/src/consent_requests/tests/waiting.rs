//! What waits for an answer is not sought among all that was answered.

use crate::testing::on_sqlite;
use uuid::Uuid;

/// SQLite plans by the statement alone, so a plan is the same however many were answered.
#[tokio::test]
async fn requests_that_wait_are_read_from_their_own_index() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let waiting = database::registered().filter(|statement| {
            let is_list = statement.text.ends_with("r.status = 'InProgress' ORDER BY r.id LIMIT $2");
            statement.file.ends_with("consent_requests/store.rs") && is_list
        });
        let mut seen = 0;
        for statement in waiting {
            let query = tx.query(statement).bind(Uuid::nil()).bind(50_i64);
            let plan = query.explain().await.expect("a plan");
            assert!(plan.contains("SEARCH r USING INDEX consent_request_waiting (tenant_id=?)"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            seen += 1;
        }
        assert_eq!(seen, 2, "those that can be answered, and all of them");
    })
    .await;
}
