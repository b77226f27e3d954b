//! The policies there are, and a new one.

use super::form::PolicyForm;
use super::{CALL, Failure, before, list_of, require_manager};
use crate::Server;
use crate::token_lifetimes::operations::{self, NewPolicy};
use crate::token_lifetimes::{TokenLifetimePolicy, USUAL, definition_of, in_words, store, written};
use crate::web::answer;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
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
#[template(path = "portals/token_lifetimes/list.html")]
struct PoliciesPage {
    inside: Inside,
    /// The page before this one: where it is, and what it is called.
    back: (String, &'static str),
    is_removed: bool,
    rows: Vec<Row>,
    path: String,
    form: PolicyForm,
    /// Why nothing was made, if it is about no field.
    problem: Option<String>,
    mistakes: Vec<(String, String)>,
    call: String,
}

struct Row {
    name: String,
    description: Option<String>,
    href: String,
    lifetime: String,
    is_default: bool,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    done: Option<String>,
}

/// `GET /portal/{tenant}/settings/token-lifetimes`
pub(super) async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Response {
    let is_removed = wanted.done.as_deref() == Some("removed");
    let form = PolicyForm { lifetime: written(USUAL), ..PolicyForm::default() };
    let page = page(&server, &visitor, form).await.map(|page| PoliciesPage { is_removed, ..page });
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor, form: PolicyForm) -> Result<PoliciesPage, Refusal> {
    require_manager(visitor)?;
    let policies = store::list(&mut server.read().await?, visitor.caller.tenant).await?;
    let (inside, path) = (visitor.inside(server, Section::Settings), list_of(visitor));
    Ok(PoliciesPage {
        back: before(&inside),
        inside,
        is_removed: false,
        rows: policies.into_iter().map(|policy| row(&path, policy)).collect(),
        path,
        form,
        problem: None,
        mistakes: Vec::new(),
        call: format!("{CALL}\nPOST {CALL}"),
    })
}

fn row(path: &str, policy: TokenLifetimePolicy) -> Row {
    Row {
        href: format!("{path}/{}", policy.id),
        lifetime: in_words(policy.lifetime()),
        is_default: policy.is_default,
        name: policy.display_name,
        description: policy.description,
    }
}

/// `POST /portal/{tenant}/settings/token-lifetimes`
pub(super) async fn create(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let form = PolicyForm::read(&fields);
    let (field, problem) = match make(&server, &visitor, (&headers, &fields), &form).await {
        Ok(page) => return answer::see_other(&page),
        Err(Failure::Refusal(refusal)) => return visitor.refuse(&server, refusal),
        Err(Failure::Mistake(field, problem)) => (field, problem),
        // Nothing that is new was changed meanwhile.
        Err(Failure::Stale) => ("", "Send it again.".to_owned()),
    };
    match page(&server, &visitor, form).await {
        Ok(page) if field.is_empty() => {
            answer::page(StatusCode::UNPROCESSABLE_ENTITY, &PoliciesPage { problem: Some(problem), ..page })
        }
        Ok(page) => {
            let mistakes = vec![(field.to_owned(), problem)];
            answer::page(StatusCode::UNPROCESSABLE_ENTITY, &PoliciesPage { mistakes, ..page })
        }
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

/// Makes the policy; where its page is.
async fn make(
    server: &Server,
    visitor: &Visitor,
    (headers, fields): (&HeaderMap, &Fields),
    form: &PolicyForm,
) -> Result<String, Failure> {
    require_manager(visitor)?;
    let list = list_of(visitor);
    let spent = visitor.spend(server, headers, fields.get("csrf")).await;
    spent.map_err(|refusal| refusal.leading_to(list.clone()))?;
    let new = NewPolicy {
        display_name: form.name.clone(),
        description: form.described(),
        definition: definition_of(&form.lifetime),
        is_default: form.is_default,
    };
    let made = operations::create(server, &visitor.caller, new).await?;
    Ok(format!("{list}/{}?done=made", made.id))
}

impl PoliciesPage {
    /// What is wrong with a field, or nothing.
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }
}
