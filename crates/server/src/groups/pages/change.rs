//! The forms of one group. Each changes one thing and leads back to the page.

use super::show::{self, Wanted};
use super::trouble::Trouble;
use super::{named, require_keeper, require_role};
use crate::Server;
use crate::groups::Relation;
use crate::groups::change::{self, Changes};
use crate::groups::group::{GroupType, RuleState};
use crate::groups::operations::{self, Key};
use crate::platform::ids::GroupId;
use crate::web::answer;
use crate::web::failed_form::FailedForm;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::visitor::Visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::sync::Arc;
use uuid::Uuid;

/// `POST /portal/{tenant}/groups/{group}/{part}`
pub async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, group, part)): Path<(String, String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let (status, complaint) = match change(&server, &visitor, &headers, (&group, &part), &fields).await {
        Ok(id) => return answer::see_other(&onward(&server, &visitor, id, &part).await),
        Err(Trouble::Refused(refusal)) => return visitor.refuse(&server, refusal),
        Err(Trouble::Said(complaint)) => (StatusCode::BAD_REQUEST, Some(complaint)),
        Err(Trouble::Stale) => (StatusCode::CONFLICT, None),
    };
    let shown = show::page(&server, &visitor, &group, &Wanted::default()).await.map(|mut page| match complaint {
        Some(complaint) => {
            page.sent = FailedForm::again(part, fields, complaint);
            page
        }
        None => page.with_late(&part, &fields),
    });
    visitor.respond_as(&server, status, shown)
}

/// The page that follows. Who does not see it any more, because they gave up what they answered for, goes on to My Apps.
async fn onward(server: &Server, visitor: &Visitor, id: GroupId, part: &str) -> String {
    let groups = format!("{}/groups", visitor.base());
    let is_removed = part == "remove";
    if require_role(&visitor.caller).is_err() && (is_removed || !is_theirs(server, visitor, id).await) {
        return format!("/myapps/{}", visitor.tenant_domain);
    }
    if is_removed { format!("{groups}?done=removed") } else { format!("{groups}/{id}?done={part}") }
}

/// Whether the visitor still looks after the group; as far as is known.
async fn is_theirs(server: &Server, visitor: &Visitor, id: GroupId) -> bool {
    match server.read().await {
        Ok(mut tx) => require_keeper(&mut tx, &visitor.caller, id).await.is_ok(),
        Err(_) => true,
    }
}

/// Carries out what a form asks; which group it was.
async fn change(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    (group, part): (&str, &str),
    fields: &Fields,
) -> Result<GroupId, Trouble> {
    let id: GroupId = group.parse().map_err(|_| Problem::NotFound)?;
    require_keeper(&mut server.read().await?, &visitor.caller, id).await?;
    visitor.spend_for(server, headers, fields.get("csrf"), &format!("{}/groups/{group}", visitor.base())).await?;
    let (caller, key) = (&visitor.caller, Key::Id(id));
    match part {
        "change" => keep(server, visitor, &key, about(fields)?, fields).await?,
        "rule" => keep(server, visitor, &key, rule(fields)?, fields).await?,
        "add-member" => add(server, visitor, &key, (Relation::Members, "member"), fields).await?,
        "add-owner" => add(server, visitor, &key, (Relation::Owners, "owner"), fields).await?,
        "remove-member" => operations::remove(server, caller, &key, Relation::Members, object(fields)?).await?,
        "remove-owner" => operations::remove(server, caller, &key, Relation::Owners, object(fields)?).await?,
        "remove" => operations::delete(server, caller, &key, None).await?,
        _ => return Err(Problem::NotFound.into()),
    }
    Ok(id)
}

/// Keeps what a form says, unless somebody stored something else after the page was opened.
async fn keep(server: &Server, visitor: &Visitor, key: &Key, changes: Changes, fields: &Fields) -> Result<(), Trouble> {
    let seen = fields.get("seen").parse().map_err(|_| Problem::BadRequest)?;
    operations::change(server, &visitor.caller, key, (Some(&changes), &[]), Some(seen)).await?;
    Ok(())
}

/// What the group is like. A property that the form does not hold stays as it is.
fn about(fields: &Fields) -> Result<Changes, Trouble> {
    let nickname = fields.all("nickname").first().map(|text| change::mail_nickname(text.trim().to_owned()));
    let visibility = fields.all("visibility").first().map(|text| Some(*text).filter(|text| !text.is_empty()));
    Ok(Changes {
        display_name: Some(change::display_name(fields.get("name"))?),
        description: Some(change::description(fields.filled("description"))?),
        mail_nickname: nickname.transpose()?,
        visibility: visibility.map(change::visibility).transpose()?,
        ..Changes::default()
    })
}

/// A rule makes the group one that follows it; without one its members are chosen.
fn rule(fields: &Fields) -> Result<Changes, Trouble> {
    let Some(rule) = change::membership_rule(fields.filled("rule"))? else {
        return Ok(Changes { group_type: Some(None), ..Changes::default() });
    };
    let state = if fields.is_ticked("on") { RuleState::On } else { RuleState::Paused };
    Ok(Changes {
        group_type: Some(Some(GroupType::DynamicMembership)),
        membership_rule: Some(Some(rule)),
        membership_rule_state: Some(Some(state)),
        ..Changes::default()
    })
}

fn object(fields: &Fields) -> Result<Uuid, Trouble> {
    fields.get("object").parse().map_err(|_| Problem::BadRequest.into())
}

async fn add(
    server: &Server,
    visitor: &Visitor,
    key: &Key,
    (relation, field): (Relation, &'static str),
    fields: &Fields,
) -> Result<(), Trouble> {
    let found = named::find(&mut server.read().await?, &visitor.caller, fields.get(field)).await;
    let object = found.map_err(|trouble| trouble.about(field))?;
    let added = operations::add(server, &visitor.caller, key, relation, object).await;
    added.map_err(|error| Trouble::from(error).about(field))
}
