//! What an app wants of whom, and who may answer.

use crate::Server;
use crate::authorization::client::Client;
use crate::authorization::error::EndpointError;
use crate::authorization::resource::{self, Resource};
use crate::directory_roles;
use crate::graph::{Caller, Role, permission};
use crate::platform::ids::{ClientId, TenantId, UserId};
use crate::service_principals::grants::{For, GrantError, consent, may_consent, may_manage};
use crate::service_principals::{self, ServicePrincipal};
use crate::sign_in::refusal::Refusal;
use crate::users;
use crate::web::pages::{Problem, Whom};
use crate::web::seen;
use database::Transaction;
use oauth::scope::Scopes;
use std::sync::Arc;

/// Most administrators that are named to somebody.
const NAMED: usize = 3;

/// What an app wants of a person at one resource.
pub struct Wanted {
    /// The app.
    pub client: Arc<Client>,
    /// Where.
    pub resource: ServicePrincipal,
    /// What nobody has granted yet.
    pub missing: Vec<String>,
    /// What it may already, as far as it asks for it.
    pub granted: Vec<String>,
    /// What the app of another tenant wants to know of who signs in, at the directory API, if it wants something elsewhere.
    pub beside: Option<Box<Self>>,
}

impl From<EndpointError> for Refusal {
    fn from(error: EndpointError) -> Self {
        match error {
            EndpointError::Storage(error) => Self::Database(error),
            EndpointError::Refused(_) => Self::Problem(Problem::BadRequest),
            EndpointError::Keys(_) => Self::Problem(Problem::Failure),
        }
    }
}

impl From<GrantError> for Refusal {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Denied => Self::Problem(Problem::NotAllowed),
            GrantError::Storage(error) => Self::Database(error),
            GrantError::NotFound(_) | GrantError::Invalid(..) | GrantError::Exists => {
                Self::Problem(Problem::BadRequest)
            }
        }
    }
}

/// The service principal of a resource.
pub async fn principal(
    tx: &mut Transaction,
    tenant: TenantId,
    resource: &Resource,
) -> Result<ServicePrincipal, Refusal> {
    match resource.principal() {
        Some(app) => Ok(app.clone()),
        None => directory_api(tx, tenant).await,
    }
}

/// The directory API of a tenant.
pub async fn directory_api(tx: &mut Transaction, tenant: TenantId) -> Result<ServicePrincipal, Refusal> {
    let api = service_principals::store::find_by_client(tx, tenant, ClientId(permission::RESOURCE)).await?;
    api.ok_or(Refusal::Problem(Problem::NotFound))
}

impl Wanted {
    /// Reads what the query of an authorization request asks for.
    pub async fn of_query(
        tx: &mut Transaction,
        server: &Server,
        tenant: TenantId,
        query: &str,
        user: UserId,
    ) -> Result<Self, Refusal> {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        let client = Client::find_or_offered(tx, server, tenant, value("client_id")).await?;
        client.check_enabled()?;
        let scopes = Scopes::parse(value("scope")).map_err(EndpointError::from)?;
        let asked = resource::asked(tx, server, &client, &scopes).await?;
        let granted = service_principals::granted(tx, server, tenant, client.principal.id, user).await?;
        let texts = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
        let (missing, had) = (texts(asked.missing(&client, &granted)), texts(asked.granted(&granted)));
        let resource = principal(tx, tenant, &asked.resource).await?;
        let beside = match asked.identity_beside() {
            [] => None,
            identity => {
                let missing: Vec<String> = texts(asked.missing_beside(&granted));
                let had = identity.iter().filter(|word| !missing.contains(word)).cloned().collect();
                let resource = directory_api(tx, tenant).await?;
                Some(Box::new(Self { client: Arc::clone(&client), resource, missing, granted: had, beside: None }))
            }
        };
        Ok(Self { client, resource, missing, granted: had, beside })
    }

    /// What is wanted at each resource.
    pub fn parts(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.beside.as_deref())
    }

    /// What there is to answer: what is missing at each resource. Nothing may be, and then that is what is answered.
    fn open_parts(&self) -> Vec<&Self> {
        let open: Vec<&Self> = self.parts().filter(|part| !part.missing.is_empty()).collect();
        if open.is_empty() { vec![self] } else { open }
    }

    /// Whether this names a word of the directory API.
    pub fn names_at_directory(&self, word: &str) -> bool {
        self.resource.is_directory_api() && self.missing.iter().chain(&self.granted).any(|named| named == word)
    }

    /// For whom this caller can answer; nobody, if an administrator has to.
    pub async fn whom(&self, tx: &mut Transaction, caller: &Caller) -> database::Result<Option<Whom>> {
        if may_manage(caller) {
            return Ok(Some(Whom::Choice));
        }
        for part in self.open_parts() {
            let missing: Vec<&str> = part.missing.iter().map(String::as_str).collect();
            if !may_consent(tx, caller, (&self.client.principal, &part.resource), &missing).await? {
                return Ok(None);
            }
        }
        Ok(Some(Whom::Myself))
    }

    /// Stores the answer.
    pub async fn grant(
        &self,
        tx: &mut Transaction,
        server: &Server,
        caller: &Caller,
        whom: For,
    ) -> Result<(), GrantError> {
        let parts: Vec<&Self> = if whom == For::Everybody { self.parts().collect() } else { self.open_parts() };
        let mut client = self.client.principal.clone();
        for part in parts {
            part.grant_to(tx, server, caller, (&client, &part.resource), whom).await?;
            // The first answer let the app in.
            let stored = service_principals::store::find_by_client(tx, caller.tenant, client.app_id).await?;
            client = stored.unwrap_or(client);
        }
        Ok(())
    }

    /// The same for an app that was let in after it was looked at.
    pub async fn grant_to(
        &self,
        tx: &mut Transaction,
        server: &Server,
        caller: &Caller,
        (client, resource): (&ServicePrincipal, &ServicePrincipal),
        whom: For,
    ) -> Result<(), GrantError> {
        // Whoever answers for everybody answers for what they had granted for themselves alone, too.
        let granted = self.granted.iter().filter(|_| whom == For::Everybody);
        let words: Vec<&str> = self.missing.iter().chain(granted).map(String::as_str).collect();
        consent(tx, server, caller, (client, resource), &words, whom).await
    }

    /// The mark of what a page shows of this: also of the name, which an app of another organisation chooses and may change.
    pub fn mark(&self) -> String {
        let (client, resource) = (self.client.id().to_string(), self.resource.id.to_string());
        let name = self.client.application.display_name.as_str();
        let missing = self.parts().flat_map(|part| &part.missing).map(String::as_str);
        seen::mark([client.as_str(), resource.as_str(), name].into_iter().chain(missing))
    }
}

/// Administrators who can answer, by name and address. A guest who does not see others is told none.
pub async fn administrators(tx: &mut Transaction, caller: &Caller) -> database::Result<Vec<(String, String)>> {
    if !users::knows_others(caller) {
        return Ok(Vec::new());
    }
    let mut named = Vec::new();
    // Whoever was named already for one role may be the first of another.
    let most = u32::try_from(NAMED * 2).unwrap_or(u32::MAX);
    for role in [Role::ApplicationAdministrator, Role::CloudApplicationAdministrator, Role::GlobalAdministrator] {
        for member in directory_roles::store::list_members(tx, caller.tenant, role, None, most).await? {
            let address = member.mail.unwrap_or(member.user_principal_name);
            if named.len() < NAMED && !named.iter().any(|(_, known)| *known == address) {
                named.push((member.display_name, address));
            }
        }
    }
    Ok(named)
}
