//! The mixture: what an organisation with many guests does to its server in a minute.

use super::MINUTE;
use super::log::Log;
use crate::measure::{Step, Worker};
use crate::scenario::userinfo;
use crate::scenario::{Bench, client_credentials, code_flow, invitations, listing, password, redemptions, refresh};
use crate::{Options, Outcome};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Pieces of work in a second at rate 1.
const USERINFO: f64 = 20.0;
const CLIENT_CREDENTIALS: f64 = 10.0;
const REFRESHES: f64 = 10.0;
const CODE_FLOWS: f64 = 5.0;
const LISTINGS: f64 = 3.0;
const INVITATIONS: f64 = 3.0;
const REDEMPTIONS: f64 = 1.0;
const SIGN_INS: f64 = 1.0;

/// One worker at full speed prepares this many invitations to redeem for each second.
const REDEMPTIONS_AT_FULL_SPEED: u64 = 10;

/// A worker that had nothing left to do looks again.
const PAUSE: Duration = Duration::from_millis(100);

/// In a line.
pub fn description(options: &Options) -> String {
    if options.full_speed {
        return "as fast as it goes (invitations bounded by the hourly limits)".to_owned();
    }
    format!(
        "in a second {} userinfo, {} client credentials, {} refreshes, {} code flows, {} pages of 100 users, {} invitations \
         with mail, {} redemptions, {} password sign-ins",
        USERINFO * options.rate,
        CLIENT_CREDENTIALS * options.rate,
        REFRESHES * options.rate,
        CODE_FLOWS * options.rate,
        LISTINGS * options.rate,
        INVITATIONS * options.rate,
        REDEMPTIONS * options.rate,
        SIGN_INS * options.rate,
    )
}

/// Where the workers of one kind go on, and how fast.
struct Pace<'a> {
    options: &'a Options,
    log: &'a Rc<Log>,
    end: Instant,
    running: Vec<JoinHandle<()>>,
}

/// Starts all of it; it ends by itself.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few in a second")]
pub async fn start(bench: &Bench, options: &Options, log: &Rc<Log>, end: Instant) -> Outcome<Vec<JoinHandle<()>>> {
    let each_second =
        if options.full_speed { REDEMPTIONS_AT_FULL_SPEED } else { (REDEMPTIONS * options.rate).ceil() as u64 };
    let mut pace = Pace { options, log, end, running: Vec::new() };
    pace.start("userinfo", userinfo::workers(bench, 4).await?, USERINFO);
    pace.start("client credentials", client_credentials::workers(bench, 2).await?, CLIENT_CREDENTIALS);
    pace.start("refresh", refresh::workers(bench, 4).await?, REFRESHES);
    pace.start("code flow", code_flow::workers(bench, 4).await?, CODE_FLOWS);
    pace.start("listing", listing::workers(bench, 1).await?, LISTINGS);
    pace.start("password", password::workers(bench, 2).await?, SIGN_INS);
    pace.start("redemption", redemptions::workers(bench, 2, each_second).await?, REDEMPTIONS);
    let inviters = invitations::workers(bench).await?;
    pace.start_paced("invitation", inviters, INVITATIONS * options.rate);
    Ok(pace.running)
}

impl Pace<'_> {
    fn start<W: Worker + 'static>(&mut self, kind: &'static str, workers: Vec<W>, per_second: f64) {
        if self.options.full_speed {
            for worker in workers {
                let work = drive(kind, worker, (Duration::ZERO, Duration::ZERO), (Rc::clone(self.log), self.end));
                self.running.push(tokio::task::spawn_local(work));
            }
        } else {
            self.start_paced(kind, workers, per_second * self.options.rate);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few workers")]
    fn start_paced<W: Worker + 'static>(&mut self, kind: &'static str, workers: Vec<W>, per_second: f64) {
        let interval = Duration::from_secs_f64(workers.len() as f64 / per_second);
        // One after the other: workers that begin together come in bursts, which fall apart within minutes and look like a
        // server that grows slower.
        let apart = Duration::from_secs_f64(1.0 / per_second);
        for (worker, turn) in workers.into_iter().zip(0_u32..) {
            let work = drive(kind, worker, (apart * turn, interval), (Rc::clone(self.log), self.end));
            self.running.push(tokio::task::spawn_local(work));
        }
    }
}

/// Prepares once a minute, and works once in an interval from a first time on; what fails is noted, and the worker goes on.
async fn drive<W: Worker>(
    kind: &'static str,
    mut worker: W,
    (first, interval): (Duration, Duration),
    (log, end): (Rc<Log>, Instant),
) {
    let mut prepared: Option<Instant> = None;
    let mut due = Instant::now() + first;
    while Instant::now() < end {
        if prepared.is_none_or(|at| at.elapsed() >= MINUTE) {
            if let Err(error) = worker.prepare(MINUTE).await {
                log.failed(kind, &error);
            }
            prepared = Some(Instant::now());
        }
        tokio::time::sleep_until(due.into()).await;
        let before = Instant::now();
        due = (due + interval).max(before);
        match worker.work().await {
            Ok(Step::Done) => log.done(kind, before.elapsed().as_secs_f64() * 1000.0),
            Ok(Step::Exhausted) => {
                prepared = None;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => {
                log.failed(kind, &error);
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
