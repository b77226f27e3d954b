//! Health, limits and the orderly end, over real sockets.

mod alerts;
mod certificates;
mod measurements;

use super::{Error, Listener, Operations, Stop, until_stopped, watch as database_watch};
use crate::graph::Permission;
use crate::platform::MasterKey;
use crate::testing::{on_both_engines, on_sqlite, watch};
use crate::{MIGRATIONS, backups, router};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use database::migration::{self, Migration};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower::ServiceExt as _;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

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
async fn a_body_beyond_the_limit_is_refused_and_not_broken_off() {
    on_sqlite(async |server| {
        let listener = Listener::bind(ANY).expect("a free port");
        let (address, stop) = (listener.address(), Stop::never());
        let serving = tokio::spawn(listener.serve(router::public(Arc::clone(&server)), stop.clone()));
        let (host, body) = (server.settings.public_host(), "a".repeat(2_000_000));
        let head = format!(
            "POST /contoso.example/oauth2/v2.0/token HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let answer = ask(address, &(head + &body)).await;
        assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("invalid_request"), "{answer}");
        stop.now();
        serving.await.expect("an end").expect("an orderly end");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_waits_is_told_to_send_only_what_is_read() {
    on_sqlite(async |server| {
        let listener = Listener::bind(ANY).expect("a free port");
        let (address, stop) = (listener.address(), Stop::never());
        let serving = tokio::spawn(listener.serve(router::public(Arc::clone(&server)), stop.clone()));
        let (host, body) = (server.settings.public_host(), "grant_type=none");
        let head = |path: &str| {
            format!(
                "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nExpect: 100-continue\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
                body.len()
            )
        };
        let refused = ask(address, &head("/nowhere")).await;
        assert!(refused.starts_with("HTTP/1.1 4"), "{refused}");

        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(head("/contoso.example/oauth2/v2.0/token").as_bytes()).await.expect("the head is sent");
        let mut told = [0; 12];
        stream.read_exact(&mut told).await.expect("a word");
        assert_eq!(&told, b"HTTP/1.1 100");
        stream.write_all(body.as_bytes()).await.expect("the body is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.contains("HTTP/1.1 4"), "{answer}");
        stop.now();
        serving.await.expect("an end").expect("an orderly end");
    })
    .await;
}

#[tokio::test]
async fn i9_any_other_host_is_refused_on_the_wire() {
    on_both_engines(async |server| {
        let listener = Listener::bind(ANY).expect("a free port");
        let address = listener.address();
        let stop = Stop::never();
        let serving = tokio::spawn(listener.serve(router::public(Arc::clone(&server)), stop.clone()));
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

async fn status(router: &Router, path: &str) -> StatusCode {
    let request = Request::get(path).header("host", "any.example").body(Body::empty()).expect("a request");
    router.clone().oneshot(request).await.expect("an answer").status()
}

#[tokio::test]
async fn a_server_without_its_database_is_alive_and_not_ready() {
    on_both_engines(async |server| {
        let routes = Operations::new(&server).routes();
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(status(&routes, path).await, StatusCode::OK, "{path}");
        }
        server.database.close().await;
        assert_eq!(status(&routes, "/healthz").await, StatusCode::OK);
        assert_eq!(status(&routes, "/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(&routes, "/metrics").await, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn the_operators_listener_serves_nothing_else() {
    on_both_engines(async |server| {
        let routes = Operations::new(&server).routes();
        assert_eq!(status(&routes, "/").await, StatusCode::NOT_FOUND);
        // The public listener has them only when there is no other.
        assert_eq!(status(&router::public(Arc::clone(&server)), "/metrics").await, StatusCode::MISDIRECTED_REQUEST);
    })
    .await;
}

/// What a person reads out from an error leads to the line of the log and to the row of the sign-in.
#[tokio::test]
async fn x10_an_error_its_log_line_and_its_sign_in_name_one_request() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[]).await;
        let log = Log::default();
        let _guard = log.keep(LevelFilter::INFO);
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret=wrong&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
            app.client_id
        );
        let request = Request::post(format!("/{}/oauth2/v2.0/token", tenant.id))
            .header("host", "localhost:8080")
            .header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(Body::from(body)).expect("a request");
        let answer = router::public(Arc::clone(&server)).oneshot(request).await.expect("an answer");
        let id = answer.headers()["request-id"].to_str().expect("text").to_owned();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 16).await.expect("a body");
        let body: serde_json::Value = serde_json::from_slice(&body).expect("an error");
        assert_eq!(body["correlation_id"], id);
        let text = String::from_utf8(log.0.lock().expect("no writer panicked").clone()).expect("text");
        assert!(text.lines().any(|line| line.contains("answered") && line.contains(&id)), "{id}: {text}");
        server.flush_sign_ins().await;
        let mut tx = server.read().await.expect("a connection");
        let filter = crate::audit::SignInFilter::default();
        let rows = crate::audit::store::list_sign_ins(&mut tx, tenant.id, &filter, None, 10).await.expect("the log");
        let told: Vec<_> = rows.iter().map(|row| (row.correlation_id.to_string(), row.error_code)).collect();
        assert_eq!(told, [(id, 7_000_215)]);
    })
    .await;
}

/// The same for the API, whether the caller was refused or the server failed.
#[tokio::test]
async fn x10_an_error_of_the_api_and_its_log_lines_name_one_request() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let powerless = server.token(&server.program(&tenant, &[]).await).await;
        let reader = server.token(&server.program(&tenant, &[Permission::UserReadAll]).await).await;
        let log = Log::default();
        let _guard = log.keep(LevelFilter::INFO);
        let ask = async |token: &str| {
            let request = Request::get("/v1.0/users").header("host", "localhost:8080");
            let request = request.header("authorization", format!("Bearer {token}")).body(Body::empty());
            let answer =
                router::public(Arc::clone(&server)).oneshot(request.expect("a request")).await.expect("an answer");
            let (status, id) = (answer.status(), answer.headers()["request-id"].to_str().expect("text").to_owned());
            let body = axum::body::to_bytes(answer.into_body(), 1 << 16).await.expect("a body");
            let body: serde_json::Value = serde_json::from_slice(&body).expect("an error");
            assert_eq!(body["error"]["innerError"]["request-id"], id);
            (status, id)
        };
        let (refused, refusal) = ask(&powerless).await;
        assert_eq!(refused, StatusCode::FORBIDDEN);
        server.database.close().await;
        let (failed, failure) = ask(&reader).await;
        assert!(failed.is_server_error(), "{failed}");
        assert_ne!(refusal, failure);
        let text = String::from_utf8(log.0.lock().expect("no writer panicked").clone()).expect("text");
        for (words, id) in [("answered", &refusal), ("answered", &failure), ("a request failed", &failure)] {
            assert!(text.lines().any(|line| line.contains(words) && line.contains(id)), "{words} {id}: {text}");
        }
    })
    .await;
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Keeps what this thread logs, up to a level.
    fn keep(&self, most: LevelFilter) -> DefaultGuard {
        let writer = self.clone();
        let lines = fmt::layer().with_ansi(false).with_writer(move || writer.clone()).with_filter(most);
        tracing::subscriber::set_default(tracing_subscriber::registry().with(lines).with(watch::listener()))
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn x3_the_log_names_routes_and_never_what_stands_in_an_address() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let log = Log::default();
        let _guard = log.keep(LevelFilter::TRACE);
        let router = router::public(Arc::clone(&server));
        let redeem = format!("/{}/redeem?ticket=vsi_hidden", tenant.id);
        let authorize = format!("/{}/oauth2/v2.0/authorize?code=hidden&state=hidden&login_hint=hidden", tenant.id);
        for path in [redeem.as_str(), &authorize, "/contoso.example/recover/vsl_hidden", "/nowhere/hidden?x=hidden"] {
            let request = Request::get(path).header("host", "localhost:8080").header("cookie", "a=hidden");
            let request = request.header("authorization", "Bearer hidden").body(Body::empty()).expect("a request");
            router.clone().oneshot(request).await.expect("an answer");
        }
        let text = String::from_utf8(log.0.lock().expect("no writer panicked").clone()).expect("text");
        assert!(!text.contains("hidden"), "{text}");
        assert_eq!(text.matches("answered").count(), 4, "{text}");
        assert!(text.contains("route=/{tenant}/oauth2/v2.0/authorize"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_server_with_the_key_of_before_stops() {
    on_both_engines(async |server| {
        assert!(database_watch::problem(&server).await.is_none());
        let [old, new] = ["5a", "0f"].map(|pair| MasterKey::parse(&pair.repeat(32)).expect("a key"));
        backups::reseal(&server.database, &old, &new, &server.entropy).await.expect("another key");
        assert!(matches!(database_watch::problem(&server).await, Some(Error::MasterKeyExchanged)));
        let stop = Stop::never();
        let reason = database_watch::watch(Arc::clone(&server), stop.clone()).await;
        assert!(reason.to_string().contains("start it with the new key"), "{reason}");
        stop.asked().await;
    })
    .await;
}

#[tokio::test]
async fn a_server_stops_once_a_newer_program_has_migrated_its_database() {
    on_both_engines(async |server| {
        let text = "CREATE TABLE later (id BIGINT NOT NULL PRIMARY KEY);";
        let newer = [MIGRATIONS, &[Migration { version: 10_000, name: "later", text }]].concat();
        migration::migrate(&server.database, &newer).await.expect("a newer schema");
        let listener = Listener::bind(ANY).expect("a free port");
        let address = listener.address();
        let outcome = until_stopped(&server, vec![(listener, Router::new())], Stop::never()).await;
        let reason = outcome.expect_err("it does not go on").to_string();
        assert!(reason.contains("10000 (later)") && reason.contains("run the newer program"), "{reason}");
        assert!(!reason.contains('\n'), "{reason}");
        assert!(TcpStream::connect(address).await.is_err(), "nothing is answered any more");
    })
    .await;
}
