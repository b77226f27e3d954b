//! Wrong codes for a mailbox that got one, or would have (check X6).

use super::{Asker, PREFIXES, Question, Scene, Times, turns};
use crate::browser::Browser;
use crate::{Outcome, fill};
use std::time::Instant;

pub const QUESTION: Question = Question {
    name: "X6 a code at the sign-in",
    cases: ["known, wrong code", "unknown", "blocked"],
    who: Asker::Anybody,
};

/// Right once in a hundred million times.
const WRONG: &str = "00000000";

/// The POST with the code, after a code was asked for.
pub async fn ask(scene: &Scene, samples: usize) -> Outcome<Times> {
    let mut times = Times::default();
    let path = scene.organisation.authorize_path(&scene.app);
    let mut browser = Browser::open(&scene.address).await?;
    for sample in 0..samples {
        let number = u32::try_from(samples + sample)?;
        for case in turns(sample) {
            let prefix = PREFIXES[case];
            browser.forget();
            browser.get(&path).await?;
            browser.submit("", &[("address", &fill::mail(prefix, number))]).await?;
            let before = Instant::now();
            let status = browser.submit_once("/code", &[("code", WRONG)]).await?;
            times[case].push(before.elapsed().as_secs_f64() * 1000.0);
            if status != 400 {
                return Err(format!("{prefix} {sample}: {status} {}", browser.page()).into());
            }
        }
    }
    Ok(times)
}
