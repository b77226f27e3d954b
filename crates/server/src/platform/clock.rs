//! The time of day.

use database::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Tells the time. Clones share it.
///
/// It never goes back within one process: when the system clock is set back, time stands still until the clock has
/// caught up, so that what has ended stays ended.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    /// The system clock, and the latest instant it has shown.
    System { latest: AtomicI64 },
    /// A clock that moves only when it is told to.
    Manual(AtomicI64),
}

/// Whole seconds from now to an instant, at least one: what `Retry-After` says (RFC 9110 section 10.2.3).
pub fn seconds_until(until: Timestamp, now: Timestamp) -> u32 {
    let microseconds = until.microseconds().saturating_sub(now.microseconds()).max(1);
    u32::try_from(microseconds.saturating_add(999_999) / 1_000_000).unwrap_or(u32::MAX)
}

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Self(Arc::new(Source::System { latest: AtomicI64::new(i64::MIN) }))
    }

    /// A clock that stands at `start` until [`Clock::advance`] is called.
    pub fn manual(start: Timestamp) -> Self {
        Self(Arc::new(Source::Manual(AtomicI64::new(start.microseconds()))))
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_microseconds(match &*self.0 {
            Source::System { latest } => {
                let shown = system_microseconds();
                latest.fetch_max(shown, Ordering::Relaxed).max(shown)
            }
            Source::Manual(instant) => instant.load(Ordering::Relaxed),
        })
    }

    /// Moves a manual clock; a system clock cannot be moved and stays as it is.
    pub fn advance(&self, step: Duration) {
        if let Source::Manual(instant) = &*self.0 {
            let step = i64::try_from(step.as_micros()).unwrap_or(i64::MAX);
            instant.fetch_add(step, Ordering::Relaxed);
        }
    }

    /// Moves a manual clock back, as a restart does after the machine's clock was set back.
    #[cfg(test)]
    pub fn set_back(&self, step: Duration) {
        if let Source::Manual(instant) = &*self.0 {
            let step = i64::try_from(step.as_micros()).unwrap_or(i64::MAX);
            instant.fetch_sub(step, Ordering::Relaxed);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system clock")]
fn system_microseconds() -> i64 {
    // A machine that believes to be before 1970 has lost its clock, and time stands at the epoch until it is set.
    let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX)
}

/// The calendar instant of a timestamp, for formatting; the nearest one jiff has for what is more than 9999 years away.
pub fn calendar(at: Timestamp) -> jiff::Timestamp {
    let end = if at.microseconds() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    jiff::Timestamp::from_microsecond(at.microseconds()).unwrap_or(end)
}

/// RFC 3339 in UTC with whole seconds, as Microsoft Graph writes instants: `2026-11-23T09:00:00Z`.
pub fn rfc3339(at: Timestamp) -> String {
    calendar(at).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The second in which the year 0 began, the first that RFC 3339 can write.
const YEAR_ZERO: i64 = -62_167_219_200;

/// Reads an RFC 3339 instant, cut to microseconds.
pub fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    let instant: jiff::Timestamp = text.parse().ok()?;
    (instant.as_second() >= YEAR_ZERO).then(|| Timestamp::from_microseconds(instant.as_microsecond()))
}

/// Reads an instant that others are compared with, written as RFC 3339 has it. What is behind the last one that is read here
/// stands for that one: filters say the end of the year 9999 where a period has none.
pub fn parse_limit(text: &str) -> Option<Timestamp> {
    let last = || Timestamp::from_microseconds(jiff::Timestamp::MAX.as_microsecond());
    parse_rfc3339(text).or_else(|| text.starts_with("9999-12-3").then(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_and_read_as_rfc_3339() {
        let at = parse_rfc3339("2026-11-23T09:00:00.123456789Z").expect("an instant");
        assert_eq!(at.microseconds() % 1_000_000, 123_456);
        assert_eq!(rfc3339(at), "2026-11-23T09:00:00Z");
        assert_eq!(parse_rfc3339("yesterday"), None);
    }

    #[test]
    fn an_instant_that_is_read_can_be_written_however_far_away_it_is() {
        for text in ["0000-01-01T00:00:00Z", "9999-12-30T22:00:00Z"] {
            assert_eq!(parse_rfc3339(text).map(rfc3339).as_deref(), Some(text));
        }
        for text in ["-000001-12-31T23:59:59Z", "-009998-01-01T00:00:00Z", "10000-01-01T00:00:00Z"] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
        // What was moved to the end of time stays there, and is no instant of long ago.
        assert_eq!(rfc3339(Timestamp::from_microseconds(i64::MAX)), "9999-12-30T22:00:00Z");
        assert!(rfc3339(Timestamp::from_microseconds(i64::MIN)).starts_with('-'));
    }

    #[test]
    fn what_is_compared_with_the_end_of_the_last_year_is_compared_with_the_last_instant() {
        let last = parse_limit("9999-12-31T23:59:59.9999999Z").expect("an instant");
        assert!(parse_limit("9999-12-30T21:59:59Z").is_some_and(|before| before < last));
        assert_eq!(parse_limit("9999-12-30T23:00:00-12:00"), Some(last));
        assert_eq!(parse_limit("2026-11-23T09:00:00Z"), parse_rfc3339("2026-11-23T09:00:00Z"));
        assert_eq!(parse_limit("tomorrow"), None);
    }

    #[test]
    fn a_system_clock_never_goes_back() {
        let clock = Clock::system();
        let Source::System { latest } = &*clock.0 else { panic!("a system clock") };
        let far = system_microseconds() + 60_000_000;
        latest.store(far, Ordering::Relaxed);
        assert_eq!(clock.now().microseconds(), far);
    }
}
