//! An app renews its tokens; each refresh token is good once.

use super::Bench;
use super::code_flow::Flow;
use crate::connection::Connection;
use crate::measure::{Step, Worker};
use crate::organisation::{App, member};
use crate::report::Row;
use crate::{Outcome, requests};

const CONNECTIONS: usize = 8;

/// An app that keeps its tokens fresh.
pub struct Refresh {
    connection: Connection,
    host: String,
    path: String,
    app: App,
    token: String,
}

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for ((algorithm, app), aim) in bench.apps().into_iter().zip(["", ">= 5,000"]) {
        let figures = bench.measure(of(bench, &app, CONNECTIONS).await?).await?;
        rows.push(Row::throughput(format!("refresh {algorithm}"), bench.engine, aim, figures));
    }
    Ok(rows)
}

/// Workers of the app that signs with ES256.
pub async fn workers(bench: &Bench, count: usize) -> Outcome<Vec<Refresh>> {
    of(bench, &bench.es256, count).await
}

async fn of(bench: &Bench, app: &App, count: usize) -> Outcome<Vec<Refresh>> {
    let mut workers = Vec::new();
    for (number, connection) in bench.connections(count).await?.into_iter().enumerate() {
        let token = Flow::signed_in(bench, app, number).await?.token("refresh_token").await?;
        let (host, path) = (bench.site.address.host.clone(), bench.organisation.token_path());
        workers.push(Refresh::new(connection, (host, path), app.clone(), token));
    }
    Ok(workers)
}

impl Refresh {
    /// Renews at any provider: the host and path at which, the app, and its first refresh token.
    pub fn new(connection: Connection, (host, path): (String, String), app: App, token: String) -> Self {
        Self { connection, host, path, app, token }
    }
}

impl Worker for Refresh {
    async fn work(&mut self) -> Outcome<Step> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", self.app.client_id.as_str()),
            ("client_secret", &self.app.secret),
            ("refresh_token", &self.token),
        ];
        let answer = self.connection.send(&requests::form(&self.host, &self.path, "", &fields)).await?;
        answer.expect(200)?;
        self.token = member(answer.body, "refresh_token")?;
        Ok(Step::Done)
    }
}
