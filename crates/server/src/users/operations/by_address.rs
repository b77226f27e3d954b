//! Finding the one person somebody means by an address that was typed.

use crate::platform::ids::TenantId;
use crate::users::{Address, AddressError, User, store};
use database::Transaction;

/// Why a text names nobody in particular.
#[derive(Debug, thiserror::Error)]
pub enum NotOne {
    /// It is neither a name here nor an address.
    #[error("it is no address: {0}")]
    Form(#[from] AddressError),
    /// Nobody has it.
    #[error("there is nobody with this address here")]
    Nobody,
    /// Several people have it.
    #[error("several people have this address; use the name they have here")]
    Several,
    /// The storage.
    #[error(transparent)]
    Storage(#[from] database::Error),
}

/// The one person with this `userPrincipalName` or mail address. The name wins, because only one person has it.
pub async fn find_by_address(tx: &mut Transaction, tenant: TenantId, text: &str) -> Result<User, NotOne> {
    if let Some(user) = store::find_by_principal_name(tx, tenant, text).await? {
        return Ok(user);
    }
    let address = Address::parse(text, true)?;
    let mut found = store::list_by_mail(tx, tenant, &address.folded()).await?;
    match (found.pop(), found.is_empty()) {
        (Some(user), true) => Ok(user),
        (Some(_), false) => Err(NotOne::Several),
        (None, _) => Err(NotOne::Nobody),
    }
}
