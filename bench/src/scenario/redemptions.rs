//! Guests accept: the link, page one, the code from the mail, in. Each is a browser that was never here.

use super::Bench;
use super::renewed::RENEWAL;
use crate::browser::Browser;
use crate::connection::Connection;
use crate::measure::{Step, Worker};
use crate::organisation::{App, Organisation, REDIRECT, member};
use crate::report::Row;
use crate::sink::Arrived;
use crate::site::Address;
use crate::{Outcome, requests};
use serde_json::json;
use std::rc::Rc;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 16;

/// More invitations than one worker can redeem in a second.
pub const EACH_SECOND: u64 = 200;

/// Somebody who makes invitations and accepts them.
pub struct Guest {
    browser: Browser,
    connection: Connection,
    arrived: Rc<Arrived>,
    address: Address,
    organisation: Organisation,
    app: App,
    token: String,
    renewed: Instant,
    each_second: u64,
    name: String,
    made: u64,
    /// Address and link.
    open: Vec<(String, String)>,
}

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let workers = workers(bench, CONNECTIONS, EACH_SECOND).await?;
    let figures = bench.measure(workers).await?;
    let note = "five requests and one mail each; the latency includes the mail";
    Ok(vec![Row::throughput("redemptions", bench.engine, ">= 1,000", figures).noting(note)])
}

/// Guests who prepare that many invitations for each second.
pub async fn workers(bench: &Bench, count: usize, each_second: u64) -> Outcome<Vec<Guest>> {
    let token = bench.organisation.token(&bench.site.address, &bench.es256).await?;
    let mut workers = Vec::new();
    for (number, connection) in bench.connections(count).await?.into_iter().enumerate() {
        workers.push(Guest {
            browser: Browser::open(&bench.site.address).await?,
            connection,
            arrived: Rc::clone(&bench.site.arrived),
            address: bench.site.address.clone(),
            organisation: bench.organisation.clone(),
            app: bench.es256.clone(),
            token: token.clone(),
            renewed: Instant::now(),
            each_second,
            name: format!("redeemer{number}"),
            made: 0,
            open: Vec::new(),
        });
    }
    Ok(workers)
}

impl Guest {
    async fn invite(&mut self) -> Outcome {
        let address = format!("{}.{}@northwind.example", self.name, self.made);
        let body = json!({
            "invitedUserEmailAddress": address,
            "inviteRedirectUrl": REDIRECT,
            "sendInvitationMessage": false,
        });
        let request = requests::json("POST", &self.address.host, "/v1.0/invitations", &self.token, &body);
        let answer = self.connection.send(&request).await?;
        answer.expect(201)?;
        let link = member(answer.body, "inviteRedeemUrl")?;
        self.made += 1;
        self.open.push((address, requests::path_of(&link).to_owned()));
        Ok(())
    }
}

impl Worker for Guest {
    async fn prepare(&mut self, length: Duration) -> Outcome {
        if self.renewed.elapsed() > RENEWAL {
            self.token = self.organisation.token(&self.address, &self.app).await?;
            self.renewed = Instant::now();
        }
        let wanted = usize::try_from(length.as_secs() * self.each_second)?;
        while self.open.len() < wanted {
            self.invite().await?;
        }
        Ok(())
    }

    async fn work(&mut self) -> Outcome<Step> {
        let Some((address, link)) = self.open.pop() else { return Ok(Step::Exhausted) };
        self.browser.forget();
        self.browser.get(&link).await?;
        self.browser.submit("", &[]).await?;
        let code = self.arrived.code_to(&address).await;
        let status = self.browser.submit_once("/code", &[("code", &code)]).await?;
        if status == 303 && !self.browser.location().ends_with("/code") {
            return Ok(Step::Done);
        }
        Err(format!("{address} is not let in: {status} {}", self.browser.location()).into())
    }
}
