//! The forms of one rule. Each changes one thing and leads back to the page.

use super::conditions::ConditionsForm;
use super::form::RuleForm;
use super::{list_of, of_settings, one, require_manager};
use crate::Server;
use crate::portals::failure::Failure;
use crate::portals::policy_page::{self, CHANGE, REMOVE, SubmittedForm};
use crate::tenants::SettingsChange;
use crate::tenants::grant_policies::{AssignedPolicy, Side, operations, store};
use crate::tenants::operations::{Part, change_settings, get_settings};
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::visitor::Visitor;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::Arc;

/// The form that adds conditions.
pub(super) const ADD: &str = "add";

/// `POST /portal/{tenant}/consent-rules/{grant_policy}/{part}`
pub(super) async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, rule, part)): Path<(String, String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let (fields, list) = (Fields::parse(&body), list_of(&visitor));
    let sent = SubmittedForm { list: &list, policy: &rule, part: &part, fields: &fields };
    let outcome = change(&server, &visitor, &headers, sent).await;
    policy_page::respond(&server, &visitor, sent, outcome, one::page(&server, &visitor, &rule)).await
}

async fn change(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    sent: SubmittedForm<'_>,
) -> Result<(), Failure> {
    let SubmittedForm { list, policy: rule, part, fields } = sent;
    require_manager(visitor)?;
    visitor.spend_for(server, headers, fields.get("csrf"), list).await?;
    let caller = &visitor.caller;
    match part {
        CHANGE => Ok(operations::change(server, caller, rule, RuleForm::read(fields).change(sent.seen())).await?),
        ADD => {
            operations::check_exists(server, caller, rule).await?;
            let mut tx = server.read().await?;
            let added = ConditionsForm::read(fields).set(server, &mut tx, caller.tenant).await?;
            drop(tx);
            Ok(operations::add_set(server, caller, rule, added).await?)
        }
        "take" => {
            let (name, set) = fields.get("set").split_once('.').ok_or(Problem::BadRequest)?;
            let side = Side::parse(name).ok_or(Problem::BadRequest)?;
            Ok(operations::remove_set(server, caller, rule, (side, set)).await?)
        }
        "assign" => assign(server, visitor, rule, true).await,
        "unassign" => assign(server, visitor, rule, false).await,
        REMOVE => Ok(operations::delete(server, caller, rule, None).await?),
        _ => Err(Problem::NotFound.into()),
    }
}

/// Lets a rule hold beside what holds already, or hold no more.
async fn assign(server: &Server, visitor: &Visitor, rule: &str, holds: bool) -> Result<(), Failure> {
    let (caller, id) = (&visitor.caller, rule.to_lowercase());
    let found = store::find(&mut server.read().await?, caller.tenant, &id).await?;
    found.ok_or(Problem::NotFound)?;
    let settings = get_settings(server, caller, Part::Authorization).await.map_err(of_settings)?;
    let own = AssignedPolicy::Custom(id);
    let mut policies = settings.consent_policies.0;
    policies.retain(|policy| *policy != own);
    if holds {
        policies.push(own);
    }
    let change = SettingsChange {
        consent_policies: Some(policies),
        of_version: Some(settings.version),
        ..SettingsChange::default()
    };
    change_settings(server, caller, Part::Authorization, change).await.map_err(of_settings)
}
