//! Which language a reader gets.

pub use crate::translations::Language;

/// Everything that can say which language a reader wants, strongest first. Absent and unknown values are passed over.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes<'a> {
    /// `?lang=` of the page's own language links.
    pub query: Option<&'a str>,
    /// The choice a reader made on an earlier page.
    pub cookie: Option<&'a str>,
    /// The language the inviter chose for the mail (Graph: `invitedUserMessageInfo.messageLanguage`).
    pub invitation: Option<&'a str>,
    /// The request header of RFC 9110, section 12.5.4.
    pub accept_language: Option<&'a str>,
    /// The language of the organisation.
    pub tenant: Option<&'a str>,
}

/// The language to answer in.
pub fn negotiate(wishes: &Wishes<'_>) -> Language {
    let named = |tag: Option<&str>| tag.and_then(Language::from_tag);
    named(wishes.query)
        .or_else(|| named(wishes.cookie))
        .or_else(|| named(wishes.invitation))
        .or_else(|| wishes.accept_language.and_then(accepted))
        .or_else(|| named(wishes.tenant))
        .unwrap_or_default()
}

/// The language of `Accept-Language` with the highest quality that we have; the first one wins among equals.
fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(Language, f32)> = None;
    for range in header.split(',').take(32) {
        let mut parts = range.split(';');
        let Some(language) = parts.next().and_then(Language::from_tag) else {
            continue;
        };
        let quality = parts.find_map(quality).unwrap_or(1.0);
        if quality > best.map_or(0.0, |(_, highest)| highest) {
            best = Some((language, quality));
        }
    }
    best.map(|(language, _)| language)
}

fn quality(parameter: &str) -> Option<f32> {
    let value = parameter.trim().strip_prefix("q=")?;
    // A weight that cannot be read must not win over one that can.
    Some(value.parse().map_or(0.0, |weight: f32| weight.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explicit_choice_wins_over_everything() {
        let wishes = Wishes { query: Some("de"), cookie: Some("ar"), invitation: Some("en"), ..Wishes::default() };
        assert_eq!(negotiate(&wishes), Language::German);
        let wishes = Wishes { query: Some("tlh"), ..wishes };
        assert_eq!(negotiate(&wishes), Language::Arabic);
    }

    #[test]
    fn the_invitation_stands_before_the_browser_and_the_organisation_after_it() {
        let wishes =
            Wishes { invitation: Some("ar-EG"), accept_language: Some("de"), tenant: Some("en"), ..Wishes::default() };
        assert_eq!(negotiate(&wishes), Language::Arabic);
        let wishes = Wishes { invitation: None, ..wishes };
        assert_eq!(negotiate(&wishes), Language::German);
        let wishes = Wishes { accept_language: Some("fr, *;q=0.5"), tenant: Some("ar"), ..Wishes::default() };
        assert_eq!(negotiate(&wishes), Language::Arabic);
        assert_eq!(negotiate(&Wishes::default()), Language::English);
    }

    #[test]
    fn accept_language_is_read_by_quality() {
        for (header, expected) in [
            ("de-AT, en;q=0.8", Some(Language::German)),
            ("fr;q=0.9, en;q=0.3, ar;q=0.7", Some(Language::Arabic)),
            ("de;q=0, en;q=0.1", Some(Language::English)),
            ("de;q=abc, ar;q=0.2", Some(Language::Arabic)),
            ("ar, de", Some(Language::Arabic)),
            ("*", None),
            (";;q=,,", None),
        ] {
            assert_eq!(accepted(header), expected, "{header}");
        }
    }
}
