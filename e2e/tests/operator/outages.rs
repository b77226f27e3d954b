//! The database goes away, or cannot be written, and comes back.

use std::net::SocketAddr;
use std::time::Duration;

use e2e::forwarder::Forwarder;
use e2e::operator::{Engine, Installation, Serving};
use e2e::visitor::{Page, Visitor};
use e2e::{Outcome, waiting};
use url::Url;

use super::{PASSWORD, PORTAL, ada, invite, is_invited};

/// How long the program may take to notice that the world works again.
const RECOVERY: Duration = Duration::from_secs(20);

fn unavailable(page: &Page, kind: &str) {
    assert_eq!(page.status, 503, "{page:?}");
    assert!(page.retry_after.is_some() && page.kind.starts_with(kind), "{page:?}");
}

async fn works_again(serving: &Serving, visitor: &mut Visitor) -> Outcome {
    let waited = waiting::until("the database to be used again", RECOVERY, async || {
        Ok((visitor.open(PORTAL).await?.status == 200).then_some(()))
    });
    Ok(waited.await.map_err(|error| format!("{error}\n{}", serving.log()))?)
}

#[tokio::test]
async fn postgresql_goes_away_and_comes_back() -> Outcome {
    if !Engine::all().contains(&Engine::Postgres) {
        return Ok(());
    }
    let mut installation = Installation::with_administrator(Engine::Postgres, PASSWORD)?;
    let mut url = Url::parse(&installation.database_url)?;
    let target = url.socket_addrs(|| Some(5432))?;
    let mut wire = Forwarder::start(*target.first().ok_or("no address")?).await?;
    let near: SocketAddr = wire.address;
    url.set_ip_host(near.ip()).map_err(|()| "no host")?;
    url.set_port(Some(near.port())).map_err(|()| "no port")?;
    installation.database_url = url.into();
    let serving = installation.serve().await?;
    let mut visitor = ada(&installation, PASSWORD).await?;
    invite(&mut visitor, "before@northwind.example").await?;
    visitor.open(&format!("{PORTAL}/invitations/new")).await?;

    wire.cut().await;
    let fields = [("email", "during@northwind.example"), ("display_name", "Grace"), ("send", "yes")];
    unavailable(&visitor.submit(&fields).await?, "text/html");
    unavailable(&visitor.open(PORTAL).await?, "text/html");
    let answer = visitor.open("/contoso.example/v2.0/.well-known/openid-configuration").await?;
    unavailable(&answer, "application/json");
    assert_eq!(visitor.open("/readyz").await?.status, 503);
    assert_eq!(visitor.open("/healthz").await?.status, 200);

    wire.mend().await?;
    works_again(&serving, &mut visitor).await?;
    assert!(is_invited(&mut visitor, "before@northwind.example").await?, "what was acknowledged is there");
    assert!(!is_invited(&mut visitor, "during@northwind.example").await?, "what was refused is not");
    invite(&mut visitor, "after@northwind.example").await?;
    assert!(is_invited(&mut visitor, "after@northwind.example").await?);
    serving.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_full_disk_refuses_writing_until_there_is_room() -> Outcome {
    let installation = Installation::with_administrator(Engine::Sqlite, PASSWORD)?;
    let serving = installation.serve().await?;
    let mut visitor = ada(&installation, PASSWORD).await?;
    invite(&mut visitor, "before@northwind.example").await?;
    visitor.open(&format!("{PORTAL}/invitations/new")).await?;

    serving.limit_files("1")?;
    let fields = [("email", "during@northwind.example"), ("display_name", "Grace"), ("send", "yes")];
    unavailable(&visitor.submit(&fields).await?, "text/html");
    serving.limit_files("unlimited")?;

    works_again(&serving, &mut visitor).await?;
    assert!(is_invited(&mut visitor, "before@northwind.example").await?, "what was acknowledged is there");
    assert!(!is_invited(&mut visitor, "during@northwind.example").await?, "what was refused is not");
    invite(&mut visitor, "after@northwind.example").await?;
    assert!(is_invited(&mut visitor, "after@northwind.example").await?);
    serving.stop().await?;
    Ok(())
}
