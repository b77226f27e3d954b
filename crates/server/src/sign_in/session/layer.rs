//! What stands in front of the portal and of My Apps: who is signed in becomes the [`Visitor`] of the page, everybody
//! else is sent to sign in and comes back.

use super::{Session, caller, current};
use crate::Server;
use crate::sign_in::browser::Browser;
use crate::sign_in::continuation::{self, Beginning, Next};
use crate::tenants::{self, Tenant};
use crate::users::User;
use crate::web::visitor::Visitor;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Redirect, Response};
use database::Result;
use std::sync::Arc;

/// Guards `/portal/{tenant}/..` and `/myapps/{tenant}`; the tenant is the second segment of the path.
pub async fn layer(State(server): State<Arc<Server>>, mut request: Request, next: middleware::Next) -> Response {
    match admit(&server, &mut request).await {
        Ok(None) => next.run(request).await,
        Ok(Some(elsewhere)) => elsewhere,
        Err(failure) => {
            tracing::error!(%failure, "a session could not be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Puts the visitor into the request, or answers where to go instead.
async fn admit(server: &Server, request: &mut Request) -> Result<Option<Response>> {
    let mut tx = server.read().await?;
    let name = request.uri().path().split('/').nth(2).unwrap_or_default().to_owned();
    let Some(tenant) = tenants::resolve(&mut tx, &name).await? else {
        return Ok(Some(StatusCode::NOT_FOUND.into_response()));
    };
    match current(&mut tx, server, tenant.id, request.headers()).await? {
        Some((session, user)) if !user.is_pending() => {
            let visitor = visitor(&mut tx, &tenant, &session, &user).await?;
            request.extensions_mut().insert(visitor);
            Ok(None)
        }
        found => {
            drop(tx);
            send_away(server, &tenant, found.is_some(), request).await.map(Some)
        }
    }
}

async fn visitor(tx: &mut database::Transaction, tenant: &Tenant, session: &Session, user: &User) -> Result<Visitor> {
    Ok(Visitor {
        caller: caller(tx, user, Some(session.id), None).await?,
        tenant_name: tenant.name.clone(),
        tenant_domain: tenant.initial_domain.clone(),
        form_key: session.form_key.clone(),
    })
}

/// To the sign-in page, or, for somebody who is known but has not accepted yet, to the invitation.
async fn send_away(server: &Server, tenant: &Tenant, is_known: bool, request: &Request) -> Result<Response> {
    let browser = Browser::of(server, request.headers());
    let next = Next::Portal { path: path_to_return_to(request) };
    let mut tx = server.write().await?;
    let step = continuation::begin(&mut tx, server, tenant.id, &browser, Beginning::from(next)).await?;
    tx.commit().await?;
    let path = if is_known { format!("/{}/redeem/{}", tenant.id, step.id) } else { step.sign_in_path() };
    let mut headers = HeaderMap::new();
    if let Some(cookie) = browser.set_cookie(server) {
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok((headers, Redirect::to(&path)).into_response())
}

/// The page that was asked for. A form that was sent is lost with its session; its page's folder is shown instead.
fn path_to_return_to(request: &Request) -> String {
    let uri = request.uri();
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return uri.path_and_query().map_or(uri.path(), axum::http::uri::PathAndQuery::as_str).to_owned();
    }
    uri.path().split('/').take(3).collect::<Vec<_>>().join("/")
}
