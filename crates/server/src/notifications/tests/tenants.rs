//! What happens in one tenant is told to nobody of another (security check T1).

use super::{Receiver, subscribe, told, world};
use crate::testing::on_both_engines;
use axum::http::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn t1_a_subscription_is_told_nothing_of_another_tenant() {
    on_both_engines(async |server| {
        let (server, contoso, administrator, receiver, address) = world(&server).await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.administrator(&fabrikam).await;
        let elsewhere = Receiver::default();
        let hook = elsewhere.listen().await;
        for resource in ["users", "groups"] {
            for (caller, address) in [(&administrator, &address), (&stranger, &hook)] {
                let made = subscribe(&server, caller, address, json!({ "resource": resource })).await;
                assert_eq!(made.status, StatusCode::CREATED, "{resource}: {}", made.text);
            }
        }
        let ada = server.member(&contoso, "ada", &[]).await;
        // To ask for one person of theirs by id is refused or tells nothing.
        subscribe(&server, &stranger, &hook, json!({ "resource": format!("users/{}", ada.id) })).await;
        let renamed = json!({ "jobTitle": "Auditor" });
        let path = format!("/v1.0/users/{}", ada.id);
        assert_eq!(server.api_as(&administrator, Method::PATCH, &path, &renamed).await.status, 204);
        let group = json!({
            "displayName": "Auditors", "mailNickname": "auditors", "mailEnabled": false, "securityEnabled": true,
        });
        assert_eq!(server.api_as(&administrator, Method::POST, "/v1.0/groups", &group).await.status, 201);
        let items = told(&server, &receiver).await;
        assert!(items.iter().any(|item| item["resourceData"]["id"] == json!(ada.id)), "our own are told: {items:?}");
        assert!(items.iter().all(|item| item["tenantId"] == json!(contoso.id)), "{items:?}");
        assert!(elsewhere.take().is_empty(), "nobody else is");
        server.member(&fabrikam, "bob", &[]).await;
        assert!(told(&server, &receiver).await.is_empty(), "what happens there is not told here");
        assert!(!elsewhere.take().is_empty());
    })
    .await;
}
