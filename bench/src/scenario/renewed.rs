//! A request with an access token that is renewed before it ends, for load that lasts longer than a token.

use super::Bench;
use super::code_flow::Flow;
use crate::connection::Connection;
use crate::measure::{Step, Worker};
use crate::organisation::{App, Organisation};
use crate::site::Address;
use crate::{Outcome, requests};
use std::time::{Duration, Instant};

/// Tokens are good for an hour.
pub const RENEWAL: Duration = Duration::from_mins(20);

/// Where the token comes from.
pub struct Source {
    address: Address,
    way: Way,
}

enum Way {
    Person(Box<Flow>),
    Program(Organisation, App),
}

impl Source {
    /// From somebody who is signed in.
    pub fn person(bench: &Bench, flow: Flow) -> Self {
        Self { address: bench.site.address.clone(), way: Way::Person(Box::new(flow)) }
    }

    /// From the app that signs with ES256, for itself.
    pub fn program(bench: &Bench) -> Self {
        let way = Way::Program(bench.organisation.clone(), bench.es256.clone());
        Self { address: bench.site.address.clone(), way }
    }

    async fn token(&mut self) -> Outcome<String> {
        match &mut self.way {
            Way::Person(flow) => flow.token("access_token").await,
            Way::Program(organisation, app) => organisation.token(&self.address, app).await,
        }
    }
}

/// Sends the same request over and over.
pub struct Renewed {
    connection: Connection,
    source: Source,
    path: &'static str,
    request: Vec<u8>,
    renewed: Option<Instant>,
}

impl Renewed {
    /// On this connection; the first token is got by [`Worker::prepare`].
    pub fn new(connection: Connection, source: Source, path: &'static str) -> Self {
        Self { connection, source, path, request: Vec::new(), renewed: None }
    }
}

impl Worker for Renewed {
    async fn prepare(&mut self, _length: Duration) -> Outcome {
        if self.renewed.is_none_or(|at| at.elapsed() > RENEWAL) {
            let token = self.source.token().await?;
            self.request = requests::get(&self.source.address.host, self.path, &requests::bearer(&token));
            self.renewed = Some(Instant::now());
        }
        Ok(())
    }

    async fn work(&mut self) -> Outcome<Step> {
        self.connection.send(&self.request).await?.expect(200)?;
        Ok(Step::Done)
    }
}
