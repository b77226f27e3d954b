//! An app proves who it is by a token of an issuer elsewhere that its registration trusts for one subject (RFC 7523 section 3;
//! Microsoft identity platform: workload identity federation).

mod issuers;

pub use issuers::Issuers;

use super::client::Client;
use super::error::EndpointError;
use super::proof::{self, Proof};
use crate::Server;
use crate::applications::{FederatedCredential, federated_store};
use database::Transaction;
use oauth::error::aadsts;
use oauth::jose::{Algorithm, Assertion, AssertionClaims, Expected, unverified_header, verify};
use std::sync::Arc;

/// What a token of an issuer elsewhere is signed with. Issuers differ in the type they write.
const EXPECTED: Expected<'static> = Expected { algorithms: &[Algorithm::Rs256, Algorithm::Es256], typ: None };

/// The identities an app trusts, as the last commit left them.
pub async fn trusted(
    tx: &mut Transaction,
    server: &Server,
    client: &Client,
) -> database::Result<Arc<Vec<FederatedCredential>>> {
    let (cache, key) = (&server.caches.federated, (client.application.tenant_id, client.application.id));
    match cache.get(server.database.changes(), &key) {
        Ok(kept) => Ok(kept),
        Err(vacancy) => {
            let read = federated_store::list(tx, key.0, key.1).await?;
            Ok(cache.keep(vacancy, tx, key, read))
        }
    }
}

/// Checks a token of an issuer elsewhere: issuer, subject and audience are those of one credential of the app, as they stand; it is
/// signed with a key the issuer publishes, in its time, and was not presented from elsewhere before. Nothing is read from an
/// issuer that the app does not trust.
///
/// No transaction is open while keys are read, which may take seconds.
///
/// # Errors
/// AADSTS700211, 700212 and 700213 for another issuer, audience and subject, AADSTS50166 if the keys cannot be read, AADSTS700027 for
/// a signature that is not good, AADSTS700024 for one whose time is over or that was presented elsewhere.
pub async fn by_issuer(
    server: &Server,
    client: &Client,
    trusted: &[FederatedCredential],
    (text, assertion): (&str, &Assertion<'_>),
) -> Result<Proof, EndpointError> {
    let invalid = || aadsts::INVALID_ASSERTION.error();
    let credential = matching(trusted, assertion.claims())?;
    let header = unverified_header(text).map_err(|_| invalid())?;
    let key = server.caches.issuers.key(server, &credential.issuer, header.kid.as_deref()).await;
    let key = key.map_err(|_| aadsts::ISSUER_UNREADABLE.error().naming(&credential.issuer))?.ok_or_else(invalid)?;
    verify(text, &EXPECTED, |_| Some(key)).map_err(|_| invalid())?;
    if !assertion.is_current(server.clock.now().seconds()) {
        return Err(aadsts::ASSERTION_REPLAYED.error().into());
    }
    // Not every issuer names its tokens; what is signed of one is its name.
    proof::note(server, client, assertion.signed_text(), assertion.claims().exp).await?;
    Ok(Proof::Federated)
}

/// The credential that names all three; whatever of them none names is told, as Entra does, so that it can be put right.
fn matching<'t>(
    trusted: &'t [FederatedCredential],
    claims: &AssertionClaims,
) -> Result<&'t FederatedCredential, oauth::Error> {
    let mut of_issuer = trusted.iter().filter(|credential| credential.issuer == claims.iss).peekable();
    if of_issuer.peek().is_none() {
        return Err(aadsts::FEDERATED_ISSUER.error().naming(&claims.iss));
    }
    let found = of_issuer.find(|credential| credential.subject == claims.sub);
    let credential = found.ok_or_else(|| aadsts::FEDERATED_SUBJECT.error().naming(&claims.sub))?;
    if claims.aud.contains(&credential.audience) {
        Ok(credential)
    } else {
        Err(aadsts::FEDERATED_AUDIENCE.error().naming(claims.aud.join(" ")))
    }
}
