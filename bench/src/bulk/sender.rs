//! The program that sends a list and follows what becomes of it (docs/inviting-many.md).

use super::list::Expected;
use crate::connection::Connection;
use crate::organisation::{App, Organisation, member};
use crate::scenario::renewed::RENEWAL;
use crate::site::Address;
use crate::{Outcome, requests};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Where lists are sent.
const PATH: &str = "/vestibule/v1/bulkInvitations";

/// Between two looks at the state of a run.
const POLL: Duration = Duration::from_millis(100);

/// How long a run may take that nobody ends: far beyond what a million rows take to be checked.
const PATIENCE: Duration = Duration::from_hours(6);

/// A program with a token of its own, and the run that it began.
pub struct Sender {
    connection: Connection,
    address: Address,
    organisation: Organisation,
    app: App,
    token: String,
    renewed: Instant,
    run: String,
}

impl Sender {
    /// Gets its first token.
    pub async fn open(address: &Address, organisation: &Organisation, app: &App) -> Outcome<Self> {
        Ok(Self {
            connection: Connection::open(address.socket).await?,
            address: address.clone(),
            organisation: organisation.clone(),
            app: app.clone(),
            token: organisation.token(address, app).await?,
            renewed: Instant::now(),
            run: String::new(),
        })
    }

    /// The id of the run.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The path of the run by the API.
    pub fn path(&self) -> String {
        format!("{PATH}/{}", self.run)
    }

    /// Sends the list, whose invitations are to be mailed; it is received whole when this answers.
    pub async fn send(&mut self, list: &str) -> Outcome {
        self.renew().await?;
        let path = format!("{PATH}?name=people.csv&sendInvitationMessage=true");
        let request = requests::csv(&self.address.host, &path, &self.token, list);
        let answer = self.connection.send(&request).await?;
        answer.expect(201)?;
        self.run = member(answer.body, "id")?;
        Ok(())
    }

    /// Waits until every row was checked, and compares what was found with what is expected.
    pub async fn checked(&mut self, expected: Expected) -> Outcome {
        let state = self.leaves("checking", Instant::now() + PATIENCE).await?;
        if state != "checked" {
            return Err(format!("the list is {state} after it was checked").into());
        }
        let [ready, failed, repeated] = self.counts(["ready", "failed", "repeated"]).await?;
        let found = Expected { ready, failed, repeated };
        if found == expected { Ok(()) } else { Err(format!("{found:?} instead of {expected:?}").into()) }
    }

    /// Begins to invite.
    pub async fn start(&mut self) -> Outcome {
        self.renew().await?;
        let path = format!("{}/start", self.path());
        let request = requests::json("POST", &self.address.host, &path, &self.token, &json!({}));
        self.connection.send(&request).await?.expect(200)
    }

    /// The state of the run once it is another one than this, or when the time is over. A run that stopped is an error. The
    /// list of runs is asked, because it does not count the rows.
    pub async fn leaves(&mut self, state: &str, end: Instant) -> Outcome<String> {
        loop {
            let runs = self.get(&format!("{PATH}?$top=1")).await?;
            let run = &runs["value"][0];
            let now = run["state"].as_str().ok_or_else(|| format!("no state in {runs}"))?;
            if now == "stopped" {
                return Err(format!("the list was stopped: {}", run["problem"]).into());
            }
            if now != state || Instant::now() >= end {
                return Ok(now.to_owned());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// How many rows have each of these results.
    pub async fn counts<const N: usize>(&mut self, results: [&str; N]) -> Outcome<[u64; N]> {
        let run = self.get(&self.path()).await?;
        let mut counts = [0; N];
        for (count, result) in counts.iter_mut().zip(results) {
            *count = run["results"][result].as_u64().ok_or_else(|| format!("no count {result} in {run}"))?;
        }
        Ok(counts)
    }

    /// Reads every row, in pages as long as they may be; how many those are.
    pub async fn read_all(&mut self) -> Outcome<usize> {
        let (mut path, mut read) = (format!("{}/rows?$top=999", self.path()), 0);
        loop {
            let page = self.get(&path).await?;
            read += page["value"].as_array().map_or(0, Vec::len);
            match page["@odata.nextLink"].as_str() {
                Some(next) => requests::path_of(next).clone_into(&mut path),
                None => return Ok(read),
            }
        }
    }

    /// The request for something, with a token that is good for a while.
    pub async fn request(&mut self, path: &str) -> Outcome<Vec<u8>> {
        self.renew().await?;
        Ok(requests::get(&self.address.host, path, &requests::bearer(&self.token)))
    }

    async fn get(&mut self, path: &str) -> Outcome<Value> {
        let request = self.request(path).await?;
        let answer = self.connection.send(&request).await?;
        answer.expect(200)?;
        Ok(serde_json::from_slice(answer.body)?)
    }

    async fn renew(&mut self) -> Outcome {
        if self.renewed.elapsed() > RENEWAL {
            self.token = self.organisation.token(&self.address, &self.app).await?;
            self.renewed = Instant::now();
        }
        Ok(())
    }
}
