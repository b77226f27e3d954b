//! A mailbox that wants no further invitations from one organisation. The block keeps mail back, not the guest.

use super::block_store;
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::platform::ids::TenantId;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::Result;

/// Bytes of the proof in front of the address.
const PROOF: usize = 16;

/// The link of the page where a mailbox refuses further invitations. It proves itself, works for ever, and opens
/// nothing else.
pub fn url(server: &Server, tenant: TenantId, address: &str) -> String {
    let base = server.settings.public_address();
    format!("{base}/{tenant}/no-more-invitations?token={}", token(server, tenant, address))
}

fn token(server: &Server, tenant: TenantId, address: &str) -> String {
    let address = address.to_ascii_lowercase();
    let proof = proof(server, tenant, &address);
    URL_SAFE_NO_PAD.encode([&proof.as_ref()[..PROOF], address.as_bytes()].concat())
}

/// Whose mailbox a link is about; `None` for one that is not ours.
pub(super) fn read(server: &Server, tenant: TenantId, token: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (presented, address) = bytes.split_at_checked(PROOF)?;
    let address = std::str::from_utf8(address).ok()?;
    let expected = proof(server, tenant, address);
    let is_ours = bool::from(subtle::ConstantTimeEq::ct_eq(&expected.as_ref()[..PROOF], presented));
    is_ours.then(|| address.to_owned())
}

fn proof(server: &Server, tenant: TenantId, address: &str) -> hmac::Tag {
    let key = server.master_key.derive("invitation block");
    hmac::sign(&key, &[tenant.0.as_bytes().as_slice(), address.as_bytes()].concat())
}

/// Whether a mailbox refuses invitations of a tenant.
pub async fn is_blocked(server: &Server, tenant: TenantId, address: &str) -> Result<bool> {
    let mut tx = server.read().await?;
    block_store::exists(&mut tx, tenant, address).await
}

/// Refuses further invitations (`true`) or takes that back. Doing it again changes nothing.
pub async fn set(server: &Server, tenant: TenantId, address: &str, blocked: bool) -> Result<()> {
    let mut tx = server.write().await?;
    let (has_changed, activity) = if blocked {
        (block_store::insert(&mut tx, tenant, address, server.clock.now()).await?, Activity::MailUnsubscribed)
    } else {
        (block_store::delete(&mut tx, tenant, address).await?, Activity::MailSubscribed)
    };
    if has_changed {
        let caller = Caller::system(tenant);
        let target = Target { id: None, ..Target::new("User", tenant.0, address) };
        let details = [("InvitedUserEmailAddress", address)];
        audit::record(&mut tx, server, &caller, activity, &Outcome::Success, &target, &details).await?;
    }
    tx.commit().await
}
