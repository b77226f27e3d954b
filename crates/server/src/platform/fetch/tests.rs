//! F13: what must never be reached.

use super::guard::{Guard, Reach, is_public};
use super::{Fetch, FetchError, Refused};
use std::net::SocketAddr;
use std::sync::Arc;
use url::Url;

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

#[test]
fn f13_special_addresses_are_not_public() {
    for address in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.254",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "5f00::1",
    ] {
        assert!(!is_public(address.parse().expect("an address")), "{address}");
    }
    for address in [
        "1.1.1.1",
        "9.255.255.255",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.169.0.1",
        "223.255.255.254",
        "2606:4700::1111",
        "2a00:1450::1",
        "2001:4860::8888",
    ] {
        assert!(is_public(address.parse().expect("an address")), "{address}");
    }
}

#[test]
fn f13_addresses_are_refused_when_they_are_saved() {
    let fetch = Fetch::new(Vec::new());
    for literal in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a00:1]/",
        "https://[64:ff9b::a00:1]/",
    ] {
        assert!(matches!(fetch.check(&url(literal)), Err(Refused::Address(_))), "{literal}");
    }
    for scheme in ["http://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/"] {
        assert_eq!(fetch.check(&url(scheme)), Err(Refused::Scheme), "{scheme}");
    }
    for credentials in ["https://user@example.org/", "https://user:password@example.org/", "https://:x@example.org/"] {
        assert_eq!(fetch.check(&url(credentials)), Err(Refused::Credentials), "{credentials}");
    }
    assert_eq!(fetch.check(&url("https://example.org/metadata")), Ok(()));
}

#[test]
fn f13_one_private_answer_refuses_the_name() {
    let guard = Guard::new(Arc::new([]), Reach::PublicAndAllowed);
    let addresses =
        |texts: &[&str]| texts.iter().map(|text| text.parse().expect("an address")).collect::<Vec<SocketAddr>>();
    let judged = |texts| guard.judge("mixed.example", addresses(texts));
    assert!(judged(&["1.1.1.1:0", "[2606:4700::1111]:0"]).is_ok());
    assert!(matches!(judged(&["1.1.1.1:0", "10.0.0.1:0"]), Err(Refused::Address(_))));
    assert!(matches!(judged(&["[2606:4700::1111]:0", "[::ffff:10.0.0.1]:0"]), Err(Refused::Address(_))));
    assert_eq!(judged(&[]), Err(Refused::Unresolved("mixed.example".to_owned())));
}

#[test]
fn f13_an_operator_opens_networks_narrowly() {
    let fetch = Fetch::new(vec!["10.20.0.0/16".parse().expect("a network")]);
    assert_eq!(fetch.check(&url("https://10.20.3.4/")), Ok(()));
    assert_eq!(fetch.check(&url("http://10.20.3.4/")), Ok(()));
    assert_eq!(fetch.check(&url("https://[::ffff:10.20.3.4]/")), Ok(()));
    assert!(fetch.check(&url("https://10.21.0.1/")).is_err());
    assert!(fetch.check(&url("http://1.1.1.1/")).is_err());
}

#[tokio::test]
async fn f13_names_of_this_machine_are_refused_before_connecting() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let port = listener.local_addr().expect("its address").port();
    let fetch = Fetch::new(Vec::new());
    let error = fetch.get(&url(&format!("https://localhost:{port}/"))).await.expect_err("must be refused");
    assert!(error.to_string().contains("is not an address on the public internet"), "{error}");
    // Not every resolver knows the name with the dot; none may lead here.
    fetch.get(&url(&format!("https://localhost.:{port}/"))).await.expect_err("must be refused");
    let waiting = tokio::time::timeout(std::time::Duration::from_millis(50), listener.accept());
    assert!(waiting.await.is_err(), "somebody connected");
}

#[tokio::test]
async fn f13_redirects_are_not_followed_and_answers_are_bounded() {
    use axum::Router;
    use axum::response::Redirect;
    use axum::routing::get;
    let router = Router::new()
        .route("/away", get(async || Redirect::temporary("/large")))
        .route("/large", get(async || "x".repeat(2 * 1024 * 1024)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let fetch = Fetch::new(vec!["127.0.0.1/32".parse().expect("a network")]);
    let away = fetch.get(&url(&format!("http://{address}/away"))).await.expect("an answer");
    assert_eq!(away.status, 307);
    let large = fetch.get(&url(&format!("http://{address}/large"))).await.expect_err("must be refused");
    assert!(matches!(large, FetchError::TooLarge));
}
