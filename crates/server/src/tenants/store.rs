//! The SQL of tenants.

use super::domains::DomainClaim;
use super::{CollaborationSettings, Domain, Tenant};
use crate::graph::query::{Condition, Value};
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
    tx.query(sql!(
        "SELECT id, name, initial_domain, default_domain, created_at, privacy_statement_url, contact_email,
                technical_notification_mails, profile, help_url, version
         FROM tenant WHERE id = $1"
    ))
    .bind(id)
    .fetch_optional()
    .await
}

/// Those of these tenants that there are, in no order.
pub async fn list_some(tx: &mut Transaction, ids: &[TenantId]) -> Result<Vec<Tenant>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx.query(sql_across!(
        "an app says which tenant it comes from",
        "SELECT t.id, t.name, t.initial_domain, t.default_domain, t.created_at, t.privacy_statement_url, t.contact_email,
                t.technical_notification_mails, t.profile, t.help_url, t.version
         FROM tenant t"
    ));
    query.push(" WHERE ");
    Condition::Among { column: "t.id", values: ids.iter().map(|id| Value::Id(id.0)).collect() }.write(&mut query);
    query.fetch_all().await
}

/// Replaces what a tenant says about itself if nobody changed it since it was read; `false` otherwise.
pub async fn update(tx: &mut Transaction, tenant: &Tenant) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE tenant SET privacy_statement_url = $3, help_url = $4, contact_email = $5,
                 technical_notification_mails = $6, profile = $7, version = version + 1
             WHERE id = $1 AND version = $2"
        ))
        .bind(tenant.id)
        .bind(tenant.version)
        .bind(tenant.privacy_statement_url.clone())
        .bind(tenant.help_url.clone())
        .bind(tenant.contact_email.clone())
        .bind(tenant.technical_notification_mails.clone())
        .bind(tenant.profile.clone())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Makes whoever else takes domains from this tenant or chooses among them wait until this transaction has ended.
pub async fn lock(tx: &mut Transaction, tenant: TenantId) -> Result<()> {
    tx.query(sql!("UPDATE tenant SET version = version WHERE id = $1")).bind(tenant).execute().await?;
    Ok(())
}

/// Chooses the domain a tenant is known by.
pub async fn set_default_domain(tx: &mut Transaction, tenant: TenantId, name: &str) -> Result<()> {
    tx.query(sql!("UPDATE tenant SET default_domain = $2, version = version + 1 WHERE id = $1"))
        .bind(tenant)
        .bind(name.to_owned())
        .execute()
        .await?;
    Ok(())
}

/// Every tenant, in the order of their making; for the command line.
pub async fn list(tx: &mut Transaction) -> Result<Vec<Tenant>> {
    tx.query(sql_across!(
        "an operator lists tenants",
        "SELECT id, name, initial_domain, default_domain, created_at, privacy_statement_url, contact_email,
                technical_notification_mails, profile, help_url, version
         FROM tenant ORDER BY created_at, id"
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

/// Whether the name of a user ends in this domain; deleted users count, because they can come back.
pub async fn is_domain_of_a_name(tx: &mut Transaction, tenant: TenantId, domain: &str) -> Result<bool> {
    let found: Option<(TenantId,)> = tx
        .query(sql!(
            "SELECT tenant_id FROM user_account WHERE tenant_id = $1 AND user_principal_name_folded LIKE $2 LIMIT 1"
        ))
        .bind(tenant)
        .bind(format!("%@{domain}"))
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

/// Takes a proved domain from its tenant; `false` if it has none of this name.
pub async fn delete_domain(tx: &mut Transaction, tenant: TenantId, name: &str) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM domain WHERE tenant_id = $1 AND name = $2 AND NOT is_initial"))
        .bind(tenant)
        .bind(name.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Names a domain that is to be proved; `false` if it is named already.
pub async fn insert_claim(tx: &mut Transaction, tenant: TenantId, claim: &DomainClaim) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO domain_claim (tenant_id, name, proof, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
        ))
        .bind(tenant)
        .bind(claim.name.clone())
        .bind(claim.proof.clone())
        .bind(claim.created_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The domains that a tenant has named and not proved.
pub async fn list_claims(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<DomainClaim>> {
    tx.query(sql!("SELECT name, proof, created_at FROM domain_claim WHERE tenant_id = $1 ORDER BY name"))
        .bind(tenant)
        .fetch_all()
        .await
}

/// Forgets that a domain is to be proved; `false` if it was not.
pub async fn delete_claim(tx: &mut Transaction, tenant: TenantId, name: &str) -> Result<bool> {
    let rows = tx
        .query(sql!("DELETE FROM domain_claim WHERE tenant_id = $1 AND name = $2"))
        .bind(tenant)
        .bind(name.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Adds the settings of a new tenant.
pub async fn insert_settings(tx: &mut Transaction, tenant: TenantId, settings: &CollaborationSettings) -> Result<()> {
    let settings = settings.clone();
    tx.query(sql!(
        "INSERT INTO collaboration_settings (tenant_id, allow_invites_from, guest_user_role_id, domain_list_kind,
             listed_domains, landing_addresses, extra_landing_addresses, wide_addresses, invitation_lifetime,
             notification_language, creates_apps, creates_groups, reads_others, consent_policies,
             privileged_roles_for_guests, passcodes_for_guests, kept_switches, domain_list_beside, guests_may_leave,
             version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 1)"
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
    .bind(settings.creates_apps)
    .bind(settings.creates_groups)
    .bind(settings.reads_others)
    .bind(settings.consent_policies)
    .bind(settings.privileged_roles_for_guests)
    .bind(settings.passcodes_for_guests)
    .bind(settings.kept_switches)
    .bind(settings.domain_list_beside)
    .bind(settings.guests_may_leave)
    .execute()
    .await?;
    Ok(())
}

/// The settings of a tenant.
pub async fn get_settings(tx: &mut Transaction, tenant: TenantId) -> Result<CollaborationSettings> {
    tx.query(sql!(
        "SELECT allow_invites_from, guest_user_role_id, domain_list_kind, listed_domains, landing_addresses,
                extra_landing_addresses, wide_addresses, invitation_lifetime, notification_language, creates_apps,
                creates_groups, reads_others, consent_policies, privileged_roles_for_guests, passcodes_for_guests,
                kept_switches, domain_list_beside, guests_may_leave, version
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
                 notification_language = $11, creates_apps = $12, creates_groups = $13, reads_others = $14,
                 consent_policies = $15, privileged_roles_for_guests = $16, passcodes_for_guests = $17,
                 kept_switches = $18, domain_list_beside = $19, guests_may_leave = $20, version = version + 1
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
        .bind(settings.creates_apps)
        .bind(settings.creates_groups)
        .bind(settings.reads_others)
        .bind(settings.consent_policies)
        .bind(settings.privileged_roles_for_guests)
        .bind(settings.passcodes_for_guests)
        .bind(settings.kept_switches)
        .bind(settings.domain_list_beside)
        .bind(settings.guests_may_leave)
        .execute()
        .await?;
    Ok(rows == 1)
}
