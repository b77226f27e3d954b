//! What the process measures about itself, as `/metrics` tells it: the one list of names with their help texts.
//!
//! Nothing is kept for each event: a counter is one number, a histogram one number for each bound, so memory stays the same
//! whether or not anybody ever asks.

mod presets;
mod reads;
mod route;

pub use route::Route;

use super::certificate::Validity;
use database::Statistics;
use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use reads::Reads;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The content type of [`Measures::page`] (Prometheus text format 0.0.4).
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Upper bounds in seconds for the durations of requests.
const DURATIONS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Seconds that only grow.
type Seconds = Counter<f64, AtomicU64>;

/// All measurements of a server.
#[derive(Debug)]
pub struct Measures {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Asked, Histogram, fn() -> Histogram>,
    sign_ins: Family<SignIn, Counter>,
    mails: Family<Handover, Counter>,
    jobs: Family<Queue, Gauge>,
    overdue: Family<Queue, Gauge<f64, AtomicU64>>,
    owed: Family<Owed, Gauge<f64, AtomicU64>>,
    begun_again: Family<Begun, Counter>,
    available: Gauge,
    waits: Counter,
    wait_seconds: Seconds,
    reads: Reads,
    writes: Counter,
    write_seconds: Seconds,
    commits: Counter,
    certificate_begins: Gauge,
    certificate_ends: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    route: Route,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: Route,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SignIn {
    by: &'static str,
    error: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Handover {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Queue {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Owed {
    lane: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Begun {
    task: &'static str,
}

impl Default for Measures {
    fn default() -> Self {
        let mut measures = Self {
            registry: Registry::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(DURATIONS)),
            sign_ins: Family::default(),
            mails: Family::default(),
            jobs: Family::default(),
            overdue: Family::default(),
            owed: Family::default(),
            begun_again: Family::default(),
            available: Gauge::default(),
            waits: Counter::default(),
            wait_seconds: Seconds::default(),
            reads: Reads::default(),
            writes: Counter::default(),
            write_seconds: Seconds::default(),
            commits: Counter::default(),
            certificate_begins: Gauge::default(),
            certificate_ends: Gauge::default(),
        };
        measures.register();
        measures.preset();
        measures
    }
}

impl Measures {
    /// The names and help texts; the format adds `_total` to the names of counters and a full stop to the texts.
    fn register(&mut self) {
        let Self { registry, requests, durations, sign_ins, mails, jobs, overdue, available, .. } = self;
        registry.register(
            "http_requests",
            "Requests answered, by method, template of the route and status",
            requests.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "How long requests took, by method and template of the route",
            durations.clone(),
        );
        registry.register(
            "vestibule_sign_ins",
            "Sign-ins by result: error 0 let somebody in, others are AADSTS numbers",
            sign_ins.clone(),
        );
        registry.register(
            "vestibule_mails",
            "Tries to hand over a mail: handed_over, postponed, refused; expired is one that was too late to be tried",
            mails.clone(),
        );
        registry.register(
            "vestibule_jobs",
            "Jobs in the queue, by state; mails that wait are among them",
            jobs.clone(),
        );
        registry.register(
            "vestibule_jobs_overdue_seconds",
            "How long the first job of a state has been due; one that failed is due when its pause is over",
            overdue.clone(),
        );
        registry.register(
            "vestibule_database_available",
            "1 if the database answered when it was last looked into, at most five seconds ago, else 0",
            available.clone(),
        );
        self.register_work();
        self.register_database();
        self.register_certificate();
    }

    fn register_work(&mut self) {
        let Self { registry, owed, begun_again, .. } = self;
        registry.register(
            "vestibule_mails_owed_seconds",
            "How long the oldest mail of a lane has been owed, from when it was first due, tried or not",
            owed.clone(),
        );
        registry.register(
            "vestibule_loops_begun_again",
            "Loops beside the requests that panicked and were begun again",
            begun_again.clone(),
        );
    }

    fn register_certificate(&mut self) {
        let Self { registry, certificate_begins, certificate_ends, .. } = self;
        registry.register(
            "vestibule_certificate_begin_timestamp_seconds",
            "From when on the certificate in use is good, in seconds since 1970; 0 without one",
            certificate_begins.clone(),
        );
        registry.register(
            "vestibule_certificate_end_timestamp_seconds",
            "Until when the certificate in use is good, in seconds since 1970; 0 without one",
            certificate_ends.clone(),
        );
    }

    fn register_database(&mut self) {
        let Self { registry, waits, wait_seconds, reads, writes, write_seconds, commits, .. } = self;
        registry.register(
            "vestibule_database_waits",
            "Times a connection or a turn to write was waited for",
            waits.clone(),
        );
        registry.register("vestibule_database_wait_seconds", "Seconds spent on these waits", wait_seconds.clone());
        registry.register(
            "vestibule_database_read_duration_seconds",
            "How long statements took that read outside of write transactions, from their connection to their rows",
            reads.clone(),
        );
        registry.register("vestibule_database_writes", "Write transactions committed", writes.clone());
        registry.register(
            "vestibule_database_write_seconds",
            "Seconds from their beginning until they were durable",
            write_seconds.clone(),
        );
        registry.register(
            "vestibule_database_commits",
            "Groups of writes that reached SQLite's disk together",
            commits.clone(),
        );
    }

    /// A request was answered. `method` is one of a few: a client must not be able to fill the memory with inventions.
    pub fn answered(&self, method: &'static str, route: Route, status: u16, taken: Duration) {
        let asked = Asked { method, route: route.clone() };
        self.durations.get_or_create(&asked).observe(taken.as_secs_f64());
        let answered = Answered { method, route, status };
        if let Some(known) = self.requests.get(&answered) {
            known.inc();
            return;
        }
        self.preset_faults(method, &answered.route);
        self.requests.get_or_create(&answered).inc();
    }

    /// A person or a program (`by`) signed in, or was refused with an AADSTS number.
    pub fn signed_in(&self, by: &'static str, error: i64) {
        self.sign_ins.get_or_create(&SignIn { by, error }).inc();
    }

    /// A mail was tried, or was too late to be tried (`expired`).
    pub fn mailed(&self, result: &'static str) {
        self.mails.get_or_create(&Handover { result }).inc();
    }

    /// The queue as it was just looked up: how many jobs are in a state, and for how many seconds the first has been due.
    pub fn queued(&self, state: &'static str, jobs: i64, overdue: f64) {
        self.jobs.get_or_create(&Queue { state }).set(jobs);
        self.overdue.get_or_create(&Queue { state }).set(overdue);
    }

    /// For how many seconds the oldest mail of a lane has been owed.
    pub fn owed(&self, lane: &'static str, seconds: f64) {
        self.owed.get_or_create(&Owed { lane }).set(seconds);
    }

    /// A loop runs, and has not panicked yet.
    pub fn watched(&self, task: &'static str) {
        drop(self.begun_again.get_or_create(&Begun { task }));
    }

    /// A loop panicked and is begun again.
    pub fn began_again(&self, task: &'static str) {
        self.begun_again.get_or_create(&Begun { task }).inc();
    }

    /// Whether the database answered just now.
    pub fn database(&self, is_available: bool) {
        self.available.set(i64::from(is_available));
    }

    /// A certificate was put in use.
    pub fn certificate(&self, validity: Validity) {
        self.certificate_begins.set(validity.begins.seconds());
        self.certificate_ends.set(validity.ends.seconds());
    }

    /// Sums that the database keeps; `commits` are SQLite's.
    pub fn sums(&self, sums: &Statistics, commits: Option<u64>) {
        self.waits.inner().store(sums.waits.count, Ordering::Relaxed);
        self.wait_seconds.inner().store(sums.waits.time.as_secs_f64().to_bits(), Ordering::Relaxed);
        self.reads.set(sums.reads);
        self.writes.inner().store(sums.writes.count, Ordering::Relaxed);
        self.write_seconds.inner().store(sums.writes.time.as_secs_f64().to_bits(), Ordering::Relaxed);
        self.commits.inner().store(commits.unwrap_or_default(), Ordering::Relaxed);
    }

    /// Everything, as Prometheus reads it.
    ///
    /// # Errors
    /// Never: writing to a text does not fail.
    pub fn page(&self) -> Result<String, std::fmt::Error> {
        let mut page = String::new();
        prometheus_text::encode(&mut page, &self.registry)?;
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn page_with_everything() -> String {
        let measures = Measures::default();
        measures.answered("GET", Route::new(None), 200, Duration::from_millis(3));
        measures.signed_in("person", 50_126);
        measures.mailed("handed_over");
        measures.queued("waiting", 2, 1.5);
        measures.owed("code", 61.5);
        measures.began_again("rotate");
        measures.database(true);
        measures.page().expect("a page")
    }

    #[test]
    fn a_page_tells_each_number_once_with_its_labels() {
        let page = page_with_everything();
        for line in [
            "http_requests_total{method=\"GET\",route=\"-\",status=\"200\"} 1",
            "http_request_duration_seconds_bucket{method=\"GET\",route=\"-\",le=\"0.005\"} 1",
            "vestibule_sign_ins_total{by=\"person\",error=\"50126\"} 1",
            "vestibule_mails_total{result=\"handed_over\"} 1",
            "vestibule_jobs{state=\"waiting\"} 2",
            "vestibule_mails_total{result=\"expired\"} 0",
            "vestibule_jobs_overdue_seconds{state=\"waiting\"} 1.5",
            "vestibule_mails_owed_seconds{lane=\"code\"} 61.5",
            "vestibule_loops_begun_again_total{task=\"rotate\"} 1",
            "vestibule_database_available 1",
        ] {
            assert_eq!(page.lines().filter(|it| *it == line).count(), 1, "{line}\n{page}");
        }
    }

    #[test]
    fn what_is_asked_for_again_is_counted_in_the_same_place() {
        let measures = Measures::default();
        for _ in 0..1000 {
            measures.answered("GET", Route::new(None), 200, Duration::from_millis(3));
        }
        let page = measures.page().expect("a page");
        let is_it = |line: &&str| line.starts_with("http_requests_total{") && line.contains("status=\"200\"");
        assert_eq!(page.lines().filter(is_it).count(), 1);
        assert!(page.contains("http_request_duration_seconds_count{method=\"GET\",route=\"-\"} 1000"), "{page}");
    }

    /// Words that look like a measurement, without what the format adds to the name of a histogram.
    fn names(text: &str) -> BTreeSet<String> {
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|word| word.starts_with("vestibule_") || word.starts_with("http_request"))
            .map(|word| word.trim_end_matches("_bucket").trim_end_matches("_sum").trim_end_matches("_count").to_owned())
            .collect()
    }

    #[test]
    fn the_dashboard_and_the_alerts_ask_for_what_there_is() {
        let known = names(&page_with_everything());
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for file in ["docs/monitoring/grafana-dashboard.json", "docs/monitoring/prometheus-alerts.yml"] {
            let asked = names(&std::fs::read_to_string(repository.join(file)).expect(file));
            assert!(asked.len() > 4, "{file} asks for something");
            let unknown: Vec<_> = asked.difference(&known).collect();
            assert!(unknown.is_empty(), "{file}: {unknown:?}");
        }
    }
}
