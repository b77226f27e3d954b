//! Work that is done after the request: a row written in the transaction that decides it, so that nothing is lost when
//! the process dies and nothing is done for work that was rolled back.
//!
//! A job is leased, run, and deleted when it is done. A lease that runs out (its process died) makes the job due again.
//! Failures back off; after the last attempt the job stays as `failed`, visible in the portal, and can be tried again.

mod store;

use crate::Server;
use crate::platform::ids::{JobId, TenantId};
use database::{Result, Timestamp, Transaction};
use tokio::sync::Notify;
use uuid::Uuid;

database::text_enum! {
    /// What is to be done; the worker knows a function for each.
    pub enum Kind {
        /// Hand a mail to the relay.
        SendMail = "send_mail",
    }
}

database::text_enum! {
    /// Where a job stands.
    pub enum State {
        /// Due at its time.
        Waiting = "waiting",
        /// Leased by a process.
        Running = "running",
        /// Given up after the last attempt.
        Failed = "failed",
    }
}

/// A job as the worker sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Job {
    /// Whose job it is.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub kind: Kind,
    /// To what: the id of a row that the kind knows.
    pub subject: Uuid,
    /// How often it was tried before this time.
    pub attempts: i64,
}

/// Wakes the worker of this process.
#[derive(Debug, Default)]
pub struct Bell(Notify);

impl Bell {
    /// Something may be due. Called after the commit.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Returns when the bell was rung since the last time.
    pub async fn rung(&self) {
        self.0.notified().await;
    }
}

/// Queues a job in the transaction that decides it; ring the bell after the commit.
pub async fn enqueue(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    kind: Kind,
    subject: Uuid,
    run_at: Timestamp,
) -> Result<()> {
    let now = server.clock.now();
    let id = JobId(server.entropy.uuid(now));
    store::insert(tx, tenant, id, kind, subject, run_at, now).await
}
