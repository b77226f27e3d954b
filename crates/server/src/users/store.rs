//! The SQL of users.

mod along;
mod claimed;
mod identities;
mod on_domain;

pub(super) use along::list_along;
#[cfg(test)]
pub(super) use along::query_along;
pub use claimed::{Claimed, find_claimed};
pub use identities::{
    delete_external_identities, find_by_identity, insert_identity, list_identities, list_identities_of,
};
#[cfg(test)]
pub(super) use on_domain::query_on_domain;
pub use on_domain::{count_on_domain, list_on_domain};

use super::user::{User, fold};
use super::{sponsors, terms};
use crate::changes::{self, Change, Kind};
use crate::graph::query::{Condition, Slice, count_meeting, reversed};
use crate::platform::ids::{EventId, TenantId, UserId};
use database::{Query, Result, Timestamp, Transaction, sql};
use std::time::Duration;

/// Every column of a user, by the alias `u`.
macro_rules! columns {
    () => {
        "u.tenant_id, u.id, u.user_principal_name, u.display_name, u.given_name, u.surname, u.mail, u.mail_nickname,
         u.other_mails, u.proxy_addresses, u.user_type, u.creation_type, u.external_user_state,
         u.external_user_state_changed_at, u.account_enabled, u.job_title, u.company_name, u.department,
         u.office_location, u.mobile_phone, u.business_phones, u.preferred_language, u.usage_location,
         u.profile, u.password_hash, u.password_changed_at, u.sessions_valid_from, u.last_sign_in_at,
         u.last_sign_in_request_id, u.last_app_sign_in_at, u.last_app_sign_in_request_id, u.created_at, u.deleted_at,
         u.version"
    };
}
pub(crate) use columns;

/// Adds a user.
pub async fn insert(tx: &mut Transaction, user: &User) -> Result<()> {
    insert_row(tx, user, "").await?;
    insert_beside(tx, user).await
}

/// Adds a user, unless somebody else has the name by now; `false` then.
pub async fn insert_unless_named(tx: &mut Transaction, user: &User) -> Result<bool> {
    let is_added = insert_row(tx, user, " ON CONFLICT DO NOTHING").await?;
    if is_added {
        insert_beside(tx, user).await?;
    }
    Ok(is_added)
}

/// What stands beside the row of a new user.
async fn insert_beside(tx: &mut Transaction, user: &User) -> Result<()> {
    terms::insert(tx, user).await?;
    changes::note(tx, user.tenant_id, user.created_at, Change::set(Kind::User, user.id.0)).await
}

async fn insert_row(tx: &mut Transaction, user: &User, unless: &'static str) -> Result<bool> {
    let query = tx
        .query(sql!(
            "INSERT INTO user_account (tenant_id, id, user_principal_name, user_principal_name_folded, display_name,
             display_name_folded, given_name, surname, mail, mail_folded, mail_nickname, other_mails, proxy_addresses,
             user_type, creation_type, external_user_state, external_user_state_changed_at, account_enabled, job_title,
             company_name, department, office_location, mobile_phone, business_phones, preferred_language,
             usage_location, password_hash, password_changed_at, sessions_valid_from, last_sign_in_at, created_at,
             deleted_at, version, mail_reversed, profile, terms_kept)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, TRUE)"
        ))
        .bind(user.tenant_id)
        .bind(user.id);
    let mut query = bind_properties(query, user)
        .bind(user.last_sign_in_at)
        .bind(user.created_at)
        .bind(user.deleted_at)
        .bind(user.version)
        .bind(user.mail.as_deref().map(reversed_mail))
        .bind(user.profile.clone());
    query.push(unless);
    Ok(query.execute().await? == 1)
}

/// Binds what new and changed rows have in common, in one order: from `user_principal_name` to `sessions_valid_from`.
fn bind_properties<'t>(query: Query<'t>, user: &User) -> Query<'t> {
    query
        .bind(user.user_principal_name.clone())
        .bind(fold(&user.user_principal_name))
        .bind(user.display_name.clone())
        .bind(fold(&user.display_name))
        .bind(user.given_name.clone())
        .bind(user.surname.clone())
        .bind(user.mail.clone())
        .bind(user.mail.as_deref().map(str::to_ascii_lowercase))
        .bind(user.mail_nickname.clone())
        .bind(user.other_mails.clone())
        .bind(user.proxy_addresses.clone())
        .bind(user.user_type)
        .bind(user.creation_type)
        .bind(user.external_user_state)
        .bind(user.external_user_state_changed_at)
        .bind(user.account_enabled)
        .bind(user.job_title.clone())
        .bind(user.company_name.clone())
        .bind(user.department.clone())
        .bind(user.office_location.clone())
        .bind(user.mobile_phone.clone())
        .bind(user.business_phones.clone())
        .bind(user.preferred_language.clone())
        .bind(user.usage_location.clone())
        .bind(user.password_hash.clone())
        .bind(user.password_changed_at)
        .bind(user.sessions_valid_from)
}

fn reversed_mail(mail: &str) -> String {
    reversed(&mail.to_ascii_lowercase())
}

/// Writes every changeable property back if nobody changed the user since it was read; `false` otherwise. When they signed
/// in last is not among them: sign-ins note it without counting as a change.
pub async fn update(tx: &mut Transaction, user: &User, at: Timestamp) -> Result<bool> {
    let tenant = user.tenant_id;
    let Some(before) = find_even_deleted(tx, tenant, user.id).await? else { return Ok(false) };
    if !update_row(tx, user).await? {
        return Ok(false);
    }
    terms::update(tx, &before, user).await?;
    changes::note(tx, tenant, at, Change::written(Kind::User, user.id.0, user.deleted_at)).await?;
    Ok(true)
}

async fn update_row(tx: &mut Transaction, user: &User) -> Result<bool> {
    let query = tx
        .query(sql!(
            "UPDATE user_account
             SET user_principal_name = $4, user_principal_name_folded = $5, display_name = $6, display_name_folded = $7,
                 given_name = $8, surname = $9, mail = $10, mail_folded = $11, mail_nickname = $12, other_mails = $13,
                 proxy_addresses = $14, user_type = $15, creation_type = $16, external_user_state = $17,
                 external_user_state_changed_at = $18, account_enabled = $19, job_title = $20, company_name = $21,
                 department = $22, office_location = $23, mobile_phone = $24, business_phones = $25,
                 preferred_language = $26, usage_location = $27, password_hash = $28, password_changed_at = $29,
                 sessions_valid_from = $30, deleted_at = $31, mail_reversed = $32, profile = $33, version = version + 1
             WHERE tenant_id = $1 AND id = $2 AND version = $3"
        ))
        .bind(user.tenant_id)
        .bind(user.id)
        .bind(user.version);
    let rows = bind_properties(query, user)
        .bind(user.deleted_at)
        .bind(user.mail.as_deref().map(reversed_mail))
        .bind(user.profile.clone())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The user with this id; deleted ones are not found.
pub async fn find(tx: &mut Transaction, tenant: TenantId, id: UserId) -> Result<Option<User>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM user_account u WHERE u.tenant_id = $1 AND u.id = $2 AND u.deleted_at IS NULL"
    )))
    .bind(tenant)
    .bind(id)
    .fetch_optional()
    .await
}

/// The user with this id, deleted or not.
pub(super) async fn find_even_deleted(tx: &mut Transaction, tenant: TenantId, id: UserId) -> Result<Option<User>> {
    tx.query(sql!(concat!("SELECT ", columns!(), " FROM user_account u WHERE u.tenant_id = $1 AND u.id = $2")))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await
}

/// The user with this `userPrincipalName`, compared without case.
pub async fn find_by_principal_name(tx: &mut Transaction, tenant: TenantId, name: &str) -> Result<Option<User>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM user_account u
         WHERE u.tenant_id = $1 AND u.user_principal_name_folded = $2 AND u.deleted_at IS NULL"
    )))
    .bind(tenant)
    .bind(fold(name))
    .fetch_optional()
    .await
}

/// Users whose `mail` is this folded address. An address may stand on several objects; guests come first. The order is an
/// expression, because SQLite would read the whole tenant through the index of `user_type` to have it sorted.
pub async fn list_by_mail(tx: &mut Transaction, tenant: TenantId, folded: &str) -> Result<Vec<User>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM user_account u
         WHERE u.tenant_id = $1 AND u.mail_folded = $2 AND u.deleted_at IS NULL
         ORDER BY CASE u.user_type WHEN 'Guest' THEN 0 ELSE 1 END, u.created_at, u.id LIMIT 20"
    )))
    .bind(tenant)
    .bind(folded.to_owned())
    .fetch_all()
    .await
}

/// Adds a sponsor; adding one again changes nothing. A guest who had none is flagged no more.
pub async fn insert_sponsor(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    sponsor: UserId,
    at: Timestamp,
) -> Result<()> {
    insert_first_sponsor(tx, tenant, user, sponsor, at).await?;
    sponsors::unflag(tx, tenant, user).await
}

/// The same for a guest who is made in this transaction, whom nobody can have flagged.
pub async fn insert_first_sponsor(
    tx: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    sponsor: UserId,
    at: Timestamp,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO user_sponsor (tenant_id, user_id, sponsor_id, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
    ))
    .bind(tenant)
    .bind(user)
    .bind(sponsor)
    .bind(at)
    .execute()
    .await?;
    Ok(())
}

/// The sponsors of a guest, the first one first.
pub async fn list_sponsors(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<Vec<User>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM user_sponsor s
         JOIN user_account u ON u.tenant_id = s.tenant_id AND u.id = s.sponsor_id
         WHERE s.tenant_id = $1 AND s.user_id = $2 AND u.deleted_at IS NULL ORDER BY s.created_at, u.id"
    )))
    .bind(tenant)
    .bind(user)
    .fetch_all()
    .await
}

/// Users in an order; one more than the slice holds, if there is one.
pub async fn list(tx: &mut Transaction, tenant: TenantId, slice: &Slice) -> Result<Vec<User>> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL"
        )))
        .bind(tenant);
    slice.write(&mut query);
    query.fetch_all().await
}

/// How many users meet a condition.
pub async fn count(tx: &mut Transaction, tenant: TenantId, condition: Option<&Condition>) -> Result<i64> {
    let query = tx
        .query(sql!("SELECT COUNT(*) FROM user_account u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL"))
        .bind(tenant);
    count_meeting(condition, query).await
}

/// Holds a user's row until the end of the transaction; `false` if there is no such user.
pub async fn lock(tx: &mut Transaction, tenant: TenantId, user: UserId) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE user_account SET version = version WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL"
        ))
        .bind(tenant)
        .bind(user)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes when a user signed in last, with the row of the log that tells of it, and never an earlier instant than before: what voids
/// sessions relies on it. It is no change of the user: the entity tag stays.
pub async fn note_sign_in(tx: &mut Transaction, user: &User, row: EventId, at: Timestamp) -> Result<()> {
    tx.query(sql!(
        "UPDATE user_account SET last_sign_in_at = CASE WHEN last_sign_in_at > $3 THEN last_sign_in_at ELSE $3 END,
             last_sign_in_request_id = $4
         WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(user.tenant_id)
    .bind(user.id)
    .bind(at)
    .bind(row)
    .execute()
    .await?;
    Ok(())
}

/// How long the last sign-in by an app is good enough: an app that renews its tokens all day is one write in an hour.
const APP_SIGN_IN_NOTED: Duration = Duration::from_hours(1);

/// Notes when an app renewed what it holds of a user, with the row of the log that tells of it; not more often than once an
/// hour. It is no change of the user.
pub async fn note_app_sign_in(tx: &mut Transaction, user: &User, row: EventId, at: Timestamp) -> Result<()> {
    if user.last_app_sign_in_at.is_some_and(|noted| noted <= at && at < noted.plus(APP_SIGN_IN_NOTED)) {
        return Ok(());
    }
    tx.query(sql!(
        "UPDATE user_account SET last_app_sign_in_at = $3, last_app_sign_in_request_id = $4
         WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(user.tenant_id)
    .bind(user.id)
    .bind(at)
    .bind(row)
    .execute()
    .await?;
    Ok(())
}

/// Voids the sessions and refresh tokens a user has so far; `false` if there is no such user.
pub async fn revoke_sessions(tx: &mut Transaction, tenant: TenantId, id: UserId, at: Timestamp) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE user_account SET sessions_valid_from = $3, version = version + 1
             WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL"
        ))
        .bind(tenant)
        .bind(id)
        .bind(at)
        .execute()
        .await?;
    if rows == 1 {
        changes::note(tx, tenant, at, Change::set(Kind::User, id.0)).await?;
    }
    Ok(rows == 1)
}
