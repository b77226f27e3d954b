//! The page of one role: who holds it, and what is asked before it is taken.

use super::refusal;
use super::shown::Shown;
use crate::Server;
use crate::applications::operations::may_write;
use crate::directory_roles::{self, Holder, operations};
use crate::graph::query::Slice;
use crate::graph::{Caller, Role};
use crate::groups::store::Window;
use crate::groups::{self, Relation};
use crate::platform::ids::{PrincipalId, TenantId};
use crate::portals::guest::counted;
use crate::portals::require_role;
use crate::service_principals::{self, SERVICE_PRINCIPAL};
use crate::web::address::PageAddress;
use crate::web::pages::Problem;
use crate::web::paging::Edge;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::question::{ButtonForm, Done, Question};
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use database::Transaction;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "portals/roles/one.html")]
pub(super) struct RolePage {
    inside: Inside,
    pub(super) done: Option<Done>,
    question: Option<Question>,
    pub(super) mistakes: Vec<(String, String)>,
    /// Whether a form was refused that showed what does not hold any more.
    pub(super) is_stale: bool,
    name: &'static str,
    description: &'static str,
    pub(super) path: String,
    holders: Vec<Held>,
    first: Option<String>,
    next: Option<String>,
    /// Whether there are more holders than stand on a page.
    is_long: bool,
    /// What is looked for among them.
    q: String,
    /// How many were found, where something is looked for.
    summary: String,
    /// What was typed, for who may give the role.
    pub(super) who: Option<String>,
    call: String,
}

/// A row of the list.
struct Held {
    id: PrincipalId,
    name: String,
    detail: String,
    kind: &'static str,
    href: Option<String>,
}

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    q: String,
    ask: Option<PrincipalId>,
    after: Option<PrincipalId>,
}

/// `GET /portal/{tenant}/roles/{slug}`
pub(super) async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, slug)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = read(&server, &visitor, &slug, wanted).await;
    visitor.respond(&server, page)
}

/// Reads everything the page shows.
pub(super) async fn read(server: &Server, visitor: &Visitor, slug: &str, wanted: Wanted) -> Result<RolePage, Refusal> {
    let caller = &visitor.caller;
    require_role(caller)?;
    let role = Role::from_slug(slug).ok_or(Problem::NotFound)?;
    let may_change = operations::may_change(caller);
    let behind = match wanted.after {
        // Who has gone meanwhile is no place any more: the list begins with its first page.
        Some(id) => operations::find_holders(server, caller, &[id]).await.map_err(refusal)?.pop(),
        None => None,
    };
    let q = wanted.q.trim();
    let shown = Shown::read(server, caller, role, (behind.as_ref(), q)).await.map_err(refusal)?;
    let mut tx = server.read().await?;
    let apps = apps(&mut tx, caller, &shown.holders).await?;
    let base = visitor.base();
    let path = format!("{base}/roles/{slug}");
    let question = match wanted.ask.filter(|_| may_change) {
        Some(id) => question(&mut tx, caller.tenant, (role, id), &path).await?,
        None => None,
    };
    drop(tx);
    let address = PageAddress::new(path.clone()).set("q", Some(q).filter(|q| !q.is_empty()));
    Ok(RolePage {
        inside: visitor.inside(server, Section::Roles),
        done: None,
        question,
        mistakes: Vec::new(),
        is_stale: false,
        name: role.name(),
        description: role.description(),
        path,
        holders: shown.holders.iter().map(|holder| held(&base, &apps, holder)).collect(),
        is_long: !q.is_empty() || behind.is_some() || shown.next.is_some(),
        first: behind.map(|_| address.to_string()),
        next: shown.next.map(|last| address.at(Edge::After(last))),
        summary: shown.summary,
        q: wanted.q,
        who: may_change.then(String::new),
        call: format!("/v1.0/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '{}'", role.id()),
    })
}

/// Where the apps among these are looked after, for whoever may open every app.
async fn apps(
    tx: &mut Transaction,
    caller: &Caller,
    shown: &[Holder],
) -> database::Result<HashMap<PrincipalId, String>> {
    let is_app = |holder: &&Holder| matches!(holder, Holder::Program(_));
    let ids: Vec<Uuid> = shown.iter().filter(is_app).map(|holder| holder.id().0).collect();
    if ids.is_empty() || !may_write(caller) {
        return Ok(HashMap::new());
    }
    let slice = Slice::of_ids(&SERVICE_PRINCIPAL, &ids);
    let found = service_principals::store::list_slice(tx, caller.tenant, &slice).await?;
    let page = |app: &service_principals::ServicePrincipal| match app.application_id {
        Some(registered) => Some(registered.to_string()),
        None => app.is_foreign().then(|| format!("foreign/{}", app.id)),
    };
    Ok(found.iter().filter_map(|app| Some((app.id.into(), page(app)?))).collect())
}

fn held(base: &str, apps: &HashMap<PrincipalId, String>, holder: &Holder) -> Held {
    let (kind, href) = match holder {
        Holder::User(user) if user.is_guest() => ("Guest", Some(format!("{base}/users/{}", user.id))),
        Holder::User(user) => ("Member", Some(format!("{base}/users/{}", user.id))),
        Holder::Program(_) => ("App", apps.get(&holder.id()).map(|app| format!("{base}/apps/{app}"))),
        Holder::Group(group) => ("Group", Some(format!("{base}/groups/{}", group.id))),
    };
    Held { id: holder.id(), name: holder.name().to_owned(), detail: holder.detail(), kind, href }
}

/// What follows when this one holds the role no more; nothing about who does not hold it.
async fn question(
    tx: &mut Transaction,
    tenant: TenantId,
    (role, id): (Role, PrincipalId),
    path: &str,
) -> database::Result<Option<Question>> {
    if !directory_roles::store::list(tx, tenant, id).await?.contains(&role) {
        return Ok(None);
    }
    let Some(holder) = directory_roles::store::find_holder(tx, tenant, id).await? else { return Ok(None) };
    let all = directory_roles::store::count_holders(tx, tenant, role, None).await?;
    let name = holder.name();
    let who = if let Holder::Group(group) = &holder {
        let window = Window { kind: None, condition: None, after: None };
        let members = groups::store::count_linked(tx, tenant, Relation::Members, &[group.id], &window).await?;
        let members = counted(usize::try_from(members).unwrap_or(0), "member", "members");
        format!(
            "The group has {members}. From the next page or call on, they may not do any more what the role allows, unless \
             they hold it otherwise."
        )
    } else if has_by_group(tx, tenant, role, &holder).await? {
        format!("{name} may still do what the role allows: a group of theirs holds it too.")
    } else {
        format!("From the next page or call on, {name} may not do any more what the role allows.")
    };
    let others = match usize::try_from(all).unwrap_or(0).saturating_sub(1) {
        0 => "Nobody else holds it.".to_owned(),
        others => format!("{} it.", counted(others, "other holds", "others hold")),
    };
    let seen = operations::mark(tx, tenant, role, id).await?;
    Ok(Some(Question {
        text: format!("Take the role {} from {name}?", role.name()),
        consequences: vec![format!("{who} {others} The role can be given again.")],
        yes: ButtonForm { action: format!("{path}/take"), fields: fields(id, seen), verb: "Take 1 role".to_owned() },
        is_severe: true,
    }))
}

/// What a form carries that gives or takes the role: whom it is about, and what the audit said of both.
pub(super) fn fields(holder: PrincipalId, seen: String) -> Vec<(&'static str, String)> {
    vec![("holder", holder.to_string()), ("seen", seen)]
}

/// Whether somebody has the role by a group as well, which no guest has.
async fn has_by_group(tx: &mut Transaction, tenant: TenantId, role: Role, holder: &Holder) -> database::Result<bool> {
    if matches!(holder, Holder::User(user) if user.is_guest()) {
        return Ok(false);
    }
    Ok(directory_roles::store::list_by_groups(tx, tenant, holder.id()).await?.contains(&role))
}

impl RolePage {
    /// What is wrong with what was typed, or nothing.
    fn mistake(&self) -> &str {
        self.mistakes.first().map_or("", |(_, sentence)| sentence)
    }
}
