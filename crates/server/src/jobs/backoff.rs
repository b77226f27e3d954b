//! How long a job that failed waits.

use std::time::Duration;

/// The attempt whose failure is final: with the pauses below, about two days after the first one.
pub const LAST_ATTEMPT: i64 = 30;

const FIRST: Duration = Duration::from_secs(30);
/// The longest pause.
pub(super) const LONGEST: Duration = Duration::from_hours(2);

/// The pause after an attempt (counted from 1): 30 seconds, doubled each time, at most two hours.
pub fn pause(attempt: i64) -> Duration {
    let doublings = attempt.clamp(1, 17) - 1;
    FIRST.saturating_mul(1 << doublings).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_two_hours_and_last_two_days_in_all() {
        let seconds: Vec<u64> = (1..=4).map(|attempt| pause(attempt).as_secs()).collect();
        assert_eq!(seconds, [30, 60, 120, 240]);
        assert_eq!(pause(i64::MAX), LONGEST);
        assert_eq!(pause(0), FIRST);
        let all: Duration = (1..LAST_ATTEMPT).map(pause).sum();
        assert!((Duration::from_hours(36)..Duration::from_hours(60)).contains(&all), "{all:?}");
    }
}
