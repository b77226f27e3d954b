//! The words of objects that were written by a version without them, or with fewer.

use crate::Server;
use crate::platform::ids::TenantId;
use database::{Result, Statement, Transaction};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Objects that get their words in one transaction: an app may have more than a thousand rows, and a transaction has five seconds.
const AT_ONCE: i64 = 50;

/// Keeps the words that an object of a tenant has now, and marks that it has them, which is no change of it. Nothing is done if
/// somebody else was faster.
pub type Settle = for<'a> fn(&'a mut Transaction, TenantId, Uuid) -> BoxFuture<'a, Result<()>>;

/// Objects of one kind that may be without some of their words. Registered with `inventory::submit!`.
#[derive(Debug)]
pub struct Backlog {
    /// The ids of those of the tenant `$1` that are, at most `$2`.
    pub list: &'static Statement,
    /// Makes the words of one of them.
    pub settle: Settle,
}

inventory::collect!(Backlog);

/// Makes the words of objects that do not have them all yet; how many objects those were.
pub async fn settle(server: &Server, tenant: TenantId) -> Result<usize> {
    let backlogs: Vec<&'static Backlog> = inventory::iter::<Backlog>.into_iter().collect();
    let mut settled = 0;
    for backlog in backlogs {
        loop {
            let mut tx = server.read().await?;
            let ids: Vec<(Uuid,)> = tx.query(backlog.list).bind(tenant).bind(AT_ONCE).fetch_all().await?;
            drop(tx);
            if ids.is_empty() {
                break;
            }
            let mut tx = server.write().await?;
            for (id,) in &ids {
                (backlog.settle)(&mut tx, tenant, *id).await?;
            }
            tx.commit().await?;
            settled += ids.len();
        }
    }
    Ok(settled)
}
