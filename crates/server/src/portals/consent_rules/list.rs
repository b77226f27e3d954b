//! The rules there are, and a new one.

use super::{Failure, require_manager};
use crate::Server;
use crate::tenants::grant_policies::operations::{self, NewPolicy};
use crate::tenants::grant_policies::{AssignedPolicy, GrantPolicy, store};
use crate::tenants::{self, CollaborationSettings};
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
#[template(path = "portals/consent_rules/list.html")]
struct RulesPage {
    inside: Inside,
    is_removed: bool,
    rows: Vec<Row>,
    path: String,
    /// What was typed about a new rule.
    fields: Fields,
    mistakes: Vec<(String, String)>,
}

struct Row {
    name: String,
    id: String,
    href: String,
    holds: bool,
    sets: String,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    done: Option<String>,
}

/// `GET /portal/{tenant}/consent-rules`
pub(super) async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Response {
    let is_removed = wanted.done.as_deref() == Some("removed");
    let page = page(&server, &visitor, Fields::default()).await.map(|page| RulesPage { is_removed, ..page });
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor, fields: Fields) -> Result<RulesPage, Refusal> {
    require_manager(visitor)?;
    let mut tx = server.read().await?;
    let rules = store::list(&mut tx, visitor.caller.tenant).await?;
    let settings = tenants::store::get_settings(&mut tx, visitor.caller.tenant).await?;
    drop(tx);
    let path = format!("{}/consent-rules", visitor.base());
    Ok(RulesPage {
        inside: visitor.inside(server, Section::ConsentRequests),
        is_removed: false,
        rows: rules.into_iter().map(|rule| row(&path, &settings, rule)).collect(),
        path,
        fields,
        mistakes: Vec::new(),
    })
}

fn row(path: &str, settings: &CollaborationSettings, rule: GrantPolicy) -> Row {
    Row {
        href: format!("{path}/{}", rule.id),
        sets: format!("{} included, {} excluded", rule.includes.0.len(), rule.excludes.0.len()),
        holds: settings.consent_policies.0.contains(&AssignedPolicy::Custom(rule.id.clone())),
        name: rule.display_name,
        id: rule.id,
    }
}

/// `POST /portal/{tenant}/consent-rules`
pub(super) async fn create(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let (status, mistake) = match make(&server, &visitor, &headers, &fields).await {
        Ok(page) => return answer::see_other(&page),
        Err(Failure::Refusal(refusal)) => return visitor.refuse(&server, refusal),
        Err(Failure::Mistake(field, problem)) => (StatusCode::UNPROCESSABLE_ENTITY, (field.to_owned(), problem)),
        Err(Failure::Stale) => {
            let problem = "Somebody made a rule at the same instant. Send it again.".to_owned();
            (StatusCode::CONFLICT, ("id".to_owned(), problem))
        }
    };
    match page(&server, &visitor, fields).await {
        Ok(page) => answer::page(status, &RulesPage { mistakes: vec![mistake], ..page }),
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

/// Makes the rule; where its page is.
async fn make(server: &Server, visitor: &Visitor, headers: &HeaderMap, fields: &Fields) -> Result<String, Failure> {
    require_manager(visitor)?;
    let list = format!("{}/consent-rules", visitor.base());
    let spent = visitor.spend(server, headers, fields.get("csrf")).await;
    spent.map_err(|refusal| refusal.leading_to(list.clone()))?;
    let id = fields.get("id").to_owned();
    if !id.is_empty() && id.chars().all(|c| c == '.') {
        return Err(Failure::Mistake("id", "Full stops alone are no id: browsers take them for a folder.".to_owned()));
    }
    let display_name = fields.get("displayName").to_owned();
    let new = NewPolicy { id, display_name, description: fields.filled("description") };
    let made = operations::create(server, &visitor.caller, new).await?;
    Ok(format!("{list}/{}?done=made", made.id))
}

impl RulesPage {
    /// What is wrong with a field, or nothing.
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }
}
