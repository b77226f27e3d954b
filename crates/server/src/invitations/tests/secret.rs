//! The secret of a link.

use super::{invite, ticket, with};
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::{Value, json};

/// Security checks I1 and I4: no stored row and no answer but the first one holds a link.
#[tokio::test]
async fn i4_a_link_is_told_once_and_stored_nowhere() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let invited =
            invite(&server, &admin, &with("sam@fabrikam.example", &json!({ "sendInvitationMessage": true }))).await;
        let (text, hash) = ticket(&invited);
        let id = invited["id"].as_str().expect("an id");
        let user = invited["invitedUser"]["id"].as_str().expect("an id");
        for path in [
            "/vestibule/v1/invitations".to_owned(),
            format!("/vestibule/v1/invitations/{id}"),
            "/vestibule/v1/mails".to_owned(),
            format!("/v1.0/users/{user}"),
            "/v1.0/auditLogs/directoryAudits".to_owned(),
        ] {
            let answer = server.api_as(&admin, Method::GET, &path, &Value::Null).await;
            let hexadecimal: String = hash.0.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
            assert!(!answer.text.contains("vsi_") && !answer.text.contains(&hexadecimal), "{path}: {}", answer.text);
        }
        let mut tx = server.read().await.expect("a connection");
        let (sealed,): (Vec<u8>,) = tx
            .query(database::sql!("SELECT sealed FROM mail WHERE tenant_id = $1"))
            .bind(tenant.id)
            .fetch_one()
            .await
            .expect("the mail");
        assert!(!sealed.windows(text.len()).any(|window| window == text.as_bytes()));
        let audited: Vec<(String,)> = tx
            .query(database::sql!(
                "SELECT CAST(targets AS TEXT) || CAST(details AS TEXT) FROM directory_audit WHERE tenant_id = $1"
            ))
            .bind(tenant.id)
            .fetch_all()
            .await
            .expect("the audit");
        assert!(audited.iter().all(|(row,)| !row.contains("vsi_")));
    })
    .await;
}
