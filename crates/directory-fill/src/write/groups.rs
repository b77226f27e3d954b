//! Groups and their members.

use super::cell::Cell::{self, Flag, Id, Number, Text, Word};
use super::guests::folded;
use super::insert_rows;
use crate::group::Group;
use database::{Result, Transaction, sql};
use uuid::Uuid;

/// Writes groups of chosen members.
pub(super) async fn insert(tx: &mut Transaction, tenant: Uuid, groups: &[Group]) -> Result<()> {
    let statement = sql!(
        "INSERT INTO directory_group (tenant_id, id, display_name, display_name_folded, mail_nickname, mail_nickname_folded,
             mail_enabled, security_enabled, is_assignable_to_role, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    let row = |group: &Group| {
        vec![
            Id(group.id),
            Text(group.display_name.clone()),
            Text(folded(&group.display_name)),
            Text(group.mail_nickname.clone()),
            Text(folded(&group.mail_nickname)),
            Flag(false),
            Flag(true),
            Flag(false),
            Number(group.created_at),
            Number(1),
        ]
    };
    insert_rows(tx, statement, tenant, groups.iter().map(row).collect()).await
}

/// A membership, of a kind of object.
pub(super) fn edge(group: &Group, kind: &'static str, object: Uuid) -> Vec<Cell> {
    vec![Id(group.id), Word(kind), Id(object), Number(group.created_at)]
}

/// Writes memberships.
pub(super) async fn insert_edges(tx: &mut Transaction, tenant: Uuid, rows: Vec<Vec<Cell>>) -> Result<()> {
    let statement = sql!(
        "INSERT INTO group_member (tenant_id, group_id, object_kind, object_id, created_at) VALUES ($1, $2, $3, $4, $5)"
    );
    insert_rows(tx, statement, tenant, rows).await
}
