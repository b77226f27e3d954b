//! Secrets of applications (Graph: passwordCredential).
//!
//! An application may have several, so that a new one can be rolled out before the old one ends. Each has 256 random
//! bits, is shown once, and is stored as its SHA-256.

use super::application::Application;
use super::error::{ApplicationError, Invalid};
use super::{principal_secret_store, store};
use crate::Server;
use crate::platform::ids::{ApplicationId, KeyId, ServicePrincipalId, TenantId};
use crate::platform::{Secret, SecretHash, SecretKind};
use database::{Timestamp, Transaction};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a secret is good for when nothing else is said: two years.
pub const LIFETIME: Duration = Duration::from_hours(2 * 365 * 24);

/// How long before the last secret of an app ends those who may renew it are told.
pub const WARNED_BEFORE: Duration = Duration::from_hours(30 * 24);

/// Secrets of a registration at most, and of its service principals together, ended ones included: every token request reads and
/// compares all of them.
const MOST: i64 = 50;

/// Characters of a secret that are kept in clear to tell it from others: 18 of its 256 bits.
const HINT: usize = 3;

/// What is known about a secret after it was shown.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ApplicationSecret {
    /// The tenant.
    pub tenant_id: TenantId,
    /// `keyId`
    pub id: KeyId,
    /// Whose it is.
    pub application_id: ApplicationId,
    /// The service principal it was added to, for one that is not of the registration itself. It is good as long as this one stands.
    pub service_principal_id: Option<ServicePrincipalId>,
    /// `displayName`
    pub display_name: Option<String>,
    /// `hint`: its last three characters, because the first ones are those of every secret of the tenant; empty for one
    /// that is older than that.
    pub hint: String,
    /// What is compared.
    pub secret_hash: SecretHash,
    /// `startDateTime`
    pub starts_at: Timestamp,
    /// `endDateTime`; it is no longer good at this instant.
    pub ends_at: Timestamp,
}

/// What is asked for a new secret.
#[derive(Debug, Clone, Default)]
pub struct NewSecret {
    /// What it is for.
    pub display_name: Option<String>,
    /// From when on it is good; now by default.
    pub starts_at: Option<Timestamp>,
    /// When it ends; [`LIFETIME`] after its start by default.
    pub ends_at: Option<Timestamp>,
}

/// A secret at the one moment its text is known.
pub struct AddedSecret {
    /// What stays.
    pub credential: ApplicationSecret,
    /// What the application presents.
    pub text: Zeroizing<String>,
}

impl ApplicationSecret {
    /// Whether it is good at this instant.
    ///
    /// One that was good from the moment it was made has begun for ever: a clock that was set back since does not take
    /// it away. Its id tells when it was made.
    pub fn is_good_at(&self, now: Timestamp) -> bool {
        (self.starts_at <= now || self.was_good_when_made()) && now < self.ends_at
    }

    /// Whether it is one of the registration, which is good with every service principal of it, or of this one.
    fn is_of(&self, principal: Option<ServicePrincipalId>) -> bool {
        self.service_principal_id.is_none() || self.service_principal_id == principal
    }

    fn was_good_when_made(&self) -> bool {
        let made = self.id.0.get_timestamp().map(|at| at.to_unix());
        made.is_some_and(|(seconds, nanoseconds)| {
            let milliseconds = i128::from(seconds) * 1_000 + i128::from(nanoseconds / 1_000_000);
            i128::from(self.starts_at.microseconds().div_euclid(1_000)) <= milliseconds
        })
    }
}

/// Makes a secret of an application, or of its service principal where one is named. Nothing is stored.
///
/// # Errors
/// For a name that is none, and an end that is not after the beginning or has passed.
pub fn make(
    server: &Server,
    (tenant, application, principal): (TenantId, ApplicationId, Option<ServicePrincipalId>),
    new: NewSecret,
) -> Result<AddedSecret, Invalid> {
    if let Some(name) = &new.display_name {
        super::error::check_text("passwordCredential.displayName", name)?;
    }
    let now = server.clock.now();
    let starts_at = new.starts_at.unwrap_or(now);
    let ends_at = new.ends_at.unwrap_or_else(|| starts_at.plus(LIFETIME));
    if ends_at <= starts_at || ends_at <= now {
        let problem = "it is not after the start of the secret, or has passed".to_owned();
        return Err(Invalid { property: "passwordCredential.endDateTime", problem });
    }
    let secret = Secret::new(SecretKind::ClientSecret, tenant, &server.entropy);
    let text = secret.text();
    let credential = ApplicationSecret {
        tenant_id: tenant,
        id: KeyId(server.entropy.uuid(now)),
        application_id: application,
        service_principal_id: principal,
        display_name: new.display_name,
        hint: text[text.len() - HINT..].to_owned(),
        secret_hash: secret.hash(),
        starts_at,
        ends_at,
    };
    Ok(AddedSecret { credential, text })
}

/// Refuses a further secret where the registration, or its service principals together, have 50 already. The registration is
/// held until the end of the transaction, so that two at once do not pass the limit.
///
/// # Errors
/// `Invalid` names `passwordCredentials`; `NotFound` if the registration was deleted.
pub async fn check_number(
    tx: &mut Transaction,
    (tenant, application): (TenantId, ApplicationId),
    is_of_principal: bool,
) -> Result<(), ApplicationError> {
    if !store::lock(tx, tenant, application).await? {
        return Err(ApplicationError::NotFound(application.to_string()));
    }
    if principal_secret_store::count(tx, tenant, application, is_of_principal).await? < MOST {
        return Ok(());
    }
    let problem = if is_of_principal {
        format!(
            "an app has at most {MOST} secrets of service principals, those of deleted ones among them until they are gone"
        )
    } else {
        format!("an application has at most {MOST} secrets, those that have ended among them")
    };
    Err(Invalid { property: "passwordCredentials", problem }.into())
}

async fn kept(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    application: ApplicationId,
) -> database::Result<Arc<Vec<ApplicationSecret>>> {
    let cache = &server.caches.secrets;
    match cache.get(server.database.changes(), &(tenant, application)) {
        Ok(kept) => Ok(kept),
        Err(vacancy) => {
            let read = store::list_secrets(tx, tenant, application).await?;
            Ok(cache.keep(vacancy, tx, (tenant, application), read))
        }
    }
}

/// Whether a secret that was presented is one of the application's or of its service principal's, good now, and of this tenant.
///
/// Whatever is presented is looked up and compared, so that the work tells nothing about how near a guess came.
///
/// # Errors
/// When the database fails.
pub async fn verify(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    application: &Application,
    principal: Option<ServicePrincipalId>,
    presented: &str,
) -> database::Result<bool> {
    let secret = Secret::parse(SecretKind::ClientSecret, presented);
    let is_ours = secret.as_ref().is_some_and(|secret| secret.tenant() == tenant) && application.tenant_id == tenant;
    // What was never a secret is hashed as it stands; `is_ours` is false for it, whatever it may equal.
    let hash = secret.map_or_else(|| SecretHash::of(presented.as_bytes()), |secret| secret.hash());
    let now = server.clock.now();
    let candidates = kept(tx, server, tenant, application.id).await?;
    tracing::trace!(compared = candidates.len(), "the secrets of an application are compared");
    // All of them are compared, so that the time taken tells nothing about which one it was.
    let is_found = candidates.iter().fold(false, |found, candidate| {
        let is_equal = bool::from(subtle::ConstantTimeEq::ct_eq(candidate.secret_hash.0.as_slice(), hash.0.as_slice()));
        found | (is_equal & candidate.is_good_at(now) & candidate.is_of(principal))
    });
    Ok(is_found & is_ours)
}
