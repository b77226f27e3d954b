//! The link of an invitation: `/{tenant}/redeem?ticket=..`.

use super::super::operations::reject;
use super::super::way::{Bar, Way};
use super::refusal;
use crate::Server;
use crate::invitations::Invitation;
use crate::invitations::store::{FoundByTicket, find_by_ticket, find_newest_of_user};
use crate::platform::ids::{InvitationId, UserId};
use crate::platform::{Secret, SecretKind};
use crate::sign_in::browser::Browser;
use crate::sign_in::continuation::{self, Beginning, Continuation, Next};
use crate::sign_in::refusal::Refusal;
use crate::tenants::{self, Tenant};
use crate::users;
use crate::web::answer;
use crate::web::language::Language;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::query::Query;
use crate::web::reader::Reader;
use crate::web::shell::Outside;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use database::Transaction;
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    ticket: String,
}

/// Why a dead link opens nothing. The invitation, which the log names, says which of them.
const ENDED: &str = "the link was replaced, or its invitation was withdrawn, has ended, or lost its guest";

/// What a ticket opens.
enum Ticket {
    /// The newest link of this invitation.
    Live(Box<Invitation>),
    /// A link that a newer one has replaced, or whose invitation has ended.
    Dead(InvitationId),
    /// A dead link whose invitation a restore holds.
    Held(InvitationId),
    /// Nothing that was ever written here.
    Unknown(&'static str),
}

/// Opens a link. It only begins a step in this browser and moves on to it, so that the ticket leaves the address bar;
/// nothing is accepted, sent or marked, for mail scanners open links too. HEAD does not even begin the step.
pub async fn open(
    State(server): State<Arc<Server>>,
    Path(tenant): Path<String>,
    Query(link): Query<Link>,
    reader: Reader,
    request: (Method, HeaderMap),
) -> Response {
    let nobody = Outside::nobody(reader.language(None, None));
    let (method, headers) = request;
    if method == Method::HEAD {
        return StatusCode::OK.into_response();
    }
    let opened = enter(&server, &tenant, &link.ticket, &reader, &headers).await;
    match opened {
        Ok(Some(response)) => response,
        Ok(None) => answer::problem(nobody, Problem::NotFound, server.clock.now()),
        Err(refusal) => refusal.page(&server, nobody),
    }
}

async fn enter(
    server: &Server,
    tenant: &str,
    ticket: &str,
    reader: &Reader,
    headers: &HeaderMap,
) -> Result<Option<Response>, Refusal> {
    let mut tx = server.read().await?;
    let Some(tenant) = tenants::resolve(&mut tx, server, tenant).await? else { return Ok(None) };
    let ticket = read(&mut tx, server, &tenant, ticket).await?;
    drop(tx);
    match &ticket {
        // Of these the page says what they are.
        Ticket::Live(_) | Ticket::Held(_) => {}
        Ticket::Dead(invitation) => reject(server, tenant.id, Some(*invitation), ENDED).await?,
        Ticket::Unknown(reason) => reject(server, tenant.id, None, reason).await?,
    }
    let browser = Browser::of(server, headers);
    let mut tx = server.write().await?;
    let step = continuation::begin(&mut tx, server, tenant.id, &browser, beginning(&ticket)).await?;
    // The ticket is in the address of this request, so the page in another language stands at an address of the step.
    let address = Some(format!("/{}/redeem/{}/fresh", step.tenant, step.id));
    let outside = Outside { address, ..tenants::door(&mut tx, server, &tenant, reader, step.language()).await? };
    tx.commit().await?;
    let response = match ticket {
        Ticket::Live(_) => answer::see_other(&path(reader, &step, "")),
        Ticket::Held(_) => {
            let reference = answer::reference(&outside, server.clock.now());
            refusal::held_at(outside, reference)
        }
        Ticket::Dead(_) | Ticket::Unknown(_) => {
            refusal::dead_link_at(server, &tenant, &browser, outside, path(reader, &step, "/fresh"))
        }
    };
    Ok(Some(answer::with_cookies(response, browser.set_cookie(server))))
}

async fn read(tx: &mut Transaction, server: &Server, tenant: &Tenant, text: &str) -> database::Result<Ticket> {
    let Some(secret) = Secret::parse(SecretKind::InvitationTicket, text) else {
        return Ok(Ticket::Unknown("the link was cut or made up"));
    };
    if secret.tenant() != tenant.id {
        return Ok(Ticket::Unknown("the link is one of another organisation"));
    }
    let hash = secret.hash();
    let (newest, dead) = match find_by_ticket(tx, tenant.id, &hash).await? {
        Some(FoundByTicket::Newest(invitation)) => (Some(invitation), None),
        Some(FoundByTicket::Dead(invitation)) => (None, Some(invitation)),
        None => (None, None),
    };
    // For a link that never was the same is looked up, of nobody, so that it takes as long.
    let user = newest.as_ref().or(dead.as_ref()).map_or(UserId(Uuid::nil()), |invitation| invitation.user_id);
    let guest = users::store::find(tx, tenant.id, user).await?;
    let settings = tenants::settings(tx, server, tenant.id).await?;
    let way = |invitation: &Invitation| Way::of(invitation, guest.as_ref(), &settings, server.clock.now());
    let dead = match newest {
        Some(invitation) if way(&invitation) != Way::Dead => return Ok(Ticket::Live(Box::new(invitation))),
        newest => newest.or(dead),
    };
    let open = find_newest_of_user(tx, tenant.id, user).await?;
    let is_held = open.is_some_and(|open| way(&open) == Way::Barred(Bar::Held));
    Ok(match dead {
        None => Ticket::Unknown("the link was never sent from here"),
        Some(dead) if is_held => Ticket::Held(dead.id),
        Some(dead) => Ticket::Dead(dead.id),
    })
}

/// What the step knows. Only a live link opens the invitation; after a dead one the step may ask for a fresh mail, and
/// says nothing about whom the invitation is for.
fn beginning(ticket: &Ticket) -> Beginning {
    match ticket {
        Ticket::Live(invitation) => Beginning {
            next: Next::Redeem { invitation: invitation.id },
            invitation: Some(invitation.id),
            address: Some(invitation.address.clone()),
            language: language(invitation),
        },
        Ticket::Dead(invitation) | Ticket::Held(invitation) => {
            Beginning::from(Next::Redeem { invitation: *invitation })
        }
        Ticket::Unknown(_) => Beginning::from(Next::Redeem { invitation: InvitationId(Uuid::nil()) }),
    }
}

fn language(invitation: &Invitation) -> Option<Language> {
    invitation.language.as_deref().and_then(Language::from_tag)
}

fn path(reader: &Reader, step: &Continuation, rest: &str) -> String {
    reader.keep_language(&format!("/{}/redeem/{}{rest}", step.tenant, step.id))
}
