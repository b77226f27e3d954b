//! How the tenant is made.

use super::World;
use super::foreign::Foreign;
use crate::consent_requests::{self, ConsentRequest, Status};
use crate::graph::{Actor, Caller, Role};
use crate::notifications::{ChangeType, CreatorKind, Subscription};
use crate::platform::ids::{ConsentRequestId, SubscriptionId};
use crate::tenants::Tenant;
use crate::testing::{Answer, TestServer, png_of};
use crate::users::{self, ExternalUserState, User};
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use sqlx::types::Json;
use std::time::Duration;
use uuid::Uuid;

impl World {
    /// A tenant of this name with this initial domain, and one of everything in it.
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
        let lifetime_policy = lifetimes(server, &administrator, &id(&app), &principal).await;
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
        let foreign = Foreign::admitted(server, &administrator, &user, &api).await;
        let jobs = call(Method::GET, "/vestibule/v1/jobs?kind=send_mail", Value::Null).await;
        Self {
            foreign,
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
            lifetime_policy,
            consent_request,
            domain: wanted,
            subscription: subscription(server, &tenant, &administrator).await,
            group: id(&group),
            tenant,
            administrator,
        }
    }
}

/// A policy of how long tokens are good that an app has, as a registration and as it stands in the tenant.
async fn lifetimes(server: &TestServer, administrator: &Caller, application: &str, principal: &str) -> String {
    let policies = "/v1.0/policies/tokenLifetimePolicies";
    let definition = r#"{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"02:00:00"}}"#;
    let new = json!({ "displayName": "Two hours", "definition": [definition] });
    let made = server.api_as(administrator, Method::POST, policies, &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let named = json!({ "@odata.id": format!("http://localhost:8080{policies}/{id}") });
    for object in [format!("applications/{application}"), format!("servicePrincipals/{principal}")] {
        let path = format!("/v1.0/{object}/tokenLifetimePolicies/$ref");
        let given = server.api_as(administrator, Method::POST, &path, &named).await;
        assert_eq!(given.status, 204, "{path}: {}", given.text);
    }
    id
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
