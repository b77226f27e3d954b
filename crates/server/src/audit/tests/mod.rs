//! Reading the logs: by the API and in the portal.

mod asked;
mod export;
mod graph;
mod pages;
mod plans;
mod reads;
mod repeats;
mod retention;
mod tally;

use super::sign_in::{self, SignIn};
use super::{Activity, Outcome, Target, record};
use crate::graph::Caller;
use crate::platform::ids::CorrelationId;
use crate::platform::request::Request;
use crate::tenants::Tenant;
use crate::testing::TestServer;
use crate::users::User;
use uuid::Uuid;

/// A request whose reference begins with these eight digits.
fn request(start: u32) -> Request {
    let id = Uuid::from_u128((u128::from(start) << 96) | 0x4000_8000_0000_0000_0001);
    Request { correlation: CorrelationId(id), ..Request::current() }
}

/// Somebody tried to sign in.
async fn tried(server: &TestServer, user: &User, reference: u32, error_code: i64) {
    let row = SignIn {
        user: Some(user.id),
        user_display_name: Some(user.display_name.clone()),
        user_principal_name: Some(user.user_principal_name.clone()),
        is_interactive: true,
        error_code,
        failure_reason: (error_code != 0).then(|| "The password is wrong".to_owned()),
        method: Some("password"),
        ..SignIn::default()
    };
    let mut tx = server.write().await.expect("a transaction");
    let write = sign_in::record(&mut tx, server, user.tenant_id, row);
    request(reference).scope(write).await.expect("a row");
    tx.commit().await.expect("a commit");
}

/// Nobody known at the organisation of this user tried to sign in by a name.
async fn nobody(server: &TestServer, at: &User, name: &str, reference: u32) {
    let row = SignIn {
        user_principal_name: Some(name.to_owned()),
        is_interactive: true,
        error_code: 50034,
        ..SignIn::default()
    };
    let mut tx = server.write().await.expect("a transaction");
    let write = sign_in::record(&mut tx, server, at.tenant_id, row);
    request(reference).scope(write).await.expect("a row");
    tx.commit().await.expect("a commit");
}

/// Somebody blocked somebody else.
async fn blocked(server: &TestServer, caller: &Caller, user: &User, reference: u32) {
    let target = Target::new("User", user.id.0, user.display_name.clone())
        .named(user.user_principal_name.clone())
        .change("accountEnabled", true, false);
    let mut tx = server.write().await.expect("a transaction");
    let write = record(
        &mut tx,
        server,
        caller,
        Activity::DisableAccount,
        &Outcome::Success,
        &target,
        &[("reason", "lost laptop")],
    );
    request(reference).scope(write).await.expect("a row");
    tx.commit().await.expect("a commit");
}

/// A tenant to look at.
async fn contoso(server: &TestServer) -> Tenant {
    server.tenant("Contoso", "contoso.example").await
}
