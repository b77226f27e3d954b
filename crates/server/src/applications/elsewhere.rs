//! Registrations whose apps other tenants use: found there by the client id alone, and copied to where they are used.

use super::PrincipalKept;
use super::application::Application;
use super::store::{self, columns};
use super::terms::PrincipalTerms;
use crate::changes::{Change, Kind};
use crate::graph::query::{Condition, write_condition};
use crate::platform::ids::{ClientId, ServicePrincipalId, TenantId};
use crate::users::fold;
use database::{Query, Result, Timestamp, Transaction, sql_across};
use sqlx::types::Json;
use uuid::Uuid;

/// The registration with this client id, wherever it is, if it is for several organisations; deleted ones are not found. What is
/// for one organisation alone is found by nobody else, so that nothing is told of it.
///
/// Client ids are random, so that two registrations never have the same one; if they did all the same, neither would be found.
pub async fn find(tx: &mut Transaction, client: ClientId) -> Result<Option<Application>> {
    let mut found: Vec<Application> = tx
        .query(sql_across!(
            "an app of another tenant is named by its client id alone, and is for several organisations",
            concat!(
                "SELECT ",
                columns!(),
                " FROM application a
                  WHERE a.app_id = $1 AND a.sign_in_audience = 'AzureADMultipleOrgs' AND a.deleted_at IS NULL LIMIT 2"
            )
        ))
        .bind(client)
        .fetch_all()
        .await?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// The registration of an app that is used in another tenant than its own, as long as it is for several organisations.
pub async fn find_at_home(tx: &mut Transaction, home: TenantId, client: ClientId) -> Result<Option<Application>> {
    Ok(store::find_by_client(tx, home, client).await?.filter(Application::is_for_several))
}

/// The registrations of other tenants' apps that are used in this one, as long as they are for several organisations; the first that
/// came in first.
pub async fn list_used(tx: &mut Transaction, tenant: TenantId) -> Result<Vec<Application>> {
    let mut query = used(tx, tenant);
    query.push(" ORDER BY s.id");
    query.fetch_all().await
}

/// The same of the apps that stand here as these service principals, of which there is one at least; in no order.
pub async fn list_used_as(
    tx: &mut Transaction,
    tenant: TenantId,
    principals: &[ServicePrincipalId],
) -> Result<Vec<Application>> {
    let mut query = used(tx, tenant);
    write_condition(Some(&Condition::one_of("s.id", principals.iter().map(|id| id.0))), &mut query);
    query.fetch_all().await
}

fn used(tx: &mut Transaction, tenant: TenantId) -> Query<'_> {
    tx.query(sql_across!(
        "an app of another tenant is registered there, and used in this one",
        concat!(
            "SELECT ",
            columns!(),
            " FROM service_principal s JOIN application a ON a.tenant_id = s.home_tenant_id AND a.app_id = s.app_id
              WHERE s.tenant_id = $1 AND s.home_tenant_id IS NOT NULL AND s.deleted_at IS NULL
                AND a.sign_in_audience = 'AzureADMultipleOrgs' AND a.deleted_at IS NULL"
        )
    ))
    .bind(tenant)
}

/// Copies what a registration says of itself to the service principals of other tenants, those that were deleted by themselves
/// included; what is to be noted in which tenant. Their logs are not written here, because they have to be in one order. What they
/// are found by is looked at only where it may be another: there may be more than a thousand rows in each tenant.
pub(super) async fn copy(
    tx: &mut Transaction,
    registration: &Application,
    is_found_anew: bool,
) -> Result<Vec<(TenantId, Change)>> {
    let copied: Vec<(TenantId, Uuid, Option<Timestamp>, Json<PrincipalKept>)> = tx
        .query(sql_across!(
            "what a registration says of itself is shown in every tenant in which its app is used",
            "UPDATE service_principal
             SET display_name = $3, display_name_folded = $4, home_page_url = $5, redirect_uris = $6, app_roles = $7,
                 exposed_scopes = $8, sign_in_audience = $9, app_description = $10, logout_url = $11, identifier_uris = $12,
                 app_kept = $13, words_kept = words_kept OR $14
             WHERE home_tenant_id = $1 AND app_id = $2 RETURNING tenant_id, id, deleted_at, kept"
        ))
        .bind(registration.tenant_id)
        .bind(registration.app_id)
        .bind(registration.display_name.clone())
        .bind(fold(&registration.display_name))
        .bind(registration.home_page_url.clone())
        .bind(reply_urls(registration))
        .bind(registration.app_roles.clone())
        .bind(registration.exposed_scopes.clone())
        .bind(registration.sign_in_audience)
        .bind(registration.description.clone())
        .bind(registration.logout_url.clone())
        .bind(registration.identifier_uris.clone())
        .bind(Json(registration.kept.shown()))
        .bind(is_found_anew)
        .fetch_all()
        .await?;
    let mut changed = Vec::with_capacity(copied.len());
    for (tenant, id, deleted_at, kept) in copied {
        if is_found_anew {
            PrincipalTerms::of(registration, &kept).keep(tx, tenant, id).await?;
        }
        if deleted_at.is_none() {
            changed.push((tenant, Change::set(Kind::ServicePrincipal, id)));
        }
    }
    Ok(changed)
}

/// Every redirect address of a registration, whatever runs there (Graph: servicePrincipal, replyUrls).
pub fn reply_urls(registration: &Application) -> Json<Vec<String>> {
    Json(registration.redirects().into_iter().map(|redirect| redirect.uri).collect())
}
