//! How long a new secret of an app lives.

use super::trouble::Trouble;
use crate::platform::Timestamp;
use crate::platform::clock::parse_rfc3339;
use crate::web::fields::Fields;
use std::time::Duration;

/// What the form offers: the days, and what stands in the list. The last one is what a program gets that says nothing.
const CHOICES: [(&str, &str); 5] =
    [("30", "30 days"), ("90", "90 days"), ("180", "180 days"), ("365", "One year"), ("730", "Two years")];

/// The choice of a form that was not filled in.
const USUAL: &str = "180";

/// The choices, and which of them is made.
pub fn choices(chosen: &str) -> Vec<(&'static str, &'static str, bool)> {
    let chosen = if chosen.is_empty() { USUAL } else { chosen };
    CHOICES.into_iter().map(|(days, words)| (days, words, days == chosen)).collect()
}

/// When the secret ends: the day that was written, otherwise the choice; `None` leaves it to the rule.
pub fn end(fields: &Fields, now: Timestamp) -> Result<Option<Timestamp>, Trouble> {
    if let Some(day) = fields.filled("until") {
        let at = parse_rfc3339(&format!("{day}T00:00:00Z"));
        return at.map(Some).ok_or_else(|| Trouble::at("until", "The end: write a day such as 2027-11-22."));
    }
    let chosen = CHOICES.iter().find(|(days, _)| *days == fields.get("lifetime"));
    let days = chosen.and_then(|(days, _)| days.parse::<u64>().ok());
    Ok(days.map(|days| now.plus(Duration::from_hours(days * 24))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn a_secret_ends_on_the_day_that_was_written_or_after_the_time_that_was_chosen() {
        let now = Timestamp::from_microseconds(0);
        let end = |body: &'static str| end(&Fields::parse(&Bytes::from_static(body.as_bytes())), now).ok();
        let day = Duration::from_hours(24);
        assert_eq!(end(""), Some(None));
        assert_eq!(end("lifetime=30"), Some(Some(now.plus(30 * day))));
        assert_eq!(end("lifetime=31"), Some(None));
        assert_eq!(end("lifetime=30&until=1970-01-03"), Some(Some(now.plus(2 * day))));
        assert_eq!(end("until=soon"), None);
        assert!(choices("").iter().any(|(days, _, is_chosen)| *is_chosen && *days == USUAL));
        assert_eq!(choices("90").iter().filter(|(_, _, is_chosen)| *is_chosen).count(), 1);
    }
}
