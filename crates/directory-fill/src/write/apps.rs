//! Applications and their service principals.

use super::cell::Cell::{self, Flag, Id, List, Number, Text, Word};
use super::guests::folded;
use super::insert_rows;
use crate::app::App;
use database::{Result, Transaction, sql};
use uuid::Uuid;

/// Writes applications that everybody may use.
pub(super) async fn insert(tx: &mut Transaction, tenant: Uuid, apps: &[App]) -> Result<()> {
    let applications = sql!(
        "INSERT INTO application (tenant_id, id, app_id, display_name, display_name_folded, sign_in_audience,
             identifier_uris, web_redirect_uris, spa_redirect_uris, public_redirect_uris, app_roles, exposed_scopes,
             required_resource_access, signing_algorithm, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    );
    insert_rows(tx, applications, tenant, apps.iter().map(registration).collect()).await?;
    let principals = sql!(
        "INSERT INTO service_principal (tenant_id, id, app_id, display_name, display_name_folded, kind, account_enabled,
             app_role_assignment_required, sessions_valid_from, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    insert_rows(tx, principals, tenant, apps.iter().map(service_principal).collect()).await
}

fn registration(app: &App) -> Vec<Cell> {
    let none = || List(Vec::new());
    vec![
        Id(app.id),
        Id(app.client),
        Text(app.display_name.clone()),
        Text(folded(&app.display_name)),
        Word("AzureADMyOrg"),
        none(),
        List(vec![app.redirect.clone()]),
        none(),
        none(),
        none(),
        none(),
        none(),
        Word("RS256"),
        Number(app.created_at),
        Number(1),
    ]
}

fn service_principal(app: &App) -> Vec<Cell> {
    vec![
        Id(app.service_principal),
        Id(app.client),
        Text(app.display_name.clone()),
        Text(folded(&app.display_name)),
        Word("Application"),
        Flag(true),
        Flag(false),
        Number(app.created_at),
        Number(app.created_at),
        Number(1),
    ]
}
