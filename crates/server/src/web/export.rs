//! A list of the admin centre as a file for spreadsheets. The audit says who took it, and by which filter.

use super::download::{self, CSV};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::Caller;
use crate::platform::ids::TenantId;
use axum::response::Response;
use database::Result;
use std::sync::Arc;

/// What a list is as a file.
#[derive(Debug)]
pub struct Export {
    /// What it is a list of: the name of the file without its ending, and what the audit says was taken.
    pub name: &'static str,
    /// What the audit calls taking it.
    pub activity: Activity,
    /// What stands above its cells.
    pub columns: &'static [&'static str],
}

/// What the rows are read from while the file goes out.
pub struct Source<L> {
    /// The server.
    pub server: Arc<Server>,
    /// Whose list it is.
    pub tenant: TenantId,
    /// Which rows of it, as the list reads them.
    pub listing: L,
}

impl Export {
    /// The file, for a caller who may see the list. `words` is its filter as it stands in the address. `part` gets the row that the
    /// last part ended with, none for the first one, and gives the next rows with the last of them, none where no more follow.
    pub async fn file<L, K, P, R>(
        &self,
        server: &Arc<Server>,
        caller: &Caller,
        (words, listing): (&str, L),
        part: P,
    ) -> Result<Response>
    where
        L: Send + Sync + 'static,
        K: Send + 'static,
        P: Fn(Arc<Source<L>>, Option<K>) -> R + Send + 'static,
        R: Future<Output = Result<(String, Option<K>)>> + Send + 'static,
    {
        let target = Target { id: None, ..Target::new("Directory", caller.tenant.0, self.name) };
        let details = [("format", "csv"), ("filter", words)];
        let mut tx = server.write().await?;
        audit::record(&mut tx, server, caller, self.activity, &Outcome::Success, &target, &details).await?;
        tx.commit().await?;
        let source = Arc::new(Source { server: Arc::clone(server), tenant: caller.tenant, listing });
        let next = move |behind| part(Arc::clone(&source), behind);
        Ok(download::file(CSV, &format!("{}.csv", self.name), download::heading(self.columns), next))
    }
}
