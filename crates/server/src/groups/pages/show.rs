//! One group with everything about it.

use super::{require_role, require_sight, written};
use crate::Server;
use crate::changes::Kind;
use crate::graph::query::Place;
use crate::groups::graph::own::state;
use crate::groups::store::{self, Linked, Window};
use crate::groups::{Group, GroupError, Relation, Visibility, rights};
use crate::platform::ids::GroupId;
use crate::users::UserType;
use crate::web::address::PageAddress;
use crate::web::complaint::Complaint;
use crate::web::failed_form::FailedForm;
use crate::web::fields::Fields;
use crate::web::pages::Problem;
use crate::web::paging::Edge;
use crate::web::path::Path;
use crate::web::picks::Picking;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::question::{ButtonForm, Question};
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use crate::web::{dates, names};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use database::Transaction;
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// Members of one page.
const PAGE: u32 = 25;

/// Owners that are shown; a group has no more.
const OWNERS: u32 = 100;

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    after: Option<Uuid>,
    pick: String,
    ask: String,
    object: Option<Uuid>,
    done: String,
}

/// What the page shows.
#[derive(Template)]
#[template(path = "groups/pages/show.html")]
pub struct ShowPage {
    inside: Inside,
    here: String,
    group: Group,
    made: String,
    may_change: bool,
    /// Whether the visitor says by which rule people belong to it.
    may_rule: bool,
    /// Where somebody from outside is invited into it.
    invite_href: String,
    /// For whom members can be picked: they are chosen by hand, and the visitor may do it.
    picks: Option<Picking>,
    members: Vec<Row>,
    owners: Vec<Row>,
    first: Option<String>,
    next: Option<String>,
    evaluation: Option<Told>,
    question: Option<Question>,
    done: &'static str,
    /// The form that did nothing, with what was written.
    pub sent: FailedForm,
}

/// Somebody or something that hangs on the group.
struct Row {
    id: Uuid,
    name: String,
    detail: String,
    initials: String,
    is_guest: bool,
    kind: &'static str,
    href: Option<String>,
}

/// How far the rule was evaluated.
struct Told {
    shape: &'static str,
    word: &'static str,
    at: Option<String>,
    error: String,
}

/// `GET /portal/{tenant}/groups/{group}`
pub async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, group)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = page(&server, &visitor, &group, &wanted).await;
    visitor.respond(&server, page)
}

/// Reads everything the page shows.
pub async fn page(server: &Server, visitor: &Visitor, group: &str, wanted: &Wanted) -> Result<ShowPage, Refusal> {
    let caller = &visitor.caller;
    let id: GroupId = group.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = server.read().await?;
    require_sight(&mut tx, caller, id).await?;
    let group = store::find(&mut tx, caller.tenant, id).await?.ok_or(Problem::NotFound)?;
    let after = match wanted.after {
        Some(object) => store::find_object(&mut tx, caller.tenant, object).await?.map(|(kind, _)| (kind, object)),
        None => None,
    };
    let (mut members, owners) = lists(&mut tx, &group, after).await?;
    let evaluation = store::find_evaluation(&mut tx, caller.tenant, id).await?;
    let may_change = match rights::check_change(&mut tx, caller, &group, &rights::WRITE).await {
        Ok(()) => true,
        Err(GroupError::Storage(error)) => return Err(error.into()),
        Err(_) => false,
    };
    let here = format!("{}/groups/{id}", visitor.base());
    let question = question(&mut tx, &group, &here, wanted).await?;
    drop(tx);
    let has_more = members.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    members.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let base = visitor.base();
    // What stands behind a name opens for those who work here.
    let linked = require_role(caller).is_ok().then_some(base.as_str());
    Ok(ShowPage {
        inside: visitor.inside(server, Section::Groups),
        made: dates::day(group.created_at),
        may_change,
        may_rule: may_change && rights::check_rule(caller).is_ok(),
        invite_href: format!("{base}/invitations/new?group={id}"),
        picks: (may_change && !group.is_dynamic()).then(|| {
            let members = PageAddress::new(here.clone());
            Picking::of(&members, Some(wanted.pick.as_str()), |list| list.beginning_at(wanted.after.map(Edge::After)))
        }),
        first: after.map(|_| here.clone()),
        next: members.last().filter(|_| has_more).map(|last| format!("{here}?after={}", last.id)),
        members: members.into_iter().map(|object| row(linked, object)).collect(),
        owners: owners.into_iter().map(|object| row(linked, object)).collect(),
        evaluation: evaluation.map(|evaluation| told(&group, &evaluation)),
        question: question.filter(|_| may_change),
        done: done(&wanted.done),
        sent: FailedForm::default(),
        here,
        group,
    })
}

/// The members of one page, with one more if there is one, and the owners.
async fn lists(
    tx: &mut Transaction,
    group: &Group,
    after: Option<(Kind, Uuid)>,
) -> database::Result<(Vec<Linked>, Vec<Linked>)> {
    let place = after.map(|(kind, id)| Place { key: Some(kind.as_str().to_owned()), id });
    let window = Window { kind: None, condition: None, after: place.as_ref() };
    let members = store::list_linked(tx, group.tenant_id, (Relation::Members, group.id), &window, PAGE + 1).await?;
    let window = Window { kind: None, condition: None, after: None };
    let owners = store::list_linked(tx, group.tenant_id, (Relation::Owners, group.id), &window, OWNERS).await?;
    Ok((members, owners))
}

fn row(linked: Option<&str>, object: Linked) -> Row {
    let is_guest = object.user_type == Some(UserType::Guest);
    let page = |part: &str| linked.map(|base| format!("{base}/{part}/{}", object.id));
    let (kind, href) = match object.kind {
        Kind::User => (if is_guest { "Guest" } else { "Member" }, page("users")),
        Kind::Group => ("Group", page("groups")),
        Kind::ServicePrincipal | Kind::Application | Kind::Grant => ("Program", None),
        Kind::DirectoryRole => ("Role", None),
    };
    Row {
        id: object.id,
        initials: names::initials(&object.display_name),
        name: object.display_name,
        detail: object.principal_name.unwrap_or_default(),
        is_guest,
        kind,
        href,
    }
}

fn told(group: &Group, evaluation: &store::Evaluation) -> Told {
    let (shape, word) = match state(group, evaluation) {
        "failed" => ("stop", "The rule cannot be read"),
        "paused" => ("gone", "Paused: nobody comes or goes"),
        "waiting" => ("wait", "Everybody is being looked at"),
        _ => ("in-s", "Up to date"),
    };
    Told {
        shape,
        word,
        at: evaluation.evaluated_at.map(dates::day),
        error: evaluation.error.clone().unwrap_or_default(),
    }
}

/// What is asked before something is taken away.
async fn question(
    tx: &mut Transaction,
    group: &Group,
    here: &str,
    wanted: &Wanted,
) -> Result<Option<Question>, Refusal> {
    let asked = |text: String, consequence: &str, yes: ButtonForm| Question {
        text,
        consequences: vec![consequence.to_owned()],
        yes,
        is_severe: true,
    };
    if wanted.ask == "remove" {
        let action = format!("{here}/remove");
        return Ok(Some(asked(
            format!("Remove {}?", group.display_name),
            "Whoever has access to apps by this group loses it. It is kept for 30 days.",
            ButtonForm { action, fields: Vec::new(), verb: "Remove 1 group".to_owned() },
        )));
    }
    let (part, consequence, verb) = match wanted.ask.as_str() {
        "remove-member" => {
            ("remove-member", "Access to apps that came by this group ends with it.", "Take out 1 member")
        }
        "remove-owner" => ("remove-owner", "They cannot change the group any more.", "Take 1 owner"),
        _ => return Ok(None),
    };
    let Some(object) = wanted.object else { return Ok(None) };
    let found = store::find_object(tx, group.tenant_id, object).await?;
    Ok(found.map(|(_, name)| {
        let fields = vec![("object", object.to_string())];
        let yes = ButtonForm { action: format!("{here}/{part}"), fields, verb: verb.to_owned() };
        asked(format!("Take {name} out of {}?", group.display_name), consequence, yes)
    }))
}

fn done(part: &str) -> &'static str {
    match part {
        "change" => "The group was changed.",
        "restored" => "The group was brought back.",
        "rule" => "The rule was kept. Everybody is looked at in the background.",
        "add-member" => "The member was added.",
        "remove-member" => "The member was taken out.",
        "add-owner" => "The owner was added.",
        "remove-owner" => "The owner was taken.",
        _ => "",
    }
}

impl ShowPage {
    /// With a form that was out of date: its fields show what is stored, and what was written stands beside them.
    pub fn with_late(self, part: &str, fields: &Fields) -> Self {
        let others = written::other_than_stored(&self.group, part, fields);
        Self { sent: FailedForm::late(Complaint::at("", written::STALE), others), ..self }
    }

    /// The version that a form shows; one that did nothing keeps what it showed, with what was written.
    fn seen(&self, part: &str) -> String {
        self.sent.text(part, "seen", self.group.version.to_string())
    }

    /// The visibility that is chosen in the form; empty for none.
    fn visibility(&self) -> &str {
        let kept = self.group.visibility.map_or("", Visibility::as_str);
        self.sent.written("change").map_or(kept, |fields| fields.get("visibility"))
    }

    /// Whether the box is ticked that lets the rule decide.
    fn is_on(&self) -> bool {
        self.sent.is_ticked("rule", "on", "1", written::is_on(&self.group))
    }
}
