//! The rules there are, and a new one.

use super::form::RuleForm;
use super::{list_of, require_manager};
use crate::Server;
use crate::portals::failure::{Failure, ShownAgain, respond};
use crate::tenants::grant_policies::{AssignedPolicy, GrantPolicy, operations, store};
use crate::tenants::{self, CollaborationSettings};
use crate::web::complaint::{Complaint, Feedback};
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
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
    form: RuleForm,
    feedback: Feedback,
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
    let page = page(&server, &visitor, RuleForm::empty()).await.map(|page| RulesPage { is_removed, ..page });
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor, form: RuleForm) -> Result<RulesPage, Refusal> {
    require_manager(visitor)?;
    let mut tx = server.read().await?;
    let rules = store::list(&mut tx, visitor.caller.tenant).await?;
    let settings = tenants::store::get_settings(&mut tx, visitor.caller.tenant).await?;
    drop(tx);
    let path = list_of(visitor);
    Ok(RulesPage {
        inside: visitor.inside(server, Section::ConsentRequests),
        is_removed: false,
        rows: rules.into_iter().map(|rule| row(&path, &settings, rule)).collect(),
        path,
        form,
        feedback: Feedback::default(),
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
    let form = RuleForm::read_new(&fields);
    let outcome = make(&server, &visitor, (&headers, &fields), &form).await;
    respond(&server, &visitor, outcome, async |why: ShownAgain| {
        let complaint = match why {
            ShownAgain::Mistake(complaint) => complaint,
            ShownAgain::Stale => Complaint::at("id", "Somebody made a rule at the same instant. Send it again."),
        };
        page(&server, &visitor, form).await.map(|page| RulesPage { feedback: complaint.into(), ..page })
    })
    .await
}

/// Makes the rule; where its page is.
async fn make(
    server: &Server,
    visitor: &Visitor,
    (headers, fields): (&HeaderMap, &Fields),
    form: &RuleForm,
) -> Result<String, Failure> {
    require_manager(visitor)?;
    let list = list_of(visitor);
    visitor.spend_for(server, headers, fields.get("csrf"), &list).await?;
    let new = form.new_rule();
    if !new.id.is_empty() && new.id.chars().all(|c| c == '.') {
        return Err(Failure::Mistake("id", "Full stops alone are no id: browsers take them for a folder.".to_owned()));
    }
    let made = operations::create(server, &visitor.caller, new).await?;
    Ok(format!("{list}/{}?done=made", made.id))
}
