//! Giving and taking a role. The answer is the page of the role, with the button that undoes it: an address that offered the
//! same could be sent to somebody who did nothing.

use super::one::{self, Wanted};
use super::refusal;
use crate::Server;
use crate::directory_roles::{RoleError, operations};
use crate::graph::Role;
use crate::groups;
use crate::platform::ids::{ClientId, PrincipalId};
use crate::service_principals;
use crate::users::operations::{NotOne, find_by_address};
use crate::web::answer;
use crate::web::form::Form;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::question::{ButtonForm, Done};
use crate::web::visitor::Visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct GiveForm {
    #[serde(default)]
    csrf: String,
    /// A name or address of a person, the client id of an app, or the whole name of a group.
    #[serde(default)]
    who: String,
    /// Whoever held it before, where taking is undone.
    #[serde(default)]
    holder: String,
    /// What the page showed of the role and that holder.
    #[serde(default)]
    seen: String,
}

#[derive(Deserialize)]
pub(super) struct TakeForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    holder: String,
    /// What the page showed of the role and the holder.
    #[serde(default)]
    seen: String,
}

/// What was done to whom.
enum RoleChange {
    Given(PrincipalId),
    Taken(PrincipalId),
}

/// Why nothing was changed.
enum Failure {
    /// What is wrong, as a sentence.
    Mistake(String),
    /// The role was given or taken since the page was opened.
    Stale,
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
            RoleError::Changed => return Self::Stale,
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

/// `POST /portal/{tenant}/roles/{slug}/give`
pub(super) async fn give(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, slug)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<GiveForm>,
) -> Response {
    let outcome = async {
        let role = begin(&server, &visitor, &slug, &headers, &form.csrf).await?;
        let caller = &visitor.caller;
        let holder = if form.holder.is_empty() {
            let holder = principal(&server, &visitor, form.who.trim()).await?;
            operations::give(&server, caller, role, holder).await?;
            holder
        } else {
            let holder = parse(&form.holder)?;
            operations::give_as_seen(&server, caller, role, holder, &form.seen).await?;
            holder
        };
        Ok(RoleChange::Given(holder))
    };
    answer(&server, &visitor, &slug, form.who.clone(), outcome.await).await
}

/// `POST /portal/{tenant}/roles/{slug}/take`
pub(super) async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, slug)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<TakeForm>,
) -> Response {
    let outcome = async {
        let role = begin(&server, &visitor, &slug, &headers, &form.csrf).await?;
        let holder = parse(&form.holder)?;
        operations::take_as_seen(&server, &visitor.caller, role, holder, &form.seen).await?;
        Ok(RoleChange::Taken(holder))
    };
    answer(&server, &visitor, &slug, String::new(), outcome.await).await
}

fn parse(holder: &str) -> Result<PrincipalId, Failure> {
    holder.parse().map_err(|_| Failure::Refusal(Problem::BadRequest.into()))
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
    visitor.spend_for(server, headers, csrf, &address(visitor, slug)).await.map_err(Failure::Refusal)?;
    Ok(role)
}

fn address(visitor: &Visitor, slug: &str) -> String {
    format!("{}/roles/{slug}", visitor.base())
}

async fn answer(
    server: &Server,
    visitor: &Visitor,
    slug: &str,
    who: String,
    outcome: Result<RoleChange, Failure>,
) -> Response {
    let (status, page) = match outcome {
        // What the visitor may do has changed: the page is theirs from the next request on, if it is.
        Ok(RoleChange::Given(holder) | RoleChange::Taken(holder)) if is_visitor(visitor, holder) => {
            return answer::see_other(&address(visitor, slug));
        }
        Ok(change) => (StatusCode::OK, after(server, visitor, slug, change).await),
        Err(Failure::Refusal(refusal)) => return visitor.refuse(server, refusal),
        Err(Failure::Stale) => {
            let page = one::read(server, visitor, slug, Wanted::default()).await;
            let page = page.map(|mut page| {
                page.is_stale = true;
                page
            });
            (StatusCode::CONFLICT, page)
        }
        Err(Failure::Mistake(sentence)) => {
            let page = one::read(server, visitor, slug, Wanted::default()).await.map(|mut page| {
                page.who = Some(who);
                page.mistakes = vec![("who".to_owned(), sentence)];
                page
            });
            (StatusCode::UNPROCESSABLE_ENTITY, page)
        }
    };
    visitor.respond_as(server, status, page)
}

fn is_visitor(visitor: &Visitor, holder: PrincipalId) -> bool {
    visitor.caller.user().is_some_and(|user| PrincipalId::from(user.id) == holder)
}

/// The page with what was done, and what undoes it as long as whom it was about is there.
async fn after(server: &Server, visitor: &Visitor, slug: &str, change: RoleChange) -> Result<one::RolePage, Refusal> {
    let (RoleChange::Given(holder) | RoleChange::Taken(holder)) = change;
    let found = operations::find_holders(server, &visitor.caller, &[holder]).await.map_err(refusal)?;
    let name = found.first().map(|found| found.name().to_owned());
    let (text, undone_by) = match change {
        RoleChange::Given(_) => ("The role was given. It holds from their next page or call on.", "take"),
        RoleChange::Taken(_) => ("The role was taken. It ends with their next page or call.", "give"),
    };
    let verb = name.map(|name| match change {
        RoleChange::Given(_) => format!("Undo: take it from {name}"),
        RoleChange::Taken(_) => format!("Undo: give it to {name} again"),
    });
    let role = Role::from_slug(slug).ok_or(Problem::NotFound)?;
    let mut tx = server.read().await?;
    let seen = operations::mark(&mut tx, visitor.caller.tenant, role, holder).await?;
    drop(tx);
    let mut page = one::read(server, visitor, slug, Wanted::default()).await?;
    let action = format!("{}/{undone_by}", page.path);
    let undo = verb.map(|verb| ButtonForm { action, fields: one::fields(holder, seen), verb });
    page.done = Some(Done { text, undo });
    Ok(page)
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
