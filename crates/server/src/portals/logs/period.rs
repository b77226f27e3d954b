//! The time a log is narrowed to: one of a few periods up to now, or from one day to another.

use crate::platform::Timestamp;
use crate::platform::clock::parse_rfc3339;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use std::time::Duration;

/// The periods a log can be narrowed to.
pub(super) const PERIODS: [(&str, &str); 3] =
    [("day", "Last 24 hours"), ("week", "Last 7 days"), ("month", "Last 30 days")];

/// The parameters of a page that choose the time; days are in UTC.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Chosen<'a> {
    pub(super) period: Option<&'a str>,
    pub(super) from: Option<&'a str>,
    pub(super) to: Option<&'a str>,
}

impl Chosen<'_> {
    /// The first and the last instant, where they are limited. Both days are included.
    pub(super) fn limits(self, now: Timestamp) -> Result<(Option<Timestamp>, Option<Timestamp>), Refusal> {
        let since = self.since(now)?.max(day(self.from, "T00:00:00Z")?);
        let last_second = day(self.to, "T23:59:59Z")?;
        let until = last_second.map(|at| Timestamp::from_microseconds(at.microseconds().saturating_add(999_999)));
        Ok((since, until))
    }

    fn since(self, now: Timestamp) -> Result<Option<Timestamp>, Refusal> {
        const DAY: Duration = Duration::from_hours(24);
        Ok(Some(now.minus(match self.period {
            None => return Ok(None),
            Some("day") => DAY,
            Some("week") => DAY * 7,
            Some("month") => DAY * 30,
            Some(_) => return Err(Problem::BadRequest.into()),
        })))
    }
}

fn day(text: Option<&str>, time: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let is_day = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let at = parse_rfc3339(&format!("{text}{time}")).filter(|_| is_day);
    at.map(Some).ok_or_else(|| Problem::BadRequest.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_days_are_included_and_nonsense_is_refused() {
        let now = Timestamp::from_microseconds(1_700_000_000_000_000);
        let chosen = Chosen { from: Some("2026-11-01"), to: Some("2026-11-01"), ..Chosen::default() };
        let (since, until) = chosen.limits(now).expect("a period");
        let length = until.expect("an end").microseconds() - since.expect("a start").microseconds();
        assert_eq!(length, 86_400_000_000 - 1);
        assert_eq!(Chosen { from: Some(""), ..Chosen::default() }.limits(now).expect("no limit"), (None, None));
        for text in ["2026-13-01", "today", "2026-11-01T00:00:00Z", "20261101"] {
            assert!(Chosen { from: Some(text), ..Chosen::default() }.limits(now).is_err(), "{text}");
        }
    }
}
