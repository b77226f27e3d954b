//! Failures that repeat become a number on a row, which names whom it is about only if that is one.

use super::contoso;
use crate::audit::entry::SignInEntry;
use crate::audit::group::record_soon;
use crate::audit::repeats::{OF_APP, OF_NETWORK};
use crate::audit::sign_in::SignIn;
use crate::audit::{SignInFilter, store};
use crate::platform::ids::{ClientId, UserId};
use crate::tenants::Tenant;
use crate::testing::{Recorder, TestServer, on_both_engines};
use std::collections::HashSet;
use uuid::Uuid;

/// A refused token of this user.
fn fail(server: &TestServer, tenant: &Tenant, user: u128) {
    let row = SignIn {
        user: Some(UserId(Uuid::from_u128(user))),
        user_principal_name: Some(format!("{user}@contoso.example")),
        home_tenant: Some(tenant.id),
        client: Some(ClientId(Uuid::from_u128(1))),
        error_code: 50173,
        failure_reason: Some("The grant was revoked; sign in again".to_owned()),
        ..SignIn::default()
    };
    record_soon(server, tenant.id, row);
}

async fn rows(server: &TestServer, tenant: &Tenant) -> Vec<SignInEntry> {
    server.flush_sign_ins().await;
    let mut tx = server.read().await.expect("a connection");
    let filter = SignInFilter::default();
    store::list_sign_ins(&mut tx, tenant.id, &filter, None, i64::from(u32::MAX)).await.expect("the log")
}

#[tokio::test]
async fn failures_of_one_user_are_not_counted_on_the_row_of_another() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        for _ in 0..OF_NETWORK + 5 {
            fail(&server, &tenant, 2);
        }
        fail(&server, &tenant, 3);
        let rows = rows(&server, &tenant).await;
        let of = |user| {
            let id = Some(UserId(Uuid::from_u128(user)));
            rows.iter().filter(|row| row.user_id == id).map(|row| row.attempts).collect::<Vec<_>>()
        };
        assert_eq!(of(2).len(), 11, "ten and the one that counts");
        assert_eq!(of(2).iter().sum::<i64>(), 15);
        assert_eq!(of(3), [1]);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_counts_for_many_users_names_none() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        for user in 0..u128::from(OF_APP) + 7 {
            fail(&server, &tenant, user + 2);
        }
        let rows = rows(&server, &tenant).await;
        let counting: Vec<_> = rows.iter().filter(|row| row.attempts > 1).collect();
        assert_eq!(counting.len(), 1);
        let row = counting[0];
        assert_eq!((row.attempts, row.user_id, row.home_tenant_id), (7, None, None));
        assert_eq!((&row.user_principal_name, &row.user_display_name), (&None, &None));
        assert_eq!(rows.len(), 1001);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_longer_than_names_are_is_cut() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let name = "\u{e9}".repeat(5_000);
        let row = SignIn { user_principal_name: Some(name), error_code: 50034, ..SignIn::default() };
        record_soon(&server, tenant.id, row);
        let rows = rows(&server, &tenant).await;
        assert_eq!(rows[0].user_principal_name.as_deref(), Some("\u{e9}".repeat(512).as_str()));
    })
    .await;
}

#[tokio::test]
async fn rows_that_waited_are_written_by_few_statements_and_each_is_there() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        server.flush_sign_ins().await;
        let recorder = Recorder::start();
        for app in 0..137 {
            let row = SignIn { client: Some(ClientId(Uuid::from_u128(app))), ..SignIn::default() };
            record_soon(&server, tenant.id, row);
        }
        fail(&server, &other, 2);
        server.flush_sign_ins().await;
        assert_eq!(recorder.work().writes.len(), 5, "64, 64, 8 and 1 of one organisation, 1 of the other");
        let written = rows(&server, &tenant).await;
        assert_eq!((written.len(), written.iter().map(|row| row.attempts).sum::<i64>()), (137, 137));
        let apps: HashSet<_> = written.iter().map(|row| row.app_id).collect();
        assert_eq!(apps.len(), 137);
        assert_eq!(rows(&server, &other).await.len(), 1);
    })
    .await;
}
