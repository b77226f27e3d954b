//! The page.

use super::graph;
use super::operations::{self, Health, Key, MOST, Standing};
use crate::Server;
use crate::platform::Timestamp;
use crate::platform::clock::rfc3339;
use crate::portals::jobs::of_suspects;
use crate::web::dates;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;

pub(in crate::portals) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/health", get(show))
}

#[derive(Template)]
#[template(path = "portals/health/health.html")]
struct HealthPage {
    inside: Inside,
    sentence: &'static str,
    parts: Vec<Part>,
    keys: Vec<KeyRow>,
    now: String,
    machine: String,
    started: String,
    version: &'static str,
    call: &'static str,
}

/// One thing that is well or not.
struct Part {
    name: &'static str,
    shape: &'static str,
    word: &'static str,
    /// What is known of it: a name and a value.
    facts: Vec<(&'static str, String)>,
    link: Option<(String, &'static str)>,
}

struct KeyRow {
    algorithm: String,
    id: String,
    made: String,
    use_: String,
}

async fn show(Shared(server): Shared<Arc<Server>>, visitor: Visitor) -> Response {
    let outcome = page(&server, &visitor).await;
    visitor.respond(&server, outcome)
}

async fn page(server: &Server, visitor: &Visitor) -> Result<HealthPage, Refusal> {
    let health = operations::look(server, &visitor.caller).await?;
    let base = visitor.base();
    let standings = [health.database(), health.queue(), health.mail(), health.signing()];
    let keys = health.keys.iter().map(|key| key_row(key, health.now)).collect();
    Ok(HealthPage {
        inside: visitor.inside(server, Section::Health),
        sentence: sentence(&standings),
        parts: vec![database(&health), queue(&health, &base), mail(&health, &base), signing(&health)],
        keys,
        now: dates::recent(health.now, health.now),
        machine: rfc3339(health.now),
        started: dates::recent(health.started_at, health.now),
        version: env!("CARGO_PKG_VERSION"),
        call: graph::PATH,
    })
}

fn sentence(standings: &[Standing]) -> &'static str {
    if standings.contains(&Standing::Bad) {
        "Something does not work."
    } else if standings.contains(&Standing::Attention) {
        "Everything works, and something needs somebody."
    } else {
        "Everything works."
    }
}

/// A part with the shape and word of how it is.
fn part(name: &'static str, standing: Standing, words: [&'static str; 3]) -> Part {
    let [good, attention, bad] = words;
    let (shape, word) = match standing {
        Standing::Good => ("in-s", good),
        Standing::Attention => ("wait", attention),
        Standing::Bad => ("stop", bad),
    };
    Part { name, shape, word, facts: Vec::new(), link: None }
}

fn database(health: &Health) -> Part {
    let mut part = part("Database", health.database(), ["Answers", "Answers slowly", "Takes no changes"]);
    part.facts.push(("One read took", milliseconds(health.read)));
    part.facts.extend(health.write.map(|write| ("One change took", milliseconds(write))));
    part
}

fn queue(health: &Health, base: &str) -> Part {
    let is_apart_alone = health.failed == 0 && health.suspects.apart > 0;
    let attention = if is_apart_alone { "Some run apart" } else { "Some were given up" };
    let mut part = part("Jobs", health.queue(), ["On time", attention, "Late"]);
    let sum = health.waiting + health.running + health.failed;
    let more = if sum >= MOST { ", and more" } else { "" };
    part.facts.push(("Waiting", format!("{}{more}", health.waiting)));
    part.facts.push(("Running", health.running.to_string()));
    part.facts.push(("Given up", health.failed.to_string()));
    if health.suspects.all() > 0 {
        part.facts.push(("May have brought the server down", of_suspects(health.suspects)));
    }
    part.facts.extend(health.late().map(|late| ("Late by", format!("{} minutes", late.as_secs() / 60))));
    // Those that run apart are none of those that failed.
    let failed = if health.failed > 0 && health.suspects.apart == 0 { "?state=failed" } else { "" };
    part.link = (sum > 0).then(|| (format!("{base}/jobs{failed}"), "See the jobs"));
    part
}

fn mail(health: &Health, base: &str) -> Part {
    let words = ["Goes out", "Not all of it goes out", "Does not go out"];
    let mut part = part("Mail", health.mail(), words);
    let at = |at: Option<Timestamp>| at.map_or_else(|| "Never".to_owned(), |at| dates::recent(at, health.now));
    part.facts.push(("Last taken", at(health.handed_over_at)));
    if let Some(failure) = &health.failure {
        part.facts.push(("Last failure", at(Some(failure.at()))));
        part.facts.push(("It said", failure.reason.clone()));
        part.link = Some((format!("{base}/mail"), "See the mail"));
    }
    if let Some(owed) = health.owed() {
        part.facts.push(("Oldest still owed for", format!("{} minutes", owed.as_secs() / 60)));
        part.link = Some((format!("{base}/mail?state=queued"), "See what waits"));
    }
    if health.too_late.mails > 0 {
        part.facts.push((
            "Too late in 24 hours",
            format!("{}, the last {}", health.too_late.mails, at(health.too_late.newest)),
        ));
        part.link.get_or_insert((format!("{base}/mail?state=expired"), "See what was too late"));
    }
    part
}

fn signing(health: &Health) -> Part {
    let late = if health.signing_age.is_some() { "Not exchanged in time" } else { "Older than a year" };
    let mut part = part("Signing keys", health.signing(), ["In order", late, late]);
    let published = match health.keys.len() {
        0 => "None yet. The first sign-in to an app makes one.".to_owned(),
        keys => keys.to_string(),
    };
    part.facts.push(("Published", published));
    let next = match (health.next_exchange(), health.signing_age) {
        (Some(at), _) if at < health.now => {
            let day = dates::day(at);
            format!("It was due on {day} and has not come. Whoever operates the server finds the reason in its log.")
        }
        (Some(at), _) => format!("By itself: another key signs from {}.", dates::day(at)),
        (None, Some(age)) => format!("By itself, {} days after a key is made.", age.as_secs() / 86_400),
        (None, None) => "No date is set. Whoever operates the server runs vestibule keys rotate.".to_owned(),
    };
    part.facts.push(("Next change", next));
    part
}

fn key_row(key: &Key, now: Timestamp) -> KeyRow {
    let use_ = match key.published_until {
        Some(until) => format!("Replaced, published until {}", dates::recent(until, now)),
        None if key.active_from > now => format!("Signs from {}", dates::recent(key.active_from, now)),
        None => "Signs".to_owned(),
    };
    let age = (now.microseconds() - key.created_at.microseconds()) / 86_400_000_000;
    let made = format!("{} ({} days ago)", dates::day(key.created_at), age.max(0));
    KeyRow { algorithm: key.algorithm.clone(), id: key.id.clone(), made, use_ }
}

/// "0.4 ms".
fn milliseconds(duration: Duration) -> String {
    let tenths = duration.as_micros() / 100;
    format!("{}.{} ms", tenths / 10, tenths % 10)
}
