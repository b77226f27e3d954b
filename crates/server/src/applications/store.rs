//! The SQL of applications and their secrets.

use super::application::Application;
use super::secret::ApplicationSecret;
use super::terms::PrincipalTerms;
use super::{PrincipalKept, elsewhere, terms};
use crate::changes::{self, Change, Kind};
use crate::graph::query::{Condition, Slice, count_meeting, write_condition};
use crate::platform::ids::{ApplicationId, ClientId, KeyId, TenantId};
use crate::users::fold;
use database::{Query, Result, Timestamp, Transaction, sql};
use sqlx::types::Json;
use uuid::Uuid;

macro_rules! columns {
    () => {
        "a.tenant_id, a.id, a.app_id, a.display_name, a.description, a.sign_in_audience, a.identifier_uris,
         a.web_redirect_uris, a.spa_redirect_uris, a.public_redirect_uris, a.home_page_url, a.logout_url, a.app_roles,
         a.exposed_scopes, a.required_resource_access, a.group_membership_claims, a.optional_claims, a.pre_authorized,
         a.kept, a.unique_name, a.signing_algorithm, a.created_at, a.deleted_at, a.version"
    };
}

macro_rules! secret_columns {
    () => {
        "t.tenant_id, t.id, t.application_id, t.service_principal_id, t.display_name, t.hint, t.secret_hash, t.starts_at,
         t.ends_at"
    };
}

pub(super) use columns;
pub(super) use secret_columns;

/// Adds a registration; `false` if another one has its unique name.
pub async fn insert(tx: &mut Transaction, application: &Application) -> Result<bool> {
    let query = tx
        .query(sql!(
            "INSERT INTO application (tenant_id, id, app_id, display_name, display_name_folded, description,
                 sign_in_audience, identifier_uris, web_redirect_uris, spa_redirect_uris, public_redirect_uris,
                 home_page_url, logout_url, app_roles, exposed_scopes, required_resource_access, signing_algorithm,
                 group_membership_claims, optional_claims, pre_authorized, kept, created_at, unique_name,
                 unique_name_folded, version, words_kept)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, 1, TRUE)
             ON CONFLICT DO NOTHING"
        ))
        .bind(application.tenant_id)
        .bind(application.id)
        .bind(application.app_id);
    let rows = bind_properties(query, application)
        .bind(application.created_at)
        .bind(application.unique_name.clone())
        .bind(application.unique_name.as_deref().map(fold))
        .execute()
        .await?;
    if rows == 1 {
        terms::keep(tx, application).await?;
        let change = Change::set(Kind::Application, application.id.0);
        changes::note(tx, application.tenant_id, application.created_at, change).await?;
    }
    Ok(rows == 1)
}

/// Binds what new and changed rows have in common, in one order: from `display_name` to `kept`.
fn bind_properties<'t>(query: Query<'t>, application: &Application) -> Query<'t> {
    query
        .bind(application.display_name.clone())
        .bind(fold(&application.display_name))
        .bind(application.description.clone())
        .bind(application.sign_in_audience)
        .bind(application.identifier_uris.clone())
        .bind(application.web_redirect_uris.clone())
        .bind(application.spa_redirect_uris.clone())
        .bind(application.public_redirect_uris.clone())
        .bind(application.home_page_url.clone())
        .bind(application.logout_url.clone())
        .bind(application.app_roles.clone())
        .bind(application.exposed_scopes.clone())
        .bind(application.required_resource_access.clone())
        .bind(application.signing_algorithm)
        .bind(application.group_membership_claims.clone())
        .bind(application.optional_claims.clone())
        .bind(application.pre_authorized.clone())
        .bind(application.kept.clone())
}

/// Writes every changeable property back if nobody changed the registration since it was read; `false` otherwise.
pub async fn update(tx: &mut Transaction, application: &Application, at: Timestamp) -> Result<bool> {
    let is_found_anew = !terms::are_kept(tx, application).await?;
    if !update_row(tx, application).await? {
        return Ok(false);
    }
    if is_found_anew {
        terms::keep(tx, application).await?;
        tell_principals(tx, application).await?;
    }
    let mut changed = elsewhere::copy(tx, application, is_found_anew).await?;
    let change = Change::written(Kind::Application, application.id.0, application.deleted_at);
    changed.push((application.tenant_id, change));
    // In one order for everybody: the log of each tenant is held until the transaction ends.
    changed.sort_by_key(|(tenant, _)| tenant.0);
    for (tenant, change) in changed {
        changes::note(tx, tenant, at, change).await?;
    }
    Ok(true)
}

async fn update_row(tx: &mut Transaction, application: &Application) -> Result<bool> {
    let query = tx
        .query(sql!(
            "UPDATE application
             SET display_name = $4, display_name_folded = $5, description = $6, sign_in_audience = $7,
                 identifier_uris = $8, web_redirect_uris = $9, spa_redirect_uris = $10, public_redirect_uris = $11,
                 home_page_url = $12, logout_url = $13, app_roles = $14, exposed_scopes = $15,
                 required_resource_access = $16, signing_algorithm = $17, group_membership_claims = $18,
                 optional_claims = $19, pre_authorized = $20, kept = $21, deleted_at = $22, words_kept = TRUE,
                 version = version + 1
             WHERE tenant_id = $1 AND id = $2 AND version = $3"
        ))
        .bind(application.tenant_id)
        .bind(application.id)
        .bind(application.version);
    let rows = bind_properties(query, application).bind(application.deleted_at).execute().await?;
    Ok(rows == 1)
}

/// Calls the service principals of a registration as it is called, and has them found by what it says, so that an index leads to
/// them; also those that were deleted by themselves, which are listed and may come back. It is no change of theirs.
async fn tell_principals(tx: &mut Transaction, registration: &Application) -> Result<()> {
    let (tenant, name) = (registration.tenant_id, &registration.display_name);
    // One after the other: each is led by an index of its own.
    for statement in [
        sql!(
            "UPDATE service_principal SET display_name = $3, display_name_folded = $4, words_kept = TRUE
             WHERE tenant_id = $1 AND app_id = $2 AND deleted_at IS NULL RETURNING id, kept"
        ),
        sql!(
            "UPDATE service_principal SET display_name = $3, display_name_folded = $4, words_kept = TRUE
             WHERE tenant_id = $1 AND app_id = $2 AND deleted_at IS NOT NULL RETURNING id, kept"
        ),
    ] {
        let named = tx.query(statement).bind(tenant).bind(registration.app_id).bind(name.clone()).bind(fold(name));
        let told: Vec<(Uuid, Json<PrincipalKept>)> = named.fetch_all().await?;
        for (principal, kept) in told {
            PrincipalTerms::of(registration, &kept).keep(tx, tenant, principal).await?;
        }
    }
    Ok(())
}

/// Holds the row of a registration until the end of the transaction, so that two forms about one app come one after the
/// other, also those whose rows stand elsewhere. `false` if it is deleted.
pub async fn lock(tx: &mut Transaction, tenant: TenantId, id: ApplicationId) -> Result<bool> {
    let rows = tx
        .query(sql!("UPDATE application SET version = version WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL"))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The registration with this object id; deleted ones are not found.
pub async fn find(tx: &mut Transaction, tenant: TenantId, id: ApplicationId) -> Result<Option<Application>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM application a WHERE a.tenant_id = $1 AND a.id = $2 AND a.deleted_at IS NULL"
    )))
    .bind(tenant)
    .bind(id)
    .fetch_optional()
    .await
}

/// The registration with this client id; deleted ones are not found.
pub async fn find_by_client(tx: &mut Transaction, tenant: TenantId, client: ClientId) -> Result<Option<Application>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM application a WHERE a.tenant_id = $1 AND a.app_id = $2 AND a.deleted_at IS NULL"
    )))
    .bind(tenant)
    .bind(client)
    .fetch_optional()
    .await
}

/// The registration with this unique name, in small letters; deleted ones are not found.
pub async fn find_by_unique_name(tx: &mut Transaction, tenant: TenantId, name: &str) -> Result<Option<Application>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM application a WHERE a.tenant_id = $1 AND a.unique_name_folded = $2 AND a.deleted_at IS NULL"
    )))
    .bind(tenant)
    .bind(name)
    .fetch_optional()
    .await
}

/// Every registration of a tenant, by name.
pub async fn list(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<Application>> {
    tx.query(sql!(concat!(
        "SELECT ",
        columns!(),
        " FROM application a WHERE a.tenant_id = $1 AND a.deleted_at IS NULL ORDER BY a.display_name_folded, a.id"
    )))
    .bind(tenant)
    .fetch_all()
    .await
}

/// Applications in an order; one more than the slice holds, if there is one.
pub async fn list_slice(tx: &mut Transaction, tenant: TenantId, slice: &Slice) -> Result<Vec<Application>> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM application a WHERE a.tenant_id = $1 AND a.deleted_at IS NULL"
        )))
        .bind(tenant);
    slice.write(&mut query);
    query.fetch_all().await
}

/// The same of those that offer something to other apps: scopes, or roles.
pub async fn list_offering(tx: &mut Transaction, tenant: TenantId, slice: &Slice) -> Result<Vec<Application>> {
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM application a WHERE a.tenant_id = $1 AND a.deleted_at IS NULL
                AND (a.exposed_scopes <> '[]' OR a.app_roles <> '[]')"
        )))
        .bind(tenant);
    slice.write(&mut query);
    query.fetch_all().await
}

/// How many applications meet a condition.
pub async fn count(tx: &mut Transaction, tenant: TenantId, condition: Option<&Condition>) -> Result<i64> {
    let query = tx
        .query(sql!("SELECT COUNT(*) FROM application a WHERE a.tenant_id = $1 AND a.deleted_at IS NULL"))
        .bind(tenant);
    count_meeting(condition, query).await
}

/// Adds a secret.
pub async fn insert_secret(tx: &mut Transaction, secret: &ApplicationSecret, at: Timestamp) -> Result<()> {
    let secret = secret.clone();
    let tenant = secret.tenant_id;
    let change = match secret.service_principal_id {
        Some(principal) => Change::set(Kind::ServicePrincipal, principal.0),
        None => Change::set(Kind::Application, secret.application_id.0),
    };
    tx.query(sql!(
        "INSERT INTO application_secret (tenant_id, id, application_id, display_name, hint, secret_hash, starts_at, ends_at,
                                         service_principal_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    ))
    .bind(secret.tenant_id)
    .bind(secret.id)
    .bind(secret.application_id)
    .bind(secret.display_name)
    .bind(secret.hint)
    .bind(secret.secret_hash)
    .bind(secret.starts_at)
    .bind(secret.ends_at)
    .bind(secret.service_principal_id)
    .execute()
    .await?;
    changes::note(tx, tenant, at, change).await
}

/// The secrets of an application and of its service principals, ended ones included, the newest first.
pub async fn list_secrets(
    tx: &mut Transaction,
    tenant: TenantId,
    application: ApplicationId,
) -> Result<Vec<ApplicationSecret>> {
    tx.query(sql!(concat!(
        "SELECT ",
        secret_columns!(),
        " FROM application_secret t WHERE t.tenant_id = $1 AND t.application_id = $2 ORDER BY t.starts_at DESC, t.id"
    )))
    .bind(tenant)
    .bind(application)
    .fetch_all()
    .await
}

/// The secrets of several registrations, the newest first; those of their service principals are not among them.
pub async fn list_secrets_of(
    tx: &mut Transaction,
    tenant: TenantId,
    applications: &[ApplicationId],
) -> Result<Vec<ApplicationSecret>> {
    if applications.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx
        .query(sql!(concat!(
            "SELECT ",
            secret_columns!(),
            " FROM application_secret t WHERE t.tenant_id = $1 AND t.service_principal_id IS NULL"
        )))
        .bind(tenant);
    let ids = applications.iter().map(|application| application.0);
    write_condition(Some(&Condition::one_of("t.application_id", ids)), &mut query);
    query.push(" ORDER BY t.starts_at DESC, t.id");
    query.fetch_all().await
}

/// Removes a secret of a registration; `false` if it has no such one.
pub async fn delete_secret(
    tx: &mut Transaction,
    tenant: TenantId,
    application: ApplicationId,
    secret: KeyId,
    at: Timestamp,
) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "DELETE FROM application_secret
             WHERE tenant_id = $1 AND application_id = $2 AND id = $3 AND service_principal_id IS NULL"
        ))
        .bind(tenant)
        .bind(application)
        .bind(secret)
        .execute()
        .await?;
    if rows == 1 {
        changes::note(tx, tenant, at, Change::set(Kind::Application, application.0)).await?;
    }
    Ok(rows == 1)
}
