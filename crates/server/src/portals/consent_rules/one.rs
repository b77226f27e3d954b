//! The page of one rule.

use super::change::ADD;
use super::conditions::ConditionsForm;
use super::form::RuleForm;
use super::words::{self, Known, Told};
use super::{list_of, require_manager};
use crate::Server;
use crate::portals::policy_page::{CHANGE, Frame, PolicyPage};
use crate::tenants::grant_policies::{AssignedPolicy, Side, store};
use crate::tenants::{self, CollaborationSettings};
use crate::web::complaint::{Answers, Feedback};
use crate::web::fields::Fields;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "portals/consent_rules/one.html")]
pub(super) struct RulePage {
    inside: Inside,
    frame: Frame,
    feedback: Feedback,
    holds: bool,
    /// What else holds, or nothing.
    beside: String,
    form: RuleForm,
    /// Both sides: what they do, and their sets.
    sides: Vec<(&'static str, Vec<Told>)>,
    conditions: ConditionsForm,
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
    let page = page(&server, &visitor, &rule).await.map(|mut page| {
        page.frame.done = done;
        page
    });
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
    let list = list_of(visitor);
    let own = AssignedPolicy::Custom(rule.id.clone());
    let call = format!("/v1.0/policies/permissionGrantPolicies/{}", rule.id);
    Ok(RulePage {
        inside: visitor.inside(server, Section::ConsentRequests),
        holds: settings.consent_policies.0.contains(&own),
        beside: beside(&settings, &own),
        form: RuleForm::of(&rule),
        frame: Frame {
            name: rule.display_name,
            list_name: "Rules of your own",
            path: format!("{list}/{}", rule.id),
            list,
            seen: rule.version.to_string(),
            done: None,
            call: format!("{call}\nPATCH {call}\nPOST {call}/includes\nPATCH /v1.0/policies/authorizationPolicy"),
        },
        feedback: Feedback::default(),
        sides: vec![("People may let in", included), ("Whatever stands above, people may not let in", excluded)],
        conditions: ConditionsForm { side: "includes".to_owned(), ..ConditionsForm::default() },
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

impl PolicyPage for RulePage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn feedback(&mut self) -> &mut Feedback {
        &mut self.feedback
    }

    fn other_than_stored(&self, fields: &Fields) -> Answers {
        RuleForm::read(fields).other_than(&self.form)
    }

    fn show_again(&mut self, part: &str, fields: &Fields) {
        match part {
            CHANGE => self.form = RuleForm::read(fields),
            ADD => self.conditions = ConditionsForm::read(fields),
            _ => {}
        }
    }
}
