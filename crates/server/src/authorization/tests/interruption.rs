//! Codes and refresh tokens are used whole or not at all, whenever the request is cut off.

use super::flow::{Flow, REDIRECT, VERIFIER, text};
use crate::authorization;
use crate::testing::interruption::{Attempt, cut_off_anywhere};
use crate::testing::on_both_engines;
use axum::body::Body;
use axum::http::{Request, header};
use tokio::sync::Mutex;

/// A request to the token endpoint by the app of the flow.
fn request(flow: &Flow<'_>, fields: &[(&str, &str)]) -> Request<Body> {
    let app = [("client_id", flow.app.client_id.as_str()), ("client_secret", flow.app.secret.as_str())];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(app).extend_pairs(fields).finish();
    Request::post(format!("/{}/oauth2/v2.0/token", flow.tenant.id))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .expect("a request")
}

#[tokio::test]
async fn a_code_whose_redemption_is_cut_off_anywhere_is_used_whole_or_still_good() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let code = Mutex::new(String::new());
        let attempt = async |_| {
            let mut code = code.lock().await;
            *code = flow.code().await;
            let fields = [
                ("grant_type", "authorization_code"),
                ("redirect_uri", REDIRECT),
                ("code_verifier", VERIFIER),
                ("code", code.as_str()),
            ];
            Attempt::new(&server, authorization::routes(), request(&flow, &fields))
        };
        let again = async |_, is_written: bool| {
            if !is_written {
                assert_eq!(flow.redeem(&code.lock().await, &[]).await.status, 200);
            }
        };
        cut_off_anywhere(&server, flow.tenant.id, attempt, again).await;
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_whose_rotation_is_cut_off_anywhere_is_replaced_whole_or_still_good() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let token = Mutex::new(String::new());
        let attempt = async |_| {
            let mut token = token.lock().await;
            *token = text(&flow.tokens().await, "refresh_token").to_owned();
            let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
            Attempt::new(&server, authorization::routes(), request(&flow, &fields))
        };
        let again = async |_, is_written: bool| {
            if !is_written {
                assert_eq!(flow.refresh(&token.lock().await, &[]).await.status, 200);
            }
        };
        cut_off_anywhere(&server, flow.tenant.id, attempt, again).await;
    })
    .await;
}
