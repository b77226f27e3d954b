//! What apps may do for a person, and taking it back.

use super::hall;
use crate::Server;
use crate::authorization::asking;
use crate::platform::ids::ServicePrincipalId;
use crate::service_principals::grants::{self, DelegatedGrant, GrantError};
use crate::service_principals::{ServicePrincipal, foreign, store};
use crate::web::answer;
use crate::web::form::Form;
use crate::web::pages::{Asking, Problem, Publisher};
use crate::web::portal::Refusal;
use crate::web::reader::Reader;
use crate::web::shell::Hall;
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "portals/my_apps/permissions.html")]
pub struct PermissionsPage {
    hall: Hall,
    organization: String,
    /// Where the page is.
    here: String,
    /// Back to the apps.
    back: String,
    /// What the person has granted.
    own: Vec<Allowed>,
    /// What an administrator has granted for everybody.
    everybody: Vec<Allowed>,
}

/// What one app may do.
struct Allowed {
    grant: String,
    app: String,
    /// Whose app it is, where it is another organisation's.
    publisher: Option<Publisher>,
    what: Vec<Asking>,
}

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct TakeBack {
    csrf: String,
    grant: String,
}

/// `GET /myapps/{tenant}/permissions`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor, reader: Reader, headers: HeaderMap) -> Response {
    visitor.respond(&server, page(&server, &visitor, &reader, &headers).await)
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    reader: &Reader,
    headers: &HeaderMap,
) -> Result<PermissionsPage, Refusal> {
    let user = visitor.caller.user().ok_or(Problem::NotAllowed)?;
    let tenant = visitor.caller.tenant;
    let mut tx = server.read().await?;
    let hall = hall(&mut tx, server, visitor, reader, headers).await?;
    let found = grants::store::list_for(&mut tx, tenant, user.id).await?;
    let parties = store::list_granted(&mut tx, tenant, user.id).await?;
    let mut publishers: HashMap<ServicePrincipalId, Publisher> = HashMap::new();
    for client in parties.iter().filter(|party| party.is_foreign()) {
        publishers.insert(client.id, foreign::publisher(&mut tx, server, client).await?);
    }
    let parties: HashMap<ServicePrincipalId, ServicePrincipal> =
        parties.into_iter().map(|party| (party.id, party)).collect();
    let allowed = |grant: &DelegatedGrant| {
        let resource = parties.get(&grant.resource_id)?;
        let words = grant.scope.split_ascii_whitespace();
        let what = words.map(|word| asking(hall.words, resource, word)).collect();
        let publisher = publishers.get(&grant.client_id).cloned();
        Some(Allowed { grant: grant.wire_id(), app: grant.client_display_name.clone(), publisher, what })
    };
    let of = |is_own: bool| found.iter().filter(move |grant| grant.principal_id.is_some() == is_own);
    Ok(PermissionsPage {
        organization: visitor.tenant_name.clone(),
        here: here(visitor),
        back: format!("/myapps/{}", visitor.tenant_domain),
        own: of(true).filter_map(allowed).collect(),
        everybody: of(false).filter_map(allowed).collect(),
        hall,
    })
}

fn here(visitor: &Visitor) -> String {
    format!("/myapps/{}/permissions", visitor.tenant_domain)
}

/// `POST /myapps/{tenant}/permissions`: takes one back.
pub async fn take_back(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<TakeBack>,
) -> Response {
    let outcome = async {
        visitor.spend_for(&server, &headers, &form.csrf, &here(&visitor)).await?;
        let mut tx = server.write().await?;
        let outcome = grants::take_back_own(&mut tx, &server, &visitor.caller, &form.grant).await;
        outcome.map_err(|error| match error {
            GrantError::Storage(error) => Refusal::from(error),
            GrantError::Denied => Problem::NotAllowed.into(),
            GrantError::NotFound(_) | GrantError::Invalid(..) | GrantError::Exists => Problem::NotFound.into(),
        })?;
        tx.commit().await?;
        Ok::<_, Refusal>(answer::see_other(&here(&visitor)))
    };
    outcome.await.unwrap_or_else(|refusal| visitor.refuse(&server, refusal))
}
