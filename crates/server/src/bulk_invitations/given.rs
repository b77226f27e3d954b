//! What a row gives besides the invitation: groups, and roles of apps, by the names that stand in it.
//!
//! Names are looked up when the row is checked and again when it is carried out, for whoever sent the file: a group they may not
//! know of is not there. What a name means may change between the two, as everything else that is checked.

use super::bulk_invitation::BulkRow;
use crate::graph::Caller;
use crate::invitations::{ASSIGNMENTS, NewInvitation, operations};
use database::{Result, Transaction};

/// The entries of a cell: names or ids with semicolons between them.
pub fn entries(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|entry| !entry.is_empty())
}

/// The invitation with the groups and roles of its row, or what is wrong with them.
pub async fn with_given(
    tx: &mut Transaction,
    caller: &Caller,
    row: &BulkRow,
    mut wish: NewInvitation,
) -> Result<std::result::Result<NewInvitation, String>> {
    if entries(&row.group_names).chain(entries(&row.app_role_names)).count() > ASSIGNMENTS {
        return Ok(Err(format!("at most {ASSIGNMENTS} groups and roles are given with one invitation")));
    }
    for name in entries(&row.group_names) {
        match operations::group_named(tx, caller, name).await? {
            Ok(group) if wish.groups.contains(&group) => {}
            Ok(group) => wish.groups.push(group),
            Err(problem) => return Ok(Err(format!("groups: {name}: {problem}"))),
        }
    }
    // Read once for all entries of the row, and not at all for most rows.
    let apps = match entries(&row.app_role_names).next() {
        Some(_) => operations::apps_with_roles(tx, caller).await?,
        None => Vec::new(),
    };
    for name in entries(&row.app_role_names) {
        match operations::role_named(caller, &apps, name) {
            Ok(role) if wish.assignments.contains(&role) => {}
            Ok(role) => wish.assignments.push(role),
            Err(problem) => return Ok(Err(format!("appRoles: {name}: {problem}"))),
        }
    }
    Ok(Ok(wish))
}
