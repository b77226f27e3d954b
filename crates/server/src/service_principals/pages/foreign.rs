//! One app of another organisation, as it stands here: whose it is, what it was granted, who may use it. What the app is belongs to
//! its own organisation.

use super::seen;
use super::standing::{self, AppStanding, Wanted};
use super::trouble::{Complaint, Trouble, respond};
use crate::Server;
use crate::applications::{AppRole, Owned};
use crate::graph::Caller;
use crate::platform::ids::{PrincipalId, ServicePrincipalId};
use crate::service_principals::classifications::operations::may_classify;
use crate::service_principals::grants::store as granted;
use crate::service_principals::operations::{Key, delete};
use crate::service_principals::{
    AppRoleAssignment, ServicePrincipal, ServicePrincipalError, assignment_store, foreign, store, unassign,
};
use crate::web::dates;
use crate::web::failed_form::FailedForm;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::numbers::{Counted, grouped};
use crate::web::pages::{Problem, Publisher};
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use database::Transaction;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// Addresses of the app that are shown at most.
const ADDRESSES: usize = 20;

#[derive(Template)]
#[template(path = "service_principals/pages/foreign.html")]
struct ForeignPage {
    inside: Inside,
    here: String,
    standing: AppStanding,
    publisher: Publisher,
    /// Whether its own organisation still offers it to others.
    is_offered: bool,
    /// Where it takes people back to, and how many more such addresses there are, if there are.
    addresses: Vec<String>,
    further_addresses: Option<usize>,
    /// What it may do for whoever signs in, as an administrator has granted it: at which app, in which words.
    for_everybody: Vec<(String, String)>,
    /// How many people let it do something for them alone, and whether there may be more.
    people: (i64, bool),
    /// What it may do by itself.
    given: Vec<GivenRow>,
    /// Where it is said how much risk there is in what it exposes, for those who may; nothing where it exposes nothing.
    low_risk: Option<String>,
    /// The form that did nothing, with what was written.
    sent: FailedForm,
}

/// A role that the app itself was given.
struct GivenRow {
    id: String,
    resource: String,
    role: String,
    since: String,
}

/// What a form leads to.
enum Done {
    /// The page of the app.
    Page,
    /// The list of apps.
    List,
}

/// `GET /portal/{tenant}/apps/foreign/{foreign}`
pub async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, app)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let outcome = page(&server, &visitor, &app, &wanted).await.map(|mut page| {
        if wanted.ask == "remove" {
            let end = page.end();
            page.standing.ask_to_remove(&page.here, &end, None);
        }
        page
    });
    visitor.respond(&server, outcome)
}

/// `POST /portal/{tenant}/apps/foreign/{foreign}/{part}`
pub async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, app, part)): Path<(String, String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let apps = format!("{}/apps", visitor.base());
    let done = change(&server, &visitor, &headers, (&app, &part), &fields).await;
    let outcome = done.map(|done| match done {
        Done::Page => format!("{apps}/foreign/{app}"),
        Done::List => apps,
    });
    respond(&server, &visitor, outcome, async |status: StatusCode, complaint: Complaint| {
        let shown = page(&server, &visitor, &app, &Wanted::default()).await;
        shown.map(|page| {
            let sent = seen::failed(part, fields, complaint, status == StatusCode::CONFLICT);
            ForeignPage { sent, ..page }
        })
    })
    .await
}

/// The page is for those who may change how the app stands here: its owners here, and whoever changes every app.
pub(super) async fn require_manager(
    tx: &mut Transaction,
    caller: &Caller,
    app: &str,
) -> Result<ServicePrincipal, Refusal> {
    let id: ServicePrincipalId = app.parse().map_err(|_| Problem::NotFound)?;
    foreign::get_to_write(tx, caller, id).await.map_err(|error| match error {
        ServicePrincipalError::Storage(error) => error.into(),
        ServicePrincipalError::Denied => Problem::NotAllowed.into(),
        _ => Problem::NotFound.into(),
    })
}

async fn change(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    (app, part): (&str, &str),
    fields: &Fields,
) -> Result<Done, Trouble> {
    let known = require_manager(&mut server.read().await?, &visitor.caller, app).await?;
    let here = format!("{}/apps/foreign/{}", visitor.base(), known.id);
    visitor.spend_for(server, headers, fields.get("csrf"), &here).await?;
    let mut tx = server.write().await?;
    let principal = require_manager(&mut tx, &visitor.caller, app).await?;
    let mut done = Done::Page;
    match part {
        "take-role" => take_role(&mut tx, server, visitor, &principal, fields).await?,
        "remove" => {
            delete(&mut tx, server, &visitor.caller, Key::Id(principal.id)).await?;
            done = Done::List;
        }
        _ => {
            let answered = [(Owned::from(principal.id), principal.display_name.as_str())];
            let about = (&principal, answered.as_slice());
            if !standing::carry_out(&mut tx, server, visitor, about, (part, fields)).await? {
                return Err(Problem::NotFound.into());
            }
        }
    }
    tx.commit().await?;
    Ok(done)
}

/// Takes back what the app may do by itself.
async fn take_role(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    principal: &ServicePrincipal,
    fields: &Fields,
) -> Result<(), Trouble> {
    let id = AppRoleAssignment::parse_wire_id(fields.get("given")).ok_or(Problem::BadRequest)?;
    let found = assignment_store::find(tx, visitor.caller.tenant, id).await?;
    let given = found.filter(|found| found.principal_id == PrincipalId::from(principal.id)).ok_or(Problem::NotFound)?;
    Ok(unassign(tx, server, &visitor.caller, &given).await?)
}

/// Reads everything the page shows.
async fn page(server: &Server, visitor: &Visitor, app: &str, wanted: &Wanted) -> Result<ForeignPage, Refusal> {
    let mut tx = server.read().await?;
    let principal = require_manager(&mut tx, &visitor.caller, app).await?;
    let here = format!("{}/apps/foreign/{}", visitor.base(), principal.id);
    let publisher = foreign::publisher(&mut tx, server, &principal).await?;
    let is_offered = foreign::registration(&mut tx, &principal).await?.is_some();
    let people = granted::count_people(&mut tx, principal.tenant_id, principal.id).await?;
    let given = given(&mut tx, &principal).await?;
    let addresses: Vec<String> = principal.reply_urls().into_iter().take(ADDRESSES).map(str::to_owned).collect();
    let further_addresses = Some(principal.reply_urls().len() - addresses.len()).filter(|count| *count > 0);
    let owned = [Owned::from(principal.id)];
    let may_classify = may_classify(&visitor.caller) && !principal.exposed_scopes().is_empty();
    let low_risk = may_classify.then(|| format!("{}/low-risk?of={}", visitor.base(), principal.app_id));
    let standing = AppStanding::read(&mut tx, visitor, (&here, wanted), principal, &owned).await?;
    drop(tx);
    let for_everybody = standing.grants.iter().filter(|grant| grant.href.is_none());
    Ok(ForeignPage {
        inside: visitor.inside(server, Section::Apps),
        here,
        publisher,
        is_offered,
        addresses,
        further_addresses,
        for_everybody: for_everybody.map(|grant| (grant.resource.clone(), grant.scope.clone())).collect(),
        people,
        given,
        low_risk,
        standing,
        sent: FailedForm::default(),
    })
}

/// The roles that the app itself was given, the first one first.
async fn given(tx: &mut Transaction, principal: &ServicePrincipal) -> database::Result<Vec<GivenRow>> {
    let tenant = principal.tenant_id;
    let mut declared: HashMap<ServicePrincipalId, Vec<AppRole>> = HashMap::new();
    let mut rows = Vec::new();
    for assignment in assignment_store::list_by_principal(tx, tenant, principal.id.into()).await? {
        let resource = assignment.resource_id;
        if let Entry::Vacant(unknown) = declared.entry(resource) {
            let found = store::find(tx, tenant, resource).await?;
            unknown.insert(found.as_ref().map(ServicePrincipal::app_roles).unwrap_or_default());
        }
        let roles = declared.get(&resource).map(Vec::as_slice).unwrap_or_default();
        rows.push(GivenRow {
            id: assignment.wire_id(),
            role: AppRole::name_of(roles, assignment.app_role_id),
            since: dates::day(assignment.created_at),
            resource: assignment.resource_display_name,
        });
    }
    Ok(rows)
}

impl ForeignPage {
    /// How many people let it do something, in words.
    fn by_people(&self) -> String {
        match self.people {
            (count, true) => format!("At least {} people granted it something for themselves.", grouped(count)),
            (0, false) => "Nobody granted it anything for themselves.".to_owned(),
            (1, false) => "One person granted it something for themselves.".to_owned(),
            (count, false) => format!("{count} people granted it something for themselves."),
        }
    }

    /// What removing the app does.
    fn end(&self) -> String {
        let number = self.standing.number;
        let assigned = if number == Counted::exactly(0) {
            String::new()
        } else if number == Counted::exactly(1) {
            ", the one who is assigned included".to_owned()
        } else {
            format!(", the {number} who are assigned included")
        };
        format!(
            "Once it is removed, nobody here can sign in to it any more{assigned}, and what it was granted counts for nothing. \
             People cannot let it in again, nor ask for it, as long as it can be brought back. In other organisations nothing \
             changes."
        )
    }

    /// The call that reads what the page shows.
    fn call(&self) -> String {
        format!("/v1.0/servicePrincipals/{}", self.standing.principal.id)
    }
}
