//! A provider written by others, on the same processor and under the same load: npm's `oidc-provider`.

use crate::connection::Connection;
use crate::measure::{Plan, measure};
use crate::process::Process;
use crate::report::{Row, say};
use crate::requests;
use crate::scenario::Repeat;
use crate::{Outcome, statistics};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

const NAME: &str = "oidc-provider (in memory)";

/// A start that takes longer has failed.
const START: Duration = Duration::from_secs(20);

/// Connections, as many as for the server.
const CONNECTIONS: usize = 16;

/// Measures cold start, discovery and client credentials.
pub async fn run(folder: &Path, plan: &Plan, rows: &mut Vec<Row>) -> Outcome {
    let mut starts = Vec::new();
    let mut running = None;
    for _ in 0..plan.runs {
        drop(running.take());
        let (process, address, took) = start(folder).await?;
        starts.push(took.as_secs_f64() * 1000.0);
        running = Some((process, address));
    }
    let (process, address) = running.ok_or("no run was asked for")?;
    let host = address.to_string();
    push(rows, Row::plain("cold start to ready", NAME, "", (statistics::median(&starts), "ms"), starts));
    push(rows, Row::plain("memory at start", NAME, "", (process.memory()?.0, "MiB"), Vec::new()));
    let discovery = requests::get(&host, "/.well-known/openid-configuration", "");
    let mut work = vec![("discovery".to_owned(), discovery)];
    for algorithm in ["RS256", "ES256"] {
        work.push((format!("client-credentials {algorithm}"), client_credentials(&host, algorithm)));
    }
    for (name, request) in work {
        let mut workers = Vec::new();
        for _ in 0..CONNECTIONS {
            workers.push(Repeat::new(Connection::open(address).await?, request.clone()));
        }
        push(rows, Row::throughput(name, NAME, "", measure(plan, workers).await?));
    }
    push(rows, Row::plain("memory after load", NAME, "", (process.memory()?.0, "MiB"), Vec::new()));
    Ok(())
}

fn push(rows: &mut Vec<Row>, row: Row) {
    say(&row);
    rows.push(row);
}

fn client_credentials(host: &str, algorithm: &str) -> Vec<u8> {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", "load"),
        ("client_secret", "secret-of-the-load-driver"),
        ("resource", &format!("urn:bench:{algorithm}")),
        ("scope", "read"),
    ];
    requests::form(host, "/token", "", &fields)
}

async fn start(folder: &Path) -> Outcome<(Process, SocketAddr, Duration)> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let script = folder.join("oidc-provider.mjs").display().to_string();
    let before = Instant::now();
    let process = Process::start(Path::new("node"), &[&script, &port.to_string()])?;
    let request = requests::get(&address.to_string(), "/.well-known/openid-configuration", "");
    loop {
        if let Ok(mut connection) = Connection::open(address).await {
            connection.send(&request).await?.expect(200)?;
            return Ok((process, address, before.elapsed()));
        }
        if before.elapsed() > START {
            return Err("oidc-provider does not start".into());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
