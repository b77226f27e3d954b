//! `GET /vestibule/v1/me/organizations`: the organisations of the signed-in person.

use super::Organization;
use crate::Server;
use crate::graph::page::{Page, read_skip_token, skip_token};
use crate::graph::{Caller, Error};
use crate::platform::ids::TenantId;
use crate::users::{Sight, UserError};
use crate::web::Routes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const PATH: &str = "/vestibule/v1/me/organizations";

/// The calls of this feature.
pub fn routes() -> Routes {
    Routes::new().route(PATH, get(list))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    #[serde(rename = "$skiptoken")]
    skip_token: Option<String>,
}

async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    options: Result<Query<Options>, QueryRejection>,
) -> Result<Response, Error> {
    if caller.user().is_none() {
        return Err(UserError::NoPerson.into());
    }
    Sight::of_self(&caller)?;
    let Query(options) = options.map_err(|rejection| Error::misread_query(&rejection))?;
    let token = options.skip_token.as_deref();
    let after: Option<TenantId> =
        token.map(|token| read_skip_token(&server, caller.tenant, PATH, token)).transpose()?;
    let mut tx = server.read().await?;
    let page = super::list(&mut tx, &server, &caller, after).await?;
    drop(tx);
    let next = page.next.map(|last| format!("{PATH}?$skiptoken={}", skip_token(&server, caller.tenant, PATH, &last)));
    let items = page.organizations.iter().map(|organization| wire(&server, &caller, organization)).collect();
    Ok(Page { context: "organizations".to_owned(), items, count: None, next }.respond(&server))
}

fn wire(server: &Server, caller: &Caller, organization: &Organization) -> Map<String, Value> {
    let object = json!({
        "displayName": organization.name,
        "defaultDomainName": organization.domain(),
        "myAppsUrl": format!("{}{}", server.settings.public_address(), organization.door()),
        "isCurrent": organization.id == caller.tenant,
    });
    match object {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
