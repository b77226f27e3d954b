//! What is good once was presented again, so somebody has it who should not, and nobody knows which of them: everything
//! that came from the grant ends (RFC 6749 section 4.1.2, RFC 9700 section 4.14.2).

use super::Exchange;
use crate::audit::{self, Activity, Outcome};
use crate::authorization::error::EndpointError;
use crate::authorization::person;
use crate::authorization::store::grants::{self, Grant, RevokedReason};
use crate::graph::Caller;
use oauth::error::aadsts;

/// Ends the grant of a code that was used again; the refusal to answer with.
pub(super) async fn of_code(exchange: &Exchange<'_>, grant: &Grant) -> EndpointError {
    match end(exchange, grant, RevokedReason::CodeReuse).await {
        Ok(()) => aadsts::CODE_ALREADY_REDEEMED.error().into(),
        Err(failure) => EndpointError::Storage(failure),
    }
}

/// Ends the family of a refresh token that was used again long after its successor was given; the refusal to answer with.
pub(super) async fn of_refresh_token(exchange: &Exchange<'_>, grant: &Grant) -> EndpointError {
    match end(exchange, grant, RevokedReason::RefreshTokenReuse).await {
        Ok(()) => aadsts::GRANT_REVOKED.error().with_suberror("bad_token").into(),
        Err(failure) => EndpointError::Storage(failure),
    }
}

/// One audit row for each grant that ends; presenting it a third time changes nothing.
async fn end(exchange: &Exchange<'_>, grant: &Grant, reason: RevokedReason) -> database::Result<()> {
    let server = exchange.server;
    let mut tx = server.write().await?;
    let now = server.clock.now();
    if grants::revoke(&mut tx, exchange.tenant, grant.id, reason, now).await? {
        let (activity, sentence) = match reason {
            RevokedReason::CodeReuse => (Activity::CodeReuse, "An authorization code was used again."),
            _ => (Activity::RefreshTokenReuse, "A refresh token was used again after it had been replaced."),
        };
        let app = &exchange.client.application;
        let target = person::target(&mut tx, exchange.tenant, grant.user_id).await?;
        let outcome = Outcome::Failure(sentence.to_owned());
        let client = app.app_id.to_string();
        let details = [("AppId", client.as_str()), ("AppDisplayName", app.display_name.as_str())];
        let caller = Caller::system(exchange.tenant);
        audit::record(&mut tx, server, &caller, activity, &outcome, &target, &details).await?;
    }
    tx.commit().await
}
