//! How long the database takes, summed up for an operator's metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What this process has asked of the database since it opened it. Only ever grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// Waiting for a connection, or for a turn at SQLite's writer, reads and writes together.
    pub waits: Total,
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

/// The running sums.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(crate) waits: Sum,
    pub(crate) writes: Sum,
}

impl Meter {
    pub(crate) fn read(&self) -> Statistics {
        Statistics { waits: self.waits.read(), writes: self.writes.read() }
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
        // Half a million years fit.
        self.microseconds.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn read(&self) -> Total {
        let time = Duration::from_micros(self.microseconds.load(Ordering::Relaxed));
        Total { count: self.count.load(Ordering::Relaxed), time }
    }
}
