//! A tenant with one of everything that a path can name.

use crate::graph::{Caller, Permission, Role};
use crate::tenants::Tenant;
use crate::testing::{Answer, TestServer, person};
use axum::http::Method;
use serde_json::{Value, json};

/// A tenant, people of every kind, and the ids that paths need.
pub struct World {
    pub tenant: Tenant,
    pub administrator: Caller,
    pub guest: Caller,
    user: String,
    application: String,
    principal: String,
    assignment: String,
    invitation: String,
    mail: String,
}

impl World {
    pub async fn new(server: &TestServer, name: &str, domain: &str) -> Self {
        let tenant = server.tenant(name, domain).await;
        let administrator = server.administrator(&tenant).await;
        let call = async |method, path: &str, body: Value| {
            let answer = server.api_as(&administrator, method, path, &body).await;
            assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
            answer
        };
        let id = |answer: &Answer| answer.json()["id"].as_str().expect("an id").to_owned();
        let invited = call(
            Method::POST,
            "/v1.0/invitations",
            json!({
                "invitedUserEmailAddress": format!("guest@partner-of-{domain}"),
                "inviteRedirectUrl": "https://myapps.microsoft.com",
                "sendInvitationMessage": true,
            }),
        )
        .await;
        let user = invited.json()["invitedUser"]["id"].as_str().expect("a guest").to_owned();
        let app = call(Method::POST, "/v1.0/applications", json!({ "displayName": format!("App of {name}") })).await;
        let app_id = app.json()["appId"].clone();
        let principal = id(&call(Method::POST, "/v1.0/servicePrincipals", json!({ "appId": app_id })).await);
        let assigned = call(
            Method::POST,
            &format!("/v1.0/servicePrincipals/{principal}/appRoleAssignedTo"),
            json!({ "principalId": user, "resourceId": principal, "appRoleId": "00000000-0000-0000-0000-000000000000" }),
        )
        .await;
        let mails = call(Method::GET, "/vestibule/v1/mails", Value::Null).await;
        Self {
            guest: guest(server, &tenant, &user).await,
            user,
            application: id(&app),
            principal,
            assignment: id(&assigned),
            invitation: id(&invited),
            mail: mails.json()["value"][0]["id"].as_str().expect("a mail").to_owned(),
            tenant,
            administrator,
        }
    }

    /// The path with the ids of this tenant.
    pub fn path(&self, template: &str) -> String {
        let id = if template.starts_with("/vestibule/v1/mails") { &self.mail } else { &self.invitation };
        [
            ("{user}", self.user.as_str()),
            ("{application}", &self.application),
            ("{principal}", &self.principal),
            ("{assignment}", &self.assignment),
            ("{id}", id),
        ]
        .iter()
        .fold(template.to_owned(), |path, (name, value)| path.replace(name, value))
    }

    /// Every id that must not appear in an answer to another tenant.
    pub fn ids(&self) -> [&str; 6] {
        [&self.user, &self.application, &self.principal, &self.assignment, &self.invitation, &self.mail]
    }

    /// A member with the roles given.
    pub async fn member(&self, server: &TestServer, local: &str, roles: &[Role]) -> Caller {
        person(&server.member(&self.tenant, local, roles).await, roles.to_vec())
    }

    /// Everything of the tenant that the API shows, to see whether it changed.
    pub async fn picture(&self, server: &TestServer) -> Vec<Value> {
        let mut picture = Vec::new();
        for path in [
            "/v1.0/users?$select=id,displayName,accountEnabled,userType,mail,externalUserState",
            "/v1.0/applications",
            "/v1.0/servicePrincipals",
            "/v1.0/policies/authorizationPolicy",
            "/vestibule/v1/collaborationSettings",
            "/vestibule/v1/invitations",
        ] {
            picture.push(server.api_as(&self.administrator, Method::GET, path, &Value::Null).await.json());
        }
        let assigned = self.path("/v1.0/servicePrincipals/{principal}/appRoleAssignedTo");
        picture.push(server.api_as(&self.administrator, Method::GET, &assigned, &Value::Null).await.json());
        picture
    }

    /// A program of this tenant with every permission.
    pub fn program(&self, server: &TestServer) -> Caller {
        server.application(self.tenant.id, Permission::ALL)
    }
}

async fn guest(server: &TestServer, tenant: &Tenant, id: &str) -> Caller {
    let mut tx = server.read().await.expect("a connection");
    let id = id.parse().expect("an id");
    let user = crate::users::store::find(&mut tx, tenant.id, id).await.expect("an answer").expect("the guest");
    person(&user, Vec::new())
}
