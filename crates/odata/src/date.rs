//! Calendar literals. They stay text in a checked, uniform form: the caller picks its own calendar types.

use std::fmt;

/// An instant in RFC 3339 form: an existing day, seconds always present, at most nine digits of fraction, `T` and
/// `Z` in upper case, a zone of at most 14 hours.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DateTimeOffset(String);

impl DateTimeOffset {
    /// The RFC 3339 text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads an `OData` dateTimeOffsetValue.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_uppercase();
        let (date, time) = text.split_once('T')?;
        let date = Date::parse(date)?;
        let zone_at = time.find(['Z', '+', '-'])?;
        let (clock, zone) = time.split_at(zone_at);
        let clock = complete_clock(clock)?;
        zone_is_valid(zone).then(|| Self(format!("{date}T{clock}{zone}")))
    }
}

/// A calendar day that exists, as `2024-02-29`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Date(String);

impl Date {
    /// The text `YYYY-MM-DD`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads an `OData` dateValue; only years 0001 to 9999 are taken.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4)?;
        let month = digits(parts.next()?, 2)?;
        let day = digits(parts.next()?, 2)?;
        let exists = parts.next().is_none() && year > 0 && day > 0 && day <= days_in(year, month);
        exists.then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DateTimeOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

/// `HH:MM[:SS[.fraction]]`, with the seconds added when `OData`'s short form leaves them out.
fn complete_clock(text: &str) -> Option<String> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let second = parts.next();
    let in_range = hour < 24 && minute < 60 && digits(second.unwrap_or("00"), 2)? < 60 && parts.next().is_none();
    let fraction_fits = match (second, fraction) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(_), Some(fraction)) => {
            (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit())
        }
    };
    let missing = if second.is_none() { ":00" } else { "" };
    (in_range && fraction_fits).then(|| format!("{text}{missing}"))
}

fn zone_is_valid(zone: &str) -> bool {
    let within = |zone: &str| {
        let (hours, minutes) = zone.split_once(':')?;
        let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
        Some(minutes < 60 && hours * 60 + minutes <= 14 * 60)
    };
    zone == "Z" || zone.get(1..).and_then(within) == Some(true)
}

fn digits(text: &str, width: usize) -> Option<u32> {
    let shaped = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    if shaped { text.parse().ok() } else { None }
}
