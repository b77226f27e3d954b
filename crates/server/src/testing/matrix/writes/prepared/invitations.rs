//! Invitations, their mail, and the jobs behind them.

use super::PreparedWrite;
use crate::testing::TestServer;
use crate::testing::matrix::world::World;
use database::sql;
use serde_json::{Value, json};

/// What is sent to a route of invitations, mail or jobs; nothing for any other.
pub async fn sent(server: &TestServer, world: &World, template: &str) -> Option<PreparedWrite> {
    let body = match template {
        "/v1.0/invitations" | "/beta/invitations" => json!({
            "invitedUserEmailAddress": "new@partner.example",
            "inviteRedirectUrl": "https://myapps.microsoft.com",
        }),
        "/vestibule/v1/invitations/resendHeld" => {
            hold(server, world).await;
            Value::Null
        }
        "/vestibule/v1/bulkInvitations" => json!("new@partner.example"),
        "/vestibule/v1/bulkInvitations/{id}/start" => {
            server.run_due_jobs().await;
            Value::Null
        }
        "/vestibule/v1/mails/{id}/retry" | "/vestibule/v1/jobs/retryFailed" | "/vestibule/v1/jobs/{id}/retry" => {
            give_up(server, world).await;
            Value::Null
        }
        _ => return None,
    };
    Some((world.path(template), body))
}

/// Lets the mail of the world be one that the relay refused.
pub async fn give_up(server: &TestServer, world: &World) {
    let mut tx = server.write().await.expect("a transaction");
    for statement in [
        sql!("UPDATE mail SET state = 'refusedByRelay' WHERE tenant_id = $1"),
        sql!("UPDATE job SET state = 'failed' WHERE tenant_id = $1 AND kind = 'send_mail'"),
    ] {
        tx.query(statement).bind(world.tenant.id).execute().await.expect("given up");
    }
    tx.commit().await.expect("a commit");
}

/// Lets a restore hold the invitations of the world.
pub async fn hold(server: &TestServer, world: &World) {
    let mut tx = server.write().await.expect("a transaction");
    tx.query(sql!("UPDATE invitation SET held_at = created_at WHERE tenant_id = $1 AND accepted_at IS NULL"))
        .bind(world.tenant.id)
        .execute()
        .await
        .expect("held");
    tx.commit().await.expect("a commit");
}
