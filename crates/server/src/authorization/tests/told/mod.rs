//! What each way of signing in, redeeming and getting tokens writes into the two logs (security check X10).

mod book;
mod ways;

use super::flow;
use crate::platform::ids::UserId;
use crate::sign_in::password;
use crate::tenants::Tenant;
use crate::testing::{App, TestServer, on_both_engines};
use crate::users::{self, ExternalUserState, User};
use book::Book;

const PASSWORD: &str = "correct horse battery";
/// Guests of Contoso: the first has accepted, the second too and is blocked.
const GUESTS: [&str; 2] = ["sam@fabrikam.example", "kim@fabrikam.example"];

/// An organisation with everybody who appears in the logs.
struct Cast {
    tenant: Tenant,
    mara: User,
    app: App,
    program: App,
}

impl Cast {
    async fn new(server: &TestServer) -> Self {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let hash = password::hash(server, PASSWORD).await.expect("a hash");
        change(server, mara.id, &tenant, |user| user.password_hash = Some(hash.clone())).await;
        let ben = server.member(&tenant, "ben", &[]).await;
        change(server, ben.id, &tenant, |user| {
            user.password_hash = Some(hash.clone());
            user.account_enabled = false;
        })
        .await;
        flow::guest(server, &tenant, GUESTS[0], ExternalUserState::Accepted).await;
        let kim = flow::guest(server, &tenant, GUESTS[1], ExternalUserState::Accepted).await;
        change(server, kim.id, &tenant, |user| user.account_enabled = false).await;
        let app = server.app(&tenant, "Expenses", flow::web()).await;
        let program = server.program(&tenant, &[]).await;
        Self { tenant, mara, app, program }
    }

    /// Gives everybody their names in the book.
    async fn introduce(&self, server: &TestServer, book: &Book<'_>) {
        book.call(&self.mara.id, "Mara");
        for (address, name) in [("ben@contoso.example", "Ben"), (GUESTS[0], "Sam"), (GUESTS[1], "Kim")] {
            let mut tx = server.read().await.expect("a connection");
            let name_here = if address.starts_with("ben") {
                address.to_owned()
            } else {
                format!("{}#EXT#@contoso.example", address.replace('@', "_"))
            };
            let found = users::store::find_by_principal_name(&mut tx, self.tenant.id, &name_here).await;
            book.call(&found.expect("an answer").expect("the person").id, name);
        }
        for (app, name) in [(&self.app, "Expenses"), (&self.program, "Program")] {
            book.call(&app.client_id, name);
            book.call(&app.registered.service_principal.id, name);
        }
    }
}

async fn change(server: &TestServer, id: UserId, tenant: &Tenant, change: impl FnOnce(&mut User)) {
    let mut tx = server.write().await.expect("a transaction");
    let mut user = users::store::find(&mut tx, tenant.id, id).await.expect("an answer").expect("the user");
    change(&mut user);
    assert!(users::store::update(&mut tx, &user, server.clock.now()).await.expect("an update"));
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn x10_every_sign_in_redemption_and_token_is_told_by_its_rows_and_nothing_else() {
    on_both_engines(async |server| {
        let cast = Cast::new(&server).await;
        let book = Book::new(&server, &cast.tenant);
        cast.introduce(&server, &book).await;
        let stage = ways::Stage { server: &server, cast: &cast, book: &book };
        stage.passwords().await;
        stage.codes().await;
        stage.apps().await;
        stage.tokens().await;
        stage.grants().await;
        stage.grants_of_the_blocked().await;
        stage.redemptions().await;
        stage.refused_redemptions().await;
        stage.ends().await;
        book.close();
    })
    .await;
}
