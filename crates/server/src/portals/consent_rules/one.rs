//! The page of one rule.

use super::conditions::ConditionsForm;
use super::words::{self, Known, Told};
use super::{Failure, require_manager};
use crate::Server;
use crate::tenants::grant_policies::{AssignedPolicy, GrantPolicy, Side, store};
use crate::tenants::{self, CollaborationSettings};
use crate::web::fields::Fields;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "portals/consent_rules/one.html")]
pub(super) struct RulePage {
    inside: Inside,
    done: Option<&'static str>,
    /// Why nothing was changed, if it is about no field.
    problem: Option<String>,
    mistakes: Vec<(String, String)>,
    /// What a form said that came too late.
    written: Vec<(&'static str, String)>,
    rule: GrantPolicy,
    list: String,
    path: String,
    holds: bool,
    /// What else holds, or nothing.
    beside: String,
    /// The name and the description in the form.
    name: String,
    description: String,
    /// The version that the form of both shows.
    seen: String,
    /// Both sides: what they do, and their sets.
    sides: Vec<(&'static str, Vec<Told>)>,
    conditions: ConditionsForm,
    call: String,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    done: Option<String>,
}

/// `GET /portal/{tenant}/consent-rules/{grant_policy}`
pub(super) async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, rule)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let done = match wanted.done.as_deref() {
        Some("made") => Some("The rule was made. Say what it includes, then let it hold."),
        Some("change") => Some("It was saved."),
        Some("add") => Some("The conditions were added."),
        Some("take") => Some("The conditions were taken out."),
        Some("assign") => Some("The rule holds from the next app on that asks somebody."),
        Some("unassign") => Some("The rule holds no more. What people let in by it stays until it is taken back."),
        _ => None,
    };
    let page = page(&server, &visitor, &rule).await.map(|page| RulePage { done, ..page });
    visitor.respond(&server, page)
}

/// The page as the rule is stored.
pub(super) async fn page(server: &Server, visitor: &Visitor, id: &str) -> Result<RulePage, Refusal> {
    require_manager(visitor)?;
    let tenant = visitor.caller.tenant;
    let mut tx = server.read().await?;
    let rule = store::find(&mut tx, tenant, &id.to_lowercase()).await?.ok_or(Problem::NotFound)?;
    let settings = tenants::store::get_settings(&mut tx, tenant).await?;
    let mut known = Known::default();
    let included = words::told(&mut tx, tenant, (&rule, Side::Includes), &mut known).await?;
    let excluded = words::told(&mut tx, tenant, (&rule, Side::Excludes), &mut known).await?;
    drop(tx);
    let list = format!("{}/consent-rules", visitor.base());
    let own = AssignedPolicy::Custom(rule.id.clone());
    let call = format!("/v1.0/policies/permissionGrantPolicies/{}", rule.id);
    Ok(RulePage {
        inside: visitor.inside(server, Section::ConsentRequests),
        done: None,
        problem: None,
        mistakes: Vec::new(),
        written: Vec::new(),
        path: format!("{list}/{}", rule.id),
        list,
        holds: settings.consent_policies.0.contains(&own),
        beside: beside(&settings, &own),
        name: rule.display_name.clone(),
        description: rule.description.clone().unwrap_or_default(),
        seen: rule.version.to_string(),
        sides: vec![("People may let in", included), ("Whatever stands above, people may not let in", excluded)],
        conditions: ConditionsForm { side: "includes".to_owned(), ..ConditionsForm::default() },
        call: format!("{call}\nPATCH {call}\nPOST {call}/includes\nPATCH /v1.0/policies/authorizationPolicy"),
        rule,
    })
}

/// The ids of what else holds.
fn beside(settings: &CollaborationSettings, own: &AssignedPolicy) -> String {
    let others = settings.consent_policies.0.iter().filter(|policy| *policy != own);
    let ids: Vec<&str> = others
        .map(|policy| match policy {
            AssignedPolicy::BuiltIn(policy) => policy.id(),
            AssignedPolicy::Custom(id) => id,
        })
        .collect();
    ids.join(", ")
}

impl RulePage {
    /// The page with what one of its forms said, and why that was not done; or the refusal that stands for the failure.
    pub(super) fn after(
        mut self,
        (part, fields): (&str, &Fields),
        failure: Failure,
    ) -> Result<(StatusCode, Self), Refusal> {
        let status = match failure {
            Failure::Refusal(refusal) => return Err(refusal),
            Failure::Stale => {
                let problem = "Somebody changed it after you opened the page. Below stands what is stored now.";
                self.problem = Some(problem.to_owned());
                self.written = self.other_than_stored(part, fields);
                return Ok((StatusCode::CONFLICT, self));
            }
            Failure::Mistake("", problem) => {
                self.problem = Some(problem);
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Failure::Mistake(field, problem) => {
                self.mistakes.push((field.to_owned(), problem));
                StatusCode::UNPROCESSABLE_ENTITY
            }
        };
        match part {
            "change" => {
                fields.get("displayName").clone_into(&mut self.name);
                fields.get("description").clone_into(&mut self.description);
                fields.get("seen").clone_into(&mut self.seen);
            }
            "add" => self.conditions = ConditionsForm::read(fields),
            _ => {}
        }
        Ok((status, self))
    }

    /// The answers of the form of name and description that differ from what is stored.
    fn other_than_stored(&self, part: &str, fields: &Fields) -> Vec<(&'static str, String)> {
        let answers = [
            ("Name", fields.get("displayName"), &self.name),
            ("What it is for", fields.get("description"), &self.description),
        ];
        let differing = answers.into_iter().filter(|(_, own, stored)| part == "change" && *own != stored.as_str());
        differing.map(|(name, own, _)| (name, own.to_owned())).collect()
    }

    /// What is wrong with a field, or nothing.
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }
}
