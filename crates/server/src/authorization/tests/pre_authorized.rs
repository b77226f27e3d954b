//! Apps that an API names itself are let in without anybody's consent, for the scopes it names.

use super::claims;
use super::flow::{Flow, text};
use crate::applications::Changes;
use crate::graph::Permission;
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn nobody_is_asked_for_scopes_of_an_api_that_names_the_app() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let ids = [server.entropy.random_uuid(), server.entropy.random_uuid()];
        let scope = |id, value: &str| {
            serde_json::from_value(json!({ "id": id, "value": value, "type": "Admin" })).expect("a scope")
        };
        let exposed = vec![scope(ids[0], "Orders.Read"), scope(ids[1], "Orders.Write")];
        let orders =
            server.app(&flow.tenant, "Orders", Changes { exposed_scopes: Some(exposed), ..Changes::default() }).await;
        let name = |word: &str| format!("openid api://{}/{word}", orders.client_id);
        let (read, write) = (name("Orders.Read"), name("Orders.Write"));
        let is_asked = async |scope: &str| {
            let arrived = flow.ask(&[("scope", scope), ("prompt", "none")]).await;
            arrived.get("error").is_some_and(|error| error == "consent_required")
        };
        assert!(is_asked(&read).await, "the organisation decides as long as the API says nothing");

        let writer = server.application(flow.tenant.id, &[Permission::ApplicationReadWriteAll]);
        let path = format!("/v1.0/applications/{}", orders.registered.application.id);
        let named = json!([{ "appId": flow.app.client_id, "delegatedPermissionIds": [ids[0]] }]);
        let change = json!({ "api": { "preAuthorizedApplications": named } });
        assert_eq!(server.api_as(&writer, Method::PATCH, &path, &change).await.status, 204);
        assert!(!is_asked(&read).await);
        assert!(is_asked(&write).await, "for what is named, and for nothing else");
        let code = flow.ask(&[("scope", &read)]).await["code"].clone();
        let tokens = flow.redeem(&code, &[]).await.json();
        assert_eq!(claims(text(&tokens, "access_token"))["scp"], "Orders.Read");

        // Another app gains nothing by it, and what is taken back ends what is in use.
        let other = json!({ "appId": orders.client_id, "delegatedPermissionIds": [ids[0]] });
        let change = json!({ "api": { "preAuthorizedApplications": [other] } });
        assert_eq!(server.api_as(&writer, Method::PATCH, &path, &change).await.status, 204);
        assert!(is_asked(&read).await);
        let fields = [
            ("client_id", orders.client_id.as_str()),
            ("client_secret", orders.secret.as_str()),
            ("token", text(&tokens, "access_token")),
        ];
        let about = server.post_form(&format!("/{}/oauth2/v2.0/introspect", flow.tenant.id), &fields, None).await;
        assert_eq!(about.json()["active"], false);
    })
    .await;
}
