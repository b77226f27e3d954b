//! Kills the processes of a site at random moments and starts them again.

use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use fastrand::Rng;
use tokio::time::{Instant, sleep};

use super::site::Site;
use crate::Outcome;
use crate::operator::Serving;

/// The signal that nobody can catch.
const KILL: i32 = 9;

/// Kills and restarts until then; how many processes were killed. All of them are ready in the end.
pub async fn reap(site: &Site, processes: &mut [Serving], mut rng: Rng, until: Instant) -> Outcome<usize> {
    let mut kills = 0;
    loop {
        sleep(Duration::from_millis(rng.u64(200..2500))).await;
        if Instant::now() >= until {
            return Ok(kills);
        }
        let mut victims = vec![rng.usize(..processes.len())];
        if processes.len() > 1 && rng.u8(..4) == 0 {
            victims = (0..processes.len()).collect();
        }
        for victim in &victims {
            processes[*victim].signal("KILL")?;
        }
        sleep(Duration::from_millis(rng.u64(..200))).await;
        for victim in victims {
            let reborn = site.installation.serve_at(site.fronts[victim].port).await?;
            let (status, log) = std::mem::replace(&mut processes[victim], reborn).ended().await?;
            if status.signal() != Some(KILL) {
                return Err(format!("the server ended by itself, with {status}\n{log}").into());
            }
            no_failure(&log)?;
            kills += 1;
        }
    }
}

/// The log tells of no failure of the program itself.
pub fn no_failure(log: &str) -> Outcome {
    match log.lines().find(|line| line.contains("ERROR") || line.contains("panicked")) {
        Some(line) => Err(format!("the log tells of a failure: {line}").into()),
        None => Ok(()),
    }
}
