//! What a policy is, and how its definition is read and written.

use super::lifetimes::{LONGEST, SHORTEST};
use crate::graph::body;
use crate::platform::ids::{TenantId, TokenLifetimePolicyId};
use serde_json::{Value, json};
use std::time::Duration;

/// The one member of a definition.
const POLICY: &str = "TokenLifetimePolicy";

/// What it says of access and ID tokens.
const LIFETIME: &str = "AccessTokenLifetime";

/// A definition, to show what one looks like.
const EXAMPLE: &str = r#"{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"01:00:00"}}"#;

/// Characters of a definition at most. The only part of it that has no end of its own is its `ID`.
const LONGEST_DEFINITION: usize = 1024;

/// A policy of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TokenLifetimePolicy {
    /// The tenant.
    pub tenant_id: TenantId,
    /// `id`
    pub id: TokenLifetimePolicyId,
    /// `displayName`
    pub display_name: String,
    /// `description`
    pub description: Option<String>,
    /// The one entry of `definition`, as it was written.
    pub definition: String,
    /// What the definition says, in seconds.
    pub lifetime_seconds: i64,
    /// `isOrganizationDefault`: whether it holds for whatever has no policy of its own.
    pub is_default: bool,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

impl TokenLifetimePolicy {
    /// How long tokens are good by it.
    pub fn lifetime(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.lifetime_seconds).unwrap_or_default())
    }
}

/// The seconds that a definition says (Graph: properties of a token lifetime policy definition).
///
/// # Errors
/// What is wrong with it, also where it names what decides nothing here, such as `MaxInactiveTime`.
pub(super) fn read(definition: &str) -> Result<i64, String> {
    if definition.chars().count() > LONGEST_DEFINITION {
        return Err(format!("it has at most {LONGEST_DEFINITION} characters"));
    }
    let parsed = body::parse(definition.as_bytes());
    let mut whole = parsed.map_err(|error| format!("it is no text like {EXAMPLE}. {}", error.message()))?;
    let Some(Value::Object(mut policy)) = whole.remove(POLICY) else {
        return Err(format!("it is no text like {EXAMPLE}"));
    };
    if policy.remove("Version") != Some(json!(1)) {
        return Err("its Version is 1".to_owned());
    }
    let lifetime = match policy.remove(LIFETIME) {
        Some(Value::String(text)) => span(&text),
        _ => None,
    };
    let lifetime = lifetime.ok_or_else(|| format!("its {LIFETIME} is hours, minutes and seconds, such as 01:00:00"))?;
    if !(SHORTEST..=LONGEST).contains(&lifetime) {
        return Err(format!("its {LIFETIME} is 10 minutes at least and 1 day, 1.00:00:00, at most"));
    }
    if policy.remove("ID").is_some_and(|id| !id.is_string()) {
        return Err("its ID is a text".to_owned());
    }
    if let Some(name) = whole.keys().chain(policy.keys()).next() {
        return Err(format!("it holds {name}, which decides nothing here"));
    }
    i64::try_from(lifetime.as_secs()).map_err(|error| error.to_string())
}

/// The definition that says a lifetime, written as [`written`] does; it is not looked at here.
pub fn definition_of(lifetime: &str) -> String {
    json!({ POLICY: { "Version": 1, LIFETIME: lifetime } }).to_string()
}

/// Reads a length of time, `1.00:00:00` or `00:10:00` (.NET: `TimeSpan`, as Graph writes it).
fn span(text: &str) -> Option<Duration> {
    let (days, time) = match text.split_once('.') {
        Some((days, time)) => (number(days, 100)?, time),
        None => (0, text),
    };
    let parts: Vec<&str> = time.split(':').collect();
    let [hours, minutes, seconds] = parts.as_slice() else { return None };
    let (hours, minutes, seconds) = (number(hours, 24)?, number(minutes, 60)?, number(seconds, 60)?);
    Some(Duration::from_secs(((days * 24 + hours) * 60 + minutes) * 60 + seconds))
}

/// One or two digits below a bound.
fn number(text: &str, bound: u64) -> Option<u64> {
    let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number < bound)
}

/// A length of time as definitions have it.
pub fn written(lifetime: Duration) -> String {
    let [days, hours, minutes, seconds] = parts(lifetime);
    let time = format!("{hours:02}:{minutes:02}:{seconds:02}");
    if days == 0 { time } else { format!("{days}.{time}") }
}

/// A length of time in plain words: "1 hour 30 minutes".
pub fn in_words(lifetime: Duration) -> String {
    let word = |(count, name): (u64, &str)| match count {
        0 => None,
        1 => Some(format!("1 {name}")),
        count => Some(format!("{count} {name}s")),
    };
    let words: Vec<String> =
        parts(lifetime).into_iter().zip(["day", "hour", "minute", "second"]).filter_map(word).collect();
    words.join(" ")
}

/// Days, hours, minutes and seconds.
const fn parts(lifetime: Duration) -> [u64; 4] {
    let seconds = lifetime.as_secs();
    [seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(lifetime: &str) -> Result<i64, String> {
        read(&definition_of(lifetime))
    }

    #[test]
    fn a_lifetime_is_ten_minutes_to_a_day() {
        for (text, seconds) in [
            ("00:10:00", 600),
            ("0:10:0", 600),
            ("8:00:00", 28_800),
            ("23:59:59", 86_399),
            ("1.00:00:00", 86_400),
            ("0.01:00:00", 3600),
        ] {
            assert_eq!(said(text), Ok(seconds), "{text}");
        }
        for text in [
            "",
            "1",
            "10:00",
            "00:09:59",
            "1.00:00:01",
            "24:00:00",
            "00:90:00",
            "00:10:60",
            "-1:00:00",
            "+1:00:00",
            "01:00:00.5",
            "1.1.00:00",
            "001:00:00",
            "01:00:00:00",
            "1:00:00 ",
            "PT1H",
            "٠١:00:00",
            "80.00:30:00",
        ] {
            assert!(said(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_definition_says_a_lifetime_and_nothing_that_nobody_obeys() {
        let good = r#" { "TokenLifetimePolicy": {"ID":"own","Version":1, "AccessTokenLifetime":"00:30:00"} } "#;
        assert_eq!(read(good), Ok(1800));
        for (bad, named) in [
            ("", "like"),
            ("[]", "like"),
            ("{}", "like"),
            (r#"{"TokenLifetimePolicy":[1,"01:00:00"]}"#, "like"),
            (r#"{"TokenLifetimePolicy":{"Version":1}}"#, "AccessTokenLifetime"),
            (r#"{"TokenLifetimePolicy":{"AccessTokenLifetime":"01:00:00"}}"#, "Version"),
            (r#"{"TokenLifetimePolicy":{"Version":2,"AccessTokenLifetime":"01:00:00"}}"#, "Version"),
            (r#"{"TokenLifetimePolicy":{"Version":"1","AccessTokenLifetime":"01:00:00"}}"#, "Version"),
            (r#"{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":3600}}"#, "AccessTokenLifetime"),
            (r#"{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"01:00:00","ID":1}}"#, "ID"),
            (
                r#"{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"01:00:00","MaxInactiveTime":"90.00:00:00"}}"#,
                "MaxInactiveTime",
            ),
            (
                r#"{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"01:00:00","AccessTokenLifetime":"02:00:00"}}"#,
                "like",
            ),
            (r#"{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"01:00:00"},"Other":1}"#, "Other"),
        ] {
            let problem = read(bad).expect_err(bad);
            assert!(problem.contains(named), "{bad}: {problem}");
        }
        let long = format!(r#"{{"TokenLifetimePolicy":{{"ID":"{}","Version":1}}}}"#, "x".repeat(1024));
        assert_eq!(read(&long), Err("it has at most 1024 characters".to_owned()));
    }

    #[test]
    fn a_lifetime_is_written_as_it_is_read() {
        for (seconds, text, words) in [
            (600, "00:10:00", "10 minutes"),
            (3600, "01:00:00", "1 hour"),
            (5400, "01:30:00", "1 hour 30 minutes"),
            (86_399, "23:59:59", "23 hours 59 minutes 59 seconds"),
            (86_400, "1.00:00:00", "1 day"),
        ] {
            let lifetime = Duration::from_secs(seconds);
            assert_eq!((written(lifetime).as_str(), in_words(lifetime).as_str()), (text, words));
            assert_eq!(span(text), Some(lifetime));
        }
    }
}
