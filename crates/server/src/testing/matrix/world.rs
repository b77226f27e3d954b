//! A tenant with one of everything that a path can name.

use super::table::Kind;
use crate::consent_requests::{self, ConsentRequest, Status};
use crate::graph::{Actor, Caller, Permission, Role};
use crate::notifications::{ChangeType, CreatorKind, Subscription};
use crate::platform::ids::{ConsentRequestId, SubscriptionId};
use crate::tenants::Tenant;
use crate::testing::{Answer, TestServer, png_of};
use crate::users::{self, ExternalUserState, User};
use axum::body::Body;
use axum::http::{Method, Request};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sqlx::types::Json;
use std::time::Duration;
use uuid::Uuid;

/// The definition of a role, which is the same in every tenant.
const GUEST_INVITER: &str = "95e79109-95c0-4d8e-aee3-d01accf2d47b";

/// A tenant, people of every kind, and the ids that paths need.
pub struct World {
    pub tenant: Tenant,
    pub administrator: Caller,
    pub guest: User,
    organization: String,
    user: String,
    application: String,
    credential: String,
    property: String,
    principal: String,
    assignment: String,
    grant: String,
    invitation: String,
    bulk: String,
    mail: String,
    job: String,
    role: String,
    holder: String,
    assigned: String,
    policy: String,
    grant_policy: String,
    condition: String,
    consent_request: String,
    domain: String,
    group: String,
    sign_in: String,
    change: String,
    request: String,
    subscription: String,
    deleted: String,
    retired: String,
    gone: String,
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
        let trusted = format!("/v1.0/applications/{}/federatedIdentityCredentials", id(&app));
        let trusting = json!({
            "name": "pipeline", "issuer": "https://issuer.example", "subject": "pipeline",
            "audiences": ["api://AzureADTokenExchange"],
        });
        let credential = id(&call(Method::POST, &trusted, trusting).await);
        let adding = format!("/v1.0/applications/{}/extensionProperties", id(&app));
        let added = json!({ "name": "costCenter", "dataType": "String", "targetObjects": ["User"] });
        let property = id(&call(Method::POST, &adding, added).await);
        let principal = id(&call(Method::POST, "/v1.0/servicePrincipals", json!({ "appId": app_id })).await);
        let assigned = call(
            Method::POST,
            &format!("/v1.0/servicePrincipals/{principal}/appRoleAssignedTo"),
            json!({ "principalId": user, "resourceId": principal, "appRoleId": "00000000-0000-0000-0000-000000000000" }),
        )
        .await;
        let api = "/v1.0/servicePrincipals?$filter=appId%20eq%20'00000003-0000-0000-c000-000000000000'";
        let api = call(Method::GET, api, Value::Null).await.json()["value"][0]["id"].clone();
        let granted = call(
            Method::POST,
            "/v1.0/oauth2PermissionGrants",
            json!({ "clientId": principal, "consentType": "AllPrincipals", "resourceId": api, "scope": " User.Read.All" }),
        )
        .await;
        let Actor::User(who) = &administrator.actor else { panic!("a person") };
        let own = json!({
            "clientId": principal, "consentType": "Principal", "principalId": who.id, "resourceId": api,
            "scope": "User.ReadWrite",
        });
        call(Method::POST, "/v1.0/oauth2PermissionGrants", own).await;
        let roles = call(Method::GET, "/v1.0/directoryRoles", Value::Null).await.json();
        let is_inviter = |role: &&Value| role["roleTemplateId"] == Role::GuestInviter.id().to_string();
        let role = roles["value"].as_array().and_then(|roles| roles.iter().find(is_inviter)).expect("a role");
        let role = role["id"].as_str().expect("an id").to_owned();
        let holder = server.member(&tenant, "holder", &[Role::GuestInviter]).await;
        let both = json!([format!("http://localhost:8080/v1.0/users/{}", holder.id)]);
        let group = call(
            Method::POST,
            "/v1.0/groups",
            json!({
                "displayName": format!("Group of {name}"),
                "mailNickname": "group",
                "mailEnabled": false,
                "securityEnabled": true,
                "members@odata.bind": both,
                "owners@odata.bind": both,
            }),
        )
        .await;
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", holder.id) });
        for owned in [format!("applications/{}", id(&app)), format!("servicePrincipals/{principal}")] {
            call(Method::POST, &format!("/v1.0/{owned}/owners/$ref"), owner.clone()).await;
        }
        let held = format!("/v1.0/roleManagement/directory/roleAssignments?$filter=principalId%20eq%20'{}'", holder.id);
        let held = call(Method::GET, &held, Value::Null).await.json()["value"][0].clone();
        let definition = r#"{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{"BlockedDomains":["blocked.example"]}}}"#;
        let policies = "/beta/policies/b2bManagementPolicies";
        let policy = id(&call(Method::POST, policies, json!({ "definition": [definition] })).await);
        let own = json!({ "id": format!("policy-of-{domain}"), "displayName": "Own" });
        let grant_policy = id(&call(Method::POST, "/v1.0/policies/permissionGrantPolicies", own).await);
        let sets = format!("/v1.0/policies/permissionGrantPolicies/{grant_policy}/includes");
        let condition = id(&call(Method::POST, &sets, json!({ "permissionType": "delegated" })).await);
        let wanted = id(&call(Method::POST, "/v1.0/domains", json!({ "id": format!("wanted.{domain}") })).await);
        let branding = format!("/v1.0/organization/{}/branding", tenant.id);
        call(Method::PATCH, &branding, json!({ "backgroundColor": "#8b1a4a" })).await;
        let mut picture = Request::put(format!("{branding}/squareLogo"))
            .header("content-type", "image/png")
            .body(Body::from(png_of(48, 48)))
            .expect("a request");
        picture.extensions_mut().insert(administrator.clone());
        assert_eq!(server.send(picture).await.status, 204);
        let many = json!(format!("many@partner-of-{domain}\n"));
        let bulk = call(Method::POST, "/vestibule/v1/bulkInvitations", many).await;
        let mails = call(Method::GET, "/vestibule/v1/mails", Value::Null).await;
        let guest = accepted(server, &tenant, &format!("other@partner-of-{domain}")).await;
        for (path, id) in [("manager", holder.id), ("sponsors", holder.id)] {
            let method = if path == "manager" { Method::PUT } else { Method::POST };
            let reference = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{id}") });
            call(method, &format!("/v1.0/users/{user}/{path}/$ref"), reference).await;
        }
        call(Method::PUT, &format!("/v1.0/users/{user}/photo/$value"), crate::testing::picture()).await;
        let own = server.member(&tenant, "logged", &[]).await;
        server.browser().sign_in_as(server, &own, crate::sign_in::session::Method::Password).await;
        server.flush_sign_ins().await;
        let signed = call(Method::GET, "/v1.0/auditLogs/signIns", Value::Null).await.json()["value"][0].clone();
        let changes = call(Method::GET, "/v1.0/auditLogs/directoryAudits", Value::Null).await.json()["value"].clone();
        // What the set-up wrote by itself belongs to no request.
        let is_asked = |change: &&Value| change["correlationId"] != Uuid::nil().to_string();
        let changed = changes.as_array().expect("rows").iter().find(is_asked).expect("a change by a request").clone();
        let deleted = server.guest(&tenant, &format!("gone@partner-of-{domain}")).await.id.to_string();
        call(Method::DELETE, &format!("/v1.0/users/{deleted}"), Value::Null).await;
        let retired = id(&call(Method::POST, "/v1.0/applications", json!({ "displayName": "Retired" })).await);
        call(Method::DELETE, &format!("/v1.0/applications/{retired}"), Value::Null).await;
        let removed = json!({
            "displayName": "Gone", "mailNickname": "gone", "mailEnabled": false, "securityEnabled": true,
        });
        let gone = id(&call(Method::POST, "/v1.0/groups", removed).await);
        call(Method::DELETE, &format!("/v1.0/groups/{gone}"), Value::Null).await;
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let consent_request = asked(server, &guest, (text(&json!(principal)), text(&api))).await;
        let jobs = call(Method::GET, "/vestibule/v1/jobs?kind=send_mail", Value::Null).await;
        Self {
            deleted,
            retired,
            gone,
            guest,
            organization: tenant.id.to_string(),
            sign_in: text(&signed["id"]),
            change: text(&changed["id"]),
            request: text(&changed["correlationId"]),
            user,
            application: id(&app),
            credential,
            property,
            principal,
            assignment: id(&assigned),
            grant: id(&granted),
            invitation: id(&invited),
            bulk: id(&bulk),
            mail: mails.json()["value"][0]["id"].as_str().expect("a mail").to_owned(),
            job: jobs.json()["value"][0]["id"].as_str().expect("a job").to_owned(),
            role,
            holder: holder.id.to_string(),
            assigned: text(&held["id"]),
            policy,
            grant_policy,
            condition,
            consent_request,
            domain: wanted,
            subscription: subscription(server, &tenant, &administrator).await,
            group: id(&group),
            tenant,
            administrator,
        }
    }

    /// The path with the ids of this tenant.
    pub fn path(&self, template: &str) -> String {
        let id = match template {
            path if path.contains("/mail") => &self.mail,
            path if path.contains("/sign-ins/") || path.contains("/signIns/") => &self.sign_in,
            path if path.contains("/changes/") || path.contains("/directoryAudits/") => &self.change,
            path if path.contains("/requests/") => &self.request,
            path if path.contains("/jobs") => &self.job,
            path if path.contains("/bulk") => &self.bulk,
            path if path.contains("/users/") => &self.user,
            _ => &self.invitation,
        };
        [
            ("{organization}", self.organization.as_str()),
            ("{user}", self.user.as_str()),
            ("{role}", &self.role),
            ("{member}", &self.holder),
            ("{assigned}", &self.assigned),
            ("{policy}", &self.policy),
            ("{domain}", &self.domain),
            ("{template}", GUEST_INVITER),
            ("{definition}", GUEST_INVITER),
            ("{method}", "email"),
            ("{grant_policy}", &self.grant_policy),
            ("{condition}", &self.condition),
            ("{consent_request}", &self.consent_request),
            ("{decision}", "deny"),
            ("{locale}", "0"),
            ("{image}", "squareLogo"),
            ("{slug}", "guest-inviter"),
            ("{sponsor}", &self.holder),
            ("{group}", &self.group),
            ("{object}", &self.user),
            ("{cast}", "microsoft.graph.group"),
            ("{application}", &self.application),
            ("{credential}", &self.credential),
            ("{property}", &self.property),
            ("{principal}", &self.principal),
            ("{assignment}", &self.assignment),
            ("{subscription}", &self.subscription),
            ("{grant}", &self.grant),
            ("{app}", &self.application),
            ("{deleted}", &self.deleted),
            ("{removed}", &self.deleted),
            ("{retired}", &self.retired),
            ("{gone}", &self.gone),
            ("{id}", id),
            ("{tenant}", &self.tenant.initial_domain),
            ("{action}", "block"),
            ("{part}", "secrets"),
            ("{format}", "csv"),
            ("{*rest}", "nowhere"),
        ]
        .iter()
        .fold(template.to_owned(), |path, (name, value)| path.replace(name, value))
    }

    /// The same organisation with ids that name nothing anywhere.
    pub fn with_unknown_ids(&self, server: &TestServer) -> Self {
        let fresh = || server.entropy.random_uuid();
        Self {
            organization: fresh().to_string(),
            user: fresh().to_string(),
            application: fresh().to_string(),
            credential: fresh().to_string(),
            property: fresh().to_string(),
            principal: fresh().to_string(),
            assignment: URL_SAFE_NO_PAD.encode(fresh().as_bytes()),
            grant: URL_SAFE_NO_PAD.encode(fresh().as_bytes()),
            invitation: fresh().to_string(),
            bulk: fresh().to_string(),
            mail: fresh().to_string(),
            job: fresh().to_string(),
            role: fresh().to_string(),
            holder: fresh().to_string(),
            assigned: URL_SAFE_NO_PAD.encode([fresh().into_bytes(), fresh().into_bytes()].concat()),
            policy: fresh().to_string(),
            grant_policy: fresh().to_string(),
            condition: fresh().to_string(),
            consent_request: fresh().to_string(),
            domain: format!("{}.example", fresh()),
            group: fresh().to_string(),
            sign_in: fresh().to_string(),
            change: fresh().to_string(),
            request: fresh().to_string(),
            subscription: fresh().to_string(),
            deleted: fresh().to_string(),
            retired: fresh().to_string(),
            gone: fresh().to_string(),
            tenant: self.tenant.clone(),
            administrator: self.administrator.clone(),
            guest: self.guest.clone(),
        }
    }

    /// An answer without what may differ between two requests: the ids of this world, and the ids and instants of the
    /// request itself.
    pub fn without_ids(&self, answer: &Answer) -> (u16, String) {
        let text = self.ids().iter().fold(answer.text.clone(), |text, id| text.replace(id, "{id}"));
        let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '-').map(|word| {
            let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if bare.parse::<uuid::Uuid>().is_ok() { word.replace(bare, "{uuid}") } else { word.to_owned() }
        });
        let text: String = words.collect();
        let text = without(&text, "<p class=\"ref\">", "</p>");
        let text = without(&text, "name=\"csrf\" value=\"", "\"");
        let date = text.split_once("\"date\":\"").and_then(|(_, rest)| rest.split('"').next()).map(str::to_owned);
        (answer.status.as_u16(), date.map_or_else(|| text.clone(), |date| text.replace(&date, "{date}")))
    }

    /// Every id that must not appear in an answer to another tenant.
    pub fn ids(&self) -> [&str; 26] {
        [
            &self.user,
            &self.application,
            &self.principal,
            &self.assignment,
            &self.grant,
            &self.invitation,
            &self.bulk,
            &self.mail,
            &self.job,
            &self.role,
            &self.holder,
            &self.assigned,
            &self.policy,
            &self.grant_policy,
            &self.condition,
            &self.consent_request,
            &self.domain,
            &self.group,
            &self.sign_in,
            &self.change,
            &self.request,
            &self.subscription,
            &self.deleted,
            &self.retired,
            &self.gone,
            &self.credential,
        ]
    }

    /// People of the tenant whom a guest is not to find: the invited guest, and the member who holds a role.
    pub fn people_known(&self) -> [&str; 2] {
        [&self.user, &self.holder]
    }

    /// One person of each kind.
    pub async fn people(&self, server: &TestServer) -> Vec<(Kind, User, Vec<Role>)> {
        let mut people = vec![(Kind::Guest, self.guest.clone(), Vec::new())];
        people.push((Kind::Member, server.member(&self.tenant, "member", &[]).await, Vec::new()));
        for role in Role::ALL {
            let name = role.name().to_lowercase().replace(' ', ".");
            people.push((Kind::Holder(*role), server.member(&self.tenant, &name, &[*role]).await, vec![*role]));
        }
        people
    }

    /// Everything of the tenant that the API shows, to see whether it changed.
    pub async fn picture(&self, server: &TestServer) -> Vec<Value> {
        let mut picture = Vec::new();
        for path in [
            "/v1.0/users?$select=id,displayName,accountEnabled,userType,mail,externalUserState",
            "/v1.0/roleManagement/directory/roleAssignments",
            "/v1.0/directory/deletedItems/microsoft.graph.user",
            "/v1.0/directory/deletedItems/microsoft.graph.application",
            "/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal",
            "/v1.0/directory/deletedItems/microsoft.graph.group",
            "/v1.0/groups",
            "/v1.0/applications",
            "/v1.0/servicePrincipals",
            "/v1.0/oauth2PermissionGrants",
            "/v1.0/policies/authorizationPolicy",
            "/vestibule/v1/collaborationSettings",
            "/v1.0/policies/authenticationMethodsPolicy",
            "/v1.0/policies/permissionGrantPolicies",
            "/v1.0/policies/adminConsentRequestPolicy",
            "/v1.0/identityGovernance/appConsent/appConsentRequests",
            "/beta/policies/b2bManagementPolicies",
            "/v1.0/domains",
            "/v1.0/organization",
            "/vestibule/v1/organization",
            "/vestibule/v1/invitations",
        ] {
            picture.push(server.api_as(&self.administrator, Method::GET, path, &Value::Null).await.json());
        }
        let branding = self.path("/v1.0/organization/{organization}/branding/localizations");
        picture.push(server.api_as(&self.administrator, Method::GET, &branding, &Value::Null).await.json());
        for path in [
            "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo",
            "/v1.0/applications/{application}/federatedIdentityCredentials",
            "/v1.0/applications/{application}/extensionProperties",
            "/v1.0/groups/{group}/members",
            "/v1.0/groups/{group}/owners",
        ] {
            let path = self.path(path);
            picture.push(server.api_as(&self.administrator, Method::GET, &path, &Value::Null).await.json());
        }
        picture
    }

    /// A program of this tenant with every permission.
    pub fn program(&self, server: &TestServer) -> Caller {
        server.application(self.tenant.id, Permission::ALL)
    }
}

/// The text without what stands between two marks.
fn without(text: &str, from: &str, to: &str) -> String {
    let cut = text.split_once(from).and_then(|(before, rest)| Some((before, rest.split_once(to)?.1)));
    cut.map_or_else(|| text.to_owned(), |(before, after)| format!("{before}{after}"))
}

/// A guest who has accepted.
async fn accepted(server: &TestServer, tenant: &Tenant, address: &str) -> User {
    let mut guest = server.guest(tenant, address).await;
    guest.external_user_state = Some(ExternalUserState::Accepted);
    let mut tx = server.write().await.expect("a transaction");
    assert!(
        users::store::update(&mut tx, &guest, server.clock.now()).await.expect("an answer"),
        "nobody else changes the guest"
    );
    tx.commit().await.expect("a commit");
    guest
}

/// A subscription of the administrator, made past the proof of its address.
async fn subscription(server: &TestServer, tenant: &Tenant, administrator: &Caller) -> String {
    let now = server.clock.now();
    let subscription = Subscription {
        tenant_id: tenant.id,
        id: SubscriptionId(server.entropy.uuid(now)),
        resource: "users".to_owned(),
        kind: crate::changes::Kind::User,
        object_id: None,
        tells_members: false,
        change_types: Json(vec![ChangeType::Updated]),
        notification_url: "https://receiver.example/".to_owned(),
        lifecycle_url: None,
        client_state: None,
        tls_version: None,
        creator_kind: CreatorKind::User,
        creator_id: administrator.user().expect("a person").id.0,
        application_id: None,
        told: 0,
        lifecycle_event: None,
        is_asked: false,
        last_error: None,
        created_at: now,
        expires_at: now.plus(Duration::from_hours(1)),
    };
    let mut tx = server.write().await.expect("a transaction");
    crate::notifications::store::insert(&mut tx, &subscription).await.expect("a subscription");
    tx.commit().await.expect("a commit");
    subscription.id.to_string()
}

/// What a guest asked an administrator to let an app do at a resource, made past the page of the app.
async fn asked(server: &TestServer, guest: &User, (client, resource): (String, String)) -> String {
    let now = server.clock.now();
    let request = ConsentRequest {
        tenant_id: guest.tenant_id,
        id: ConsentRequestId(server.entropy.uuid(now)),
        client_id: client.parse().expect("an id"),
        resource_id: resource.parse().expect("an id"),
        user_id: guest.id,
        scope: "User.Read.All".to_owned(),
        reason: "For the audit".to_owned(),
        language: "en".to_owned(),
        status: Status::InProgress,
        verdict: None,
        created_at: now,
        remind_at: now.plus(Duration::from_hours(24)),
        expires_at: now.plus(Duration::from_hours(48)),
        told_at: None,
        reminded_at: None,
        completed_at: None,
    };
    let mut tx = server.write().await.expect("a transaction");
    assert!(consent_requests::insert(&mut tx, &request).await.expect("an answer"), "it is the first one");
    tx.commit().await.expect("a commit");
    request.id.to_string()
}
