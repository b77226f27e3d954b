//! `/portal/{tenant}/low-risk`: the permissions of which the organisation says that there is little risk in them, app by app. Where it
//! lets people agree to these by themselves, nobody else has to.

use super::trouble::{Complaint, Feedback, Trouble, respond};
use crate::Server;
use crate::applications::ScopeKind;
use crate::graph::permission;
use crate::platform::ids::{ClientId, TenantId};
use crate::service_principals::classifications::operations::{self, may_classify};
use crate::service_principals::classifications::{Classified, ClassifyError, store};
use crate::service_principals::operations::Key;
use crate::service_principals::{ServicePrincipal, store as principals};
use crate::tenants::grant_policies::Classification;
use crate::users::fold;
use crate::web::address::PageAddress;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
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

/// What is said of a form that shows what is not stored any more.
const STALE: &str = "Somebody ticked something else after you opened the page. Below stands what is stored now.";

/// Apps with something of low risk that are shown at most.
const MARKED: usize = 30;
/// Apps to choose from at most. Others are reached from their own pages.
const OFFERED: i64 = 50;
/// Permissions of one app that are shown at most; the others are found by the beginning of their names. With names as long as they may
/// be, more would make the page too heavy.
const SHOWN: usize = 15;

/// What the directory API is called.
const DIRECTORY: &str = "Directory API";

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// The app whose permissions are shown.
    of: Option<ClientId>,
    /// How the names of those begin that are shown.
    q: String,
    done: String,
}

#[derive(Template)]
#[template(path = "service_principals/pages/low_risk.html")]
struct LowRiskPage {
    inside: Inside,
    here: String,
    /// Apps with something of low risk.
    marked: Vec<Marked>,
    /// Whether there are more of them.
    has_more: bool,
    /// The apps there are to choose from: client id, name, whether it is the chosen one.
    resources: Vec<(String, String, bool)>,
    chosen: Option<Chosen>,
    is_done: bool,
    feedback: Feedback,
}

/// An app with something of low risk.
struct Marked {
    name: String,
    count: i64,
    href: String,
}

/// The app whose permissions are shown.
struct Chosen {
    id: ClientId,
    name: String,
    /// How the names of those begin that are shown.
    q: String,
    choices: Vec<Choice>,
    /// How many further ones it has, if there are any.
    further: Option<usize>,
    /// The mark of what is shown.
    seen: String,
}

/// A permission that can be ticked.
struct Choice {
    id: Uuid,
    name: String,
    hint: String,
    /// How it is classified, if it is.
    classification: Option<Classification>,
}

impl Choice {
    fn is_low(&self) -> bool {
        self.classification == Some(Classification::Low)
    }
}

/// `GET /portal/{tenant}/low-risk`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let is_done = !wanted.done.is_empty();
    let outcome = page(&server, &visitor, (wanted.of, wanted.q.trim())).await;
    visitor.respond(&server, outcome.map(|page| LowRiskPage { is_done, ..page }))
}

/// `POST /portal/{tenant}/low-risk`
pub async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let outcome = change(&server, &visitor, &headers, &fields).await;
    respond(&server, &visitor, outcome, async |status: StatusCode, complaint: Complaint| {
        // The app itself was not changed, as on the other pages, but what is said of it.
        let complaint = if status == StatusCode::CONFLICT { Complaint::at("", STALE) } else { complaint };
        let shown = page(&server, &visitor, (fields.get("of").parse().ok(), fields.get("q"))).await;
        shown.map(|page| {
            let written = vec![("Ticked", page.names(&fields.all("permission")))];
            LowRiskPage { feedback: Feedback::with_written(complaint, written), ..page }
        })
    })
    .await
}

/// The page is for those who may change what it shows.
fn require_manager(visitor: &Visitor) -> Result<(), Refusal> {
    if may_classify(&visitor.caller) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

/// Keeps what was ticked of one app; the address of the page.
async fn change(server: &Server, visitor: &Visitor, headers: &HeaderMap, fields: &Fields) -> Result<String, Trouble> {
    require_manager(visitor)?;
    let of: ClientId = fields.get("of").parse().map_err(|_| Problem::BadRequest)?;
    let begin = fields.get("q");
    let address = PageAddress::new(format!("{}/low-risk", visitor.base())).set("of", Some(of));
    let address = address.set("q", Some(begin).filter(|begin| !begin.is_empty()));
    let here = address.to_string();
    visitor.spend_for(server, headers, fields.get("csrf"), &here).await?;
    let mut tx = server.write().await?;
    let resource = operations::hold(&mut tx, &visitor.caller, Key::Client(of)).await?;
    let held = store::list(&mut tx, resource.tenant_id, resource.id).await?;
    if fields.get("seen") != seen(&held) {
        return Err(Trouble::Stale);
    }
    let (offered, _) = choices(&resource, &held, begin);
    let ticked = fields.all("permission");
    // No box of ours sends a permission that is not offered.
    if ticked.iter().any(|value| !offered.iter().any(|choice| choice.id.to_string() == *value)) {
        return Err(Problem::BadRequest.into());
    }
    for choice in &offered {
        let is_ticked = ticked.contains(&choice.id.to_string().as_str());
        if is_ticked != choice.is_low() {
            switch(&mut tx, server, visitor, (&resource, choice), is_ticked).await?;
        }
    }
    tx.commit().await?;
    Ok(address.with("done", 1))
}

/// Says of one permission that it is of low risk, whatever was said of it before, or that it is so no longer.
async fn switch(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    (resource, choice): (&ServicePrincipal, &Choice),
    is_low: bool,
) -> Result<(), ClassifyError> {
    let classified = |classification| Classified { permission_id: choice.id, classification };
    if let Some(before) = choice.classification {
        operations::declassify(tx, server, &visitor.caller, resource, classified(before)).await?;
    }
    if is_low {
        operations::classify(tx, server, &visitor.caller, resource, classified(Classification::Low)).await?;
    }
    Ok(())
}

/// The mark of the form of one app.
fn seen(held: &[Classified]) -> String {
    let ids: Vec<String> = held.iter().map(Classified::wire_id).collect();
    mark(ids.iter().map(String::as_str))
}

/// The permissions that people can be asked for, and those that are of low risk whatever became of them, which stand in front, as far as
/// their names begin so; and how many further ones there are.
fn choices(resource: &ServicePrincipal, held: &[Classified], begin: &str) -> (Vec<Choice>, usize) {
    let classification = |id| held.iter().find(|held| held.permission_id == id).map(|held| held.classification);
    let scopes = resource.exposed_scopes();
    let mut choices = Vec::new();
    for scope in &scopes {
        let is_asked_of_people = scope.is_enabled && scope.kind == ScopeKind::User;
        let title = scope.admin_consent_display_name.as_deref().filter(|title| *title != scope.value);
        let choice = Choice {
            id: scope.id,
            name: scope.value.clone(),
            hint: match classification(scope.id) {
                _ if !scope.is_enabled => "Switched off.".to_owned(),
                _ if scope.kind != ScopeKind::User => "By now it needs an administrator.".to_owned(),
                Some(Classification::Medium) => "A program said that the risk is medium.".to_owned(),
                Some(Classification::High) => "A program said that the risk is high.".to_owned(),
                Some(Classification::Low) | None => title.unwrap_or_default().to_owned(),
            },
            classification: classification(scope.id),
        };
        if is_asked_of_people || choice.is_low() {
            choices.push(choice);
        }
    }
    let gone = held.iter().filter(|held| !scopes.iter().any(|scope| scope.id == held.permission_id));
    choices.extend(gone.filter(|held| held.classification == Classification::Low).map(|held| Choice {
        id: held.permission_id,
        name: held.permission_id.to_string(),
        hint: "The app has no such permission any more.".to_owned(),
        classification: Some(held.classification),
    }));
    let begin = fold(begin);
    choices.retain(|choice| fold(&choice.name).starts_with(&begin));
    choices.sort_by_cached_key(|choice| (!choice.is_low(), choice.name.clone()));
    let further = choices.len().saturating_sub(SHOWN);
    choices.truncate(SHOWN);
    (choices, further)
}

/// What an app is called here.
fn name_of(resource: &ServicePrincipal) -> String {
    if resource.is_directory_api() { DIRECTORY.to_owned() } else { resource.display_name.clone() }
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    (of, begin): (Option<ClientId>, &str),
) -> Result<LowRiskPage, Refusal> {
    require_manager(visitor)?;
    let tenant = visitor.caller.tenant;
    let here = format!("{}/low-risk", visitor.base());
    let mut tx = server.read().await?;
    let chosen = match of {
        Some(of) => Some(chosen(&mut tx, tenant, (of, begin)).await?),
        None => None,
    };
    let limit = i64::try_from(MARKED + 1).unwrap_or(i64::MAX);
    let mut found = store::list_resources(&mut tx, tenant, Classification::Low, limit).await?;
    let exposing = store::list_exposing(&mut tx, tenant, OFFERED).await?;
    drop(tx);
    let has_more = found.len() > MARKED;
    found.truncate(MARKED);
    let marked = found.into_iter().map(|(id, name, count)| Marked {
        name: if id.0 == permission::RESOURCE { DIRECTORY.to_owned() } else { name },
        count,
        href: format!("{here}?of={id}"),
    });
    Ok(LowRiskPage {
        inside: visitor.inside(server, Section::ConsentRequests),
        marked: marked.collect(),
        has_more,
        resources: resources(exposing, chosen.as_ref()),
        chosen,
        is_done: false,
        feedback: Feedback::default(),
        here,
    })
}

/// What is shown of the chosen app.
async fn chosen(tx: &mut Transaction, tenant: TenantId, (of, begin): (ClientId, &str)) -> Result<Chosen, Refusal> {
    let resource = principals::find_by_client(tx, tenant, of).await?.ok_or(Problem::NotFound)?;
    let held = store::list(tx, tenant, resource.id).await?;
    let (choices, further) = choices(&resource, &held, begin);
    let further = Some(further).filter(|further| *further > 0);
    Ok(Chosen { id: of, name: name_of(&resource), q: begin.to_owned(), choices, further, seen: seen(&held) })
}

/// The directory API, the apps that expose something, and the chosen one.
fn resources(exposing: Vec<(ClientId, String)>, chosen: Option<&Chosen>) -> Vec<(String, String, bool)> {
    let mut found = vec![(ClientId(permission::RESOURCE), DIRECTORY.to_owned())];
    found.extend(exposing);
    if let Some(chosen) = chosen.filter(|chosen| !found.iter().any(|(id, _)| *id == chosen.id)) {
        found.push((chosen.id, chosen.name.clone()));
    }
    let is_chosen = |id| chosen.is_some_and(|chosen| chosen.id == id);
    found.into_iter().map(|(id, name)| (id.to_string(), name, is_chosen(id))).collect()
}

impl LowRiskPage {
    /// The names of what was ticked.
    fn names(&self, values: &[&str]) -> String {
        let offered = self.chosen.iter().flat_map(|chosen| &chosen.choices);
        let ticked = offered.filter(|choice| values.contains(&choice.id.to_string().as_str()));
        let names: Vec<&str> = ticked.map(|choice| choice.name.as_str()).collect();
        names.join(", ")
    }

    /// The call that keeps what the page shows.
    fn call(&self) -> String {
        let of = self.chosen.as_ref().map_or_else(|| "…".to_owned(), |chosen| chosen.id.to_string());
        let body = r#"{ "permissionId": "…", "permissionName": "…", "classification": "low" }"#;
        format!("/v1.0/servicePrincipals(appId='{of}')/delegatedPermissionClassifications\n{body}")
    }
}

impl From<ClassifyError> for Trouble {
    fn from(error: ClassifyError) -> Self {
        match error {
            ClassifyError::Resource(error) => error.into(),
            ClassifyError::NotFound(_) | ClassifyError::Exists => Self::Stale,
            ClassifyError::Invalid(_, problem) => Self::at("", format!("{problem}.")),
            ClassifyError::Storage(error) => error.into(),
        }
    }
}
