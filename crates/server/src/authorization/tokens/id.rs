//! ID tokens (OIDC Core section 2).

use super::{ID_TYPE, issuer, times, token_name};
use crate::Server;
use crate::authorization::client::Client;
use crate::authorization::error::EndpointError;
use crate::authorization::person::Person;
use oauth::claims::{Acct, IdTokenClaims};
use oauth::jose::token_hash;
use oauth::scope::{OpenIdScope, Scopes};

/// What ties an ID token to the answer it stands in.
pub struct Details<'a> {
    /// What was asked for.
    pub scopes: &'a Scopes,
    /// Of the authorization request.
    pub nonce: Option<String>,
    /// The access token beside it.
    pub access_token: &'a str,
}

/// An ID token for the app a person signs in to.
pub async fn for_app(
    server: &Server,
    client: &Client,
    person: &Person,
    details: Details<'_>,
) -> Result<String, EndpointError> {
    let tenant = client.principal.tenant_id;
    let user = &person.user;
    let (issued, end) = times(server.clock.now(), client.lifetimes.of_app());
    let with_profile = person.told.names && details.scopes.contains(OpenIdScope::Profile);
    // An app shared with guests needs to know whom it met; members' addresses only if it asks (claims for guests).
    let with_email = person.told.address && (user.is_guest() || details.scopes.contains(OpenIdScope::Email));
    let mut claims = IdTokenClaims {
        iss: issuer(server, tenant),
        aud: client.id().to_string(),
        iat: issued,
        nbf: issued,
        exp: end,
        sub: person.subject_for(server, client.id()),
        tid: tenant.to_string(),
        oid: user.id.to_string(),
        uti: token_name(server),
        idp: person.identity_provider(),
        acct: Some(if user.is_guest() { Acct::Guest } else { Acct::Member }),
        email: person.email().filter(|_| with_email).map(str::to_owned),
        name: with_profile.then(|| user.display_name.clone()),
        preferred_username: with_profile.then(|| person.preferred_username().to_owned()),
        nonce: details.nonce,
        at_hash: Some(token_hash(details.access_token)),
        auth_time: Some(person.session.authenticated_at.seconds()),
        sid: Some(person.session.id.to_string()),
        amr: person.methods(),
        roles: person.roles.clone(),
        groups: person.memberships.groups.clone(),
        wids: person.memberships.roles.clone(),
        claim_names: person.memberships.names.clone(),
        claim_sources: person.memberships.sources.clone(),
        ..IdTokenClaims::default()
    };
    person.id_extras.add_to_id(&mut claims);
    let key = server.signing_keys.signer(server, tenant, client.algorithm()).await?;
    Ok(key.sign(&claims, ID_TYPE)?)
}
