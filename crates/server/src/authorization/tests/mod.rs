//! The provider as its clients see it.

mod approval;
mod authorize;
mod binding;
mod certificates;
mod client_credentials;
mod client_secrets;
mod clock;
mod code;
mod consent;
mod discovery;
mod disk;
mod extensions;
mod federation;
pub(crate) mod flow;
mod foreign;
mod foreign_hostile;
mod foreign_resource;
mod groups;
mod identifiers;
mod interruption;
mod introspection;
mod lifetimes;
mod logos;
mod logout;
mod low_risk;
mod optional_claims;
mod pre_authorized;
mod refresh;
mod reset;
mod revocation;
mod signatures;
mod single_page;
mod told;
mod unknown;
mod work;

use crate::platform::ids::TenantId;
use crate::testing::TestServer;
use oauth::base64url;
use serde_json::Value;

/// What a token says, without looking at its signature.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).and_then(base64url::decode).expect("a payload");
    serde_json::from_slice(&payload).expect("claims")
}

/// The caller behind a token that is good.
async fn caller_of(server: &TestServer, token: &str) -> crate::graph::Caller {
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {token}").parse().expect("a header"));
    super::bearer::authenticate(server, &headers).await.expect("a good token").caller
}

/// The error numbers of the sign-in log, sorted: the clock of a test stands still, so that no row is earlier.
async fn logged(server: &TestServer, tenant: TenantId) -> Vec<i64> {
    server.flush_sign_ins().await;
    let mut tx = server.read().await.expect("a connection");
    let rows: Vec<(i64,)> = tx
        .query(database::sql!("SELECT error_code FROM sign_in WHERE tenant_id = $1 ORDER BY error_code"))
        .bind(tenant)
        .fetch_all()
        .await
        .expect("rows");
    rows.into_iter().map(|(code,)| code).collect()
}
