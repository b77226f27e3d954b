//! How the tenant is made.

use super::World;
use super::foreign::Foreign;
use super::maker::{Maker, text};
use crate::consent_requests::{self, ConsentRequest, Status};
use crate::graph::{Caller, Role};
use crate::notifications::{ChangeType, CreatorKind, Subscription};
use crate::platform::ids::{ConsentRequestId, SubscriptionId};
use crate::tenants::Tenant;
use crate::testing::TestServer;
use crate::users::{self, ExternalUserState, User};
use serde_json::json;
use sqlx::types::Json;
use std::time::Duration;

impl World {
    /// A tenant of this name with this initial domain, and one of everything in it.
    pub async fn new(server: &TestServer, name: &str, domain: &str) -> Self {
        let tenant = server.tenant(name, domain).await;
        let administrator = server.administrator(&tenant).await;
        let maker = Maker { server, tenant: &tenant, administrator: &administrator };
        let [invitation, user] = maker.invited().await;
        let app = maker.app(&user).await;
        let role = maker.role().await;
        let holder = server.member(&tenant, "holder", &[Role::GuestInviter]).await;
        let group = maker.group(&holder).await;
        maker.name_owner(&app, &holder).await;
        let assigned = maker.assigned(&holder).await;
        let [policy, grant_policy, condition] = maker.policies().await;
        let lifetime_policy = maker.lifetimes(&app).await;
        let wanted = maker.made("/v1.0/domains", json!({ "id": format!("wanted.{domain}") })).await;
        maker.brand().await;
        let bulk = maker.bulk().await;
        let mail = text(&maker.first("/vestibule/v1/mails").await["id"]);
        let guest = accepted(server, &tenant, &format!("other@partner-of-{domain}")).await;
        maker.describe(&user, &holder).await;
        let [sign_in, change, request] = maker.logged().await;
        let [deleted, retired, gone] = maker.removed().await;
        let consent_request = asked(server, &guest, (&app.principal, &text(&app.api))).await;
        let foreign = Foreign::admitted(server, &administrator, &user, &app.api).await;
        let job = text(&maker.first("/vestibule/v1/jobs?kind=send_mail").await["id"]);
        let subscription = subscription(server, &tenant, &administrator).await;
        Self {
            organization: tenant.id.to_string(),
            user,
            application: app.application,
            credential: app.credential,
            property: app.property,
            principal: app.principal,
            classification: app.classification,
            assignment: app.assignment,
            grant: app.grant,
            invitation,
            bulk,
            mail,
            job,
            role,
            holder: holder.id.to_string(),
            assigned,
            policy,
            grant_policy,
            condition,
            lifetime_policy,
            consent_request,
            domain: wanted,
            group,
            sign_in,
            change,
            request,
            subscription,
            deleted,
            retired,
            gone,
            foreign,
            guest,
            tenant,
            administrator,
        }
    }
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
async fn asked(server: &TestServer, guest: &User, (client, resource): (&str, &str)) -> String {
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
