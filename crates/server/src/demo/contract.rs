//! `demo.json`: what scripts and examples read. Its members are stable.

use super::directory::Directory;
use crate::command::Error;
use crate::platform::ids::{ClientId, TenantId};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Everything one needs to use a running demo.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Contract {
    /// The public origin, without a slash at the end.
    pub(super) base_url: String,
    /// The certificate authority to believe, with `--https`.
    pub(super) ca_certificate: Option<PathBuf>,
    /// Where mail is read: `?to=ADDRESS`.
    pub(super) mailbox: String,
    /// Contoso, then Fabrikam.
    pub(super) tenants: Vec<Tenant>,
}

/// An organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Tenant {
    pub(super) id: TenantId,
    pub(super) name: String,
    pub(super) domain: String,
    /// A Global Administrator.
    pub(super) administrator: Person,
    /// A member without a role.
    pub(super) member: Person,
    /// A program that may only invite.
    pub(super) daemon: Program,
    /// A program with every application permission.
    pub(super) automation: Program,
    /// The sample app.
    pub(super) app: App,
}

/// Somebody who signs in with a password.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Person {
    pub(super) upn: String,
    pub(super) password: String,
}

/// A client of the client credentials grant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Program {
    pub(super) client_id: ClientId,
    pub(super) client_secret: String,
}

/// The relying party.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct App {
    pub(super) client_id: ClientId,
    pub(super) client_secret: String,
    /// Where people open it.
    pub(super) url: String,
    /// Where the authorization response goes.
    pub(super) redirect_uri: String,
}

impl Contract {
    pub(super) fn new(base_url: String, ca_certificate: Option<PathBuf>, tenants: Vec<Tenant>) -> Self {
        let mailbox = format!("{base_url}{}", super::mailbox::JSON);
        Self { base_url, ca_certificate, mailbox, tenants }
    }

    /// Writes the file, for its owner only. That it is there says that the demo is ready.
    pub(super) fn write(&self, directory: &Directory) -> Result<(), Error> {
        let file = directory.contract();
        let text = serde_json::to_vec_pretty(self).map_err(|error| Error::file(&file)(error.into()))?;
        crate::platform::private_file::replace(&file, &text).map_err(Error::file(file))
    }
}
