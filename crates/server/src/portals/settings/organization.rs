//! `/portal/{tenant}/settings/organization`: what guests are told about the organisation.

use super::page::require_administrator;
use crate::Server;
use crate::portals::failure::{self, Failure, ShownAgain, respond};
use crate::tenants::organization::{OrganizationChange, change_organization, get_organization};
use crate::tenants::{SettingsError, Tenant};
use crate::web::complaint::{Answers, Feedback};
use crate::web::form::Form;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/settings/organization", get(show).post(save))
}

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
}

/// What was typed. Fields have the names of the properties in the API, so that an error finds its field.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OrganizationForm {
    csrf: String,
    /// The version of the organisation that the page showed.
    seen: String,
    statement_url: String,
    contact_email: String,
    help_url: String,
}

#[derive(Template)]
#[template(path = "portals/settings/organization.html")]
struct OrganizationPage {
    inside: Inside,
    is_saved: bool,
    feedback: Feedback,
    form: OrganizationForm,
    id: String,
}

async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let is_saved = wanted.is_ok_and(|Query(wanted)| wanted.done.is_some());
    let stored = stored(&server, &visitor).await;
    let page = stored.map(|form| OrganizationPage { is_saved, ..page(&server, &visitor, form, Feedback::default()) });
    visitor.respond(&server, page)
}

async fn save(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Result<Form<OrganizationForm>, Response>,
) -> Response {
    if let Err(refusal) = require_administrator(&visitor) {
        return visitor.refuse(&server, refusal);
    }
    let form = match form {
        Ok(Form(form)) => form,
        Err(page) => return page,
    };
    let address = format!("{}/settings/organization", visitor.base());
    if let Err(refusal) = visitor.spend_for(&server, &headers, &form.csrf, &address).await {
        return visitor.refuse(&server, refusal);
    }
    let outcome = change(&server, &visitor, &form).await.map(|()| format!("{address}?done=saved"));
    respond(&server, &visitor, outcome, async |why: ShownAgain| match why {
        ShownAgain::Mistake(complaint) => Ok(page(&server, &visitor, form, complaint.into())),
        ShownAgain::Stale => stored(&server, &visitor).await.map(|stored| {
            let feedback = failure::stale(form.other_than(&stored));
            page(&server, &visitor, stored, feedback)
        }),
    })
    .await
}

async fn stored(server: &Server, visitor: &Visitor) -> Result<OrganizationForm, Refusal> {
    require_administrator(visitor)?;
    match get_organization(server, &visitor.caller).await {
        Ok(tenant) => Ok(OrganizationForm::of(&tenant)),
        Err(SettingsError::Database(error)) => Err(error.into()),
        Err(_) => Err(Problem::NotAllowed.into()),
    }
}

async fn change(server: &Server, visitor: &Visitor, form: &OrganizationForm) -> Result<(), Failure> {
    let change = OrganizationChange {
        privacy_statement_url: Some(Some(form.statement_url.clone())),
        contact_email: Some(Some(form.contact_email.clone())),
        help_url: Some(Some(form.help_url.clone())),
        // No organisation has the version 0.
        of_version: Some(form.seen.parse().unwrap_or(0)),
        ..OrganizationChange::default()
    };
    Ok(change_organization(server, &visitor.caller, change).await?)
}

fn page(server: &Server, visitor: &Visitor, form: OrganizationForm, feedback: Feedback) -> OrganizationPage {
    OrganizationPage {
        inside: visitor.inside(server, Section::Settings),
        is_saved: false,
        feedback,
        form,
        id: visitor.caller.tenant.to_string(),
    }
}

impl OrganizationForm {
    fn of(tenant: &Tenant) -> Self {
        Self {
            csrf: String::new(),
            seen: tenant.version.to_string(),
            statement_url: tenant.privacy_statement_url.clone().unwrap_or_default(),
            contact_email: tenant.contact_email.clone().unwrap_or_default(),
            help_url: tenant.help_url.clone().unwrap_or_default(),
        }
    }

    /// The answers that differ from another form's: what is asked, and what stands here.
    fn other_than(&self, other: &Self) -> Answers {
        [
            ("Privacy statement", &self.statement_url, &other.statement_url),
            ("Questions about privacy", &self.contact_email, &other.contact_email),
            ("Help for guests", &self.help_url, &other.help_url),
        ]
        .into_iter()
        .filter(|(_, own, other)| own != other)
        .map(|(name, own, _)| (name, own.clone()))
        .collect()
    }
}
