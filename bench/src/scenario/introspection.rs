//! An app asks whether an access token of its own still opens anything (RFC 7662).

use super::code_flow::Flow;
use super::{Bench, Repeat};
use crate::report::Row;
use crate::{Outcome, requests};

const CONNECTIONS: usize = 16;

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let (host, path) = (bench.site.address.host.clone(), bench.organisation.introspection_path());
    let mut rows = Vec::new();
    for ((algorithm, app), aim) in bench.apps().into_iter().zip([">= 25,000", ">= 15,000"]) {
        let mut workers = Vec::new();
        for (number, connection) in bench.connections(CONNECTIONS).await?.into_iter().enumerate() {
            let token = Flow::signed_in(bench, &app, number).await?.token("access_token").await?;
            let fields =
                [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", token.as_str())];
            let request = requests::form(&host, &path, "", &fields);
            if workers.is_empty() {
                expect_active(bench, &request).await?;
            }
            workers.push(Repeat::new(connection, request));
        }
        let figures = bench.measure(workers).await?;
        rows.push(Row::throughput(format!("introspection {algorithm}"), bench.engine, aim, figures));
    }
    Ok(rows)
}

/// A token that is not active is answered by 200 as well, and costs less.
async fn expect_active(bench: &Bench, request: &[u8]) -> Outcome {
    let mut connection = bench.connections(1).await?.remove(0);
    let answer = connection.send(request).await?;
    let said: serde_json::Value = serde_json::from_slice(answer.body)?;
    if said["active"] == true { Ok(()) } else { Err(format!("the token is not active: {said}").into()) }
}
