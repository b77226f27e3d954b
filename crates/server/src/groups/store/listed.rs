//! Groups as the list of the portal reads them: in the order of their names, and those that were found by words which many have in the
//! order of the words.

use crate::changes::Kind;
use crate::graph::query::{Condition, write_condition};
use crate::groups::{Group, RuleState};
use crate::platform::ids::{GroupId, TenantId, UserId};
use crate::web::numbers::{Counted, MOST};
use crate::web::paging::Edge;
use crate::words::{Hit, Named, Sought, Way};
use database::{Query, Result, Transaction, sql};

/// Where counting the members of a group ends. A page has 25 of them.
pub const MEMBERS: i64 = 1_000;

/// Which groups are listed. What is absent does not limit.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those that somebody answers for.
    pub owner: Option<UserId>,
    /// Those with these words in their name.
    pub sought: Option<Sought>,
    /// Whether their members follow from a rule.
    pub is_dynamic: Option<bool>,
    /// How their rule stands.
    pub rule: Option<Rule>,
    /// Whether roles can be given to them.
    pub is_assignable: bool,
}

/// How the rule of a group stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// It could not be evaluated.
    Failed,
    /// Nobody comes or goes by it.
    Paused,
}

/// What a list says of a group besides what stands in it.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Beside {
    /// The group.
    pub id: GroupId,
    /// How many belong to it directly, up to a limit; whoever is deleted is not counted.
    pub members: i64,
    /// Whether its rule could not be evaluated.
    pub has_failed: bool,
}

impl Filter {
    /// Whether every group of the organisation is listed.
    pub fn is_open(&self) -> bool {
        let is_any = self.owner.is_none() && self.sought.is_none() && self.is_dynamic.is_none();
        is_any && self.rule.is_none() && !self.is_assignable
    }

    /// The words of the conditions are those of partial indexes, which hold few groups.
    fn write(&self, query: &mut Query<'_>) {
        match self.is_dynamic {
            Some(true) => {
                query.push(" AND g.group_type IS NOT NULL");
            }
            Some(false) => {
                query.push(" AND g.group_type IS NULL");
            }
            None => {}
        }
        match self.rule {
            Some(Rule::Paused) => {
                query.push(" AND g.group_type IS NOT NULL AND g.membership_rule_state = ").value(RuleState::Paused);
            }
            Some(Rule::Failed) => {
                query.push(
                    " AND g.group_type IS NOT NULL AND EXISTS (SELECT 1 FROM rule_evaluation e
                       WHERE e.tenant_id = $1 AND e.group_id = g.id AND e.error IS NOT NULL)",
                );
            }
            None => {}
        }
        if self.is_assignable {
            query.push(" AND g.is_assignable_to_role");
        }
    }
}

/// Groups by name.
static BY_NAME: Named = Named {
    kind: Kind::Group,
    id: "g.id",
    name: "g.display_name_folded",
    place: sql!("SELECT display_name_folded FROM directory_group WHERE tenant_id = $1 AND id = $2"),
};

/// Groups from an edge on, at most `limit`. Before an edge they come backwards.
pub async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: &Filter,
    edge: Option<Edge<GroupId>>,
    limit: i64,
) -> Result<Vec<Group>> {
    let sought = (filter.owner, filter.sought.as_ref());
    let found = Way::of_page(tx, tenant, &BY_NAME, sought, edge.map(|edge| edge.row().0)).await?;
    let Some((way, hit)) = found else { return Ok(Vec::new()) };
    let is_backwards = edge.is_some_and(|edge| edge.is_before());
    query(tx, tenant, (filter, &way), (hit.as_ref(), is_backwards), limit).fetch_all().await
}

/// The statement of [`list`]: next to a hit, or to a name and the id of a group.
pub fn query<'t>(
    tx: &'t mut Transaction,
    tenant: TenantId,
    (filter, way): (&Filter, &Way),
    (hit, is_backwards): (Option<&Hit>, bool),
    limit: i64,
) -> Query<'t> {
    let mut query = begin(tx, tenant, way);
    filter.write(&mut query);
    way.follow(&mut query, &BY_NAME, filter.sought.as_ref(), (hit, is_backwards), limit);
    query
}

/// SQLite keeps the order of a CROSS JOIN: what leads comes first.
fn begin<'t>(tx: &'t mut Transaction, tenant: TenantId, way: &Way) -> Query<'t> {
    match way {
        Way::Names => tx
            .query(sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM directory_group g WHERE g.tenant_id = $1 AND g.deleted_at IS NULL"
            )))
            .bind(tenant),
        Way::Owner(owner) => tx
            .query(sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM group_owner m CROSS JOIN directory_group g
                  WHERE m.tenant_id = $1 AND m.object_id = $2 AND g.tenant_id = $1 AND g.id = m.group_id
                    AND g.deleted_at IS NULL"
            )))
            .bind(tenant)
            .bind(*owner),
        Way::Few(sought) => {
            let (from, to) = sought.range();
            let statement = sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM (SELECT DISTINCT t.object_id FROM object_word t
                        WHERE t.tenant_id = $1 AND t.object_kind = 'Group' AND t.property = 'displayName'
                          AND t.folded >= $2 AND t.folded < $3) e
                  CROSS JOIN directory_group g WHERE g.tenant_id = $1 AND g.id = e.object_id AND g.deleted_at IS NULL"
            ));
            tx.query(statement).bind(tenant).bind(from).bind(to)
        }
        Way::Words(_) => tx
            .query(sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM object_word t CROSS JOIN directory_group g
                  WHERE t.tenant_id = $1 AND t.object_kind = 'Group' AND t.property = 'displayName'
                    AND g.tenant_id = $1 AND g.id = t.object_id AND g.deleted_at IS NULL"
            )))
            .bind(tenant),
    }
}

/// How many groups there are, up to [`MOST`].
pub async fn count(tx: &mut Transaction, tenant: TenantId) -> Result<Counted> {
    let (count,): (i64,) = tx
        .query(sql!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM directory_group g
             WHERE g.tenant_id = $1 AND g.deleted_at IS NULL LIMIT $2) counted"
        ))
        .bind(tenant)
        .bind(MOST + 1)
        .fetch_one()
        .await?;
    Ok(Counted::up_to(MOST, count))
}

/// What stands beside these groups, in no order. At most `limit` members of each are counted. For each of them it is asked whether
/// they are deleted, and not whether they are there: few are, and stand in an index of their own.
pub async fn list_beside(tx: &mut Transaction, tenant: TenantId, groups: &[Group], limit: i64) -> Result<Vec<Beside>> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx
        .query(sql!(
            "SELECT g.id,
                    (SELECT COUNT(*) FROM (
                         SELECT 1 FROM group_member m
                         LEFT JOIN user_account u
                             ON u.tenant_id = m.tenant_id AND u.id = m.object_id AND u.deleted_at IS NOT NULL
                         WHERE m.tenant_id = $1 AND m.group_id = g.id AND m.object_kind = 'User' AND u.id IS NULL
                         UNION ALL
                         SELECT 1 FROM group_member m
                         LEFT JOIN directory_group d
                             ON d.tenant_id = m.tenant_id AND d.id = m.object_id AND d.deleted_at IS NOT NULL
                         WHERE m.tenant_id = $1 AND m.group_id = g.id AND m.object_kind = 'Group' AND d.id IS NULL
                         UNION ALL
                         SELECT 1 FROM group_member m
                         JOIN service_principal s
                             ON s.tenant_id = m.tenant_id AND s.id = m.object_id AND s.deleted_at IS NULL
                         LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
                         WHERE m.tenant_id = $1 AND m.group_id = g.id AND m.object_kind = 'ServicePrincipal'
                           AND a.deleted_at IS NULL
                         LIMIT $2) c) AS members,
                    EXISTS (SELECT 1 FROM rule_evaluation e
                            WHERE e.tenant_id = $1 AND e.group_id = g.id AND e.error IS NOT NULL) AS has_failed
             FROM directory_group g WHERE g.tenant_id = $1"
        ))
        .bind(tenant)
        .bind(limit);
    write_condition(Some(&Condition::one_of("g.id", groups.iter().map(|group| group.id.0))), &mut query);
    query.fetch_all().await
}
