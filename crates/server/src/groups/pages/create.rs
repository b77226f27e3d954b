//! A new group.

use super::trouble::{Feedback, Trouble};
use super::{named, require_maker};
use crate::Server;
use crate::graph::Caller;
use crate::groups::GroupError;
use crate::groups::change::{self, Changes, NewGroup};
use crate::groups::group::{GroupType, RuleState};
use crate::groups::{operations, rights};
use crate::web::answer;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::sync::Arc;

/// The fields that stand folded, because most people need none of them.
const FOLDED: [&str; 3] = ["nickname", "unique", "visibility"];

#[derive(Template)]
#[template(path = "groups/pages/create.html")]
struct CreatePage {
    inside: Inside,
    groups_href: String,
    /// What was written into the form.
    fields: Fields,
    /// Whether the visitor says by which rule people belong to it.
    may_rule: bool,
    /// Whether the visitor makes groups that roles can be given to.
    may_assign: bool,
    /// Whether the visitor makes others.
    may_make_plain: bool,
    feedback: Feedback,
}

/// `GET /portal/{tenant}/groups/new`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor) -> Response {
    let page = require_maker(&visitor.caller).map(|()| page(&server, &visitor, Fields::default(), Feedback::default()));
    visitor.respond(&server, page)
}

/// `POST /portal/{tenant}/groups/new`
pub async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    match create(&server, &visitor, &headers, &fields).await {
        Ok(group) => answer::see_other(&group),
        Err(Trouble::Refused(refusal)) => visitor.refuse(&server, refusal),
        // What is made now has no page that would be out of date.
        Err(Trouble::Stale) => visitor.refuse(&server, Problem::Failure.into()),
        Err(Trouble::Said(complaint)) => {
            answer::page(StatusCode::BAD_REQUEST, &page(&server, &visitor, fields, complaint.into()))
        }
    }
}

/// Makes the group; where its page is.
async fn create(server: &Server, visitor: &Visitor, headers: &HeaderMap, fields: &Fields) -> Result<String, Trouble> {
    require_maker(&visitor.caller)?;
    let groups = format!("{}/groups", visitor.base());
    visitor.spend_for(server, headers, fields.get("csrf"), &groups).await?;
    let new = read(server, &visitor.caller, fields).await?;
    let made = operations::create(server, &visitor.caller, &new).await;
    let group = made.map_err(|error| refused(error, &new))?;
    Ok(format!("{groups}/{}", group.id))
}

/// What the form asks for. Whoever gives roles and manages no groups may have left out what makes it theirs to make.
async fn read(server: &Server, caller: &Caller, fields: &Fields) -> Result<NewGroup, Trouble> {
    let is_assignable_to_role = fields.is_ticked("roles");
    if !is_assignable_to_role && rights::check_create(caller, false).is_err() {
        return Err(Trouble::at("roles", "You make only groups that roles can be given to."));
    }
    let properties = properties(fields)?;
    let unique_name = fields.filled("unique").map(change::unique_name).transpose()?;
    let mut tx = server.read().await?;
    let members = named::find_all(&mut tx, caller, fields, "members").await?;
    let owners = named::find_all(&mut tx, caller, fields, "owners").await?;
    Ok(NewGroup { properties, is_assignable_to_role, unique_name, members, owners })
}

/// What the group is like.
fn properties(fields: &Fields) -> Result<Changes, Trouble> {
    let name = change::display_name(fields.get("name"))?;
    let description = change::description(fields.filled("description"))?;
    let nickname = fields.filled("nickname").unwrap_or_else(|| nickname(&name));
    let rule = change::membership_rule(fields.filled("rule"))?;
    let is_paused = fields.is_ticked("paused");
    if is_paused && rule.is_none() {
        return Err(Trouble::at("rule", "Rule: without one there is nothing to pause."));
    }
    let state = if is_paused { RuleState::Paused } else { RuleState::On };
    Ok(Changes {
        display_name: Some(name),
        description: Some(description),
        mail_nickname: Some(change::mail_nickname(nickname)?),
        visibility: Some(change::visibility(fields.filled("visibility").as_deref())?),
        group_type: rule.is_some().then_some(Some(GroupType::DynamicMembership)),
        membership_rule_state: rule.is_some().then_some(Some(state)),
        membership_rule: rule.map(Some),
        ..Changes::default()
    })
}

/// `mailNickname` for a group without a mailbox: the letters and digits of its name.
fn nickname(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    if letters.is_empty() { "group".to_owned() } else { letters }
}

/// What the operation refuses, at its field.
fn refused(error: GroupError, new: &NewGroup) -> Trouble {
    match error {
        GroupError::NoObject(id) => {
            let is_owner = new.owners.iter().any(|owner| owner.id == id);
            let field = if is_owner { "owners" } else { "members" };
            Trouble::at(field, format!("{id}: Nobody and nothing here has this id."))
        }
        error @ GroupError::Dynamic => Trouble::from(error).about("members"),
        error => error.into(),
    }
}

fn page(server: &Server, visitor: &Visitor, fields: Fields, feedback: Feedback) -> CreatePage {
    let caller = &visitor.caller;
    CreatePage {
        inside: visitor.inside(server, Section::Groups),
        groups_href: format!("{}/groups", visitor.base()),
        fields,
        may_rule: rights::check_rule(caller).is_ok(),
        may_assign: rights::check_create(caller, true).is_ok(),
        may_make_plain: rights::check_create(caller, false).is_ok(),
        feedback,
    }
}

impl CreatePage {
    /// Whether roles can be given to it, as far as the form says so. It begins with the only answer there is for the visitor.
    fn is_assignable(&self) -> bool {
        if self.feedback.is_any() { self.fields.is_ticked("roles") } else { !self.may_make_plain }
    }

    fn is_unfolded(&self) -> bool {
        FOLDED.into_iter().any(|field| self.fields.filled(field).is_some() || !self.feedback.at(field).is_empty())
    }
}
