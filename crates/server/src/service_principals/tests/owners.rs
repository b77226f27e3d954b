//! What the owners of an app may do, and for how long.

use crate::applications::Changes;
use crate::graph::{Actor, Caller, Role};
use crate::service_principals::Registered;
use crate::testing::{Answer, TestServer, on_both_engines, person};
use crate::users::User;
use axum::http::Method;
use serde_json::{Value, json};

const PORTAL: &str = "/portal/contoso.example";

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> Answer {
    server.api_as(caller, method, path, &body).await
}

/// The overview as words.
async fn overview(server: &TestServer, who: &User) -> String {
    let page = server.signed_in(who).await.get(PORTAL).await.text;
    let texts = page.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    texts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// Names an owner of what stands at this path.
async fn name(server: &TestServer, caller: &Caller, path: &str, user: &User) -> u16 {
    let address = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", user.id) });
    call(server, caller, Method::POST, &format!("{path}/owners/$ref"), address).await.status.as_u16()
}

/// Takes an owner off what stands at this path.
async fn take(server: &TestServer, caller: &Caller, path: &str, user: &User) -> Answer {
    call(server, caller, Method::DELETE, &format!("{path}/owners/{}/$ref", user.id), Value::Null).await
}

/// Gives somebody access to an app, no role in particular.
async fn assign(server: &TestServer, caller: &Caller, app: &Registered, user: &User) -> u16 {
    let (principal, role) = (app.service_principal.id, "00000000-0000-0000-0000-000000000000");
    let body = json!({ "principalId": user.id, "resourceId": principal, "appRoleId": role });
    let path = format!("/v1.0/servicePrincipals/{principal}/appRoleAssignedTo");
    call(server, caller, Method::POST, &path, body).await.status.as_u16()
}

/// The registration and the service principal of an app.
fn both(app: &Registered) -> [String; 2] {
    let (app, principal) = (app.application.id, app.service_principal.id);
    [format!("/v1.0/applications/{app}"), format!("/v1.0/servicePrincipals/{principal}")]
}

fn page(app: &Registered) -> String {
    format!("{PORTAL}/apps/{}", app.application.id)
}

#[tokio::test]
async fn t5_an_owner_adds_guests_to_their_own_app_only_until_they_leave_and_the_last_owner_stays() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let own = server.app(&tenant, "Expenses", Changes::default()).await.registered;
        let other = server.app(&tenant, "Payroll", Changes::default()).await.registered;
        let (ada, bob) = (server.member(&tenant, "ada", &[]).await, server.member(&tenant, "bob", &[]).await);
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let kim = server.guest(&tenant, "kim@rival.example").await;
        for path in &both(&own) {
            assert_eq!(name(&server, &admin, path, &ada).await, 204);
        }
        // An owner in an organisation whose members read nobody else.
        let mut owner = person(&ada, Vec::new());
        if let Actor::User(user) = &mut owner.actor {
            user.defaults.reads_others = false;
        }

        // App owner adds guest to his app only.
        assert_eq!(assign(&server, &owner, &own, &sam).await, 201);
        assert_eq!(assign(&server, &owner, &other, &sam).await, 403);
        assert_eq!(assign(&server, &admin, &other, &kim).await, 201);

        // Cannot read the others' guests.
        let guests = format!("/v1.0/servicePrincipals/{}/appRoleAssignedTo", other.service_principal.id);
        assert_eq!(call(&server, &owner, Method::GET, &guests, Value::Null).await.status, 403);
        let browser = server.signed_in(&ada).await;
        let shown = browser.get(&page(&own)).await;
        assert!(shown.status == 200 && shown.text.contains("sam@partner.example"), "{}", shown.text);
        let hidden = browser.get(&page(&other)).await;
        assert!(hidden.status == 403 && !hidden.text.contains("kim@rival.example"), "{}", hidden.text);

        // Last owner guard.
        for path in &both(&own) {
            for caller in [&owner, &admin] {
                let refused = take(&server, caller, path, &ada).await;
                let error = refused.json()["error"].clone();
                assert_eq!((refused.status.as_u16(), &error["target"]), (400, &json!("owners")), "{}", refused.text);
                assert!(error["message"].as_str().is_some_and(|text| text.contains("must have at least one owner")));
            }
            let owners = call(&server, &admin, Method::GET, &format!("{path}/owners"), Value::Null).await.json();
            assert_eq!(owners["value"][0]["id"], json!(ada.id), "nothing was changed");
        }

        // Leaves: his delegated rights end.
        for path in &both(&own) {
            assert_eq!(name(&server, &admin, path, &bob).await, 204);
            assert_eq!(take(&server, &owner, path, &ada).await.status, 204);
        }
        assert_eq!(assign(&server, &owner, &own, &kim).await, 403);
        assert_eq!(browser.get(&page(&own)).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn t5_an_app_whose_last_owner_left_is_told_until_somebody_is_named() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let admin = person(&ines, vec![Role::GlobalAdministrator]);
        let own = server.app(&tenant, "Expenses", Changes::default()).await.registered;
        server.app(&tenant, "Payroll", Changes::default()).await;
        let (ada, bob) = (server.member(&tenant, "ada", &[]).await, server.member(&tenant, "bob", &[]).await);
        let sam = server.guest(&tenant, "sam@partner.example").await;
        assert_eq!(assign(&server, &admin, &own, &sam).await, 201);
        for path in &both(&own) {
            assert_eq!(name(&server, &admin, path, &bob).await, 204);
        }
        let browser = server.signed_in(&bob).await;
        assert!(browser.get(&page(&own)).await.text.contains("sam@partner.example"));
        assert!(!overview(&server, &ines).await.contains("has no owner any more"));

        let account = format!("/v1.0/users/{}", bob.id);
        assert_eq!(call(&server, &admin, Method::DELETE, &account, Value::Null).await.status, 204);
        assert!(!browser.get(&page(&own)).await.text.contains("sam@partner.example"), "whoever left sees nothing");
        let text = overview(&server, &ines).await;
        assert!(text.contains("1 app has no owner any more Expenses Name somebody"), "{text}");
        let item = format!("/v1.0/directory/deletedItems/{}", bob.id);
        assert_eq!(call(&server, &admin, Method::DELETE, &item, Value::Null).await.status, 204);
        assert!(overview(&server, &ines).await.contains("1 app has no owner any more"), "gone for good");

        for path in &both(&own) {
            assert_eq!(name(&server, &admin, path, &ada).await, 204);
            let set = path.rsplit_once('/').expect("a set and an id").0;
            let filter = format!("{set}?$filter=owners/$count%20eq%201&$count=true&$select=id");
            let header = [("consistencylevel", "eventual")];
            let found = server.api_with(&admin, Method::GET, &filter, &header, &Value::Null).await;
            assert_eq!(found.json()["value"].as_array().map(Vec::len), Some(1), "{}", found.text);
        }
        assert!(!overview(&server, &ines).await.contains("has no owner any more"));
    })
    .await;
}

#[tokio::test]
async fn owners_are_named_when_an_app_is_made() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (ada, bob) = (server.member(&tenant, "ada", &[]).await, server.member(&tenant, "bob", &[]).await);
        let mut maker = person(&ada, Vec::new());
        if let Actor::User(user) = &mut maker.actor {
            user.defaults.creates_apps = true;
        }
        let bound = json!([
            format!("https://graph.microsoft.com/v1.0/users/{}", ada.id),
            format!("http://localhost:8080/v1.0/directoryObjects('{}')", bob.id),
        ]);
        let body = json!({ "displayName": "Expenses", "owners@odata.bind": bound });
        let made = call(&server, &maker, Method::POST, "/v1.0/applications", body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let body = json!({ "appId": made.json()["appId"], "owners@odata.bind": bound });
        let added = call(&server, &maker, Method::POST, "/v1.0/servicePrincipals", body).await;
        assert_eq!(added.status, 201, "{}", added.text);
        for (set, made) in [("applications", &made), ("servicePrincipals", &added)] {
            let path = format!("/v1.0/{set}/{}/owners", made.json()["id"].as_str().expect("an id"));
            let owners = call(&server, &admin, Method::GET, &path, Value::Null).await.json();
            let mut ids: Vec<Value> =
                owners["value"].as_array().expect("owners").iter().map(|owner| owner["id"].clone()).collect();
            ids.sort_by_key(ToString::to_string);
            let mut expected = vec![json!(ada.id), json!(bob.id)];
            expected.sort_by_key(ToString::to_string);
            assert_eq!(ids, expected, "{set}");
        }
        let count = async || {
            let apps = call(&server, &admin, Method::GET, "/v1.0/applications", Value::Null).await.json();
            apps["value"].as_array().expect("apps").len()
        };
        let before = count().await;
        let unknown = server.entropy.random_uuid();
        for (bound, status) in [
            (json!([format!("users/{unknown}")]), 404),
            (json!(["nowhere"]), 400),
            (json!([format!("users/{}", bob.id), format!("users/{}", bob.id)]), 400),
            (json!(vec![format!("users/{}", bob.id); 21]), 400),
        ] {
            let body = json!({ "displayName": "Other", "owners@odata.bind": bound });
            let refused = call(&server, &admin, Method::POST, "/v1.0/applications", body).await;
            assert_eq!(refused.status.as_u16(), status, "{bound}: {}", refused.text);
        }
        assert_eq!(count().await, before, "all of it or nothing");
    })
    .await;
}
