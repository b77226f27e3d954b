//! `/portal/{tenant}/users/{id}/edit`: what is known about a member or guest, and their picture.

mod form;
mod photo;

use super::{Failure, failure, refusal, require_administrator, sentence};
use crate::Server;
use crate::graph::etag;
use crate::platform::ids::UserId;
use crate::users::operations::{self, Key};
use crate::users::{self, Change, User, UserError, UserType, store};
use crate::web::answer;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
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
use axum::routing::get;
use form::{EditForm, Line, PLACE, REACHED, WHO, WORK};
use photo::Picture;
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/users/{id}/edit", get(show).post(take)).merge(photo::routes())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    done: String,
}

#[derive(Template)]
#[template(path = "portals/people/edit/page.html")]
struct EditPage {
    inside: Inside,
    id: UserId,
    name: String,
    /// Somebody who was invited; the name they have here says where they came from, and stays.
    is_external: bool,
    done: &'static str,
    /// The fields of one line, part by part.
    who: &'static [Line],
    work: &'static [Line],
    reached: &'static [Line],
    place: &'static [Line],
    form: EditForm,
    picture: Option<Picture>,
    mistakes: Vec<(String, String)>,
    /// Somebody else changed the user before this form was sent.
    is_stale: bool,
    /// What that form said otherwise.
    written: Vec<(&'static str, String)>,
    tag: String,
}

/// Why a form changed nothing.
enum Trouble {
    /// Fields, and what is wrong with each.
    Mistakes(Vec<(&'static str, String)>),
    /// The form shows what is not stored any more.
    Stale,
    /// A page of its own.
    Refusal(Refusal),
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<UserError> for Trouble {
    fn from(error: UserError) -> Self {
        let field = match error {
            UserError::Changed => return Self::Stale,
            UserError::LastAdministrator => "accountEnabled",
            UserError::Invalid { property, .. } | UserError::Taken(property) => form::field_of(property),
            _ => "displayName",
        };
        match failure(error, field, &[]) {
            Failure::Mistake(field, problem) => Self::Mistakes(vec![(field, problem)]),
            Failure::Refusal(refusal) => Self::Refusal(refusal),
        }
    }
}

async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = match find(&server, &visitor, &id).await {
        Ok(user) => page(&server, &visitor, &user, EditForm::of(&user)).await,
        Err(refusal) => Err(refusal),
    };
    let done = photo::done(&wanted.done);
    visitor.respond(&server, page.map(|page| EditPage { done, ..page }))
}

async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let user = match find(&server, &visitor, &id).await {
        Ok(user) => user,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    let here = format!("{}/users/{}", visitor.base(), user.id);
    if let Err(refusal) = visitor.spend_for(&server, &headers, fields.get("csrf"), &format!("{here}/edit")).await {
        return visitor.refuse(&server, refusal);
    }
    let form = EditForm::sent(&fields, &user);
    match change(&server, &visitor, &user, &form).await {
        Ok(done) => answer::see_other(&format!("{here}?done={done}")),
        Err(Trouble::Refusal(refusal)) => visitor.refuse(&server, refusal),
        Err(Trouble::Mistakes(mistakes)) => again(&server, &visitor, &user, form, mistakes).await,
        Err(Trouble::Stale) => stale(&server, &visitor, &id, &form).await,
    }
}

/// Changes what differs; a name of what was done. A form that shows what is not stored any more is refused, whatever it asks.
async fn change(server: &Server, visitor: &Visitor, user: &User, form: &EditForm) -> Result<&'static str, Trouble> {
    // No user has the version 0.
    let seen = form.seen.parse().unwrap_or(0);
    if seen != user.version {
        return Err(Trouble::Stale);
    }
    let changes = form.changes(user).map_err(Trouble::Mistakes)?;
    if changes.is_empty() {
        return Ok("unchanged");
    }
    let changed = operations::change(server, &visitor.caller, &Key::Id(user.id), &changes, Some(seen)).await;
    changed.map(|_| "edited").map_err(|error| refused(error, &changes))
}

/// Whoever sees the form may change this user: what is refused all the same takes somebody who stands as high, and is said at
/// its fields.
fn refused(error: UserError, changes: &[Change]) -> Trouble {
    let problem = "Only a Global Administrator may change this, because of a role they hold or would hold.";
    let sensitive = changes.iter().map(Change::property).filter(|property| users::is_sensitive(property));
    let mistakes: Vec<_> = sensitive.map(|property| (form::field_of(property), problem.to_owned())).collect();
    match error {
        UserError::Denied if !mistakes.is_empty() => Trouble::Mistakes(mistakes),
        other => other.into(),
    }
}

/// The page with what was typed, and what is wrong with it.
async fn again(
    server: &Server,
    visitor: &Visitor,
    user: &User,
    form: EditForm,
    mistakes: Vec<(&'static str, String)>,
) -> Response {
    let mistakes = mistakes.into_iter().map(|(field, problem)| (field.to_owned(), problem)).collect();
    let shown = page(server, visitor, user, form).await.map(|page| EditPage { mistakes, ..page });
    visitor.respond_as(server, StatusCode::UNPROCESSABLE_ENTITY, shown)
}

/// The page with what is stored now, and what was typed beside it.
async fn stale(server: &Server, visitor: &Visitor, id: &str, sent: &EditForm) -> Response {
    let now = match find(server, visitor, id).await {
        Ok(user) => user,
        Err(refusal) => return visitor.refuse(server, refusal),
    };
    let stored = EditForm::of(&now);
    let written = sent.other_than(&stored);
    let shown = page(server, visitor, &now, stored).await;
    let shown = shown.map(|page| EditPage { is_stale: true, written, ..page });
    visitor.respond_as(server, StatusCode::CONFLICT, shown)
}

/// The user, for who may change them; the operation decides it again.
async fn find(server: &Server, visitor: &Visitor, id: &str) -> Result<User, Refusal> {
    require_administrator(visitor)?;
    let id: UserId = id.parse().map_err(|_| Problem::NotFound)?;
    operations::check_may_change(server, &visitor.caller, &Key::Id(id)).await.map_err(refusal)?;
    let user = store::find(&mut server.read().await?, visitor.caller.tenant, id).await?;
    Ok(user.ok_or(Problem::NotFound)?)
}

async fn page(server: &Server, visitor: &Visitor, user: &User, form: EditForm) -> Result<EditPage, Refusal> {
    Ok(EditPage {
        inside: visitor.inside(server, Section::Users),
        id: user.id,
        name: user.display_name.clone(),
        is_external: user.external_user_state.is_some(),
        done: "",
        who: WHO,
        work: WORK,
        reached: REACHED,
        place: PLACE,
        form,
        picture: photo::find(server, visitor, user.id).await?,
        mistakes: Vec::new(),
        is_stale: false,
        written: Vec::new(),
        tag: etag::of(user.version),
    })
}

impl EditPage {
    fn value(&self, property: &str) -> &str {
        self.form.value(property)
    }

    /// What is wrong with a field, or nothing.
    fn mistake(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| name == field).map_or("", |(_, problem)| problem)
    }

    /// The mark of the picture that is shown, or nothing.
    fn picture_seen(&self) -> &str {
        self.picture.as_ref().map_or("", |picture| &picture.seen)
    }

    fn is_guest(&self) -> bool {
        self.form.value("userType") == UserType::Guest.as_str()
    }

    fn is_blocked(&self) -> bool {
        self.form.value("accountEnabled") == "false"
    }

    fn banner(&self) -> &'static str {
        match self.mistakes.len() {
            1 => "Nothing was changed. One thing needs a change.",
            _ => "Nothing was changed. Some things need a change.",
        }
    }
}
