//! Whoever makes a tenant by calls: its administrator.

use crate::graph::{Caller, Role};
use crate::sign_in::session;
use crate::tenants::Tenant;
use crate::testing::{ADDRESS, Answer, TestServer, picture, png_of};
use crate::users::User;
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use uuid::Uuid;

/// The directory's own API, as programs find it.
const DIRECTORY_API: &str = "/v1.0/servicePrincipals?$filter=appId%20eq%20'00000003-0000-0000-c000-000000000000'";

/// The administrator of a tenant, who makes one thing after the other.
pub(super) struct Maker<'a> {
    pub(super) server: &'a TestServer,
    pub(super) tenant: &'a Tenant,
    pub(super) administrator: &'a Caller,
}

/// An app with one of everything that belongs to it.
pub(super) struct App {
    pub(super) application: String,
    pub(super) credential: String,
    pub(super) property: String,
    pub(super) principal: String,
    /// What the organisation says of the scope it exposes.
    pub(super) classification: String,
    pub(super) assignment: String,
    pub(super) grant: String,
    /// The service principal of the API that it was granted something at.
    pub(super) api: Value,
}

impl Maker<'_> {
    async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        let answer = self.server.api_as(self.administrator, method, path, &body).await;
        assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
        answer
    }

    /// The id of what is made.
    pub(super) async fn made(&self, path: &str, body: Value) -> String {
        text(&self.call(Method::POST, path, body).await.json()["id"])
    }

    async fn list(&self, path: &str) -> Value {
        self.call(Method::GET, path, Value::Null).await.json()["value"].clone()
    }

    /// The first of a list.
    pub(super) async fn first(&self, path: &str) -> Value {
        self.list(path).await[0].clone()
    }

    /// An invitation, and its guest.
    pub(super) async fn invited(&self) -> [String; 2] {
        let wanted = json!({
            "invitedUserEmailAddress": format!("guest@partner-of-{}", self.tenant.initial_domain),
            "inviteRedirectUrl": "https://myapps.microsoft.com",
            "sendInvitationMessage": true,
        });
        let invited = self.call(Method::POST, "/v1.0/invitations", wanted).await.json();
        [text(&invited["id"]), text(&invited["invitedUser"]["id"])]
    }

    /// An app that this person may use.
    pub(super) async fn app(&self, user: &str) -> App {
        let name = format!("App of {}", self.tenant.name);
        let scope = self.server.entropy.random_uuid();
        let registered = json!({
            "displayName": name,
            "api": { "oauth2PermissionScopes": [{ "id": scope, "value": "Orders.Read", "type": "User" }] },
        });
        let app = self.call(Method::POST, "/v1.0/applications", registered).await.json();
        let application = text(&app["id"]);
        self.call(Method::PUT, &format!("/v1.0/applications/{application}/logo"), picture()).await;
        let trusted = json!({
            "name": "pipeline", "issuer": "https://issuer.example", "subject": "pipeline",
            "audiences": ["api://AzureADTokenExchange"],
        });
        let credentials = format!("/v1.0/applications/{application}/federatedIdentityCredentials");
        let credential = self.made(&credentials, trusted).await;
        let added = json!({ "name": "costCenter", "dataType": "String", "targetObjects": ["User"] });
        let properties = format!("/v1.0/applications/{application}/extensionProperties");
        let property = self.made(&properties, added).await;
        let principal = self.made("/v1.0/servicePrincipals", json!({ "appId": app["appId"] })).await;
        let classified = json!({ "permissionId": scope, "classification": "low" });
        let classes = format!("/v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications");
        let classification = self.made(&classes, classified).await;
        let none = "00000000-0000-0000-0000-000000000000";
        let assigned = json!({ "principalId": user, "resourceId": principal, "appRoleId": none });
        let assignments = format!("/v1.0/servicePrincipals/{principal}/appRoleAssignedTo");
        let assignment = self.made(&assignments, assigned).await;
        let api = self.first(DIRECTORY_API).await["id"].clone();
        let grant = self.granted(&principal, &api).await;
        App { application, credential, property, principal, classification, assignment, grant, api }
    }

    /// What an app may do for everybody; beside it stands what it may do for the administrator.
    async fn granted(&self, client: &str, api: &Value) -> String {
        const GRANTS: &str = "/v1.0/oauth2PermissionGrants";
        let for_all = json!({
            "clientId": client, "consentType": "AllPrincipals", "resourceId": api, "scope": " User.Read.All",
        });
        let granted = self.made(GRANTS, for_all).await;
        let who = self.administrator.user().expect("a person").id;
        let own = json!({
            "clientId": client, "consentType": "Principal", "principalId": who, "resourceId": api, "scope": "User.ReadWrite",
        });
        self.call(Method::POST, GRANTS, own).await;
        granted
    }

    /// The role of those who invite.
    pub(super) async fn role(&self) -> String {
        let roles = self.list("/v1.0/directoryRoles").await;
        let is_inviter = |role: &&Value| role["roleTemplateId"] == Role::GuestInviter.id().to_string();
        text(&roles.as_array().and_then(|roles| roles.iter().find(is_inviter)).expect("a role")["id"])
    }

    /// By which assignment somebody holds a role.
    pub(super) async fn assigned(&self, holder: &User) -> String {
        let held = format!("/v1.0/roleManagement/directory/roleAssignments?$filter=principalId%20eq%20'{}'", holder.id);
        text(&self.first(&held).await["id"])
    }

    /// A group of somebody, who answers for it too.
    pub(super) async fn group(&self, holder: &User) -> String {
        let both = json!([address(holder)]);
        let group = json!({
            "displayName": format!("Group of {}", self.tenant.name),
            "mailNickname": "group",
            "mailEnabled": false,
            "securityEnabled": true,
            "members@odata.bind": both,
            "owners@odata.bind": both,
        });
        self.made("/v1.0/groups", group).await
    }

    /// Lets somebody answer for an app.
    pub(super) async fn name_owner(&self, app: &App, owner: &User) {
        for owned in [format!("applications/{}", app.application), format!("servicePrincipals/{}", app.principal)] {
            self.call(Method::POST, &format!("/v1.0/{owned}/owners/$ref"), reference(owner)).await;
        }
    }

    /// A policy of how long tokens are good that an app has, as a registration and as it stands in the tenant.
    pub(super) async fn lifetimes(&self, app: &App) -> String {
        const POLICIES: &str = "/v1.0/policies/tokenLifetimePolicies";
        let definition = r#"{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"02:00:00"}}"#;
        let id = self.made(POLICIES, json!({ "displayName": "Two hours", "definition": [definition] })).await;
        let named = json!({ "@odata.id": format!("{ADDRESS}{POLICIES}/{id}") });
        for object in [format!("applications/{}", app.application), format!("servicePrincipals/{}", app.principal)] {
            let path = format!("/v1.0/{object}/tokenLifetimePolicies/$ref");
            self.call(Method::POST, &path, named.clone()).await;
        }
        id
    }

    /// A policy of domains, one of what people may let apps do, and one of its conditions.
    pub(super) async fn policies(&self) -> [String; 3] {
        let definition = r#"{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{"BlockedDomains":["blocked.example"]}}}"#;
        let policies = "/beta/policies/b2bManagementPolicies";
        let policy = self.made(policies, json!({ "definition": [definition] })).await;
        let own = json!({ "id": format!("policy-of-{}", self.tenant.initial_domain), "displayName": "Own" });
        let grant_policy = self.made("/v1.0/policies/permissionGrantPolicies", own).await;
        let conditions = format!("/v1.0/policies/permissionGrantPolicies/{grant_policy}/includes");
        let condition = self.made(&conditions, json!({ "permissionType": "delegated" })).await;
        [policy, grant_policy, condition]
    }

    /// How the pages of the tenant look.
    pub(super) async fn brand(&self) {
        let branding = format!("/v1.0/organization/{}/branding", self.tenant.id);
        self.call(Method::PATCH, &branding, json!({ "backgroundColor": "#8b1a4a" })).await;
        let mut logo = Request::put(format!("{branding}/squareLogo"))
            .header("content-type", "image/png")
            .body(Body::from(png_of(48, 48)))
            .expect("a request");
        logo.extensions_mut().insert(self.administrator.clone());
        assert_eq!(self.server.send(logo).await.status, 204);
    }

    /// A file of people to invite.
    pub(super) async fn bulk(&self) -> String {
        let people = format!("many@partner-of-{}\n", self.tenant.initial_domain);
        self.made("/vestibule/v1/bulkInvitations", json!(people)).await
    }

    /// Gives a guest a manager who answers for them, and a picture.
    pub(super) async fn describe(&self, user: &str, manager: &User) {
        for (method, path) in [(Method::PUT, "manager"), (Method::POST, "sponsors")] {
            self.call(method, &format!("/v1.0/users/{user}/{path}/$ref"), reference(manager)).await;
        }
        self.call(Method::PUT, &format!("/v1.0/users/{user}/photo/$value"), picture()).await;
    }

    /// A sign-in, a change, and the request of that change.
    pub(super) async fn logged(&self) -> [String; 3] {
        let own = self.server.member(self.tenant, "logged", &[]).await;
        self.server.browser().sign_in_as(self.server, &own, session::Method::Password).await;
        self.server.flush_sign_ins().await;
        let signed = self.first("/v1.0/auditLogs/signIns").await;
        let changes = self.list("/v1.0/auditLogs/directoryAudits").await;
        // What the set-up wrote by itself belongs to no request.
        let is_asked = |change: &&Value| change["correlationId"] != Uuid::nil().to_string();
        let changed = changes.as_array().expect("rows").iter().find(is_asked).expect("a change by a request");
        [text(&signed["id"]), text(&changed["id"]), text(&changed["correlationId"])]
    }

    /// A guest, an app and a group that were removed.
    pub(super) async fn removed(&self) -> [String; 3] {
        let address = format!("gone@partner-of-{}", self.tenant.initial_domain);
        let user = self.server.guest(self.tenant, &address).await.id.to_string();
        self.remove(&format!("users/{user}")).await;
        let application = self.made("/v1.0/applications", json!({ "displayName": "Retired" })).await;
        self.remove(&format!("applications/{application}")).await;
        let wanted = json!({
            "displayName": "Gone", "mailNickname": "gone", "mailEnabled": false, "securityEnabled": true,
        });
        let group = self.made("/v1.0/groups", wanted).await;
        self.remove(&format!("groups/{group}")).await;
        [user, application, group]
    }

    async fn remove(&self, what: &str) {
        self.call(Method::DELETE, &format!("/v1.0/{what}"), Value::Null).await;
    }
}

/// An id as JSON.
pub(super) fn text(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}

/// How a body names somebody.
fn address(user: &User) -> String {
    format!("{ADDRESS}/v1.0/users/{}", user.id)
}

/// A body that is nothing but the name of somebody.
fn reference(user: &User) -> Value {
    json!({ "@odata.id": address(user) })
}
