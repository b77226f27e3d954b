use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::sign_in::session::Method;
use crate::testing::{TestServer, on_both_engines};
use database::sql;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

async fn counts(server: &TestServer, tenant: crate::platform::ids::TenantId) -> (i64, i64) {
    let mut tx = server.read().await.expect("a connection");
    let changes: (i64,) = tx
        .query(sql!("SELECT COUNT(*) FROM directory_audit WHERE tenant_id = $1"))
        .bind(tenant)
        .fetch_one()
        .await
        .expect("changes");
    let sign_ins: (i64,) = tx
        .query(sql!("SELECT COUNT(*) FROM sign_in WHERE tenant_id = $1"))
        .bind(tenant)
        .fetch_one()
        .await
        .expect("sign-ins");
    (changes.0, sign_ins.0)
}

#[tokio::test]
async fn rows_go_after_their_time_however_many_there_are() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "mara", &[]).await;
        server.browser().sign_in_as(&server, &user, Method::Password).await;
        server.flush_sign_ins().await;
        let mut tx = server.write().await.expect("a transaction");
        let target = Target::new("User", user.id.0, "Mara");
        let caller = Caller::system(tenant.id);
        // More than one transaction removes.
        for _ in 0..1100 {
            audit::record(&mut tx, &server, &caller, Activity::UpdateUser, &Outcome::Success, &target, &[])
                .await
                .expect("a row");
        }
        tx.commit().await.expect("a commit");
        let (changes, sign_ins) = counts(&server, tenant.id).await;
        assert!(changes >= 1100 && sign_ins >= 1, "{changes} {sign_ins}");

        server.clock.advance(DAY * 90);
        assert_eq!(audit::purge(&server).await.expect("a purge"), 0, "neither is old enough");
        server.clock.advance(DAY);
        assert_eq!(audit::purge(&server).await.expect("a purge"), sign_ins.unsigned_abs());
        assert_eq!(counts(&server, tenant.id).await, (changes, 0));
        server.clock.advance(DAY * 640);
        assert_eq!(audit::purge(&server).await.expect("a purge"), changes.unsigned_abs());
        assert_eq!(counts(&server, tenant.id).await, (0, 0));
    })
    .await;
}
