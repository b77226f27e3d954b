//! How tokens for an application are signed: beyond Graph, under `/vestibule/v1`.

use crate::Server;
use crate::applications::operations::{self, Key};
use crate::applications::{Application, Changes};
use crate::graph::body::Object;
use crate::graph::{Caller, Error, resource};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use std::sync::Arc;

/// `GET /vestibule/v1/applications/{id}`
pub async fn read(State(server): State<Arc<Server>>, caller: Caller, key: Key) -> Result<Response, Error> {
    let mut tx = server.read().await?;
    let application = operations::get(&mut tx, &caller, key).await?;
    Ok(respond(&application))
}

/// `PATCH /vestibule/v1/applications/{id}`
pub async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    key: Key,
    mut body: Object,
) -> Result<Response, Error> {
    let application = operations::get_to_write(&mut server.read().await?, &caller, key).await?;
    body.take_own_id(&application.id)?;
    let changes = Changes { signing_algorithm: body.take_not_null("signingAlgorithm")?, ..Changes::default() };
    body.finish()?;
    let mut tx = server.write().await?;
    operations::update(&mut tx, &server, &caller, key, changes).await?;
    tx.commit().await?;
    Ok(resource::no_content())
}

fn respond(application: &Application) -> Response {
    let body = json!({
        "id": application.id,
        "appId": application.app_id,
        "signingAlgorithm": application.signing_algorithm,
    });
    resource::json(StatusCode::OK, &body)
}
