//! `vestibule tenant create`, `vestibule tenant rotate-keys`

use super::{Configured, Error};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::authorization::key_rotation;
use crate::graph::Caller;
use crate::platform::clock::rfc3339;
use crate::platform::signing_keys::SigningKeyError;
use crate::service_principals;
use crate::tenants::{self, Domain, Tenant, TenantName};
use clap::{Args, Subcommand};
use oauth::jose::Algorithm;
use serde_json::Value;

/// What can be done with organisations.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an organisation. Its domain is taken as proved: whoever may run this decides about the server.
    Create(Create),
    /// Publish new signing keys. They are used a day later, when every app has seen them.
    RotateKeys(RotateKeys),
}

/// Options of `tenant create`.
#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    configured: Configured,
    /// The name people see, at most 64 characters.
    #[arg(long)]
    name: String,
    /// The domain that its members' sign-in names end in, such as contoso.example.
    #[arg(long)]
    domain: String,
}

/// Options of `tenant rotate-keys`.
#[derive(Debug, Args)]
pub struct RotateKeys {
    #[command(flatten)]
    configured: Configured,
    /// The organisation, by its id or domain.
    #[arg(long)]
    tenant: String,
}

/// How signing keys are exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exchange {
    /// The next one signs a day later, and nothing fails.
    InADay,
    /// A new one signs at once, and whatever the others signed is void.
    AtOnce,
}

pub(super) async fn run(command: &Command) -> Result<(), Error> {
    let options = match command {
        Command::Create(options) => options,
        Command::RotateKeys(options) => return rotate_keys(options).await,
    };
    let server = options.configured.open().await?;
    let tenant = create(&server, &options.name, &options.domain).await?;
    say!("{} ({}) has the tenant id {}", tenant.name, tenant.initial_domain, tenant.id);
    Ok(())
}

async fn rotate_keys(options: &RotateKeys) -> Result<(), Error> {
    let server = options.configured.open().await?;
    rotate_keys_of(&server, &options.tenant, Exchange::InADay).await
}

/// Exchanges the signing keys of one organisation, by its id or domain: of each algorithm, whatever becomes of the others.
pub(super) async fn rotate_keys_of(server: &Server, name: &str, exchange: Exchange) -> Result<(), Error> {
    let mut tx = server.read().await?;
    let tenant = tenants::resolve(&mut tx, server, name).await?;
    drop(tx);
    let tenant = tenant.ok_or_else(|| Error::refused(format!("there is no organisation {name}")))?;
    let mut failures = Vec::new();
    for algorithm in Algorithm::ALL {
        match exchanged(server, &tenant, algorithm, exchange).await {
            Ok(told) => say!("{algorithm}: {told}"),
            Err(failure) => failures.push(format!("{algorithm}: {failure}")),
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(Error::refused(failures.join("; "))) }
}

/// Exchanges one key; what is to be told of it.
async fn exchanged(
    server: &Server,
    tenant: &Tenant,
    algorithm: Algorithm,
    exchange: Exchange,
) -> Result<String, SigningKeyError> {
    match exchange {
        Exchange::InADay => {
            let key = key_rotation::rotate(server, tenant, algorithm).await?;
            Ok(format!("{} is published and signs from {}", key.id, rfc3339(key.active_from)))
        }
        Exchange::AtOnce => {
            let done = key_rotation::withdraw(server, tenant, algorithm).await?;
            let withdrawn = if done.withdrawn.is_empty() { "none".to_owned() } else { done.withdrawn.join(", ") };
            Ok(format!("{} signs from now on; withdrawn: {withdrawn}", done.key.id))
        }
    }
}

/// Makes an organisation with everything it needs from the first day.
pub async fn create(server: &Server, name: &str, domain: &str) -> Result<Tenant, Error> {
    let name = TenantName::parse(name).ok_or_else(|| {
        Error::refused("--name must be 1 to 64 characters without control characters and text direction marks")
    })?;
    let domain = Domain::parse(domain)
        .ok_or_else(|| Error::refused("--domain must be a domain name with a dot, such as contoso.example"))?;
    let mut tx = server.write().await?;
    if tenants::store::find_domain(&mut tx, &domain).await?.is_some() {
        return Err(Error::refused(format!("{} belongs to an organisation already", domain.as_str())));
    }
    let tenant = tenants::create(&mut tx, server, name, &domain).await?;
    let caller = Caller::system(tenant.id);
    let target = Target::new("Directory", tenant.id.0, tenant.name.clone());
    audit::record(&mut tx, server, &caller, Activity::AddTenant, &Outcome::Success, &target, &[]).await?;
    let target = target.change("Name", Value::Null, tenant.initial_domain.clone());
    audit::record(&mut tx, server, &caller, Activity::AddVerifiedDomain, &Outcome::Success, &target, &[]).await?;
    service_principals::install_directory_api(&mut tx, server, tenant.id).await?;
    tx.commit().await?;
    Ok(tenant)
}
