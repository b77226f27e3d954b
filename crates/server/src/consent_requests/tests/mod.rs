//! The policy and the requests as programs see them, on both engines. How people ask and answer is tested with `authorization`,
//! whose page they ask on.

mod policy;
mod requests;
mod waiting;

use super::consent_request::{ConsentRequest, Status};
use super::store;
use crate::platform::ids::{ConsentRequestId, ServicePrincipalId};
use crate::testing::TestServer;
use crate::users::User;
use std::time::Duration;

/// What a user asked for an app, made past its page.
async fn request(
    server: &TestServer,
    user: &User,
    (client, resource): (ServicePrincipalId, ServicePrincipalId),
    scope: &str,
) -> ConsentRequest {
    let now = server.clock.now();
    let request = ConsentRequest {
        tenant_id: user.tenant_id,
        id: ConsentRequestId(server.entropy.uuid(now)),
        client_id: client,
        resource_id: resource,
        user_id: user.id,
        scope: scope.to_owned(),
        reason: "For the audit".to_owned(),
        language: "en".to_owned(),
        status: Status::InProgress,
        verdict: None,
        created_at: now,
        remind_at: now.plus(Duration::from_hours(24)),
        expires_at: now.plus(Duration::from_hours(48)),
        told_at: None,
        reminded_at: None,
        completed_at: None,
    };
    let mut tx = server.write().await.expect("a transaction");
    assert!(store::insert(&mut tx, &request).await.expect("an answer"), "it is the first one");
    tx.commit().await.expect("a commit");
    request
}
