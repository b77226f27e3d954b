//! Guests accept: the link, page one, the code from the mail, in. Each is a browser that was never here.

use super::Bench;
use crate::browser::Browser;
use crate::connection::Connection;
use crate::measure::{Step, Worker, measure};
use crate::organisation::{REDIRECT, member};
use crate::report::Row;
use crate::sink::Arrived;
use crate::{Outcome, requests};
use serde_json::json;
use std::rc::Rc;
use std::time::Duration;

const CONNECTIONS: usize = 16;

/// More invitations than one worker can redeem in a second.
const EACH_SECOND: u64 = 200;

struct Guest {
    browser: Browser,
    connection: Connection,
    arrived: Rc<Arrived>,
    host: String,
    token: String,
    name: String,
    made: u64,
    /// Address and link.
    open: Vec<(String, String)>,
}

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let token = bench.organisation.token(&bench.site.address, &bench.es256).await?;
    let mut workers = Vec::new();
    for (number, connection) in bench.connections(CONNECTIONS).await?.into_iter().enumerate() {
        workers.push(Guest {
            browser: Browser::open(&bench.site.address).await?,
            connection,
            arrived: Rc::clone(&bench.site.arrived),
            host: bench.site.address.host.clone(),
            token: token.clone(),
            name: format!("redeemer{number}"),
            made: 0,
            open: Vec::new(),
        });
    }
    let figures = measure(&bench.plan, workers).await?;
    let note = "five requests and one mail each; the latency includes the mail";
    Ok(vec![Row::throughput("redemptions", bench.engine, ">= 1,000", figures).noting(note)])
}

impl Guest {
    async fn invite(&mut self) -> Outcome {
        let address = format!("{}.{}@northwind.example", self.name, self.made);
        let body = json!({
            "invitedUserEmailAddress": address,
            "inviteRedirectUrl": REDIRECT,
            "sendInvitationMessage": false,
        });
        let request = requests::json("POST", &self.host, "/v1.0/invitations", &self.token, &body);
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
        let wanted = usize::try_from(length.as_secs() * EACH_SECOND)?;
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
