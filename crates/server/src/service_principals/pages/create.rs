//! A new app.

use super::require_registrar;
use super::trouble::{Feedback, Trouble};
use crate::Server;
use crate::applications::{Changes, NewApplication};
use crate::service_principals::operations::{self, Key};
use crate::service_principals::{ServicePrincipalChanges, register};
use crate::web::answer;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "service_principals/pages/create.html")]
struct CreatePage {
    inside: Inside,
    apps_href: String,
    name: String,
    redirect: String,
    home: String,
    /// Whether the box is ticked that leaves the app to those who are assigned.
    is_closed: bool,
    feedback: Feedback,
}

/// `GET /portal/{tenant}/apps/new`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor) -> Response {
    let page = require_registrar(&visitor.caller).map(|()| page(&server, &visitor, None, Feedback::default()));
    visitor.respond(&server, page)
}

/// `POST /portal/{tenant}/apps/new`
pub async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    match create(&server, &visitor, &headers, &fields).await {
        Ok(app) => answer::see_other(&app),
        Err(Trouble::Refused(refusal)) => visitor.refuse(&server, refusal),
        // A new app is nothing that somebody else changed.
        Err(Trouble::Stale) => visitor.refuse(&server, Problem::Failure.into()),
        Err(Trouble::Said(complaint)) => {
            answer::page(StatusCode::BAD_REQUEST, &page(&server, &visitor, Some(&fields), complaint.into()))
        }
    }
}

/// Registers the app; where its page is.
async fn create(server: &Server, visitor: &Visitor, headers: &HeaderMap, fields: &Fields) -> Result<String, Trouble> {
    require_registrar(&visitor.caller)?;
    visitor.spend_for(server, headers, fields.get("csrf"), &format!("{}/apps", visitor.base())).await?;
    let properties = Changes {
        web_redirect_uris: Some(fields.filled("redirect").into_iter().collect()),
        home_page_url: Some(fields.filled("home")),
        ..Changes::default()
    };
    let new = NewApplication { display_name: fields.get("name").to_owned(), properties };
    let mut tx = server.write().await?;
    let registered = register(&mut tx, server, &visitor.caller, new).await;
    let registered = registered.map_err(|error| Trouble::from(error).moved("web", "redirect"))?;
    if fields.is_ticked("required") {
        let key = Key::Id(registered.service_principal.id);
        let closed = ServicePrincipalChanges { app_role_assignment_required: Some(true), ..Default::default() };
        operations::update(&mut tx, server, &visitor.caller, key, closed).await?;
    }
    tx.commit().await?;
    Ok(format!("{}/apps/{}", visitor.base(), registered.application.id))
}

fn page(server: &Server, visitor: &Visitor, fields: Option<&Fields>, feedback: Feedback) -> CreatePage {
    let value = |name| fields.map(|fields| fields.get(name).to_owned()).unwrap_or_default();
    CreatePage {
        inside: visitor.inside(server, Section::Apps),
        apps_href: format!("{}/apps", visitor.base()),
        name: value("name"),
        redirect: value("redirect"),
        home: value("home"),
        is_closed: fields.is_none_or(|fields| fields.is_ticked("required")),
        feedback,
    }
}
