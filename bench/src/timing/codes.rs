//! Wrong codes for a mailbox that got one, or would have (checks I17 and X6).
//!
//! They are typed at the sign-in, where anybody can name a mailbox. The page of a code at a redemption stands behind a live link, its
//! mailbox is the invited one and nobody types it: there is no unknown one to compare with. Both pages ask and check by the same
//! operations, so whether somebody was invited is asked here.

use super::{Asker, PREFIXES, Question, Scene, Times, links, turns};
use crate::browser::Browser;
use crate::{Outcome, fill};
use std::time::Instant;

/// Mailboxes of guests who have accepted, or not.
pub const GUESTS: Question = Question {
    name: "X6 a code at the sign-in",
    cases: ["known, wrong code", "unknown", "blocked"],
    who: Asker::Anybody,
};

/// Mailboxes of people who have never been here. The invitation of the first is there, though its time is over.
pub const INVITED: Question = Question {
    name: "I17 a code for an invited mailbox",
    cases: ["invited, wrong code", "never invited", "withdrawn"],
    who: Asker::Anybody,
};

/// Right once in a hundred million times.
const WRONG: &str = "00000000";

/// Asks about guests.
pub async fn ask_guests(scene: &Scene, samples: usize) -> Outcome<Times> {
    ask(scene, samples, |sample| {
        let number = u32::try_from(samples + sample)?;
        Ok(PREFIXES.map(|prefix| fill::mail(prefix, number)))
    })
    .await
}

/// Asks about the invited.
pub async fn ask_invited(scene: &Scene, samples: usize) -> Outcome<Times> {
    ask(scene, samples, |sample| Ok(["expired", "stranger", "withdrawn"].map(|kind| links::address(kind, sample))))
        .await
}

/// The POST with the code, after a code was asked for.
async fn ask(scene: &Scene, samples: usize, addresses: impl Fn(usize) -> Outcome<[String; 3]>) -> Outcome<Times> {
    let mut times = Times::default();
    let path = scene.organisation.authorize_path(&scene.app);
    let mut browser = Browser::open(&scene.address).await?;
    for sample in 0..samples {
        let addresses = addresses(sample)?;
        for case in turns(sample) {
            browser.forget();
            browser.get(&path).await?;
            browser.submit("", &[("address", &addresses[case])]).await?;
            let before = Instant::now();
            let status = browser.submit_once("/code", &[("code", WRONG)]).await?;
            times[case].push(before.elapsed().as_secs_f64() * 1000.0);
            if status != 400 {
                return Err(format!("{}: {status} {}", addresses[case], browser.page()).into());
            }
        }
    }
    Ok(times)
}
