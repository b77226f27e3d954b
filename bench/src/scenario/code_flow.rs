//! Somebody who is signed in opens an app: authorization code with PKCE, then the tokens (RFC 6749 section 4.1).

use super::{Bench, member};
use crate::browser::Browser;
use crate::connection::Connection;
use crate::measure::{Step, Worker};
use crate::organisation::{App, Organisation, REDIRECT, VERIFIER, member as member_of};
use crate::report::Row;
use crate::site::Address;
use crate::{Outcome, requests};

const CONNECTIONS: usize = 8;

/// An app's server and a signed-in browser, on one connection.
pub struct Flow {
    connection: Connection,
    address: Address,
    authorize: Vec<u8>,
    token_path: String,
    app: App,
}

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for ((algorithm, app), aim) in bench.apps().into_iter().zip([">= 1,500", ">= 5,000 (5)"]) {
        let mut workers = Vec::new();
        for number in 0..bench.at_once(CONNECTIONS) {
            workers.push(Flow::signed_in(bench, &app, number).await?);
        }
        let figures = bench.measure(workers).await?;
        rows.push(Row::throughput(format!("code-flow {algorithm}"), bench.engine, aim, figures));
    }
    Ok(rows)
}

/// Signed-in members at the app that signs with ES256.
pub async fn workers(bench: &Bench, count: usize) -> Outcome<Vec<Flow>> {
    let mut workers = Vec::new();
    for number in 0..count {
        workers.push(Flow::signed_in(bench, &bench.es256, number).await?);
    }
    Ok(workers)
}

impl Flow {
    /// Signs a member in.
    pub async fn signed_in(bench: &Bench, app: &App, number: usize) -> Outcome<Self> {
        let (site, organisation) = (&bench.site, &bench.organisation);
        let path = organisation.authorize_path(app);
        let mut browser = Browser::open(&site.address).await?;
        browser.get(&path).await?;
        organisation.sign_in(&mut browser, &member(number)).await?;
        Self::of(&site.address, organisation, app, &browser.cookie_header()).await
    }

    /// Goes on with the cookies of somebody who is signed in.
    pub async fn of(address: &Address, organisation: &Organisation, app: &App, cookies: &str) -> Outcome<Self> {
        let authorize = requests::get(&address.host, &organisation.authorize_path(app), cookies);
        Self::at(address, authorize, organisation.token_path(), app.clone()).await
    }

    /// Goes on at any provider: with the request that leads to a code, and where codes are exchanged.
    pub async fn at(address: &Address, authorize: Vec<u8>, token_path: String, app: App) -> Outcome<Self> {
        let connection = Connection::open(address.socket).await?;
        Ok(Self { connection, address: address.clone(), authorize, token_path, app })
    }

    /// Goes the whole way once; the answer with the tokens.
    pub async fn tokens(&mut self) -> Outcome<Vec<u8>> {
        let answer = self.connection.send(&self.authorize).await?;
        let code = answer.header("location").and_then(code_of);
        let code = code.ok_or_else(|| format!("no code: {} {:?}", answer.status, answer.header("location")))?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", &self.app.client_id),
            ("client_secret", &self.app.secret),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("code", &code),
        ];
        let request = requests::form(&self.address.host, &self.token_path, "", &fields);
        let answer = self.connection.send(&request).await?;
        answer.expect(200)?;
        Ok(answer.body.to_vec())
    }

    /// A token from the answer with the tokens of one flow.
    pub async fn token(&mut self, name: &str) -> Outcome<String> {
        member_of(&self.tokens().await?, name)
    }
}

impl Worker for Flow {
    async fn work(&mut self) -> Outcome<Step> {
        self.tokens().await.map(|_| Step::Done)
    }
}

fn code_of(location: &str) -> Option<String> {
    let query = location.strip_prefix(REDIRECT)?.strip_prefix('?')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "code").map(|(_, value)| value.into_owned())
}
