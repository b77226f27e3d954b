//! How long is kept what is kept for a while only.

use serde::Deserialize;
use std::num::NonZeroU16;
use std::time::Duration;

/// `[retention]`, in days.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// The directory audit: who changed what.
    pub audit_days: NonZeroU16,
    /// The sign-in log, and what guests read.
    pub sign_ins_days: NonZeroU16,
    /// Mails that were sent or given up, without what they said.
    pub mails_days: NonZeroU16,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |days| NonZeroU16::new(days).unwrap_or(NonZeroU16::MAX);
        Self { audit_days: days(730), sign_ins_days: days(90), mails_days: days(90) }
    }
}

impl Retention {
    /// Rows of one table that one transaction removes at most, so that nobody waits long for it.
    pub const AT_ONCE: i64 = 1000;

    /// Whether there may be more after a transaction that has removed this many rows.
    pub const fn may_have_left(removed: u64) -> bool {
        removed >= Self::AT_ONCE.unsigned_abs()
    }

    /// How long changes are kept.
    pub fn audit(&self) -> Duration {
        length(self.audit_days)
    }

    /// How long sign-ins are kept.
    pub fn sign_ins(&self) -> Duration {
        length(self.sign_ins_days)
    }

    /// How long mails are kept.
    pub fn mails(&self) -> Duration {
        length(self.mails_days)
    }
}

fn length(days: NonZeroU16) -> Duration {
    Duration::from_hours(24 * u64::from(days.get()))
}
