//! A tenant's signing keys change: at an operator's command, without a token or a client failing.

use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::platform::signing_keys::{self, KeyRecord, SigningKeyError};
use crate::tenants::Tenant;
use oauth::jose::Algorithm;

/// Makes and publishes the next key of an algorithm. It signs after [`signing_keys::OVERLAP`], when every client has seen
/// it; the present key stays published until the last token signed with it has ended.
pub async fn rotate(server: &Server, tenant: &Tenant, algorithm: Algorithm) -> Result<KeyRecord, SigningKeyError> {
    let successor = server.signing_keys.successor(server, tenant.id, algorithm).await?;
    let target = Target::new("Directory", tenant.id.0, tenant.name.clone()).change(
        "SigningKey",
        serde_json::Value::Null,
        successor.id.clone(),
    );
    let mut tx = server.write().await?;
    signing_keys::add(&mut tx, &successor).await?;
    let caller = Caller::system(tenant.id);
    let details = [("Algorithm", algorithm.as_str())];
    let activity = Activity::RotateSigningKey;
    audit::record(&mut tx, server, &caller, activity, &Outcome::Success, &target, &details).await?;
    tx.commit().await?;
    Ok(successor)
}
