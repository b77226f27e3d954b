//! What a token is for: the one resource of a request, and what the token allows there.

use super::audience;
use super::client::Client;
use super::error::EndpointError;
use crate::Server;
use crate::graph::Permission;
use crate::platform::ids::{ClientId, TenantId};
use crate::service_principals::{self, ServicePrincipal};
use database::Transaction;
use oauth::error::aadsts;
use oauth::jose::Algorithm;
use oauth::scope::{self, OpenIdScope, ResourceScopes, Scopes};
use std::sync::Arc;

/// Who will read the access token.
pub struct Resource {
    /// Its `aud`: the resource in the words of the client.
    pub audience: String,
    /// The app, unless it is the Graph-like API.
    pub app: Option<Arc<Client>>,
    /// How the token is signed.
    pub algorithm: Algorithm,
}

/// What an app may do for a person.
pub struct Delegation {
    /// Where.
    pub resource: Resource,
    /// The words of `scp`.
    pub scopes: Vec<String>,
}

impl Resource {
    /// How the app stands in the tenant, unless it is the Graph-like API.
    pub fn principal(&self) -> Option<&ServicePrincipal> {
        self.app.as_ref().map(|app| &app.principal)
    }

    /// The name in the sign-in log.
    pub fn display_name(&self) -> String {
        self.principal().map_or_else(|| "Vestibule Graph".to_owned(), |app| app.display_name.clone())
    }
}

/// The resource of the scopes. Only `OpenID` Connect scopes mean the Graph-like API, which serves userinfo.
async fn find(
    tx: &mut Transaction,
    server: &Server,
    client: &Client,
    scopes: &Scopes,
    asked: Option<&ResourceScopes<'_>>,
) -> Result<Resource, EndpointError> {
    if let Some(ResourceScopes { resource: scope::Resource::Identifier(identifier), .. }) = asked {
        return app(tx, server, client.application.tenant_id, identifier).await;
    }
    let audience = audience::of_directory_api(&server.settings, scopes);
    Ok(Resource { audience, app: None, algorithm: client.algorithm() })
}

/// An app by its client id or one of its identifier URIs, each of which holds the client id.
async fn app(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    identifier: &str,
) -> Result<Resource, EndpointError> {
    let unknown = || aadsts::RESOURCE_NOT_FOUND.error().naming(identifier);
    let id = identifier.strip_prefix("api://").unwrap_or(identifier);
    let id: ClientId = id.split('/').next().unwrap_or_default().parse().map_err(|_| unknown())?;
    let app = Client::registered(tx, server, tenant, id).await?.ok_or_else(unknown)?;
    let is_name = identifier == id.to_string()
        || identifier == format!("api://{id}")
        || app.application.identifier_uris.iter().any(|uri| uri == identifier);
    if !is_name || !app.principal.account_enabled {
        return Err(unknown().into());
    }
    Ok(Resource { audience: identifier.to_owned(), algorithm: app.algorithm(), app: Some(app) })
}

/// The resource of a program's own token.
pub async fn of_program(
    tx: &mut Transaction,
    server: &Server,
    client: &Client,
    scopes: &Scopes,
) -> Result<Resource, EndpointError> {
    let asked = scopes.resource(|name| audience::is_directory_api(&server.settings, name))?;
    find(tx, server, client, scopes, asked.as_ref()).await
}

/// What the app gets for a person: what it asks for, if an administrator granted that to it.
pub async fn delegate(
    tx: &mut Transaction,
    server: &Server,
    client: &Client,
    scopes: &Scopes,
) -> Result<Delegation, EndpointError> {
    let asked = scopes.resource(|name| audience::is_directory_api(&server.settings, name))?;
    let resource = find(tx, server, client, scopes, asked.as_ref()).await?;
    let mut words = match (&asked, resource.principal()) {
        (None, _) => Vec::new(),
        (Some(asked), Some(app)) => exposed(client, app, asked)?,
        (Some(asked), None) => granted(tx, server, client, asked).await?,
    };
    if resource.app.is_none() {
        words.extend(openid_words(scopes));
    }
    Ok(Delegation { resource, scopes: words })
}

/// Permissions of the Graph-like API: `User.Read` is anybody's, everything else an administrator's to give.
async fn granted(
    tx: &mut Transaction,
    server: &Server,
    client: &Client,
    asked: &ResourceScopes<'_>,
) -> Result<Vec<String>, EndpointError> {
    let principal = &client.principal;
    let granted = service_principals::held_scope(tx, server, principal.tenant_id, principal.id).await?;
    let is_granted = |permission: &Permission| *permission == Permission::UserRead || granted.contains(permission);
    if asked.is_default() {
        let user_read = (!granted.contains(&Permission::UserRead)).then_some(&Permission::UserRead);
        return Ok(granted.iter().chain(user_read).map(|permission| permission.name().to_owned()).collect());
    }
    let names = asked.names.iter().map(|name| {
        let permission = Permission::from_name(name).filter(|permission| permission.scope_id().is_some());
        let permission = permission.ok_or_else(|| aadsts::INVALID_SCOPE.error().naming(name))?;
        if !is_granted(&permission) {
            return Err(aadsts::CONSENT_MISSING.error().naming(name));
        }
        Ok(permission.name().to_owned())
    });
    Ok(names.collect::<Result<_, oauth::Error>>()?)
}

/// Scopes of an app. An app may always ask for itself; grants between apps are not given here yet.
fn exposed(client: &Client, app: &ServicePrincipal, asked: &ResourceScopes<'_>) -> Result<Vec<String>, EndpointError> {
    let declared = app.exposed_scopes();
    let served: Vec<String> = declared.into_iter().filter(|scope| scope.is_enabled).map(|scope| scope.value).collect();
    let names =
        if asked.is_default() { served.clone() } else { asked.names.iter().map(|&name| name.to_owned()).collect() };
    if let Some(name) = names.iter().find(|name| !served.contains(name)) {
        return Err(aadsts::INVALID_SCOPE.error().naming(name).into());
    }
    if app.app_id != client.id() {
        return Err(aadsts::CONSENT_MISSING.error().naming(&app.display_name).into());
    }
    Ok(names)
}

/// The scopes that userinfo looks for in the token.
fn openid_words(scopes: &Scopes) -> impl Iterator<Item = String> + use<> {
    let words = [(OpenIdScope::OpenId, "openid"), (OpenIdScope::Profile, "profile"), (OpenIdScope::Email, "email")];
    let asked: Vec<String> =
        words.into_iter().filter(|(scope, _)| scopes.contains(*scope)).map(|(_, word)| word.to_owned()).collect();
    asked.into_iter()
}
