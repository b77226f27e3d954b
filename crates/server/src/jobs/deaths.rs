//! Jobs that were in hand when their process died. One of them may have killed it, and the others were there by chance.
//!
//! A try that ends in any other way shows that the job lets its process live. So deaths are counted in a row, and apart from
//! failures: a job that is only unlucky loses none of its attempts.

use std::time::Duration;

/// Deaths after which a job waits apart: it is never begun beside another one of which that is true. So whoever kills its process
/// takes nobody along more often than this.
pub(super) const APART: i64 = 2;

/// The deaths after which a job is given up: five of them while it ran apart.
pub(super) const LAST_DEATH: i64 = APART + 5;

/// What is added to the pause by each death apart, from the first one on.
pub(super) const STEP: Duration = Duration::from_mins(1);

/// The deaths that a job may have behind it to be begun by a process that has lived so long: as long as the job had to wait. Where
/// each process dies soon whatever it does, no job is blamed for that.
pub(super) fn bearable(lived: Duration) -> i64 {
    let steps = lived.as_secs() / STEP.as_secs();
    APART.saturating_add(i64::try_from(steps).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_takes_on_what_waited_no_longer_than_it_lives() {
        let minutes = |minutes| bearable(Duration::from_mins(minutes));
        assert_eq!(bearable(Duration::from_secs(59)), APART, "what has not waited yet");
        assert_eq!([0, 1, 2, 5].map(minutes), [APART, APART + 1, APART + 2, LAST_DEATH]);
        assert!(bearable(Duration::MAX) > LAST_DEATH, "somebody has to give it up");
    }
}
