//! Who is told that an app soon has no secret any more.

use crate::graph::Role;
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const APPS: &str = "/portal/contoso.example/apps";
const MY_APPS: &str = "/myapps/contoso.example";

#[tokio::test]
async fn whoever_may_renew_a_secret_is_told_that_it_ends() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let call = async |path: &str, body: Value| {
            let answer = server.api_as(&admin, Method::POST, path, &body).await;
            assert!(answer.status.is_success(), "{path}: {}", answer.text);
            answer
        };
        let day = Duration::from_hours(24);
        let mut ids = Vec::new();
        for name in ["Orders", "Returns"] {
            let app = call("/v1.0/applications", json!({ "displayName": name })).await.json();
            call("/v1.0/servicePrincipals", json!({ "appId": app["appId"] })).await;
            let id = app["id"].as_str().expect("an id").to_owned();
            let end = crate::platform::clock::rfc3339(server.clock.now().plus(20 * day));
            let secret = json!({ "passwordCredential": { "endDateTime": end } });
            call(&format!("/v1.0/applications/{id}/addPassword"), secret).await;
            ids.push(id);
        }
        let olga = server.member(&tenant, "olga", &[]).await;
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", olga.id) });
        call(&format!("/v1.0/applications/{}/owners/$ref", ids[0]), owner).await;

        let hall = server.signed_in(&olga).await.get(MY_APPS).await.text;
        assert!(hall.contains("1 app you look after has no secret beyond 30 days"), "{hall}");
        assert!(hall.contains(&format!("href=\"{APPS}/{}\"", ids[0])) && !hall.contains(&ids[1]), "{hall}");
        let list = server.signed_in(&olga).await.get(APPS).await.text;
        assert!(list.contains("1 app has no secret beyond 30 days."), "{list}");
        for role in [Role::ApplicationAdministrator, Role::CloudApplicationAdministrator, Role::GlobalAdministrator] {
            let user = server.member(&tenant, &role.slug(), &[role]).await;
            let browser = server.signed_in(&user).await;
            let hall = browser.get(MY_APPS).await.text;
            assert!(hall.contains("2 apps you look after have no secret beyond 30 days"), "{role:?}: {hall}");
            let list = browser.get(APPS).await.text;
            assert!(list.contains("2 apps have no secret beyond 30 days."), "{role:?}: {list}");
        }
        // Who administers users and answers for an app reads it on the overview; others are told nothing.
        let both = server.member(&tenant, "both", &[Role::UserAdministrator]).await;
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", both.id) });
        call(&format!("/v1.0/applications/{}/owners/$ref", ids[1]), owner).await;
        let overview = server.signed_in(&both).await.get("/portal/contoso.example").await.text;
        assert!(overview.contains("Returns") && !overview.contains("Orders"), "{overview}");
        let nobody = server.member(&tenant, "nobody", &[]).await;
        assert!(!server.signed_in(&nobody).await.get(MY_APPS).await.text.contains("no secret"));

        let later = crate::platform::clock::rfc3339(server.clock.now().plus(300 * day));
        let secret = json!({ "passwordCredential": { "endDateTime": later } });
        call(&format!("/v1.0/applications/{}/addPassword", ids[0]), secret).await;
        assert!(!server.signed_in(&olga).await.get(MY_APPS).await.text.contains("no secret"), "there is a newer one");
    })
    .await;
}
