//! `/portal/{tenant}/consent-requests/policy`: whether people may ask for apps, for how long, who answers and how they are told.

use super::page::refusal;
use super::policy_form::PolicyForm;
use super::reviewers::{self, Named};
use crate::Server;
use crate::consent_requests::operations::{change_policy, check_may_change_policy, count_waiting, get_policy};
use crate::consent_requests::{DecideError, MOST_DAYS, MOST_REVIEWERS};
use crate::graph::Role;
use crate::portals::failure::{self, Failure, ShownAgain, respond};
use crate::portals::settings::sentence;
use crate::web::complaint::Feedback;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/consent-requests/policy", get(show).post(save))
}

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "portals/approvals/policy.html")]
struct PolicyPage {
    inside: Inside,
    is_saved: bool,
    feedback: Feedback,
    form: PolicyForm,
    /// Who answers today, each with whether they stay.
    reviewers: Vec<(Named, bool)>,
    /// What is said of those in the policy who are not here any more.
    gone: Option<String>,
    /// The roles to choose from: how a form names each, and its name.
    roles: Vec<(String, &'static str)>,
    asking_hint: String,
    days_hint: String,
}

impl From<DecideError> for Failure {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Invalid(property, problem) => Self::Mistake(property, sentence(&problem)),
            DecideError::Changed => Self::Stale,
            error => Self::Refusal(refusal(error)),
        }
    }
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let is_saved = wanted.done.is_some();
    let page = page(&server, &visitor, None).await.map(|page| PolicyPage { is_saved, ..page });
    visitor.respond(&server, page)
}

async fn save(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let form = PolicyForm::read(&fields);
    let outcome = change(&server, &visitor, (&headers, fields.get("csrf")), &form).await;
    let outcome = outcome.map(|()| format!("{}?done=saved", address(&visitor)));
    respond(&server, &visitor, outcome, async |why: ShownAgain| match why {
        ShownAgain::Mistake(complaint) => {
            let shown = page(&server, &visitor, Some(form)).await;
            shown.map(|page| PolicyPage { feedback: complaint.into(), ..page })
        }
        ShownAgain::Stale => stale(&server, &visitor, &form).await,
    })
    .await
}

fn address(visitor: &Visitor) -> String {
    format!("{}/consent-requests/policy", visitor.base())
}

async fn change(
    server: &Server,
    visitor: &Visitor,
    (headers, csrf): (&HeaderMap, &str),
    form: &PolicyForm,
) -> Result<(), Failure> {
    check_may_change_policy(&visitor.caller)?;
    visitor.spend_for(server, headers, csrf, &address(visitor)).await?;
    let mut tx = server.read().await?;
    let added = reviewers::added(&mut tx, visitor.caller.tenant, form).await?;
    drop(tx);
    let change = form.change(&added).map_err(|(field, problem)| Failure::Mistake(field, problem))?;
    Ok(change_policy(server, &visitor.caller, change).await?)
}

/// The page with what is stored, or with what was typed.
async fn page(server: &Server, visitor: &Visitor, typed: Option<PolicyForm>) -> Result<PolicyPage, Refusal> {
    let caller = &visitor.caller;
    check_may_change_policy(caller).map_err(refusal)?;
    let policy = get_policy(server, caller).await.map_err(refusal)?;
    let waiting = count_waiting(server, caller).await.map_err(refusal)?;
    let mut tx = server.read().await?;
    let named = reviewers::named(&mut tx, caller.tenant, &policy.reviewers.0).await?;
    drop(tx);
    let form = typed.unwrap_or_else(|| PolicyForm::of(&policy));
    let gone = gone(policy.reviewers.0.len() - named.len());
    let stays = |one: Named| {
        let is_kept = form.kept.contains(&one.query);
        (one, is_kept)
    };
    Ok(PolicyPage {
        inside: visitor.inside(server, Section::ConsentRequests),
        is_saved: false,
        feedback: Feedback::default(),
        reviewers: named.into_iter().map(stays).collect(),
        gone,
        roles: Role::ALL.iter().map(|role| (role.slug(), role.name())).collect(),
        asking_hint: format!(
            "On the page that says an app needs an administrator. Guests too. {}",
            effect(waiting, "what waits can be answered without this, too")
        ),
        days_hint: format!("From 1 to {MOST_DAYS}. {}", effect(waiting, "each keeps its own end")),
        form,
    })
}

/// The page with what somebody else has stored, and what this form said otherwise.
async fn stale(server: &Server, visitor: &Visitor, form: &PolicyForm) -> Result<PolicyPage, Refusal> {
    let page = page(server, visitor, None).await?;
    let kept: Vec<String> = form.kept.iter().take(MOST_REVIEWERS).cloned().collect();
    let mut tx = server.read().await?;
    let kept = reviewers::named(&mut tx, visitor.caller.tenant, &kept).await?;
    drop(tx);
    let role = Role::from_slug(&form.role).map(|role| role.name().to_owned());
    let added = role.into_iter().chain(form.lines().take(MOST_REVIEWERS).map(str::to_owned));
    let who: Vec<String> = kept.into_iter().map(|one| one.name).chain(added).collect();
    let mut written = form.other_than(&page.form);
    if !who.iter().eq(page.reviewers.iter().map(|(one, _)| &one.name)) {
        written.push(("Who answers", who.join(", ")));
    }
    Ok(PolicyPage { feedback: failure::stale(written), ..page })
}

/// What a change does to requests that wait.
fn effect(waiting: usize, then: &str) -> String {
    match waiting {
        0 => "No request waits.".to_owned(),
        1 => format!("1 request waits; {then}."),
        count => format!("{count} requests wait; {then}."),
    }
}

fn gone(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("One who stood here was removed, or is a guest now. Whoever saves this takes them out.".to_owned()),
        _ => {
            Some(format!("{count} who stood here were removed, or are guests now. Whoever saves this takes them out."))
        }
    }
}
