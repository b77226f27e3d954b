//! The SQL of tenants.

use super::{CollaborationSettings, Domain, Tenant};
use crate::platform::ids::TenantId;
use database::{Result, Timestamp, Transaction, sql, sql_across};

/// Adds a tenant.
pub async fn insert(tx: &mut Transaction, tenant: &Tenant) -> Result<()> {
    tx.query(sql!("INSERT INTO tenant (id, name, initial_domain, created_at, version) VALUES ($1, $2, $3, $4, 1)"))
        .bind(tenant.id)
        .bind(tenant.name.clone())
        .bind(tenant.initial_domain.clone())
        .bind(tenant.created_at)
        .execute()
        .await?;
    Ok(())
}

/// The tenant with this id.
pub async fn find(tx: &mut Transaction, id: TenantId) -> Result<Option<Tenant>> {
    tx.query(sql!("SELECT id, name, initial_domain, created_at, privacy_statement_url, help_url, version FROM tenant WHERE id = $1"))
        .bind(id)
        .fetch_optional()
        .await
}

/// Replaces what a tenant says about itself if nobody changed it since it was read; `false` otherwise.
pub async fn update(tx: &mut Transaction, tenant: &Tenant) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE tenant SET privacy_statement_url = $3, help_url = $4, version = version + 1
             WHERE id = $1 AND version = $2"
        ))
        .bind(tenant.id)
        .bind(tenant.version)
        .bind(tenant.privacy_statement_url.clone())
        .bind(tenant.help_url.clone())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Every tenant, in the order of their making; for the command line.
pub async fn list(tx: &mut Transaction) -> Result<Vec<Tenant>> {
    tx.query(sql_across!(
        "an operator lists tenants",
        "SELECT id, name, initial_domain, created_at, privacy_statement_url, help_url, version FROM tenant ORDER BY created_at, id"
    ))
    .fetch_all()
    .await
}

/// Adds a proved domain. A conflict means that it belongs to somebody already.
pub async fn insert_domain(
    tx: &mut Transaction,
    tenant: TenantId,
    domain: &Domain,
    initial: bool,
    at: Timestamp,
) -> Result<()> {
    tx.query(sql!("INSERT INTO domain (tenant_id, name, is_initial, verified_at) VALUES ($1, $2, $3, $4)"))
        .bind(tenant)
        .bind(domain.as_str().to_owned())
        .bind(initial)
        .bind(at)
        .execute()
        .await?;
    Ok(())
}

/// Whose domain it is.
pub async fn find_domain(tx: &mut Transaction, domain: &Domain) -> Result<Option<TenantId>> {
    let row: Option<(TenantId,)> = tx
        .query(sql_across!("a domain leads to its tenant", "SELECT tenant_id FROM domain WHERE name = $1"))
        .bind(domain.as_str().to_owned())
        .fetch_optional()
        .await?;
    Ok(row.map(|(tenant,)| tenant))
}

/// The domains a tenant has proved, its initial one first.
pub async fn list_domains(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .query(sql!("SELECT name FROM domain WHERE tenant_id = $1 ORDER BY is_initial DESC, name"))
        .bind(tenant)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Adds the settings of a new tenant.
pub async fn insert_settings(tx: &mut Transaction, tenant: TenantId, settings: &CollaborationSettings) -> Result<()> {
    let settings = settings.clone();
    tx.query(sql!(
        "INSERT INTO collaboration_settings (tenant_id, allow_invites_from, guest_user_role_id, domain_list_kind,
             listed_domains, landing_addresses, extra_landing_addresses, wide_addresses, invitation_lifetime,
             notification_language, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)"
    ))
    .bind(tenant)
    .bind(settings.allow_invites_from)
    .bind(settings.guest_user_role_id)
    .bind(settings.domain_list_kind)
    .bind(settings.listed_domains)
    .bind(settings.landing_addresses)
    .bind(settings.extra_landing_addresses)
    .bind(settings.wide_addresses)
    .bind(settings.invitation_lifetime)
    .bind(settings.notification_language)
    .execute()
    .await?;
    Ok(())
}

/// The settings of a tenant.
pub async fn get_settings(tx: &mut Transaction, tenant: TenantId) -> Result<CollaborationSettings> {
    tx.query(sql!(
        "SELECT allow_invites_from, guest_user_role_id, domain_list_kind, listed_domains, landing_addresses,
                extra_landing_addresses, wide_addresses, invitation_lifetime, notification_language, version
         FROM collaboration_settings WHERE tenant_id = $1"
    ))
    .bind(tenant)
    .fetch_one()
    .await
}

/// Replaces the settings if nobody changed them since they were read; `false` otherwise.
pub async fn update_settings(tx: &mut Transaction, tenant: TenantId, settings: &CollaborationSettings) -> Result<bool> {
    let settings = settings.clone();
    let rows = tx
        .query(sql!(
            "UPDATE collaboration_settings
             SET allow_invites_from = $3, guest_user_role_id = $4, domain_list_kind = $5, listed_domains = $6,
                 landing_addresses = $7, extra_landing_addresses = $8, wide_addresses = $9, invitation_lifetime = $10,
                 notification_language = $11, version = version + 1
             WHERE tenant_id = $1 AND version = $2"
        ))
        .bind(tenant)
        .bind(settings.version)
        .bind(settings.allow_invites_from)
        .bind(settings.guest_user_role_id)
        .bind(settings.domain_list_kind)
        .bind(settings.listed_domains)
        .bind(settings.landing_addresses)
        .bind(settings.extra_landing_addresses)
        .bind(settings.wide_addresses)
        .bind(settings.invitation_lifetime)
        .bind(settings.notification_language)
        .execute()
        .await?;
    Ok(rows == 1)
}
