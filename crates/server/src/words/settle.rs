//! The words of objects that were written by a version without them, or with fewer.

use super::store::keep;
use crate::Server;
use crate::changes::Kind;
use crate::platform::ids::TenantId;
use database::{Result, Statement, Transaction, sql};
use uuid::Uuid;

/// Objects that get their words in one transaction.
const AT_ONCE: i64 = 500;

/// The statements of one kind: which do not have them, and that they have them now, which is no change of the object.
struct Table {
    kind: Kind,
    list: &'static Statement,
    mark: &'static Statement,
}

/// Makes the words of objects that do not have them all yet; how many objects those were.
pub async fn settle(server: &Server, tenant: TenantId) -> Result<usize> {
    let mut settled = 0;
    for table in tables() {
        loop {
            let mut tx = server.read().await?;
            let ids: Vec<(Uuid,)> = tx.query(table.list).bind(tenant).bind(AT_ONCE).fetch_all().await?;
            drop(tx);
            if ids.is_empty() {
                break;
            }
            let mut tx = server.write().await?;
            for (id,) in &ids {
                settle_one(&mut tx, tenant, &table, *id).await?;
            }
            tx.commit().await?;
            settled += ids.len();
        }
    }
    Ok(settled)
}

/// The texts are those the object has now; nothing is done if somebody else was faster.
async fn settle_one(tx: &mut Transaction, tenant: TenantId, table: &Table, id: Uuid) -> Result<()> {
    let texts: Option<(String, Option<String>)> = tx.query(table.mark).bind(tenant).bind(id).fetch_optional().await?;
    let Some((name, description)) = texts else { return Ok(()) };
    let texts = [("displayName", name.as_str()), ("description", description.as_deref().unwrap_or_default())];
    keep(tx, tenant, (table.kind, id), &texts).await
}

fn tables() -> [Table; 3] {
    [
        Table {
            kind: Kind::Group,
            list: sql!("SELECT id FROM directory_group WHERE tenant_id = $1 AND NOT words_kept ORDER BY id LIMIT $2"),
            mark: sql!(
                "UPDATE directory_group SET words_kept = TRUE WHERE tenant_id = $1 AND id = $2 AND NOT words_kept
                 RETURNING display_name, description"
            ),
        },
        Table {
            kind: Kind::Application,
            list: sql!("SELECT id FROM application WHERE tenant_id = $1 AND NOT words_kept ORDER BY id LIMIT $2"),
            mark: sql!(
                "UPDATE application SET words_kept = TRUE WHERE tenant_id = $1 AND id = $2 AND NOT words_kept
                 RETURNING display_name, CAST(NULL AS TEXT)"
            ),
        },
        Table {
            kind: Kind::ServicePrincipal,
            list: sql!("SELECT id FROM service_principal WHERE tenant_id = $1 AND NOT words_kept ORDER BY id LIMIT $2"),
            mark: sql!(
                "UPDATE service_principal SET words_kept = TRUE WHERE tenant_id = $1 AND id = $2 AND NOT words_kept
                 RETURNING display_name, CAST(NULL AS TEXT)"
            ),
        },
    ]
}
