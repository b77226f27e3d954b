//! How an app proves who it is: by a secret, by a statement signed with the key of its certificate, or by a token of an issuer
//! elsewhere.

use super::client::Client;
use super::error::EndpointError;
use super::federation;
use super::store::assertions::{self, Presented};
use super::tokens;
use crate::Server;
use crate::applications::{ApplicationKey, key_store};
use crate::platform::SecretHash;
use crate::platform::Timestamp;
use crate::platform::ids::TenantId;
use crate::platform::request::Request;
use crate::sign_in::attempts;
use crate::tenants;
use database::Transaction;
use oauth::claims::Azpacr;
use oauth::error::aadsts;
use oauth::jose::Assertion;
use std::sync::Arc;
use std::time::Duration;

/// How long the name of a statement is kept at most: an issuer elsewhere may write an end into its tokens that never comes.
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// What an app has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Nothing: a script, or a program on somebody's device.
    None,
    /// A secret.
    Secret,
    /// A statement signed with the key of its certificate.
    Certificate,
    /// A token of an issuer elsewhere that its registration trusts.
    Federated,
}

impl Proof {
    /// Whether it is one.
    pub const fn is_given(self) -> bool {
        !matches!(self, Self::None)
    }

    /// The word for it in tokens.
    pub const fn azpacr(self) -> Azpacr {
        match self {
            Self::None => Azpacr::Public,
            Self::Secret => Azpacr::Secret,
            Self::Certificate | Self::Federated => Azpacr::Assertion,
        }
    }

    /// The word for it in the sign-in log.
    pub const fn method(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Federated => "federated",
            Self::None | Self::Secret => "secret",
        }
    }
}

/// Checks a statement: of the app about itself, or, where its registration trusts identities elsewhere, a token of one of their
/// issuers. The transaction ends before anything is read from an issuer.
///
/// # Errors
/// AADSTS700027 for one that is no statement; otherwise those of either kind.
pub async fn by_assertion(
    mut tx: Transaction,
    server: &Server,
    client: &Client,
    text: &str,
) -> Result<Proof, EndpointError> {
    let assertion = Assertion::parse(text).map_err(|_| aadsts::INVALID_ASSERTION.error())?;
    let trusted = federation::trusted(&mut tx, server, client).await?;
    if trusted.is_empty() || assertion.claims().iss == client.id().to_string() {
        return by_certificate(&mut tx, server, client, &assertion).await;
    }
    drop(tx);
    // In a box: what it waits for is large, and hardly any request comes here.
    Box::pin(federation::by_issuer(server, client, &trusted, (text, &assertion))).await
}

/// Checks a statement (RFC 7523 section 3): signed with a certificate of the app, by the app about itself, for this tenant's
/// token endpoint, in its time, and not presented from elsewhere before.
///
/// # Errors
/// AADSTS700027 for one that is not valid, AADSTS700024 for one whose time is over or that was presented elsewhere.
async fn by_certificate(
    tx: &mut Transaction,
    server: &Server,
    client: &Client,
    assertion: &Assertion<'_>,
) -> Result<Proof, EndpointError> {
    let invalid = || aadsts::INVALID_ASSERTION.error();
    // The tenant that is asked, also where the app is registered in another one.
    let tenant = client.principal.tenant_id;
    let now = server.clock.now();
    let keys = kept(tx, server, client).await?;
    if !keys.iter().any(|key| key.is_good_at(now) && key.has_signed(assertion)) {
        return Err(invalid().into());
    }
    if !assertion.is_timely(now.seconds()) {
        return Err(aadsts::ASSERTION_REPLAYED.error().into());
    }
    let audiences = audiences(tx, server, tenant).await?;
    if !assertion.is_of(&client.id().to_string(), &audiences, now.seconds()) {
        return Err(invalid().into());
    }
    let claims = assertion.claims();
    note(server, client, claims.jti.as_deref().unwrap_or_default(), claims.exp).await?;
    Ok(Proof::Certificate)
}

/// The names of the token endpoint: by the tenant's id and by each of its domains; and the issuer, which newer drafts ask for.
async fn audiences(tx: &mut Transaction, server: &Server, tenant: TenantId) -> database::Result<Vec<String>> {
    let base = server.settings.public_address();
    let domains = tenants::domains(tx, server, tenant).await?;
    let segments = std::iter::once(tenant.to_string()).chain(domains.iter().cloned());
    let endpoints = segments.map(|segment| format!("{base}/{segment}/oauth2/v2.0/token"));
    Ok(endpoints.chain([tokens::issuer(server, tenant)]).collect())
}

async fn kept(tx: &mut Transaction, server: &Server, client: &Client) -> database::Result<Arc<Vec<ApplicationKey>>> {
    let (cache, key) = (&server.caches.keys, (client.application.tenant_id, client.application.id));
    match cache.get(server.database.changes(), &key) {
        Ok(kept) => Ok(kept),
        Err(vacancy) => {
            let read = key_store::list(tx, key.0, key.1).await?;
            Ok(cache.keep(vacancy, tx, key, read))
        }
    }
}

/// Keeps the name of a statement until it ends, for a year at most. The libraries of apps present one for some minutes, so
/// that it may come again, but only from where it came first: somebody else who got hold of it is refused.
///
/// # Errors
/// AADSTS700024 for one that came from elsewhere first. `ends` is in seconds since 1970.
pub async fn note(server: &Server, client: &Client, name: &str, ends: i64) -> Result<(), EndpointError> {
    let name = format!("{}\0{name}", client.id());
    let ends = Timestamp::from_microseconds(ends.saturating_mul(1_000_000));
    let presented = Presented {
        tenant_id: client.application.tenant_id,
        assertion_hash: SecretHash::of(name.as_bytes()),
        presented_from: attempts::client(Request::current().client_address),
        expires_at: ends.min(server.clock.now().plus(LONGEST)),
    };
    let mut tx = server.write().await?;
    let is_first_or_same = assertions::present(&mut tx, &presented).await?;
    tx.commit().await?;
    if is_first_or_same { Ok(()) } else { Err(aadsts::ASSERTION_REPLAYED.error().into()) }
}
