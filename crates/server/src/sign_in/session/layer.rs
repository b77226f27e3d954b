//! What stands in front of the portal and of My Apps: who is signed in becomes the [`Visitor`] of the page, everybody
//! else is sent to sign in and comes back.

use super::{Session, caller, current};
use crate::Server;
use crate::audit::Reading;
use crate::sign_in::browser::Browser;
use crate::sign_in::continuation::{self, Beginning, Next};
use crate::sign_in::refusal::Refusal;
use crate::tenants::{self, Tenant};
use crate::users::User;
use crate::web::answer;
use crate::web::language::{Language, Wishes, negotiate};
use crate::web::pages::Problem;
use crate::web::shell::Outside;
use crate::web::visitor::Visitor;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::middleware;
use axum::response::Response;
use std::sync::Arc;

/// Guards `/portal/{tenant}/..` and `/myapps/{tenant}`; the tenant is the second segment of the path.
pub async fn layer(State(server): State<Arc<Server>>, request: Request, next: middleware::Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match admit(&server, &mut parts).await {
        Ok(None) => {
            let visitor = parts.extensions.get::<Visitor>();
            let reading =
                visitor.and_then(|known| Reading::of(&known.caller, &parts.method, &parts.uri, &parts.extensions));
            let response = next.run(Request::from_parts(parts, body)).await;
            if let Some(reading) = reading {
                reading.answered(&server, response.status());
            }
            response
        }
        Ok(Some(elsewhere)) => elsewhere,
        Err(refusal) => refusal.page(&server, Outside::nobody(language(&parts))),
    }
}

/// Puts the visitor into the request, or answers where to go instead.
async fn admit(server: &Server, parts: &mut Parts) -> Result<Option<Response>, Refusal> {
    let mut tx = server.read().await?;
    let name = parts.uri.path().split('/').nth(2).unwrap_or_default().to_owned();
    let Some(tenant) = tenants::resolve(&mut tx, server, &name).await? else {
        return Err(Refusal::Problem(Problem::NotFound));
    };
    match current(&mut tx, server, tenant.id, &parts.headers).await? {
        Some((session, user)) if !user.is_pending() => {
            let visitor = visitor(&mut tx, server, &tenant, &session, &user).await?;
            parts.extensions.insert(visitor);
            Ok(None)
        }
        found => {
            drop(tx);
            Ok(Some(send_away(server, &tenant, found.is_some(), parts).await?))
        }
    }
}

async fn visitor(
    tx: &mut database::Transaction,
    server: &Server,
    tenant: &Tenant,
    session: &Session,
    user: &User,
) -> database::Result<Visitor> {
    Ok(Visitor {
        caller: caller(tx, server, user, Some(session.id), None).await?,
        tenant_name: tenant.name.clone(),
        tenant_domain: tenant.initial_domain.clone(),
        form_key: session.form_key.clone(),
    })
}

/// To the sign-in page, or, for somebody who is known but has not accepted yet, to the invitation.
async fn send_away(server: &Server, tenant: &Tenant, is_known: bool, parts: &Parts) -> Result<Response, Refusal> {
    let browser = Browser::of(server, &parts.headers);
    let next = Next::Portal { path: path_to_return_to(parts) };
    let mut tx = server.write().await?;
    let step = continuation::begin(&mut tx, server, tenant.id, &browser, Beginning::from(next)).await?;
    tx.commit().await?;
    let path = if is_known { format!("/{}/redeem/{}", tenant.id, step.id) } else { step.sign_in_path() };
    Ok(answer::with_cookies(answer::see_other(&path), browser.set_cookie(server)))
}

fn language(parts: &Parts) -> Language {
    let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    negotiate(&Wishes { accept_language: accepted, ..Wishes::default() })
}

/// The page that was asked for. A form that was sent is lost with its session; its page's folder is shown instead.
fn path_to_return_to(parts: &Parts) -> String {
    let uri = &parts.uri;
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return uri.path_and_query().map_or(uri.path(), axum::http::uri::PathAndQuery::as_str).to_owned();
    }
    uri.path().split('/').take(3).collect::<Vec<_>>().join("/")
}
