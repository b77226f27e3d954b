//! What is looked at every minute, and what grew from beginning to end.

use super::log::Log;
use crate::connection::Connection;
use crate::scenario::Bench;
use crate::site::Site;
use crate::statistics::quantile;
use crate::{Outcome, requests};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Latency of one kind of work in a minute.
#[derive(Debug, Clone, Copy)]
pub struct Latency {
    /// Pieces of work.
    pub count: usize,
    /// Milliseconds.
    pub p50: f64,
    /// Milliseconds.
    pub p99: f64,
}

/// One minute.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// By kind of work.
    pub latencies: BTreeMap<&'static str, Latency>,
    /// Part of a processor that the server used.
    pub busy: f64,
    /// MiB in memory, the median of the minute's seconds.
    pub memory: f64,
    /// MiB in memory at the end of the minute that stand in no file.
    pub anonymous: f64,
    /// MiB in memory at the end of the minute that stand in files.
    pub of_files: f64,
    /// MiB in memory at most, since the start.
    pub peak: f64,
    /// MiB of the database.
    pub file: f64,
    /// MiB of SQLite's log; zero on PostgreSQL.
    pub wal: f64,
    /// Jobs that wait.
    pub waiting: f64,
    /// Seconds that the first of them has been due.
    pub overdue: f64,
    /// Jobs given up.
    pub given_up: f64,
    /// Open files and sockets.
    pub files: usize,
    /// Threads.
    pub threads: usize,
}

impl Figures {
    /// Looks at everything but what a look at the end of the minute does not show.
    pub async fn take(bench: &Bench, log: &Log, (busy, memory): (f64, f64)) -> Outcome<Self> {
        let times = log.take();
        let latencies = times.into_iter().map(|(kind, times)| (kind, Latency::of(&times))).collect();
        let held = bench.site.divided()?;
        let (file, wal) = bench.site.sizes().await?;
        let mut connection = Connection::open(bench.site.address.socket).await?;
        let answer = connection.send(&requests::get(&bench.site.address.host, "/metrics", "")).await?;
        answer.expect(200)?;
        let said = answer.text();
        let process = bench.site.process()?;
        Ok(Self {
            latencies,
            busy,
            memory,
            anonymous: held.anonymous,
            of_files: held.of_files,
            peak: held.most,
            file,
            wal,
            waiting: metric(said, "vestibule_jobs{state=\"waiting\"}"),
            overdue: metric(said, "vestibule_jobs_overdue_seconds{state=\"waiting\"}"),
            given_up: metric(said, "vestibule_jobs{state=\"failed\"}"),
            files: std::fs::read_dir(format!("/proc/{process}/fd"))?.count(),
            threads: std::fs::read_dir(format!("/proc/{process}/task"))?.count(),
        })
    }

    /// In one line.
    pub fn line(&self, minute: usize) -> String {
        let mut text = format!(
            "{minute:>3} busy {:>3.0} %  memory {:.1} (anonymous {:.1}, of files {:.1}, at most {:.1})  file {:.1}  wal {:.1}  \
             jobs {:.0} overdue {:.0} s given up {:.0}  files {}  threads {}",
            self.busy * 100.0,
            self.memory,
            self.anonymous,
            self.of_files,
            self.peak,
            self.file,
            self.wal,
            self.waiting,
            self.overdue,
            self.given_up,
            self.files,
            self.threads,
        );
        for (kind, latency) in &self.latencies {
            // Writing to a text does not fail.
            let _ = write!(
                text,
                "\n      {kind:<20} {:>7} p50 {:>8.2} p99 {:>8.2}",
                latency.count, latency.p50, latency.p99
            );
        }
        text
    }
}

impl Latency {
    fn of(times: &[f64]) -> Self {
        Self { count: times.len(), p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
    }
}

/// A figure of the page of metrics; zero while it has never been set.
fn metric(page: &str, name: &str) -> f64 {
    let line = page.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|value| value.trim().parse().ok()).unwrap_or_default()
}

/// Rows that each table gained.
pub struct Growth(pub Vec<(String, i64)>);

impl Growth {
    /// The rows of every table, as a backup counts them.
    pub fn rows(site: &Site) -> Outcome<BTreeMap<String, i64>> {
        let copy = site.path("soak.backup");
        let said = site.run(&["backup"], &[&copy])?;
        std::fs::remove_file(&copy)?;
        let rows: BTreeMap<String, i64> = said.lines().filter_map(row).collect();
        if rows.is_empty() { Err(format!("the backup lists no table: {said}").into()) } else { Ok(rows) }
    }

    /// From one count to a later one, the largest first.
    pub fn between(before: BTreeMap<String, i64>, after: BTreeMap<String, i64>) -> Self {
        let gained = |(table, rows): (String, i64)| {
            let had = before.get(&table).copied().unwrap_or_default();
            (table, rows - had)
        };
        let mut growth: Vec<(String, i64)> = after.into_iter().map(gained).filter(|(_, rows)| *rows != 0).collect();
        growth.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        Self(growth)
    }
}

/// Name, rows and checksum.
fn row(line: &str) -> Option<(String, i64)> {
    let mut words = line.split_ascii_whitespace();
    let (table, rows, checksum) = (words.next()?, words.next()?, words.next()?);
    let is_row = words.next().is_none() && checksum.len() == 32;
    Some((table.to_owned(), rows.parse().ok().filter(|_| is_row)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gauge_is_found_by_its_label() {
        let page =
            "# HELP vestibule_jobs x\nvestibule_jobs{state=\"failed\"} 2\nvestibule_jobs{state=\"waiting\"} 7.5\n";
        assert!((metric(page, "vestibule_jobs{state=\"waiting\"}") - 7.5).abs() < f64::EPSILON);
        assert!(metric(page, "vestibule_jobs{state=\"running\"}").abs() < f64::EPSILON);
    }

    #[test]
    fn rows_are_compared_by_table() {
        let counted = |text: &str| text.lines().filter_map(row).collect::<BTreeMap<_, _>>();
        let sum = "0123456789abcdef0123456789abcdef";
        let before = counted(&format!("written to x\nmail 5 {sum}\njob 3 {sum}"));
        let after = counted(&format!("mail 9 {sum}\njob 3 {sum}\nsession 40 {sum}"));
        assert_eq!(Growth::between(before, after).0, [("session".to_owned(), 40), ("mail".to_owned(), 4)]);
    }
}
