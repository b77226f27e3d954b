//! `/portal/{tenant}/users/{id}/photo`: the picture of a user, as a file and as a form that takes another one or none.

use super::Trouble;
use crate::Server;
use crate::platform::ids::UserId;
use crate::users::UserError;
use crate::users::operations::Key;
use crate::users::photo::{self, LARGEST, Photo};
use crate::web::answer;
use crate::web::file_form::{self, FileForm};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use axum::Router;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use std::sync::Arc;

/// The field of the file.
const PHOTO: &str = "photo";

/// Bytes of a picture that is shown on the page; a larger one is a link, because a page weighs at most 60 KB.
const SHOWN: usize = 24 * 1024;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/portal/{tenant}/users/{id}/photo", get(show).post(take))
        .layer(DefaultBodyLimit::max(file_form::LARGEST))
}

/// A picture as the page speaks of it.
pub(super) struct Picture {
    /// "PNG, 48 × 64 pixels"
    pub(super) what: String,
    /// Where the file is.
    pub(super) href: String,
    /// Whether it is small enough to stand on the page.
    pub(super) is_shown: bool,
    /// Sides in pixels.
    pub(super) sides: (i64, i64),
    /// The mark of it.
    pub(super) seen: String,
}

/// What was done, for the page after it.
pub(super) fn done(name: &str) -> &'static str {
    match name {
        "photo" => "The picture was stored.",
        "no-photo" => "The picture was taken away.",
        _ => "",
    }
}

/// The picture of a user, if there is one.
pub(super) async fn find(server: &Server, visitor: &Visitor, id: UserId) -> Result<Option<Picture>, Refusal> {
    let found = match photo::find(server, &visitor.caller, &Key::Id(id)).await {
        Ok(found) => found,
        Err(UserError::Storage(error)) => return Err(error.into()),
        // No picture, or no right to see it.
        Err(_) => return Ok(None),
    };
    let kind = if found.media_type == "image/png" { "PNG" } else { "JPEG" };
    Ok(Some(Picture {
        what: format!("{kind}, {} × {} pixels", found.width, found.height),
        href: format!("{}/users/{id}/photo", visitor.base()),
        is_shown: found.content.len() <= SHOWN,
        sides: (found.width, found.height),
        seen: Photo::mark(Some(&found)),
    }))
}

/// The file.
async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Path((_, id)): Path<(String, String)>) -> Response {
    let user = match super::find(&server, &visitor, &id).await {
        Ok(user) => user,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    match photo::find(&server, &visitor.caller, &Key::Id(user.id)).await {
        Ok(found) => photo::as_file(found),
        Err(UserError::NotFound(_)) => visitor.refuse(&server, Problem::NotFound.into()),
        Err(UserError::Storage(error)) => visitor.refuse(&server, error.into()),
        Err(_) => visitor.refuse(&server, Problem::NotAllowed.into()),
    }
}

async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let user = match super::find(&server, &visitor, &id).await {
        Ok(user) => user,
        Err(refusal) => return visitor.refuse(&server, refusal),
    };
    let Ok(form) = form else { return visitor.refuse(&server, Problem::BadRequest.into()) };
    let edit = format!("{}/users/{}/edit", visitor.base(), user.id);
    let outcome = match FileForm::read(&server, &visitor, &headers, form, (PHOTO, &edit)).await {
        Ok(sent) => change(&server, &visitor, user.id, sent).await,
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(done) => answer::see_other(&format!("{edit}?done={done}")),
        Err(Trouble::Refusal(refusal)) => visitor.refuse(&server, refusal),
        Err(Trouble::Mistakes(mistakes)) => {
            super::again(&server, &visitor, &user, super::EditForm::of(&user), mistakes).await
        }
        Err(Trouble::Stale) => super::stale(&server, &visitor, &id, &super::EditForm::of(&user)).await,
    }
}

/// Stores the picture that was sent, or else removes the one there is if that box was ticked; a name of what was done.
async fn change(server: &Server, visitor: &Visitor, user: UserId, sent: FileForm) -> Result<&'static str, Trouble> {
    let (key, shown) = (Key::Id(user), Some(sent.seen.as_str()));
    let mistake = |problem: String| Trouble::Mistakes(vec![(PHOTO, super::sentence(&problem))]);
    if !sent.file.is_empty() {
        let stored = photo::put(server, &visitor.caller, &key, sent.file, shown).await;
        return stored.map(|()| "photo").map_err(|error| match error {
            UserError::Invalid { problem, .. } => mistake(problem),
            other => other.into(),
        });
    }
    if !sent.without {
        return Err(mistake(format!("choose a file of at most {} KB, or tick the box", LARGEST / 1024)));
    }
    match photo::remove(server, &visitor.caller, &key, shown).await {
        // There was none on the page either.
        Ok(()) | Err(UserError::NotFound(_)) => Ok("no-photo"),
        Err(error) => Err(error.into()),
    }
}
