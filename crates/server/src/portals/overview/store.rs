//! The SQL of the overview. Nothing here counts a whole table: each count ends at [`MOST`], and each has its index.

use crate::jobs::Kind;
use crate::platform::Timestamp;
use crate::platform::ids::{ApplicationId, BulkInvitationId, TenantId, UserId};
use database::{Result, Transaction, sql};
use std::time::Duration;

/// Where a count ends; what is beyond it is "and more".
pub(super) const MOST: i64 = 1_000;

/// Invitations the funnel looks at, the newest.
pub(super) const INVITATIONS: i64 = 10_000;

/// A guest who signs in, or whose app renews its tokens, so long after accepting has come back: accepting is a sign-in itself.
const AGAIN: Duration = Duration::from_hours(1);

/// How far the newest invitations have come. Each step but the first counts some of those of the step before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Funnel {
    /// Made and not withdrawn.
    pub(super) made: i64,
    /// A relay took the mail, or the link arrived on another way: it was opened.
    pub(super) sent: i64,
    pub(super) opened: i64,
    pub(super) accepted: i64,
    /// Whose guest may still sign in, and came back after [`AGAIN`].
    pub(super) active: i64,
}

/// Invitations made since an instant and not withdrawn, at most the newest [`INVITATIONS`]. A link that was sent anew counts
/// as sent and as opened when the new one was. A mail whose time to be kept is over was dealt with. The mail is looked up of those
/// alone that were not opened, and the guest of those that were accepted.
pub(super) async fn funnel(tx: &mut Transaction, tenant: TenantId, since: Timestamp) -> Result<Funnel> {
    tx.query(sql!(
        "SELECT COUNT(*) AS made,
                COALESCE(SUM(CASE WHEN newest.opened_at IS NULL AND newest.accepted_at IS NULL
                                   AND (newest.mail_id IS NULL OR m.state <> 'handedToRelay') THEN 0 ELSE 1 END), 0)
                    AS sent,
                COALESCE(SUM(CASE WHEN newest.opened_at IS NULL AND newest.accepted_at IS NULL THEN 0 ELSE 1 END), 0)
                    AS opened,
                COALESCE(SUM(CASE WHEN newest.accepted_at IS NULL THEN 0 ELSE 1 END), 0) AS accepted,
                COALESCE(SUM(CASE WHEN u.last_sign_in_at >= newest.accepted_at + $4
                                    OR u.last_app_sign_in_at >= newest.accepted_at + $4 THEN 1 ELSE 0 END), 0) AS active
         FROM (SELECT i.user_id, i.mail_id, i.opened_at, i.accepted_at, i.revoked_at FROM invitation i
               WHERE i.tenant_id = $1 AND i.created_at >= $2 ORDER BY i.created_at DESC, i.id DESC LIMIT $3) newest
         LEFT JOIN mail m ON m.tenant_id = $1
             AND m.id = CASE WHEN newest.opened_at IS NULL AND newest.accepted_at IS NULL THEN newest.mail_id END
         LEFT JOIN user_account u ON u.tenant_id = $1
             AND u.id = CASE WHEN newest.accepted_at IS NOT NULL THEN newest.user_id END
             AND u.deleted_at IS NULL AND u.account_enabled
         WHERE newest.revoked_at IS NULL"
    ))
    .bind(tenant)
    .bind(since)
    .bind(INVITATIONS)
    .bind(i64::try_from(AGAIN.as_micros()).unwrap_or(i64::MAX))
    .fetch_one()
    .await
}

/// Open invitations whose link ends after an instant and at the latest at another.
pub(super) async fn count_ending(
    tx: &mut Transaction,
    tenant: TenantId,
    after: Timestamp,
    until: Timestamp,
) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM invitation i
         WHERE i.tenant_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL
           AND i.expires_at > $2 AND i.expires_at <= $3 LIMIT $4) counted"
    ))
    .bind(tenant)
    .bind(after)
    .bind(until)
    .bind(MOST)
    .fetch_value()
    .await
}

/// Open invitations whose link never ends.
pub(super) async fn count_endless(tx: &mut Transaction, tenant: TenantId) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM invitation i
         WHERE i.tenant_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at IS NULL
         LIMIT $2) counted"
    ))
    .bind(tenant)
    .bind(MOST)
    .fetch_value()
    .await
}

/// Invitations that a restore holds until they are sent again.
pub(super) async fn count_held(tx: &mut Transaction, tenant: TenantId) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM invitation i
         WHERE i.tenant_id = $1 AND i.held_at IS NOT NULL AND i.accepted_at IS NULL AND i.revoked_at IS NULL
         LIMIT $2) counted"
    ))
    .bind(tenant)
    .bind(MOST)
    .fetch_value()
    .await
}

/// Mails that were given up since an instant.
pub(super) async fn count_given_up(tx: &mut Transaction, tenant: TenantId, since: Timestamp) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM mail m
         WHERE m.tenant_id = $1 AND m.state = 'refusedByRelay' AND m.created_at >= $2 LIMIT $3) counted"
    ))
    .bind(tenant)
    .bind(since)
    .bind(MOST)
    .fetch_value()
    .await
}

/// Mails that the relay does not take, tried again and again since before an instant.
pub(super) async fn count_owed(tx: &mut Transaction, tenant: TenantId, since: Timestamp) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM job j
         WHERE j.tenant_id = $1 AND j.last_error IS NOT NULL AND j.state <> 'failed' AND j.kind = 'send_mail'
           AND j.due_at <= $2 LIMIT $3) counted"
    ))
    .bind(tenant)
    .bind(since)
    .bind(MOST)
    .fetch_value()
    .await
}

/// Mails that came too late to be sent since an instant.
pub(super) async fn count_too_late(tx: &mut Transaction, tenant: TenantId, since: Timestamp) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM mail m WHERE m.tenant_id = $1 AND m.expired_at >= $2 LIMIT $3) counted"
    ))
    .bind(tenant)
    .bind(since)
    .bind(MOST)
    .fetch_value()
    .await
}

/// How many jobs of each kind were given up, but for those of mails; of at most [`MOST`], the oldest.
pub(super) async fn count_failed(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<(Kind, i64)>> {
    tx.query(sql!(
        "SELECT counted.kind, COUNT(*) FROM (SELECT j.kind FROM job j
             WHERE j.tenant_id = $1 AND j.state = 'failed' AND j.kind <> 'send_mail' ORDER BY j.id LIMIT $2) counted
         GROUP BY counted.kind"
    ))
    .bind(tenant)
    .bind(MOST)
    .fetch_all()
    .await
}

/// The runs that were checked and wait to be started, the oldest first.
pub(super) async fn list_checked(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<(BulkInvitationId, String)>> {
    tx.query(sql!(
        "SELECT id, name FROM bulk_invitation WHERE tenant_id = $1 AND state = 'checked' ORDER BY id LIMIT $2"
    ))
    .bind(tenant)
    .bind(MOST)
    .fetch_all()
    .await
}

/// Secrets that are good for something: not those of a removed service principal.
macro_rules! is_kept {
    () => {
        "(t.service_principal_id IS NULL OR EXISTS
          (SELECT 1 FROM service_principal p
           WHERE p.tenant_id = $1 AND p.id = t.service_principal_id AND p.deleted_at IS NULL))"
    };
}

/// The apps that somebody (`$4`) answers for; SQLite keeps the order of a CROSS JOIN, and reads the secrets of no others.
macro_rules! owned {
    ($secrets:literal) => {
        concat!(
            "SELECT a.id, a.display_name, t.ends_at FROM app_owner o CROSS JOIN application a CROSS JOIN ",
            $secrets,
            " t WHERE o.tenant_id = $1 AND o.object_id = $4 AND o.owned_kind = 'Application'
              AND a.tenant_id = $1 AND a.id = o.owned_id AND a.deleted_at IS NULL
              AND t.tenant_id = $1 AND t.application_id = a.id"
        )
    };
}

/// An app whose last secret or certificate ends, and when.
pub(in crate::portals) type Ending = (ApplicationId, String, Timestamp);

/// The apps whose last secret or certificate ends before an instant or has ended, the most urgent first; of all apps, or of those
/// somebody answers for.
pub(super) async fn list_ending_secrets(
    tx: &mut Transaction,
    tenant: TenantId,
    before: Timestamp,
    owner: Option<UserId>,
) -> Result<Vec<Ending>> {
    let Some(owner) = owner else {
        return tx
            .query(sql!(concat!(
                "SELECT a.id, a.display_name, MAX(s.ends_at) FROM
                     (SELECT t.tenant_id, t.application_id, t.ends_at FROM application_secret t
                      WHERE t.tenant_id = $1 AND ",
                is_kept!(),
                " UNION ALL
                      SELECT k.tenant_id, k.application_id, k.ends_at FROM application_key k WHERE k.tenant_id = $1) s
                 JOIN application a ON a.tenant_id = s.tenant_id AND a.id = s.application_id
                 WHERE a.tenant_id = $1 AND a.deleted_at IS NULL
                 GROUP BY a.id, a.display_name HAVING MAX(s.ends_at) < $2 ORDER BY MAX(s.ends_at), a.id LIMIT $3"
            )))
            .bind(tenant)
            .bind(before)
            .bind(MOST)
            .fetch_all()
            .await;
    };
    tx.query(sql!(concat!(
        "SELECT e.id, e.display_name, MAX(e.ends_at) FROM (",
        owned!("application_secret"),
        " AND ",
        is_kept!(),
        " UNION ALL ",
        owned!("application_key"),
        ") e GROUP BY e.id, e.display_name HAVING MAX(e.ends_at) < $2 ORDER BY MAX(e.ends_at), e.id LIMIT $3"
    )))
    .bind(tenant)
    .bind(before)
    .bind(MOST)
    .bind(owner)
    .fetch_all()
    .await
}
