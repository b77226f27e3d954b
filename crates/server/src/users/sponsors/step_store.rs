//! The SQL of the guests of one sponsor, some at a time in the order of their ids. A person and a group have their edges in tables of
//! their own, so that there are two statements for each step.

use super::SponsorId;
use super::store::flagging;
use crate::platform::ids::TenantId;
use database::{Result, Statement, Timestamp, Transaction, sql};
use uuid::Uuid;

/// The statement for this kind of sponsor, and the id that it asks for.
fn of(sponsor: SponsorId, of_person: &'static Statement, of_group: &'static Statement) -> (&'static Statement, Uuid) {
    match sponsor {
        SponsorId::Person(user) => (of_person, user.0),
        SponsorId::Group(group) => (of_group, group.0),
    }
}

/// Flags those of the guests of a sponsor who was deleted whom nobody else answers for, from behind one id up to and with another;
/// how many those are.
pub async fn flag_between(
    tx: &mut Transaction,
    tenant: TenantId,
    sponsor: SponsorId,
    (behind, last): (Uuid, Uuid),
    at: Timestamp,
) -> Result<u64> {
    let (statement, id) = of(
        sponsor,
        flagging!(
            "user_sponsor",
            "sponsor_id",
            "user_account",
            "s.sponsor_id = $2 AND s.user_id > $4 AND s.user_id <= $5"
        ),
        flagging!(
            "user_sponsor_group",
            "group_id",
            "directory_group",
            "s.group_id = $2 AND s.user_id > $4 AND s.user_id <= $5"
        ),
    );
    tx.query(statement).bind(tenant).bind(id).bind(at).bind(behind).bind(last).execute().await
}

/// Takes the flags of the guests of a sponsor, from behind one id up to and with another; how many there were.
pub async fn unflag_between(
    tx: &mut Transaction,
    tenant: TenantId,
    sponsor: SponsorId,
    (behind, last): (Uuid, Uuid),
) -> Result<u64> {
    let (statement, id) = of(
        sponsor,
        sql!(
            "DELETE FROM unsponsored_guest WHERE tenant_id = $1 AND user_id IN
                 (SELECT s.user_id FROM user_sponsor s
                  WHERE s.tenant_id = $1 AND s.sponsor_id = $2 AND s.user_id > $3 AND s.user_id <= $4)"
        ),
        sql!(
            "DELETE FROM unsponsored_guest WHERE tenant_id = $1 AND user_id IN
                 (SELECT s.user_id FROM user_sponsor_group s
                  WHERE s.tenant_id = $1 AND s.group_id = $2 AND s.user_id > $3 AND s.user_id <= $4)"
        ),
    );
    tx.query(statement).bind(tenant).bind(id).bind(behind).bind(last).execute().await
}

/// The ids of the guests of a sponsor, in order, deleted ones too, at most `limit`, from behind one of them.
pub async fn list_ids(
    tx: &mut Transaction,
    tenant: TenantId,
    sponsor: SponsorId,
    behind: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>> {
    let (statement, id) = of(
        sponsor,
        sql!(
            "SELECT s.user_id FROM user_sponsor s
             WHERE s.tenant_id = $1 AND s.sponsor_id = $2 AND s.user_id > $3 ORDER BY s.user_id LIMIT $4"
        ),
        sql!(
            "SELECT s.user_id FROM user_sponsor_group s
             WHERE s.tenant_id = $1 AND s.group_id = $2 AND s.user_id > $3 ORDER BY s.user_id LIMIT $4"
        ),
    );
    tx.query(statement).bind(tenant).bind(id).bind(behind).bind(limit).fetch_values().await
}

/// Takes a sponsor away from their guests up to and with this one.
pub async fn delete_until(tx: &mut Transaction, tenant: TenantId, sponsor: SponsorId, last: Uuid) -> Result<u64> {
    let (statement, id) = of(
        sponsor,
        sql!("DELETE FROM user_sponsor WHERE tenant_id = $1 AND sponsor_id = $2 AND user_id <= $3"),
        sql!("DELETE FROM user_sponsor_group WHERE tenant_id = $1 AND group_id = $2 AND user_id <= $3"),
    );
    tx.query(statement).bind(tenant).bind(id).bind(last).execute().await
}
