//! The first segment of the provider's paths: a tenant by id or verified domain, or one of Microsoft's aliases.

use super::error::EndpointError;
use crate::Server;
use crate::tenants::{self, Tenant};
use database::Transaction;
use oauth::error::aadsts;
use std::sync::Arc;

/// Names that stand for whatever tenant a person comes from.
const ALIASES: [&str; 3] = ["common", "organizations", "consumers"];

/// Whether the segment leaves the tenant open.
pub fn is_alias(segment: &str) -> bool {
    ALIASES.contains(&segment)
}

/// The tenant of a path. Apps here belong to one tenant, so an alias is answered with the advice to name it: a guest gets
/// tokens at the door of the organisation that invited, never at home.
pub async fn resolve(tx: &mut Transaction, server: &Server, segment: &str) -> Result<Arc<Tenant>, EndpointError> {
    if is_alias(segment) {
        return Err(aadsts::NOT_MULTITENANT.error().naming(segment).into());
    }
    let tenant = tenants::resolve(tx, server, segment).await?;
    tenant.ok_or_else(|| aadsts::TENANT_NOT_FOUND.error().naming(segment).into())
}
