//! What stands above a tenant's pages for guests.

use super::{Tenant, branding, settings};
use crate::Server;
use crate::translations::Words;
use crate::web::language::Language;
use crate::web::reader::Reader;
use crate::web::shell::Outside;
use database::{Result, Transaction};

/// The door of a tenant, in the language of its reader. `chosen` is the language an invitation or app asks for.
pub async fn door(
    tx: &mut Transaction,
    server: &Server,
    tenant: &Tenant,
    reader: &Reader,
    chosen: Option<Language>,
) -> Result<Outside> {
    let settings = settings(tx, server, tenant.id).await?;
    let language = reader.language(chosen, Some(&settings.notification_language));
    Ok(Outside {
        words: Words(language),
        organization: Some(tenant.name.clone()),
        privacy_url: tenant.privacy_statement_url.clone(),
        privacy_mail: tenant.contact_email.clone(),
        help_url: tenant.help_url.clone(),
        address: reader.address.clone(),
        brand: branding::brand(tx, server, tenant, language).await?.map(Box::new),
    })
}
