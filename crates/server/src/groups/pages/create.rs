//! A new group.

use super::require_manager;
use super::trouble::{Complaint, Trouble, links, said_at};
use crate::Server;
use crate::groups::change::{self, Changes, NewGroup};
use crate::groups::group::GroupType;
use crate::groups::operations;
use crate::web::answer;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "groups/pages/create.html")]
struct CreatePage {
    inside: Inside,
    groups_href: String,
    name: String,
    description: String,
    rule: String,
    complaint: Option<Complaint>,
}

/// `GET /portal/{tenant}/groups/new`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor) -> Response {
    let page = require_manager(&visitor.caller).map(|()| page(&server, &visitor, &Fields::default(), None));
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
        Err(Trouble::Said(complaint)) => {
            answer::page(StatusCode::BAD_REQUEST, &page(&server, &visitor, &fields, Some(complaint)))
        }
    }
}

/// Makes the group; where its page is.
async fn create(server: &Server, visitor: &Visitor, headers: &HeaderMap, fields: &Fields) -> Result<String, Trouble> {
    require_manager(&visitor.caller)?;
    let groups = format!("{}/groups", visitor.base());
    visitor.spend(server, headers, fields.get("csrf")).await.map_err(|refusal| refusal.leading_to(groups.clone()))?;
    let name = change::display_name(fields.get("name"))?;
    let rule = change::membership_rule(fields.filled("rule"))?;
    let properties = Changes {
        mail_nickname: Some(change::mail_nickname(nickname(&name))?),
        display_name: Some(name),
        description: Some(change::description(fields.filled("description"))?),
        group_type: rule.is_some().then_some(Some(GroupType::DynamicMembership)),
        membership_rule: rule.map(Some),
        ..Changes::default()
    };
    let (members, owners) = (Vec::new(), Vec::new());
    let new = NewGroup { properties, is_assignable_to_role: false, unique_name: None, members, owners };
    let group = operations::create(server, &visitor.caller, &new).await?;
    Ok(format!("{groups}/{}", group.id))
}

/// `mailNickname` for a group without a mailbox: the letters and digits of its name.
fn nickname(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    if letters.is_empty() { "group".to_owned() } else { letters }
}

fn page(server: &Server, visitor: &Visitor, fields: &Fields, complaint: Option<Complaint>) -> CreatePage {
    CreatePage {
        inside: visitor.inside(server, Section::Groups),
        groups_href: format!("{}/groups", visitor.base()),
        name: fields.get("name").to_owned(),
        description: fields.get("description").to_owned(),
        rule: fields.get("rule").to_owned(),
        complaint,
    }
}

impl CreatePage {
    fn error(&self, field: &str) -> &str {
        said_at(self.complaint.as_ref(), field)
    }

    fn links(&self) -> Vec<(&'static str, &str)> {
        links(self.complaint.as_ref())
    }
}
