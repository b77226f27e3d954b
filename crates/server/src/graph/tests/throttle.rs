//! How much an app may ask in a while.

use crate::graph::{Actor, Permission};
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const USERS: &str = "/v1.0/users";

#[tokio::test]
async fn an_app_that_asks_too_much_waits_and_nobody_else_does() {
    on_both_engines(async |server| {
        let mut settings = server.settings.clone();
        settings.api.resource_units = 10;
        let server = server.twin_with(settings).await;
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let elsewhere = server.tenant("Fabrikam", "fabrikam.example").await;
        let admin = server.administrator(&tenant).await;
        let app = server.application(tenant.id, &[Permission::UserReadAll]);
        let other = server.application(tenant.id, &[Permission::UserReadAll]);
        let mut abroad = app.clone();
        abroad.tenant = elsewhere.id;
        for expected in ["", "", "", "0.80", "1.00"] {
            let answer = server.api_as(&app, Method::GET, USERS, &Value::Null).await;
            assert_eq!((answer.status.as_u16(), answer.header("x-ms-throttle-limit-percentage")), (200, expected));
        }
        let refused = server.api_as(&app, Method::GET, USERS, &Value::Null).await;
        assert_eq!(refused.status, 429, "{}", refused.text);
        assert_eq!(refused.json()["error"]["code"], "TooManyRequests");
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=10).contains(&wait), "{wait}");
        let Actor::Application(program) = &app.actor else { panic!("a program") };
        let scope = format!("Tenant_Application/ReadWrite/{}/{}", program.client, tenant.id);
        assert_eq!(refused.header("x-ms-throttle-scope"), scope);
        assert_eq!(refused.header("x-ms-throttle-information"), "ResourceUnitLimitExceeded");

        let batch = json!({ "requests": [{ "id": "1", "method": "GET", "url": "/users" }] });
        let batch = server.api_as(&app, Method::POST, "/v1.0/$batch", &batch).await;
        let within = batch.json()["responses"][0].clone();
        assert_eq!((batch.status.as_u16(), &within["status"]), (200, &json!(429)), "by itself");
        for (name, value) in [
            ("Retry-After", refused.header("retry-after")),
            ("x-ms-throttle-limit-percentage", "1.00"),
            ("x-ms-throttle-scope", scope.as_str()),
            ("x-ms-throttle-information", "ResourceUnitLimitExceeded"),
        ] {
            assert_eq!(within["headers"][name], value, "{within}");
        }
        for caller in [&other, &abroad, &admin] {
            for _ in 0..4 {
                assert_eq!(server.api_as(caller, Method::GET, USERS, &Value::Null).await.status, 200);
            }
        }
        for _ in 0..10 {
            assert_eq!(server.api_as(&admin, Method::GET, USERS, &Value::Null).await.status, 200, "no app");
        }
        server.clock.advance(Duration::from_secs(wait));
        assert_eq!(server.api_as(&app, Method::GET, USERS, &Value::Null).await.status, 200);
    })
    .await;
}
