//! What tokens may tell an app of whoever signs in, beyond who they are to it.

use super::client::Client;
use crate::Server;
use crate::graph::{Permission, permission};
use crate::platform::ids::ClientId;
use crate::service_principals;
use crate::users::User;
use database::{Result, Transaction};

/// With one of these granted an app reads names and address by the API.
const READS: [Permission; 6] = [
    Permission::UserRead,
    Permission::UserReadWrite,
    Permission::UserReadAll,
    Permission::UserReadWriteAll,
    Permission::DirectoryReadAll,
    Permission::DirectoryReadWriteAll,
];

/// To an app of the organisation itself, everything that its registration asks for. The registration of another organisation can ask
/// for more at any time, so that its app is told what somebody granted and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Names, and what one is called at the sign-in; granted with `profile`.
    pub names: bool,
    /// The address; granted with `email`.
    pub address: bool,
    /// What the directory says of them: groups that have nothing to do with the app, directory roles, and what other apps added.
    pub directory: bool,
}

impl Told {
    /// What this app is told of this person.
    pub async fn by(tx: &mut Transaction, server: &Server, client: &Client, user: &User) -> Result<Self> {
        if !client.is_foreign() {
            return Ok(Self { names: true, address: true, directory: true });
        }
        let (tenant, app) = (client.principal.tenant_id, client.principal.id);
        let granted = service_principals::granted(tx, server, tenant, app, user.id).await?;
        let reads = granted.permissions().iter().any(|permission| READS.contains(permission));
        let holds = |word| reads || granted.holds(ClientId(permission::RESOURCE), word);
        Ok(Self { names: holds("profile"), address: holds("email"), directory: false })
    }
}
