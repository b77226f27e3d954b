//! The program as its operator meets it: configuration, keys, databases, signals, and the world around it failing.

mod copies;
mod outages;
mod serving;
mod start;

use std::time::Duration;

use e2e::Outcome;
use e2e::operator::Installation;
use e2e::visitor::{Page, Visitor};
use reqwest::{Certificate, Client};

const ADA: &str = "ada@contoso.example";
const PASSWORD: &str = "correct horse battery staple";
const PORTAL: &str = "/portal/contoso.example";

fn client(authority: Option<&str>) -> Outcome<Client> {
    // An error only says that an earlier test in this process has chosen it already.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let builder = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let builder = builder.timeout(Duration::from_secs(40));
    Ok(match authority {
        Some(pem) => builder.tls_certs_only([Certificate::from_pem(pem.as_bytes())?]).build()?,
        None => builder.build()?,
    })
}

async fn ada(installation: &Installation, password: &str) -> Outcome<Visitor> {
    let mut visitor = Visitor::new(client(None)?, &installation.base_url)?;
    visitor.open(PORTAL).await?;
    let page = visitor.sign_in(ADA, password).await?;
    assert!(page.status == 200 && page.text.contains("Ada Lovelace"), "{page:?}");
    Ok(visitor)
}

async fn invite(visitor: &mut Visitor, address: &str) -> Outcome<Page> {
    visitor.open(&format!("{PORTAL}/invitations/new")).await?;
    visitor.submit(&[("email", address), ("display_name", "Grace"), ("send", "yes")]).await
}

async fn is_invited(visitor: &mut Visitor, address: &str) -> Outcome<bool> {
    Ok(visitor.open(&format!("{PORTAL}/invitations")).await?.text.contains(address))
}

/// One line on standard error, exit code 1, and every word named.
fn refused(output: &std::process::Output, words: &[&str]) {
    let line = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    for word in words {
        assert!(line.contains(word), "{word} is not in: {line}");
    }
}
