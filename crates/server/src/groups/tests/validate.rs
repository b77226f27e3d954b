//! Names that are looked at before a group is made.

use super::{call, get_eventual, group, refusal};
use crate::graph::Permission;
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn names_are_good_or_refused_and_nothing_is_made() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let id = group(&server, &admin, "Auditors").await;
        for path in [
            "/v1.0/directoryObjects/validateProperties".to_owned(),
            "/v1.0/groups/validateProperties".to_owned(),
            format!("/v1.0/groups/{id}/validateProperties"),
        ] {
            let good = json!({ "displayName": "Auditors", "mailNickname": "auditors", "onBehalfOfUserId": tenant.id });
            assert_eq!(call(&server, &admin, Method::POST, &path, good).await.status, 204, "{path}");
            for (body, status, target) in [
                (json!({ "displayName": "a\u{202e}b" }), 422, "displayName"),
                (json!({ "displayName": "Good", "mailNickname": "a b" }), 422, "mailNickname"),
                (json!({}), 400, "displayName"),
                (json!({ "displayName": 7 }), 400, "displayName"),
                (json!({ "surprise": 7 }), 400, "surprise"),
            ] {
                let answer = call(&server, &admin, Method::POST, &path, body.clone()).await;
                let told = (answer.status.as_u16(), answer.json()["error"]["target"].clone());
                assert_eq!(told, (status, json!(target)), "{path} {body}");
            }
            let stranger = server.application(tenant.id, &[Permission::UserReadAll]);
            assert_eq!(refusal(&call(&server, &stranger, Method::POST, &path, json!({})).await).0, 403, "{path}");
        }
        let path = "/v1.0/directoryObjects/validateProperties";
        let group = json!({ "entityType": "Group", "displayName": "Auditors" });
        assert_eq!(call(&server, &admin, Method::POST, path, group).await.status, 204);
        let user = json!({ "entityType": "User", "displayName": "Auditors" });
        assert_eq!(call(&server, &admin, Method::POST, path, user).await.status, 400);
        assert_eq!(get_eventual(&server, &admin, "/v1.0/groups/$count").await.text, "1");
    })
    .await;
}
