//! An app asks who a token is about (`OpenID` Connect Core section 5.3).

use super::code_flow::Flow;
use super::renewed::{Renewed, Source};
use super::{Bench, Repeat};
use crate::report::Row;
use crate::{Outcome, requests};

const CONNECTIONS: usize = 16;

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for ((algorithm, app), aim) in bench.apps().into_iter().zip([">= 25,000", ">= 15,000"]) {
        let mut workers = Vec::new();
        for (number, connection) in bench.connections(CONNECTIONS).await?.into_iter().enumerate() {
            let token = Flow::signed_in(bench, &app, number).await?.token("access_token").await?;
            let request = requests::get(&bench.site.address.host, "/oidc/userinfo", &requests::bearer(&token));
            workers.push(Repeat::new(connection, request));
        }
        let figures = bench.measure(workers).await?;
        rows.push(Row::throughput(format!("userinfo {algorithm}"), bench.engine, aim, figures));
    }
    Ok(rows)
}

/// Workers whose tokens are renewed before they end.
pub async fn workers(bench: &Bench, count: usize) -> Outcome<Vec<Renewed>> {
    let mut workers = Vec::new();
    for (number, connection) in bench.connections(count).await?.into_iter().enumerate() {
        let flow = Flow::signed_in(bench, &bench.es256, number).await?;
        workers.push(Renewed::new(connection, Source::person(bench, flow), "/oidc/userinfo"));
    }
    Ok(workers)
}
