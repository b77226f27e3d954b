//! `/portal/{tenant}/users/{id}/photo`: the picture of a user, as a file and as a form that takes another one or none.

use super::Trouble;
use crate::Server;
use crate::platform::ids::UserId;
use crate::users::UserError;
use crate::users::operations::Key;
use crate::users::photo::{self, LARGEST, Photo};
use crate::web::answer;
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

/// Bytes of the form at most: room for a file that is too large, so that it comes back with what is wrong.
const FORM: usize = 4 * 1024 * 1024;

/// Fields of the form at most.
const FIELDS: usize = 4;

/// Bytes of a picture that is shown on the page; a larger one is a link, because a page weighs at most 60 KB.
const SHOWN: usize = 24 * 1024;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/users/{id}/photo", get(show).post(take)).layer(DefaultBodyLimit::max(FORM))
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
    let outcome = match read(&server, &visitor, &headers, form, &edit).await {
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

/// What was sent.
#[derive(Default)]
struct Sent {
    /// The mark of the picture that the page showed.
    seen: String,
    file: Vec<u8>,
    without: bool,
}

/// Reads the form; its value comes first and is spent before anything else is looked at.
async fn read(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    mut form: Multipart,
    edit: &str,
) -> Result<Sent, Refusal> {
    let (mut sent, mut is_ours) = (Sent::default(), false);
    for _ in 0..FIELDS {
        let Some(field) = form.next_field().await.map_err(|_| Problem::BadRequest)? else { break };
        let name = field.name().unwrap_or_default().to_owned();
        let content = field.bytes().await.map_err(|_| Problem::BadRequest)?;
        match name.as_str() {
            "csrf" => {
                let outcome = visitor.spend(server, headers, &String::from_utf8_lossy(&content)).await;
                outcome.map_err(|refusal| refusal.leading_to(edit.to_owned()))?;
                is_ours = true;
            }
            _ if !is_ours => break,
            "seen" => sent.seen = String::from_utf8_lossy(&content).into_owned(),
            "photo" => sent.file = content.to_vec(),
            "without" => sent.without = true,
            _ => {}
        }
    }
    if is_ours { Ok(sent) } else { Err(Problem::StaleForm.into()) }
}

/// Stores or removes the picture; a name of what was done. A new one wins over taking the old one away.
async fn change(server: &Server, visitor: &Visitor, user: UserId, sent: Sent) -> Result<&'static str, Trouble> {
    let (key, shown) = (Key::Id(user), Some(sent.seen.as_str()));
    let mistake = |problem: String| Trouble::Mistakes(vec![("photo", super::sentence(&problem))]);
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
