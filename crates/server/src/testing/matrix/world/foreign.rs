//! The app of another organisation that stands in the tenant.

use crate::graph::{Caller, Permission};
use crate::platform::ids::TenantId;
use crate::tenants;
use crate::testing::{Answer, TestServer};
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The domain of the organisation that registered it; one for all tenants of a server.
const HOME: &str = "registrar.example";

/// How it stands here, and where it is registered.
#[derive(Clone)]
pub struct Foreign {
    pub principal: String,
    /// Somebody who may use it.
    pub assignment: String,
    /// What it may do for everybody.
    pub grant: String,
    /// Its registration, which is in its own tenant.
    pub registration: String,
    /// The service principal there.
    pub at_home: String,
    /// Its own tenant.
    pub home: TenantId,
}

impl Foreign {
    /// Lets the app in, gives it to a person of the tenant, and grants it something for everybody and by itself at the directory API.
    pub async fn admitted(server: &TestServer, administrator: &Caller, person: &str, api: &Value) -> Self {
        let (home, app) = registered(server).await;
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let added = call(server, administrator, "/v1.0/servicePrincipals", json!({ "appId": app["appId"] })).await;
        let principal = text(&added["id"]);
        let none = "00000000-0000-0000-0000-000000000000";
        let assigned = call(
            server,
            administrator,
            &format!("/v1.0/servicePrincipals/{principal}/appRoleAssignedTo"),
            json!({ "principalId": person, "resourceId": principal, "appRoleId": none }),
        )
        .await;
        let by_itself = json!({
            "principalId": principal, "resourceId": api, "appRoleId": Permission::UserInviteAll.role_id(),
        });
        let own = format!("/v1.0/servicePrincipals/{principal}/appRoleAssignments");
        call(server, administrator, &own, by_itself).await;
        let granted = call(
            server,
            administrator,
            "/v1.0/oauth2PermissionGrants",
            json!({ "clientId": principal, "consentType": "AllPrincipals", "resourceId": api, "scope": "User.Read.All" }),
        )
        .await;
        Self {
            assignment: text(&assigned["id"]),
            grant: text(&granted["id"]),
            registration: text(&app["id"]),
            at_home: text(&app["principal"]),
            home,
            principal,
        }
    }

    /// The same with ids that name nothing anywhere.
    pub fn with_unknown_ids(&self, server: &TestServer) -> Self {
        let fresh = || server.entropy.random_uuid();
        Self {
            principal: fresh().to_string(),
            assignment: URL_SAFE_NO_PAD.encode(fresh().as_bytes()),
            grant: URL_SAFE_NO_PAD.encode(fresh().as_bytes()),
            registration: fresh().to_string(),
            at_home: fresh().to_string(),
            home: self.home,
        }
    }
}

/// A program with every permission in the tenant of the app.
pub fn program_at(server: &TestServer, home: TenantId) -> Caller {
    server.application(home, Permission::ALL)
}

/// The tenant that registered the app, and the app as it is answered there, with its service principal beside; made when it is
/// needed for the first time.
async fn registered(server: &TestServer) -> (TenantId, Value) {
    let known = {
        let mut tx = server.read().await.expect("a connection");
        tenants::resolve(&mut tx, server, HOME).await.expect("an answer")
    };
    if let Some(home) = known {
        let caller = program_at(server, home.id);
        let list = async |path: &str| {
            let answer = server.api_as(&caller, Method::GET, path, &Value::Null).await;
            succeeded(path, &answer)["value"][0].clone()
        };
        let mut app = list("/v1.0/applications").await;
        let client = app["appId"].as_str().expect("an id");
        let path = format!("/v1.0/servicePrincipals?$filter=appId%20eq%20'{client}'");
        app["principal"] = list(&path).await["id"].clone();
        return (home.id, app);
    }
    let home = server.tenant("Registrar", HOME).await.id;
    let caller = program_at(server, home);
    let body = json!({
        "displayName": "Harvester", "signInAudience": "AzureADMultipleOrgs",
        "web": { "redirectUris": ["https://harvester.example/cb"] },
    });
    let mut app = call(server, &caller, "/v1.0/applications", body).await;
    let standing = call(server, &caller, "/v1.0/servicePrincipals", json!({ "appId": app["appId"] })).await;
    app["principal"] = standing["id"].clone();
    (home, app)
}

async fn call(server: &TestServer, caller: &Caller, path: &str, body: Value) -> Value {
    let answer = server.api_as(caller, Method::POST, path, &body).await;
    succeeded(path, &answer)
}

fn succeeded(path: &str, answer: &Answer) -> Value {
    assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
    answer.json()
}
