//! Access tokens.

use super::{ACCESS_TYPE, issuer, times, token_name};
use crate::Server;
use crate::authorization::client::Client;
use crate::authorization::error::EndpointError;
use crate::authorization::memberships::Memberships;
use crate::authorization::optional_claims::Extras;
use crate::authorization::person::Person;
use crate::authorization::proof::Proof;
use crate::authorization::resource::{Delegation, Resource};
use crate::platform::ids::{ClientId, GrantId};
use crate::service_principals::ServicePrincipal;
use oauth::claims::{AccessTokenClaims, Acct, IdentityType};

/// A token of an app that acts for a person.
pub async fn for_person(
    server: &Server,
    client: &Client,
    person: &Person,
    delegation: &Delegation,
    grant: GrantId,
    capabilities: Vec<String>,
    proof: Proof,
) -> Result<String, EndpointError> {
    // Whoever asks can read it as well as whom it is for.
    let (user, told) = (&person.user, person.told);
    let resource = &delegation.resource;
    let reader = resource.principal().map_or(ClientId(crate::graph::permission::RESOURCE), |app| app.app_id);
    let (roles, added): (&[String], Option<(&Memberships, &Extras)>) = match &delegation.there {
        Some(there) => (there.roles.as_slice(), Some((&there.memberships, &there.extras))),
        None if resource.app.is_some() => (person.roles.as_slice(), Some((&person.memberships, &person.access_extras))),
        None => (&[], None),
    };
    let mut claims = AccessTokenClaims {
        sub: person.subject_for(server, reader),
        oid: user.id.to_string(),
        azpacr: Some(proof.azpacr()),
        idtyp: Some(IdentityType::User),
        scp: Some(delegation.scopes.join(" ")),
        roles: roles.to_vec(),
        idp: person.identity_provider(),
        acct: Some(if user.is_guest() { Acct::Guest } else { Acct::Member }),
        email: person.email().filter(|_| told.address && user.is_guest()).map(str::to_owned),
        name: told.names.then(|| user.display_name.clone()),
        preferred_username: told.names.then(|| person.preferred_username().to_owned()),
        auth_time: Some(person.session.authenticated_at.seconds()),
        sid: Some(person.session.id.to_string()),
        grant: Some(grant.to_string()),
        amr: person.methods(),
        ..common(server, client, resource, capabilities)
    };
    if let Some((memberships, extras)) = added {
        claims.groups.clone_from(&memberships.groups);
        claims.wids.clone_from(&memberships.roles);
        claims.claim_names.clone_from(&memberships.names);
        claims.claim_sources.clone_from(&memberships.sources);
        extras.add_to_access(&mut claims);
    }
    sign(server, client, resource, &claims).await
}

/// A token of an app that acts for itself.
pub async fn for_program(
    server: &Server,
    client: &Client,
    resource: &Resource,
    roles: Vec<String>,
    capabilities: Vec<String>,
    proof: Proof,
) -> Result<String, EndpointError> {
    let principal = client.principal.id.to_string();
    let claims = AccessTokenClaims {
        sub: principal.clone(),
        oid: principal,
        azpacr: Some(proof.azpacr()),
        idtyp: Some(IdentityType::App),
        roles,
        grant: Some(generation(&client.principal)),
        ..common(server, client, resource, capabilities)
    };
    sign(server, client, resource, &claims).await
}

/// Which tokens of a program are good: those that carry the present value. It is compared for equality and never with the
/// time, so that a clock that was set back neither makes new tokens look void nor void ones good.
pub fn generation(principal: &ServicePrincipal) -> String {
    principal.sessions_valid_from.microseconds().to_string()
}

fn common(server: &Server, client: &Client, resource: &Resource, capabilities: Vec<String>) -> AccessTokenClaims {
    let tenant = client.principal.tenant_id;
    let (issued, end) = times(server.clock.now(), resource.lifetime);
    AccessTokenClaims {
        iss: issuer(server, tenant),
        aud: resource.audience.clone(),
        iat: issued,
        nbf: issued,
        exp: end,
        tid: tenant.to_string(),
        azp: client.id().to_string(),
        appid: Some(client.id().to_string()),
        uti: token_name(server),
        xms_cc: capabilities,
        ..AccessTokenClaims::default()
    }
}

async fn sign(
    server: &Server,
    client: &Client,
    resource: &Resource,
    claims: &AccessTokenClaims,
) -> Result<String, EndpointError> {
    let key = server.signing_keys.signer(server, client.principal.tenant_id, resource.algorithm).await?;
    Ok(key.sign(claims, ACCESS_TYPE)?)
}
