//! Users are created one by one, each in a transaction of their own, while the directory grows.
//!
//! Guests come without a password, as users do in the peers' figure; a member's password is hashed first, which costs as
//! much as a sign-in.

use super::Bench;
use super::renewed::RENEWAL;
use crate::connection::Connection;
use crate::measure::{Step, Worker, measure};
use crate::organisation::{App, Organisation, PASSWORD, REDIRECT};
use crate::report::Row;
use crate::site::Address;
use crate::{Outcome, requests};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 16;

/// Who is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Guest,
    Member,
}

/// An app that creates users.
struct Creator {
    connection: Connection,
    address: Address,
    organisation: Organisation,
    app: App,
    token: String,
    renewed: Instant,
    kind: Kind,
    name: String,
    made: u64,
}

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let guests = measure(&bench.plan, workers(bench, Kind::Guest).await?).await?;
    let note = flatness(&guests.runs);
    let members = measure(&bench.plan, workers(bench, Kind::Member).await?).await?;
    Ok(vec![
        Row::throughput("users created one by one: guests", bench.engine, ">= 6,000", guests).noting(note),
        Row::throughput("users created one by one: members", bench.engine, "", members)
            .noting("each with a password, which is hashed as for a sign-in"),
    ])
}

/// Whether the rate falls while the directory grows.
fn flatness(runs: &[f64]) -> String {
    let (first, last) = (runs.first().copied().unwrap_or_default(), runs.last().copied().unwrap_or_default());
    let part = 100.0 * last / first.max(f64::MIN_POSITIVE);
    format!("the last run did {part:.0} % of the first, with what all of them made in the directory; no mail is sent")
}

async fn workers(bench: &Bench, kind: Kind) -> Outcome<Vec<Creator>> {
    let (address, organisation, app) = (&bench.site.address, &bench.organisation, &bench.es256);
    let token = organisation.token(address, app).await?;
    let mut workers = Vec::new();
    for (number, connection) in bench.connections(CONNECTIONS).await?.into_iter().enumerate() {
        workers.push(Creator {
            connection,
            address: address.clone(),
            organisation: organisation.clone(),
            app: app.clone(),
            token: token.clone(),
            renewed: Instant::now(),
            kind,
            name: format!("created{number}"),
            made: 0,
        });
    }
    Ok(workers)
}

impl Creator {
    /// Where the next user is created, and who that is.
    fn next(&mut self) -> (&'static str, Value) {
        self.made += 1;
        let name = format!("{}.{}", self.name, self.made);
        match self.kind {
            Kind::Guest => (
                "/v1.0/invitations",
                json!({
                    "invitedUserEmailAddress": format!("{name}@northwind.example"),
                    "inviteRedirectUrl": REDIRECT,
                    "sendInvitationMessage": false,
                }),
            ),
            Kind::Member => (
                "/v1.0/users",
                json!({
                    "accountEnabled": true,
                    "displayName": name,
                    "mailNickname": name,
                    "userPrincipalName": self.organisation.upn(&name),
                    "passwordProfile": { "password": PASSWORD },
                }),
            ),
        }
    }
}

impl Worker for Creator {
    async fn prepare(&mut self, _length: Duration) -> Outcome {
        if self.renewed.elapsed() > RENEWAL {
            self.token = self.organisation.token(&self.address, &self.app).await?;
            self.renewed = Instant::now();
        }
        Ok(())
    }

    async fn work(&mut self) -> Outcome<Step> {
        let (path, body) = self.next();
        let request = requests::json("POST", &self.address.host, path, &self.token, &body);
        self.connection.send(&request).await?.expect(201)?;
        Ok(Step::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::flatness;

    #[test]
    fn a_falling_rate_is_told() {
        assert!(flatness(&[4_000.0, 3_000.0, 1_000.0]).contains(" 25 % "));
    }
}
