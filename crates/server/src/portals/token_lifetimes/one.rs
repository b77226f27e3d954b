//! The page of one policy.

use super::form::PolicyForm;
use super::{CALL, Failure, list_of, require_manager};
use crate::Server;
use crate::platform::ids::TokenLifetimePolicyId;
use crate::token_lifetimes::operations::{self, PolicyChange};
use crate::token_lifetimes::{TokenLifetimePolicy, definition_of, in_words, store, written};
use crate::web::answer;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "portals/token_lifetimes/one.html")]
struct PolicyPage {
    inside: Inside,
    done: Option<&'static str>,
    /// Why nothing was changed, if it is about no field.
    problem: Option<String>,
    mistakes: Vec<(String, String)>,
    /// What a form said that came too late.
    written: Vec<(&'static str, String)>,
    /// The policy as it is stored.
    name: String,
    lifetime: String,
    is_default: bool,
    /// How much has it, in words.
    has_it: String,
    list: String,
    path: String,
    /// What stands in the form, and the version that it shows.
    form: PolicyForm,
    seen: String,
    call: String,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    done: Option<String>,
}

/// `GET /portal/{tenant}/settings/token-lifetimes/{lifetime_policy}`
pub(super) async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, policy)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let done = match wanted.done.as_deref() {
        Some("made") => Some("The policy was made. Apps are given it on their own pages."),
        Some("change") => Some("It was saved. Tokens that are given from now on obey it."),
        _ => None,
    };
    let page = page(&server, &visitor, &policy).await.map(|(page, _)| PolicyPage { done, ..page });
    visitor.respond(&server, page)
}

/// `POST /portal/{tenant}/settings/token-lifetimes/{lifetime_policy}/{part}`
pub(super) async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, policy, part)): Path<(String, String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let (fields, list) = (Fields::parse(&body), list_of(&visitor));
    let failure = match change(&server, &visitor, (&headers, &fields), (&policy, &part)).await {
        Ok(()) if part == "remove" => return answer::see_other(&format!("{list}?done=removed")),
        Ok(()) => return answer::see_other(&format!("{list}/{policy}?done={part}")),
        Err(Failure::Refusal(refusal)) => return visitor.refuse(&server, refusal),
        Err(failure) => failure,
    };
    let shown = page(&server, &visitor, &policy).await;
    match shown.and_then(|(page, stored)| page.after((&part, &fields), &stored, failure)) {
        Ok((status, page)) => answer::page(status, &page),
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn change(
    server: &Server,
    visitor: &Visitor,
    (headers, fields): (&HeaderMap, &Fields),
    (policy, part): (&str, &str),
) -> Result<(), Failure> {
    require_manager(visitor)?;
    let list = list_of(visitor);
    let spent = visitor.spend(server, headers, fields.get("csrf")).await;
    spent.map_err(|refusal| refusal.leading_to(list))?;
    let stored = operations::get_to_write(server, &visitor.caller, policy).await?;
    // No policy has the version 0.
    let seen = Some(fields.get("seen").parse().unwrap_or(0));
    match part {
        "change" => {
            let form = PolicyForm::read(fields);
            let change = PolicyChange {
                display_name: Some(form.name.clone()),
                description: Some(form.described()),
                definition: redefined(&form, &stored),
                is_default: Some(form.is_default),
                of_version: seen,
            };
            Ok(operations::change(server, &visitor.caller, policy, change).await?)
        }
        "remove" => Ok(operations::delete(server, &visitor.caller, policy, seen).await?),
        _ => Err(Problem::NotFound.into()),
    }
}

/// The definition that the form asks for; nothing where it says the time that is stored, whose definition stays as it was written.
fn redefined(form: &PolicyForm, stored: &TokenLifetimePolicy) -> Option<String> {
    (form.lifetime != written(stored.lifetime())).then(|| definition_of(&form.lifetime))
}

/// The page as the policy is stored, and that policy.
async fn page(server: &Server, visitor: &Visitor, id: &str) -> Result<(PolicyPage, TokenLifetimePolicy), Refusal> {
    require_manager(visitor)?;
    let tenant = visitor.caller.tenant;
    let id: TokenLifetimePolicyId = id.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = server.read().await?;
    let policy = store::find(&mut tx, tenant, id).await?.ok_or(Problem::NotFound)?;
    let count = store::count_holders(&mut tx, tenant, id).await?;
    drop(tx);
    let list = list_of(visitor);
    let page = PolicyPage {
        inside: visitor.inside(server, Section::Settings),
        done: None,
        problem: None,
        mistakes: Vec::new(),
        written: Vec::new(),
        name: policy.display_name.clone(),
        lifetime: in_words(policy.lifetime()),
        is_default: policy.is_default,
        has_it: has_it(count),
        path: format!("{list}/{id}"),
        list,
        form: PolicyForm::of(&policy),
        seen: policy.version.to_string(),
        call: format!("{CALL}/{id}\nGET {CALL}/{id}/appliesTo\nPATCH {CALL}/{id}\nDELETE {CALL}/{id}"),
    };
    Ok((page, policy))
}

/// How many registrations and service principals have a policy.
fn has_it(count: i64) -> String {
    match count {
        0 => "No app was given it".to_owned(),
        1 => "One app was given it, as a registration or a service principal".to_owned(),
        count => format!("{count} registrations and service principals were given it"),
    }
}

impl PolicyPage {
    /// The page with what one of its forms said, and why that was not done; or the refusal that stands for the failure.
    fn after(
        mut self,
        (part, fields): (&str, &Fields),
        stored: &TokenLifetimePolicy,
        failure: Failure,
    ) -> Result<(StatusCode, Self), Refusal> {
        let sent = (part == "change").then(|| PolicyForm::read(fields));
        match failure {
            Failure::Refusal(refusal) => return Err(refusal),
            Failure::Stale => {
                let problem = "Somebody changed it after you opened the page. Below stands what is stored now.";
                self.problem = Some(problem.to_owned());
                self.written = sent.map(|sent| sent.other_than(&PolicyForm::of(stored))).unwrap_or_default();
                return Ok((StatusCode::CONFLICT, self));
            }
            Failure::Mistake("", problem) => self.problem = Some(problem),
            Failure::Mistake(field, problem) => self.mistakes.push((field.to_owned(), problem)),
        }
        if let Some(sent) = sent {
            self.form = sent;
            fields.get("seen").clone_into(&mut self.seen);
        }
        Ok((StatusCode::UNPROCESSABLE_ENTITY, self))
    }

    /// What is wrong with a field, or nothing.
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }
}
