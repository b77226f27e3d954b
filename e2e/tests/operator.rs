//! The program as its operator meets it: configuration, keys, databases, signals, and the world around it failing.

use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use e2e::demo::free_port;
use e2e::forwarder::Forwarder;
use e2e::operator::{Engine, Installation, Serving};
use e2e::organisation::use_app;
use e2e::secrets::seen;
use e2e::visitor::{Page, Visitor};
use e2e::{Outcome, waiting};
use rcgen::CertifiedKey;
use reqwest::{Certificate, Client};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

const ADA: &str = "ada@contoso.example";
const PASSWORD: &str = "correct horse battery staple";
const NEW_PASSWORD: &str = "another horse, another staple";
const PORTAL: &str = "/portal/contoso.example";

/// How long the program may take to notice that the world works again.
const RECOVERY: Duration = Duration::from_secs(20);

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

fn silent_about(log: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(!log.contains(secret.as_str()), "the log tells {secret}");
    }
}

#[test]
fn the_configuration_is_checked_before_anything_runs() -> Outcome {
    let mut installation = Installation::new(Engine::Sqlite)?;
    let told = installation.configured(&["check-config"], &[])?;
    assert!(told.contains(&installation.base_url), "{told}");
    let check = |installation: &Installation, environment: &[(&str, &str)]| {
        installation.output(&["check-config"], &[], environment)
    };

    let from_environment = [("VESTIBULE_PUBLIC_ADDRESS", "https://id.example.org")];
    let told = check(&installation, &from_environment)?;
    assert!(String::from_utf8_lossy(&told.stdout).contains("https://id.example.org"), "the environment wins");
    refused(&check(&installation, &[("VESTIBULE_MAIL__RELAI", "localhost")])?, &["relai"]);

    let key = std::fs::read_to_string(installation.file("master.key"))?;
    refused(&check(&installation, &[("VESTIBULE_KEYS__MASTER_KEY", key.trim())])?, &["keys.master_key", "twice"]);
    let nowhere = installation.file("nowhere").display().to_string();
    refused(&check(&installation, &[("VESTIBULE_MAIL__PASSWORD_FILE", &nowhere)])?, &["mail.password", &nowhere]);

    installation.sections.push_str("[colours]\nsky = \"blue\"\n");
    refused(&check(&installation, &[])?, &["colours"]);
    assert!(!installation.file("vestibule.db").exists(), "a check touches nothing");
    Ok(())
}

#[test]
fn keys_are_never_overwritten() -> Outcome {
    let installation = Installation::new(Engine::Sqlite)?;
    let file = installation.file("master.key");
    let before = std::fs::read(&file)?;
    assert!(installation.succeed(&["keys", "generate", &file.display().to_string()]).is_err());
    assert_eq!(std::fs::read(&file)?, before);
    Ok(())
}

#[tokio::test]
async fn x3_from_an_empty_database_to_the_admin_centre_and_no_secret_in_the_log() -> Outcome {
    for engine in Engine::all() {
        let installation = Installation::with_administrator(engine, PASSWORD)?;
        let serving = installation.serve().await?;
        let visitor = ada(&installation, PASSWORD).await?;
        let mut secrets: Vec<String> = visitor.secrets().collect();
        assert!(!secrets.is_empty(), "a session is a cookie");

        let recover = ["--tenant", "contoso.example", "--upn", ADA];
        let told = installation.configured(&["user", "recover"], &recover)?;
        let link = told.lines().next().ok_or("no link")?.to_owned();
        let mut locked_out = Visitor::new(client(None)?, &installation.base_url)?;
        assert_eq!(locked_out.open(&link).await?.status, 200);
        locked_out.submit(&[("password", NEW_PASSWORD)]).await?;
        assert_eq!(
            Visitor::new(client(None)?, &installation.base_url)?.open(&link).await?.status,
            410,
            "it works once"
        );
        let mut visitor = ada(&installation, NEW_PASSWORD).await?;
        let changes = visitor.open(&format!("{PORTAL}/changes")).await?;
        assert!(changes.text.contains("Issue recovery link"), "{}", changes.text);
        let told = installation.configured(&["tenant", "rotate-keys"], &["--tenant", "contoso.example"])?;
        assert!(told.contains("RS256") && told.contains("ES256"), "{told}");
        invite(&mut visitor, "grace@northwind.example").await?;
        use_app(&client(None)?, &mut visitor, PORTAL).await?;
        secrets.extend(seen());

        let master_key = std::fs::read_to_string(installation.file("master.key"))?;
        let ticket = link.rsplit('/').next().ok_or("no ticket")?.to_owned();
        secrets.extend(visitor.secrets().chain(locked_out.secrets()));
        secrets.extend([PASSWORD.to_owned(), NEW_PASSWORD.to_owned(), master_key.trim().to_owned(), ticket]);
        let log = serving.stop().await?;
        assert!(log.contains("/{tenant}/recover/{secret}"), "the route is logged, without what it holds: {log}");
        silent_about(&log, &secrets);

        let serving = installation.serve().await?;
        let mut visitor = ada(&installation, NEW_PASSWORD).await?;
        assert!(is_invited(&mut visitor, "grace@northwind.example").await?, "the second start finds what it had");
        silent_about(&serving.stop().await?, &secrets);
    }
    Ok(())
}

#[tokio::test]
async fn without_its_master_key_nothing_starts_and_nothing_changes() -> Outcome {
    for engine in Engine::all() {
        let mut installation = Installation::with_administrator(engine, PASSWORD)?;
        let good = installation.sections.clone();
        let key = installation.file("master.key");
        let right = std::fs::read_to_string(&key)?;
        let start = |installation: &Installation| installation.output(&["serve"], &[], &[]);

        std::fs::remove_file(&key)?;
        refused(&start(&installation)?, &["keys.master_key", "master.key"]);
        assert!(!key.exists(), "never a silent new key");
        std::fs::create_dir(&key)?;
        refused(&start(&installation)?, &["keys.master_key", "cannot be read"]);
        std::fs::remove_dir(&key)?;
        std::fs::write(&key, "not a key")?;
        refused(&start(&installation)?, &["32 bytes"]);
        std::fs::write(&key, "5a".repeat(32))?;
        refused(&start(&installation)?, &["master key", "not the key this database was made with"]);
        installation.sections =
            good.lines().filter(|line| !line.contains("master_key_file")).collect::<Vec<_>>().join("\n");
        refused(&start(&installation)?, &["master_key_file"]);

        installation.sections = good;
        std::fs::write(&key, right)?;
        let serving = installation.serve().await?;
        ada(&installation, PASSWORD).await?;
        serving.stop().await?;
    }
    Ok(())
}

fn certify(installation: &Installation) -> Outcome<String> {
    let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    installation.write("key.pem", &signing_key.serialize_pem())?;
    installation.write("certificate.pem", &cert.pem())?;
    Ok(cert.pem())
}

#[tokio::test]
async fn a_certificate_is_exchanged_without_losing_a_connection() -> Outcome {
    let mut installation = Installation::with_administrator(Engine::Sqlite, PASSWORD)?;
    let [certificate, key] = ["certificate.pem", "key.pem"].map(|name| installation.file(name).display().to_string());
    let section = format!("[tls]\ncertificate_file = {certificate:?}\nkey_file = {key:?}\n");
    installation.sections.push_str(&section);
    installation.base_url = format!("https://localhost:{}", installation.port);
    let assets = format!("{}/vestibule/style", installation.base_url);
    let first = certify(&installation)?;
    let mut serving = installation.serve().await?;
    let early = client(Some(&first))?;
    assert_eq!(early.get(&assets).send().await?.status(), 200);
    early.get(&assets).send().await?.bytes().await?;

    let second = certify(&installation)?;
    serving.signal("HUP")?;
    serving.logged("the certificate was read again").await?;
    let late = client(Some(&second))?;
    assert_eq!(late.get(&assets).send().await?.status(), 200);
    // Who believes only the first certificate gets through on the connection it has, and on no new one.
    assert_eq!(early.get(&assets).send().await?.status(), 200);
    assert!(client(Some(&first))?.get(&assets).send().await.is_err());

    installation.write("certificate.pem", "-----BEGIN CERTIFICATE-----\nbroken\n")?;
    serving.signal("HUP")?;
    serving.logged("the certificate stays the one before").await?;
    assert_eq!(client(Some(&second))?.get(&assets).send().await?.status(), 200);
    serving.stop().await?;
    Ok(())
}

async fn ask(port: u16, host: &str, path: &str) -> Outcome<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn health_and_metrics_have_a_listener_of_their_own() -> Outcome {
    let mut installation = Installation::with_administrator(Engine::Sqlite, PASSWORD)?;
    let private = free_port()?;
    let section = format!("[operations]\nlisten = \"127.0.0.1:{private}\"\n");
    installation.sections.push_str(&section);
    let serving = installation.serve().await?;
    let public = format!("localhost:{}", installation.port);
    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = ask(private, "any.example", path).await?;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
        let answer = ask(installation.port, &public, path).await?;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
    let answer = ask(private, "any.example", PORTAL).await?;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    let answer = ask(installation.port, "any.example", PORTAL).await?;
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
    serving.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_request_in_flight_is_answered_after_the_signal() -> Outcome {
    const BODY: &str = "grant_type=client_credentials&client_id=nobody&scope=x";
    let installation = Installation::with_administrator(Engine::Sqlite, PASSWORD)?;
    let mut serving = installation.serve().await?;
    let mut stream = TcpStream::connect(("127.0.0.1", installation.port)).await?;
    let head = format!(
        "POST /contoso.example/oauth2/v2.0/token HTTP/1.1\r\nHost: localhost:{}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        installation.port,
        BODY.len()
    );
    let (begun, rest) = BODY.split_at(10);
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(begun.as_bytes()).await?;
    // An answer to somebody else: by then the server has read what was sent before.
    ask(installation.port, &format!("localhost:{}", installation.port), "/vestibule/style").await?;
    serving.signal("TERM")?;
    serving.logged("stopping").await?;
    stream.write_all(rest.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    assert!(answer.contains("\"error\"") && answer.starts_with("HTTP/1.1 4"), "{answer}");
    let (status, log) = serving.ended().await?;
    assert_eq!((status.code(), status.signal()), (Some(0), None), "{log}");
    Ok(())
}

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

#[tokio::test]
async fn a_database_that_cannot_be_written_stops_the_start() -> Outcome {
    let mut installation = Installation::with_administrator(Engine::Sqlite, PASSWORD)?;
    let good = installation.database_url.clone();
    // The system's own files refuse writing also to the superuser, who runs these tests in a container.
    for nowhere in ["sqlite:/proc/vestibule.db", "sqlite:/nowhere/at/all/vestibule.db"] {
        installation.database_url = nowhere.to_owned();
        refused(&installation.output(&["serve"], &[], &[])?, &["database"]);
        refused(&installation.output(&["migrate"], &[], &[])?, &["database"]);
    }
    installation.database_url = good;
    installation.serve().await?.stop().await?;
    Ok(())
}

/// A second installation with the same master key and an empty database of an engine.
fn with_the_same_key(first: &Installation, engine: Engine) -> Outcome<Installation> {
    let second = Installation::new(engine)?;
    std::fs::copy(first.file("master.key"), second.file("master.key"))?;
    Ok(second)
}

#[tokio::test]
async fn a_backup_comes_back_on_either_engine_and_voids_what_was_open() -> Outcome {
    for engine in Engine::all() {
        let first = Installation::with_administrator(engine, PASSWORD)?;
        let serving = first.serve().await?;
        let mut visitor = ada(&first, PASSWORD).await?;
        invite(&mut visitor, "grace@northwind.example").await?;
        let file = first.file("backup.db").display().to_string();
        let told = first.configured(&["backup"], &[&file])?;
        assert!(told.contains("user_account") && told.contains("The master key is not in it"), "{told}");
        refused(&first.output(&["backup"], &[&file], &[])?, &["overwrites nothing"]);
        refused(&first.output(&["restore"], &[&file, "--replace", "--yes"], &[])?, &["stop every server"]);
        invite(&mut visitor, "late@northwind.example").await?;
        serving.stop().await?;

        for other in Engine::all() {
            let second = with_the_same_key(&first, other)?;
            refused(&second.output(&["restore"], &[&file], &[])?, &["not confirmed"]);
            let told = second.configured(&["restore"], &[&file, "--yes"])?;
            assert!(told.contains("A restore begins a new epoch") && told.contains("Restored."), "{told}");
            refused(&second.output(&["restore"], &[&file, "--yes"], &[])?, &["--replace"]);
            let serving = second.serve().await?;
            let mut visitor = ada(&second, PASSWORD).await?;
            assert!(is_invited(&mut visitor, "grace@northwind.example").await?);
            assert!(!is_invited(&mut visitor, "late@northwind.example").await?, "that came after the backup");
            serving.stop().await?;
        }
        let stranger = Installation::new(Engine::Sqlite)?;
        refused(&stranger.output(&["restore"], &[&file, "--yes"], &[])?, &["master key"]);
    }
    Ok(())
}

#[tokio::test]
async fn an_installation_moves_to_either_engine_and_exchanges_its_keys() -> Outcome {
    for (engine, other) in Engine::all().into_iter().zip(Engine::all().into_iter().rev()) {
        let first = Installation::with_administrator(engine, PASSWORD)?;
        let serving = first.serve().await?;
        invite(&mut ada(&first, PASSWORD).await?, "grace@northwind.example").await?;
        let second = with_the_same_key(&first, other)?;
        refused(&first.output(&["move"], &["--to", &second.database_url], &[])?, &["stop every server"]);
        serving.stop().await?;
        let told = first.configured(&["move"], &["--to", &second.database_url])?;
        assert!(told.contains("every table compared"), "{told}");
        refused(&first.output(&["move"], &["--to", &second.database_url], &[])?, &["not empty"]);

        let serving = second.serve().await?;
        let next = second.file("next.key").display().to_string();
        second.succeed(&["keys", "generate", &next])?;
        refused(&second.output(&["keys", "rotate-master"], &["--new", &next], &[])?, &["stop every server"]);
        serving.stop().await?;
        second.configured(&["keys", "rotate-master"], &["--new", &next])?;
        refused(&second.output(&["serve"], &[], &[])?, &["master key"]);
        std::fs::copy(second.file("next.key"), second.file("master.key"))?;
        let told = second.configured(&["keys", "rotate"], &[])?;
        assert!(told.contains("Contoso") && told.contains("ES256"), "{told}");
        let serving = second.serve().await?;
        assert!(is_invited(&mut ada(&second, PASSWORD).await?, "grace@northwind.example").await?);
        serving.stop().await?;
    }
    Ok(())
}
