//! What stands in front of the portal.

use super::{change, holding, start};
use crate::sign_in::session;
use crate::testing::{TestServer, on_both_engines};
use crate::users::{ExternalUserState, User, UserType};
use crate::web::Routes;
use crate::web::visitor::Visitor;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, header};
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use std::sync::Arc;
use tower::ServiceExt as _;

async fn ask(server: &TestServer, method: &str, path: &str, cookies: &HeaderMap) -> Response<Body> {
    let page = async |visitor: Visitor| format!("{} at {}", visitor.caller.display_name(), visitor.tenant_domain);
    let state = Arc::clone(&server.server);
    let routes = Routes::new()
        .route("/portal/{tenant}/users", any(page))
        .layer(from_fn_with_state(Arc::clone(&state), session::layer))
        .with_state(state);
    let mut request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
    request.headers_mut().extend(cookies.clone());
    routes.oneshot(request).await.expect("an answer")
}

fn location(response: &Response<Body>) -> String {
    response.headers().get(header::LOCATION).map_or_else(String::new, |to| to.to_str().expect("ASCII").to_owned())
}

#[tokio::test]
async fn the_portal_lets_in_who_is_signed_in_and_sends_everybody_else_to_sign_in() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "mara", &[]).await;
        for (method, returns) in [("GET", "/portal/contoso.example/users?q=1"), ("POST", "/portal/contoso.example")] {
            let away = ask(&server, method, "/portal/contoso.example/users?q=1", &HeaderMap::new()).await;
            let to = location(&away);
            assert!(to.starts_with(&format!("/{}/sign-in/", tenant.id)), "{to}");
            let browser = holding(&[&away.headers()[header::SET_COOKIE]]);
            let mut tx = server.read().await.expect("a connection");
            let known = crate::sign_in::browser::Browser::known(&server, &browser).expect("a browser");
            let id = to.rsplit('/').next().unwrap_or_default().parse().expect("an id");
            let step = crate::sign_in::continuation::find(&mut tx, &server, tenant.id, id, &known).await;
            assert_eq!(step.expect("an answer").expect("the step").resume_path(), returns);
        }
        let started = start(&server, &HeaderMap::new(), &user).await;
        let held = holding(&[&started.set_cookies[0]]);
        let inside = ask(&server, "GET", &format!("/portal/{}/users", tenant.id), &held).await;
        let body = axum::body::to_bytes(inside.into_body(), 1024).await.expect("a body");
        assert_eq!(body, "mara at contoso.example");
        assert_eq!(ask(&server, "GET", "/portal/nobody.example/users", &held).await.status(), 404);
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_has_not_accepted_is_sent_to_the_invitation() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "sam", &[]).await;
        let external_user_state = Some(ExternalUserState::PendingAcceptance);
        let guest = change(&server, User { user_type: UserType::Guest, external_user_state, ..user }).await;
        let started = start(&server, &HeaderMap::new(), &guest).await;
        let away = ask(&server, "GET", "/portal/contoso.example/users", &holding(&[&started.set_cookies[0]])).await;
        assert!(location(&away).starts_with(&format!("/{}/redeem/", tenant.id)));
    })
    .await;
}
