//! What a tenant is.

use crate::platform::ids::TenantId;
use database::Timestamp;

/// An organisation.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Tenant {
    /// Its id (`tid`).
    pub id: TenantId,
    /// Its name, at most [`TenantName::LIMIT`] characters.
    pub name: String,
    /// The domain its user names end in, which it keeps for ever.
    pub initial_domain: String,
    /// When it was made.
    pub created_at: Timestamp,
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

/// The A-label form of a domain (UTS 46, STD3 rules): at least two labels, at most 253 characters.
pub fn normalise_domain(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let ascii = idna::domain_to_ascii_strict(text).ok()?;
    let labels_are_sound = ascii.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    // No top-level domain is a number (RFC 3696 section 2): what ends in one is an IP address, which is no name.
    let is_number = ascii.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    (ascii.contains('.') && ascii.len() <= 253 && labels_are_sound && !is_number).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_one_form() {
        for text in ["Fabrikam.Example", "fabrikam.example.", "FABRIKAM.EXAMPLE"] {
            assert_eq!(normalise_domain(text).as_deref(), Some("fabrikam.example"), "{text}");
        }
        assert_eq!(normalise_domain("bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        for text in [
            "",
            ".",
            "localhost",
            "a..b",
            "a b.example",
            "a_b.example",
            "-a.example",
            "@x.example",
            "1.2.3.4",
            "１.2.3.4",
            "a.7",
        ] {
            assert_eq!(normalise_domain(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_cannot_turn_the_text_around() {
        assert!(TenantName::parse("Contoso").is_some());
        for text in ["", " ", "a\nb", "a\u{202e}b", &"x".repeat(65)] {
            assert!(TenantName::parse(text).is_none(), "{text:?}");
        }
    }
}
