//! Every route, one line for each feature, and what holds for all of them.

use crate::graph::{alternate_key, batch, unserved};
use crate::web::Routes;
use crate::web::answer;
use crate::web::pages::Problem;
use crate::web::reader::Reader;
use crate::web::shell::Outside;
use crate::{
    Server, applications, audit, authorization, bulk_invitations, consent_requests, deleted, deleted_items,
    directory_objects, directory_roles, entrance, groups, invitations, notifications, outbox, portals, redemption,
    service_principals, sign_in, tenants, token_lifetimes, users, web,
};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::post;
use std::sync::Arc;

/// The largest body a request may have, unless its route says otherwise.
const BODY: usize = 256 * 1024;

/// Everything that is served at the public address.
pub fn public(server: Arc<Server>) -> Router {
    let router = features(&server)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&server), nameable))
        .layer(middleware::from_fn_with_state(Arc::clone(&server), entrance::pass))
        .with_state(Arc::clone(&server));
    let inner = Arc::new(batch::Inner {
        router: alternate_key::in_front_of(router.clone()),
        origin: server.settings.public_address().to_owned(),
    });
    let batches = Router::new()
        .route("/v1.0/$batch", post(batch::v1))
        .route("/beta/$batch", post(batch::beta))
        .method_not_allowed_fallback(not_allowed)
        .layer(Extension(inner))
        .layer(DefaultBodyLimit::max(batch::BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&server), entrance::pass))
        .with_state(server);
    alternate_key::in_front_of(router.merge(batches))
}

fn features(server: &Arc<Server>) -> Routes {
    Router::new()
        .merge(web::assets::routes())
        .merge(web::openapi::routes())
        .merge(web::style_page::routes())
        .merge(outbox::routes())
        .merge(audit::routes())
        .merge(tenants::routes())
        .merge(directory_roles::routes())
        .merge(users::routes())
        .merge(deleted_items::routes(deleted::OWNERS))
        .merge(groups::routes())
        .merge(token_lifetimes::routes())
        .merge(applications::routes())
        .merge(service_principals::routes())
        .merge(directory_objects::routes())
        .merge(sign_in::api_routes())
        .merge(doors(server))
        .merge(invitations::routes())
        .merge(bulk_invitations::routes())
        .merge(consent_requests::routes())
        .merge(authorization::routes())
        .merge(notifications::routes())
        .merge(portals::api_routes())
        .merge(portal(server))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_allowed)
}

/// The pages on the way in, for people who are not signed in.
fn doors(server: &Arc<Server>) -> Routes {
    Router::new()
        .merge(sign_in::passcode::routes())
        .merge(sign_in::routes())
        .merge(redemption::routes())
        .merge(invitations::door_routes())
        .route_layer(middleware::from_fn_with_state(Arc::clone(server), sign_in::strangers::layer))
}

/// A path no feature serves: the envelope of the API or of OAuth for programs, a page for people.
async fn nowhere(State(server): State<Arc<Server>>, reader: Reader, uri: Uri) -> Response {
    if unserved::is_api(uri.path()) {
        return unserved::path(&uri);
    }
    if web::request::is_oauth(uri.path()) {
        return authorization::unread(&server, StatusCode::NOT_FOUND);
    }
    let outside = Outside::nobody(reader.language(None, None));
    answer::problem(outside, Problem::NotFound, server.clock.now())
}

/// A method that is not served on a path that is, in the language of who asks: the API, OAuth, or a page.
async fn not_allowed(State(server): State<Arc<Server>>, reader: Reader, method: Method, uri: Uri) -> Response {
    if unserved::is_api(uri.path()) {
        return unserved::method(&method, &uri);
    }
    let status = StatusCode::METHOD_NOT_ALLOWED;
    if web::request::is_oauth(uri.path()) {
        return authorization::unread(&server, status);
    }
    web::misread::page(&server, &reader, status)
}

/// Refuses an address with U+0000, which names nothing here: PostgreSQL has no text that holds it, so that looking for it would
/// fail instead of finding nothing. So it does a path of OAuth that is no UTF-8, in the words of OAuth.
async fn nameable(State(server): State<Arc<Server>>, reader: Reader, request: Request, next: Next) -> Response {
    let uri = request.uri();
    let is_oauth = web::request::is_document(uri.path()) || web::request::is_oauth(uri.path());
    let holds_nul = uri.path_and_query().is_some_and(|address| address.as_str().contains("%00"));
    if !holds_nul && (!is_oauth || web::request::is_utf8(uri.path())) {
        return next.run(request).await;
    }
    if unserved::is_api(uri.path()) {
        return unserved::address();
    }
    let status = StatusCode::BAD_REQUEST;
    if is_oauth {
        return authorization::unread(&server, status);
    }
    web::misread::page(&server, &reader, status)
}

/// What only signed-in people see: `/portal/{tenant}/..` and `/myapps/{tenant}`. Every page finds its visitor in the
/// request.
fn portal(server: &Arc<Server>) -> Routes {
    Router::new()
        .merge(groups::portal_routes())
        .merge(invitations::portal_routes())
        .merge(bulk_invitations::portal_routes())
        .merge(portals::routes(deleted::OWNERS))
        .merge(service_principals::portal_routes())
        .merge(notifications::portal_routes())
        .route_layer(middleware::from_fn_with_state(Arc::clone(server), sign_in::session::layer))
}
