//! What an administrator takes away binds at the next request, and in another process before the lease of what it has
//! kept ends.

use super::flow::number;
use crate::graph::{Caller, Permission};
use crate::tenants::Tenant;
use crate::testing::{Answer, App, TestServer, on_both_engines};
use axum::http::Method;
use database::LEASE;
use serde_json::{Value, json};

/// A program that invites, and an administrator who takes things away from it.
struct Scene {
    tenant: Tenant,
    admin: Caller,
    app: App,
}

impl Scene {
    async fn new(server: &TestServer) -> Self {
        server.caught_up().await;
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let app = server.program(&tenant, &[Permission::UserInviteAll]).await;
        Self { tenant, admin, app }
    }

    async fn take(&self, server: &TestServer, method: Method, path: &str, body: Value) {
        let answer = server.api_as(&self.admin, method, path, &body).await;
        assert_eq!(answer.status, 204, "{path}: {}", answer.text);
    }

    async fn disable(&self, server: &TestServer) {
        let path = format!("/v1.0/servicePrincipals/{}", self.app.registered.service_principal.id);
        self.take(server, Method::PATCH, &path, json!({ "accountEnabled": false })).await;
    }

    async fn remove_secret(&self, server: &TestServer) {
        let path = format!("/v1.0/applications/{}", self.app.registered.application.id);
        let shown = server.api_as(&self.admin, Method::GET, &path, &json!(null)).await.json();
        let key = shown["passwordCredentials"][0]["keyId"].clone();
        self.take(server, Method::POST, &format!("{path}/removePassword"), json!({ "keyId": key })).await;
    }

    async fn remove_permission(&self, server: &TestServer) {
        let path = format!("/v1.0/servicePrincipals/{}/appRoleAssignments", self.app.registered.service_principal.id);
        let held = server.api_as(&self.admin, Method::GET, &path, &json!(null)).await.json();
        let id = held["value"][0]["id"].as_str().expect("an assignment").to_owned();
        self.take(server, Method::DELETE, &format!("{path}/{id}"), json!(null)).await;
    }

    async fn forbid_invitations(&self, server: &TestServer) {
        let path = "/v1.0/policies/authorizationPolicy";
        self.take(server, Method::PATCH, path, json!({ "allowInvitesFrom": "none" })).await;
    }

    async fn ask(&self, server: &TestServer) -> Answer {
        server.ask_token(&self.app, "https://graph.microsoft.com/.default").await
    }

    async fn invite(&self, server: &TestServer, token: &str, local: &str) -> u16 {
        let body = json!({
            "invitedUserEmailAddress": format!("{local}@fabrikam.example"),
            "inviteRedirectUrl": format!("https://{}/", self.tenant.initial_domain),
        });
        server.api(Method::POST, "/v1.0/invitations", token, &body).await.status.as_u16()
    }
}

#[tokio::test]
async fn what_is_taken_away_is_gone_at_the_next_request() {
    on_both_engines(async |server| {
        let scene = Scene::new(&server).await;
        let token = server.token(&scene.app).await;
        assert_eq!(scene.invite(&server, &token, "sam").await, 201);
        scene.forbid_invitations(&server).await;
        assert_eq!(scene.invite(&server, &token, "kim").await, 403);
        scene
            .take(
                &server,
                Method::PATCH,
                "/v1.0/policies/authorizationPolicy",
                json!({ "allowInvitesFrom": "everyone" }),
            )
            .await;
        assert_eq!(scene.invite(&server, &token, "kim").await, 201);
        scene.remove_permission(&server).await;
        assert_eq!(scene.invite(&server, &token, "ann").await, 403);
        scene.remove_secret(&server).await;
        assert_eq!(number(&scene.ask(&server).await), 7_000_215);
        scene.disable(&server).await;
        assert_eq!(number(&scene.ask(&server).await), 7_000_112);
        assert_eq!(scene.invite(&server, &token, "bob").await, 401);
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_away_in_another_process_is_gone_within_the_lease() {
    on_both_engines(async |server| {
        let scene = Scene::new(&server).await;
        let token = server.token(&scene.app).await;
        let twin = server.twin().await;
        twin.caught_up().await;
        assert_eq!(scene.invite(&twin, &token, "sam").await, 201);
        assert_eq!(scene.ask(&twin).await.status, 200);
        scene.forbid_invitations(&server).await;
        tokio::time::sleep(LEASE).await;
        assert_eq!(scene.invite(&twin, &token, "kim").await, 403);
        scene.remove_secret(&server).await;
        tokio::time::sleep(LEASE).await;
        assert_eq!(number(&scene.ask(&twin).await), 7_000_215);
        scene.disable(&server).await;
        tokio::time::sleep(LEASE).await;
        assert_eq!(number(&scene.ask(&twin).await), 7_000_112);
        assert_eq!(scene.invite(&twin, &token, "bob").await, 401);
    })
    .await;
}
