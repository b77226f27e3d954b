//! Everybody an address may belong to, in one look.

use super::columns;
use crate::platform::ids::TenantId;
use crate::users::{User, fold};
use database::{Result, Transaction, sql};

/// Whom an address leads to. An address may stand on several objects.
#[derive(Debug, Default)]
pub struct Claimed {
    /// Whoever has it as `userPrincipalName`.
    pub named: Option<User>,
    /// Those whose `mail` it is: guests first, then who was made first; twenty at most.
    pub with_mail: Vec<User>,
    /// Whoever has proved that it is theirs.
    pub proved: Option<User>,
    /// Whoever has the name that a guest with this address gets.
    pub named_as_guest: Option<User>,
    /// Whoever has it among their `proxyAddresses`, those who are not from outside first, then who was made first.
    pub holder: Option<User>,
}

/// A user and which of the ways leads to them, in the order of the fields of [`Claimed`].
#[derive(sqlx::FromRow)]
struct Found {
    way: i64,
    #[sqlx(flatten)]
    user: User,
}

/// Whom an address (folded) leads to, and who has the name that its guest would get. Users who are deleted are left out. The order
/// of those with the mail is an expression, because SQLite would read the whole tenant through the index of `user_type` to
/// have it sorted; so is that of those with the proxy address, who are found by their search rows.
pub async fn find_claimed(tx: &mut Transaction, tenant: TenantId, address: &str, guest_name: &str) -> Result<Claimed> {
    let found: Vec<Found> = tx
        .query(sql!(concat!(
            "SELECT CAST(0 AS BIGINT) AS way, ",
            columns!(),
            " FROM user_account u
              WHERE u.tenant_id = $1 AND u.user_principal_name_folded = $2 AND u.deleted_at IS NULL
              UNION ALL SELECT * FROM (SELECT CAST(1 AS BIGINT) AS way, ",
            columns!(),
            " FROM user_account u
              WHERE u.tenant_id = $1 AND u.mail_folded = $3 AND u.deleted_at IS NULL
              ORDER BY CASE u.user_type WHEN 'Guest' THEN 0 ELSE 1 END, u.created_at, u.id LIMIT 20) namesakes
              UNION ALL SELECT * FROM (SELECT CAST(2 AS BIGINT) AS way, ",
            columns!(),
            " FROM user_identity i JOIN user_account u ON u.tenant_id = i.tenant_id AND u.id = i.user_id
              WHERE i.tenant_id = $1 AND i.issuer = 'mail' AND i.issuer_assigned_id_folded = $3
                AND u.deleted_at IS NULL
              ORDER BY u.created_at, u.id LIMIT 1) proved
              UNION ALL SELECT CAST(3 AS BIGINT) AS way, ",
            columns!(),
            " FROM user_account u
              WHERE u.tenant_id = $1 AND u.user_principal_name_folded = $4 AND u.deleted_at IS NULL
              UNION ALL SELECT * FROM (SELECT CAST(4 AS BIGINT) AS way, ",
            columns!(),
            " FROM user_term t JOIN user_account u ON u.tenant_id = t.tenant_id AND u.id = t.user_id
              WHERE t.tenant_id = $1 AND t.property = 'proxyAddresses' AND t.folded = $5 AND u.deleted_at IS NULL
              ORDER BY CASE WHEN u.external_user_state IS NULL THEN 0 ELSE 1 END, u.created_at, u.id LIMIT 1) holder"
        )))
        .bind(tenant)
        .bind(fold(address))
        .bind(address.to_owned())
        .bind(fold(guest_name))
        // Folded, the address that mail is sent from (`SMTP:`) looks like the others (`smtp:`).
        .bind(fold(&format!("smtp:{address}")))
        .fetch_all()
        .await?;
    let mut claimed = Claimed::default();
    for Found { way, user } in found {
        match way {
            0 => claimed.named = Some(user),
            1 => claimed.with_mail.push(user),
            2 => claimed.proved = Some(user),
            3 => claimed.named_as_guest = Some(user),
            _ => claimed.holder = Some(user),
        }
    }
    // Neither engine promises an order of what several queries give.
    claimed.with_mail.sort_by_key(|user| (!user.is_guest(), user.created_at, user.id));
    Ok(claimed)
}
