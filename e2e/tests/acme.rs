//! `[tls.acme]` against an ACME server by others, on both engines.

use std::net::Ipv4Addr;
use std::time::Duration;

use e2e::acme::{Place, shown};
use e2e::demo::free_port;
use e2e::neighbours::dns;
use e2e::operator::{Engine, Installation, Serving};
use e2e::{Outcome, waiting};
use reqwest::{Certificate, Client};
use serde_json::Value;
use tokio::net::TcpStream;

const HOST: &str = "id.vestibule.example";
const PASSWORD: &str = "correct horse battery staple";
/// What an ACME server hands out to an operator.
const EXTERNAL_KEY: &str = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
/// So long that the next certificate is ordered after forty seconds.
const LIFETIME: Duration = Duration::from_mins(1);
/// How long what is done at once, or within a second, may take on a busy machine.
const SOON: Duration = Duration::from_secs(30);
/// How long it may take until a certificate is exchanged by its age, or that of another process is found.
const LATER: Duration = Duration::from_mins(2);

/// An installation that people reach by TLS, and its own listener for health and metrics.
struct Site {
    installation: Installation,
    operations: u16,
}

impl Site {
    fn new(engine: Engine) -> Outcome<Self> {
        let mut installation = Installation::with_administrator(engine, PASSWORD)?;
        installation.base_url = format!("https://{HOST}:{}", installation.port);
        Ok(Self { installation, operations: free_port()? })
    }

    fn configure(&mut self, acme: &Place) {
        let operations = format!("[operations]\nlisten = \"127.0.0.1:{}\"\n", self.operations);
        self.installation.sections.push_str(&operations);
        self.installation.sections.push_str(&acme.section());
    }

    /// What the operator's listener answers.
    async fn ask(&self, path: &str) -> Outcome<String> {
        let answer = Client::builder().no_proxy().build()?.get(format!("http://127.0.0.1:{}{path}", self.operations));
        Ok(answer.send().await?.error_for_status()?.text().await?)
    }

    /// Until when the certificate is good by the metrics, in seconds since 1970; none without one.
    async fn ends(&self) -> Outcome<Option<f64>> {
        let metrics = self.ask("/metrics").await?;
        let line = metrics.lines().find(|line| line.starts_with("vestibule_certificate_end_timestamp_seconds "));
        line.and_then(|line| line.rsplit(' ').next()).map(|figure| Ok(figure.parse()?)).transpose()
    }

    /// What the doctor says about the certificate that is kept: verdict and meaning, one after the other.
    fn examined(&self) -> Outcome<Vec<(String, String)>> {
        let output = self.installation.output(&["doctor"], &["--json"], &[])?;
        let document: Value = serde_json::from_slice(&output.stdout)?;
        let findings = document["findings"].as_array().ok_or("no findings")?.iter();
        let word = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        let certificate = findings.filter(|finding| finding["about"] == "certificate");
        Ok(certificate.map(|finding| (word(finding, "verdict"), word(finding, "means"))).collect())
    }

    fn assert_examined(&self, verdict: &str, words: &str) -> Outcome {
        let findings = self.examined()?;
        assert!(findings.iter().any(|(is, means)| is == verdict && means.contains(words)), "{words}: {findings:?}");
        Ok(())
    }
}

/// Waits until the server logs these words once more than they stand in what it has logged.
async fn logs_again(serving: &Serving, words: &str, before: usize, limit: Duration) -> Outcome {
    let count = || serving.log().matches(words).count();
    let waited = waiting::until(words, limit, async || Ok((count() > before).then_some(()))).await;
    waited.map_err(|error| format!("{error}\n---- the log ----\n{}", serving.log()).into())
}

/// Waits until a certificate of this authority is shown.
async fn comes(root: &Certificate, port: u16, serving: &Serving, acme: &Place) -> Outcome<Vec<u8>> {
    let waited = waiting::until("a certificate", SOON, async || Ok(shown(root, HOST, port).await.ok())).await;
    let logs = || {
        format!("---- the log ----\n{}\n---- the ACME server's ----\n{}", serving.log(), acme.log().unwrap_or_default())
    };
    waited.map_err(|error| format!("{error}\n{}", logs()).into())
}

#[tokio::test]
async fn a_certificate_is_ordered_kept_shared_and_exchanged_and_no_failure_takes_it_away() -> Outcome {
    // An error only says that an earlier test in this process has chosen it already.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    match Engine::all().as_slice() {
        [one, other] => tokio::try_join!(story(*one), story(*other)).map(drop),
        engines => story(engines[0]).await,
    }
}

async fn story(engine: Engine) -> Outcome {
    let (_dns, nameserver) = dns(&[format!("--address=/{HOST}/127.0.0.1")]).await?;
    let mut site = Site::new(engine)?;
    let port = site.installation.port;
    let acme = Place::new(port, LIFETIME)?;
    site.configure(&acme);
    let told = site.installation.configured(&["check-config"], &[])?;
    assert!(told.contains(HOST), "{told}");

    // The ACME server is away: that is said, and nothing else stands still.
    let mut serving = site.installation.serve().await?;
    serving.logged("there is no certificate yet").await?;
    serving.logged("no certificate was received").await?;
    assert!(site.ask("/readyz").await?.contains("ready"));
    assert_eq!(site.ends().await?, Some(0.0));
    site.assert_examined("failure", "No certificate for id.vestibule.example is here yet")?;
    site.assert_examined("failure", "1 orders in a row failed")?;
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;

    // It is back, and somebody says so. With PostgreSQL another process orders, and the first one answers and serves.
    let pebble = acme.start(&nameserver).await?;
    let root = acme.root().await?;
    assert!(shown(&root, HOST, port).await.is_err(), "no order before the pause is over");
    let mut second = None;
    if engine == Engine::Postgres {
        let sections = site.installation.sections.clone();
        site.installation.sections = sections.replace(&site.operations.to_string(), &free_port()?.to_string());
        let other_port = free_port()?;
        let other = site.installation.serve_at(other_port).await?;
        site.installation.sections = sections;
        other.signal("HUP")?;
        logs_again(&other, "a certificate was received", 0, SOON).await?;
        second = Some((other, other_port));
    } else {
        serving.signal("HUP")?;
    }
    let first = comes(&root, port, &serving, &acme).await?;
    if let Some((other, other_port)) = &second {
        assert_eq!(shown(&root, HOST, *other_port).await?, first);
        assert!(!serving.log().contains("a certificate was received"), "one process ordered for both");
        assert!(other.log().contains("an account with the ACME server was made"));
    }
    assert!(site.ends().await?.is_some_and(|ends| ends > 1.0e9));
    site.assert_examined("ok", "the next one is ordered at")?;
    site.assert_examined("ok", "was overcome: localhost: ")?;

    // A start finds it in the database.
    serving.stop().await?;
    let serving = site.installation.serve().await?;
    assert_eq!(shown(&root, HOST, port).await?, first);
    let log = serving.log();
    assert!(!log.contains("is ordered") && log.contains("the certificate is in use"), "{log}");

    // The next one comes by itself, once for all processes.
    let next = waiting::until("the next certificate", LATER, async || {
        Ok(shown(&root, HOST, port).await.ok().filter(|shown| *shown != first))
    })
    .await?;
    let count = |serving: &Serving| serving.log().matches("a certificate was received").count();
    let ordered = || count(&serving) + second.as_ref().map_or(0, |(other, _)| count(other) - 1);
    waiting::until("the line of it", SOON, async || Ok((ordered() > 0).then_some(()))).await?;
    assert_eq!(ordered(), 1);
    if let Some((other, _)) = second {
        other.stop().await?;
    }

    // The ACME server is away when the one after that is due: the present one stays.
    drop(pebble);
    logs_again(&serving, "no certificate was received", 0, LATER).await?;
    assert!(serving.log().contains("the present one stays in use"), "{}", serving.log());
    assert_eq!(shown(&root, HOST, port).await?, next);
    site.assert_examined("warning", "1 orders in a row failed")?;

    // It has lost its memory, the account in it: a new one is made.
    let _pebble = acme.start(&nameserver).await?;
    let root = acme.root().await?;
    serving.signal("HUP")?;
    comes(&root, port, &serving, &acme).await?;
    assert!(serving.log().contains("the account is known there no more"), "{}", serving.log());
    let log = serving.stop().await?;
    assert!(!log.contains("PRIVATE KEY"), "{log}");
    assert!(acme.log()?.contains(HOST));
    Ok(())
}

#[tokio::test]
async fn an_acme_server_that_knows_its_operators_makes_an_account_for_one_of_them() -> Outcome {
    // An error only says that an earlier test in this process has chosen it already.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let (_dns, nameserver) = dns(&[format!("--address=/{HOST}/127.0.0.1")]).await?;
    let mut site = Site::new(Engine::Sqlite)?;
    let port = site.installation.port;
    let acme = Place::new(port, Duration::from_hours(1))?;
    acme.require_account("operator-7", EXTERNAL_KEY)?;
    let _pebble = acme.start(&nameserver).await?;
    let root = acme.root().await?;
    site.configure(&acme);
    let mut serving = site.installation.serve().await?;
    serving.logged("no certificate was received").await?;
    assert!(serving.stop().await?.contains("externalAccountRequired"));

    let key = site.installation.write("external.key", EXTERNAL_KEY)?.display().to_string();
    let known = format!("[tls.acme.external_account]\nkey_id = \"operator-7\"\nkey_file = {key:?}\n");
    site.installation.sections.push_str(&known);
    let serving = site.installation.serve().await?;
    serving.signal("HUP")?;
    comes(&root, port, &serving, &acme).await?;
    let log = serving.stop().await?;
    assert!(log.contains("an account with the ACME server was made") && !log.contains(EXTERNAL_KEY), "{log}");
    Ok(())
}
