//! The forms of one rule. Each changes one thing and leads back to the page.

use super::conditions::ConditionsForm;
use super::words::side;
use super::{Failure, one, require_manager};
use crate::Server;
use crate::tenants::SettingsChange;
use crate::tenants::grant_policies::operations::{self, PolicyChange};
use crate::tenants::grant_policies::{AssignedPolicy, store};
use crate::tenants::operations::{Part, change_settings, get_settings};
use crate::web::answer;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::visitor::Visitor;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::Arc;

/// `POST /portal/{tenant}/consent-rules/{grant_policy}/{part}`
pub(super) async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, rule, part)): Path<(String, String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let list = format!("{}/consent-rules", visitor.base());
    let failure = match change(&server, &visitor, (&headers, &fields), (&rule, &part)).await {
        Ok(()) if part == "remove" => return answer::see_other(&format!("{list}?done=removed")),
        Ok(()) => return answer::see_other(&format!("{list}/{rule}?done={part}")),
        Err(Failure::Refusal(refusal)) => return visitor.refuse(&server, refusal),
        Err(failure) => failure,
    };
    let shown = one::page(&server, &visitor, &rule).await;
    match shown.and_then(|page| page.after((&part, &fields), failure)) {
        Ok((status, page)) => answer::page(status, &page),
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn change(
    server: &Server,
    visitor: &Visitor,
    (headers, fields): (&HeaderMap, &Fields),
    (rule, part): (&str, &str),
) -> Result<(), Failure> {
    require_manager(visitor)?;
    let spent = visitor.spend(server, headers, fields.get("csrf")).await;
    spent.map_err(|refusal| refusal.leading_to(format!("{}/consent-rules", visitor.base())))?;
    let caller = &visitor.caller;
    match part {
        "change" => Ok(operations::change(server, caller, rule, named(fields)).await?),
        "add" => {
            operations::check_exists(server, caller, rule).await?;
            let mut tx = server.read().await?;
            let added = ConditionsForm::read(fields).set(server, &mut tx, caller.tenant).await?;
            drop(tx);
            Ok(operations::add_set(server, caller, rule, added).await?)
        }
        "take" => {
            let (name, set) = fields.get("set").split_once('.').ok_or(Problem::BadRequest)?;
            let side = side(name).ok_or(Problem::BadRequest)?;
            Ok(operations::remove_set(server, caller, rule, (side, set)).await?)
        }
        "assign" => assign(server, visitor, rule, true).await,
        "unassign" => assign(server, visitor, rule, false).await,
        "remove" => Ok(operations::delete(server, caller, rule, None).await?),
        _ => Err(Problem::NotFound.into()),
    }
}

/// The name and the description in the form.
fn named(fields: &Fields) -> PolicyChange {
    PolicyChange {
        display_name: Some(fields.get("displayName").to_owned()),
        description: Some(fields.filled("description")),
        // No rule has the version 0.
        of_version: Some(fields.get("seen").parse().unwrap_or(0)),
    }
}

/// Lets a rule hold beside what holds already, or hold no more.
async fn assign(server: &Server, visitor: &Visitor, rule: &str, holds: bool) -> Result<(), Failure> {
    let (caller, id) = (&visitor.caller, rule.to_lowercase());
    let found = store::find(&mut server.read().await?, caller.tenant, &id).await?;
    found.ok_or(Problem::NotFound)?;
    let settings = get_settings(server, caller, Part::Authorization).await?;
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
    Ok(change_settings(server, caller, Part::Authorization, change).await?)
}
