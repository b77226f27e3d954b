//! Taking a domain back that was given up. Nothing is kept of it: what is needed stands in a receipt, signed for the tenant.

use super::domains::{DomainClaim, DomainError, TenantDomain, check_may_change, check_room, record};
use super::{Domain, store};
use crate::Server;
use crate::audit::{self, Activity, ChangeFilter};
use crate::graph::Caller;
use crate::platform::ids::TenantId;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::{Timestamp, Transaction};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// For how long a domain that was given up can be taken back.
pub const LIFETIME: Duration = Duration::from_hours(1);

/// Bytes of the tag before what it signs.
const TAG: usize = 32;

/// What is needed to take a domain back.
#[derive(Serialize, Deserialize)]
struct Receipt {
    name: String,
    /// The text that proves it; none where it was proved.
    proof: Option<String>,
    /// When it ends, in microseconds since 1970.
    until: i64,
    /// Which time it was given up, by the [`mark`] that this left.
    mark: String,
}

/// What [`take_back`] asks for, for a domain that was given up just now. It holds the text that proves the domain, and is for
/// those who may read that.
pub async fn receipt(server: &Server, caller: &Caller, given_up: &TenantDomain) -> database::Result<String> {
    let until = server.clock.now().plus(LIFETIME);
    let mut tx = server.read().await?;
    let mark = mark(&mut tx, caller.tenant, &given_up.name, until).await?;
    drop(tx);
    let (name, proof) = (given_up.name.clone(), given_up.proof.clone());
    let receipt = Receipt { name, proof, until: until.microseconds(), mark };
    // Texts and a number can always be written. A receipt that says nothing would be refused where it comes back.
    let body = serde_json::to_vec(&receipt).unwrap_or_default();
    Ok(URL_SAFE_NO_PAD.encode([tag(server, caller.tenant, &body).as_ref(), &body].concat()))
}

/// What the audit says of giving a domain up, since an hour before a receipt was made that ends then: another mark as soon as the
/// domain is given up once more.
async fn mark(tx: &mut Transaction, tenant: TenantId, name: &str, until: Timestamp) -> database::Result<String> {
    let filter = ChangeFilter { since: Some(until.minus(2 * LIFETIME)), ..ChangeFilter::default() };
    let activities = [Activity::RemoveUnverifiedDomain, Activity::RemoveVerifiedDomain];
    let found = audit::deeds(tx, tenant, &activities, &filter).await?;
    Ok(audit::mark(found.iter().filter(|change| change.target_name() == name)))
}

/// Takes a domain back as it was: proved without asking the DNS again, or with the text that proves it.
///
/// # Errors
/// `TooLate` for a receipt whose time is over, for one of an earlier time than the domain was given up last, and for one that is
/// none of this tenant; `Taken` if another tenant has proved the domain meanwhile, `Exists` if it was taken back already.
pub async fn take_back(server: &Server, caller: &Caller, receipt: &str) -> Result<(), DomainError> {
    check_may_change(caller)?;
    let now = server.clock.now();
    let kept = read(server, caller.tenant, receipt).filter(|kept| kept.until > now.microseconds());
    let kept = kept.ok_or(DomainError::TooLate)?;
    let domain = Domain::parse(&kept.name).ok_or(DomainError::TooLate)?;
    let mut tx = server.write().await?;
    store::lock(&mut tx, caller.tenant).await?;
    match store::find_domain(&mut tx, &domain).await? {
        Some(owner) if owner == caller.tenant => return Err(DomainError::Exists),
        Some(_) => return Err(DomainError::Taken),
        None => {}
    }
    // Whoever gave it up once more meant that.
    let until = Timestamp::from_microseconds(kept.until);
    if mark(&mut tx, caller.tenant, domain.as_str(), until).await? != kept.mark {
        return Err(DomainError::TooLate);
    }
    let activity = if let Some(proof) = kept.proof {
        check_room(&mut tx, caller.tenant).await?;
        let claim = DomainClaim { name: kept.name, proof, created_at: now };
        if !store::insert_claim(&mut tx, caller.tenant, &claim).await? {
            return Err(DomainError::Exists);
        }
        Activity::AddUnverifiedDomain
    } else {
        // It may have been named anew.
        store::delete_claim(&mut tx, caller.tenant, domain.as_str()).await?;
        match store::insert_domain(&mut tx, caller.tenant, &domain, false, now).await {
            Err(database::Error::Conflict(_)) => return Err(DomainError::Taken),
            outcome => outcome?,
        }
        Activity::AddVerifiedDomain
    };
    record(&mut tx, server, caller, activity, domain.as_str(), &[("TakenBack", "true")]).await?;
    Ok(tx.commit().await?)
}

fn read(server: &Server, tenant: TenantId, receipt: &str) -> Option<Receipt> {
    let bytes = URL_SAFE_NO_PAD.decode(receipt).ok()?;
    let (presented, body) = bytes.split_at_checked(TAG)?;
    let is_ours = bool::from(subtle::ConstantTimeEq::ct_eq(presented, tag(server, tenant, body).as_ref()));
    if is_ours { serde_json::from_slice(body).ok() } else { None }
}

fn tag(server: &Server, tenant: TenantId, body: &[u8]) -> hmac::Tag {
    let key = server.master_key.derive("domain given up");
    hmac::sign(&key, &[tenant.0.as_bytes().as_slice(), body].concat())
}
