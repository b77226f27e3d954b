//! Members sign in with their password, from the app's request to the code; meanwhile somebody else reads metadata.
//! The bystander's requests are answered from memory, so they cost the sign-ins little, and what they wait for is the
//! processor.

use super::{Bench, Repeat, member};
use crate::browser::Browser;
use crate::measure::{Step, Worker, measure};
use crate::organisation::{Organisation, REDIRECT};
use crate::report::Row;
use crate::{Outcome, requests};

const CONNECTIONS: usize = 8;

/// A member who signs in.
pub struct SignIn {
    browser: Browser,
    organisation: Organisation,
    path: String,
    member: String,
}

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let alone = measure(&bench.plan, vec![bystander(bench).await?]).await?;
    let workers = workers(bench, CONNECTIONS).await?;
    let (plan, other) = (bench.plan, bystander(bench).await?);
    let watching =
        tokio::task::spawn_local(async move { measure(&plan, vec![other]).await.map_err(|error| error.to_string()) });
    let figures = measure(&bench.plan, workers).await?;
    let crowded = watching.await??;
    let others = format!("somebody else's p99 {:.1} ms, {:.1} ms without sign-ins", crowded.p99, alone.p99);
    Ok(vec![Row::throughput("password sign-in", bench.engine, ">= 70", figures).noting(others)])
}

/// Members at the app that signs with ES256.
pub async fn workers(bench: &Bench, count: usize) -> Outcome<Vec<SignIn>> {
    let mut workers = Vec::new();
    for number in 0..count {
        workers.push(SignIn {
            browser: Browser::open(&bench.site.address).await?,
            organisation: bench.organisation.clone(),
            path: bench.organisation.authorize_path(&bench.es256),
            member: member(number),
        });
    }
    Ok(workers)
}

/// Somebody who reads metadata without a pause, and should hardly notice.
async fn bystander(bench: &Bench) -> Outcome<Repeat> {
    let path = format!("/{}/v2.0/.well-known/openid-configuration", bench.organisation.id);
    let request = requests::get(&bench.site.address.host, &path, "");
    Ok(Repeat::new(bench.connections(1).await?.remove(0), request))
}

impl Worker for SignIn {
    /// A browser that was never here, at an address that was never here.
    async fn work(&mut self) -> Outcome<Step> {
        self.browser.forget();
        self.browser.get(&self.path).await?;
        self.organisation.sign_in(&mut self.browser, &self.member).await?;
        let location = self.browser.location();
        if location.starts_with(REDIRECT) { Ok(Step::Done) } else { Err(format!("arrived at {location}").into()) }
    }
}
