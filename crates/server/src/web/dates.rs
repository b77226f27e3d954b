//! Dates and times in the form a reader expects: months in words, the clock with 24 hours, digits as on the keyboard.

use crate::platform::Timestamp;
use crate::platform::clock::calendar;
use jiff::tz::TimeZone;
use jiff::{Zoned, civil::Date, civil::Time};

use super::language::Language;

/// "6 December 2026", "6. Dezember 2026".
pub fn date(language: Language, date: Date) -> String {
    written(language, date, month(language, date))
}

/// "6 Dec 2026" for tables; Arabic has no short months in use.
pub fn short_date(language: Language, date: Date) -> String {
    let month = month(language, date);
    let short: String = match language {
        Language::Arabic => month.to_owned(),
        // German shortens to three letters too, and leaves out the full stop in tables.
        Language::English | Language::German => month.chars().take(3).collect(),
    };
    written(language, date, &short)
}

/// "14:32".
pub fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// "14:32 UTC": for mails, whose reader may be in any zone.
pub fn clock_with_zone(at: &Zoned) -> String {
    format!("{} {}", clock(at.time()), at.strftime("%Z"))
}

/// "22 November 2026, 14:06 UTC": beside a reference.
pub fn moment(language: Language, at: &Zoned) -> String {
    let comma = if language == Language::Arabic { "،" } else { "," };
    format!("{}{comma} {}", date(language, at.date()), clock_with_zone(at))
}

/// "Today, 13:54", "Yesterday, 19:02", "20 Nov 2026, 10:15": for tables of the portal, in UTC.
pub fn recent(at: Timestamp, now: Timestamp) -> String {
    let utc = |instant| calendar(instant).to_zoned(TimeZone::UTC);
    let (at, now) = (utc(at), utc(now));
    let day = match now.date().since(at.date()).map(|span| span.get_days()) {
        Ok(0) => "Today".to_owned(),
        Ok(1) => "Yesterday".to_owned(),
        _ => short_date(Language::English, at.date()),
    };
    format!("{day}, {}", clock(at.time()))
}

/// "20 Nov 2026": the day of an instant in UTC.
pub fn day(at: Timestamp) -> String {
    short_date(Language::English, calendar(at).to_zoned(TimeZone::UTC).date())
}

/// "20 Nov": the day of an instant in UTC, where the year is clear.
pub fn day_of_month(at: Timestamp) -> String {
    let date = calendar(at).to_zoned(TimeZone::UTC).date();
    format!("{} {}", date.day(), month(Language::English, date).get(..3).unwrap_or_default())
}

/// "20 Nov 2026, 10:15:03 UTC": for what is looked at closely.
pub fn day_and_time(at: Timestamp) -> String {
    let utc = calendar(at).to_zoned(TimeZone::UTC);
    format!("{}, {}", short_date(Language::English, utc.date()), utc.strftime("%H:%M:%S UTC"))
}

fn written(language: Language, date: Date, month: &str) -> String {
    let (day, year) = (date.day(), date.year());
    match language {
        Language::German => format!("{day}. {month} {year}"),
        Language::English | Language::Arabic => format!("{day} {month} {year}"),
    }
}

fn month(language: Language, date: Date) -> &'static str {
    let names = match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
        Language::Arabic => &ARABIC,
    };
    let index = usize::from(date.month().unsigned_abs()).saturating_sub(1);
    names.get(index).copied().unwrap_or_default()
}

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const GERMAN: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const ARABIC: [&str; 12] =
    ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"];

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    #[test]
    fn a_date_reads_as_people_write_it() {
        let day = civil::date(2026, 12, 6);
        assert_eq!(date(Language::English, day), "6 December 2026");
        assert_eq!(date(Language::German, day), "6. Dezember 2026");
        assert_eq!(date(Language::Arabic, day), "6 ديسمبر 2026");
        assert_eq!(short_date(Language::English, day), "6 Dec 2026");
        assert_eq!(short_date(Language::German, civil::date(2026, 3, 1)), "1. Mär 2026");
    }

    #[test]
    fn a_recent_instant_is_named_by_its_distance() {
        let at = |text| crate::platform::clock::parse_rfc3339(text).expect("an instant");
        let now = at("2026-11-23T00:10:00Z");
        assert_eq!(recent(at("2026-11-23T00:05:00Z"), now), "Today, 00:05");
        assert_eq!(recent(at("2026-11-22T23:59:59Z"), now), "Yesterday, 23:59");
        assert_eq!(recent(at("2026-10-22T12:00:00Z"), now), "22 Oct 2026, 12:00");
        assert_eq!(day(at("2026-10-22T12:00:00Z")), "22 Oct 2026");
    }

    #[test]
    fn a_time_names_its_zone_where_the_reader_cannot_know_it() {
        let at = civil::date(2026, 11, 22).at(14, 6, 0, 0);
        let at = at.to_zoned(TimeZone::UTC).expect("UTC has every time");
        assert_eq!(clock(at.time()), "14:06");
        assert_eq!(clock_with_zone(&at), "14:06 UTC");
        assert_eq!(moment(Language::English, &at), "22 November 2026, 14:06 UTC");
        assert_eq!(moment(Language::Arabic, &at), "22 نوفمبر 2026، 14:06 UTC");
    }
}
