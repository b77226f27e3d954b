//! How the list of jobs is read. SQLite plans by the statement alone, so a plan is the same with a million mails that wait.

use super::operations::Filter;
use super::store;
use crate::jobs::{Kind, State};
use crate::platform::ids::{JobId, TenantId};
use crate::testing::on_sqlite;
use uuid::Uuid;

#[tokio::test]
async fn what_is_asked_for_is_not_sought_among_all_that_wait() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let of = |state, kind| Filter { state, kind };
        let (by_id, by_kind) = ("sqlite_autoindex_job_1 (tenant_id=?", "job_of_kind (tenant_id=? AND kind=?");
        let running = "SEARCH r USING INDEX job_by_lane (state=? AND lane=?)";
        for (filter, index) in [
            (of(None, None), by_id),
            (of(Some(State::Waiting), None), by_id),
            (of(Some(State::Waiting), Some(Kind::SendMail)), by_id),
            (of(Some(State::Failed), None), "job_failed (tenant_id=?"),
            (of(Some(State::Running), None), running),
            (of(Some(State::Running), Some(Kind::SendMail)), running),
            (of(None, Some(Kind::InviteMany)), by_kind),
            (of(Some(State::Waiting), Some(Kind::Notify)), by_kind),
        ] {
            for after in [None, Some(JobId(Uuid::nil()))] {
                let query = store::query(&mut tx, TenantId(Uuid::nil()), filter, after, 51);
                let plan = query.explain().await.expect("a plan");
                assert!(plan.contains(index) && !plan.contains("SCAN "), "{filter:?}\n{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{filter:?}\n{plan}");
            }
        }
    })
    .await;
}
