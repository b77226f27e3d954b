//! How people stand at the apps that read tokens about them.

use super::client::Client;
use super::error::EndpointError;
use super::memberships::{self, Memberships};
use super::optional_claims::{self, Extras};
use super::person::Person;
use super::resource::Resource;
use super::told::Told;
use crate::Server;
use crate::service_principals;
use database::Transaction;
use oauth::error::aadsts;

/// How a person stands at an app that reads a token about them.
pub struct There {
    /// The values of their roles.
    pub roles: Vec<String>,
    /// The groups and directory roles that it is told.
    pub memberships: Memberships,
    /// What else it is told.
    pub extras: Extras,
}

impl There {
    /// How they stand at the resource, if it is another app than the one that asks.
    ///
    /// # Errors
    /// AADSTS50105 when they may not use that app.
    pub async fn at(
        tx: &mut Transaction,
        server: &Server,
        client: &Client,
        resource: &Resource,
        person: &Person,
    ) -> Result<Option<Self>, EndpointError> {
        let Some(reader) = resource.app.as_ref().filter(|app| app.id() != client.id()) else { return Ok(None) };
        let user = &person.user;
        let (tenant, app) = (user.tenant_id, &reader.principal);
        if app.app_role_assignment_required && !service_principals::is_assigned(tx, tenant, user.id, app.id).await? {
            return Err(aadsts::NOT_ASSIGNED.error().naming(&app.display_name).into());
        }
        let roles = service_principals::roles_of(tx, tenant, user.id, app).await?;
        let told = Told::by(tx, server, reader, user).await?;
        let memberships = memberships::of(tx, server, (reader, told), user).await?;
        let wanted = &reader.application.optional_claims.access_token;
        let extras = optional_claims::of(tx, server, wanted, (user, person.outside.as_ref(), told)).await?;
        Ok(Some(Self { roles, memberships, extras }))
    }
}
