//! Inviting, sending again and withdrawing are done whole or not at all, whenever the request is cut off.

use super::{invite, wish, with};
use crate::graph::{Caller, Role};
use crate::invitations;
use crate::sign_in::session;
use crate::testing::interruption::{Attempt, cut_off_anywhere};
use crate::testing::{TestServer, on_both_engines};
use crate::{Server, web};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::middleware;
use serde_json::json;
use std::sync::Arc;

/// The pages of the portal, with their visitor.
fn portal(server: &TestServer) -> web::Routes {
    let layer = middleware::from_fn_with_state(Arc::clone(server), session::layer);
    Router::<Arc<Server>>::new().merge(invitations::portal_routes()).route_layer(layer)
}

/// A call of the API.
fn call(caller: &Caller, path: &str, body: &serde_json::Value) -> Request<Body> {
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let mut request =
        Request::post(path).header(header::CONTENT_TYPE, "application/json").body(body).expect("a request");
    request.extensions_mut().insert(caller.clone());
    request
}

async fn nothing_to_do(_: u32, _: bool) {}

#[tokio::test]
async fn an_invitation_by_the_api_that_is_cut_off_anywhere_leaves_nothing_half_done() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let body =
            |number: u32| with(&format!("guest{number}@fabrikam.example"), &json!({ "sendInvitationMessage": true }));
        let attempt = async |number| {
            Attempt::new(&server, invitations::routes(), call(&admin, "/v1.0/invitations", &body(number)))
        };
        let again = async |number, is_written: bool| {
            if !is_written {
                invite(&server, &admin, &body(number)).await;
            }
        };
        cut_off_anywhere(&server, tenant.id, attempt, again).await;
    })
    .await;
}

#[tokio::test]
async fn an_invitation_by_the_form_that_is_cut_off_anywhere_leaves_nothing_half_done() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&user).await;
        let attempt = async |number: u32| {
            browser.get("/portal/contoso.example/invitations/new").await;
            let address = format!("guest{number}@fabrikam.example");
            let request = browser.prepare("/invitations/new", &[("email", &address), ("send", "yes")]);
            Attempt::new(&server, portal(&server), request)
        };
        cut_off_anywhere(&server, tenant.id, attempt, nothing_to_do).await;
    })
    .await;
}

#[tokio::test]
async fn sending_again_and_withdrawing_cut_off_anywhere_leave_nothing_half_done() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for action in ["resend", "revoke"] {
            let attempt = async |number: u32| {
                let invited = invite(&server, &admin, &wish(&format!("{action}{number}@fabrikam.example"))).await;
                let id = invited["id"].as_str().expect("an id");
                let path = format!("/vestibule/v1/invitations/{id}/{action}");
                Attempt::new(&server, invitations::routes(), call(&admin, &path, &json!(null)))
            };
            cut_off_anywhere(&server, tenant.id, attempt, nothing_to_do).await;
        }
    })
    .await;
}
