//! `vestibule user`

mod create;
mod recover;
mod role;

pub use create::{NewMember, create};

use super::Error;
use crate::Server;
use crate::tenants::{self, Tenant};
use clap::Subcommand;
use std::sync::Arc;

/// What can be done with members.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a member who signs in with a password.
    Create(create::Options),
    /// Make a one-time link with which a member who is locked out sets a new password. It is written into the audit.
    Recover(recover::Options),
    /// Give or take directory roles. Both are written into the audit.
    Role(role::Options),
}

pub(super) async fn run(command: &Command) -> Result<(), Error> {
    match command {
        Command::Create(options) => create::run(options).await,
        Command::Recover(options) => recover::run(options).await,
        Command::Role(options) => role::run(options).await,
    }
}

async fn find_tenant(server: &Server, name: &str) -> Result<Arc<Tenant>, Error> {
    let mut tx = server.read().await?;
    tenants::resolve(&mut tx, server, name)
        .await?
        .ok_or_else(|| Error::refused(format!("--tenant: no organisation has the id or domain {name}")))
}
