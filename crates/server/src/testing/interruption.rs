//! Requests that are cut off at any moment: what they write is written whole or not at all.

use super::TestServer;
use crate::Server;
use crate::platform::ids::TenantId;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use database::sql;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tower::ServiceExt as _;

/// How many times a request is cut off.
const ROUNDS: u32 = 24;

/// Rows of a tenant that an operation adds or changes.
pub type Rows = [i64; 10];

/// Routes without the layer that protects them from clients that hang up, and a request to them: when it is dropped, the
/// handler stops wherever it stands.
pub struct Attempt {
    routes: Router,
    request: Request<Body>,
}

impl Attempt {
    /// An attempt at these routes of a server.
    pub fn new(server: &TestServer, routes: Router<Arc<Server>>, request: Request<Body>) -> Self {
        Self { routes: routes.with_state(Arc::clone(server)), request }
    }

    /// Lets it go on for a while, or to its end; whether it came to its end.
    async fn run(self, after: Option<Duration>) -> bool {
        let request = tokio::spawn(self.routes.oneshot(self.request));
        if let Some(after) = after {
            tokio::time::sleep(after).await;
            request.abort();
        }
        let is_finished = request.await.is_ok();
        // A commit that was under way may still become visible, on a busy machine late.
        tokio::time::sleep(Duration::from_millis(200)).await;
        is_finished
    }
}

/// Makes an attempt to its end, which shows what it writes and how long it takes, and then cuts it off at moments spread
/// over that time. After each, all of it is written or nothing. `afterwards` is told the number of the round and whether
/// it was written.
pub async fn cut_off_anywhere(
    server: &TestServer,
    tenant: TenantId,
    attempt: impl AsyncFn(u32) -> Attempt,
    afterwards: impl AsyncFn(u32, bool),
) {
    let (whole, took) = {
        let attempt = attempt(0).await;
        let (before, begin) = (rows(server, tenant).await, Instant::now());
        assert!(attempt.run(None).await, "nobody cut it off");
        (difference(before, rows(server, tenant).await), begin.elapsed())
    };
    assert_ne!(whole, Rows::default(), "the attempt writes something");
    afterwards(0, true).await;
    let mut cut = 0;
    for round in 1..=ROUNDS {
        let attempt = attempt(round).await;
        let before = rows(server, tenant).await;
        let is_finished = attempt.run(Some(took * (round - 1) / ROUNDS)).await;
        let written = difference(before, rows(server, tenant).await);
        assert!(written == whole || written == Rows::default() && !is_finished, "{written:?} of {whole:?}");
        cut += u32::from(written != whole);
        afterwards(round, written == whole).await;
    }
    assert!(cut > 0, "one of them was cut off");
}

fn difference(before: Rows, after: Rows) -> Rows {
    std::array::from_fn(|at| after[at] - before[at])
}

async fn rows(server: &TestServer, tenant: TenantId) -> Rows {
    let mut tx = server.read().await.expect("a connection");
    let counts: (i64, i64, i64, i64, i64, i64, i64, i64, i64, i64) = tx
        .query(sql!(
            "SELECT (SELECT COUNT(*) FROM user_account WHERE tenant_id = $1),
                    (SELECT COUNT(*) FROM invitation WHERE tenant_id = $1),
                    (SELECT COUNT(*) FROM invitation WHERE tenant_id = $1 AND revoked_at IS NOT NULL),
                    (SELECT COUNT(*) FROM dead_ticket WHERE tenant_id = $1),
                    (SELECT COUNT(*) FROM mail WHERE tenant_id = $1),
                    (SELECT COUNT(*) FROM session WHERE tenant_id = $1),
                    (SELECT COUNT(*) FROM directory_audit WHERE tenant_id = $1),
                    (SELECT COUNT(*) FROM authorization_code WHERE tenant_id = $1 AND used_at IS NOT NULL),
                    (SELECT COUNT(*) FROM refresh_token WHERE tenant_id = $1),
                    (SELECT COUNT(*) FROM refresh_token WHERE tenant_id = $1 AND replaced_at IS NOT NULL)"
        ))
        .bind(tenant)
        .fetch_one()
        .await
        .expect("counts");
    let (a, b, c, d, e, f, g, h, i, j) = counts;
    [a, b, c, d, e, f, g, h, i, j]
}
