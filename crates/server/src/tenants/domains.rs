//! Domains of a tenant: naming one, proving it by a text in its DNS, giving it up (Graph: domain).

use super::{Domain, Tenant, store};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Error, Permission, Role};
use crate::platform::dns::{Dns, Published};
use crate::platform::ids::TenantId;
use database::{Timestamp, Transaction};

/// What lets a caller read domains.
const READ: [Permission; 3] = [Permission::DomainReadAll, Permission::DomainReadWriteAll, Permission::DirectoryReadAll];
/// What lets a caller name, prove and give up domains.
const WRITE: [Permission; 1] = [Permission::DomainReadWriteAll];

/// Domains a tenant may have named and not proved, so that nobody fills the table.
const CLAIMS: usize = 900;

/// A domain as a tenant has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantDomain {
    /// The name, in A-label form.
    pub name: String,
    /// Whether the names of users end in it by default, for ever.
    pub is_initial: bool,
    /// Whether it is the one guests are shown and new members are named after.
    pub is_default: bool,
    /// The text that proves it; none where it is proved.
    pub proof: Option<String>,
}

impl TenantDomain {
    /// What a form carries that showed the domain: that it was proved, or the text that it waited for.
    pub fn mark(&self) -> &str {
        self.proof.as_deref().unwrap_or("proved")
    }
}

/// A domain that is named and not proved.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DomainClaim {
    /// The name, in A-label form.
    pub name: String,
    /// The text that its DNS is to hold.
    pub proof: String,
    /// When it was named.
    pub created_at: Timestamp,
}

/// Why a domain is not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum DomainError {
    /// The caller may not.
    #[error("not allowed")]
    NotAllowed,
    /// The tenant has no such domain.
    #[error("no domain {0}")]
    NotFound(String),
    /// What was typed is no name of a domain.
    #[error("'{0}' is not a domain name")]
    NoName(String),
    /// The tenant has it already, proved or not.
    #[error("the organization has the domain already")]
    Exists,
    /// Too many domains wait for their proof.
    #[error("{CLAIMS} domains wait for their proof; give up one of them first")]
    TooMany,
    /// Another tenant on this server has proved it.
    #[error("the domain belongs to another organization")]
    Taken,
    /// Its DNS does not hold the text.
    #[error("{0}")]
    NotProved(String),
    /// It was proved before.
    #[error("the domain is proved already")]
    Proved,
    /// The domain of the names of its users.
    #[error("the first domain of an organization stays")]
    Initial,
    /// The organisation is known by it.
    #[error("the default domain stays; make another one the default first")]
    Default,
    /// It is not proved, so that it can be nobody's default.
    #[error("it is not proved")]
    Unproved,
    /// It was given up so long ago that it is not taken back as it was.
    #[error("it cannot be taken back as it was any more; name it and prove it again")]
    TooLate,
    /// Something else is stored than the caller has seen.
    #[error("the domains were changed meanwhile")]
    Changed,
    /// Users sign in with names that end in it.
    #[error("users have names that end in it")]
    InUse,
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<DomainError> for Error {
    fn from(error: DomainError) -> Self {
        use axum::http::StatusCode;
        match error {
            DomainError::NotAllowed => Self::denied(),
            DomainError::NotFound(name) => Self::not_found(name),
            DomainError::NoName(_) => Self::invalid_property("id", &error),
            DomainError::Exists | DomainError::Taken => {
                let message = format!("Invalid value specified for property 'id': {error}.");
                Self::new(StatusCode::CONFLICT, "ObjectConflict", message).with_target("id")
            }
            DomainError::Changed => database::Error::Conflict(error.to_string()).into(),
            DomainError::Database(error) => error.into(),
            refused => Self::bad_request(format!("The domain was not changed: {refused}.")),
        }
    }
}

/// Whether the caller may name, prove and give up domains.
pub fn may_change(caller: &Caller) -> bool {
    caller.may_administer(&WRITE)
}

/// Refuses whoever may not change domains.
pub fn check_may_change(caller: &Caller) -> Result<(), DomainError> {
    if may_change(caller) { Ok(()) } else { Err(DomainError::NotAllowed) }
}

/// Refuses whoever may not read domains; a guest finds those that are proved at the organisation.
pub fn check_may_read(caller: &Caller) -> Result<(), DomainError> {
    let is_inside = caller.user().is_none_or(|user| !user.is_guest || caller.sees_others());
    if caller.has_any(&READ) && is_inside { Ok(()) } else { Err(DomainError::NotAllowed) }
}

/// Refuses whoever may not read how a domain is proved: administrators, and programs.
pub fn check_may_read_proof(caller: &Caller) -> Result<(), DomainError> {
    check_may_read(caller)?;
    if caller.is_application() || caller.holds_any(&[Role::GlobalAdministrator]) {
        Ok(())
    } else {
        Err(DomainError::NotAllowed)
    }
}

/// Every domain, proved ones first, the initial one before all.
pub async fn list(server: &Server, caller: &Caller) -> Result<Vec<TenantDomain>, DomainError> {
    check_may_read(caller)?;
    let mut tx = server.read().await?;
    let tenant = tenant(&mut tx, caller.tenant).await?;
    let proved = store::list_domains(&mut tx, caller.tenant).await?.into_iter();
    let proved = proved.map(|name| TenantDomain {
        is_initial: name == tenant.initial_domain,
        is_default: name == tenant.default_domain(),
        name,
        proof: None,
    });
    let claims = store::list_claims(&mut tx, caller.tenant).await?.into_iter();
    let claims = claims.map(|claim| unproved(claim.name, claim.proof));
    Ok(proved.chain(claims).collect())
}

const fn unproved(name: String, proof: String) -> TenantDomain {
    TenantDomain { name, is_initial: false, is_default: false, proof: Some(proof) }
}

/// The domain with this name.
pub async fn find(server: &Server, caller: &Caller, name: &str) -> Result<TenantDomain, DomainError> {
    let missing = || DomainError::NotFound(name.to_owned());
    let wanted = Domain::parse(name).ok_or_else(missing)?;
    let found = list(server, caller).await?.into_iter().find(|domain| domain.name == wanted.as_str());
    found.ok_or_else(missing)
}

/// Names a domain that is to be proved (Graph: create domain).
///
/// # Errors
/// `Taken` where another tenant has proved it: whose a domain is, every sign-in shows.
pub async fn add(server: &Server, caller: &Caller, name: &str) -> Result<TenantDomain, DomainError> {
    check_may_change(caller)?;
    let domain = Domain::parse(name).ok_or_else(|| DomainError::NoName(name.to_owned()))?;
    let proof = format!("vestibule-domain-verification={}", server.entropy.random_uuid().simple());
    let claim = DomainClaim { name: domain.as_str().to_owned(), proof, created_at: server.clock.now() };
    let mut tx = server.write().await?;
    match store::find_domain(&mut tx, &domain).await? {
        Some(owner) if owner == caller.tenant => return Err(DomainError::Exists),
        Some(_) => return Err(DomainError::Taken),
        None => {}
    }
    check_room(&mut tx, caller.tenant).await?;
    if !store::insert_claim(&mut tx, caller.tenant, &claim).await? {
        return Err(DomainError::Exists);
    }
    record(&mut tx, server, caller, Activity::AddUnverifiedDomain, &claim.name, &[]).await?;
    tx.commit().await?;
    Ok(unproved(claim.name, claim.proof))
}

/// Refuses one more domain that waits for its proof.
pub(super) async fn check_room(tx: &mut Transaction, tenant: TenantId) -> Result<(), DomainError> {
    let waiting = store::list_claims(tx, tenant).await?.len();
    if waiting < CLAIMS { Ok(()) } else { Err(DomainError::TooMany) }
}

/// Looks into the DNS and takes the domain if its text is there (Graph: domain: verify). The DNS is asked each time.
///
/// # Errors
/// `NotProved` says what was found instead, `Taken` if another tenant was faster.
pub async fn verify(server: &Server, caller: &Caller, name: &str) -> Result<TenantDomain, DomainError> {
    check_may_change(caller)?;
    let found = find(server, caller, name).await?;
    let proof = found.proof.clone().ok_or(DomainError::Proved)?;
    check_proof(server, &found.name, &proof).await?;
    let domain = Domain::parse(&found.name).ok_or_else(|| DomainError::NotFound(name.to_owned()))?;
    let mut tx = server.write().await?;
    // Whoever gave the domain up meanwhile does not get it.
    if !store::delete_claim(&mut tx, caller.tenant, domain.as_str()).await? {
        return Err(DomainError::NotFound(name.to_owned()));
    }
    if store::find_domain(&mut tx, &domain).await?.is_some() {
        return Err(DomainError::Taken);
    }
    match store::insert_domain(&mut tx, caller.tenant, &domain, false, server.clock.now()).await {
        Err(database::Error::Conflict(_)) => return Err(DomainError::Taken),
        outcome => outcome?,
    }
    record(&mut tx, server, caller, Activity::AddVerifiedDomain, domain.as_str(), &[]).await?;
    tx.commit().await?;
    Ok(TenantDomain { proof: None, ..found })
}

async fn check_proof(server: &Server, name: &str, proof: &str) -> Result<(), DomainError> {
    let unasked =
        |error: &dyn std::fmt::Display| DomainError::NotProved(format!("the DNS could not be asked: {error}"));
    let dns = Dns::new(server.settings.outbound.nameserver).map_err(|error| unasked(&error))?;
    let missing = match dns.texts(name).await.map_err(|error| unasked(&error))? {
        Published::Texts(texts) if texts.iter().any(|text| text == proof) => return Ok(()),
        Published::Texts(texts) => format!("{name} has {} TXT records, and none is {proof}", texts.len()),
        Published::NoText => format!("{name} has no TXT record; it must be {proof}"),
        Published::NoName => format!("the DNS knows no {name}"),
    };
    Err(DomainError::NotProved(missing))
}

/// Makes a domain the default (Graph: update domain, isDefault). Nothing else of a domain can be changed.
///
/// # Errors
/// `Unproved` where it is not proved, `Changed` where the default is another one than the caller has `seen`.
pub async fn make_default(server: &Server, caller: &Caller, name: &str, seen: Option<&str>) -> Result<(), DomainError> {
    check_may_change(caller)?;
    let found = find(server, caller, name).await?;
    if found.proof.is_some() {
        return Err(DomainError::Unproved);
    }
    let mut tx = server.write().await?;
    store::lock(&mut tx, caller.tenant).await?;
    let before = tenant(&mut tx, caller.tenant).await?;
    if seen.is_some_and(|seen| seen != before.default_domain()) {
        return Err(DomainError::Changed);
    }
    if before.default_domain() == found.name {
        return Ok(());
    }
    // Whoever gave the domain up meanwhile is not known by it.
    if !store::list_domains(&mut tx, caller.tenant).await?.contains(&found.name) {
        return Err(DomainError::NotFound(name.to_owned()));
    }
    store::set_default_domain(&mut tx, caller.tenant, &found.name).await?;
    let target = target(caller, &found.name).change("Default", before.default_domain(), found.name.as_str());
    audit::record(&mut tx, server, caller, Activity::UpdateDomain, &Outcome::Success, &target, &[]).await?;
    Ok(tx.commit().await?)
}

/// Gives a domain up, proved or not (Graph: delete domain). What it was.
///
/// # Errors
/// `Changed` where it is not as the caller has `seen` it ([`TenantDomain::mark`]).
pub async fn remove(
    server: &Server,
    caller: &Caller,
    name: &str,
    seen: Option<&str>,
) -> Result<TenantDomain, DomainError> {
    check_may_change(caller)?;
    let found = find(server, caller, name).await?;
    if seen.is_some_and(|seen| seen != found.mark()) {
        return Err(DomainError::Changed);
    }
    let mut tx = server.write().await?;
    store::lock(&mut tx, caller.tenant).await?;
    let is_there = if found.proof.is_some() {
        store::delete_claim(&mut tx, caller.tenant, &found.name).await?
    } else if found.is_initial {
        return Err(DomainError::Initial);
    } else if tenant(&mut tx, caller.tenant).await?.default_domain() == found.name {
        return Err(DomainError::Default);
    } else if store::is_domain_of_a_name(&mut tx, caller.tenant, &found.name).await? {
        return Err(DomainError::InUse);
    } else {
        store::delete_domain(&mut tx, caller.tenant, &found.name).await?
    };
    // Proved or given up since it was read.
    if !is_there {
        return Err(if seen.is_some() { DomainError::Changed } else { DomainError::NotFound(name.to_owned()) });
    }
    let activity =
        if found.proof.is_some() { Activity::RemoveUnverifiedDomain } else { Activity::RemoveVerifiedDomain };
    record(&mut tx, server, caller, activity, &found.name, &[]).await?;
    tx.commit().await?;
    Ok(found)
}

async fn tenant(tx: &mut Transaction, id: TenantId) -> Result<Tenant, DomainError> {
    Ok(store::find(tx, id).await?.ok_or(database::Error::NotFound)?)
}

pub(super) async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    activity: Activity,
    name: &str,
    details: &[(&str, &str)],
) -> database::Result<()> {
    audit::record(tx, server, caller, activity, &Outcome::Success, &target(caller, name), details).await
}

fn target(caller: &Caller, name: &str) -> Target {
    Target { id: None, ..Target::new("Domain", caller.tenant.0, name) }
}
