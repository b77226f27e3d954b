//! The times of reads, a histogram that the database counts by itself: one of the library takes a lock for each statement.

use database::{READ_BOUNDS, Times};
use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use std::sync::{Arc, Mutex, PoisonError};

/// The times as they were last handed over; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Reads(Arc<Mutex<Times>>);

impl Reads {
    /// Hands over what the database has counted so far.
    pub(super) fn set(&self, times: Times) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = times;
    }
}

impl EncodeMetric for Reads {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> std::fmt::Result {
        let Times { counts, time } = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bounds = READ_BOUNDS.iter().map(|bound| bound.as_secs_f64());
        let buckets: Vec<(f64, u64)> = bounds.zip(counts).collect();
        encoder.encode_histogram::<NoLabelSet>(time.as_secs_f64(), counts.iter().sum(), &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

#[cfg(test)]
mod tests {
    use crate::platform::Measures;
    use database::{Statistics, Times, Total};
    use std::time::Duration;

    #[test]
    fn reads_are_told_with_all_that_took_no_longer() {
        let measures = Measures::default();
        let none = Total { count: 0, time: Duration::ZERO };
        let time = Duration::from_millis(61_500);
        let reads = Times { counts: [40, 0, 3, 0, 0, 0, 1, 0, 0, 2], time };
        measures.sums(&Statistics { waits: none, reads, writes: none }, None);
        let page = measures.page().expect("a page");
        let told = [
            "bucket{le=\"0.0001\"} 40",
            "bucket{le=\"0.1\"} 43",
            "bucket{le=\"0.25\"} 44",
            "bucket{le=\"5\"} 44",
            "bucket{le=\"+Inf\"} 46",
            "sum 61.5",
            "count 46",
        ];
        for line in told {
            let line = format!("vestibule_database_read_duration_seconds_{line}");
            assert_eq!(page.lines().filter(|it| *it == line).count(), 1, "{line}\n{page}");
        }
    }
}
