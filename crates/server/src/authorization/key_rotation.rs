//! A tenant's signing keys change: by their age or at an operator's command, without a token or a client failing; and all at
//! once, when somebody else may hold them.

use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::platform::signing_keys::{self, KeyRecord, SigningKeyError};
use crate::tenants::{self, Tenant};
use oauth::jose::Algorithm;

/// Keys that are exchanged in one go at the most: making one takes a processor for up to a second.
const AT_ONCE: i64 = 50;

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

/// What a withdrawal did.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// The key that signs now.
    pub key: KeyRecord,
    /// The names of those that vouch for nothing any more.
    pub withdrawn: Vec<String>,
}

/// Takes every key of an algorithm out of the key set and out of what verifies, also one that waits, and lets a new one sign.
/// Whatever the old ones signed is void: in this process when it returns, in others within [`database::LEASE`].
pub async fn withdraw(server: &Server, tenant: &Tenant, algorithm: Algorithm) -> Result<Withdrawal, SigningKeyError> {
    let key = server.signing_keys.replacement(server, tenant.id, algorithm).await?;
    let mut tx = server.write().await?;
    let withdrawn = signing_keys::replace(&mut tx, &key).await?;
    let target = Target::new("Directory", tenant.id.0, tenant.name.clone()).change(
        "SigningKey",
        withdrawn.clone(),
        key.id.clone(),
    );
    let caller = Caller::system(tenant.id);
    let details = [("Algorithm", algorithm.as_str())];
    let activity = Activity::WithdrawSigningKey;
    audit::record(&mut tx, server, &caller, activity, &Outcome::Success, &target, &details).await?;
    tx.commit().await?;
    Ok(Withdrawal { key, withdrawn })
}

/// Exchanges keys that have signed for as long as the settings let them; how many those were. What cannot be exchanged is
/// said in the log, and keeps no other tenant waiting. Several processes may do so beside each other: the first one counts.
pub async fn rotate_old(server: &Server) -> database::Result<usize> {
    let Some(age) = server.settings.keys.signing_age() else { return Ok(0) };
    let mut tx = server.read().await?;
    let due = signing_keys::due(&mut tx, server.clock.now(), age, AT_ONCE).await?;
    drop(tx);
    let mut count = 0;
    for (id, algorithm) in due {
        let mut tx = server.read().await?;
        let Some(tenant) = tenants::store::find(&mut tx, id).await? else { continue };
        drop(tx);
        match rotate(server, &tenant, algorithm).await {
            Ok(key) => {
                tracing::info!(tenant = %tenant.id, key = key.id, "a signing key is exchanged because of its age");
                count += 1;
            }
            // Another process was first.
            Err(SigningKeyError::RotationPending) => {}
            Err(error) => tracing::error!(tenant = %tenant.id, %error, "a signing key could not be exchanged"),
        }
    }
    Ok(count)
}
