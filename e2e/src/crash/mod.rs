//! The crash test: people are invited, accept, get tokens, renew them and lose them again, while the server is killed and
//! started over and over. In the end the clients' ledger is compared with what is there.
//!
//! SIGKILL ends the process and leaves the operating system alone: what was handed to it survives. That a commit also
//! survives a power cut rests on `synchronous = FULL` and on PostgreSQL's own settings; no test here shows it.

pub mod access;
pub mod answer;
pub mod ledger;
pub mod mailroom;
pub mod reaper;
pub mod site;
pub mod story;
pub mod verdict;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::Instant;

use crate::Outcome;
use crate::operator::Engine;
use ledger::{Figures, Guest};
use reaper::{no_failure, reap};
use site::Site;
use story::{Plot, Story};

/// Guests whose whole story is told at the same time.
const STORIES: usize = 16;

/// Connections that only invite.
const INVITERS: usize = 4;

const ORGANISATIONS: usize = 2;

/// What a run is.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// The database.
    pub engine: Engine,
    /// How many processes share it.
    pub processes: usize,
    /// How long they are killed and started again.
    pub length: Duration,
    /// Decides what is done and when somebody dies, as far as the machine lets it.
    pub seed: u64,
}

/// Runs the test; the figures.
pub async fn run(run: Run) -> Outcome<Figures> {
    LocalSet::new().run_until(tell_and_judge(run)).await
}

async fn tell_and_judge(run: Run) -> Outcome<Figures> {
    let (site, mut processes) = Site::create(run.engine, run.processes, ORGANISATIONS).await?;
    let site = Arc::new(site);
    let clock = Instant::now() + run.length;
    let (is_over, next) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut tellers = JoinSet::new();
    for number in 0..STORIES + INVITERS {
        let plot = if number < STORIES { Plot::Whole } else { Plot::Invitation };
        let (site, is_over, next) = (Arc::clone(&site), Arc::clone(&is_over), Arc::clone(&next));
        tellers.spawn_local(async move {
            let mut told = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let number = next.fetch_add(1, Ordering::Relaxed);
                told.push(Story::tell(Arc::clone(&site), rng(run.seed, number), number, plot).await?);
            }
            Outcome::Ok(told)
        });
    }
    let kills = tokio::select! {
        kills = reap(&site, &mut processes, rng(run.seed, u64::MAX), clock) => kills?,
        failed = first_end(&mut tellers) => return Err(failed),
    };
    is_over.store(true, Ordering::Relaxed);
    let mut guests: Vec<Guest> = Vec::new();
    while let Some(told) = tellers.join_next().await {
        guests.extend(told??);
    }
    let figures = settle(&site, guests, kills).await?;
    for process in processes {
        no_failure(&process.stop().await?)?;
    }
    Ok(figures)
}

/// Nobody stops before the killing does, unless something is wrong.
async fn first_end(tellers: &mut JoinSet<Outcome<Vec<Guest>>>) -> Box<dyn std::error::Error + Send + Sync> {
    match tellers.join_next().await {
        Some(Ok(Err(error))) => error,
        Some(Err(panic)) => panic.into(),
        _ => "a teller ended early".into(),
    }
}

/// Everybody looks at what they hold, then everything is compared.
async fn settle(site: &Arc<Site>, guests: Vec<Guest>, kills: usize) -> Outcome<Figures> {
    let mut figures = Figures { kills, ..Figures::default() };
    let mut closed = Vec::new();
    for guest in guests {
        let guest = Story::close(Arc::clone(site), rng(0, 0), guest).await?;
        figures.count(&guest);
        closed.push(guest);
    }
    verdict::judge(site, &closed).await?;
    for letter in site.mailroom.letters() {
        figures.mails += 1;
        figures.deliveries_again += letter.deliveries - 1;
    }
    Ok(figures)
}

fn rng(seed: u64, number: u64) -> Rng {
    Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number)
}
