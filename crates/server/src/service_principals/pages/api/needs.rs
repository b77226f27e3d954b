//! `/portal/{tenant}/apps/{app}/needs`: what the app says it needs of the directory API and of other apps (Graph:
//! requiredResourceAccess). It grants nothing; the pages that ask for consent go by it.

use super::{Complaint, Feedback, Trouble, begin, require_manager, respond, update};
use crate::Server;
use crate::applications::{
    AccessKind, Application, Changes, MemberType, RequiredResourceAccess, ResourceAccess, operations,
};
use crate::graph::{Permission, permission};
use crate::platform::ids::{ApplicationId, ClientId};
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::seen::mark;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use database::Transaction;
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// The name of the page in its address.
const PAGE: &str = "needs";

/// What the directory API is called.
const DIRECTORY: &str = "Directory API";

/// Apps at most that are found under one name.
const FOUND: u32 = 20;

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// The API whose permissions are shown.
    of: Option<ClientId>,
    /// Which of them: `Role` or `Scope`.
    kind: String,
    /// The beginning of the name of another API, or its client id.
    q: String,
    done: String,
}

/// What the page shows beside what is needed.
#[derive(Clone, Copy)]
struct View<'a> {
    of: Option<ClientId>,
    kind: AccessKind,
    q: &'a str,
}

#[derive(Template)]
#[template(path = "service_principals/pages/api/needs.html")]
struct NeedsPage {
    inside: Inside,
    here: String,
    app: Application,
    needed: Vec<Needed>,
    /// The APIs there are to choose from: client id, name, whether it is the chosen one.
    resources: Vec<(String, String, bool)>,
    /// Whether the permissions of the app by itself are shown, and not those for whoever signs in.
    is_by_itself: bool,
    chosen: Option<Chosen>,
    /// Whether the visitor may look for further APIs.
    may_find: bool,
    /// What was looked for, and what was found.
    q: String,
    found: Option<Found>,
    is_done: bool,
    feedback: Feedback,
}

/// Apps that were looked for and offer something: name, and where their permissions are.
struct Found {
    apps: Vec<(String, String)>,
    has_more: bool,
}

/// What is needed of one API.
struct Needed {
    name: String,
    permissions: String,
    href: String,
}

/// The API whose permissions are shown.
struct Chosen {
    id: ClientId,
    name: String,
    kind: AccessKind,
    choices: Vec<Choice>,
    /// The mark of what is shown.
    seen: String,
}

/// A permission that can be ticked.
struct Choice {
    kind: AccessKind,
    id: Uuid,
    name: String,
    hint: String,
    is_needed: bool,
}

impl Choice {
    fn new(kind: AccessKind, id: Uuid, name: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, id, name: name.into(), hint: hint.into(), is_needed: false }
    }

    /// What the form sends.
    fn value(&self) -> String {
        format!("{}/{}", self.kind, self.id)
    }
}

/// `GET /portal/{tenant}/apps/{app}/needs`
pub async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, app)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let view = View { of: wanted.of, kind: kind(&wanted.kind), q: wanted.q.trim() };
    let outcome = page(&server, &visitor, &app, view).await;
    let is_done = !wanted.done.is_empty();
    visitor.respond(&server, outcome.map(|page| NeedsPage { is_done, ..page }))
}

/// `POST /portal/{tenant}/apps/{app}/needs`
pub async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, app)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let outcome = change(&server, &visitor, &headers, &app, &fields).await;
    respond(&server, &visitor, outcome, async |_: StatusCode, complaint: Complaint| {
        let view = View { of: fields.get("of").parse().ok(), kind: kind(fields.get("kind")), q: "" };
        let shown = page(&server, &visitor, &app, view).await;
        shown.map(|page| {
            let written = vec![("Ticked", page.names(&fields.all("permission")))];
            NeedsPage { feedback: Feedback::with_written(complaint, written), ..page }
        })
    })
    .await
}

/// The kind of permission that an address or a form is about; for whoever signs in unless it says otherwise.
fn kind(text: &str) -> AccessKind {
    AccessKind::parse(text).unwrap_or(AccessKind::Scope)
}

/// Keeps what was ticked of one API and one kind; the address of the page.
async fn change(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    app: &str,
    fields: &Fields,
) -> Result<String, Trouble> {
    let (mut tx, app) = begin(server, visitor, headers, (app, PAGE, fields.get("csrf"))).await?;
    let of: ClientId = fields.get("of").parse().map_err(|_| Problem::BadRequest)?;
    let apps = known(&mut tx, visitor, &[of]).await?;
    if fields.get("seen") != seen(&app, of) {
        return Err(Trouble::Stale);
    }
    let kind = kind(fields.get("kind"));
    let offered: Vec<Choice> = choices(&app, of, &apps).into_iter().filter(|choice| choice.kind == kind).collect();
    let is_ticked = |value: &str| offered.iter().find(|choice| choice.value() == value);
    let ticked: Option<Vec<_>> = fields.all("permission").into_iter().map(is_ticked).collect();
    // No box of ours sends a permission that is not offered.
    let ticked = ticked.ok_or(Problem::BadRequest)?;
    let ticked = ticked.into_iter().map(|choice| ResourceAccess { id: choice.id, kind });
    let access = needed(&app, of).iter().filter(|access| access.kind != kind).copied().chain(ticked).collect();
    let changes = Changes { required_resource_access: Some(with(&app, of, access)), ..Changes::default() };
    update(&mut tx, server, visitor, &app, changes).await?;
    tx.commit().await?;
    Ok(format!("{}/apps/{}/{PAGE}?done=1", visitor.base(), app.id))
}

/// What is needed with another list of one API, which stands where it stood; without any permission it stands nowhere.
fn with(app: &Application, of: ClientId, resource_access: Vec<ResourceAccess>) -> Vec<RequiredResourceAccess> {
    let mut required = app.required_resource_access.0.clone();
    match required.iter_mut().find(|entry| entry.resource_app_id == of) {
        Some(entry) => entry.resource_access = resource_access,
        None => required.push(RequiredResourceAccess { resource_app_id: of, resource_access }),
    }
    required.retain(|entry| entry.resource_app_id != of || !entry.resource_access.is_empty());
    required
}

/// What is needed of one API now.
fn needed(app: &Application, of: ClientId) -> &[ResourceAccess] {
    let entry = app.required_resource_access.iter().find(|entry| entry.resource_app_id == of);
    entry.map_or(&[][..], |entry| entry.resource_access.as_slice())
}

/// The mark of the form of one API.
fn seen(app: &Application, of: ClientId) -> String {
    let texts: Vec<String> = needed(app, of).iter().map(|access| format!("{}/{}", access.kind, access.id)).collect();
    mark(texts.iter().map(String::as_str))
}

/// The apps here with these client ids; none for those who may not list apps, so that an owner learns of no other one. Never all of
/// them: there may be very many, and while a form is carried out everybody waits who writes.
async fn known(tx: &mut Transaction, visitor: &Visitor, clients: &[ClientId]) -> database::Result<Vec<Application>> {
    if !visitor.caller.sees_others() {
        return Ok(Vec::new());
    }
    operations::with_clients(tx, visitor.caller.tenant, clients).await
}

/// The apps here that offer something and whose names begin so, or the one with this client id. Nothing where nothing was written,
/// and for those who may not list apps.
async fn find(tx: &mut Transaction, visitor: &Visitor, here: &str, q: &str) -> database::Result<Option<Found>> {
    if q.is_empty() || !visitor.caller.sees_others() {
        return Ok(None);
    }
    let tenant = visitor.caller.tenant;
    let (mut apps, has_more) = match q.parse::<ClientId>() {
        Ok(client) => (operations::with_clients(tx, tenant, &[client]).await?, false),
        Err(_) => operations::offering(tx, tenant, q, FOUND).await?,
    };
    apps.retain(|app| !offered_by(app).is_empty());
    let row = |app: Application| (app.display_name, format!("{here}?of={}#h-chosen", app.app_id));
    Ok(Some(Found { apps: apps.into_iter().map(row).collect(), has_more }))
}

/// The permissions of one API. What is needed and not known here stands among them by its id, so that it is kept.
fn choices(app: &Application, of: ClientId, apps: &[Application]) -> Vec<Choice> {
    let mut choices = match apps.iter().find(|other| other.app_id == of) {
        _ if of == ClientId(permission::RESOURCE) => directory(),
        Some(other) => offered_by(other),
        None => Vec::new(),
    };
    for access in needed(app, of) {
        if let Some(known) = choices.iter_mut().find(|choice| choice.kind == access.kind && choice.id == access.id) {
            known.is_needed = true;
        } else {
            let hint = "Not known here; kept as it is.";
            let unknown = Choice::new(access.kind, access.id, access.id.to_string(), hint);
            choices.push(Choice { is_needed: true, ..unknown });
        }
    }
    choices
}

/// The permissions that this server serves.
fn directory() -> Vec<Choice> {
    let both = |permission: &Permission| {
        let choice = |kind, id: Option<Uuid>| id.map(|id| Choice::new(kind, id, permission.name(), ""));
        [choice(AccessKind::Scope, permission.scope_id()), choice(AccessKind::Role, permission.role_id())]
    };
    Permission::ALL.iter().flat_map(both).flatten().collect()
}

/// The scopes and roles that another app offers.
fn offered_by(app: &Application) -> Vec<Choice> {
    let scopes = app.exposed_scopes.iter().filter(|scope| scope.is_enabled).map(|scope| {
        let hint = scope.admin_consent_display_name.clone().unwrap_or_default();
        Choice::new(AccessKind::Scope, scope.id, scope.value.clone(), hint)
    });
    let roles = app.app_roles.iter().filter(|role| role.is_usable_by(MemberType::Application)).map(|role| {
        let hint = role.value.clone().unwrap_or_default();
        Choice::new(AccessKind::Role, role.id.0, role.display_name.clone(), hint)
    });
    scopes.chain(roles).collect()
}

/// What an API is called: the name of its app, or its client id if that is not known here.
fn name_of(of: ClientId, apps: &[Application]) -> String {
    if of == ClientId(permission::RESOURCE) {
        return DIRECTORY.to_owned();
    }
    apps.iter().find(|app| app.app_id == of).map_or_else(|| of.to_string(), |app| app.display_name.clone())
}

/// The names of what is needed, in one line.
fn line(choices: &[Choice]) -> String {
    let needed = choices.iter().filter(|choice| choice.is_needed);
    needed.map(|choice| choice.name.as_str()).collect::<Vec<_>>().join(", ")
}

async fn page(server: &Server, visitor: &Visitor, app: &str, view: View<'_>) -> Result<NeedsPage, Refusal> {
    let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
    let here = format!("{}/apps/{id}/{PAGE}", visitor.base());
    let mut tx = server.read().await?;
    let app = require_manager(&mut tx, &visitor.caller, id).await?;
    let needed = app.required_resource_access.iter().map(|entry| entry.resource_app_id);
    let shown: Vec<ClientId> = needed.chain(view.of).collect();
    let apps = known(&mut tx, visitor, &shown).await?;
    let found = find(&mut tx, visitor, &here, view.q).await?;
    drop(tx);
    let row = |entry: &RequiredResourceAccess| Needed {
        name: name_of(entry.resource_app_id, &apps),
        permissions: line(&choices(&app, entry.resource_app_id, &apps)),
        href: format!("{here}?of={}", entry.resource_app_id),
    };
    Ok(NeedsPage {
        inside: visitor.inside(server, Section::Apps),
        needed: app.required_resource_access.iter().map(row).collect(),
        resources: resources(&shown, &apps, view.of),
        is_by_itself: view.kind == AccessKind::Role,
        chosen: view.of.map(|of| chosen(&app, &apps, (of, view.kind))),
        may_find: visitor.caller.sees_others(),
        q: view.q.to_owned(),
        found,
        is_done: false,
        feedback: Feedback::default(),
        here,
        app,
    })
}

/// The directory API, and those that are shown: client id, name, whether it is the chosen one.
fn resources(shown: &[ClientId], apps: &[Application], of: Option<ClientId>) -> Vec<(String, String, bool)> {
    let mut ids = vec![ClientId(permission::RESOURCE)];
    for id in shown {
        if !ids.contains(id) {
            ids.push(*id);
        }
    }
    ids.into_iter().map(|id| (id.to_string(), name_of(id, apps), Some(id) == of)).collect()
}

fn chosen(app: &Application, apps: &[Application], (of, kind): (ClientId, AccessKind)) -> Chosen {
    let choices = choices(app, of, apps).into_iter().filter(|choice| choice.kind == kind).collect();
    Chosen { id: of, name: name_of(of, apps), kind, choices, seen: seen(app, of) }
}

impl NeedsPage {
    /// The names of what was ticked.
    fn names(&self, values: &[&str]) -> String {
        let offered = self.chosen.iter().flat_map(|chosen| &chosen.choices);
        let ticked = offered.filter(|choice| values.contains(&choice.value().as_str()));
        let names: Vec<&str> = ticked.map(|choice| choice.name.as_str()).collect();
        names.join(", ")
    }

    /// The call that keeps what the page shows.
    fn call(&self) -> String {
        let body = r#"{ "requiredResourceAccess": [{ "resourceAppId": "…", "resourceAccess": [{ "id": "…", "type": "Scope" }] }] }"#;
        format!("/v1.0/applications/{}\n{body}", self.app.id)
    }
}
