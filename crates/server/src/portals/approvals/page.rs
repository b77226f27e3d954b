//! The pages.

use crate::Server;
use crate::authorization::asking;
use crate::consent_requests::operations::{self, Answer, Decision, Pending, Scopes, mark};
use crate::consent_requests::{ConsentRequest, DecideError, LONGEST_REASON, may_review};
use crate::platform::ids::ServicePrincipalId;
use crate::service_principals::classifications::operations::may_classify;
use crate::service_principals::foreign;
use crate::service_principals::grants::may_manage;
use crate::tenants::grant_policies::operations::check_may_write;
use crate::translations::{Language, Words};
use crate::users::User;
use crate::web::answer;
use crate::web::dates;
use crate::web::form::Form;
use crate::web::pages::{Asking, Problem, Publisher};
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/consent-requests", get(list))
        .route("/portal/{tenant}/consent-requests/{principal}", get(one))
        .route("/portal/{tenant}/consent-requests/{principal}/{decision}", post(decide))
}

/// The calls behind both pages.
const CALLS: &str = "/v1.0/identityGovernance/appConsent/appConsentRequests";

#[derive(Template)]
#[template(path = "portals/approvals/list.html")]
struct RequestsPage {
    inside: Inside,
    done: Option<&'static str>,
    rows: Vec<Row>,
    blocked: Vec<BlockedApp>,
    /// Pages of rules, for those who may change them: words and address.
    links: Vec<(&'static str, String)>,
    call: String,
}

/// An app that people wait for.
struct Row {
    app: String,
    href: String,
    /// What it wants, as it names it.
    scopes: String,
    /// Who asked, the first by name.
    people: String,
    /// Why the first one asked.
    reason: String,
    since: String,
}

/// An app that nobody is to ask for.
struct BlockedApp {
    app: String,
    href: String,
}

#[derive(Template)]
#[template(path = "portals/approvals/one.html")]
struct RequestPage {
    inside: Inside,
    app: String,
    /// Whose app it is.
    publisher: Publisher,
    path: String,
    people: Vec<Person>,
    wants: Vec<Wants>,
    /// Whether the reader may let the app do it.
    may_approve: bool,
    is_blocked: bool,
    is_stale: bool,
    /// The mark of what is shown.
    seen: String,
    /// What was typed, and what is wrong with it.
    reason: String,
    mistake: String,
    /// Why nothing was answered, if it is not about the reason.
    problem: Option<String>,
    call: String,
}

/// Somebody who waits.
struct Person {
    name: String,
    address: String,
    is_guest: bool,
    reason: String,
    since: String,
    until: String,
}

/// What the app wants at one resource.
struct Wants {
    resource: String,
    asked: Vec<Asking>,
}

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AnswerForm {
    csrf: String,
    seen: String,
    reason: String,
}

async fn list(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let done = match wanted.done.as_deref() {
        Some("approve") => Some("The app may do it for everybody. Whoever asked gets a mail."),
        Some("deny") => Some("The app may not do it. Whoever asked gets a mail."),
        Some("block") => Some("The app may not do it, and nobody can ask for it any more."),
        Some("allow") => Some("People can ask for the app again."),
        _ => None,
    };
    let outcome = requests(&server, &visitor, done).await;
    visitor.respond(&server, outcome)
}

async fn requests(server: &Server, visitor: &Visitor, done: Option<&'static str>) -> Result<RequestsPage, Refusal> {
    let found = operations::overview(server, &visitor.caller).await.map_err(refusal)?;
    let now = server.clock.now();
    let href = |id: ServicePrincipalId| format!("{}/consent-requests/{id}", visitor.base());
    let row = |pending: &Pending| {
        let (first, user) = pending.requests.first()?;
        let others = pending.requests.len() - 1;
        Some(Row {
            app: pending.client.display_name.clone(),
            href: href(pending.client.id),
            scopes: pending.scopes.iter().flat_map(|scopes| &scopes.words).cloned().collect::<Vec<_>>().join(" "),
            people: match others {
                0 => user.display_name.clone(),
                1 => format!("{} and 1 more", user.display_name),
                _ => format!("{} and {others} more", user.display_name),
            },
            reason: first.reason.clone(),
            since: dates::recent(first.created_at, now),
        })
    };
    let blocked = found.blocked.iter();
    Ok(RequestsPage {
        inside: visitor.inside(server, Section::ConsentRequests),
        done,
        rows: found.pending.iter().filter_map(row).collect(),
        blocked: blocked.map(|app| BlockedApp { app: app.display_name.clone(), href: href(app.id) }).collect(),
        links: links(visitor),
        call: format!("{CALLS}?$filter=userConsentRequests/any(u:u/status eq 'InProgress')"),
    })
}

/// The ways to the rules about what is asked here.
fn links(visitor: &Visitor) -> Vec<(&'static str, String)> {
    let (caller, base) = (&visitor.caller, visitor.base());
    let rules = check_may_write(caller).is_ok().then(|| ("Rules of your own", format!("{base}/consent-rules")));
    let policy = operations::check_may_change_policy(caller).is_ok();
    let policy = policy.then(|| ("Who may ask, and who answers", format!("{base}/consent-requests/policy")));
    let low = may_classify(caller).then(|| ("Permissions of low risk", format!("{base}/low-risk")));
    policy.into_iter().chain(rules).chain(low).collect()
}

async fn one(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, principal)): Path<(String, String)>,
) -> Response {
    let page = page(&server, &visitor, &principal).await;
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor, principal: &str) -> Result<RequestPage, Refusal> {
    require_reviewer(server, visitor).await?;
    let client: ServicePrincipalId = principal.parse().map_err(|_| Problem::NotFound)?;
    let pending = operations::pending(server, &visitor.caller, client).await.map_err(refusal)?;
    let now = server.clock.now();
    let person = |(request, user): &(ConsentRequest, User)| Person {
        name: user.display_name.clone(),
        address: user.mail.clone().unwrap_or_else(|| user.user_principal_name.clone()),
        is_guest: user.is_guest(),
        reason: request.reason.clone(),
        since: dates::recent(request.created_at, now),
        until: dates::day(request.expires_at),
    };
    Ok(RequestPage {
        inside: visitor.inside(server, Section::ConsentRequests),
        app: pending.client.display_name.clone(),
        publisher: foreign::publisher(&mut server.read().await?, server, &pending.client).await?,
        path: format!("{}/consent-requests/{client}", visitor.base()),
        people: pending.requests.iter().map(person).collect(),
        wants: pending.scopes.iter().map(wants).collect(),
        may_approve: may_manage(&visitor.caller),
        is_blocked: pending.is_blocked,
        is_stale: false,
        seen: mark(pending.requests.iter().map(|(request, _)| request)),
        reason: String::new(),
        mistake: String::new(),
        problem: None,
        call: format!("{CALLS}/{client}/userConsentRequests"),
    })
}

fn wants(scopes: &Scopes) -> Wants {
    let words = Words(Language::English);
    let asked = scopes.words.iter().map(|word| asking(words, &scopes.resource, word)).collect();
    Wants { resource: scopes.resource.display_name.clone(), asked }
}

async fn decide(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, principal, decision)): Path<(String, String, String)>,
    headers: HeaderMap,
    Form(form): Form<AnswerForm>,
) -> Response {
    let begun = begin(&server, &visitor, (&principal, &decision), &headers, &form.csrf).await;
    let (client, chosen) = match begun {
        Ok(begun) => begun,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    let given = Answer { client, decision: chosen, reason: &form.reason, seen: &form.seen };
    let (status, mistake, problem) = match operations::decide(&server, &visitor.caller, &given).await {
        Ok(()) => return answer::see_other(&format!("{}/consent-requests?done={decision}", visitor.base())),
        Err(DecideError::Invalid("reason", _)) => {
            let mistake = format!("Say why, in at most {LONGEST_REASON} characters. Whoever asked reads it.");
            (StatusCode::UNPROCESSABLE_ENTITY, mistake, None)
        }
        Err(DecideError::Changed) => (StatusCode::CONFLICT, String::new(), None),
        Err(DecideError::Invalid(..) | DecideError::Grant(_)) => {
            let problem = "What was asked for is not there any more. You can only say no.".to_owned();
            (StatusCode::UNPROCESSABLE_ENTITY, String::new(), Some(problem))
        }
        Err(error) => return visitor.refuse(&server, refusal(error)),
    };
    let is_stale = status == StatusCode::CONFLICT;
    let shown = page(&server, &visitor, &principal).await;
    let shown = shown.map(|page| RequestPage { is_stale, reason: form.reason, mistake, problem, ..page });
    visitor.respond_as(&server, status, shown)
}

/// Spends the form of whoever may, and reads what it is about.
async fn begin(
    server: &Server,
    visitor: &Visitor,
    (principal, decision): (&str, &str),
    headers: &HeaderMap,
    csrf: &str,
) -> Result<(ServicePrincipalId, Decision), Refusal> {
    require_reviewer(server, visitor).await?;
    let client: ServicePrincipalId = principal.parse().map_err(|_| Problem::NotFound)?;
    let chosen = Decision::parse(decision).ok_or(Problem::NotFound)?;
    visitor.spend_for(server, headers, csrf, &format!("{}/consent-requests", visitor.base())).await?;
    Ok((client, chosen))
}

async fn require_reviewer(server: &Server, visitor: &Visitor) -> Result<(), Refusal> {
    let mut tx = server.read().await?;
    if may_review(&mut tx, &visitor.caller).await? { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

/// The page that stands for an error that is not about a field.
pub(super) fn refusal(error: DecideError) -> Refusal {
    match error {
        DecideError::Storage(error) => error.into(),
        DecideError::Denied => Problem::NotAllowed.into(),
        DecideError::NotFound(_) => Problem::NotFound.into(),
        DecideError::Invalid(..) | DecideError::Changed | DecideError::Grant(_) => Problem::BadRequest.into(),
        DecideError::Mail(error) => {
            tracing::error!(%error, "the answer to a request for consent could not be written");
            Problem::Failure.into()
        }
    }
}
