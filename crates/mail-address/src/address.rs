//! A mail address: what is accepted, and when two are the same.

use crate::domain::normalise_domain;

/// A mail address we may send to. It keeps the local part byte for byte; the domain is in A-label form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    text: String,
    at: usize,
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is not `local@domain`, or longer than RFC 5321 section 4.5.3.1 allows.
    #[error("it is not an e-mail address")]
    Form,
    /// A character that Graph's invitations refuse, or that no mailbox of ours may hold.
    #[error("the character '{0}' is not allowed in an invited address")]
    Character(char),
    /// A dot or hyphen at the edge of the local part, or two dots in a row.
    #[error("a dot or hyphen may not stand first, last, or beside another dot before the '@'")]
    Edge,
    /// The domain is not a name that mail can reach.
    #[error("the part behind the '@' is not a domain name")]
    Domain,
}

/// What Graph's invitations refuse in an address although RFC 5321 allows it.
const NARROW: &str = "~!#$%^&*+={}/|?'`";

impl Address {
    /// Reads an address by Graph's rule; with `wide`, the other characters of RFC 5321's dot-string are admitted too.
    ///
    /// Quoted local parts, comments and characters beyond ASCII before the `@` are refused in either case: mailbox
    /// providers treat them differently, and two spellings of one mailbox must never become two accounts of one person,
    /// nor one account of two.
    pub fn parse(text: &str, wide: bool) -> Result<Self, AddressError> {
        let (local, domain) = text.split_once('@').ok_or(AddressError::Form)?;
        if local.is_empty() || local.len() > 64 || text.len() > 254 {
            return Err(AddressError::Form);
        }
        for c in local.chars() {
            let plain = c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            let narrow = NARROW.contains(c);
            // Graph's list does not name the apostrophe and the backtick, so those are let through.
            let unlisted = matches!(c, '\'' | '`');
            if !(plain || unlisted || (wide && narrow)) {
                return Err(AddressError::Character(c));
            }
        }
        let edge = |c| c == '.' || (!wide && c == '-');
        if local.starts_with(edge) || local.ends_with(edge) || local.contains("..") {
            return Err(AddressError::Edge);
        }
        let domain = normalise_domain(domain).ok_or(AddressError::Domain)?;
        if domain.len() + local.len() + 1 > 254 {
            return Err(AddressError::Form);
        }
        Ok(Self { text: format!("{local}@{domain}"), at: local.len() })
    }

    /// The address mail goes to.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// The domain in A-label form.
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// The form addresses are compared in: ASCII lower case and nothing else, so that no look-alike folds into another.
    pub fn folded(&self) -> String {
        self.text.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphs_rule_refuses_what_it_names() {
        for c in "~!#$%^&*()+=[]{}\\/|;:\"<>?, ".chars() {
            let text = format!("a{c}b@x.example");
            assert!(Address::parse(&text, false).is_err(), "{text}");
        }
        for text in ["a.b@x.example", "a-b@x.example", "_a_@x.example", "A@X.Example"] {
            assert!(Address::parse(text, false).is_ok(), "{text}");
        }
        for text in [".a@x.example", "a.@x.example", "-a@x.example", "a-@x.example", "a..b@x.example"] {
            assert_eq!(Address::parse(text, false), Err(AddressError::Edge), "{text}");
        }
    }

    #[test]
    fn the_wide_rule_admits_the_characters_of_rfc_5321() {
        assert!(Address::parse("a+b@x.example", true).is_ok());
        for text in ["a b@x.example", "\"a\"@x.example", "a(b)@x.example", "a@b@x.example", "mıke@x.example"] {
            assert!(Address::parse(text, true).is_err(), "{text}");
        }
    }

    #[test]
    fn only_ascii_case_and_the_form_of_the_domain_are_folded() {
        let folded = |text| Address::parse(text, false).map(|address| address.folded());
        assert_eq!(folded("Sam@Fabrikam.Example."), Ok("sam@fabrikam.example".to_owned()));
        assert_eq!(folded("sam@bücher.example"), Ok("sam@xn--bcher-kva.example".to_owned()));
        assert!(folded("\u{212a}ate@x.example").is_err());
    }

    #[test]
    fn o8_a_domain_that_is_spelt_another_way_is_the_same_and_one_that_looks_alike_is_another() {
        let domain = |text| Address::parse(text, true).map(|address| address.domain().to_owned());
        for text in ["sam@ｆａｂｒｉｋａｍ.example", "sam@fabrikam。example", "sam@FABRI\u{212a}AM.example"] {
            assert_eq!(domain(text).as_deref(), Ok("fabrikam.example"), "{text}");
        }
        // The second letter is Cyrillic: the form that is compared, shown and mailed to says so.
        assert_eq!(domain("sam@f\u{430}brikam.example").as_deref(), Ok("xn--fbrikam-2fg.example"));
        for text in ["sam@1.2.3.4", "sam@１.２.３.４", "sam@[1.2.3.4]", "sam@0x7f.1"] {
            assert!(domain(text).is_err(), "{text}");
        }
    }
}
