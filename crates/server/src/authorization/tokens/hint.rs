//! An ID token of ours that comes back as a hint (OIDC Core section 3.1.2.1, RP-Initiated Logout section 2).

use super::{ID_TYPE, issuer};
use crate::Server;
use crate::authorization::error::EndpointError;
use crate::platform::ids::TenantId;
use oauth::claims::IdTokenClaims;
use oauth::jose::{self, Algorithm, Expected};

/// What the hint says, if this tenant signed it. It may have expired: it proves nothing but whom it was given for.
pub async fn read(server: &Server, tenant: TenantId, token: &str) -> Result<Option<IdTokenClaims>, EndpointError> {
    let Some(kid) = jose::unverified_header(token).ok().and_then(|header| header.kid) else { return Ok(None) };
    let key = server.signing_keys.verifier(server, tenant, &kid).await?;
    let expected = Expected { algorithms: &[Algorithm::Rs256, Algorithm::Es256], typ: Some(ID_TYPE) };
    let claims = jose::verify(token, &expected, |_| key).and_then(|verified| verified.claims::<IdTokenClaims>()).ok();
    Ok(claims.filter(|claims| claims.iss == issuer(server, tenant) && claims.tid == tenant.to_string()))
}
