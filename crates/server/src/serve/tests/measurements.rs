//! `/metrics`: who is told, and what it costs.

use super::status;
use crate::config::Settings;
use crate::jobs::{self, Kind};
use crate::serve::Operations;
use crate::serve::operations::is_from_here;
use crate::testing::on_both_engines;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use std::net::SocketAddr;
use std::time::Duration;
use tower::ServiceExt as _;

/// A request for the measurements from a peer, with headers.
fn for_metrics(peer: Option<&str>, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get("/metrics");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).expect("a request");
    if let Some(peer) = peer {
        let peer = SocketAddr::new(peer.parse().expect("an address"), 4711);
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    request
}

/// What is measured tells strangers how much is done here, and each look costs one at the whole queue.
#[tokio::test]
async fn a_public_listener_tells_its_measurements_to_this_machine_alone() {
    on_both_engines(async |server| {
        let routes = Operations::new(&server).public_routes();
        let ask = async |peer: Option<&str>, headers: &[(&str, &str)]| {
            let answer = routes.clone().oneshot(for_metrics(peer, headers)).await.expect("an answer");
            (answer.status(), axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body"))
        };
        for near in ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(ask(Some(near), &[("host", "127.0.0.1:8080")]).await.0, StatusCode::OK, "{near}");
        }
        for far in [None, Some("192.0.2.7"), Some("10.0.0.1"), Some("2001:db8::7"), Some("::ffff:192.0.2.7")] {
            let none: &[(&str, &str)] = &[];
            for headers in [none, &[("x-forwarded-for", "127.0.0.1")], &[("host", "localhost")]] {
                let (status, body) = ask(far, headers).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{far:?} {headers:?}");
                assert!(!String::from_utf8_lossy(&body).contains("vestibule_"), "{body:?}");
            }
        }
        for (name, value) in [
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-host", "id.example.org"),
            ("x-forwarded-proto", "https"),
            ("x-real-ip", "203.0.113.9"),
            ("forwarded", "for=203.0.113.9"),
            ("via", "1.1 proxy"),
        ] {
            assert_eq!(ask(Some("127.0.0.1"), &[(name, value)]).await.0, StatusCode::FORBIDDEN, "{name}");
        }
        assert_eq!(status(&routes, "/healthz").await, StatusCode::OK, "whoever asks");
    })
    .await;
}

#[test]
fn a_proxy_that_says_nothing_of_itself_is_known_by_the_public_host() {
    let text = "public_address = \"https://id.example.org\"\n[database]\nurl = \"sqlite:/nowhere/vestibule.db\"\n\
        [keys]\n[mail]\nrelay = \"localhost\"\nfrom = \"invitations@example.org\"\n";
    let settings = Settings::from_toml(text).expect("settings");
    let asked = |host: &str| is_from_here(&settings, &for_metrics(Some("127.0.0.1"), &[("host", host)]));
    assert!(asked("127.0.0.1:8080") && asked("localhost:8080"));
    for host in ["id.example.org", "ID.example.org", "id.example.org:443"] {
        assert!(!asked(host), "{host}");
    }
    let mut absolute = for_metrics(Some("127.0.0.1"), &[]);
    *absolute.uri_mut() = "https://id.example.org/metrics".parse().expect("an address");
    assert!(!is_from_here(&settings, &absolute));
}

#[tokio::test]
async fn the_queue_is_counted_once_in_some_seconds_however_many_ask() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let routes = Operations::new(&server).routes();
        let queue = async || {
            let mut tx = server.write().await.expect("a transaction");
            let (subject, now) = (server.entropy.random_uuid(), server.clock.now());
            jobs::enqueue(&mut tx, &server, tenant.id, Kind::SendMail, subject, now).await.expect("a job");
            tx.commit().await.expect("a commit");
        };
        let waiting = async || {
            let answer = routes.clone().oneshot(for_metrics(None, &[])).await.expect("an answer");
            let page = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
            let page = String::from_utf8(page.to_vec()).expect("text");
            let line = page.lines().find_map(|line| line.strip_prefix("vestibule_jobs{state=\"waiting\"} "));
            line.map(str::to_owned).expect("the measurement")
        };
        queue().await;
        assert_eq!(waiting().await, "1");
        queue().await;
        assert_eq!(waiting().await, "1", "as it was counted a moment ago");
        server.clock.advance(Duration::from_secs(5));
        assert_eq!(waiting().await, "2");
        queue().await;
        server.clock.set_back(Duration::from_hours(1));
        assert_eq!(waiting().await, "3", "no clock keeps it for longer");
    })
    .await;
}
