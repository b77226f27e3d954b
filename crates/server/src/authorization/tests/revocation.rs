//! Tokens that an app gives back.

use super::flow::{Flow, number, text};
use crate::platform::ids::TenantId;
use crate::testing::{Answer, App, TestServer, on_both_engines};
use axum::http::StatusCode;

async fn give_back(server: &TestServer, app: &App, token: &str) -> Answer {
    let fields = [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", token)];
    server.post_form(&format!("/{}/oauth2/v2.0/revoke", app.tenant), &fields, None).await
}

async fn audited(server: &TestServer, tenant: TenantId) -> usize {
    let mut tx = server.read().await.expect("a connection");
    let rows: Vec<(String,)> = tx
        .query(database::sql!(
            "SELECT result FROM directory_audit WHERE tenant_id = $1 AND activity = 'Revoke tokens of an app'"
        ))
        .bind(tenant)
        .fetch_all()
        .await
        .expect("rows");
    assert!(rows.iter().all(|(result,)| result == "success"), "{rows:?}");
    rows.len()
}

#[tokio::test]
async fn either_token_ends_all_of_its_grant_and_is_audited_once() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        for (round, name) in ["refresh_token", "access_token"].into_iter().enumerate() {
            let (tokens, bystander) = (flow.tokens().await, flow.tokens().await);
            for _ in 0..2 {
                let answer = give_back(&server, &flow.app, text(&tokens, name)).await;
                assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
            }
            assert_eq!(number(&flow.refresh(text(&tokens, "refresh_token"), &[]).await), 50173);
            assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, StatusCode::UNAUTHORIZED);
            assert_eq!(flow.userinfo(text(&bystander, "access_token")).await.status, StatusCode::OK);
            assert_eq!(audited(&server, flow.tenant.id).await, round + 1);
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_else_ends_it_and_nobody_is_told() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let other = server.program(&flow.tenant, &[]).await;
        let elsewhere = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.program(&elsewhere, &[]).await;
        for token in [text(&tokens, "access_token"), text(&tokens, "refresh_token"), "noise"] {
            for app in [&other, &stranger] {
                let answer = give_back(&server, app, token).await;
                assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
            }
        }
        let mut liar = server.program(&flow.tenant, &[]).await;
        liar.client_id.clone_from(&flow.app.client_id);
        let refresh = text(&tokens, "refresh_token");
        assert_eq!(number(&give_back(&server, &liar, refresh).await), 7_000_215);
        liar.secret.clear();
        assert_eq!(number(&give_back(&server, &liar, refresh).await), 7_000_218);
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, StatusCode::OK);
        assert_eq!(audited(&server, flow.tenant.id).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_hangs_on_nothing_cannot_be_given_back() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let program = server.program(&tenant, &[]).await;
        let answer = give_back(&server, &program, &server.token(&program).await).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.json()["error"], "unsupported_token_type");
    })
    .await;
}
