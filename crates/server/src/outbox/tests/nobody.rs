//! Mails to nobody: they go the way of every mail up to the relay, are not listed, and leave nothing.

use super::{message, queue};
use crate::graph::{Permission, Role};
use crate::jobs::{Job, Kind as JobKind, Lane};
use crate::outbox::{Kind, Message, give_up, prepare};
use crate::platform::ids::{JobId, MailId, TenantId};
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use database::sql;
use serde_json::{Value, json};
use std::time::Duration;

/// A code for an address that nobody has, on its way.
pub async fn to_nobody(server: &TestServer, tenant: TenantId) -> MailId {
    let expires_at = Some(server.clock.now().plus(Duration::from_mins(15)));
    let code = Message { kind: Kind::Passcode, expires_at, ..message("nobody@fabrikam.example") };
    queue(server, prepare(server, tenant, &code).to_nobody()).await
}

/// How many mails and jobs there are.
pub async fn left(server: &TestServer, tenant: TenantId) -> (i64, i64) {
    let statement = sql!(
        "SELECT (SELECT COUNT(*) FROM mail WHERE tenant_id = $1), (SELECT COUNT(*) FROM job WHERE tenant_id = $1)"
    );
    let mut tx = server.read().await.expect("a connection");
    tx.query(statement).bind(tenant).fetch_one().await.expect("counts")
}

#[tokio::test]
async fn i17_a_mail_to_nobody_is_not_listed_and_leaves_nothing() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let (tenant, ines) = (contoso.id, server.member(&contoso, "ines", &[Role::UserAdministrator]).await);
        let caller = server.application(tenant, &[Permission::UserReadWriteAll]);
        let id = to_nobody(&server, tenant).await;
        assert_eq!(left(&server, tenant).await, (1, 1));
        let mails = server.api_as(&caller, Method::GET, "/vestibule/v1/mails", &Value::Null).await;
        assert_eq!((mails.status.as_u16(), &mails.json()["value"]), (200, &json!([])));
        let retry = format!("/vestibule/v1/mails/{id}/retry");
        assert_eq!(server.api_as(&caller, Method::POST, &retry, &Value::Null).await.status, 404);
        let jobs = server.signed_in(&ines).await.get("/portal/contoso.example/jobs").await.text;
        assert!(jobs.contains("A code for an address that nobody here has") && !jobs.contains("row-link"), "{jobs}");
        server.run_due_jobs().await;
        assert!(server.mailbox().is_empty());
        assert_eq!(left(&server, tenant).await, (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_mail_to_nobody_is_neither_too_late_nor_given_up() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        to_nobody(&server, tenant).await;
        server.clock.advance(Duration::from_mins(15));
        server.run_due_jobs().await;
        assert_eq!(left(&server, tenant).await, (0, 0), "its time was over");
        let page = server.measures.page().expect("a page");
        assert!(!page.contains("vestibule_mails_total{result=\"expired\"} 1"), "{page}");

        let subject = to_nobody(&server, tenant).await.0;
        let id = JobId(server.entropy.random_uuid());
        let (kind, lane) = (JobKind::SendMail, Lane::Code);
        let job = Job { tenant_id: tenant, id, kind, lane, subject, attempts: 1, deaths: 7 };
        give_up(&server, &job, "It was cut off.").await.expect("noted");
        assert_eq!(left(&server, tenant).await.0, 0, "its job was given up");
    })
    .await;
}
