//! Names with an at sign in a body: what asks for nothing is passed over, what asks for something is served or refused.

use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_binding_that_is_not_served_is_refused_by_name_and_an_echo_is_passed_over() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let bound = format!("http://localhost:8080/v1.0/users/{}", ada.id);
        let new = json!({ "displayName": "G", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true });
        let group = server.api_as(&admin, Method::POST, "/v1.0/groups", &new).await.json()["id"].clone();
        let new = json!({ "displayName": "App" });
        let app = server.api_as(&admin, Method::POST, "/v1.0/applications", &new).await;
        let (app, client) = (app.json()["id"].clone(), app.json()["appId"].clone());
        let new = json!({ "appId": client });
        let principal = server.api_as(&admin, Method::POST, "/v1.0/servicePrincipals", &new).await;
        let id = |value: &Value| value.as_str().expect("an id").to_owned();
        let user = format!("/v1.0/users/{}", ada.id);
        let group = format!("/v1.0/groups/{}", id(&group));
        let app = format!("/v1.0/applications/{}", id(&app));
        let principal = format!("/v1.0/servicePrincipals/{}", id(&principal.json()["id"]));
        for (path, change, name) in [
            (&user, json!({ "jobTitle": "x", "manager@odata.bind": bound }), "manager@odata.bind"),
            (&user, json!({ "jobTitle": "x", "sponsors@odata.bind": [bound] }), "sponsors@odata.bind"),
            (&group, json!({ "displayName": "x", "owners@odata.bind": [bound] }), "owners@odata.bind"),
            (&group, json!({ "displayName": "x", "members@delta": [{ "@odata.id": bound }] }), "members@delta"),
            (&app, json!({ "displayName": "x", "owners@odata.bind": [bound] }), "owners@odata.bind"),
            (&principal, json!({ "accountEnabled": false, "owners@odata.bind": [bound] }), "owners@odata.bind"),
        ] {
            let before = server.api_as(&admin, Method::GET, path, &Value::Null).await.text;
            let refused = server.api_as(&admin, Method::PATCH, path, &change).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!(name)), "{path}");
            assert_eq!(server.api_as(&admin, Method::GET, path, &Value::Null).await.text, before, "{path}");
        }
        for path in [&user, &group, &app] {
            let mut body = json!({ "displayName": "Changed", "displayName@odata.type": "#String" });
            body["@odata.context"] = json!("http://localhost:8080/v1.0/$metadata#users/$entity");
            body["@odata.type"] = json!("#microsoft.graph.user");
            body["@odata.etag"] = json!("W/\"1\"");
            let answer = server.api_as(&admin, Method::PATCH, path, &body).await;
            assert_eq!(answer.status, 204, "{path}: {}", answer.text);
        }
    })
    .await;
}
