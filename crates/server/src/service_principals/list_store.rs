//! The SQL of the list of apps in the portal: those that are registered here and those of other tenants, in the order of their names,
//! and those that were found by words which many have in the order of the words.
//!
//! A filter is checked on the way through the names, of which there are some thousands at most; each check is a look into an index.

use crate::changes::Kind;
use crate::graph::query::{Condition, write_condition};
use crate::platform::Timestamp;
use crate::platform::ids::{ApplicationId, ClientId, ServicePrincipalId, TenantId, UserId};
use crate::web::paging::Edge;
use crate::words::{Hit, Named, Sought, Way};
use database::{Query, Result, Transaction, sql};

/// Which apps are listed. What is absent does not limit.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those that somebody answers for: of an app that is registered here, the registration.
    pub owner: Option<UserId>,
    /// Those with these words in their name.
    pub sought: Option<Sought>,
    /// Whether they are registered in another tenant.
    pub is_foreign: Option<bool>,
    /// Whether they are on.
    pub is_on: Option<bool>,
    /// Those that nobody answers for.
    pub ownerless: Option<Ownerless>,
    /// Those whose last secret or certificate ends before this instant, or has ended.
    pub ends_before: Option<Timestamp>,
}

/// Why nobody answers for an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownerless {
    /// For whatever reason.
    Ever,
    /// Whoever did has left.
    Left,
}

/// An app as a list shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Listed {
    /// The service principal.
    pub id: ServicePrincipalId,
    /// The client id.
    pub app_id: ClientId,
    /// Its name.
    pub display_name: String,
    /// Whether it is on.
    pub account_enabled: bool,
    /// Whether only those who were assigned get in.
    pub app_role_assignment_required: bool,
    /// The tenant of the registration, where it is another one.
    pub home_tenant_id: Option<TenantId>,
    /// The registration, where it is in this tenant.
    pub application_id: Option<ApplicationId>,
    /// Its home page.
    pub home_page_url: Option<String>,
}

/// What a list says of an app besides.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Beside {
    /// The service principal.
    pub id: ServicePrincipalId,
    /// Its assignments, up to a limit.
    pub assignments: i64,
    /// Who was assigned by these.
    pub assigned: i64,
    secret_ends_at: Option<Timestamp>,
    certificate_ends_at: Option<Timestamp>,
}

impl Beside {
    /// When the last secret or certificate ends; nothing for an app without any. Those of a removed service principal are no good
    /// any more.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.secret_ends_at.max(self.certificate_ends_at)
    }
}

/// The secrets that prove the app of a row, by the aliases `s` and `a`.
macro_rules! secrets {
    () => {
        "application_secret x WHERE x.tenant_id = $1 AND x.application_id = a.id
         AND (x.service_principal_id IS NULL OR x.service_principal_id = s.id)"
    };
}

/// Its certificates.
macro_rules! certificates {
    () => {
        "application_key k WHERE k.tenant_id = $1 AND k.application_id = a.id"
    };
}

/// Its owners, those included who have left.
macro_rules! owners {
    () => {
        "o.owned_kind IN ('Application', 'ServicePrincipal') AND o.owned_id IN (a.id, s.id)"
    };
}

macro_rules! select {
    ($lead:expr, $condition:expr) => {
        concat!(
            "SELECT s.id, s.app_id, COALESCE(a.display_name, s.display_name) AS display_name, s.account_enabled,
                    s.app_role_assignment_required, s.home_tenant_id, a.id AS application_id,
                    COALESCE(a.home_page_url, s.home_page_url) AS home_page_url
             FROM ",
            $lead,
            " service_principal s LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
             WHERE ",
            $condition,
            " s.tenant_id = $1 AND s.deleted_at IS NULL AND a.deleted_at IS NULL
               AND (a.id IS NOT NULL OR s.home_tenant_id IS NOT NULL)"
        )
    };
}

impl Filter {
    fn write(&self, query: &mut Query<'_>) {
        if let Some(is_foreign) = self.is_foreign {
            query.push(if is_foreign { " AND s.home_tenant_id IS NOT NULL" } else { " AND s.home_tenant_id IS NULL" });
        }
        if let Some(is_on) = self.is_on {
            query.push(if is_on { " AND s.account_enabled" } else { " AND NOT s.account_enabled" });
        }
        if self.ownerless.is_some() {
            query.push(concat!(
                " AND NOT EXISTS (SELECT 1 FROM app_owner o
                      LEFT JOIN user_account u
                          ON u.tenant_id = o.tenant_id AND u.id = o.object_id AND u.deleted_at IS NULL
                      LEFT JOIN service_principal p
                          ON p.tenant_id = o.tenant_id AND p.id = o.object_id AND p.deleted_at IS NULL
                      LEFT JOIN application q ON q.tenant_id = p.tenant_id AND q.app_id = p.app_id
                      WHERE o.tenant_id = $1 AND ",
                owners!(),
                " AND q.deleted_at IS NULL AND (u.id IS NOT NULL OR p.id IS NOT NULL))"
            ));
        }
        if self.ownerless == Some(Ownerless::Left) {
            query.push(concat!(" AND EXISTS (SELECT 1 FROM app_owner o WHERE o.tenant_id = $1 AND ", owners!(), ")"));
        }
        if let Some(instant) = self.ends_before {
            query.push(concat!(
                " AND (EXISTS (SELECT 1 FROM ",
                secrets!(),
                ") OR EXISTS (SELECT 1 FROM ",
                certificates!(),
                ")) AND NOT EXISTS (SELECT 1 FROM ",
                secrets!(),
                " AND x.ends_at >= "
            ));
            query.value(instant);
            query.push(concat!(") AND NOT EXISTS (SELECT 1 FROM ", certificates!(), " AND k.ends_at >= "));
            query.value(instant).push(")");
        }
    }
}

/// Apps by name. The name of a service principal is kept as that of its registration.
static BY_NAME: Named = Named {
    kind: Kind::ServicePrincipal,
    id: "s.id",
    name: "s.display_name_folded",
    place: sql!("SELECT display_name_folded FROM service_principal WHERE tenant_id = $1 AND id = $2"),
};

/// Apps from an edge on, at most `limit`. Before an edge they come backwards.
pub async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    filter: &Filter,
    edge: Option<Edge<ServicePrincipalId>>,
    limit: i64,
) -> Result<Vec<Listed>> {
    let sought = (filter.owner, filter.sought.as_ref());
    let found = Way::of_page(tx, tenant, &BY_NAME, sought, edge.map(|edge| edge.row().0)).await?;
    let Some((way, hit)) = found else { return Ok(Vec::new()) };
    let is_backwards = edge.is_some_and(|edge| edge.is_before());
    query(tx, tenant, (filter, &way), (hit.as_ref(), is_backwards), limit).fetch_all().await
}

/// The statement of [`list`]: next to a hit, or to a name and the id of a service principal.
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
        Way::Names => tx.query(sql!(select!("", ""))).bind(tenant),
        Way::Owner(owner) => tx
            .query(sql!(select!(
                "(SELECT p.id FROM app_owner w CROSS JOIN application r CROSS JOIN service_principal p
                  WHERE w.tenant_id = $1 AND w.object_id = $2 AND w.owned_kind = 'Application'
                    AND r.tenant_id = $1 AND r.id = w.owned_id
                    AND p.tenant_id = $1 AND p.app_id = r.app_id AND p.deleted_at IS NULL
                  UNION ALL
                  SELECT p.id FROM app_owner w CROSS JOIN service_principal p
                  WHERE w.tenant_id = $1 AND w.object_id = $2 AND w.owned_kind = 'ServicePrincipal'
                    AND p.tenant_id = $1 AND p.id = w.owned_id AND p.home_tenant_id IS NOT NULL) e CROSS JOIN",
                "s.id = e.id AND"
            )))
            .bind(tenant)
            .bind(*owner),
        Way::Few(sought) => {
            let (from, to) = sought.range();
            let statement = sql!(select!(
                "(SELECT DISTINCT t.object_id FROM object_word t
                  WHERE t.tenant_id = $1 AND t.object_kind = 'ServicePrincipal' AND t.property = 'displayName'
                    AND t.folded >= $2 AND t.folded < $3) e CROSS JOIN",
                "s.id = e.object_id AND"
            ));
            tx.query(statement).bind(tenant).bind(from).bind(to)
        }
        Way::Words(_) => tx
            .query(sql!(select!(
                "object_word t CROSS JOIN",
                "t.tenant_id = $1 AND t.object_kind = 'ServicePrincipal' AND t.property = 'displayName'
                   AND s.id = t.object_id AND"
            )))
            .bind(tenant),
    }
}

/// What stands beside these apps, in no order. At most `limit` assignments of each are counted, a principal with two roles once.
pub async fn list_beside(tx: &mut Transaction, tenant: TenantId, apps: &[Listed], limit: i64) -> Result<Vec<Beside>> {
    if apps.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx
        .query(sql!(concat!(
            "SELECT s.id,
                    (SELECT COUNT(*) FROM (SELECT 1 FROM app_role_assignment r
                         WHERE r.tenant_id = $1 AND r.resource_id = s.id LIMIT $2) c) AS assignments,
                    (SELECT COUNT(DISTINCT d.principal_id) FROM (SELECT r.principal_id FROM app_role_assignment r
                         WHERE r.tenant_id = $1 AND r.resource_id = s.id ORDER BY r.id LIMIT $2) d) AS assigned,
                    (SELECT MAX(x.ends_at) FROM ",
            secrets!(),
            ") AS secret_ends_at, (SELECT MAX(k.ends_at) FROM ",
            certificates!(),
            ") AS certificate_ends_at
             FROM service_principal s LEFT JOIN application a ON a.tenant_id = s.tenant_id AND a.app_id = s.app_id
             WHERE s.tenant_id = $1"
        )))
        .bind(tenant)
        .bind(limit);
    write_condition(Some(&Condition::one_of("s.id", apps.iter().map(|app| app.id.0))), &mut query);
    query.fetch_all().await
}
