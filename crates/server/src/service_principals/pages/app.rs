//! One app with everything about it.

use super::grants::{self, Choice};
use super::require_administrator;
use crate::Server;
use crate::applications::{self, AppRole, Application, ApplicationSecret, Key, MemberType, SigningAlgorithm};
use crate::platform::Timestamp;
use crate::platform::ids::ApplicationId;
use crate::service_principals::{
    AppRoleAssignment, PrincipalType, ServicePrincipal, assignment_store, delegated_scope, permissions_of, store,
};
use crate::web::dates;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// What the page shows. After a form it also says what went wrong, or shows a new secret, once.
#[derive(Template)]
#[template(path = "service_principals/pages/app.html")]
pub struct AppPage {
    inside: Inside,
    here: String,
    app: Application,
    principal: ServicePrincipal,
    secrets: Vec<SecretRow>,
    people_roles: Vec<AppRole>,
    assigned: Vec<AssignedRow>,
    permissions: Vec<Choice>,
    scopes: Vec<Choice>,
    /// What went wrong.
    pub problem: Option<String>,
    /// The text of a secret that was just made.
    pub new_secret: Option<String>,
}

struct SecretRow {
    id: String,
    name: String,
    hint: String,
    begins: String,
    ends: String,
    has_ended: bool,
}

struct AssignedRow {
    id: String,
    name: String,
    href: Option<String>,
    role: String,
    since: String,
}

/// `GET /portal/{tenant}/apps/{app}`
pub async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, app)): Path<(String, String)>,
) -> Response {
    let page = page(&server, &visitor, &app).await;
    visitor.respond(&server, page)
}

/// Reads everything the page shows.
pub async fn page(server: &Server, visitor: &Visitor, app: &str) -> Result<AppPage, Refusal> {
    require_administrator(&visitor.caller)?;
    let tenant = visitor.caller.tenant;
    let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = server.read().await?;
    let app = applications::store::find(&mut tx, tenant, id).await?.ok_or(Problem::NotFound)?;
    let principal = store::find_by_client(&mut tx, tenant, app.app_id).await?.ok_or(Problem::NotFound)?;
    let secrets = applications::store::list_secrets(&mut tx, tenant, id).await?;
    let assigned = assignment_store::list_by_resource(&mut tx, tenant, principal.id).await?;
    let permissions = permissions_of(&mut tx, tenant, principal.id).await?;
    let scopes = delegated_scope(&mut tx, tenant, principal.id).await?;
    drop(tx);
    let now = server.clock.now();
    Ok(AppPage {
        inside: visitor.inside(server, Section::Apps),
        here: format!("{}/apps/{id}", visitor.base()),
        secrets: secrets.iter().map(|secret| secret_row(secret, now)).collect(),
        people_roles: app.app_roles.iter().filter(|role| role.is_usable_by(MemberType::User)).cloned().collect(),
        assigned: assigned.iter().map(|assignment| assigned_row(assignment, &app, &visitor.base())).collect(),
        permissions: grants::permission_choices(&permissions),
        scopes: grants::scope_choices(&scopes),
        app,
        principal,
        problem: None,
        new_secret: None,
    })
}

impl AppPage {
    fn is_es256(&self) -> bool {
        self.app.signing_algorithm == SigningAlgorithm::Es256
    }

    /// The call that reads what the page shows.
    fn call(&self) -> String {
        format!("/v1.0/applications/{}", Key::Id(self.app.id))
    }
}

fn secret_row(secret: &ApplicationSecret, now: Timestamp) -> SecretRow {
    SecretRow {
        id: secret.id.to_string(),
        name: secret.display_name.clone().unwrap_or_else(|| "Secret".to_owned()),
        hint: secret.hint.clone(),
        begins: dates::day(secret.starts_at),
        ends: dates::day(secret.ends_at),
        has_ended: secret.ends_at <= now,
    }
}

fn assigned_row(assignment: &AppRoleAssignment, app: &Application, base: &str) -> AssignedRow {
    let role = app.app_roles.iter().find(|role| role.id == assignment.app_role_id);
    let is_user = assignment.principal_type == PrincipalType::User;
    AssignedRow {
        id: assignment.wire_id(),
        name: assignment.principal_display_name.clone(),
        href: is_user.then(|| format!("{base}/users/{}", assignment.principal_id)),
        role: role.map_or_else(|| "Default access".to_owned(), |role| role.display_name.clone()),
        since: dates::day(assignment.created_at),
    }
}
