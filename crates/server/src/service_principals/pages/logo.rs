//! `POST /portal/{tenant}/apps/{app}/logo`: the form on the page of an app that takes its logo, or takes it away.

use super::standing::Wanted;
use super::trouble::{Complaint, Trouble, respond};
use super::{app, require_manager, seen};
use crate::Server;
use crate::applications::{ApplicationError, Key, put_logo, remove_logo};
use crate::platform::ids::ApplicationId;
use crate::web::Routes;
use crate::web::fields::Fields;
use crate::web::file_form::{self, FileForm};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::visitor::Visitor;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use std::sync::Arc;

/// The name of the form, and of its field.
const LOGO: &str = "logo";

pub fn routes() -> Routes {
    Routes::new()
        .route("/portal/{tenant}/apps/{app}/logo", post(submit))
        .layer(DefaultBodyLimit::max(file_form::LARGEST))
}

async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, app)): Path<(String, String)>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let outcome = change(&server, &visitor, &headers, &app, form.ok()).await;
    respond(&server, &visitor, outcome, async |status: StatusCode, complaint: Complaint| {
        let shown = app::page(&server, &visitor, &app, &Wanted::default()).await;
        shown.map(|mut page| {
            // A file cannot be shown again.
            page.sent = seen::failed(LOGO.to_owned(), Fields::default(), complaint, status == StatusCode::CONFLICT);
            page
        })
    })
    .await
}

/// Removes the logo if that button was pressed, whatever was chosen before, or else stores the file that was sent; the address of the
/// page.
async fn change(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    app: &str,
    form: Option<Multipart>,
) -> Result<String, Trouble> {
    let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
    require_manager(&mut server.read().await?, &visitor.caller, id).await?;
    let form = form.ok_or(Problem::BadRequest)?;
    let here = format!("{}/apps/{id}", visitor.base());
    let sent = FileForm::read(server, visitor, headers, form, (LOGO, &here)).await?;
    let (caller, key, shown) = (&visitor.caller, Key::Id(id), Some(sent.seen.as_str()));
    if sent.without {
        return match remove_logo(server, caller, key, shown).await {
            // There was none on the page either.
            Ok(()) | Err(ApplicationError::NotFound(_)) => Ok(here),
            Err(error) => Err(error.into()),
        };
    }
    if sent.file.is_empty() {
        return Err(Trouble::at(LOGO, "Choose a file first."));
    }
    put_logo(server, caller, key, sent.file, shown).await?;
    Ok(here)
}
