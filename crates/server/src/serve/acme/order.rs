//! One order, from the account to the certificate (RFC 8555 section 7).

use super::Keeper;
use super::client::Http;
use super::external;
use crate::platform::acme::{self, AcmeError, Certificate};
use crate::platform::certificate::Validity;
use axum_server::tls_rustls::RustlsConfig;
use instant_acme::{
    Account, AccountCredentials, AuthorizationHandle, AuthorizationStatus, CertificateIdentifier, ChallengeType, Error,
    Identifier, NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long the ACME server may take to look at the answer, and to sign.
const PATIENCE: RetryPolicy = RetryPolicy::new().timeout(Duration::from_secs(90));
/// What an ACME server says about an account it does not know, or knows no more.
const NO_ACCOUNT: &str = "urn:ietf:params:acme:error:accountDoesNotExist";
/// What it says when it does not let a certificate take the place of the one before (RFC 9773 section 5): another one did,
/// or it does not know that one.
const NO_REPLACEMENT: [&str; 2] =
    ["urn:ietf:params:acme:error:alreadyReplaced", "urn:ietf:params:acme:error:malformed"];

/// Orders a certificate; fails with a text for the operator.
pub(super) async fn certificate(keeper: &Keeper) -> Result<Certificate, String> {
    let mut order = begin(keeper).await?;
    authorize(keeper, &mut order).await?;
    let key = Zeroizing::new(order.finalize().await.map_err(told)?);
    let chain = order.poll_certificate(&PATIENCE).await.map_err(told)?;
    let validity = Validity::of_pem(chain.as_bytes())?;
    if validity.left(keeper.server.clock.now()).is_zero() {
        return Err("the certificate that the ACME server signed has ended already; compare the clocks".to_owned());
    }
    // What cannot be served is not kept.
    let usable = RustlsConfig::from_pem(chain.clone().into_bytes(), key.as_bytes().to_vec()).await;
    usable.map_err(|error| format!("what the ACME server signed cannot be used: {error}"))?;
    Ok(Certificate { chain, key, validity })
}

/// Begins an order, with a new account when the one that is kept is known there no more.
async fn begin(keeper: &Keeper) -> Result<Order, String> {
    let identifiers = [Identifier::Dns(keeper.subject.host.clone())];
    if let Some(account) = kept_account(keeper).await? {
        let replaced = keeper.advice().and_then(|advice| advice.replaced());
        match new_order(&account, &identifiers, replaced).await {
            Err(Error::Api(problem)) if problem.r#type.as_deref() == Some(NO_ACCOUNT) => {
                tracing::warn!(
                    directory = keeper.subject.directory,
                    "the account is known there no more; a new one is made"
                );
            }
            outcome => return outcome.map_err(told),
        }
    }
    new_order(&new_account(keeper).await?, &identifiers, None).await.map_err(told)
}

/// As the successor of the certificate before, where the ACME server keeps account of that; otherwise as one by itself.
async fn new_order(
    account: &Account,
    identifiers: &[Identifier],
    replaced: Option<CertificateIdentifier<'static>>,
) -> Result<Order, Error> {
    if let Some(replaced) = replaced {
        match account.new_order(&NewOrder::new(identifiers).replaces(replaced)).await {
            Err(Error::Api(problem))
                if problem.r#type.as_deref().is_some_and(|kind| NO_REPLACEMENT.contains(&kind)) =>
            {
                tracing::debug!(%problem, "the ACME server takes no replacement");
            }
            // One that does not say what the order replaces, though it must; and a way that failed fails again below.
            Err(Error::Unsupported(_) | Error::Other(_)) => {}
            outcome => return outcome,
        }
    }
    account.new_order(&NewOrder::new(identifiers)).await
}

async fn kept_account(keeper: &Keeper) -> Result<Option<Account>, String> {
    let server = &keeper.server;
    let mut tx = server.read().await.map_err(|error| error.to_string())?;
    let kept = acme::account(&mut tx, &server.master_key, &keeper.subject.directory).await;
    drop(tx);
    let kept = match kept {
        Ok(Some(kept)) => kept,
        Ok(None) => return Ok(None),
        Err(AcmeError::Sealed(error)) => {
            tracing::error!(%error, "the account that is kept cannot be used; a new one is made");
            return Ok(None);
        }
        Err(AcmeError::Database(error)) => return Err(error.to_string()),
    };
    let credentials: AccountCredentials =
        serde_json::from_slice(&kept.credentials).map_err(|error| format!("the account that is kept: {error}"))?;
    let builder = Account::builder_with_http(Box::new(Http::new(&keeper.settings)?));
    let account = builder.from_credentials(credentials).await.map_err(told)?;
    if kept.email != keeper.settings.email {
        let contact = contact(keeper);
        let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
        match account.update_contacts(&contact).await {
            Err(Error::Api(problem)) if problem.r#type.as_deref() == Some(NO_ACCOUNT) => return Ok(None),
            outcome => outcome.map_err(told)?,
        }
        keep(keeper, kept.credentials).await?;
    }
    Ok(Some(account))
}

async fn new_account(keeper: &Keeper) -> Result<Account, String> {
    let contact = contact(keeper);
    let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
    let wanted = NewAccount {
        contact: &contact,
        terms_of_service_agreed: keeper.settings.terms_of_service_agreed,
        only_return_existing: false,
    };
    let external = external::key(&keeper.settings)?;
    let builder = Account::builder_with_http(Box::new(Http::new(&keeper.settings)?));
    let made = builder.create(&wanted, keeper.subject.directory.clone(), external.as_ref()).await;
    let (account, credentials) = made.map_err(told)?;
    let text = serde_json::to_vec(&credentials).map_err(|error| error.to_string())?;
    keep(keeper, Zeroizing::new(text)).await?;
    tracing::info!(directory = keeper.subject.directory, "an account with the ACME server was made");
    Ok(account)
}

async fn keep(keeper: &Keeper, credentials: Zeroizing<Vec<u8>>) -> Result<(), String> {
    let server = &keeper.server;
    let account = acme::Account { email: keeper.settings.email.clone(), credentials };
    let kept: database::Result<()> = async {
        let mut tx = server.write().await?;
        let directory = &keeper.subject.directory;
        let now = server.clock.now();
        acme::keep_account(&mut tx, &server.master_key, &server.entropy, directory, &account, now).await?;
        tx.commit().await
    }
    .await;
    kept.map_err(|error| error.to_string())
}

fn contact(keeper: &Keeper) -> Option<String> {
    keeper.settings.email.as_ref().map(|email| format!("mailto:{email}"))
}

/// Proves that the host is ours.
async fn authorize(keeper: &Keeper, order: &mut Order) -> Result<(), String> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let authorization = authorization.map_err(told)?;
        match authorization.status {
            AuthorizationStatus::Valid => {}
            AuthorizationStatus::Pending => offer(keeper, authorization).await?,
            status => return Err(format!("the ACME server does not authorize {}: {status:?}", keeper.subject.host)),
        }
    }
    match order.poll_ready(&PATIENCE).await.map_err(told)? {
        OrderStatus::Ready => Ok(()),
        status => Err(refusal(order).await.unwrap_or_else(|| format!("the ACME server ended the order: {status:?}"))),
    }
}

/// Puts the answer where every process finds it, then lets the ACME server ask.
async fn offer(keeper: &Keeper, mut authorization: AuthorizationHandle<'_>) -> Result<(), String> {
    let challenge = authorization.challenge(ChallengeType::TlsAlpn01);
    let mut challenge =
        challenge.ok_or("the ACME server does not offer tls-alpn-01 (RFC 8737), the one proof we give")?;
    let digest = challenge.key_authorization().digest();
    let offered: database::Result<()> = async {
        let mut tx = keeper.server.write().await?;
        acme::set_challenge(&mut tx, &keeper.subject, keeper.holder, digest.as_ref()).await?;
        tx.commit().await
    }
    .await;
    offered.map_err(|error| error.to_string())?;
    challenge.set_ready().await.map_err(told)
}

/// What the ACME server found wrong when it asked us; the order itself does not say it. Nothing where it cannot be asked for that:
/// its verdict is told then.
async fn refusal(order: &mut Order) -> Option<String> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization.ok()?;
        let state = authorization.refresh().await.ok()?;
        if let Some(problem) = state.challenges.iter().find_map(|challenge| challenge.error.clone()) {
            return Some(told(Error::Api(problem)));
        }
    }
    None
}

/// What the ACME server or the way to it says, in one line.
fn told(error: Error) -> String {
    match error {
        Error::Api(problem) => match (problem.detail, problem.r#type) {
            (Some(detail), Some(kind)) => format!("{detail} ({kind})"),
            (Some(text), None) | (None, Some(text)) => text,
            (None, None) => "an error without a text".to_owned(),
        },
        error => error.to_string(),
    }
}
