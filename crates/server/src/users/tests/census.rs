//! Guests by their homes: few are counted at once, many once an hour.

use super::guest;
use crate::dispatch;
use crate::platform::ids::{TenantId, UserId};
use crate::testing::{TestServer, on_both_engines};
use crate::users::census::{self, AT_ONCE, Census};
use crate::users::{User, UserType, store};
use std::time::Duration;

async fn look(server: &TestServer, tenant: TenantId) -> Census {
    let mut tx = server.read().await.expect("a connection");
    census::look(&mut tx, tenant, server.clock.now()).await.expect("a census")
}

fn homes(census: &Census) -> Vec<(&str, i64)> {
    census.largest.0.iter().map(|home| (home.domain.as_str(), home.guests)).collect()
}

#[tokio::test]
async fn few_guests_are_counted_when_somebody_looks() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        server.member(&tenant, "ines", &[]).await;
        guest(&server, &other, "Ada", "ada@elsewhere.example").await;
        for (name, address) in
            [("A", "a@Partner.example"), ("B", "b@partner.example"), ("C", "c@north.partner.example")]
        {
            guest(&server, &tenant, name, address).await;
        }
        let mut gone = guest(&server, &tenant, "D", "d@partner.example").await;
        let mut bare = guest(&server, &tenant, "E", "e@partner.example").await;
        gone.deleted_at = Some(server.clock.now());
        bare.mail = None;
        let mut tx = server.write().await.expect("a transaction");
        assert!(store::update(&mut tx, &gone, server.clock.now()).await.expect("an answer"));
        assert!(store::update(&mut tx, &bare, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let census = look(&server, tenant.id).await;
        assert_eq!(homes(&census), [("partner.example", 2), ("north.partner.example", 1)]);
        assert_eq!((census.guests, census.homes, census.counted_at), (4, 2, server.clock.now()));
    })
    .await;
}

#[tokio::test]
async fn many_guests_are_counted_once_an_hour() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let began = server.clock.now();
        let mut tx = server.write().await.expect("a transaction");
        for number in 0..AT_ONCE {
            let id = UserId(server.entropy.uuid(began));
            let home = if number % 5 == 0 { "fabrikam.example" } else { "northwind.example" };
            let user = User {
                mail: Some(format!("guest{number}@{home}")),
                user_type: UserType::Guest,
                ..User::member(tenant.id, id, format!("guest{number}@contoso.example"), "Guest".to_owned(), began)
            };
            store::insert(&mut tx, &user).await.expect("a guest");
        }
        tx.commit().await.expect("a commit");
        let all = [("northwind.example", 4_000), ("fabrikam.example", 1_000)];
        assert_eq!(homes(&look(&server, tenant.id).await), all, "nobody has counted yet");
        dispatch::count(&server).await.expect("a count");
        server.clock.advance(Duration::from_mins(59));
        guest(&server, &tenant, "Late", "late@woodgrove.example").await;
        dispatch::count(&server).await.expect("a count");
        let census = look(&server, tenant.id).await;
        assert_eq!((homes(&census), census.counted_at), (all.to_vec(), began), "the count is still good");
        server.clock.advance(Duration::from_mins(1));
        dispatch::count(&server).await.expect("a count");
        let census = look(&server, tenant.id).await;
        assert_eq!((census.guests, census.homes, census.counted_at), (5_001, 3, server.clock.now()));
        assert_eq!(homes(&census)[2], ("woodgrove.example", 1));
    })
    .await;
}
