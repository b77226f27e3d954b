//! Invitations with mail, accepted by the API, while the mails queue up behind; then the queue empties.

use super::renewed::RENEWAL;
use super::{Bench, PERMISSIONS};
use crate::Outcome;
use crate::connection::Connection;
use crate::measure::{Step, Worker, measure};
use crate::organisation::{App, Organisation, REDIRECT};
use crate::report::Row;
use crate::requests;
use crate::site::{Address, Site};
use serde_json::json;
use std::time::{Duration, Instant};

/// Connections, each of another organisation: the server sends at most 2,000 invitation mails of one in an hour.
const CONNECTIONS: usize = 32;

/// Mails of one organisation in an hour.
const HOURLY: u64 = 2000;

/// The queue counts as empty when nothing came for so long.
const SILENCE: Duration = Duration::from_secs(5);

/// Longer than any queue of this takes.
const DRAIN: Duration = Duration::from_mins(5);

/// An app that invites for one organisation.
pub struct Inviter {
    connection: Connection,
    address: Address,
    organisation: Organisation,
    app: App,
    token: String,
    renewed: Instant,
    made: u64,
}

/// The organisations, made while the server does not run.
pub fn senders(site: &Site) -> Outcome<Vec<Organisation>> {
    (0..CONNECTIONS).map(|number| Organisation::create(site, &format!("sender{number:02}.example"))).collect()
}

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let workers = workers(bench).await?;
    let before = bench.site.arrived.mails();
    let begin = Instant::now();
    let figures = measure(&bench.plan, workers).await?;
    let sent_meanwhile = bench.site.arrived.mails() - before;
    let accepted = Row::throughput("invitations accepted", bench.engine, ">= 5,000", figures).noting(format!(
        "{sent_meanwhile} mails left while they were accepted, in {:.0} s",
        begin.elapsed().as_secs_f64()
    ));
    Ok(vec![accepted, drain(bench, before).await])
}

/// One worker for each sending organisation.
pub async fn workers(bench: &Bench) -> Outcome<Vec<Inviter>> {
    let mut workers = Vec::new();
    for (sender, connection) in bench.senders.iter().zip(bench.connections(CONNECTIONS).await?) {
        let mut portal = sender.portal(&bench.site.address).await?;
        let app = sender.app(&mut portal, "Inviter", &PERMISSIONS).await?;
        let address = &bench.site.address;
        let token = sender.token(address, &app).await?;
        sender.sign_with_es256(address, &token, &app).await?;
        let token = sender.token(address, &app).await?;
        let (address, organisation) = (address.clone(), sender.clone());
        workers.push(Inviter { connection, address, organisation, app, token, renewed: Instant::now(), made: 0 });
    }
    Ok(workers)
}

/// Waits until no more mail comes; what waits for the limit of an hour stays behind.
#[expect(clippy::cast_precision_loss, reason = "counts of a few minutes")]
async fn drain(bench: &Bench, before: u64) -> Row {
    let begin = Instant::now();
    let first = bench.site.arrived.mails();
    let (mut last, mut news) = (first, begin);
    while begin.elapsed() < DRAIN && news.elapsed() < SILENCE {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = bench.site.arrived.mails();
        if now != last {
            (last, news) = (now, Instant::now());
        }
    }
    let seconds = news.duration_since(begin).as_secs_f64().max(0.001);
    let rate = (last - first) as f64 / seconds;
    let limit = HOURLY * CONNECTIONS as u64;
    Row::plain("invitation mails, queue emptied", bench.engine, "", (rate, "/s"), vec![rate]).noting(format!(
        "{} mails in {seconds:.1} s; {} in all, of at most {limit} that the hourly limits allow",
        last - first,
        last - before,
    ))
}

impl Worker for Inviter {
    async fn prepare(&mut self, _length: Duration) -> Outcome {
        if self.renewed.elapsed() > RENEWAL {
            self.token = self.organisation.token(&self.address, &self.app).await?;
            self.renewed = Instant::now();
        }
        Ok(())
    }

    async fn work(&mut self) -> Outcome<Step> {
        let body = json!({
            "invitedUserEmailAddress": format!("guest{}@northwind.example", self.made),
            "inviteRedirectUrl": REDIRECT,
            "sendInvitationMessage": true,
        });
        self.made += 1;
        let request = requests::json("POST", &self.address.host, "/v1.0/invitations", &self.token, &body);
        self.connection.send(&request).await?.expect(201)?;
        Ok(Step::Done)
    }
}
