//! A server that runs: its certificate, its listeners, and its end.

use std::os::unix::process::ExitStatusExt as _;

use e2e::Outcome;
use e2e::demo::free_port;
use e2e::operator::{Engine, Installation};
use rcgen::CertifiedKey;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{PASSWORD, PORTAL, client};

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
async fn without_a_listener_of_their_own_metrics_are_for_this_machine_alone() -> Outcome {
    let installation = Installation::with_administrator(Engine::Sqlite, PASSWORD)?;
    let serving = installation.serve().await?;
    let answer = ask(installation.port, "any.example", "/metrics").await?;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("vestibule_database_available 1"), "{answer}");
    let answer = ask(installation.port, "any.example\r\nX-Forwarded-For: 127.0.0.1", "/metrics").await?;
    assert!(answer.starts_with("HTTP/1.1 403 ") && !answer.contains("vestibule_"), "{answer}");
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
