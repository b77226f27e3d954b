//! Whether the time of an answer says who is known, and which link, code, secret or token there is (checks I17 and X6).
//!
//! The cases are asked in turn, so that whatever else the machine does hits all of them alike, and compared by a
//! permutation test on the median and the 95th percentile.

mod codes;
mod links;
mod tokens;
mod verdict;

use crate::browser::Browser;
use crate::connection::Connection;
use crate::organisation::{App, Organisation, PASSWORD, REDIRECT};
use crate::scenario::member;
use crate::site::{Address, Site};
use crate::{Engine, Options, Outcome, fill, report, requests};
use serde_json::json;
use std::time::Instant;
use verdict::Verdict;

/// The lines of the page between which the figures stand.
pub const PLACE: (&str, &str) =
    ("<!-- timing: written by `cargo xtask bench timing --write` -->", "<!-- end of the timing -->");

/// Tries at one account, below what strangers have at one account in an hour.
const TRIES: usize = 50;

/// The addresses of guests who are known, not known, and blocked begin so.
const PREFIXES: [&str; 3] = ["guest", "nobody", "blocked"];

/// What is asked, and the cases that must not be told apart.
struct Question {
    name: &'static str,
    cases: [&'static str; 3],
    who: Asker,
}

/// Who can ask something about what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    /// Whoever can guess it: an address, a name.
    Anybody,
    /// Only whoever holds a secret of 256 bits that was given out. What times tell is told to them alone: that it was.
    Holder,
}

const PASSWORDS: Question = Question {
    name: "X6 password at the sign-in",
    cases: ["known, wrong password", "unknown", "blocked"],
    who: Asker::Anybody,
};
const ADDRESSES: Question = Question {
    name: "I17 a guest's address at the sign-in",
    cases: ["known", "unknown", "blocked"],
    who: Asker::Anybody,
};
const INVITATIONS: Question = Question {
    name: "I17 inviting an address",
    cases: ["known elsewhere", "unknown", "blocked elsewhere"],
    who: Asker::Anybody,
};
const SECRETS: Question = Question {
    name: "X6 a program's secret",
    cases: ["wrong secret", "wrong length", "another app's secret"],
    who: Asker::Anybody,
};

struct Scene {
    address: Address,
    organisation: Organisation,
    other: Organisation,
    app: App,
    /// Of the same organisation.
    second: App,
    inviter: App,
    /// Links to redeem, one of each case for each sample.
    links: Vec<links::Links>,
}

/// Asks everything on the chosen engines, and says what the times tell; fails if they tell anything.
pub async fn run(options: &Options) -> Outcome {
    let mut verdicts = Vec::new();
    for engine in options.engines() {
        println!("\n{}", engine.name());
        let (scene, _site) = set_up(options, engine).await?;
        let samples = options.samples;
        let mut judge = |question: &Question, times: &Times| {
            let verdict = Verdict::of(question, engine, times);
            println!("\n{verdict}");
            verdicts.push(verdict);
        };
        judge(&PASSWORDS, &passwords(&scene, samples).await?);
        judge(&ADDRESSES, &addresses(&scene, samples).await?);
        judge(&INVITATIONS, &invitations(&scene, samples).await?);
        judge(&SECRETS, &secrets(&scene, samples).await?);
        judge(&links::QUESTION, &links::ask(&scene).await?);
        judge(&codes::GUESTS, &codes::ask_guests(&scene, samples).await?);
        judge(&codes::INVITED, &codes::ask_invited(&scene, samples).await?);
        judge(&tokens::REFRESH, &tokens::ask_to_refresh(&scene, samples).await?);
        judge(&tokens::ACCESS, &tokens::ask_userinfo(&scene, samples).await?);
    }
    if let Some(file) = &options.write {
        let mut head = report::machine();
        head.insert(1, format!("{} samples of each case.", options.samples));
        report::write_between(file, PLACE, &format!("{}\n\n{}", head.join("  \n"), verdict::table(&verdicts)))?;
        println!("\nwritten: {}", file.display());
    }
    conclude(&verdicts)
}

/// Fails with the questions whose answers can be told apart by whoever likes to.
fn conclude(verdicts: &[Verdict]) -> Outcome {
    let telling: Vec<String> = verdicts.iter().filter(|verdict| verdict.tells_anybody()).map(Verdict::title).collect();
    if telling.is_empty() {
        return Ok(());
    }
    Err(format!("the times of answers differ by more than chance: {}", telling.join(", ")).into())
}

async fn set_up(options: &Options, engine: Engine) -> Outcome<(Scene, Site)> {
    let mut site = Site::create(options, engine).await?;
    let organisation = Organisation::create(&site, "bench.example")?;
    let other = Organisation::create(&site, "other.example")?;
    let accounts = options.samples.div_ceil(TRIES);
    for number in 0..2 * accounts {
        organisation.member(&site, &member(number), &[])?;
    }
    // The second half is asked for codes, because a mailbox gets few in an hour.
    let count = u32::try_from(2 * options.samples)?;
    let database = site.database().await?;
    fill::guests(&database, &organisation, "guest", count, fill::State::Accepted).await?;
    fill::guests(&database, &organisation, "blocked", count, fill::State::Blocked).await?;
    database.close().await;
    site.start().await?;
    let mut portal = organisation.portal(&site.address).await?;
    let app = organisation.app(&mut portal, "App", &["User.ReadWrite.All"]).await?;
    let second = organisation.app(&mut portal, "Second", &[]).await?;
    let mut portal = other.portal(&site.address).await?;
    let inviter = other.app(&mut portal, "Inviter", &["User.Invite.All"]).await?;
    let (address, links) = (site.address.clone(), Vec::new());
    let mut scene = Scene { address, organisation, other, app, second, inviter, links };
    scene.block(accounts..2 * accounts).await?;
    scene.links = links::prepare(&scene, &mut site, options.samples).await?;
    Ok((scene, site))
}

impl Scene {
    async fn block(&self, members: std::ops::Range<usize>) -> Outcome {
        let token = self.organisation.token(&self.address, &self.app).await?;
        let mut connection = Connection::open(self.address.socket).await?;
        for number in members {
            // A sign-in name stands in a path as it is.
            let path = format!("/v1.0/users/{}", self.organisation.upn(&member(number)));
            let body = json!({ "accountEnabled": false });
            connection.send(&requests::json("PATCH", &self.address.host, &path, &token, &body)).await?.expect(204)?;
        }
        Ok(())
    }
}

/// Milliseconds of each case.
type Times = [Vec<f64>; 3];

/// The order of the cases, another one each time: what one case leaves to be done slows the next, whichever that is.
fn turns(sample: usize) -> [usize; 3] {
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [2, 0, 1], [1, 0, 2]];
    ORDERS[sample % ORDERS.len()]
}

/// The POST with the password, after the address was given.
async fn passwords(scene: &Scene, samples: usize) -> Outcome<Times> {
    let (mut times, accounts) = (Times::default(), samples.div_ceil(TRIES));
    let path = scene.organisation.authorize_path(&scene.app);
    let mut browser = Browser::open(&scene.address).await?;
    for sample in 0..samples {
        let names = [member(sample / TRIES), format!("nobody{sample}"), member(accounts + sample / TRIES)];
        for case in turns(sample) {
            let name = &names[case];
            // The blocked try the right password: that must not be told either.
            let password = if case == 2 { PASSWORD } else { "wrong-horse-7-battery" };
            browser.forget();
            browser.get(&path).await?;
            browser.submit("", &[("address", &scene.organisation.upn(name))]).await?;
            let before = Instant::now();
            let status = browser.submit_once("/password", &[("password", password)]).await?;
            times[case].push(before.elapsed().as_secs_f64() * 1000.0);
            if status != 422 {
                return Err(format!("{name}: {status}").into());
            }
        }
    }
    Ok(times)
}

/// The POST with an address that gets a code, or would.
async fn addresses(scene: &Scene, samples: usize) -> Outcome<Times> {
    let mut times = Times::default();
    let path = scene.organisation.authorize_path(&scene.app);
    let mut browser = Browser::open(&scene.address).await?;
    for sample in 0..samples {
        let number = u32::try_from(sample)?;
        for case in turns(sample) {
            let prefix = PREFIXES[case];
            browser.forget();
            browser.get(&path).await?;
            let before = Instant::now();
            let status = browser.submit_once("", &[("address", &fill::mail(prefix, number))]).await?;
            times[case].push(before.elapsed().as_secs_f64() * 1000.0);
            if status != 303 {
                return Err(format!("{prefix} {sample}: {status} {}", browser.page()).into());
            }
        }
    }
    Ok(times)
}

/// Another organisation invites somebody whom the first one knows, or not, or has blocked.
async fn invitations(scene: &Scene, samples: usize) -> Outcome<Times> {
    let mut times = Times::default();
    let token = scene.other.token(&scene.address, &scene.inviter).await?;
    let mut connection = Connection::open(scene.address.socket).await?;
    for sample in 0..samples {
        let number = u32::try_from(sample)?;
        for case in turns(sample) {
            let prefix = PREFIXES[case];
            let body = json!({
                "invitedUserEmailAddress": fill::mail(prefix, number),
                "inviteRedirectUrl": REDIRECT,
                "sendInvitationMessage": false,
            });
            let request = requests::json("POST", &scene.address.host, "/v1.0/invitations", &token, &body);
            let before = Instant::now();
            connection.send(&request).await?.expect(201)?;
            times[case].push(before.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(times)
}

/// A secret is compared as a whole; how much of it is right must not show.
async fn secrets(scene: &Scene, samples: usize) -> Outcome<Times> {
    let mut times = Times::default();
    let right = &scene.app.secret;
    let beginning = |length: usize| right.get(..length).ok_or("the secret of the app has no such beginning");
    // One in 64 secrets ends with the letter.
    let end = if right.ends_with('A') { 'B' } else { 'A' };
    let almost = format!("{}{end}", beginning(right.len().saturating_sub(1))?);
    let wrongs = [almost, beginning(right.len() / 2)?.to_owned(), scene.inviter.secret.clone()];
    let mut connection = Connection::open(scene.address.socket).await?;
    for sample in 0..samples {
        for case in turns(sample) {
            let app = App { secret: wrongs[case].clone(), ..scene.app.clone() };
            let request = scene.organisation.client_credentials(&scene.address, &app);
            let before = Instant::now();
            connection.send(&request).await?.expect(401)?;
            times[case].push(before.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_differ_are_a_failure() {
        let silent = || [vec![4.0; 100], vec![4.0; 100], vec![4.0; 100]];
        let telling = [vec![4.0; 100], vec![9.0; 100], vec![4.0; 100]];
        let of = |question, engine, times| Verdict::of(question, engine, &times);
        let quiet = [of(&PASSWORDS, Engine::Sqlite, silent()), of(&SECRETS, Engine::Postgres, silent())];
        assert!(conclude(&quiet).is_ok());
        let held = [of(&tokens::REFRESH, Engine::Postgres, telling.clone())];
        assert!(!held[0].is_silent() && conclude(&held).is_ok(), "whoever holds a token may know that it is one");
        let all = [of(&PASSWORDS, Engine::Sqlite, silent()), of(&SECRETS, Engine::Postgres, telling)];
        let said = conclude(&all).expect_err("one of them tells").to_string();
        assert_eq!(said, "the times of answers differ by more than chance: X6 a program's secret on PostgreSQL");
    }
}
