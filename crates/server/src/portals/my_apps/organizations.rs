//! All organisations of a person, with a door to each, and a way out for guests.

use super::hall;
use crate::Server;
use crate::graph::page::{read_skip_token, skip_token};
use crate::platform::ids::TenantId;
use crate::sign_in::organizations::{self, Organization};
use crate::web::form::Form;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::reader::Reader;
use crate::web::shell::Hall;
use crate::web::visitor::Visitor;
use crate::web::{answer, names};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// What the token of a page is bound to.
const LIST: &str = "organizations";

#[derive(Template)]
#[template(path = "portals/my_apps/organizations.html")]
pub struct OrganizationsPage {
    hall: Hall,
    /// The one at hand.
    organization: String,
    /// Where the page is.
    here: String,
    /// Back to the apps.
    back: String,
    /// The mailbox by which the person is known elsewhere, if they have proved one.
    mailbox: Option<String>,
    /// Whether apps of the organisation at hand may read the list.
    tells_apps: bool,
    places: Vec<Place>,
    /// Whether any of them can be left.
    can_leave: bool,
    /// The first page, from a later one.
    first: Option<String>,
    next: Option<String>,
}

/// One of the organisations.
struct Place {
    name: String,
    domain: String,
    href: String,
    is_here: bool,
    /// Whether this browser is signed in there.
    is_open: bool,
    /// Where a guest leaves it, after a sign-in there.
    leave: Option<String>,
}

impl Place {
    /// The letter of the organisation.
    fn initial(&self) -> String {
        names::initial(&self.name)
    }
}

/// Which page.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    after: Option<String>,
}

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Telling {
    csrf: String,
    tell: String,
}

/// `GET /myapps/{tenant}/organizations`
pub async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    reader: Reader,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Response {
    visitor.respond(&server, page(&server, &visitor, (&reader, &headers), wanted.after.as_deref()).await)
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    (reader, headers): (&Reader, &HeaderMap),
    after: Option<&str>,
) -> Result<OrganizationsPage, Refusal> {
    let tenant = visitor.caller.tenant;
    let read = |token| read_skip_token::<TenantId>(server, tenant, LIST, token);
    let begin = after.map(read).transpose().map_err(|_| Problem::BadRequest)?;
    let mut tx = server.read().await?;
    let hall = hall(&mut tx, server, visitor, reader, headers).await?;
    let found = organizations::list(&mut tx, server, &visitor.caller, begin).await?;
    let here = here(visitor);
    let places: Vec<Place> =
        found.organizations.into_iter().map(|organization| place(&hall, tenant, organization)).collect();
    Ok(OrganizationsPage {
        organization: visitor.tenant_name.clone(),
        back: format!("/myapps/{}", visitor.tenant_domain),
        mailbox: found.mailbox,
        tells_apps: found.tells_apps,
        can_leave: places.iter().any(|place| place.leave.is_some()),
        places,
        first: after.map(|_| here.clone()),
        next: found.next.map(|last| format!("{here}?after={}", skip_token(server, tenant, LIST, &last))),
        here,
        hall,
    })
}

fn place(hall: &Hall, at_hand: TenantId, organization: Organization) -> Place {
    let href = organization.door();
    Place {
        domain: organization.domain().to_owned(),
        is_here: organization.id == at_hand,
        is_open: hall.organizations.iter().any(|door| door.href == href),
        leave: organization.is_guest.then(|| format!("{href}/leave")),
        name: organization.name,
        href,
    }
}

fn here(visitor: &Visitor) -> String {
    format!("/myapps/{}/organizations", visitor.tenant_domain)
}

/// `POST /myapps/{tenant}/organizations`: lets apps of this organisation read the list, or no longer.
pub async fn tell(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<Telling>,
) -> Response {
    let outcome = async {
        visitor.spend_for(&server, &headers, &form.csrf, &here(&visitor)).await?;
        let tells = match form.tell.as_str() {
            "yes" => true,
            "no" => false,
            _ => return Err(Refusal::from(Problem::BadRequest)),
        };
        let mut tx = server.write().await?;
        if !organizations::tell_apps(&mut tx, &server, &visitor.caller, tells).await? {
            return Err(Refusal::from(Problem::NotAllowed));
        }
        tx.commit().await?;
        Ok::<_, Refusal>(answer::see_other(&here(&visitor)))
    };
    outcome.await.unwrap_or_else(|refusal| visitor.refuse(&server, refusal))
}
