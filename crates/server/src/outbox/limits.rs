//! How much mail a tenant may send. What goes beyond a limit waits.

use super::{Kind, Mail, store};
use crate::platform::Timestamp;
use crate::platform::ids::TenantId;
use database::{Result, Transaction};
use std::time::Duration;

/// Invitation mails to one mailbox in any 24 hours, per tenant.
pub const PER_RECIPIENT_AND_DAY: i64 = 5;
/// Invitation mails of a tenant in any hour.
pub const PER_TENANT_AND_HOUR: i64 = 2000;

const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);

/// When the mail may go: `None` for now. Codes were asked for and notices follow from what somebody did; the limits on
/// those stand where they are asked for. The tenant's row is locked before, so that what is counted stays true.
pub(super) async fn next_opening(
    tx: &mut Transaction,
    tenant: TenantId,
    mail: &Mail,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    if mail.kind != Kind::Invitation || mail.admitted_at.is_some() {
        return Ok(None);
    }
    let of_recipient = next_opening_to(tx, tenant, &mail.recipient, now).await?;
    let of_tenant = store::nth_newest(tx, tenant, now.minus(HOUR), PER_TENANT_AND_HOUR).await?;
    Ok(of_recipient.max(of_tenant.map(|at| at.plus(HOUR))))
}

/// When the limit of one mailbox lets the next invitation mail to it through: `None` for now. Whoever would replace a link
/// by a mail asks first: a mail that waits for a day would leave the guest without any.
pub async fn next_opening_to(
    tx: &mut Transaction,
    tenant: TenantId,
    recipient: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let newest = store::nth_newest_to(tx, tenant, recipient, now.minus(DAY), PER_RECIPIENT_AND_DAY).await?;
    Ok(newest.map(|at| at.plus(DAY)))
}
