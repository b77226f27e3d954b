//! Claims that tokens carry where the registration asks for them (Microsoft identity platform: optional claims).

use super::person;
use super::told::Told;
use crate::Server;
use crate::applications::OptionalClaim;
use crate::applications::optional_claims::{AS_ROLES, WITH_OUTSIDE_UPN, WITH_OUTSIDE_UPN_WITHOUT_HASH};
use crate::extensions::{self, TargetObject};
use crate::tenants;
use crate::users::{Identity, User};
use database::{Result, Transaction};
use oauth::claims::{AccessTokenClaims, IdTokenClaims, OnRequest};
use serde_json::Value;
use std::collections::BTreeMap;

/// What one token says beyond what every token does.
#[derive(Debug, Default)]
pub struct Extras {
    email: Option<String>,
    claims: OnRequest,
    /// Whether groups stand among the roles.
    has_groups_as_roles: bool,
}

/// What an app asks for of a person, as far as it is known, and as far as the app may be told.
pub async fn of(
    tx: &mut Transaction,
    server: &Server,
    wanted: &[OptionalClaim],
    (user, outside, told): (&User, Option<&Identity>, Told),
) -> Result<Extras> {
    let mut extras = Extras::default();
    let claims = &mut extras.claims;
    if told.directory {
        claims.extensions = added(tx, wanted, user).await?;
    }
    for claim in wanted {
        match claim.name.as_str() {
            "email" | "xms_edov" if !told.address => {}
            "given_name" | "family_name" | "login_hint" | "upn" | "xms_pl" if !told.names => {}
            "email" => extras.email = person::email(user, outside).map(str::to_owned),
            "given_name" => claims.given_name.clone_from(&user.given_name),
            "family_name" => claims.family_name.clone_from(&user.surname),
            "login_hint" => claims.login_hint = Some(person::sign_in_name(user, outside).to_owned()),
            "upn" => claims.upn = upn(user, claim),
            "xms_edov" => claims.xms_edov = is_proved(tx, user, outside).await?,
            "xms_pl" => claims.xms_pl.clone_from(&user.preferred_language),
            "xms_tpl" => {
                let settings = tenants::settings(tx, server, user.tenant_id).await?;
                claims.xms_tpl = Some(settings.notification_language.clone());
            }
            "groups" => extras.has_groups_as_roles = claim.has(AS_ROLES),
            // The others are in every token.
            _ => {}
        }
    }
    Ok(extras)
}

/// What apps added to the user, as far as it is asked for: `extn.` and the part of the name that the app chose.
async fn added(tx: &mut Transaction, wanted: &[OptionalClaim], user: &User) -> Result<BTreeMap<String, Value>> {
    let mut claims = BTreeMap::new();
    let named: Vec<&OptionalClaim> = wanted.iter().filter(|claim| claim.extension().is_some()).collect();
    if named.is_empty() {
        return Ok(claims);
    }
    let names: Vec<&str> = named.iter().map(|claim| claim.name.as_str()).collect();
    let object = (TargetObject::User, user.id.0);
    let mut values = extensions::values_of(tx, user.tenant_id, object, &names).await?;
    for claim in named {
        if let (Some(chosen), Some(value)) = (claim.extension(), values.remove(&claim.name)) {
            claims.insert(format!("extn.{chosen}"), value);
        }
    }
    Ok(claims)
}

/// The name of somebody from outside is made of their address, and written only where the app knows what it means.
fn upn(user: &User, claim: &OptionalClaim) -> Option<String> {
    let name = &user.user_principal_name;
    if !user.is_guest() || claim.has(WITH_OUTSIDE_UPN) {
        return Some(name.clone());
    }
    claim.has(WITH_OUTSIDE_UPN_WITHOUT_HASH).then(|| name.replace("#EXT#", "_EXT_"))
}

/// Whether somebody proved that the address is theirs: with a mailed code, or by the domain that the tenant has proved. Nothing
/// where there is no address.
async fn is_proved(tx: &mut Transaction, user: &User, outside: Option<&Identity>) -> Result<Option<bool>> {
    let Some(address) = person::email(user, outside) else { return Ok(None) };
    if outside.is_some() {
        return Ok(Some(true));
    }
    let domain = address.rsplit('@').next().unwrap_or_default();
    let domains = tenants::store::list_domains(tx, user.tenant_id).await?;
    Ok(Some(domains.iter().any(|proved| proved.eq_ignore_ascii_case(domain))))
}

impl Extras {
    /// Writes them into an ID token.
    pub fn add_to_id(&self, claims: &mut IdTokenClaims) {
        self.add((&mut claims.email, &mut claims.on_request), (&mut claims.roles, &mut claims.groups));
    }

    /// Writes them into an access token.
    pub fn add_to_access(&self, claims: &mut AccessTokenClaims) {
        self.add((&mut claims.email, &mut claims.on_request), (&mut claims.roles, &mut claims.groups));
    }

    fn add(
        &self,
        (email, on_request): (&mut Option<String>, &mut OnRequest),
        (roles, groups): (&mut Vec<String>, &mut Vec<String>),
    ) {
        if self.email.is_some() {
            email.clone_from(&self.email);
        }
        on_request.clone_from(&self.claims);
        if self.has_groups_as_roles && !groups.is_empty() {
            *roles = std::mem::take(groups);
        }
    }
}
