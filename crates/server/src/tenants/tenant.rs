//! What a tenant is.

use super::profile::Profile;
use crate::platform::ids::TenantId;
use database::Timestamp;
use mail_address::normalise_domain;
use sqlx::types::Json;

/// An organisation.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Tenant {
    /// Its id (`tid`).
    pub id: TenantId,
    /// Its name, at most [`TenantName::LIMIT`] characters.
    pub name: String,
    /// The domain its user names end in, which it keeps for ever.
    pub initial_domain: String,
    /// The domain it is known by, if it chose one; see [`Tenant::default_domain`].
    pub default_domain: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Where its privacy statement stands; https.
    pub privacy_statement_url: Option<String>,
    /// Whom guests ask about privacy.
    pub contact_email: Option<String>,
    /// Whom Microsoft would write to about the service. Nobody writes here.
    pub technical_notification_mails: Json<Vec<String>>,
    /// Where it is, and whom to ask about what.
    pub profile: Json<Profile>,
    /// Where it helps its guests; https.
    pub help_url: Option<String>,
    /// Counts the changes.
    pub version: i64,
}

impl Tenant {
    /// The domain that guests are shown and new members are named after (Graph: domain, isDefault).
    pub fn default_domain(&self) -> &str {
        self.default_domain.as_deref().unwrap_or(&self.initial_domain)
    }
}

/// A name that fits into the subject of a mail and says nothing else there.
#[derive(Debug, Clone)]
pub struct TenantName(String);

impl TenantName {
    /// The longest name, in characters.
    pub const LIMIT: usize = 64;

    /// Refuses empty and long names, control characters and text direction marks.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let length = text.chars().count();
        let plain = text.chars().all(|c| !c.is_control() && !is_direction_mark(c));
        (length > 0 && length <= Self::LIMIT && plain).then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Line separators, zero-width and bidirectional controls: they make a text read differently from what it is.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A domain in its A-label form: lower case, no trailing dot, punycode where it is not ASCII.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Domain(String);

impl Domain {
    /// Normalises what was typed; `None` if it is no domain name.
    pub fn parse(text: &str) -> Option<Self> {
        normalise_domain(text).map(Self)
    }

    /// The A-label form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_turn_the_text_around() {
        assert!(TenantName::parse("Contoso").is_some());
        for text in ["", " ", "a\nb", "a\u{202e}b", &"x".repeat(65)] {
            assert!(TenantName::parse(text).is_none(), "{text:?}");
        }
    }
}
