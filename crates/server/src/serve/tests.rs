//! Health, limits and the orderly end, over real sockets.

use super::{Error, Listener, Stop, application};
use crate::testing::on_sqlite;
use axum::Router;
use axum::routing::get;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("the request is sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn an_address_in_use_is_said_in_one_line() {
    let first = Listener::bind(ANY).expect("a free port");
    let Err(error) = Listener::bind(first.address()) else { panic!("the port was given twice") };
    assert!(matches!(error, Error::Listen { .. }));
    assert_eq!(
        error.to_string(),
        format!("cannot listen on {}: another program listens there already", first.address())
    );
}

#[tokio::test]
async fn a_request_in_flight_is_finished_after_a_stop() {
    let slow = Router::new().route(
        "/",
        get(async || {
            tokio::time::sleep(Duration::from_millis(300)).await;
            "finished"
        }),
    );
    let listener = Listener::bind(ANY).expect("a free port");
    let address = listener.address();
    let stop = Stop::never();
    let serving = tokio::spawn(listener.serve(slow, stop.clone()));
    let asking = tokio::spawn(async move { ask(address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.now();
    assert!(asking.await.expect("an answer").ends_with("finished"));
    serving.await.expect("an end").expect("an orderly end");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_head_beyond_the_limit_is_refused() {
    let listener = Listener::bind(ANY).expect("a free port");
    let address = listener.address();
    let stop = Stop::never();
    let serving = tokio::spawn(listener.serve(Router::new(), stop.clone()));
    let long = "a".repeat(80 * 1024);
    let answer = ask(address, &format!("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: {long}\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    stop.now();
    serving.await.expect("an end").expect("an orderly end");
}

#[tokio::test]
async fn i9_any_other_host_is_refused_on_the_wire() {
    on_sqlite(async |server| {
        let listener = Listener::bind(ANY).expect("a free port");
        let address = listener.address();
        let stop = Stop::never();
        let serving = tokio::spawn(listener.serve(application(&server), stop.clone()));
        for head in [
            "GET / HTTP/1.1\r\nHost: evil.test",
            "GET http://evil.test/ HTTP/1.1\r\nHost: localhost:8080",
            "GET http://localhost:8080/ HTTP/1.1\r\nHost: evil.test",
        ] {
            let answer = ask(address, &format!("{head}\r\nConnection: close\r\n\r\n")).await;
            assert!(answer.starts_with("HTTP/1.1 421 "), "{head}: {answer}");
        }
        for head in [
            "GET /nowhere HTTP/1.1\r\nHost: localhost:8080\r\nX-Forwarded-Host: evil.test",
            "GET /nowhere HTTP/1.1\r\nHost: LOCALHOST:8080\r\nForwarded: host=evil.test",
        ] {
            let answer = ask(address, &format!("{head}\r\nConnection: close\r\n\r\n")).await;
            assert!(answer.starts_with("HTTP/1.1 404 "), "{head}: {answer}");
        }
        stop.now();
        serving.await.expect("an end").expect("an orderly end");
    })
    .await;
}
