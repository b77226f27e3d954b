//! A program gets a token for itself.

use super::{Bench, Repeat};
use crate::Outcome;
use crate::report::Row;

const CONNECTIONS: usize = 16;

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for ((algorithm, app), aim) in bench.apps().into_iter().zip([">= 3,500", ">= 20,000 (3)"]) {
        let request = bench.organisation.client_credentials(&bench.site.address, &app);
        let connections = bench.connections(CONNECTIONS).await?;
        let workers = connections.into_iter().map(|connection| Repeat::new(connection, request.clone())).collect();
        let figures = bench.measure(workers).await?;
        rows.push(Row::throughput(format!("client-credentials {algorithm}"), bench.engine, aim, figures));
    }
    Ok(rows)
}

/// Workers that ask as the app that signs with ES256.
pub async fn workers(bench: &Bench, count: usize) -> Outcome<Vec<Repeat>> {
    let request = bench.organisation.client_credentials(&bench.site.address, &bench.es256);
    let connections = bench.connections(count).await?;
    Ok(connections.into_iter().map(|connection| Repeat::new(connection, request.clone())).collect())
}
