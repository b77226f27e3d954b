//! The name somebody of the house signs in with.

use crate::tenants;
use crate::users::{Address, Identity, SignInType, User, UserError, store};
use database::Transaction;

const PROPERTY: &str = "userPrincipalName";

/// Refuses a name whose domain is not one of the organisation's, and one that somebody has.
pub(in crate::users) async fn check(tx: &mut Transaction, user: &User) -> Result<(), UserError> {
    let refused = |problem: &str| UserError::Invalid { property: PROPERTY, problem: problem.to_owned() };
    let name = Address::parse(&user.user_principal_name, false).map_err(|error| refused(&error.to_string()))?;
    let domains = tenants::store::list_domains(tx, user.tenant_id).await?;
    if !domains.iter().any(|domain| domain == name.domain()) {
        return Err(refused("the domain is none of the verified domains of the organization"));
    }
    let owner = store::find_by_principal_name(tx, user.tenant_id, &user.user_principal_name).await?;
    if owner.is_some_and(|owner| owner.id != user.id) { Err(UserError::Taken(PROPERTY)) } else { Ok(()) }
}

/// Refuses a new name that cannot be. The name of somebody from outside says where they came from, and stays.
pub(super) async fn check_renaming(tx: &mut Transaction, before: &User, after: &User) -> Result<(), UserError> {
    if before.user_principal_name == after.user_principal_name {
        return Ok(());
    }
    if before.external_user_state.is_some() {
        let problem = "the name of somebody who was invited does not change".to_owned();
        return Err(UserError::Invalid { property: PROPERTY, problem });
    }
    check(tx, after).await
}

/// The identity goes with the name.
pub(in crate::users) async fn follow(tx: &mut Transaction, before: &User, after: &User) -> Result<(), UserError> {
    if before.user_principal_name != after.user_principal_name {
        add_identity(tx, after).await?;
    }
    Ok(())
}

/// The identity of somebody who signs in with their name here.
pub(super) async fn add_identity(tx: &mut Transaction, user: &User) -> Result<(), UserError> {
    let initial = tenants::store::find(tx, user.tenant_id).await?.ok_or(database::Error::NotFound)?.initial_domain;
    let identity = Identity {
        sign_in_type: SignInType::UserPrincipalName,
        issuer: initial,
        issuer_assigned_id: Some(user.user_principal_name.clone()),
    };
    Ok(store::insert_identity(tx, user.tenant_id, user.id, &identity).await?)
}
