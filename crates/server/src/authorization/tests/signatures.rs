//! Tokens as others verify them: with the published keys, also while keys change.

use super::claims;
use super::flow::{Flow, text};
use crate::applications::{Changes, SigningAlgorithm};
use crate::authorization::key_rotation::{rotate, rotate_old, withdraw};
use crate::authorization::{purge, tokens};
use crate::graph::Permission;
use crate::platform::signing_keys::{AFTERWARDS, OVERLAP};
use crate::sign_in::session::Method;
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use axum::http;
use database::LEASE;
use oauth::jose::{self, Algorithm, Expected, Header, JwkSet, VerifyingKey};
use serde_json::Value;
use sqlx::types::Json;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

async fn verify(server: &TestServer, tenant: &Tenant, token: &str, algorithm: Algorithm) -> Header {
    let keys = server.get(&format!("/{}/discovery/v2.0/keys", tenant.id)).await;
    let keys: JwkSet = serde_json::from_value(keys.json()).expect("a key set");
    let expected = Expected { algorithms: &[algorithm], typ: None };
    let key = |header: &Header| {
        let key = keys.find(header.kid.as_deref()?)?;
        Some(VerifyingKey::from_jwk(key).expect("a usable key"))
    };
    jose::verify(token, &expected, key).expect("a good signature").header
}

#[tokio::test]
async fn an_app_that_says_nothing_gets_rs256() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "mara", &[]).await;
        let properties = Changes { signing_algorithm: Some(SigningAlgorithm::default()), ..super::flow::web() };
        let flow = Flow::with(&server, tenant, user, Method::Password, properties).await;
        let tokens = flow.tokens().await;
        let id = verify(&server, &flow.tenant, text(&tokens, "id_token"), Algorithm::Rs256).await;
        assert_eq!(id.typ.as_deref(), Some("JWT"));
        let access = verify(&server, &flow.tenant, text(&tokens, "access_token"), Algorithm::Rs256).await;
        assert_eq!(access.typ.as_deref(), Some("at+jwt"));
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn keys_change_without_a_token_failing_and_the_change_is_audited() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let before = flow.tokens().await;
        let old = verify(&server, &flow.tenant, text(&before, "id_token"), Algorithm::Es256).await.kid;
        let new = rotate(&server, &flow.tenant, Algorithm::Es256).await.expect("a new key").id;
        let during = flow.tokens().await;
        assert_eq!(verify(&server, &flow.tenant, text(&during, "id_token"), Algorithm::Es256).await.kid, old);
        server.clock.advance(OVERLAP);
        let last = flow.refresh(text(&during, "refresh_token"), &[]).await.json();
        assert_eq!(verify(&server, &flow.tenant, text(&last, "id_token"), Algorithm::Es256).await.kid, Some(new));
        verify(&server, &flow.tenant, text(&before, "id_token"), Algorithm::Es256).await;
        let mut tx = server.read().await.expect("a connection");
        let rows: Vec<(String,)> = tx
            .query(database::sql!(
                "SELECT activity FROM directory_audit WHERE tenant_id = $1 AND activity = 'Rotate signing key'"
            ))
            .bind(flow.tenant.id)
            .fetch_all()
            .await
            .expect("rows");
        assert_eq!(rows.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a5_a_token_that_was_used_before_falls_with_its_key() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let access = text(&tokens, "access_token");
        for _ in 0..2 {
            assert_eq!(flow.userinfo(access).await.status, 200);
        }
        let mut tx = server.write().await.expect("a transaction");
        let delete = tx.query(database::sql!("DELETE FROM signing_key WHERE tenant_id = $1")).bind(flow.tenant.id);
        assert!(delete.execute().await.expect("a statement") > 0);
        tx.commit().await.expect("a commit");
        assert_eq!(flow.userinfo(access).await.status, 401);
    })
    .await;
}

async fn status(server: &TestServer, token: &str) -> u16 {
    server.api(http::Method::GET, "/v1.0/users", token, &Value::Null).await.status.as_u16()
}

/// Security check X9: keys that may be stolen are withdrawn, also while a successor waits, and nothing they signed or will sign
/// opens anything, in any process.
#[tokio::test]
async fn x9_a_withdrawn_key_vouches_for_nothing_in_any_process() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[Permission::UserReadAll]).await;
        let before = server.token(&app).await;
        let stolen = server.signing_keys.signer(&server, tenant.id, Algorithm::Es256).await.expect("a key");
        let successor = rotate(&server, &tenant, Algorithm::Es256).await.expect("a key that waits").id;
        let twin = server.twin().await;
        twin.caught_up().await;
        assert_eq!((status(&server, &before).await, status(&twin, &before).await), (200, 200));

        let done = withdraw(&server, &tenant, Algorithm::Es256).await.expect("withdrawn");
        let (mut told, mut gone) = (done.withdrawn, vec![stolen.kid().to_owned(), successor]);
        told.sort_unstable();
        gone.sort_unstable();
        assert_eq!(told, gone);
        let forged = stolen.sign(&claims(&before), tokens::ACCESS_TYPE).expect("a token");
        assert_eq!((status(&server, &before).await, status(&server, &forged).await), (401, 401));
        tokio::time::sleep(LEASE).await;
        assert_eq!((status(&twin, &before).await, status(&twin, &forged).await), (401, 401));

        let after = server.token(&app).await;
        assert_eq!(verify(&server, &tenant, &after, Algorithm::Es256).await.kid, Some(done.key.id));
        assert_eq!((status(&server, &after).await, status(&twin, &after).await), (200, 200));
        assert_eq!((published(&server, &tenant).await, stored(&server, &tenant).await), (1, 1));
        server.clock.set_back(DAY);
        let found = server.signing_keys.verifier(&server, tenant.id, stolen.kid()).await.expect("an answer");
        assert!(found.is_none(), "whatever the clock shows");

        let mut tx = server.read().await.expect("a connection");
        let (targets,): (Json<Value>,) = tx
            .query(database::sql!(
                "SELECT targets FROM directory_audit WHERE tenant_id = $1 AND activity = 'Withdraw signing key'"
            ))
            .bind(tenant.id)
            .fetch_one()
            .await
            .expect("one row");
        assert!(gone.iter().all(|kid| targets.0.to_string().contains(kid)), "{}", targets.0);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_withdrawn_where_there_is_none_and_several_at_once_leave_one() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let first = withdraw(&server, &tenant, Algorithm::Es256).await.expect("a first key");
        assert!(first.withdrawn.is_empty());
        let (one, other) =
            tokio::join!(withdraw(&server, &tenant, Algorithm::Es256), withdraw(&server, &tenant, Algorithm::Es256));
        assert!(one.is_ok() || other.is_ok(), "{one:?} {other:?}");
        assert_eq!((published(&server, &tenant).await, stored(&server, &tenant).await), (1, 1));
    })
    .await;
}

async fn stored(server: &TestServer, tenant: &Tenant) -> i64 {
    let mut tx = server.read().await.expect("a connection");
    let rows: (i64,) = tx
        .query(database::sql!("SELECT COUNT(*) FROM signing_key WHERE tenant_id = $1 AND algorithm = 'ES256'"))
        .bind(tenant.id)
        .fetch_one()
        .await
        .expect("a count");
    rows.0
}

async fn published(server: &TestServer, tenant: &Tenant) -> usize {
    let keys = server.signing_keys.published(server, tenant.id).await.expect("keys");
    keys.iter().filter(|key| serde_json::to_value(key).expect("a key")["kty"] == "EC").count()
}

/// Security check X9: keys change without an outage, and an old one verifies what it signed until that has ended.
#[tokio::test]
async fn x9_a_key_is_exchanged_by_its_age_and_no_token_fails() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let first = server.signing_keys.signer(&server, tenant.id, Algorithm::Es256).await.expect("a key");
        server.clock.advance(89 * DAY - Duration::from_secs(1));
        assert_eq!(rotate_old(&server).await.expect("an answer"), 0, "not yet");
        server.clock.advance(Duration::from_secs(1));
        let (one, other) = tokio::join!(rotate_old(&server), rotate_old(&server));
        assert_eq!(one.expect("an answer") + other.expect("an answer"), 1, "once, whoever is first");
        assert_eq!(rotate_old(&server).await.expect("an answer"), 0, "the next one waits already");
        assert_eq!(published(&server, &tenant).await, 2);

        server.clock.advance(OVERLAP - Duration::from_mins(1));
        let user = server.member(&tenant, "mara", &[]).await;
        let flow = Flow::with(&server, tenant.clone(), user, Method::Password, super::flow::web()).await;
        let before = flow.tokens().await;
        let old = verify(&server, &tenant, text(&before, "id_token"), Algorithm::Es256).await.kid;
        assert_eq!(old.as_deref(), Some(first.kid()), "apps know the new one before it signs");
        server.clock.advance(Duration::from_mins(1));
        let after = flow.refresh(text(&before, "refresh_token"), &[]).await.json();
        let new = verify(&server, &tenant, text(&after, "id_token"), Algorithm::Es256).await.kid;
        assert!(new.is_some() && new != old);
        verify(&server, &tenant, text(&before, "id_token"), Algorithm::Es256).await;
        assert_eq!(flow.userinfo(text(&before, "access_token")).await.status, 200);

        server.clock.advance(AFTERWARDS);
        assert_eq!((published(&server, &tenant).await, stored(&server, &tenant).await), (1, 2));
        server.clock.advance(2 * DAY);
        purge(&server).await.expect("a purge");
        assert_eq!(stored(&server, &tenant).await, 1, "what nothing was signed with that is good");
        server.clock.advance(90 * DAY);
        assert_eq!(rotate_old(&server).await.expect("an answer"), 2, "and so on, also the one that signs by RS256");
    })
    .await;
}

#[tokio::test]
async fn keys_stay_where_the_operator_alone_exchanges_them() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        server.signing_keys.signer(&server, tenant.id, Algorithm::Es256).await.expect("a key");
        let mut settings = server.settings.clone();
        settings.keys.signing_days = 0;
        let twin = server.twin_with(settings).await;
        server.clock.advance(1000 * DAY);
        assert_eq!(rotate_old(&twin).await.expect("an answer"), 0);
        assert_eq!(rotate_old(&server).await.expect("an answer"), 1, "another setting, another answer");
    })
    .await;
}
