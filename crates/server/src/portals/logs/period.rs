//! The time a log is narrowed to: one of a few periods up to now, or from one day to another.

use crate::platform::Timestamp;
use crate::platform::clock::parse_rfc3339;
use crate::web::portal::Refusal;
use crate::web::query::choice;
use std::time::Duration;

/// The periods a log can be narrowed to.
pub(super) const PERIODS: [(&str, &str); 3] =
    [("day", "Last 24 hours"), ("week", "Last 7 days"), ("month", "Last 30 days")];

/// The first and the last instant, where they are limited.
pub(super) type Limits = (Option<Timestamp>, Option<Timestamp>);

/// A field, and what is wrong with it.
pub(super) type Mistake = (&'static str, &'static str);

/// The parameters of a page that choose the time; days are in UTC.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Chosen<'a> {
    pub(super) period: Option<&'a str>,
    pub(super) from: Option<&'a str>,
    pub(super) to: Option<&'a str>,
}

impl Chosen<'_> {
    /// When it begins and ends. Both days are included; what is no day limits nothing.
    pub(super) fn limits(self, now: Timestamp) -> Result<Limits, Refusal> {
        let since = self.since(now)?.max(day(self.from, "T00:00:00Z").flatten());
        let last_second = day(self.to, "T23:59:59Z").flatten();
        let until = last_second.map(|at| Timestamp::from_microseconds(at.microseconds().saturating_add(999_999)));
        Ok((since, until))
    }

    /// The field that holds no day, or a day that leaves none, and what is wrong with it.
    pub(super) fn mistake(self) -> Option<Mistake> {
        const NO_DAY: &str = "Write a day that is in the calendar, as year, month and day: 2026-11-28.";
        let Some(from) = day(self.from, "T00:00:00Z") else { return Some(("from", NO_DAY)) };
        let Some(to) = day(self.to, "T23:59:59Z") else { return Some(("to", NO_DAY)) };
        let is_turned = from.zip(to).is_some_and(|(from, to)| from > to);
        is_turned.then_some(("to", "The last day is before the first one."))
    }

    fn since(self, now: Timestamp) -> Result<Option<Timestamp>, Refusal> {
        const DAY: Duration = Duration::from_hours(24);
        let length = choice(self.period, &[("day", DAY), ("week", DAY * 7), ("month", DAY * 30)])?;
        Ok(length.map(|length| now.minus(length)))
    }
}

/// The instant of a day, which may be absent; `None` if it is no day.
#[expect(clippy::option_option, reason = "nothing was written, or nothing that is a day")]
fn day(text: Option<&str>, time: &str) -> Option<Option<Timestamp>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Some(None) };
    let is_day = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let at = parse_rfc3339(&format!("{text}{time}")).filter(|_| is_day);
    at.map(Some)
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
            let chosen = Chosen { from: Some(text), ..Chosen::default() };
            assert_eq!(chosen.mistake().map(|(field, _)| field), Some("from"));
        }
        let turned = Chosen { from: Some("2026-11-02"), to: Some("2026-11-01"), ..Chosen::default() };
        assert_eq!(turned.mistake().map(|(field, _)| field), Some("to"));
    }
}
