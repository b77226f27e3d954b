//! Groups to which a guest belongs from the invitation on.

use crate::Server;
use crate::graph::Caller;
use crate::groups::change::Named;
use crate::groups::{self, GroupError};
use crate::invitations::error::InviteError;
use crate::invitations::new_invitation::{GROUPS, NewInvitation};
use crate::platform::ids::GroupId;
use crate::users::User;
use database::Transaction;

/// Refuses groups into which the inviter may put nobody.
pub(super) async fn check(tx: &mut Transaction, caller: &Caller, wish: &NewInvitation) -> Result<(), InviteError> {
    for group in &wish.groups {
        let outcome = groups::operations::check_may_admit(tx, caller, *group).await;
        outcome.map_err(|error| refused(*group, error))?;
    }
    Ok(())
}

/// Puts the guest into the groups; where they belong already, they stay.
pub(super) async fn put(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    wish: &NewInvitation,
    guest: &User,
) -> Result<(), InviteError> {
    let guest = Named { set: "users", id: guest.id.0 };
    for group in &wish.groups {
        let outcome = groups::operations::admit(tx, server, caller, *group, guest).await;
        outcome.map_err(|error| refused(*group, error))?;
    }
    Ok(())
}

fn refused(group: GroupId, error: GroupError) -> InviteError {
    let problem = match error {
        GroupError::Storage(error) => return error.into(),
        GroupError::Denied => return InviteError::GroupDenied(group),
        GroupError::NotFound(_) => format!("there is no group {group}"),
        GroupError::Dynamic => format!("who belongs to the group {group} follows from its rule"),
        other => other.to_string(),
    };
    InviteError::Property(GROUPS, problem)
}
