//! What every client reads first: the provider's metadata and its keys.

use super::{Bench, Repeat};
use crate::report::Row;
use crate::{Outcome, requests};

/// So cheap for the server that few connections would measure how long messages take; more of them let both sides find
/// several waiting each time they look.
const CONNECTIONS: usize = 64;

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let tenant = &bench.organisation.id;
    let documents = [
        ("discovery", format!("/{tenant}/v2.0/.well-known/openid-configuration")),
        ("key set", format!("/{tenant}/discovery/v2.0/keys")),
    ];
    let mut rows = Vec::new();
    for (name, path) in documents {
        let request = requests::get(&bench.site.address.host, &path, "");
        let connections = bench.connections(CONNECTIONS).await?;
        let workers = connections.into_iter().map(|connection| Repeat::new(connection, request.clone())).collect();
        rows.push(Row::throughput(name, bench.engine, ">= 100,000", bench.measure(workers).await?));
    }
    Ok(rows)
}
