//! Everything that happened under one correlation id, in its order, from both logs.

use super::one::{Told, tell_change, tell_sign_in};
use crate::Server;
use crate::audit::{ChangeFilter, Requests, SignInFilter, operations};
use crate::platform::ids::CorrelationId;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// Rows of each log that are shown; a request that wrote more is a job, whose rows the lists show by pages.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "portals/logs/request.html")]
struct RequestPage {
    inside: Inside,
    id: CorrelationId,
    reference: String,
    told: Vec<Told>,
    is_cut: bool,
    calls: [String; 2],
}

pub(super) async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let outcome = page(&server, &visitor, &id).await;
    visitor.respond(&server, outcome)
}

async fn page(server: &Server, visitor: &Visitor, id: &str) -> Result<RequestPage, Refusal> {
    let caller = &visitor.caller;
    if !operations::may_read(caller) {
        return Err(Problem::NotAllowed.into());
    }
    let id: CorrelationId = id.parse().map_err(|_| Problem::NotFound)?;
    let requests = Some(Requests::one(id));
    let filter = SignInFilter { requests, ..SignInFilter::default() };
    let sign_ins = operations::list_sign_ins(server, caller, &[filter], None, MOST + 1).await?;
    let filter = ChangeFilter { requests, ..ChangeFilter::default() };
    let changes = operations::list_changes(server, caller, &[filter], None, MOST + 1).await?;
    if sign_ins.is_empty() && changes.is_empty() {
        return Err(Problem::NotFound.into());
    }
    let is_cut = sign_ins.len() > MOST || changes.len() > MOST;
    let base = visitor.base();
    let signed = sign_ins.iter().map(|entry| (entry.at, entry.id.0, tell_sign_in(&base, entry)));
    let changed = changes.iter().map(|entry| (entry.at, entry.id.0, tell_change(&base, entry)));
    let mut told: Vec<_> = signed.chain(changed).collect();
    told.sort_by_key(|(at, id, _)| (*at, *id));
    Ok(RequestPage {
        inside: visitor.inside(server, if changes.is_empty() { Section::SignIns } else { Section::Changes }),
        id,
        reference: id.reference(),
        told: told.into_iter().map(|(_, _, told)| told).collect(),
        is_cut,
        calls: ["signIns", "directoryAudits"]
            .map(|log| format!("/v1.0/auditLogs/{log}?$filter=correlationId eq '{id}'")),
    })
}
