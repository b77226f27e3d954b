//! Identities elsewhere that an app trusts as itself (Graph: federatedIdentityCredential).
//!
//! A workload that has an identity of its own, in a pipeline or a cluster, shows a token of that instead of a secret. What is kept is
//! whose tokens those are; the keys are read from the issuer when a token comes.

use super::error::{Invalid, check_text_within};
use crate::Server;
use crate::platform::ids::{ApplicationId, FederatedCredentialId, TenantId};
use url::Url;

/// Most of them of one application (Graph: federatedIdentityCredential).
pub(super) const MOST: usize = 20;

/// Longest name, in characters.
const NAME: usize = 120;

/// Longest issuer, subject, audience and description, in characters.
const TEXT: usize = 600;

/// Longest issuer and subject together, in bytes: they stand in one entry of an index, which takes 2,704 (PostgreSQL, B-tree).
const INDEXED: usize = 2_400;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FederatedCredential {
    /// The tenant.
    pub tenant_id: TenantId,
    /// `id`
    pub id: FederatedCredentialId,
    /// Whose it is.
    pub application_id: ApplicationId,
    /// `name`: unique in its application, and never changed.
    pub name: String,
    /// `issuer`: the `iss` of the tokens, which is also where its keys are found.
    pub issuer: String,
    /// `subject`: their `sub`.
    pub subject: String,
    /// The one entry of `audiences`: among their `aud`.
    pub audience: String,
    /// `description`
    pub description: Option<String>,
}

/// New values; `None` leaves a property as it is, and is refused for one that a new credential needs.
#[derive(Debug, Clone, Default)]
pub struct FederatedChanges {
    /// `name`
    pub name: Option<String>,
    /// `issuer`
    pub issuer: Option<String>,
    /// `subject`
    pub subject: Option<String>,
    /// `audiences`
    pub audiences: Option<Vec<String>>,
    /// `description`
    pub description: Option<Option<String>>,
}

impl FederatedChanges {
    /// A new credential with these values.
    ///
    /// # Errors
    /// When one that is required is missing, or a value is not allowed.
    pub(super) fn make(
        self,
        server: &Server,
        (tenant, application, id): (TenantId, ApplicationId, FederatedCredentialId),
    ) -> Result<FederatedCredential, Invalid> {
        let required = |property| Invalid { property, problem: "it is required".to_owned() };
        let made = FederatedCredential {
            tenant_id: tenant,
            id,
            application_id: application,
            name: self.name.ok_or_else(|| required("name"))?,
            issuer: self.issuer.ok_or_else(|| required("issuer"))?,
            subject: self.subject.ok_or_else(|| required("subject"))?,
            audience: only_one(self.audiences.ok_or_else(|| required("audiences"))?)?,
            description: self.description.flatten(),
        };
        check(server, &made)?;
        Ok(made)
    }

    /// The credential as it is with these changes.
    ///
    /// # Errors
    /// When a value is not allowed, or the name is another one.
    pub(super) fn apply(self, server: &Server, before: &FederatedCredential) -> Result<FederatedCredential, Invalid> {
        if self.name.is_some_and(|name| name != before.name) {
            return Err(Invalid { property: "name", problem: "it cannot be changed".to_owned() });
        }
        let audience = self.audiences.map(only_one).transpose()?;
        let after = FederatedCredential {
            issuer: self.issuer.unwrap_or_else(|| before.issuer.clone()),
            subject: self.subject.unwrap_or_else(|| before.subject.clone()),
            audience: audience.unwrap_or_else(|| before.audience.clone()),
            description: self.description.unwrap_or_else(|| before.description.clone()),
            ..before.clone()
        };
        check(server, &after)?;
        Ok(after)
    }
}

fn only_one(audiences: Vec<String>) -> Result<String, Invalid> {
    let [audience] = <[String; 1]>::try_from(audiences)
        .map_err(|_| Invalid { property: "audiences", problem: "it has exactly one entry".to_owned() })?;
    Ok(audience)
}

fn check(server: &Server, credential: &FederatedCredential) -> Result<(), Invalid> {
    check_name(&credential.name)?;
    check_issuer(server, &credential.issuer)?;
    check_text("subject", &credential.subject)?;
    if credential.issuer.len() + credential.subject.len() > INDEXED {
        let problem = format!("with the issuer it is longer than {INDEXED} bytes");
        return Err(Invalid { property: "subject", problem });
    }
    check_text("audiences", &credential.audience)?;
    credential.description.as_deref().map_or(Ok(()), |text| check_text("description", text))
}

/// It stands in addresses as it is.
fn check_name(name: &str) -> Result<(), Invalid> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if begins_well && name.len() <= NAME && name.chars().all(is_word) {
        return Ok(());
    }
    let problem = "it has up to 120 letters, digits, dashes, underscores and dots, and begins with a letter or digit";
    Err(Invalid { property: "name", problem: problem.to_owned() })
}

/// Where keys are read from is judged as every address that a tenant names; it is judged again whenever they are read.
fn check_issuer(server: &Server, issuer: &str) -> Result<(), Invalid> {
    let refuse = |problem: String| Invalid { property: "issuer", problem };
    check_text("issuer", issuer)?;
    let url = Url::parse(issuer).map_err(|error| refuse(error.to_string()))?;
    server.fetch.check(&url).map_err(|error| refuse(error.to_string()))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("it has neither a query nor a fragment".to_owned()));
    }
    let is_ours = Url::parse(server.settings.public_address()).is_ok_and(|own| own.origin() == url.origin());
    if is_ours {
        return Err(refuse("tokens of this server prove no app here".to_owned()));
    }
    Ok(())
}

fn check_text(property: &'static str, text: &str) -> Result<(), Invalid> {
    check_text_within(property, text, TEXT)
}
