//! How long the database takes, summed up for an operator's metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the times by which reads are counted: from what SQLite has in memory to what holds up a person.
pub const READ_BOUNDS: [Duration; 9] = [
    Duration::from_micros(100),
    Duration::from_micros(500),
    Duration::from_millis(1),
    Duration::from_millis(5),
    Duration::from_millis(25),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// What this process has asked of the database since it opened it. Only ever grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// Waiting for a connection, or for a turn at SQLite's writer, reads and writes together.
    pub waits: Total,
    /// Statements that read, each from when it has its connection until its rows are there. Those of write transactions count
    /// with their transaction.
    pub reads: Times,
    /// Write transactions that were committed, from their beginning until they were durable.
    pub writes: Total,
}

/// How often something was done, and how long it took in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// How often.
    pub count: u64,
    /// How long in all, exact to a microsecond.
    pub time: Duration,
}

/// How often something took how long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// How often it took as long as a bound of [`READ_BOUNDS`] allows and the one before does not; the last number is of those that
    /// took longer than all bounds.
    pub counts: [u64; READ_BOUNDS.len() + 1],
    /// How long in all, exact to a microsecond.
    pub time: Duration,
}

/// The running sums.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(crate) waits: Sum,
    pub(crate) reads: Spread,
    pub(crate) writes: Sum,
}

impl Meter {
    pub(crate) fn read(&self) -> Statistics {
        Statistics { waits: self.waits.read(), reads: self.reads.read(), writes: self.writes.read() }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Sum {
    count: AtomicU64,
    microseconds: AtomicU64,
}

impl Sum {
    pub(crate) fn add(&self, time: Duration) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(microseconds(time), Ordering::Relaxed);
    }

    fn read(&self) -> Total {
        let time = Duration::from_micros(self.microseconds.load(Ordering::Relaxed));
        Total { count: self.count.load(Ordering::Relaxed), time }
    }
}

/// Counts by [`READ_BOUNDS`]. Every statement passes here: nothing is locked and nothing allocated.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    counts: [AtomicU64; READ_BOUNDS.len() + 1],
    microseconds: AtomicU64,
}

impl Spread {
    pub(crate) fn add(&self, time: Duration) {
        let at = READ_BOUNDS.partition_point(|bound| *bound < time);
        self.counts[at].fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(microseconds(time), Ordering::Relaxed);
    }

    fn read(&self) -> Times {
        let counts = self.counts.each_ref().map(|count| count.load(Ordering::Relaxed));
        Times { counts, time: Duration::from_micros(self.microseconds.load(Ordering::Relaxed)) }
    }
}

/// Half a million years fit.
fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_counts_at_the_first_bound_that_allows_it() {
        assert!(READ_BOUNDS.is_sorted());
        let spread = Spread::default();
        for microseconds in [0, 100, 101, 1_000, 5_000_000, 5_000_001] {
            spread.add(Duration::from_micros(microseconds));
        }
        let Times { counts, time } = spread.read();
        assert_eq!(counts, [2, 1, 1, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(time, Duration::from_micros(10_001_202));
    }
}
