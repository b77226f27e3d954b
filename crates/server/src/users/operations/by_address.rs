//! Finding the one person somebody means by an address that was typed.

use crate::graph::{Caller, caller};
use crate::platform::ids::TenantId;
use crate::users::rights::{knows_others, sees_nobody};
use crate::users::{Address, AddressError, User, fold, store};
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

/// The same, as far as the caller may know who is here. Everybody finds themselves; whoever may not list people finds others by
/// the name they have here alone, which the API tells them too, and whoever sees nobody finds nobody else. What they may not know
/// is not looked up, so that neither the answer nor the work tells whether it is there.
///
/// # Errors
/// Whoever may not list people is told `Nobody`, whatever the text is like.
pub async fn find_known_by_address(tx: &mut Transaction, caller: &Caller, text: &str) -> Result<User, NotOne> {
    if knows_others(caller) {
        return find_by_address(tx, caller.tenant, text).await;
    }
    let found = match caller.user().filter(|person| is_called(person, text)) {
        Some(person) => store::find(tx, caller.tenant, person.id).await?,
        None if sees_nobody(caller) => None,
        None => store::find_by_principal_name(tx, caller.tenant, text).await?,
    };
    found.ok_or(NotOne::Nobody)
}

/// Whether this is the name or the address of the person.
fn is_called(person: &caller::User, text: &str) -> bool {
    let own = [Some(&person.principal_name), person.mail.as_ref()];
    own.into_iter().flatten().any(|name| fold(name) == fold(text))
}
