//! A page of a hundred users, at the start of the directory and in its middle.

use super::renewed::{Renewed, Source};
use super::{Bench, Repeat};
use crate::connection::Connection;
use crate::report::Row;
use crate::{Outcome, requests};
use serde_json::Value;

const FIRST: &str = "/v1.0/users?$top=100";

/// Throughput is not asked for here: the latency of one client is.
const CONNECTIONS: usize = 1;

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let token = bench.organisation.token(&bench.site.address, &bench.es256).await?;
    let host = bench.site.address.host.clone();
    let (pages, middle) = middle(&mut bench.connections(1).await?.remove(0), &host, &token).await?;
    let mut rows = Vec::new();
    for (name, path) in [("first", FIRST.to_owned()), ("deep", middle)] {
        let request = requests::get(&host, &path, &requests::bearer(&token));
        let connections = bench.connections(CONNECTIONS).await?;
        let workers = connections.into_iter().map(|connection| Repeat::new(connection, request.clone())).collect();
        let figures = bench.measure(workers).await?;
        let row = Row::throughput(format!("listing, page of 100 users, {name}"), bench.engine, "p50 <= 0.3", figures);
        rows.push(row.noting(format!("of {pages} pages, one client")));
    }
    Ok(rows)
}

/// Follows the links once through the whole directory; how many pages there are, and the address of the middle one.
async fn middle(connection: &mut Connection, host: &str, token: &str) -> Outcome<(usize, String)> {
    let mut pages = vec![FIRST.to_owned()];
    while let Some(path) = pages.last() {
        let answer = connection.send(&requests::get(host, path, &requests::bearer(token))).await?;
        answer.expect(200)?;
        let body: Value = serde_json::from_slice(answer.body)?;
        let Some(next) = body["@odata.nextLink"].as_str() else { break };
        pages.push(requests::path_of(next).to_owned());
    }
    let path = pages.get(pages.len() / 2).cloned().unwrap_or_default();
    Ok((pages.len(), path))
}

/// Workers that read the first page, with tokens of a program that are renewed before they end.
pub async fn workers(bench: &Bench, count: usize) -> Outcome<Vec<Renewed>> {
    let connections = bench.connections(count).await?;
    Ok(connections.into_iter().map(|connection| Renewed::new(connection, Source::program(bench), FIRST)).collect())
}
