//! Invitations with mail, accepted by the API, while the mails queue up behind; then the queue empties.

use super::renewed::RENEWAL;
use super::{Bench, PERMISSIONS};
use crate::Outcome;
use crate::connection::Connection;
use crate::measure::{Step, Worker};
use crate::organisation::{App, Organisation, REDIRECT};
use crate::report::Row;
use crate::requests;
use crate::sink::Arrived;
use crate::site::{Address, Site};
use serde_json::json;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Connections, each of another organisation: the server sends at most 2,000 invitation mails of one in an hour.
const CONNECTIONS: usize = 32;

/// Mails of one organisation in an hour.
const HOURLY: u64 = 2000;

/// What the limits hold back does not come when nothing came for so long.
const SILENCE: Duration = Duration::from_secs(5);

/// A mail that is owed is lost, or stuck, when nothing came for so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// Between two looks whether a mail has arrived.
const LOOK: Duration = Duration::from_millis(1);

/// Longer than any queue of this takes.
const DRAIN: Duration = Duration::from_mins(15);

/// An app that invites for one organisation.
pub struct Inviter {
    connection: Connection,
    address: Address,
    organisation: Organisation,
    app: App,
    token: String,
    renewed: Instant,
    made: Rc<Cell<u64>>,
    arrived: Rc<Arrived>,
    /// That had arrived before it made any.
    mails: u64,
}

/// The organisations, made while the server does not run.
pub fn senders(site: &Site) -> Outcome<Vec<Organisation>> {
    (0..CONNECTIONS).map(|number| Organisation::create(site, &format!("sender{number:02}.example"))).collect()
}

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let workers = workers(bench).await?;
    let made: Vec<Rc<Cell<u64>>> = workers.iter().map(|inviter| Rc::clone(&inviter.made)).collect();
    let before = bench.site.arrived.mails();
    let begin = Instant::now();
    let figures = bench.measure(workers).await?;
    let left = bench.site.arrived.mails() - before;
    // Each was accepted, or the load would have failed, and each asked for one mail.
    let made: Vec<u64> = made.iter().map(|count| count.get()).collect();
    let waiting = made.iter().sum::<u64>().saturating_sub(left);
    let accepted = Row::throughput("invitations accepted", bench.engine, ">= 5,000", figures).noting(format!(
        "{left} mails left while they were accepted, in {:.0} s; {waiting} waited when that ended",
        begin.elapsed().as_secs_f64()
    ));
    Ok(vec![accepted, drain(bench, before, owed(&made)).await?])
}

/// Mails that leave within the hour of so many invitations of each organisation. The limits hold back the others.
fn owed(made: &[u64]) -> u64 {
    made.iter().map(|count| HOURLY.min(*count)).sum()
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
        workers.push(Inviter {
            connection,
            address,
            organisation,
            app,
            token,
            renewed: Instant::now(),
            made: Rc::default(),
            arrived: Rc::clone(&bench.site.arrived),
            mails: bench.site.arrived.mails(),
        });
    }
    Ok(workers)
}

/// Waits until no more mail comes, of which `owed` must; what waits for the limit of an hour stays behind.
#[expect(clippy::cast_precision_loss, reason = "counts of a few minutes")]
async fn drain(bench: &Bench, before: u64, owed: u64) -> Outcome<Row> {
    let begin = Instant::now();
    let arrived = || bench.site.arrived.mails() - before;
    let first = arrived();
    let (mut last, mut news) = (first, begin);
    let patience = |came: u64| if came < owed { PATIENCE } else { SILENCE };
    while begin.elapsed() < DRAIN && news.elapsed() < patience(last) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = arrived();
        if now != last {
            (last, news) = (now, Instant::now());
        }
    }
    if last < owed {
        let silent = news.elapsed().as_secs_f64();
        return Err(format!("{last} mails arrived of {owed} that are owed, and none in the last {silent:.1} s").into());
    }
    let seconds = news.duration_since(begin).as_secs_f64().max(0.001);
    let rate = (last - first) as f64 / seconds;
    let row = Row::plain("invitation mails, queue emptied", bench.engine, "", (rate, "/s"), vec![rate]);
    let limit = HOURLY * CONNECTIONS as u64;
    Ok(row.noting(format!(
        "{} mails in {seconds:.1} s; {last} in all, {owed} of them owed, of at most {limit} that the hourly limits allow",
        last - first,
    )))
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
            "invitedUserEmailAddress": format!("guest{}@northwind.example", self.made.get()),
            "inviteRedirectUrl": REDIRECT,
            "sendInvitationMessage": true,
        });
        self.made.set(self.made.get() + 1);
        let request = requests::json("POST", &self.address.host, "/v1.0/invitations", &self.token, &body);
        self.connection.send(&request).await?.expect(201)?;
        Ok(Step::Done)
    }

    /// Until the mails of its invitations have arrived.
    async fn settle(&mut self) -> Outcome {
        let expected = self.mails + self.made.get();
        let arriving = async {
            while self.arrived.mails() < expected {
                tokio::time::sleep(LOOK).await;
            }
        };
        let patient = tokio::time::timeout(PATIENCE, arriving).await;
        patient.map_err(|_| "the mail of an invitation does not arrive".into())
    }
}

#[cfg(test)]
mod tests {
    use super::owed;

    #[test]
    fn what_the_limit_of_an_organisation_holds_back_is_not_owed() {
        assert_eq!(owed(&[0, 7, 2000, 2001, 90_000]), 7 + 3 * 2000);
    }
}
