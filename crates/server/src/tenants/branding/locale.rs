//! For whom branding is.

use crate::translations::Language;

/// The language of branding, or `0` for every reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale(String);

impl Locale {
    /// The longest tag (RFC 5646 section 4.4.1).
    const LIMIT: usize = 35;

    /// For every reader.
    pub fn everybody() -> Self {
        Self("0".to_owned())
    }

    /// Reads the id of branding: `0` or `default`, or the tag of a language in which there are pages. Tags are compared without
    /// case, and kept in lower case.
    pub fn parse(id: &str) -> Option<Self> {
        if id == "0" || id.eq_ignore_ascii_case("default") {
            return Some(Self::everybody());
        }
        let is_tag = id.len() <= Self::LIMIT && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (is_tag && Language::from_tag(id).is_some()).then(|| Self(id.to_ascii_lowercase()))
    }

    /// As it is stored and written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is for every reader.
    pub fn is_default(&self) -> bool {
        self.0 == "0"
    }

    /// The language, where it is for one.
    pub fn language(&self) -> Option<Language> {
        if self.is_default() { None } else { Language::from_tag(&self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branding_is_for_everybody_or_for_a_language_that_pages_have() {
        for (id, wanted) in [("0", "0"), ("default", "0"), ("de-AT", "de-at"), ("AR", "ar"), ("en", "en")] {
            assert_eq!(Locale::parse(id).expect(id).as_str(), wanted);
        }
        for id in ["", "00", "xx", "de_DE", "de/../x", &format!("de-{}", "x".repeat(40))] {
            assert_eq!(Locale::parse(id), None, "{id}");
        }
    }
}
