//! What a token must be (RFC 9068 section 4): signed by the tenant it names, for this API, now.

use super::Rejection;
use super::known::{Fingerprint, Known};
use crate::Server;
use crate::audit::group::record_soon;
use crate::audit::sign_in::SignIn;
use crate::authorization::{audience, tokens};
use crate::platform::ids::{ServicePrincipalId, TenantId, UserId};
use oauth::claims::{AccessTokenClaims, IdentityType};
use oauth::jose::{self, Algorithm, Expected};
use std::sync::Arc;

/// Seconds by which the clock of another process of ours may be ahead.
const AHEAD: i64 = 30;

/// The number in the sign-in log of a token that was refused (Entra: assertion validation failed).
const REFUSED: i64 = 50_013;

/// Checks signature, kind, issuer, audience and time. Whether what it names still stands is the caller's question.
pub async fn verify(server: &Arc<Server>, token: &str) -> Result<Arc<AccessTokenClaims>, Rejection> {
    let Some(known) = access_token(server, None, token).await? else {
        let tenant = stated_tenant(token)?;
        if let Some(other) = signed(server, tenant, token, None).await? {
            log_refused(server, &other.claims, &Rejection::Malformed);
        }
        return Err(Rejection::Malformed);
    };
    check(server, known.tenant, &known.claims)
        .inspect_err(|rejection| log_refused(server, &known.claims, rejection))?;
    Ok(Arc::clone(&known.claims))
}

/// As [`verify`], for an app that asks what a token of its tenant is, whoever the audience. Nothing is logged: the one who
/// asks is not the one who used it.
pub async fn verify_for_anybody(
    server: &Server,
    tenant: TenantId,
    token: &str,
) -> Result<Arc<AccessTokenClaims>, Rejection> {
    let known = access_token(server, Some(tenant), token).await?.ok_or(Rejection::Malformed)?;
    check_issuer(server, tenant, &known.claims)?;
    check_time(server, &known.claims)?;
    Ok(Arc::clone(&known.claims))
}

/// An access token of the tenant, or of the one it names; one that was verified before is found by its fingerprint as long
/// as its key stands.
async fn access_token(server: &Server, tenant: Option<TenantId>, token: &str) -> Result<Option<Arc<Known>>, Rejection> {
    let fingerprint = Fingerprint::of(token);
    if let Some(known) = server.caches.tokens.find(fingerprint)
        && tenant.is_none_or(|tenant| tenant == known.tenant)
        && server.signing_keys.verifier(server, known.tenant, &known.kid).await?.is_some()
    {
        return Ok(Some(known));
    }
    let tenant = tenant.map_or_else(|| stated_tenant(token), Ok)?;
    let known = signed(server, tenant, token, Some(tokens::ACCESS_TYPE)).await?.map(Arc::new);
    if let Some(known) = &known {
        server.caches.tokens.keep(fingerprint, Arc::clone(known));
    }
    Ok(known)
}

/// The tenant whose keys must have signed the token.
fn stated_tenant(token: &str) -> Result<TenantId, Rejection> {
    jose::unverified_tenant(token).ok().and_then(|tid| tid.parse().ok()).ok_or(Rejection::Malformed)
}

/// The token, if the tenant's own key signed it.
async fn signed(server: &Server, tenant: TenantId, token: &str, typ: Option<&str>) -> Result<Option<Known>, Rejection> {
    let kid = jose::unverified_header(token).ok().and_then(|header| header.kid).ok_or(Rejection::Malformed)?;
    let key = server.signing_keys.verifier(server, tenant, &kid).await?;
    let expected = Expected { algorithms: &[Algorithm::Rs256, Algorithm::Es256], typ };
    let claims = jose::verify(token, &expected, |_| key).and_then(|verified| verified.claims()).ok();
    Ok(claims.map(|claims| Known { tenant, kid, claims: Arc::new(claims) }))
}

fn check(server: &Server, tenant: TenantId, claims: &AccessTokenClaims) -> Result<(), Rejection> {
    check_issuer(server, tenant, claims)?;
    if !audience::is_directory_api(&server.settings, &claims.aud) {
        return Err(Rejection::Audience);
    }
    check_time(server, claims)
}

fn check_issuer(server: &Server, tenant: TenantId, claims: &AccessTokenClaims) -> Result<(), Rejection> {
    if claims.tid != tenant.to_string() || claims.iss != tokens::issuer(server, tenant) {
        return Err(Rejection::Issuer);
    }
    Ok(())
}

fn check_time(server: &Server, claims: &AccessTokenClaims) -> Result<(), Rejection> {
    let now = server.clock.now().seconds();
    if claims.exp <= now || claims.nbf > now + AHEAD {
        return Err(Rejection::Expired);
    }
    Ok(())
}

/// One row of the tenant's log for a token that is the tenant's and was refused all the same. What anybody could have
/// made up is not written: it would let strangers fill the log.
pub(super) fn log_refused(server: &Arc<Server>, claims: &AccessTokenClaims, rejection: &Rejection) {
    let Ok(tenant) = claims.tid.parse() else { return };
    let is_program = claims.idtyp == Some(IdentityType::App);
    let row = SignIn {
        user: claims.oid.parse::<UserId>().ok().filter(|_| !is_program),
        service_principal: claims.oid.parse::<ServicePrincipalId>().ok().filter(|_| is_program),
        home_tenant: is_program.then_some(tenant),
        client: claims.azp.parse().ok(),
        resource: Some(claims.aud.clone()),
        error_code: REFUSED,
        failure_reason: Some(rejection.to_string()),
        ..SignIn::default()
    };
    record_soon(server, tenant, row);
}
