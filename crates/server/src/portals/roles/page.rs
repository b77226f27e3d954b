//! The pages.

use crate::Server;
use crate::directory_roles::{Holder, RoleError, operations};
use crate::graph::Role;
use crate::groups;
use crate::platform::ids::{ClientId, PrincipalId};
use crate::portals::require_role;
use crate::service_principals;
use crate::users::operations::{NotOne, find_by_address};
use crate::web::answer;
use crate::web::form::Form;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use std::sync::Arc;

pub(in crate::portals) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/roles", get(list))
        .route("/portal/{tenant}/roles/{slug}", get(one))
        .route("/portal/{tenant}/roles/{slug}/give", post(give))
        .route("/portal/{tenant}/roles/{slug}/take", post(take))
}

#[derive(Template)]
#[template(path = "portals/roles/list.html")]
struct RolesPage {
    inside: Inside,
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    description: &'static str,
    href: String,
    holders: String,
}

#[derive(Template)]
#[template(path = "portals/roles/one.html")]
struct RolePage {
    inside: Inside,
    done: Option<&'static str>,
    mistakes: Vec<(String, String)>,
    name: &'static str,
    description: &'static str,
    path: String,
    holders: Vec<Held>,
    first: Option<String>,
    next: Option<String>,
    /// What was typed, for who may give the role.
    who: Option<String>,
    call: String,
}

struct Held {
    id: PrincipalId,
    name: String,
    detail: String,
    kind: &'static str,
    href: Option<String>,
}

/// Holders of one page.
const PAGE: usize = 25;

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
    after: Option<PrincipalId>,
}

#[derive(Deserialize)]
struct GiveForm {
    #[serde(default)]
    csrf: String,
    /// A name or address of a person, or the client id of an app.
    #[serde(default)]
    who: String,
}

#[derive(Deserialize)]
struct TakeForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    holder: String,
}

/// Why nothing was changed.
enum Failure {
    /// What is wrong, as a sentence.
    Mistake(String),
    /// A page of its own.
    Refusal(Refusal),
}

impl From<database::Error> for Failure {
    fn from(error: database::Error) -> Self {
        Self::Refusal(error.into())
    }
}

impl From<RoleError> for Failure {
    fn from(error: RoleError) -> Self {
        Self::Mistake(match error {
            RoleError::Denied => return Self::Refusal(Problem::NotAllowed.into()),
            RoleError::Storage(error) => return error.into(),
            RoleError::NotFound(_) => "They do not hold the role any more.".to_owned(),
            RoleError::Held => "They hold the role already.".to_owned(),
            RoleError::Guest(role) => {
                format!("A guest cannot hold the role {}: the settings say so.", role.name())
            }
            RoleError::LastAdministrator => {
                "Nobody could look after the organisation any more. Give the role to somebody else first.".to_owned()
            }
        })
    }
}

async fn list(State(server): State<Arc<Server>>, visitor: Visitor) -> Response {
    let outcome = roles(&server, &visitor).await;
    visitor.respond(&server, outcome)
}

async fn roles(server: &Server, visitor: &Visitor) -> Result<RolesPage, Refusal> {
    require_role(&visitor.caller)?;
    let held = operations::assignments(server, &visitor.caller).await.map_err(refusal)?;
    let row = |role: &Role| Row {
        name: role.name(),
        description: role.description(),
        href: format!("{}/roles/{}", visitor.base(), role.slug()),
        holders: held.iter().filter(|one| one.role == *role).count().to_string(),
    };
    Ok(RolesPage { inside: visitor.inside(server, Section::Roles), rows: Role::ALL.iter().map(row).collect() })
}

async fn one(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, slug)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let done = match wanted.done.as_deref() {
        Some("given") => Some("The role was given. It holds from their next page or call on."),
        Some("taken") => Some("The role was taken. It ends with their next page or call."),
        _ => None,
    };
    let page = page(&server, &visitor, &slug, (wanted.after, String::new())).await;
    let page = page.map(|page| RolePage { done, ..page });
    visitor.respond(&server, page)
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    slug: &str,
    (after, who): (Option<PrincipalId>, String),
) -> Result<RolePage, Refusal> {
    require_role(&visitor.caller)?;
    let role = Role::from_slug(slug).ok_or(Problem::NotFound)?;
    let behind = match after {
        // Who has gone meanwhile is no place any more: the list begins with its first page.
        Some(id) => operations::find_holders(server, &visitor.caller, &[id]).await.map_err(refusal)?.pop(),
        None => None,
    };
    let behind = behind.map(|holder| (holder.kind(), holder.id().0));
    let limit = u32::try_from(PAGE + 1).unwrap_or(u32::MAX);
    let mut holders =
        operations::holders(server, &visitor.caller, role, (None, behind), limit).await.map_err(refusal)?;
    let has_more = holders.len() > PAGE;
    holders.truncate(PAGE);
    let path = format!("{}/roles/{slug}", visitor.base());
    Ok(RolePage {
        inside: visitor.inside(server, Section::Roles),
        done: None,
        mistakes: Vec::new(),
        name: role.name(),
        description: role.description(),
        first: behind.map(|_| path.clone()),
        next: holders.last().filter(|_| has_more).map(|last| format!("{path}?after={}", last.id())),
        path,
        holders: holders.iter().map(|holder| held(&visitor.base(), holder)).collect(),
        who: operations::may_change(&visitor.caller).then_some(who),
        call: format!("/v1.0/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '{}'", role.id()),
    })
}

fn held(base: &str, holder: &Holder) -> Held {
    let (kind, href) = match holder {
        Holder::User(user) if user.is_guest() => ("Guest", Some(format!("{base}/users/{}", user.id))),
        Holder::User(user) => ("Member", Some(format!("{base}/users/{}", user.id))),
        Holder::Program(_) => ("App", None),
        Holder::Group(group) => ("Group", Some(format!("{base}/groups/{}", group.id))),
    };
    Held { id: holder.id(), name: holder.name().to_owned(), detail: holder.detail(), kind, href }
}

async fn give(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, slug)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<GiveForm>,
) -> Response {
    let outcome = async {
        let role = begin(&server, &visitor, &slug, &headers, &form.csrf).await?;
        let principal = principal(&server, &visitor, form.who.trim()).await?;
        Ok(operations::give(&server, &visitor.caller, role, principal).await?)
    };
    answer(&server, &visitor, &slug, ("given", form.who.clone()), outcome.await).await
}

async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, slug)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<TakeForm>,
) -> Response {
    let outcome = async {
        let role = begin(&server, &visitor, &slug, &headers, &form.csrf).await?;
        let holder: PrincipalId = form.holder.parse().map_err(|_| Failure::Refusal(Problem::BadRequest.into()))?;
        Ok(operations::take(&server, &visitor.caller, role, holder).await?)
    };
    answer(&server, &visitor, &slug, ("taken", String::new()), outcome.await).await
}

/// Spends the form of whoever may, and reads the role.
async fn begin(
    server: &Server,
    visitor: &Visitor,
    slug: &str,
    headers: &HeaderMap,
    csrf: &str,
) -> Result<Role, Failure> {
    if !operations::may_change(&visitor.caller) {
        return Err(Failure::Refusal(Problem::NotAllowed.into()));
    }
    let role = Role::from_slug(slug).ok_or(Failure::Refusal(Problem::NotFound.into()))?;
    let address = format!("{}/roles/{slug}", visitor.base());
    let spent = visitor.spend(server, headers, csrf).await;
    spent.map_err(|refusal| Failure::Refusal(refusal.leading_to(address)))?;
    Ok(role)
}

async fn answer(
    server: &Server,
    visitor: &Visitor,
    slug: &str,
    (done, who): (&str, String),
    outcome: Result<(), Failure>,
) -> Response {
    match outcome {
        Ok(()) => answer::see_other(&format!("{}/roles/{slug}?done={done}", visitor.base())),
        Err(Failure::Refusal(refusal)) => visitor.refuse(server, refusal),
        Err(Failure::Mistake(sentence)) => match page(server, visitor, slug, (None, who)).await {
            Ok(page) => {
                let page = RolePage { mistakes: vec![("who".to_owned(), sentence)], ..page };
                answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page)
            }
            Err(refusal) => visitor.refuse(server, refusal),
        },
    }
}

/// Whom somebody means: an app by its client id, a person by their name or address, a group for roles by its whole name.
async fn principal(server: &Server, visitor: &Visitor, who: &str) -> Result<PrincipalId, Failure> {
    let mut tx = server.read().await?;
    if let Ok(client) = who.parse::<ClientId>() {
        let found = service_principals::store::find_by_client(&mut tx, visitor.caller.tenant, client).await?;
        return found
            .map(|program| program.id.into())
            .ok_or_else(|| Failure::Mistake("No app here has this id.".to_owned()));
    }
    match find_by_address(&mut tx, visitor.caller.tenant, who).await {
        Ok(user) => Ok(user.id.into()),
        Err(NotOne::Storage(error)) => Err(error.into()),
        Err(NotOne::Several) => {
            Err(Failure::Mistake("Several people have this address; use the name they have here.".to_owned()))
        }
        Err(NotOne::Nobody | NotOne::Form(_)) => {
            let mut found = groups::operations::with_name(&mut tx, visitor.caller.tenant, who).await?;
            found.retain(|group| group.is_assignable_to_role);
            match found.as_slice() {
                [only] => Ok(only.id.into()),
                _ => Err(Failure::Mistake("Nobody here has this address.".to_owned())),
            }
        }
    }
}

fn refusal(error: RoleError) -> Refusal {
    match error {
        RoleError::Storage(error) => error.into(),
        RoleError::NotFound(_) => Problem::NotFound.into(),
        _ => Problem::NotAllowed.into(),
    }
}

impl RolePage {
    /// What is wrong with what was typed, or nothing.
    fn mistake(&self) -> &str {
        self.mistakes.first().map_or("", |(_, sentence)| sentence)
    }
}
