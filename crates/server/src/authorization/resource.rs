//! What a token is for: the one resource of a request, and what the token allows there.

use super::audience;
use super::client::Client;
use super::error::EndpointError;
use super::person::Person;
use super::reader;
use super::there::There;
use crate::Server;
use crate::applications::{AccessKind, ExposedScope};
use crate::graph::{Permission, permission};
use crate::platform::ids::{ClientId, TenantId, UserId};
use crate::service_principals::{self, Granted, ServicePrincipal};
use database::Transaction;
use oauth::claims::AccessTokenClaims;
use oauth::error::aadsts;
use oauth::jose::Algorithm;
use oauth::scope::{self, OpenIdScope, ResourceScopes, Scopes};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Who will read the access token.
pub struct Resource {
    /// Its `aud`: the resource in the words of the client.
    pub audience: String,
    /// The app, unless it is the Graph-like API.
    pub app: Option<Arc<Client>>,
    /// How the token is signed.
    pub algorithm: Algorithm,
    /// How long the token is good: as the policies say that hold for whoever reads it.
    pub lifetime: Duration,
}

/// What an app may do for a person.
pub struct Delegation {
    /// Where.
    pub resource: Resource,
    /// The words of `scp`.
    pub scopes: Vec<String>,
    /// How the person stands there, where it is another app than the one that asks.
    pub there: Option<There>,
}

impl Resource {
    /// How the app stands in the tenant, unless it is the Graph-like API.
    pub fn principal(&self) -> Option<&ServicePrincipal> {
        self.app.as_ref().map(|app| &app.principal)
    }

    /// Its client id.
    pub fn client_id(&self) -> ClientId {
        self.principal().map_or(ClientId(permission::RESOURCE), |app| app.app_id)
    }

    /// How long the token is good, in seconds, as the answer says it.
    pub fn expires_in(&self) -> u32 {
        u32::try_from(self.lifetime.as_secs()).unwrap_or(u32::MAX)
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
    client: &Arc<Client>,
    scopes: &Scopes,
    asked: Option<&ResourceScopes<'_>>,
) -> Result<Resource, EndpointError> {
    if let Some(ResourceScopes { resource: scope::Resource::Identifier(identifier), .. }) = asked {
        return app(tx, server, client, identifier).await;
    }
    let audience = audience::of_directory_api(&server.settings, scopes);
    let lifetime = client.lifetimes.of_directory_api();
    Ok(Resource { audience, app: None, algorithm: client.algorithm(), lifetime })
}

/// An app by its client id or one of its identifier URIs. The one that asks is found also before it was let in; any other has to
/// stand in the tenant.
async fn app(
    tx: &mut Transaction,
    server: &Server,
    client: &Arc<Client>,
    identifier: &str,
) -> Result<Resource, EndpointError> {
    let unknown = || aadsts::RESOURCE_NOT_FOUND.error().naming(identifier);
    let id = reader::named(tx, server, identifier).await?.ok_or_else(unknown)?;
    let app = if id == client.id() {
        Arc::clone(client)
    } else {
        Client::registered(tx, server, client.principal.tenant_id, id).await?.ok_or_else(unknown)?
    };
    let is_name = identifier == id.to_string()
        || identifier == format!("api://{id}")
        || app.application.identifier_uris.iter().any(|uri| uri == identifier);
    if !is_name || !app.principal.account_enabled {
        return Err(unknown().into());
    }
    let (algorithm, lifetime) = (app.algorithm(), app.lifetimes.of_app());
    Ok(Resource { audience: identifier.to_owned(), algorithm, lifetime, app: Some(app) })
}

/// The resource of a program's own token.
pub async fn of_program(
    tx: &mut Transaction,
    server: &Server,
    client: &Arc<Client>,
    scopes: &Scopes,
) -> Result<Resource, EndpointError> {
    let asked = scopes.resource(|name| audience::is_directory_api(&server.settings, name))?;
    find(tx, server, client, scopes, asked.as_ref()).await
}

/// What an app asks for at one resource. Every word is one that the resource has; whether the app may is another question.
pub struct Asked {
    /// Where.
    pub resource: Resource,
    /// What the app names, or under `.default` what its registration says it needs; as the resource spells it.
    words: Vec<String>,
    /// What the app of another tenant wants to know of who signs in, which is granted like everything else: at the directory API.
    identity: Vec<String>,
    /// Whether everything that was granted is asked for (`.default`).
    is_default: bool,
    /// The scopes of `OpenID` Connect that userinfo looks for.
    openid: Vec<String>,
}

/// What an app asks for, if all of it exists.
pub async fn asked(
    tx: &mut Transaction,
    server: &Server,
    client: &Arc<Client>,
    scopes: &Scopes,
) -> Result<Asked, EndpointError> {
    let named = scopes.resource(|name| audience::is_directory_api(&server.settings, name))?;
    let resource = find(tx, server, client, scopes, named.as_ref()).await?;
    let is_default = named.as_ref().is_some_and(ResourceScopes::is_default);
    let mut words = match (&named, resource.principal()) {
        (None, _) => Vec::new(),
        (Some(_), app) if is_default => needed(client, resource.client_id(), &served(app)),
        (Some(named), app) => spelt(named, &served(app), app.is_none())?,
    };
    let openid = if resource.app.is_none() { openid_words(scopes).collect() } else { Vec::new() };
    let identity =
        if client.is_foreign() { identity(&resource, client, scopes, (&mut words, is_default)) } else { Vec::new() };
    Ok(Asked { resource, words, identity, is_default, openid })
}

/// What the app of another tenant asks for beyond what it names: to know who signs in, as far as it asks that. Under `.default` all
/// that belongs to a sign-in is asked for at once, and of itself everything it exposes. At the directory API this is granted with the
/// rest; whoever wants something of another resource learns who signs in all the same, and asks for that beside it.
fn identity(
    resource: &Resource,
    client: &Client,
    scopes: &Scopes,
    (words, is_default): (&mut Vec<String>, bool),
) -> Vec<String> {
    let all = OPENID.into_iter().chain([(OpenIdScope::OfflineAccess, OFFLINE)]);
    match resource.principal() {
        Some(app) if is_default && words.is_empty() && app.app_id == client.id() => {
            words.extend(served(Some(app)).into_iter().map(|scope| scope.value));
        }
        None if is_default => {
            let further = all.clone().map(|(_, word)| word).filter(|word| !words.iter().any(|known| known == word));
            let further: Vec<String> = further.map(str::to_owned).collect();
            words.extend(further);
        }
        _ => {}
    }
    let mut asked: Vec<String> =
        all.filter(|(scope, _)| scopes.contains(*scope)).map(|(_, word)| word.to_owned()).collect();
    let is_elsewhere = resource.app.is_some() && !scopes.contains(OpenIdScope::OpenId);
    // Nothing that is known was asked for, or something elsewhere alone, but the app would learn who it is all the same.
    if is_elsewhere || (asked.is_empty() && words.is_empty()) {
        asked.insert(0, "openid".to_owned());
    }
    asked
}

/// The scopes of a resource that can be asked for.
fn served(app: Option<&ServicePrincipal>) -> Vec<ExposedScope> {
    let exposed = match app {
        Some(app) => app.exposed_scopes(),
        None => service_principals::directory_scopes(),
    };
    exposed.into_iter().filter(|scope| scope.is_enabled).collect()
}

/// The named words as the resource spells them; names of the directory API are compared without case, as Microsoft's are.
fn spelt(
    named: &ResourceScopes<'_>,
    served: &[ExposedScope],
    ignores_case: bool,
) -> Result<Vec<String>, EndpointError> {
    let is = |value: &str, name: &str| value == name || (ignores_case && value.eq_ignore_ascii_case(name));
    let mut words: Vec<String> = Vec::new();
    for name in &named.names {
        let found = served.iter().find(|scope| is(&scope.value, name));
        let word = found.ok_or_else(|| aadsts::INVALID_SCOPE.error().naming(name))?.value.clone();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Ok(words)
}

/// What the registration of an app says it needs of a resource for people.
fn needed(client: &Client, resource: ClientId, served: &[ExposedScope]) -> Vec<String> {
    let required = client.application.required_resource_access.iter();
    let entries = required.filter(|entry| entry.resource_app_id == resource).flat_map(|entry| &entry.resource_access);
    let ids: Vec<_> = entries.filter(|access| access.kind == AccessKind::Scope).map(|access| access.id).collect();
    served.iter().filter(|scope| ids.contains(&scope.id)).map(|scope| scope.value.clone()).collect()
}

impl Asked {
    /// The words, as the resource spells them, each once; under `.default` those that the registration names.
    pub fn words(&self) -> impl Iterator<Item = &String> {
        self.words.iter().chain(self.identity_here().iter().filter(|word| !self.words.contains(word)))
    }

    /// What it wants to know of who signs in, where the directory API is the resource that is asked.
    fn identity_here(&self) -> &[String] {
        if self.resource.app.is_none() { &self.identity } else { &[] }
    }

    /// The same where another resource is: granted at the directory API all the same.
    pub fn identity_beside(&self) -> &[String] {
        if self.resource.app.is_some() { &self.identity } else { &[] }
    }

    /// What of that nobody has granted.
    pub fn missing_beside(&self, granted: &Granted) -> Vec<&str> {
        let api = ClientId(permission::RESOURCE);
        self.identity_beside().iter().map(String::as_str).filter(|word| !granted.holds(api, word)).collect()
    }

    /// Whether the app of another tenant asks for nothing that anybody could grant it, and was granted nothing before.
    pub fn is_nothing(&self, client: &Client, granted: &Granted) -> bool {
        client.is_foreign() && self.words().next().is_none() && granted.words(self.resource.client_id()).is_empty()
    }

    /// Whether it is `.default` that is asked for.
    pub const fn is_default(&self) -> bool {
        self.is_default
    }

    /// The words that nobody has granted to the app for this person. `.default` asks for what was granted, so that there is
    /// something missing only as long as nothing was.
    pub fn missing(&self, client: &Client, granted: &Granted) -> Vec<&str> {
        let resource = self.resource.client_id();
        let lacks = |word: &&String| !self.is_given(client, word) && !granted.holds(resource, word);
        if self.is_default && !granted.words(resource).is_empty() {
            return self.identity_here().iter().filter(lacks).map(String::as_str).collect();
        }
        self.words().filter(lacks).map(String::as_str).collect()
    }

    /// What the app asks for and was granted before.
    pub fn granted<'a>(&'a self, granted: &'a Granted) -> Vec<&'a str> {
        let resource = self.resource.client_id();
        let had = granted.words(resource);
        if self.is_default {
            had
        } else {
            had.into_iter().filter(|word| self.words().any(|asked| asked == word)).collect()
        }
    }

    /// Whether the words belong to every app that the organisation has registered: whoever signs in to one tells it who they
    /// are, and an app may always ask for itself. To an app of another organisation nothing belongs.
    fn is_given(&self, client: &Client, word: &str) -> bool {
        if client.is_foreign() {
            return false;
        }
        match self.resource.principal() {
            None => {
                word == Permission::UserRead.name() || OPENID.iter().any(|(_, given)| *given == word) || word == OFFLINE
            }
            Some(app) => app.app_id == client.id(),
        }
    }

    /// What the token allows.
    ///
    /// # Errors
    /// AADSTS65001 when a word is missing.
    fn delegation(self, client: &Client, granted: &Granted) -> Result<Delegation, EndpointError> {
        if let Some(word) = self.missing(client, granted).into_iter().chain(self.missing_beside(granted)).next() {
            return Err(aadsts::CONSENT_MISSING.error().with_suberror("consent_required").naming(word).into());
        }
        let resource = self.resource.client_id();
        if client.is_foreign() && granted.words(resource).is_empty() {
            return Err(aadsts::CONSENT_MISSING.error().with_suberror("consent_required").into());
        }
        let mut words: Vec<String> = if self.is_default {
            let mut words: Vec<String> = granted.words(resource).into_iter().map(str::to_owned).collect();
            let own = served(self.resource.principal()).into_iter().map(|scope| scope.value);
            words.extend(own.filter(|word| self.is_given(client, word) && !is_openid(word)));
            words
        } else {
            self.words
        };
        let mut seen = HashSet::new();
        words.retain(|word| !(self.resource.app.is_none() && is_openid(word)) && seen.insert(word.clone()));
        words.extend(self.openid);
        Ok(Delegation { resource: self.resource, scopes: words, there: None })
    }
}

fn is_openid(word: &str) -> bool {
    word == OFFLINE || OPENID.iter().any(|(_, openid)| *openid == word)
}

/// What the app gets for a person: what it asks for, if that was granted to it.
pub async fn delegate(
    tx: &mut Transaction,
    server: &Server,
    client: &Arc<Client>,
    scopes: &Scopes,
    person: &Person,
) -> Result<Delegation, EndpointError> {
    let asked = asked(tx, server, client, scopes).await?;
    let principal = &client.principal;
    let granted = service_principals::granted(tx, server, principal.tenant_id, principal.id, person.user.id).await?;
    let there = There::at(tx, server, client, &asked.resource, person).await?;
    Ok(Delegation { there, ..asked.delegation(client, &granted)? })
}

/// The words of a person's token that are still granted: what was taken back since is gone.
pub async fn still_granted(
    tx: &mut Transaction,
    server: &Server,
    claims: &AccessTokenClaims,
    user: UserId,
) -> database::Result<Vec<String>> {
    let words = claims.scp.as_deref().unwrap_or_default().split_ascii_whitespace();
    let ids = (claims.tid.parse::<TenantId>(), claims.azp.parse::<ClientId>());
    let (Ok(tenant), Ok(client)) = ids else { return Ok(Vec::new()) };
    let Some(client) = Client::registered(tx, server, tenant, client).await? else { return Ok(Vec::new()) };
    let granted = service_principals::granted(tx, server, tenant, client.principal.id, user).await?;
    let is_directory = audience::is_directory_api(&server.settings, &claims.aud);
    let reader = match is_directory {
        true => Some(ClientId(permission::RESOURCE)),
        false => reader::named(tx, server, &claims.aud).await?,
    };
    let is_own = reader == Some(client.id());
    let is_at_home = !client.is_foreign();
    let is_told = |word: &str| is_directory && (is_openid(word) || word == Permission::UserRead.name());
    let belongs = |word: &str| is_at_home && (is_own || is_told(word));
    let holds = |word: &&str| belongs(word) || reader.is_some_and(|reader| granted.holds(reader, word));
    Ok(words.filter(holds).map(str::to_owned).collect())
}

/// The scopes that userinfo looks for in the token.
const OPENID: [(OpenIdScope, &str); 3] =
    [(OpenIdScope::OpenId, "openid"), (OpenIdScope::Profile, "profile"), (OpenIdScope::Email, "email")];

/// The scope that asks for a refresh token.
const OFFLINE: &str = "offline_access";

fn openid_words(scopes: &Scopes) -> impl Iterator<Item = String> {
    OPENID.into_iter().filter(|(scope, _)| scopes.contains(*scope)).map(|(_, word)| word.to_owned())
}
