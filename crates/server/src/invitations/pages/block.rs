//! `/{tenant}/no-more-invitations`: the page behind the link in every invitation mail. Opening it does nothing.

use crate::Server;
use crate::invitations::block;
use crate::sign_in::browser::Browser;
use crate::tenants::{self, Tenant};
use crate::web::answer;
use crate::web::csrf::{self, Worth};
use crate::web::form::{Form, PlainForm};
use crate::web::language::Language;
use crate::web::pages::{BlockPage, BlockStage, Problem};
use crate::web::path::Path;
use crate::web::query::Query;
use crate::web::reader::Reader;
use crate::web::shell::Outside;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use std::sync::Arc;

pub(in crate::invitations) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/{tenant}/no-more-invitations", get(show).post(refuse))
        .route("/{tenant}/no-more-invitations/undo", post(undo))
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

/// The tenant and the mailbox a link is about.
struct Door {
    tenant: Arc<Tenant>,
    outside: Outside,
    address: String,
    token: String,
}

async fn show(
    State(server): State<Arc<Server>>,
    Path(tenant): Path<String>,
    Query(link): Query<Link>,
    reader: Reader,
    headers: HeaderMap,
) -> Response {
    let outcome = async {
        let door = open(&server, &tenant, link, &reader).await?;
        let is_blocked = block::is_blocked(&server, door.tenant.id, &door.address).await?;
        let stage = if is_blocked { BlockStage::Blocked } else { BlockStage::Asking };
        Ok(page(&server, &headers, door, stage))
    };
    answered(&server, &reader, outcome.await)
}

async fn refuse(
    State(server): State<Arc<Server>>,
    Path(tenant): Path<String>,
    Query(link): Query<Link>,
    reader: Reader,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let outcome = change(&server, &tenant, link, &reader, &headers, &form, true).await;
    answered(&server, &reader, outcome)
}

async fn undo(
    State(server): State<Arc<Server>>,
    Path(tenant): Path<String>,
    Query(link): Query<Link>,
    reader: Reader,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    let outcome = change(&server, &tenant, link, &reader, &headers, &form, false).await;
    answered(&server, &reader, outcome)
}

/// Why the page is not shown: a problem with its frame, or a failure.
enum Refusal {
    Problem(Outside, Problem),
    Failure(database::Error),
}

impl From<database::Error> for Refusal {
    fn from(error: database::Error) -> Self {
        Self::Failure(error)
    }
}

async fn change(
    server: &Server,
    tenant: &str,
    link: Link,
    reader: &Reader,
    headers: &HeaderMap,
    form: &PlainForm,
    blocked: bool,
) -> Result<Response, Refusal> {
    let door = open(server, tenant, link, reader).await?;
    let owner = Browser::of(server, headers).hash();
    let mut tx = server.write().await?;
    // Saying the same twice is no mistake: what is set is set.
    let is_ours = csrf::is_same_origin(server, headers)
        && csrf::spend(&mut tx, server, door.tenant.id, &owner, &form.csrf).await? != Worth::Nothing;
    tx.commit().await?;
    if !is_ours {
        return Err(Refusal::Problem(door.outside, Problem::StaleForm));
    }
    block::set(server, door.tenant.id, &door.address, blocked).await?;
    let stage = if blocked { BlockStage::Blocked } else { BlockStage::Undone };
    Ok(page(server, headers, door, stage))
}

async fn open(server: &Server, tenant: &str, link: Link, reader: &Reader) -> Result<Door, Refusal> {
    let nobody = || Outside::nobody(reader.language(None, None));
    let mut tx = server.read().await?;
    let Some(tenant) = tenants::resolve(&mut tx, server, tenant).await? else {
        return Err(Refusal::Problem(nobody(), Problem::NotFound));
    };
    let outside = tenants::door(&mut tx, server, &tenant, reader, None).await?;
    match block::read(server, tenant.id, &link.token) {
        Some(address) => Ok(Door { tenant, outside, address, token: link.token }),
        None => Err(Refusal::Problem(outside, Problem::NotFound)),
    }
}

fn page(server: &Server, headers: &HeaderMap, door: Door, stage: BlockStage) -> Response {
    let browser = Browser::of(server, headers);
    let undo = if stage == BlockStage::Blocked { "/undo" } else { "" };
    let template = BlockPage {
        csrf: csrf::issue(server, door.tenant.id, &browser.hash()),
        action: format!("/{}/no-more-invitations{undo}?token={}", door.tenant.id, door.token),
        outside: door.outside,
        stage,
        address: door.address,
    };
    answer::with_cookies(answer::page(StatusCode::OK, &template), browser.set_cookie(server))
}

fn answered(server: &Server, reader: &Reader, outcome: Result<Response, Refusal>) -> Response {
    let now = server.clock.now();
    match outcome {
        Ok(response) => response,
        Err(Refusal::Problem(outside, problem)) => answer::problem(outside, problem, now),
        Err(Refusal::Failure(error)) => {
            tracing::error!(%error, "the page that refuses invitations failed");
            let problem = if error.is_temporary() { Problem::Unavailable } else { Problem::Failure };
            let language: Language = reader.language(None, None);
            answer::problem(Outside::nobody(language), problem, now)
        }
    }
}
