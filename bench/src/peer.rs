//! A provider written by others, on the same processor and under the same load: npm's `oidc-provider`.

use crate::browser::Browser;
use crate::connection::Connection;
use crate::measure::measure;
use crate::organisation::{App, CHALLENGE, REDIRECT};
use crate::process::Process;
use crate::report::{Row, say};
use crate::scenario::Repeat;
use crate::scenario::code_flow::Flow;
use crate::scenario::refresh::Refresh;
use crate::site::Address;
use crate::{Options, Outcome, requests, statistics};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

const NAME: &str = "oidc-provider (in memory)";

/// The scenarios that it shares with us.
pub const SHARED: [&str; 6] = ["discovery", "client-credentials", "code-flow", "refresh", "userinfo", "introspection"];

/// A start that takes longer has failed.
const START: Duration = Duration::from_secs(20);

/// Connections, as many as for the server.
const CONNECTIONS: usize = 16;

/// Connections of code flows and of renewals, as many as for the server.
const FLOWS: usize = 8;

/// How tokens are signed; the apps of the script are called so.
const ALGORITHMS: [&str; 2] = ["RS256", "ES256"];

/// The secret of each of the apps.
const SECRET: &str = "secret-of-the-load-driver";

/// The token endpoint.
const TOKEN: &str = "/token";

/// The peer while it runs.
struct Peer {
    process: Process,
    address: Address,
}

/// Measures what a provider without a directory does, by the names of our own scenarios.
pub async fn run(folder: &Path, options: &Options, rows: &mut Vec<Row>) -> Outcome {
    let plan = &options.plan();
    let mut starts = Vec::new();
    let mut running = None;
    for _ in 0..plan.runs {
        drop(running.take());
        let (peer, took) = start(folder).await?;
        starts.push(took.as_secs_f64() * 1000.0);
        running = Some(peer);
    }
    let peer = running.ok_or("no run was asked for")?;
    push(rows, Row::plain("cold start to ready", NAME, "", (statistics::median(&starts), "ms"), starts));
    push(rows, Row::plain("memory at start", NAME, "", (peer.process.memory()?.0, "MiB"), Vec::new()));
    let host = &peer.address.host;
    let mut work = Vec::new();
    if options.wants("discovery") {
        work.push(("discovery".to_owned(), requests::get(host, "/.well-known/openid-configuration", "")));
        work.push(("key set".to_owned(), requests::get(host, "/jwks", "")));
    }
    for algorithm in ALGORITHMS.into_iter().filter(|_| options.wants("client-credentials")) {
        work.push((format!("client-credentials {algorithm}"), client_credentials(host, algorithm)));
    }
    for (name, request) in work {
        push(rows, Row::throughput(name, NAME, "", measure(plan, peer.repeating(&[request]).await?).await?));
    }
    for algorithm in ALGORITHMS {
        people(&peer, options, algorithm, rows).await?;
    }
    push(rows, Row::plain("memory after load", NAME, "", (peer.process.memory()?.0, "MiB"), Vec::new()));
    Ok(())
}

/// What is done for somebody who is signed in.
async fn people(peer: &Peer, options: &Options, algorithm: &'static str, rows: &mut Vec<Row>) -> Outcome {
    let plan = &options.plan();
    if options.wants("code-flow") {
        let mut workers = Vec::new();
        for _ in 0..FLOWS {
            workers.push(peer.signed_in(algorithm).await?);
        }
        let figures = measure(plan, workers).await?;
        push(rows, Row::throughput(format!("code-flow {algorithm}"), NAME, "", figures));
    }
    if options.wants("refresh") {
        let mut workers = Vec::new();
        for _ in 0..FLOWS {
            let token = peer.signed_in(algorithm).await?.token("refresh_token").await?;
            let connection = Connection::open(peer.address.socket).await?;
            let place = (peer.address.host.clone(), TOKEN.to_owned());
            workers.push(Refresh::new(connection, place, app(algorithm), token));
        }
        let figures = measure(plan, workers).await?;
        push(rows, Row::throughput(format!("refresh {algorithm}"), NAME, "", figures));
    }
    let (mut asking, mut introspecting) = (Vec::new(), Vec::new());
    for _ in 0..CONNECTIONS {
        let token = peer.signed_in(algorithm).await?.token("access_token").await?;
        asking.push(requests::get(&peer.address.host, "/me", &requests::bearer(&token)));
        let fields = [("client_id", algorithm), ("client_secret", SECRET), ("token", &token)];
        introspecting.push(requests::form(&peer.address.host, "/token/introspection", "", &fields));
    }
    for (name, requests) in [("userinfo", asking), ("introspection", introspecting)] {
        if options.wants(name) {
            let figures = measure(plan, peer.repeating(&requests).await?).await?;
            push(rows, Row::throughput(format!("{name} {algorithm}"), NAME, "", figures).noting("opaque tokens"));
        }
    }
    Ok(())
}

impl Peer {
    /// One worker for each connection, each with a request; the requests are shared out in turn.
    async fn repeating(&self, requests: &[Vec<u8>]) -> Outcome<Vec<Repeat>> {
        let mut workers = Vec::new();
        for request in requests.iter().cycle().take(CONNECTIONS) {
            workers.push(Repeat::new(Connection::open(self.address.socket).await?, request.clone()));
        }
        Ok(workers)
    }

    /// Somebody who is signed in at the app whose ID tokens are signed so.
    async fn signed_in(&self, algorithm: &str) -> Outcome<Flow> {
        let path = authorize_path(algorithm);
        let mut browser = Browser::open(&self.address).await?;
        browser.get(&path).await?;
        if !browser.location().starts_with(REDIRECT) {
            return Err(format!("oidc-provider lets nobody in: {} {}", browser.location(), browser.page()).into());
        }
        let request = requests::get(&self.address.host, &path, &browser.cookie_header());
        Flow::at(&self.address, request, TOKEN.to_owned(), app(algorithm)).await
    }
}

/// The app as its script registers it.
fn app(algorithm: &str) -> App {
    App { id: String::new(), client_id: algorithm.to_owned(), secret: SECRET.to_owned() }
}

fn authorize_path(algorithm: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", algorithm),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "s"),
            ("nonce", "n"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    format!("/auth?{query}")
}

fn push(rows: &mut Vec<Row>, row: Row) {
    say(&row);
    rows.push(row);
}

fn client_credentials(host: &str, algorithm: &str) -> Vec<u8> {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", "load"),
        ("client_secret", SECRET),
        ("resource", &format!("urn:bench:{algorithm}")),
        ("scope", "read"),
    ];
    requests::form(host, TOKEN, "", &fields)
}

async fn start(folder: &Path) -> Outcome<(Peer, Duration)> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let script = folder.join("oidc-provider.mjs").display().to_string();
    let before = Instant::now();
    let process = Process::start(Path::new("node"), &[&script, &port.to_string()])?;
    let request = requests::get(&address.to_string(), "/.well-known/openid-configuration", "");
    loop {
        if let Ok(mut connection) = Connection::open(address).await {
            connection.send(&request).await?.expect(200)?;
            let (took, host) = (before.elapsed(), address.to_string());
            let address = Address { origin: format!("http://{host}"), host, socket: address };
            return Ok((Peer { process, address }, took));
        }
        if before.elapsed() > START {
            return Err("oidc-provider does not start".into());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
